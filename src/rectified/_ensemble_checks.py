"""Checks of arguments that several modules of `rectified.ensembles` share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from rectified._validate import check_array, check_integer, problem

PRECISIONS = (np.float32, np.float64)


def check_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Return units per layer as a tuple of at least two positive integers."""
    try:
        numbers = list(widths)
    except TypeError:
        rule = "a sequence of integers (inputs, hidden units, outputs)"
        raise problem("widths", rule, widths, "try (2, 16, 1)") from None
    shape = tuple(check_integer("widths", width, minimum=1) for width in numbers)
    if len(shape) < 2:
        rule = "at least two integers (inputs and outputs)"
        raise problem("widths", rule, shape, "add the missing layer")
    return shape


def check_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return a floating-point precision that training supports."""
    rule, advice = "float32 or float64", "try 'float32'"
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise problem("dtype", rule, dtype, advice) from None
    if found.type not in PRECISIONS:
        raise problem("dtype", rule, str(found), advice)
    return found


def check_per_network(
    name: str,
    value: ArrayLike,
    n_networks: int,
    *,
    minimum: float = -math.inf,
    maximum: float = math.inf,
    positive: bool = False,
    infinite: bool = False,
) -> NDArray[np.float64]:
    """Return one number per network, given one for all or one for each.

    `positive` excludes 0; `infinite` allows infinity (never NaN).
    """
    numbers = check_array(name, value, ndim=(0, 1), finite=not infinite)
    if numbers.size not in (1, n_networks):
        rule = f"one number or {n_networks} numbers"
        raise problem(name, rule, numbers.size, "give one for each network")
    bad = numbers[~((numbers >= minimum) & (numbers <= maximum))]  # NaN is bad too
    if bad.size:
        rule = f"from {minimum:g} to {maximum:g}"
        raise problem(name, rule, float(bad[0]), "choose a number in that range")
    if positive and numbers.min() <= 0:
        raise problem(name, "positive", float(numbers.min()), "try 0.01")
    # A copy, because the caller may change his array while the training runs.
    return np.array(np.broadcast_to(numbers.reshape(-1), n_networks))
