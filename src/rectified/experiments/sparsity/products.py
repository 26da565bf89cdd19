"""Ways to multiply a matrix that is full of zeros."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_array, check_integer, problem

Floats = NDArray[np.float32]


def draw_activations(
    batch: int, width: int, sparsity: float, *, seed: int = 0
) -> Floats:
    """Draw what a ReLU layer might put out: zeros, and positive numbers between them.

    Parameters
    ----------
    batch, width : int
        Rows and columns, from 1 to 4096.
    sparsity : float
        Share of zeros, from 0 to 1; exact but for rounding to whole numbers.
    seed : int
        Draws the places and the numbers.

    Returns
    -------
    ndarray of float32, shape (batch, width)
    """
    rows, columns = (
        check_integer(name, size, minimum=1, maximum=4096)
        for name, size in (("batch", batch), ("width", width))
    )
    share = float(check_array("sparsity", sparsity, ndim=(0,)))
    if not 0 <= share <= 1:
        raise problem("sparsity", "a number from 0 to 1", share, "try 0.5")
    rng = np.random.default_rng(check_integer("seed", seed))
    values = np.abs(rng.standard_normal(rows * columns)).astype(np.float32)
    values[rng.permutation(values.size)[: round(share * values.size)]] = 0
    return values.reshape(rows, columns)


def multiply_dense(a: Floats, weights: Floats) -> Floats:
    """Return ``a @ weights``, zeros and all."""
    return a @ weights


def multiply_gather(a: Floats, weights: Floats) -> Floats:
    """Return ``a @ weights`` from those rows of `weights` that meet no zero."""
    result = np.empty((len(a), weights.shape[1]), a.dtype)
    for row, out in zip(a, result, strict=True):
        kept = np.flatnonzero(row)
        np.matmul(row[kept], weights[kept], out=out)
    return result


def to_csr(a: Floats) -> Any:
    """Return a matrix that stores each number that is not 0, and its column."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]

    return csr_array(a)


def multiply_csr(a: Floats, weights: Floats) -> Floats:
    """Return ``a @ weights``, after conversion to compressed sparse rows (CSR)."""
    return np.asarray(to_csr(a) @ weights)


def _prepare_csr(a: Floats, weights: Floats) -> Callable[[], Floats]:
    sparse = to_csr(a)
    return lambda: np.asarray(sparse @ weights)


def _prepare_pruned(a: Floats, weights: Floats) -> Callable[[], Floats]:
    # As many whole units are silent as there are zeros in `a`.
    kept = max(1, round(np.count_nonzero(a) / len(a)))
    smaller = np.ascontiguousarray(a[:, :kept])
    fewer = np.ascontiguousarray(weights[:kept])
    return lambda: smaller @ fewer


METHODS: Mapping[str, Callable[[Floats, Floats], Callable[[], Floats]]] = (
    MappingProxyType(
        {
            "dense": lambda a, w: lambda: multiply_dense(a, w),
            "csr": _prepare_csr,
            "csr with conversion": lambda a, w: lambda: multiply_csr(a, w),
            "gather": lambda a, w: lambda: multiply_gather(a, w),
            "pruned": _prepare_pruned,
        }
    )
)
"""Ways to multiply, each prepared for one pair of matrices and then timed.

"csr" starts from a sparse matrix that is already there; a layer that computes its
activations has to pay for the conversion too. "pruned" shows the best case, in which
the zeros are whole units that have been cut out of the network: another result, the
same number of zeros.
"""
