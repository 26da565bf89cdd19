"""The derivative of ReLU, read off automatic differentiation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_integer, check_seeds

PRECISIONS = ("float64", "float32", "float16", "bfloat16")
"""Types of the inputs that `measure_derivative` tries."""

SIZES = (1e-4, 1e4)
"""Between these, evenly on a logarithmic scale, lie the sizes of the inputs."""


@dataclass(frozen=True)
class DerivativeMeasurement:
    """Derivatives of ReLU according to PyTorch.

    Attributes
    ----------
    seeds : tuple of int
        Seeds of the inputs.
    dtypes : tuple of str
        `PRECISIONS`.
    n_positive, n_negative : ndarray of int, shape (n_seeds,)
        Inputs of each sign, per type.
    n_not_one : ndarray of int, shape (n_dtypes, n_seeds)
        Positive inputs at which the derivative is anything but 1.
    n_not_zero : ndarray of int, shape (n_dtypes, n_seeds)
        Negative inputs at which it is anything but 0.
    at_zero : ndarray, shape (n_dtypes,)
        The derivative at exactly 0.
    """

    seeds: tuple[int, ...]
    dtypes: tuple[str, ...]
    n_positive: NDArray[np.int64]
    n_negative: NDArray[np.int64]
    n_not_one: NDArray[np.int64]
    n_not_zero: NDArray[np.int64]
    at_zero: NDArray[np.float64]


def measure_derivative(
    seeds: Iterable[int] = range(10), *, n_values: int = 1000
) -> DerivativeMeasurement:
    """Differentiate `torch.relu` at random inputs of many sizes and four types.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws its inputs.
    n_values : int
        Inputs per seed, of either sign.

    Returns
    -------
    DerivativeMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    n_values = check_integer("n_values", n_values, minimum=2)
    x = np.stack([_draw(np.random.default_rng(seed), n_values) for seed in seeds])
    slopes = np.stack([_differentiate(x, dtype) for dtype in PRECISIONS])
    at_zero = [_differentiate(np.zeros(1), dtype)[0] for dtype in PRECISIONS]
    return DerivativeMeasurement(
        seeds,
        PRECISIONS,
        (x > 0).sum(axis=1),
        (x < 0).sum(axis=1),
        ((slopes != 1) & (x > 0)).sum(axis=2),
        ((slopes != 0) & (x < 0)).sum(axis=2),
        np.array(at_zero),
    )


def _draw(rng: np.random.Generator, n_values: int) -> NDArray[np.float64]:
    low, high = np.log(SIZES)
    size = np.exp(rng.uniform(low, high, n_values))
    return np.asarray(size * rng.choice([-1.0, 1.0], n_values))


def _differentiate(x: NDArray[np.float64], dtype: str) -> NDArray[np.float64]:
    import torch

    number = getattr(torch, dtype)
    places = torch.tensor(x, dtype=number, requires_grad=True)
    ones = torch.ones_like(places)
    (slope,) = torch.autograd.grad(torch.relu(places), places, ones)
    return np.asarray(slope.double().numpy())
