"""Gradient descent on a loss of one weight: where ReLU and the sigmoid stall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import activations
from rectified._validate import (
    check_array,
    check_integer,
    problem,
)
from rectified.activations import Activation

Floats = NDArray[np.float64]

CLOSE = 0.05
"""A run has arrived if its output is this close to the target."""


@dataclass(frozen=True)
class LossCurve:
    """The loss over its one weight.

    Attributes
    ----------
    w : ndarray, shape (n,)
        Weights.
    loss : ndarray, shape (n,)
        ``(f(w) - target)^2 / 2``.
    slope : ndarray, shape (n,)
        Derivative of the loss with respect to w.
    """

    w: Floats
    loss: Floats
    slope: Floats


@dataclass(frozen=True)
class Descent:
    """Gradient descent from one or more starts.

    Attributes
    ----------
    activation : str
        The function f.
    target, learning_rate : ndarray, shape (1 or n_starts,)
        What f(w) should become, and the step size.
    w, loss, slope : ndarray, shape (steps + 1, n_starts)
        The weight, its loss and the derivative of the loss, before the first and
        after every step.
    arrived : ndarray of int, shape (n_starts,)
        First step after which f(w) is within `CLOSE` of the target; -1 if never.
        Runs that diverge go on to infinity and NaN.
    """

    activation: str
    target: Floats
    learning_rate: Floats
    w: Floats
    loss: Floats
    slope: Floats
    arrived: NDArray[np.int64]


def evaluate_loss(
    w: ArrayLike, *, activation: str = "relu", target: ArrayLike = 0.8
) -> LossCurve:
    """Return the loss of a unit with one weight, input 1 and no bias.

    Parameters
    ----------
    w : array_like, shape (n,)
        Weights.
    activation : str
        A name of `rectified.activations`.
    target : float or array_like, shape (n,)
        What f(w) should be, one for all weights or one for each.

    Returns
    -------
    LossCurve

    Examples
    --------
    >>> evaluate_loss([-1.0, 2.0], target=1.0).slope.tolist()
    [-0.0, 1.0]
    """
    weights = check_array("w", w, ndim=(1,))
    aims = _check_each("target", target, weights)
    return _evaluate(weights, activations.get(activation), aims)


def _evaluate(w: Floats, rule: Activation, targets: Floats) -> LossCurve:
    error = rule.function(w) - targets
    return LossCurve(w, error**2 / 2, error * rule.derivative(w))


def _check_each(name: str, value: ArrayLike, starts: Floats) -> Floats:
    """Return one number for all starts, or one for each, as an array."""
    numbers = np.atleast_1d(check_array(name, value, ndim=(0, 1)))
    if numbers.size not in (1, starts.size):
        rule = f"one number or {starts.size} numbers"
        raise problem(name, rule, numbers.size, "give one for each start")
    return numbers


def descend(
    start: ArrayLike,
    *,
    activation: str = "relu",
    target: ArrayLike = 0.8,
    learning_rate: ArrayLike = 0.5,
    steps: int = 100,
) -> Descent:
    """Follow the gradient of `evaluate_loss` downhill.

    Parameters
    ----------
    start : float or array_like, shape (n_starts,)
        Weights to start from.
    activation : str
        A name of `rectified.activations`.
    target, learning_rate : float or array_like, shape (n_starts,)
        What f(w) should become, and the step size; one for all or one for each.
    steps : int
        Number of steps, at most 100,000.

    Returns
    -------
    Descent

    Examples
    --------
    >>> descend([-1.0, 2.0], target=1.0, steps=20).w[-1].round(3).tolist()
    [-1.0, 1.0]
    """
    w = np.atleast_1d(check_array("start", start, ndim=(0, 1)))
    rates = _check_each("learning_rate", learning_rate, w)
    if rates.min() <= 0:
        raise problem("learning_rate", "positive", float(rates.min()), "try 0.5")
    n_steps = check_integer("steps", steps, maximum=100_000)
    rule, targets = activations.get(activation), _check_each("target", target, w)
    rows = []
    with np.errstate(over="ignore", invalid="ignore"):  # a run may diverge
        for _ in range(n_steps + 1):
            rows.append(_evaluate(w, rule, targets))
            w = w - rates * rows[-1].slope
    paths = (np.array([getattr(row, name) for row in rows]) for name in _COLUMNS)
    weights, loss, slope = paths
    close = loss <= CLOSE**2 / 2
    arrived = np.where(close.any(axis=0), close.argmax(axis=0), -1)
    return Descent(activation, targets, rates, weights, loss, slope, arrived)


_COLUMNS = ("w", "loss", "slope")
