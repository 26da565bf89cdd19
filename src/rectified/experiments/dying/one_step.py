"""One unit, one step: the learning rates that kill it, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_integer, check_number

Floats = NDArray[np.float64]

INPUTS = (1.0, 2.0)
"""The data of the worked example; the target of both points is 0."""


@dataclass(frozen=True)
class FatalStep:
    """What one step of gradient descent can do to a unit ``relu(w x + b)``.

    The loss is the mean of half the squared output: the unit ought to be silent.

    Attributes
    ----------
    inputs : ndarray, shape (n_points,)
        The data.
    weight, bias : float
        Before the step.
    gradient : tuple of float
        Derivatives of the loss with respect to weight and bias.
    fatal_from, fatal_to : float
        The step silences the unit on all inputs if and only if the learning rate is
        within these bounds. NaN if no learning rate does.
    stable_below : float
        Below this rate, gradient descent on the same unit without ReLU converges: 2
        over the largest curvature.
    """

    inputs: Floats
    weight: float
    bias: float
    gradient: tuple[float, float]
    fatal_from: float
    fatal_to: float
    stable_below: float


def find_fatal_rates(
    inputs: ArrayLike = INPUTS, *, weight: float = 1.0, bias: float = 0.0
) -> FatalStep:
    """Return the learning rates at which one step kills a unit.

    A step moves each pre-activation along a straight line, ``z - rate * speed`` with
    ``speed = x dw + db``. The unit is dead once all of them are at most 0, for good:
    its gradient is 0 from then on.

    Parameters
    ----------
    inputs : array_like, shape (n_points,)
        One number per point.
    weight, bias : float
        The unit before the step.

    Returns
    -------
    FatalStep

    Examples
    --------
    By hand: w = 1, b = 0 and x = 1, 2 give dw = 5/2 and db = 3/2. Afterwards the
    input 2 gives ``2 - 13/2 rate``, which is at most 0 from 4/13 on.

    >>> step = find_fatal_rates()
    >>> step.gradient, step.fatal_from * 13
    ((2.5, 1.5), 4.0)
    """
    x = check_array("inputs", inputs, ndim=(1,))
    weight, bias = check_number("weight", weight), check_number("bias", bias)
    z = weight * x + bias
    output = np.maximum(z, 0)
    slopes = float((output * x).mean()), float(output.mean())
    speed = slopes[0] * x + slopes[1]
    # Each point allows an interval of rates: z - rate * speed <= 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = z / speed
    low = np.where(speed > 0, crossing, np.where(z > 0, np.inf, 0.0)).max()
    high = np.where(speed < 0, crossing, np.inf).min()
    low = max(float(low), 0.0)
    alive = bool((z > 0).any())
    possible = alive and math.isfinite(low) and low <= high
    design = np.stack([x, np.ones_like(x)])
    curvature = float(np.linalg.eigvalsh(design @ design.T / x.size)[-1])
    return FatalStep(
        x,
        weight,
        bias,
        slopes,
        fatal_from=low if possible else math.nan,
        fatal_to=float(high) if possible else math.nan,
        stable_below=2 / curvature,
    )


@dataclass(frozen=True)
class UnitPath:
    """A single unit during gradient descent.

    Attributes
    ----------
    weight, bias, loss : ndarray, shape (steps + 1,)
        Before the first step and after each.
    pre_activation : ndarray, shape (steps + 1, n_points)
        ``weight * x + bias``.
    dead : ndarray of bool, shape (steps + 1,)
        Whether no pre-activation is positive.
    """

    weight: Floats
    bias: Floats
    loss: Floats
    pre_activation: Floats
    dead: NDArray[np.bool_]


def train_unit(
    learning_rate: float,
    *,
    inputs: ArrayLike = INPUTS,
    weight: float = 1.0,
    bias: float = 0.0,
    negative_slope: float = 0.0,
    steps: int = 20,
) -> UnitPath:
    """Train the unit of `find_fatal_rates` by gradient descent.

    Parameters
    ----------
    learning_rate : float
        Positive step size.
    inputs : array_like, shape (n_points,)
        One number per point; the target of each is 0.
    weight, bias : float
        The unit before the first step.
    negative_slope : float
        Slope below 0, from 0 (ReLU) to 1 (no ReLU at all).
    steps : int
        Number of updates.

    Returns
    -------
    UnitPath

    Examples
    --------
    >>> train_unit(0.3).dead[1].item(), train_unit(0.31).dead[1].item()
    (False, True)
    """
    rate = check_number("learning_rate", learning_rate, minimum=0.0, maximum=100.0)
    x = check_array("inputs", inputs, ndim=(1,))
    values = np.array([check_number("weight", weight), check_number("bias", bias)])
    slope = check_number("negative_slope", negative_slope, minimum=0.0, maximum=1.0)
    design = np.stack([x, np.ones_like(x)])
    path = [values]
    for _ in range(check_integer("steps", steps, minimum=1, maximum=1000)):
        z = values @ design
        factor = np.where(z > 0, 1.0, slope)
        with np.errstate(over="ignore", invalid="ignore"):  # a unit may diverge
            values = values - rate * (design @ (factor**2 * z)) / x.size
        path.append(values)
    weights, biases = np.array(path).T
    with np.errstate(over="ignore", invalid="ignore"):
        z = np.array(path) @ design
        output = np.where(z > 0, z, slope * z)
        loss = np.square(output).mean(axis=1) / 2
    return UnitPath(weights, biases, loss, z, np.all(z <= 0, axis=1))
