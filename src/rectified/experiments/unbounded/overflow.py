"""The layer at which a growing signal leaves the range of a number format."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import (
    check_array,
    check_choice,
    check_integer,
    check_seeds,
    problem,
)

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

LARGEST = {
    "float32": float(np.finfo(np.float32).max),
    # The exponent of float32, but 8 significant bits instead of 24.
    "bfloat16": (2 - 2**-7) * 2.0**127,
    "float16": float(np.finfo(np.float16).max),
}
"""Largest finite number of each format: 3.4e38, 3.4e38 and 65504."""

N_POINTS = 64


def round_to(values: Singles, dtype: str) -> Singles:
    """Round float32 numbers to a format, to even on ties, and keep them as float32.

    Parameters
    ----------
    values : ndarray of float32
        Any shape.
    dtype : {"float32", "bfloat16", "float16"}
        What to round to. NumPy has no bfloat16, so its numbers are rounded by hand.

    Returns
    -------
    ndarray of float32
        Infinite where a number is too large for the format.

    Examples
    --------
    >>> third = np.array([1 / 3, 1e5], dtype=np.float32)
    >>> round_to(third, "bfloat16").tolist(), round_to(third, "float16").tolist()
    ([0.333984375, 99840.0], [0.333251953125, inf])
    """
    check_choice("dtype", dtype, LARGEST)
    values = np.asarray(values, dtype=np.float32)
    if dtype == "float16":
        with np.errstate(over="ignore"):
            return values.astype(np.float16).astype(np.float32)
    if dtype == "float32":
        return values
    bits = values.view(np.uint32)
    rounded = (bits + (0x7FFF + ((bits >> 16) & 1))) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(values), values, rounded.view(np.float32))


@dataclass(frozen=True)
class OverflowMeasurement:
    """Layers at which numbers first overflow.

    Attributes
    ----------
    seeds : tuple of int
        One random ReLU network per seed.
    gains : ndarray, shape (n_gains,)
        Weights have standard deviation ``gain / sqrt(width)``.
    dtypes : tuple of str
        Keys of `LARGEST`.
    depth : int
        Layers that were tried.
    value_layer : ndarray, shape (n_dtypes, n_gains, n_seeds)
        First layer with an infinite pre-activation. Infinity: none within `depth`.
    square_layer : ndarray, shape (n_dtypes, n_gains, n_seeds)
        First layer where the square of an activation overflows. A norm or a squared
        loss computes it.
    predicted_value_layer, predicted_square_layer : ndarray, (n_dtypes, n_gains)
        The same from theory, see `predict_overflow`.
    """

    seeds: tuple[int, ...]
    gains: Floats
    dtypes: tuple[str, ...]
    depth: int
    value_layer: Floats
    square_layer: Floats
    predicted_value_layer: Floats
    predicted_square_layer: Floats


def measure_overflow(
    gains: Sequence[float] = (1.5, 2.0, 3.0),
    *,
    dtypes: Sequence[str] = tuple(LARGEST),
    depth: int = 150,
    width: int = 64,
    seeds: Iterable[int] = range(3),
) -> OverflowMeasurement:
    """Send inputs through deep ReLU networks until the numbers overflow.

    Each layer's products are summed in float32 and the results rounded to the
    format, as hardware for small formats does.

    Parameters
    ----------
    gains : sequence of float
        Gains to try, from 0.5 to 5; below sqrt(2) nothing grows.
    dtypes : sequence of {"float32", "bfloat16", "float16"}
        Number formats.
    depth : int
        Layers to try, from 1 to 500.
    width : int
        Units per layer, from 32 to 512.
    seeds : iterable of int
        One network and 64 standard normal inputs per seed.

    Returns
    -------
    OverflowMeasurement
    """
    factors = _check_gains(gains)
    formats = tuple(check_choice("dtypes", dtype, LARGEST) for dtype in dtypes)
    depth = check_integer("depth", depth, minimum=1, maximum=500)
    width = check_integer("width", width, minimum=32, maximum=512)
    seeds = check_seeds("seeds", seeds)
    first = np.full((2, len(formats), factors.size, len(seeds)), math.inf)
    for column, seed in enumerate(seeds):
        first[..., column] = _run(factors, formats, (depth, width), seed)
    predicted = [
        [predict_overflow(gain, dtype, width=width) for gain in factors.tolist()]
        for dtype in formats
    ]
    value, square = np.moveaxis(np.array(predicted), -1, 0)
    return OverflowMeasurement(
        seeds, factors, formats, depth, first[0], first[1], value, square
    )


def _check_gains(gains: Sequence[float]) -> Floats:
    factors = check_array("gains", gains, ndim=(1,))
    strange = factors[(factors < 0.5) | (factors > 5)]
    if strange.size:
        advice = "choose gains in that range"
        raise problem("gains", "from 0.5 to 5", float(strange[0]), advice)
    return factors


def _run(
    gains: Floats, dtypes: tuple[str, ...], shape: tuple[int, int], seed: int
) -> Floats:
    """Return the first layers with overflow, (2, n_dtypes, n_gains)."""
    depth, width = shape
    rng = np.random.default_rng(seed)
    start = rng.standard_normal((N_POINTS, width), dtype=np.float32)
    first = np.full((2, len(dtypes), gains.size), math.inf)
    signals = [np.stack([round_to(start, d)] * gains.size) for d in dtypes]
    for layer in range(1, depth + 1):
        normal = rng.standard_normal((width, width), dtype=np.float32)
        weights = (normal * gains[:, None, None] / math.sqrt(width)).astype(np.float32)
        for row, dtype in enumerate(dtypes):
            with np.errstate(over="ignore", invalid="ignore"):
                z = round_to(signals[row] @ round_to(weights, dtype), dtype)
                signals[row] = np.maximum(z, 0)
                squares = round_to(np.square(signals[row]), dtype)
            happened = [~np.isfinite(part).all(axis=(1, 2)) for part in (z, squares)]
            found = first[:, row]
            found[np.array(happened) & np.isinf(found)] = layer
        if np.isfinite(first).all():
            break
    return first


def predict_overflow(
    gain: float, dtype: str, *, width: int = 64, n_points: int = N_POINTS
) -> tuple[float, float]:
    """Return the layers where a value, and where a square, should overflow.

    The mean square grows by ``gain^2 / 2`` per layer. The largest of m normal numbers
    is about ``sqrt(2 ln m)`` standard deviations.

    Parameters
    ----------
    gain : float
        As in `measure_overflow`.
    dtype : {"float32", "bfloat16", "float16"}
        Number format.
    width, n_points : int
        Numbers per layer: units times points.

    Returns
    -------
    value_layer, square_layer : float
        Whole numbers, or infinity if the signal does not grow.
    """
    largest = LARGEST[check_choice("dtype", dtype, LARGEST)]
    gain = float(_check_gains([gain])[0])
    growth = math.log(gain / math.sqrt(2))
    if growth <= 1e-9:  # sqrt(2) itself, up to rounding
        return math.inf, math.inf
    peak = math.sqrt(2) * math.sqrt(2 * math.log(width * n_points))
    value = math.ceil(math.log(largest / peak) / growth)
    square = math.ceil(math.log(math.sqrt(largest) / peak) / growth)
    return float(max(value, 1)), float(max(square, 1))
