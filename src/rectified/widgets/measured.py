"""Numbers that a figure measures once and hands to its script."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def rounded(array: ArrayLike, digits: int = 4) -> Any:
    """Return numbers as (nested lists of) floats, short enough to send to a browser.

    Parameters
    ----------
    array : array_like of float
        Any shape.
    digits : int
        Significant digits to keep.

    Returns
    -------
    float, None or list
        The same shape; None where the number is NaN or infinite, which JSON cannot
        hold.

    Examples
    --------
    >>> rounded([[0.123456, 1e-9 / 3], [float("nan"), 12345.6]])
    [[0.1235, 3.333e-10], [None, 12350.0]]
    """
    numbers = np.asarray(array, dtype=np.float64)
    if numbers.ndim:
        return [rounded(part, digits) for part in numbers]
    return float(f"{numbers:.{digits}g}") if np.isfinite(numbers) else None
