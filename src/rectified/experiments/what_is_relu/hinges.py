"""Fold the line: a sum of hinges is a piecewise linear curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_integer, problem
from rectified.datasets import WINDOW, evaluate_curve

Floats = NDArray[np.float64]

# Multiples of 1/40 instead of linspace: zero is exactly zero, and a front end in
# another language computes the same 241 numbers.
GRID: Floats = np.arange(-120, 121) / 40
"""Where curves are compared: 241 evenly spaced points from -3 to 3."""


@dataclass(frozen=True)
class HingeFit:
    """The best sum of hinges for a curve.

    Attributes
    ----------
    kinks, weights : ndarray, shape (n_hinges,)
        Where each hinge bends, and by how much it changes the slope there.
    offset : float
        Constant added to the sum.
    target, fitted : ndarray, shape (241,)
        The curve and the sum of hinges on `GRID`.
    rms_error : float
        Root of the mean squared difference of the two.
    """

    kinks: Floats
    weights: Floats
    offset: float
    target: Floats
    fitted: Floats
    rms_error: float


def hinge_terms(x: ArrayLike, kinks: ArrayLike, weights: ArrayLike) -> Floats:
    """Return each weighted hinge, ``weight * max(0, x - kink)``.

    Parameters
    ----------
    x : array_like, shape (n_points,)
        Where to evaluate.
    kinks, weights : array_like, shape (n_hinges,)
        Where each hinge bends, and its slope right of the kink.

    Returns
    -------
    ndarray, shape (n_hinges, n_points)
    """
    x = check_array("x", x, ndim=(1,))
    kinks = check_array("kinks", kinks, ndim=(1,))
    weights = check_array("weights", weights, ndim=(1,))
    if weights.size != kinks.size:
        rule = f"as long as `kinks` ({kinks.size})"
        raise problem("weights", rule, weights.size, "give each hinge one weight")
    return np.multiply(weights[:, None], np.maximum(x - kinks[:, None], 0))


def hinge_sum(
    x: ArrayLike, kinks: ArrayLike, weights: ArrayLike, offset: float = 0.0
) -> Floats:
    """Return the sum of weighted hinges plus an offset, shape (n_points,).

    This is a network with one input, one hidden layer of ReLUs with input weight 1,
    and one linear output.

    Examples
    --------
    >>> hinge_sum([-1.0, 0.0, 2.0], kinks=[-3.0, 0.0], weights=[-1.0, 2.0], offset=3)
    array([1., 0., 2.])
    """
    return np.asarray(offset + hinge_terms(x, kinks, weights).sum(axis=0))


def spread_kinks(n_hinges: int) -> Floats:
    """Return evenly spaced kinks from -3 on; the first sets the initial slope.

    Examples
    --------
    >>> spread_kinks(4).tolist()
    [-3.0, -1.5, 0.0, 1.5]
    """
    n_hinges = check_integer("n_hinges", n_hinges, minimum=1)
    return -WINDOW + 2 * WINDOW * np.arange(n_hinges) / n_hinges


def fit_hinges(target: str, kinks: ArrayLike) -> HingeFit:
    """Choose the weights and the offset that fit a curve best.

    With the kinks fixed, the sum is linear in the weights and the offset, so least
    squares solves for them directly. Training by gradient descent also has to find
    the kinks, and rarely gets this close.

    Parameters
    ----------
    target : {"sine", "bump", "absolute", "zigzag", "step"}
        A curve of `rectified.datasets`.
    kinks : array_like, shape (n_hinges,)
        Where the hinges bend. Two hinges in one place share the weight.

    Returns
    -------
    HingeFit
    """
    kinks = check_array("kinks", kinks, ndim=(1,))
    y = evaluate_curve(target, GRID)
    columns = np.vstack(
        [np.ones_like(GRID), hinge_terms(GRID, kinks, np.ones_like(kinks))]
    )
    solution = np.asarray(np.linalg.lstsq(columns.T, y)[0], dtype=np.float64)
    fitted = solution @ columns
    error = float(np.sqrt(np.mean((fitted - y) ** 2)))
    return HingeFit(kinks, solution[1:], float(solution[0]), y, fitted, error)
