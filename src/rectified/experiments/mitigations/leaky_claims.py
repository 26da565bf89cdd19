"""Leaky ReLU, slope 0.01: its gradient, what it cures, and how well it performs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rectified import ensembles
from rectified._validate import FloatArray, check_integer, check_seeds
from rectified.datasets import load_digits
from rectified.experiments.mitigations.cases import HE_GAIN, PATIENTS
from rectified.experiments.mitigations.leaky import LeakyMeasurement, measure_leaky
from rectified.experiments.mitigations.race import run_race

SLOPE = 0.01


@dataclass(frozen=True)
class LeakyGradient:
    """The gradient of Leaky ReLU at negative numbers, and in a network.

    Attributes
    ----------
    seeds : tuple of int
        One set of numbers and one network per seed.
    inputs : ndarray, shape (n_seeds, n_inputs)
        Negative numbers of many sizes.
    derivatives, relu_derivatives : ndarray, shape (n_seeds, n_inputs)
        By PyTorch's autograd.
    first_layer : ndarray, shape (3, n_seeds)
        Norm of the first layer's gradient before training, in networks with biases of
        -3 and ReLU, the same with Leaky ReLU, and in healthy ones (ReLU, no biases).
    """

    seeds: tuple[int, ...]
    inputs: FloatArray
    derivatives: FloatArray
    relu_derivatives: FloatArray
    first_layer: FloatArray


def measure_leaky_gradient(
    seeds: Iterable[int] = range(3), *, n_inputs: int = 1000
) -> LeakyGradient:
    """Differentiate at negative numbers, and send a gradient through sick networks.

    Parameters
    ----------
    seeds : iterable of int
        One set of numbers and one network per seed.
    n_inputs : int
        Numbers per seed, from -1e-6 to -1e6.

    Returns
    -------
    LeakyGradient
    """
    import torch
    from torch.nn import functional

    seeds = check_seeds("seeds", seeds)
    n_inputs = check_integer("n_inputs", n_inputs, minimum=1)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    inputs = -(10 ** np.array([rng.uniform(-6, 6, n_inputs) for rng in rngs]))

    def differentiate(slope: float) -> FloatArray:
        x = torch.from_numpy(inputs).requires_grad_()
        functional.leaky_relu(x, slope).sum().backward()  # type: ignore[no-untyped-call]
        assert x.grad is not None
        return np.asarray(x.grad.numpy())

    relu = torch.from_numpy(inputs).requires_grad_()
    torch.relu(relu).sum().backward()  # type: ignore[no-untyped-call]
    assert relu.grad is not None
    norms = _first_layer_gradients(seeds)
    return LeakyGradient(
        seeds, inputs, differentiate(SLOPE), np.asarray(relu.grad.numpy()), norms
    )


def _first_layer_gradients(seeds: tuple[int, ...]) -> FloatArray:
    """Return the norms for ReLU and Leaky ReLU with low biases, and healthy ones."""
    digits = [load_digits(seed=s, scaling="global", n_train=400).train for s in seeds]
    n, low = len(seeds), PATIENTS["low_bias"].bias
    run = ensembles.train(
        np.tile([part.inputs for part in digits], (3, 1, 1)),
        np.tile([part.labels for part in digits], (3, 1)),
        widths=(64, 32, 32, 10),
        seeds=seeds * 3,
        activation="leaky_relu",
        negative_slope=np.repeat([0.0, SLOPE, 0.0], n),
        bias=np.repeat([low, low, 0.0], n),
        gain=HE_GAIN,
        loss="cross_entropy",
        optimizer="sgd",
        learning_rate=0.1,
        steps=1,
        record=("gradient_norm",),
    )
    return np.asarray(run.records["gradient_norm"].values[0, :, 0].reshape(3, n))


@dataclass(frozen=True)
class LeakyCures:
    """Two sick networks with ReLU and with Leaky ReLU.

    Attributes
    ----------
    seeds : tuple of int
        One network and data set per seed.
    low_bias, high_rate, lower_rate : LeakyMeasurement
        Networks 2-32-32-1 for the slopes 0 (ReLU) and 0.01: with biases of -3, at a
        learning rate of 10, and at a tenth of that.
    updates : tuple of int
        Updates of the two illnesses.
    """

    seeds: tuple[int, ...]
    low_bias: LeakyMeasurement
    high_rate: LeakyMeasurement
    lower_rate: LeakyMeasurement
    updates: tuple[int, int]


def measure_leaky_cures(
    seeds: Iterable[int] = range(3), *, updates: tuple[int, int] = (1200, 200)
) -> LeakyCures:
    """Give Leaky ReLU to two sick networks on the circles.

    Parameters
    ----------
    seeds : iterable of int
        One network and data set per seed; both functions share their weights.
    updates : tuple of int
        Number of updates with low biases, and at a high rate.

    Returns
    -------
    LeakyCures
    """
    seeds, slopes = check_seeds("seeds", seeds), (0.0, SLOPE)
    long, short = updates
    return LeakyCures(
        seeds,
        measure_leaky(slopes, seeds, bias=-3.0, learning_rate=1.0, steps=long),
        measure_leaky(slopes, seeds, bias=0.0, learning_rate=10.0, steps=short),
        measure_leaky(slopes, seeds, bias=0.0, learning_rate=1.0, steps=short),
        (long, short),
    )


@dataclass(frozen=True)
class LeakyPerformance:
    """Healthy networks with ReLU and with Leaky ReLU, each at its own best rate.

    Attributes
    ----------
    seeds : tuple of int
        One network, split of the digits and order of the batches per seed.
    depths : tuple of int
        Hidden layers.
    accuracy : ndarray, shape (n_depths, 2, n_seeds)
        Share of test images classified correctly in the end, ReLU first, each at the
        rate with the best mean.
    steps : ndarray, shape (n_depths, 2, n_seeds)
        Updates until 90 % were, each at the rate with the lowest mean; the whole run
        if they never were.
    n_test : int
        Test images.
    """

    seeds: tuple[int, ...]
    depths: tuple[int, ...]
    accuracy: FloatArray
    steps: FloatArray
    n_test: int


def measure_leaky_performance(
    seeds: Iterable[int] = range(3),
    *,
    depths: Sequence[int] = (2, 4),
    rates: Sequence[float] = (0.05, 0.1, 0.2, 0.4, 0.8),
) -> LeakyPerformance:
    """Let ReLU and Leaky ReLU race in healthy networks.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed; both functions share their weights.
    depths : sequence of int
        Hidden layers of 32 units.
    rates : sequence of float
        Learning rates from which each gets its own best one.

    Returns
    -------
    LeakyPerformance
    """
    seeds = check_seeds("seeds", seeds)
    accuracy, steps = np.empty((2, len(depths), 2, len(seeds)))
    for row, depth in enumerate(depths):
        race = run_race(("relu", "leaky_relu"), depth=depth, rates=rates, seeds=seeds)
        for column, fastest in enumerate(race.best):
            final = race.curves[column, :, -1]  # (n_rates, n_seeds)
            accuracy[row, column] = final[final.mean(axis=1).argmax()]
            steps[row, column] = race.capped_steps[column, fastest]
    n_test = load_digits(seed=0).test.labels.size
    return LeakyPerformance(seeds, tuple(depths), accuracy, steps, n_test)
