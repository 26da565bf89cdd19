"""What zeros save in memory: compressed sparse rows, and a bitmap, against dense."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_integer, check_seeds
from rectified.experiments.sparsity.products import to_csr
from rectified.experiments.sparsity.zeros import HE_GAIN

BIASES: NDArray[np.float64] = np.linspace(-3.0, 2.0, 11)
"""Biases that `measure_memory` tries."""


@dataclass(frozen=True)
class MemoryMeasurement:
    """Bytes that the outputs of a random ReLU layer take in three formats.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws weights and inputs.
    biases : ndarray, shape (n_biases,)
        The same for all units.
    zeros : ndarray, shape (n_biases, n_seeds)
        Share of outputs that are 0.
    dense_bytes : int
        Four bytes for every number.
    csr_bytes : ndarray of int, shape (n_biases, n_seeds)
        Compressed sparse rows: four bytes for each number that is not 0, four for its
        column, four for the start of each row.
    bitmap_bytes : ndarray of int, shape (n_biases, n_seeds)
        One bit for every number, and four bytes for each that is not 0.
    n_different : int
        Numbers that differ after the way into a format and back.
    """

    seeds: tuple[int, ...]
    biases: NDArray[np.float64]
    zeros: NDArray[np.float64]
    dense_bytes: int
    csr_bytes: NDArray[np.int64]
    bitmap_bytes: NDArray[np.int64]
    n_different: int


def measure_memory(
    seeds: Iterable[int] = range(3),
    *,
    biases: ArrayLike = BIASES,
    units: int = 512,
    n_inputs: int = 128,
) -> MemoryMeasurement:
    """Store the outputs of a random ReLU layer in sparse formats and count bytes.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws weights (He et al. 2015) and standard normal inputs.
    biases : array_like, shape (n_biases,)
        Each gives the outputs another share of zeros.
    units, n_inputs : int
        Size of the matrix, each from 8 to 4096.

    Returns
    -------
    MemoryMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    shifts = check_array("biases", biases, ndim=(1,))
    units = check_integer("units", units, minimum=8, maximum=4096)
    n_inputs = check_integer("n_inputs", n_inputs, minimum=8, maximum=4096)
    table = np.empty((3, len(shifts), len(seeds)))
    n_different = 0
    for column, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        weights = rng.standard_normal((256, units)) * (HE_GAIN / math.sqrt(256))
        z = rng.standard_normal((n_inputs, 256)) @ weights
        for row, shift in enumerate(shifts):
            a = np.maximum(z + shift, 0).astype(np.float32)
            csr, bits, values = to_csr(a), np.packbits(a > 0, axis=None), a[a > 0]
            table[:, row, column] = (
                (a == 0).mean(),
                csr.data.nbytes + csr.indices.nbytes + csr.indptr.nbytes,
                bits.nbytes + values.nbytes,
            )
            restored = np.zeros_like(a)
            restored.ravel()[np.unpackbits(bits)[: a.size] == 1] = values
            n_different += int((csr.toarray() != a).sum() + (restored != a).sum())
    return MemoryMeasurement(
        seeds=seeds,
        biases=shifts,
        zeros=table[0],
        dense_bytes=4 * units * n_inputs,
        csr_bytes=table[1].astype(np.int64),
        bitmap_bytes=table[2].astype(np.int64),
        n_different=n_different,
    )
