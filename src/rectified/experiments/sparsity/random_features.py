"""What a random layer tells about its input if a bias sets how often it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_integer, check_seeds
from rectified.datasets import load_digits
from rectified.experiments.sparsity.features import (
    active_share,
    effective_rank,
    probe_accuracy,
)

Floats = NDArray[np.float64]

SHIFTS: Floats = np.array([-6.0, -4.0, -2.5, -1.5, -0.75, 0.0, 0.75, 1.5, 3.0])
"""Biases that `measure_random_features` tries."""


@dataclass(frozen=True)
class RandomFeatures:
    """Random ReLU features whose share of zeros is set by their bias.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the split of the digits and the weights.
    biases : ndarray, shape (n_biases,)
        The same for all units.
    units : int
        Number of features.
    zeros, active, rank, probe : ndarray, shape (n_biases, n_seeds)
        Share of zeros, `active_share`, `effective_rank` and `probe_accuracy` on the
        test images.
    """

    seeds: tuple[int, ...]
    biases: Floats
    units: int
    zeros: Floats
    active: Floats
    rank: Floats
    probe: Floats


def measure_random_features(
    seeds: Iterable[int] = range(3), *, biases: ArrayLike = SHIFTS, units: int = 200
) -> RandomFeatures:
    """Shift the bias of one random layer and read the digits off what is left.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws weights with gain sqrt(2), the same for all biases.
    biases : array_like, shape (n_biases,)
        The lower, the more zeros.
    units : int
        From 2 to 2000.

    Returns
    -------
    RandomFeatures
    """
    seeds, shifts = (
        check_seeds("seeds", seeds),
        check_array("biases", biases, ndim=(1,)),
    )
    units = check_integer("units", units, minimum=2, maximum=2000)
    table = np.empty((4, len(shifts), len(seeds)))
    for column, seed in enumerate(seeds):
        digits = load_digits(seed=seed)
        weights = np.random.default_rng((seed, 1)).standard_normal((64, units))
        z, new = (
            part.inputs @ (weights * np.sqrt(2 / 64))
            for part in (digits.train, digits.test)
        )
        for row, shift in enumerate(shifts):
            seen, unseen = np.maximum(z + shift, 0), np.maximum(new + shift, 0)
            table[:, row, column] = (
                (unseen == 0).mean(),
                active_share(unseen),
                effective_rank(unseen),
                probe_accuracy(seen, digits.train.labels, unseen, digits.test.labels),
            )
    return RandomFeatures(seeds, shifts, units, *table)
