"""The slope of a function from two of its values: secants, steps and round-off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import activations
from rectified._validate import (
    check_array,
    check_choice,
    check_number,
    problem,
)

Floats = NDArray[np.float64]

KINDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"left": (1.0, 0.0), "right": (0.0, 1.0), "central": (1.0, 1.0)}
)
"""How many steps each difference quotient reaches to the left and to the right."""

STEPS: Floats = 10.0 ** np.linspace(-18, 0, 73)
"""Steps that a sweep tries: from far below round-off to 1, four per decade."""

PRECISIONS = ("float64", "float32")


def difference_quotient(
    x: ArrayLike,
    step: ArrayLike,
    *,
    kind: str = "central",
    activation: str = "relu",
    dtype: str = "float64",
) -> Floats:
    """Return the slope of the secant through two points of a function's graph.

    Parameters
    ----------
    x, step : array_like
        Where, and how far apart (positive); shapes that broadcast against each other.
    kind : {"left", "right", "central"}
        From x - step to x, from x to x + step, or from x - step to x + step.
    activation : str
        A name of `rectified.activations`.
    dtype : {"float64", "float32"}
        Precision of every operation; the result comes as float64.

    Returns
    -------
    ndarray of float64
        In the common shape of `x` and `step`.

    Raises
    ------
    ValueError
        If a name is unknown, a step is not positive or a number is not finite.

    Examples
    --------
    >>> [float(difference_quotient(0.0, 0.1, kind=kind)) for kind in KINDS]
    [0.0, 1.0, 0.5]
    """
    to_left, to_right = KINDS[check_choice("kind", kind, KINDS)]
    number = np.dtype(check_choice("dtype", dtype, PRECISIONS)).type
    places, steps = _check_places(x, step)
    places, steps = places.astype(number), steps.astype(number)
    function = activations.get(activation).function
    low, high = places - number(to_left) * steps, places + number(to_right) * steps
    rise = function(high) - function(low)
    return np.asarray(rise / (number(to_left + to_right) * steps), dtype=np.float64)


def _check_places(x: ArrayLike, step: ArrayLike) -> tuple[Floats, Floats]:
    places = check_array("x", x, ndim=(0, 1, 2))
    steps = check_array("step", step, ndim=(0, 1, 2))
    if steps.min() <= 0:
        raise problem("step", "positive", float(steps.min()), "try 0.01")
    return places, steps


def positive_share(x: ArrayLike, step: ArrayLike, *, kind: str = "central") -> Floats:
    """Return which share of a secant's base lies on the positive side of 0.

    Without rounding, this is ReLU's difference quotient: the function rises by 1 for
    each unit of the base right of 0, and not at all left of it.

    Parameters
    ----------
    x, step, kind
        As in `difference_quotient`.

    Returns
    -------
    ndarray of float64
        From 0 to 1, in the common shape of `x` and `step`.

    Examples
    --------
    >>> float(positive_share(0.5, 1.0))
    0.75
    """
    to_left, to_right = KINDS[check_choice("kind", kind, KINDS)]
    places, steps = _check_places(x, step)
    # The quotient x / step cannot cancel, unlike (x + step) - (x - step).
    return np.clip((places / steps + to_right) / (to_left + to_right), 0.0, 1.0)


def bound_rounding(x: ArrayLike, step: ArrayLike, *, dtype: str = "float64") -> Floats:
    """Return the largest error that rounding can cause in a quotient of ReLU.

    The ends x - step and x + step are each off by at most half a unit in the last
    place, and ReLU passes that on. The difference and the division that follow, and
    the same in `positive_share`, add at most two units in the last place of 1.

    Parameters
    ----------
    x, step, dtype
        As in `difference_quotient`; `x` and `step` should be numbers of that
        precision.

    Returns
    -------
    ndarray of float64
        Holds for all three kinds: the central quotient has two ends that are off, but
        twice the base.
    """
    number = np.dtype(check_choice("dtype", dtype, PRECISIONS)).type
    places, steps = _check_places(x, step)
    farthest = (np.abs(places) + steps).astype(number)
    moved = np.spacing(farthest).astype(np.float64) / 2
    return np.asarray(moved / steps + 2 * float(np.finfo(number).eps))


@dataclass(frozen=True)
class StepSweep:
    """Difference quotients at one place, over many steps.

    Attributes
    ----------
    x : float
        The place.
    activation, dtype : str
        The function and the precision of the arithmetic.
    steps : ndarray, shape (n_steps,)
        Steps, in the order given.
    left, right, central : ndarray, shape (n_steps,)
        The three quotients.
    derivative : float
        The derivative that PyTorch's automatic differentiation returns there.
    """

    x: float
    activation: str
    dtype: str
    steps: Floats
    left: Floats
    right: Floats
    central: Floats
    derivative: float


def sweep_steps(
    x: float = 0.0,
    *,
    activation: str = "relu",
    dtype: str = "float64",
    steps: ArrayLike = STEPS,
) -> StepSweep:
    """Compute the three difference quotients at one place for many steps.

    Parameters
    ----------
    x : float
        A finite number.
    activation, dtype : str
        As in `difference_quotient`.
    steps : array_like, shape (n_steps,)
        Positive numbers.

    Returns
    -------
    StepSweep
    """
    x, tried = check_number("x", x), check_array("steps", steps, ndim=(1,))
    left, right, central = (
        difference_quotient(x, tried, kind=kind, activation=activation, dtype=dtype)
        for kind in KINDS
    )
    slope = float(activations.get(activation).derivative(x))
    return StepSweep(x, activation, dtype, tried, left, right, central, slope)
