"""Statistics per unit, computed where the tensor lives and merged over batches."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Tails = tuple[float, float]

# Sums of ones in float32 are exact up to here.
_EXACT: Final = 2**24
# Sums of squares below this are computed again in float64.
_TINY: Final = 1e-25


@dataclass(frozen=True)
class Reading:
    """What one tensor says about each unit; every array has shape (units,)."""

    finite: Counts
    non_finite: Counts
    mean: Floats
    squares: Floats  # sum of squared deviations from `mean`
    positive: Counts
    flat: Counts
    zero: Counts


def read(x: Tensor, axis: int | None, tails: Tails | None = None) -> Reading:
    """Measure a tensor per unit, over its finite values.

    Parameters
    ----------
    x : Tensor
        Any shape and any real data type, at least one value.
    axis : int or None
        Where the units are; the statistics run over all other axes. None if all
        values are of one unit.
    tails : tuple of float, optional
        For a pre-activation: values up to the first and from the second one on are
        counted as flat, and positive values as positive. Without it, zeros are
        counted instead.
    """
    table = measure(x, axis, tails)
    # Squares of tiny numbers may have become zero, those of huge ones infinite.
    if not bool(torch.isfinite(table).all()) or float(table[2].max()) < _TINY:
        table = _measure_finite(x, axis, tails)
    finite, mean, squares, *others = table.to("cpu", torch.float64).numpy()
    values = x.numel() // finite.size
    counts = (np.rint(row).astype(np.int64) for row in (finite, *others))
    finite, positive, flat, zero = counts
    return Reading(finite, values - finite, mean, squares, positive, flat, zero)


def measure(x: Tensor, axis: int | None, tails: Tails | None = None) -> Tensor:
    """Return the rows finite, mean, squares, positive, flat and zero of a `Reading`.

    The result has shape (6, units) and stays on the device of `x`. It is not finite
    if a value of `x` is not, or if a square overflows.
    """
    x, over = _spread(x, axis)
    with torch.no_grad():
        mean = x.mean(over, keepdim=True)
        squares = (x - mean).square_().sum(over)
        finite = torch.full_like(squares, x.numel() // squares.numel())
        none = torch.zeros_like(squares)
        if tails is None:
            counts = [none, none, _count(torch.eq, x, 0.0, over)]
        else:
            positive = _count(torch.gt, x, 0.0, over)
            counts = [positive, _count_flat(x, tails, over, positive), none]
        return torch.stack([finite, mean.flatten(), squares, *counts])


def _spread(x: Tensor, axis: int | None) -> tuple[Tensor, tuple[int, ...]]:
    """Return `x` as at least two axes of float32 or float64, and all but the units'."""
    x = x.detach()
    if x.dtype not in (torch.float32, torch.float64):
        x = x.float()
    if axis is None:
        return x.reshape(-1, 1), (0,)
    if x.ndim < 2:
        return x.reshape(1, -1), (0,)
    return x, tuple(one for one in range(x.ndim) if one != axis % x.ndim)


def _count(
    compare: Callable[..., Tensor], x: Tensor, bound: float, over: tuple[int, ...]
) -> Tensor:
    if x.numel() > _EXACT:
        return compare(x, bound).sum(over).to(x.dtype)
    # Writing 0.0 and 1.0 takes a quarter of the time of bool and its conversion.
    return compare(x, bound, out=torch.empty_like(x)).sum(over)


def _count_flat(
    x: Tensor, tails: Tails, over: tuple[int, ...], positive: Tensor
) -> Tensor:
    low, high = tails
    if low == 0.0:  # flat wherever it is not positive: no need to count twice
        flat = x.numel() // positive.numel() - positive
    elif low > -math.inf:
        flat = _count(torch.le, x, low, over)
    else:
        flat = torch.zeros_like(positive)
    return flat + _count(torch.ge, x, high, over) if high < math.inf else flat


def _measure_finite(x: Tensor, axis: int | None, tails: Tails | None) -> Tensor:
    """Do what `measure` does for the finite values only, slowly and in float64."""
    x, over = _spread(x.to("cpu", torch.float64), axis)
    good = x.isfinite()
    finite = good.sum(over, keepdim=True)
    mean = x.where(good, 0.0).sum(over, keepdim=True) / finite
    squares = (x - mean).where(good, 0.0).square().sum(over)
    nowhere = torch.zeros_like(good)
    if tails is None:
        masks = [nowhere, nowhere, x == 0]
    else:
        masks = [x > 0, (x <= tails[0]) | (x >= tails[1]), nowhere]
    counts = ((mask & good).sum(over) for mask in masks)
    rows = [finite.flatten(), mean.flatten(), squares, *counts]
    return torch.stack([row.double() for row in rows])


def sum_squares(x: Tensor, axis: int | None) -> Floats:
    """Return the sum of squares of each unit; it is not finite if a value is not."""
    wide, over = _spread(x, axis)
    total = wide.square().sum(over)
    if not _TINY < float(total.max()) < math.inf:
        wide, over = _spread(x.to("cpu", torch.float64), axis)
        total = wide.square().sum(over)
    return np.asarray(total.to("cpu", torch.float64).numpy())


def merge(old: Reading, new: Reading) -> Reading:
    """Return the reading of two batches, as if their values had come at once.

    Means and squares follow Chan, Golub and LeVeque (1979), which stays accurate
    where sums of squares would cancel.
    """
    finite = old.finite + new.finite
    share = new.finite / np.maximum(finite, 1)
    # The mean of no values is NaN; it must not enter.
    known = (old.finite > 0) & (new.finite > 0)
    step = np.where(known, new.mean - old.mean, 0.0)
    start = np.where(old.finite > 0, old.mean, new.mean)
    return Reading(
        finite=finite,
        non_finite=old.non_finite + new.non_finite,
        mean=start + share * step,
        squares=old.squares + new.squares + step**2 * share * old.finite,
        positive=old.positive + new.positive,
        flat=old.flat + new.flat,
        zero=old.zero + new.zero,
    )
