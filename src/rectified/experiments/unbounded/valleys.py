"""How narrow the valley of the loss is, when pre-activations are off center."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from rectified import activations
from rectified._validate import (
    FloatArray,
    check_array,
    check_choice,
    check_integer,
    check_seeds,
)
from rectified.experiments.unbounded.conditioning import TARGET, best_rate

N_POINTS = 20_000
MEANS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
"""Means of the pre-activations; their standard deviation is 1."""


def _standardize(z: FloatArray) -> FloatArray:
    return np.asarray((z - z.mean(axis=0)) / z.std(axis=0))


def _relu(z: FloatArray) -> FloatArray:
    return np.maximum(z, 0)


ARMS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        "relu": _relu,
        "relu_centered": lambda z: _relu(z) - _relu(z).mean(axis=0),
        "tanh": np.tanh,
        "sigmoid": activations.get("sigmoid").function,
        "batch_norm": lambda z: _relu(_standardize(z)),
    }
)
"""Outputs from pre-activations, shape (points, features), by name.

"relu_centered" subtracts each output's mean over the points; "batch_norm" normalizes
the pre-activations before ReLU, where BatchNorm usually stands.
"""


@dataclass(frozen=True)
class Valleys:
    """Condition numbers and descents of a linear layer on activations.

    The first three axes of the arrays are the function, the number of features and
    the mean of the pre-activations.

    Attributes
    ----------
    seeds : tuple of int
        One sample and one start per seed.
    arms : tuple of str
        Keys of `ARMS`.
    n_features : tuple of int
        Numbers of features.
    means : ndarray, shape (n_means,)
        Means of the pre-activations.
    condition : ndarray, shape (n_arms, n_sizes, n_means, n_seeds)
        Largest over smallest eigenvalue of the mean of ``a a^T``.
    steps : ndarray, shape (n_arms, n_sizes, n_means, n_seeds)
        Steps of gradient descent at the best constant learning rate until the squared
        distance from the solution is 1e-4 of that at the start.
    output_mean, output_std : ndarray, shape (n_arms, n_means)
        Of the outputs over all points, features and seeds.
    """

    seeds: tuple[int, ...]
    arms: tuple[str, ...]
    n_features: tuple[int, ...]
    means: FloatArray
    condition: FloatArray
    steps: FloatArray
    output_mean: FloatArray
    output_std: FloatArray

    @property
    def predicted(self) -> FloatArray:
        """``1 + n m^2 / v``, from mean and spread, (n_arms, n_sizes, n_means)."""
        ratio = np.square(self.output_mean / self.output_std)
        sizes = np.array(self.n_features)
        return np.asarray(1 + sizes[:, None] * ratio[:, None, :])


def measure_valleys(
    seeds: Iterable[int] = range(3),
    *,
    arms: Sequence[str] = tuple(ARMS),
    n_features: Sequence[int] = (8, 64),
    means: Sequence[float] = MEANS,
) -> Valleys:
    """Fit a linear layer on outputs whose pre-activations have a mean.

    Parameters
    ----------
    seeds : iterable of int
        Each draws 20,000 points and a start; all settings share them.
    arms : sequence of str
        Keys of `ARMS`.
    n_features : sequence of int
        Numbers of features, from 2 to 256.
    means : sequence of float
        Means of the pre-activations.

    Returns
    -------
    Valleys
    """
    names = tuple(check_choice("arms", name, ARMS) for name in arms)
    sizes = tuple(
        check_integer("n_features", n, minimum=2, maximum=256) for n in n_features
    )
    shifts = check_array("means", means, ndim=(1,))
    seeds = check_seeds("seeds", seeds)
    found = np.empty((2, len(names), len(sizes), shifts.size, len(seeds)))
    moments = np.zeros((2, len(names), shifts.size))
    for column, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        z = rng.standard_normal((N_POINTS, max(sizes)))
        start = rng.standard_normal(max(sizes))
        for row, name in enumerate(names):
            for place, shift in enumerate(shifts):
                outputs = ARMS[name](z + shift)
                second = outputs.T @ outputs / N_POINTS
                moments[0, row, place] += outputs.mean() / len(seeds)
                moments[1, row, place] += np.trace(second) / len(z[0]) / len(seeds)
                for size, n in enumerate(sizes):
                    part = _descend(second[:n, :n], start[:n])
                    found[:, row, size, place, column] = part
    mean, square = moments
    std = np.sqrt(square - mean**2)
    return Valleys(seeds, names, sizes, shifts, found[0], found[1], mean, std)


def _descend(second: FloatArray, start: FloatArray) -> tuple[float, int]:
    """Return the condition number and the steps from a distance `start`."""
    values, vectors = np.linalg.eigh(second)
    squares = np.square(vectors.T @ start)
    factors = np.square(1 - best_rate(values) * values)  # each shrinks by its own
    goal = TARGET * squares.sum()

    def arrived(step: int) -> bool:
        return bool((squares * factors**step).sum() <= goal)

    high = 1
    while not arrived(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if arrived(middle) else (middle, high)
    return float(values[-1] / values[0]), high
