"""How far difference quotients of ReLU are off, by step, place and precision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_seeds
from rectified.experiments.gradients.differences import (
    KINDS,
    PRECISIONS,
    STEPS,
    bound_rounding,
    difference_quotient,
    positive_share,
)

Floats = NDArray[np.float64]

NEAR = (1e-3, 3.0)
"""Distances from the kink between which `measure_differences` draws places."""


@dataclass(frozen=True)
class DifferenceMeasurement:
    """How far difference quotients of ReLU are from its slope.

    Attributes
    ----------
    seeds : tuple of int
        Seeds of the places.
    kinds, dtypes : tuple of str
        Names of the first two axes below.
    steps : ndarray, shape (n_steps,)
        `STEPS`, each rounded to float32 so that both precisions use the same.
    at_zero : ndarray, shape (n_kinds, n_dtypes, n_steps)
        Quotients at exactly 0.
    error : ndarray, shape (n_kinds, n_dtypes, n_steps, n_seeds)
        Largest distance between a quotient and what it is without rounding, over
        places on both sides of 0.
    excess : ndarray, shape (n_kinds, n_dtypes, n_steps, n_seeds)
        Largest ratio of such a distance to `bound_rounding`; at most 1 in theory.
    lost : ndarray, shape (n_kinds, n_dtypes, n_steps, n_seeds)
        Share of the positive places where the quotient is exactly 0: the step is so
        small that both ends are rounded to the same number.
    """

    seeds: tuple[int, ...]
    kinds: tuple[str, ...]
    dtypes: tuple[str, ...]
    steps: Floats
    at_zero: Floats
    error: Floats
    excess: Floats
    lost: Floats


def measure_differences(
    seeds: Iterable[int] = range(10), *, n_places: int = 200
) -> DifferenceMeasurement:
    """Compare difference quotients at random places with what they should be.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws its places, evenly on a logarithmic scale over `NEAR`.
    n_places : int
        Places on each side of 0.

    Returns
    -------
    DifferenceMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    steps = STEPS.astype(np.float32).astype(np.float64)
    shape = (len(KINDS), len(PRECISIONS), len(steps))
    at_zero, (error, excess, lost) = (
        np.empty(shape),
        np.empty((3, *shape, len(seeds))),
    )
    low, high = np.log(NEAR)
    for column, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        distance = np.exp(rng.uniform(low, high, (n_places, 1))).astype(np.float32)
        places = np.concatenate([-distance, distance]).astype(np.float64)
        for row in np.ndindex(shape[:2]):
            kind, dtype = tuple(KINDS)[row[0]], PRECISIONS[row[1]]
            at_zero[row] = difference_quotient(0.0, steps, kind=kind, dtype=dtype)
            slope = difference_quotient(places, steps, kind=kind, dtype=dtype)
            gap = np.abs(slope - positive_share(places, steps, kind=kind))
            error[row][:, column] = gap.max(axis=0)
            bound = bound_rounding(places, steps, dtype=dtype)
            excess[row][:, column] = (gap / bound).max(axis=0)
            lost[row][:, column] = (slope[n_places:] == 0).mean(axis=0)
    names = tuple(KINDS), PRECISIONS
    return DifferenceMeasurement(seeds, *names, steps, at_zero, error, excess, lost)
