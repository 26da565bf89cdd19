"""What a slope below zero mends, and what it does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import (
    FloatArray,
    check_array,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.datasets import make_task

SLOPES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
WIDTHS = (2, 32, 32, 1)


@dataclass(frozen=True)
class LeakyMeasurement:
    """Networks with biases far too low, for several slopes below zero.

    Attributes
    ----------
    seeds : tuple of int
        One network and data set per seed.
    slopes : ndarray, shape (n_slopes,)
        Slopes below zero; 0 is ReLU.
    steps : ndarray, shape (n_slopes, n_seeds)
        Updates until 95 % of the training points were classified correctly; infinity
        if they were not within the time given.
    accuracy : ndarray, shape (n_slopes, n_seeds)
        Share of training points classified correctly in the end.
    start_negative_fraction, negative_fraction : ndarray, (n_slopes, 2, n_seeds)
        Share of the units in each hidden layer whose pre-activation is negative on
        all training points, before and after training: units that only leak.
    finite : ndarray of bool, shape (n_slopes, n_seeds)
        Whether the network did not diverge.
    """

    seeds: tuple[int, ...]
    slopes: FloatArray
    steps: FloatArray
    accuracy: FloatArray
    start_negative_fraction: FloatArray
    negative_fraction: FloatArray
    finite: NDArray[np.bool_]


def measure_leaky(
    slopes: Sequence[float] = SLOPES,
    seeds: Iterable[int] = range(3),
    *,
    bias: float = -3.0,
    learning_rate: float = 0.3,
    steps: int = 600,
) -> LeakyMeasurement:
    """Train networks 2-32-32-1 whose units start far below zero.

    Parameters
    ----------
    slopes : sequence of float
        Slopes below zero, from 0 to 1. All start from the same weights.
    seeds : iterable of int
        One network and data set ("circles") per seed.
    bias : float
        Initial bias of the hidden units.
    learning_rate : float
        Step size of gradient descent on all points.
    steps : int
        Number of updates.

    Returns
    -------
    LeakyMeasurement
    """
    tried = check_array("slopes", slopes, ndim=(1,))
    if tried.min() < 0 or tried.max() > 1:
        advice = "0 is ReLU, 1 is no activation function at all"
        raise problem("slopes", "from 0 to 1", tried.tolist(), advice)
    seeds, steps = check_seeds("seeds", seeds), check_integer("steps", steps, minimum=1)
    tasks = [make_task("circles", noise=0, seed=seed) for seed in seeds]
    run = ensembles.train(
        np.tile([task.points for task in tasks], (tried.size, 1, 1)),
        np.tile([task.labels for task in tasks], (tried.size, 1)),
        widths=WIDTHS,
        activation="leaky_relu",
        negative_slope=np.repeat(tried, len(seeds)),
        gain=2**0.5,
        bias=check_number("bias", bias),
        seeds=seeds * tried.size,
        optimizer="sgd",
        learning_rate=learning_rate,
        steps=steps,
        record={"accuracy": 1, "dead_fraction": steps},
    )
    shape = (tried.size, len(seeds))
    reached = run.accuracy >= 0.95
    first = np.where(reached.any(axis=0), reached.argmax(axis=0), np.inf)
    negative = run.records["dead_fraction"].values  # (2, networks, 2)
    before, after = negative.reshape(2, *shape, 2).swapaxes(2, 3)
    return LeakyMeasurement(
        seeds,
        tried,
        first.reshape(shape),
        run.accuracy[-1].reshape(shape),
        before,
        after,
        run.finite.reshape(shape),
    )


@dataclass(frozen=True)
class GrowthMeasurement:
    """How fast signals grow in random deep networks, for several slopes below zero.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    slopes : ndarray, shape (n_slopes,)
        Slopes below zero.
    gain : float
        Weights have standard deviation ``gain / sqrt(width)``.
    growth : ndarray, shape (n_slopes, n_seeds)
        Factor per layer of the root mean square of the activations.
    gradient_growth : ndarray, shape (n_slopes, n_seeds)
        Factor per layer of the gradient on its way back.
    predicted : ndarray, shape (n_slopes,)
        ``gain sqrt((1 + slope^2) / 2)`` (He et al. 2015), for both.
    """

    seeds: tuple[int, ...]
    slopes: FloatArray
    gain: float
    growth: FloatArray
    gradient_growth: FloatArray
    predicted: FloatArray


def measure_leaky_growth(
    slopes: Sequence[float] = SLOPES,
    seeds: Iterable[int] = range(3),
    *,
    gain: float = 2.0,
    depth: int = 20,
    width: int = 128,
) -> GrowthMeasurement:
    """Send signals forward and gradients back through random leaky networks.

    A slope below zero does not bound what is above: with the same weights, signals
    and gradients grow faster with it than without.

    Parameters
    ----------
    slopes : sequence of float
        Slopes below zero, from 0 to 1. All share their weights.
    seeds : iterable of int
        One network with 64 standard normal inputs and output gradients per seed.
    gain : float
        Gain of the weights, from 0.5 to 5.
    depth, width : int
        Layers, from 1 to 100, and units in each, from 32 to 512.

    Returns
    -------
    GrowthMeasurement
    """
    tried = check_array("slopes", slopes, ndim=(1,))
    seeds = check_seeds("seeds", seeds)
    gain = check_number("gain", gain, minimum=0.5, maximum=5.0)
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    width = check_integer("width", width, minimum=32, maximum=512)
    growth = np.empty((2, tried.size, len(seeds)))
    for column, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        weights = rng.standard_normal((depth, width, width)) * gain / width**0.5
        x, g = rng.standard_normal((2, 64, width))
        for row, slope in enumerate(tried):
            sizes = _pass_through(weights, x, g, slope)
            growth[:, row, column] = np.array(sizes) ** (1 / depth)
    predicted = gain * np.sqrt((1 + tried**2) / 2)
    return GrowthMeasurement(seeds, tried, gain, growth[0], growth[1], predicted)


def _pass_through(
    weights: FloatArray, x: FloatArray, g: FloatArray, slope: float
) -> tuple[float, float]:
    """Return by which factors the signal and the gradient have grown in the end."""
    h, factors = x, []
    for weight in weights:
        z = h @ weight
        factors.append(np.where(z > 0, 1.0, slope))
        h = z * factors[-1]
    back = g
    for weight, factor in zip(weights[::-1], factors[::-1], strict=True):
        back = (back * factor) @ weight.T
    forward, backward = (
        np.sqrt(np.square(end).mean() / np.square(start).mean())
        for end, start in ((h, x), (back, g))
    )
    return float(forward), float(backward)
