"""Means over a Gaussian pre-activation: what mean-field theory needs of a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rectified._activation_functions import Function

MAX_VARIANCE = 1e150  # the square of squared ReLU is then still finite

# Beyond 12 standard deviations the Gaussian weight is below 1e-31.
REACH = 12.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
# Panel edges on two scales: that of the Gaussian, and that of the functions, which
# change within a few units of 0. Where panels grow, the functions have become straight
# or constant but for an exponentially small rest.
IN_DEVIATIONS = np.arange(1.0, REACH + 1)
IN_UNITS = np.array([0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 60])


@dataclass(frozen=True)
class Moments:
    """What a Gaussian pre-activation z ~ N(0, q) becomes.

    Attributes
    ----------
    mean, variance : float
        E f(z) and Var f(z). A zero mean means that activations are zero-centered.
    second_moment : float
        E f(z)^2.
    derivative_second_moment : float
        E f'(z)^2.
    """

    mean: float
    variance: float
    second_moment: float
    derivative_second_moment: float


def integrate_moments(
    function: Function,
    derivative: Function,
    *,
    kinks: Sequence[float],
    variance: float,
) -> Moments:
    """Integrate over z ~ N(0, variance) by Gauss-Legendre panels split at kinks.

    Every function of the catalogue is smooth except at its kinks and at 0, so the
    result is good to 12 digits.
    """
    if variance == 0:
        values, slopes, weights = function([0.0]), derivative([0.0]), np.ones(1)
    else:
        z, weights = _gaussian_rule(variance**0.5, kinks)
        values, slopes = function(z), derivative(z)
    mean = float(weights @ values)
    return Moments(
        mean=mean,
        variance=float(weights @ np.square(values - mean)),
        second_moment=float(weights @ np.square(values)),
        derivative_second_moment=float(weights @ np.square(slopes)),
    )


def _gaussian_rule(
    deviation: float, kinks: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes and weights for means over N(0, deviation^2)."""
    positive = np.concatenate([deviation * IN_DEVIATIONS, IN_UNITS])
    edges = np.concatenate([-positive, [0.0], positive, kinks])
    limit = REACH * deviation
    edges = np.unique(np.clip(edges, -limit, limit))
    panels = np.array(list(pairwise(edges)))
    half = (panels[:, 1:] - panels[:, :1]) / 2
    z = (panels.mean(axis=1, keepdims=True) + half * NODES).ravel()
    density = np.exp(-0.5 * np.square(z / deviation))
    weights = (half * WEIGHTS).ravel() * density
    # Dividing by the sum instead of by sqrt(2 pi) makes the mean of 1 exactly 1.
    return z, weights / weights.sum()
