"""Positive inputs against centered ones: steps, detours and signs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_seeds, problem
from rectified.experiments.unbounded.conditioning import best_rate
from rectified.experiments.unbounded.zigzag import (
    N_POINTS,
    SOLUTION,
    descend,
    draw_inputs,
)

Floats = NDArray[np.floating]

RATES: Floats = np.geomspace(0.1, 10.0, 41)
"""Learning rates from which `measure_paths` picks the best for each arm."""


@dataclass(frozen=True)
class PathComparison:
    """Positive against centered inputs; the first axis holds these two arms.

    Attributes
    ----------
    seeds : tuple of int
        One data set per seed.
    arms : tuple of str
        "positive" (mean 0.5) and "centered" (mean 0).
    rate : ndarray, shape (2,)
        The member of `RATES` with the fewest steps in the median over seeds.
    steps : ndarray, shape (2, n_seeds)
        Updates with one example each until the distance has shrunk to a tenth.
    detour : ndarray, shape (2, n_seeds)
        Length of the path up to there over the straight distance.
    same_sign : ndarray, shape (2, n_seeds)
        Share of these updates in which both weights moved in one direction.
    condition : ndarray, shape (2, n_seeds)
        Larger over smaller curvature.
    full_batch_steps : ndarray, shape (2, n_seeds)
        The same number of steps with all examples in each update, at the best
        constant rate for the curvatures.
    """

    seeds: tuple[int, ...]
    arms: tuple[str, ...]
    rate: Floats
    steps: Floats
    detour: Floats
    same_sign: Floats
    condition: Floats
    full_batch_steps: Floats


def measure_paths(seeds: Iterable[int] = range(10)) -> PathComparison:
    """Compare positive and centered inputs, each at its best learning rate.

    Parameters
    ----------
    seeds : iterable of int
        One data set per seed; both arms share it up to the mean.

    Returns
    -------
    PathComparison
    """
    seeds = check_seeds("seeds", seeds)
    arms = {"positive": 0.5, "centered": 0.0}
    rates, rows = [], []
    for mean in arms.values():
        best, row = _measure_arm(mean, seeds)
        rates.append(best)
        rows.append(row)
    columns = np.moveaxis(np.array(rows), -1, 0)
    return PathComparison(seeds, tuple(arms), np.array(rates), *columns)


def _measure_arm(mean: float, seeds: tuple[int, ...]) -> tuple[float, Floats]:
    """Return the best rate, and what `PathComparison` lists, (n_seeds, 5)."""
    limit = 400
    paths, tables = [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        inputs = draw_inputs(mean, rng)
        values = np.linalg.eigvalsh(inputs.T @ inputs / N_POINTS)
        full = descend(inputs, np.array([best_rate(values)]), (limit, N_POINTS), rng)
        tables.append((values[1] / values[0], count_steps(full)[0]))
        paths.append(descend(inputs, RATES, (limit, 1), rng))
    steps = np.array([count_steps(path) for path in paths])  # (n_seeds, n_rates)
    best = int(np.argmin(np.median(steps, axis=0)))
    rows = []
    for path, count, table in zip(paths, steps[:, best], tables, strict=True):
        reached = path[: int(min(count, limit)) + 1, best]
        moves = np.diff(reached, axis=0)
        length = np.linalg.norm(moves, axis=1).sum()
        detour = length / np.linalg.norm(reached[-1] - reached[0])
        rows.append((count, detour, (moves.prod(axis=1) > 0).mean(), *table))
    return float(RATES[best]), np.array(rows)


def count_steps(weights: ArrayLike, *, shrink: float = 0.1) -> Floats:
    """Return after how many updates the distance from `SOLUTION` has shrunk.

    Parameters
    ----------
    weights : array_like, shape (n_steps + 1, n_units, 2)
        Weights after each update.
    shrink : float
        Distance to reach, relative to the start.

    Returns
    -------
    ndarray, shape (n_units,)
        Infinity if the distance never gets that small.
    """
    path = check_array("weights", weights, ndim=(3,), finite=False)
    if path.shape[2] != 2:
        rule = "an array of shape (n_steps + 1, n_units, 2)"
        raise problem("weights", rule, path.shape, "give both weights")
    with np.errstate(over="ignore", invalid="ignore"):  # a path may diverge
        distance = np.linalg.norm(path - SOLUTION, axis=2)
    reached = distance <= shrink * distance[0]
    return np.where(reached.any(axis=0), reached.argmax(axis=0), math.inf)
