"""Three ways to write ReLU down, compared with each other and with PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_seeds

Array = NDArray[Any]


def relu_piecewise(x: Array) -> Array:
    """Return x where it is at least 0, else 0."""
    return np.where(x >= 0, x, 0)


def relu_max(x: Array) -> Array:
    """Return the larger of x and 0."""
    return np.maximum(x, 0)


def relu_gate(x: Array) -> Array:
    """Return x times 1 where it is positive, times 0 elsewhere."""
    return x * (x > 0)


def relu_torch(x: Array) -> Array:
    """Return what `torch.relu` gives for the same numbers."""
    import torch  # here, so that the lesson's first figures need not wait for it

    return np.asarray(torch.relu(torch.from_numpy(np.array(x))).numpy())


DEFINITIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "piecewise": relu_piecewise,
        "max": relu_max,
        "gate": relu_gate,
        "torch.relu": relu_torch,
    }
)
"""The definitions that `measure_definition` compares; the last is the yardstick."""

SHAPES = ((), (0,), (7,), (64,), (3, 5), (2, 3, 4), (0, 4))
DTYPES = ("float16", "float32", "float64", "int8", "int64", "uint8")

SPECIAL_INPUTS: Array = np.array(
    [-np.inf, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1.0, np.inf, np.nan]
)
"""Inputs at the edge of floating point; 5e-324 is the smallest positive float64."""


@dataclass(frozen=True)
class DefinitionComparison:
    """How far the definitions agree with `torch.relu`.

    Attributes
    ----------
    seeds : tuple of int
        Seeds of the random inputs.
    names : tuple of str
        The definitions, in the order of the rows below.
    n_values : int
        Random numbers compared: every seed, shape and type.
    n_different : ndarray of int, shape (n_names,)
        How many results differ from `torch.relu` as numbers (-0.0 equals 0.0), or
        have another shape or type.
    n_negative_zeros : ndarray of int, shape (n_names,)
        How many results of negative inputs are -0.0 instead of 0.0.
    n_not_elementwise : ndarray of int, shape (n_names,)
        How many results change if the same numbers come reversed and in one row.
    special_inputs : ndarray, shape (n_special,)
        `SPECIAL_INPUTS`.
    special_outputs : ndarray, shape (n_names, n_special)
        What each definition makes of them.
    """

    seeds: tuple[int, ...]
    names: tuple[str, ...]
    n_values: int
    n_different: NDArray[np.int64]
    n_negative_zeros: NDArray[np.int64]
    n_not_elementwise: NDArray[np.int64]
    special_inputs: NDArray[np.float64]
    special_outputs: NDArray[np.float64]

    def special(self, name: str, value: float) -> float:
        """Return what one definition makes of one special input."""
        row = self.special_outputs[self.names.index(name)]
        return float(row[_same(self.special_inputs, np.array(value))][0])


def _same(a: Array, b: Array) -> Array:
    """Compare as numbers: NaN equals NaN, and -0.0 equals 0.0."""
    return np.asarray((a == b) | ((a != a) & (b != b)))


def _draw(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    if dtype.startswith("float"):
        return np.asarray(3 * rng.standard_normal(shape)).astype(dtype)
    limits = np.iinfo(dtype)
    low, high = max(limits.min, -(2**31)), min(limits.max, 2**31)
    return np.asarray(rng.integers(low, high, shape, endpoint=True)).astype(dtype)


def _compare(relu: Callable[[Array], Array], x: Array) -> tuple[int, int, int]:
    """Count results that differ from PyTorch, that are -0.0, and that mix elements."""
    y, expected = np.asarray(relu(x)), relu_torch(x)
    if y.shape != x.shape or y.dtype != x.dtype:
        return max(x.size, 1), 0, 0
    reordered = relu(x.ravel()[::-1])[::-1]
    return (
        int(np.sum(~_same(y, expected))),
        int(np.sum((y == 0) & np.signbit(y) & (x < 0))),
        int(np.sum(~_same(y.ravel(), reordered))),
    )


def measure_definition(seeds: Iterable[int] = range(10)) -> DefinitionComparison:
    """Compare the definitions on random numbers of many shapes and types.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws one array of every shape and type.

    Returns
    -------
    DefinitionComparison
    """
    seeds = check_seeds("seeds", seeds)
    n_values, counts = 0, np.zeros((len(DEFINITIONS), 3), dtype=np.int64)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for shape, dtype in product(SHAPES, DTYPES):
            x = _draw(rng, shape, dtype)
            n_values += x.size
            counts += [_compare(relu, x) for relu in DEFINITIONS.values()]
    with np.errstate(invalid="ignore"):  # the gate multiplies infinity by 0
        special = np.array([relu(SPECIAL_INPUTS) for relu in DEFINITIONS.values()])
    return DefinitionComparison(
        seeds,
        tuple(DEFINITIONS),
        n_values,
        counts[:, 0],
        counts[:, 1],
        counts[:, 2],
        SPECIAL_INPUTS,
        special,
    )
