"""Sick and healthy networks side by side, on each task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_seeds
from rectified.experiments.dying.causes import HEALTHY, TASKS, measure_cause

Floats = NDArray[np.floating]

SICK = {"learning_rate": 3.0, "bias": -3.0}
"""One deadly value of each cause."""


@dataclass(frozen=True)
class DeathComparison:
    """The same networks at a healthy and at a sick value of one cause.

    Attributes
    ----------
    seeds : tuple of int
        One network and data set per seed and task.
    cause : str
        What differs.
    tasks : tuple of str
        Keys of `causes.TASKS`.
    values : tuple of float
        The healthy and the sick value.
    start_dead_fraction, dead_fraction : ndarray, shape (n_tasks, 2, 2, n_seeds)
        Share of dead units at each value in each hidden layer, before and after 200
        updates. NaN where the network diverged.
    first_step_dead_fraction : ndarray, shape (n_tasks, 2, 2, n_seeds)
        The same after one update.
    accuracy : ndarray, shape (n_tasks, 2, n_seeds)
        Share of training points classified correctly.
    """

    seeds: tuple[int, ...]
    cause: str
    tasks: tuple[str, ...]
    values: tuple[float, float]
    start_dead_fraction: Floats
    dead_fraction: Floats
    first_step_dead_fraction: Floats
    accuracy: Floats


def compare_deaths(cause: str, seeds: Iterable[int] = range(3)) -> DeathComparison:
    """Train networks with and without one cause of death.

    Parameters
    ----------
    cause : {"learning_rate", "bias"}
        What makes half of the networks sick.
    seeds : iterable of int
        One network and data set per seed and task.

    Returns
    -------
    DeathComparison
    """
    seeds = check_seeds("seeds", seeds)
    values = (HEALTHY[cause], SICK[check_choice("cause", cause, SICK)])
    found = [measure_cause(cause, values, seeds, task=task) for task in TASKS]
    return DeathComparison(
        seeds,
        cause,
        tuple(TASKS),
        values,
        np.array([one.start_dead_fraction for one in found]),
        np.array([one.dead_fraction for one in found]),
        np.array([one.first_step_dead_fraction for one in found]),
        np.array([one.accuracy for one in found]),
    )


def compare_rates(seeds: Iterable[int] = range(3)) -> DeathComparison:
    """Compare a low learning rate with a high one, see `compare_deaths`."""
    return compare_deaths("learning_rate", seeds)


def compare_biases(seeds: Iterable[int] = range(3)) -> DeathComparison:
    """Compare initial biases of 0 with negative ones, see `compare_deaths`."""
    return compare_deaths("bias", seeds)
