"""What a mean away from zero does to gradient descent: a long narrow valley."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._validate import check_choice, check_integer, check_seeds

Floats = NDArray[np.floating]

N_POINTS = 20_000
TARGET = 1e-4
MAX_STEPS = 10_000


@dataclass(frozen=True)
class Conditioning:
    """Condition number and descent of a linear layer on activations.

    Attributes
    ----------
    seeds : tuple of int
        One sample per seed.
    activation : str
        Whose outputs the features are.
    n_features : tuple of int
        Numbers of features.
    condition, centered_condition : ndarray, shape (n_sizes, n_seeds)
        Largest over smallest eigenvalue of the mean of ``a a^T``, as it is and after
        each feature's mean over the sample was subtracted.
    predicted : ndarray, shape (n_sizes,)
        ``1 + n m^2 / v`` for independent features with mean m and variance v.
    steps, centered_steps : ndarray, shape (n_sizes, n_seeds)
        Steps of gradient descent with the best constant learning rate until the
        squared distance from the solution is 1e-4 of that at the start.
    predicted_steps : ndarray, shape (n_sizes,)
        An upper bound on `steps` for a condition number of `predicted`.
    """

    seeds: tuple[int, ...]
    activation: str
    n_features: tuple[int, ...]
    condition: Floats
    centered_condition: Floats
    predicted: Floats
    steps: Floats
    centered_steps: Floats
    predicted_steps: Floats


def measure_conditioning(
    n_features: Sequence[int] = (2, 8, 32, 64),
    seeds: Iterable[int] = range(3),
    *,
    activation: str = "relu",
) -> Conditioning:
    """Fit a linear layer on activations of independent normal pre-activations.

    Parameters
    ----------
    n_features : sequence of int
        Numbers of features, from 2 to 256.
    seeds : iterable of int
        Each draws 20,000 points, a solution and a start.
    activation : str
        A name in `rectified.activations`.

    Returns
    -------
    Conditioning
    """
    sizes = tuple(
        check_integer("n_features", n, minimum=2, maximum=256) for n in n_features
    )
    seeds = check_seeds("seeds", seeds)
    entry = activations.get(check_choice("activation", activation, activations.NAMES))
    results = np.empty((4, len(sizes), len(seeds)))
    for column, seed in enumerate(seeds):
        for row, n in enumerate(sizes):
            rng = np.random.default_rng((seed, n))
            features = entry.function(rng.standard_normal((N_POINTS, n)))
            start = rng.standard_normal(n)
            centered = features - features.mean(axis=0)
            results[:2, row, column] = _descend(features, start)
            results[2:, row, column] = _descend(centered, start)
    moments = entry.moments()
    predicted = 1 + np.array(sizes) * moments.mean**2 / moments.variance
    return Conditioning(
        seeds,
        activation,
        sizes,
        condition=results[0],
        centered_condition=results[2],
        predicted=predicted,
        steps=results[1],
        centered_steps=results[3],
        predicted_steps=np.array([predict_steps(kappa) for kappa in predicted]),
    )


def _descend(features: Floats, start: Floats) -> tuple[float, int]:
    """Return the condition number and the steps from a distance `start`."""
    values, vectors = np.linalg.eigh(features.T @ features / len(features))
    rate = best_rate(values)
    factors, error = 1 - rate * values, vectors.T @ start
    goal, step = TARGET * (error @ error), 0
    while error @ error > goal and step < MAX_STEPS:
        error *= factors  # each eigenvector shrinks by its own factor
        step += 1
    return float(values[-1] / values[0]), step


def best_rate(eigenvalues: Floats) -> float:
    """Return the rate that shrinks the slowest direction most, 2 / (low + high)."""
    return float(2 / (eigenvalues.min() + eigenvalues.max()))


def predict_steps(condition: float, *, target: float = TARGET) -> float:
    """Return the most steps that gradient descent needs at its best rate.

    Every direction shrinks at least by ``(kappa - 1) / (kappa + 1)`` per step.

    Parameters
    ----------
    condition : float
        Largest over smallest eigenvalue, at least 1.
    target : float
        Squared distance to reach, relative to the start.

    Returns
    -------
    float
        A whole number.

    Examples
    --------
    >>> predict_steps(1.0), predict_steps(31.0)
    (1.0, 72.0)
    """
    if condition <= 1:
        return 1.0
    factor = (condition - 1) / (condition + 1)
    return float(math.ceil(math.log(target) / 2 / math.log(factor)))
