"""By which factor gradients shrink or grow per layer, measured and predicted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rectified import activations, initialization
from rectified._validate import (
    check_choice,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.experiments.vanishing.corridor import run_corridor
from rectified.initialization import Scheme

Floats = NDArray[np.floating]

GAIN_INITS: Mapping[str, Scheme] = MappingProxyType(
    {
        "N(0, 1)": initialization.get("constant_std", std=1.0),
        "N(0, 0.01²)": initialization.get("constant_std", std=0.01),
        "PyTorch": initialization.get("pytorch"),
        "Xavier": initialization.get("xavier"),
        "He": initialization.get("he"),
        "4 × Xavier": initialization.get("xavier", gain=4.0),
        "4 × Xavier, centered": initialization.get("xavier", gain=4.0),
    }
)
"""Ways to draw the weights that `measure_gains` compares. PyTorch's default draws
biases, too; the last one sets them so that the sigmoid becomes a tanh."""

COMPARED = ("sigmoid", "tanh", "relu")
"""Functions that it compares."""

EDGE = 5
"""Layers at either end that do not count: signals still settle there."""


@dataclass(frozen=True)
class GainMeasurement:
    """Factor of the gradient from one layer to the one below.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed, activation and initialization.
    inits, activations : tuple of str
        The first two axes below.
    depth, width : int
        Hidden layers, and units in each.
    gain : ndarray, shape (n_inits, n_activations, n_seeds)
        Geometric mean over the layers, without `EDGE` at either end.
    first : ndarray, shape (n_inits, n_activations, n_seeds)
        Gradient at the first layer relative to the last.
    expected : ndarray, shape (n_inits, n_activations)
        The gain in an infinitely wide network, from mean-field theory, over the same
        layers.
    """

    seeds: tuple[int, ...]
    inits: tuple[str, ...]
    activations: tuple[str, ...]
    depth: int
    width: int
    gain: Floats
    first: Floats
    expected: Floats

    def of(self, init: str, activation: str) -> tuple[int, int]:
        """Return the row and column of one combination."""
        return (
            self.inits.index(check_choice("init", init, self.inits)),
            self.activations.index(
                check_choice("activation", activation, self.activations)
            ),
        )


def measure_gains(
    seeds: Iterable[int] = range(3),
    *,
    names: Sequence[str] = COMPARED,
    inits: Sequence[str] = tuple(GAIN_INITS),
    depth: int = 30,
    width: int = 64,
) -> GainMeasurement:
    """Measure the gain per layer of every activation with every initialization.

    Parameters
    ----------
    seeds : iterable of int
        One network each.
    names : sequence of str
        Names of `rectified.activations`.
    inits : sequence of str
        Keys of `GAIN_INITS`.
    depth : int
        Hidden layers, from 15 to 100.
    width : int
        Units per layer, from 2 to 1024.

    Returns
    -------
    GainMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=3 * EDGE, maximum=100)
    gain, first = np.empty((2, len(inits), len(names), len(seeds)))
    expected = np.empty(gain.shape[:2])
    for cell in np.ndindex(expected.shape):
        scheme = GAIN_INITS[check_choice("inits", inits[cell[0]], GAIN_INITS)]
        run = run_corridor(
            depth,
            activation=names[cell[1]],
            init=scheme,
            bias="centered" if inits[cell[0]].endswith("centered") else "default",
            width=width,
            seeds=seeds,
        )
        gain[cell] = _mean_gain(run.gradient)
        first[cell] = run.gradient[0]
        expected[cell] = _mean_gain(run.expected_gradient)
    return GainMeasurement(
        seeds, tuple(inits), tuple(names), depth, width, gain, first, expected
    )


def _mean_gain(gradient: Floats) -> Floats:
    """Return the geometric mean factor from layer to layer, along the first axis."""
    with np.errstate(divide="ignore", invalid="ignore"):  # a gradient may be 0
        logs = np.log(gradient[EDGE : len(gradient) - EDGE])
        return np.asarray(np.exp((logs[0] - logs[-1]) / (len(logs) - 1)))


@dataclass(frozen=True)
class Chain:
    """A chain of single units, ``a -> f(weight * a + bias)``.

    Attributes
    ----------
    factors : ndarray, shape (depth,)
        Derivative of each unit's output by its input, from the first to the last.
    product : ndarray, shape (depth,)
        Derivative of each unit's output by the chain's input.
    bound : ndarray, shape (depth,)
        Largest size that the product can have: ``(max |f'| * |weight|)^k``.
    """

    factors: Floats
    product: Floats
    bound: Floats


def run_chain(
    depth: int = 10,
    *,
    activation: str = "sigmoid",
    weight: float = 1.0,
    bias: float = 0.0,
    x: float = 0.3,
) -> Chain:
    """Multiply the derivatives along a chain of single units.

    Parameters
    ----------
    depth : int
        Units, from 1 to 100.
    activation : {"sigmoid", "tanh", "relu", "identity"}
        A function whose steepest slope is known.
    weight, bias : float
        The same for every unit.
    x : float
        Input of the first one.

    Returns
    -------
    Chain

    Examples
    --------
    >>> chain = run_chain(3, weight=8.0, bias=-4.0, x=0.5)
    >>> chain.product.tolist(), chain.bound.tolist()
    ([2.0, 4.0, 8.0], [2.0, 4.0, 8.0])
    """
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    steepest = _STEEPEST[check_choice("activation", activation, _STEEPEST)]
    w, b = check_number("weight", weight), check_number("bias", bias)
    if abs(w) > 1000:
        raise problem("weight", "at most 1000 in size", w, "choose a smaller one")
    rule, a = activations.get(activation), check_number("x", x)
    factors = np.empty(depth)
    for unit in range(depth):
        z = w * a + b
        factors[unit], a = w * rule.derivative(z), float(rule.function(z))
    bound = (steepest * abs(w)) ** np.arange(1.0, depth + 1)
    return Chain(factors, np.cumprod(factors), bound)


_STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "identity": 1.0}
