"""Where an activation function is flat."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rectified._activation_functions import Function

Interval = tuple[float, float]
Floats = NDArray[np.float64]

# Beyond 60 in size every derivative is monotonic, and within 1e-25 of its limit where
# it has one.
GRID = np.linspace(-60.0, 60.0, 7681)  # 64 steps per unit
SMALLEST_EPS = 1e-12


def find_flat_intervals(derivative: Function, eps: float) -> tuple[Interval, ...]:
    """Return the open intervals where |f'| < eps, in ascending order."""

    def is_flat(z: Floats) -> NDArray[np.bool_]:
        return np.abs(derivative(z)) < eps

    def is_falling(z: Floats) -> NDArray[np.bool_]:
        return derivative(z) < 0

    # Around a minimum of f lies a flat interval that may fit between two grid points.
    extrema = _find_switches(is_falling, GRID)
    grid = np.union1d(GRID, extrema)
    edges = _find_switches(is_flat, grid).tolist()
    if is_flat(grid[:1])[0]:
        edges = [-math.inf, *edges]
    if is_flat(grid[-1:])[0]:
        edges = [*edges, math.inf]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _find_switches(
    condition: Callable[[Floats], NDArray[np.bool_]], grid: Floats
) -> Floats:
    """Return where a condition switches on the grid, good to 12 decimals."""
    before = condition(grid)
    index = np.flatnonzero(before[1:] != before[:-1])
    low, high, at_low = grid[index], grid[index + 1], before[index]
    for _ in range(60):  # 2^-60 of a step is below rounding
        middle = (low + high) / 2
        same = condition(middle) == at_low
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    # Rounding gives clean ends where they are exact, and adding 0 turns -0 into 0.
    return np.round((low + high) / 2, 12) + 0.0
