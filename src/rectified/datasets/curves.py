"""Curves on the line, to be rebuilt from hinges.

They live on -3 to 3, like the tasks in the plane. They are formulas: no rights of
others, no files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_choice

Points = NDArray[np.float64]


def _zigzag(x: Points) -> Points:
    return np.interp(x, [-3.0, -1.5, 0.0, 1.5, 3.0], [-1.5, 1.5, -1.5, 1.5, -1.5])


CURVES: MappingProxyType[str, Callable[[Points], Points]] = MappingProxyType(
    {
        "sine": lambda x: np.sin(math.pi * x / 2),
        "bump": lambda x: np.exp(-(x**2)),
        "absolute": lambda x: np.abs(x),
        "zigzag": _zigzag,
        "step": lambda x: np.where(x >= 0, 1.0, 0.0),
    }
)
"""Curves on [-3, 3] to be rebuilt from hinges.

"absolute" and "zigzag" are piecewise linear, so hinges at the right places rebuild
them exactly. "sine" and "bump" are smooth: the error falls but never vanishes.
"step" jumps, which no sum of hinges can do.
"""


def evaluate_curve(name: str, x: ArrayLike) -> Points:
    """Return the curve called `name` at `x`.

    Parameters
    ----------
    name : {"sine", "bump", "absolute", "zigzag", "step"}
        A key of `CURVES`.
    x : array_like
        Where to evaluate it, any shape.

    Returns
    -------
    ndarray of float64
        Values, in the shape of `x`.

    Examples
    --------
    >>> evaluate_curve("zigzag", [-3, -1.5, 0]).tolist()
    [-1.5, 1.5, -1.5]
    """
    curve = CURVES[check_choice("name", name, CURVES)]
    return curve(check_array("x", x, ndim=(0, 1, 2)))
