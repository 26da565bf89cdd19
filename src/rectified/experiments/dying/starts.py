"""Units that are dead before the first update, because their bias is too low."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_integer, check_number, check_seeds

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StartMeasurement:
    """Units of the first layer that are dead before the first update.

    Attributes
    ----------
    seeds : tuple of int
        One layer of random units per seed.
    biases : ndarray, shape (n_biases,)
        Initial bias of all units.
    dead_fraction : ndarray, shape (n_biases, n_seeds)
        Share of units that are silent on the whole disc.
    predicted : ndarray, shape (n_biases,)
        See `predict_dead_at_start`.
    n_units : int
        Units per layer.
    """

    seeds: tuple[int, ...]
    biases: Floats
    dead_fraction: Floats
    predicted: Floats
    n_units: int


def measure_dead_at_start(
    biases: ArrayLike = (-4.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5),
    seeds: Iterable[int] = range(10),
    *,
    radius: float = 2.0,
    n_units: int = 1000,
) -> StartMeasurement:
    """Count the dead among random units on inputs that fill a disc.

    The weights are He's: normal with standard deviation 1 for two inputs. The largest
    pre-activation on a disc is on its rim, of which 720 points are tried.

    Parameters
    ----------
    biases : array_like, shape (n_biases,)
        Initial biases.
    seeds : iterable of int
        Each draws one layer.
    radius : float
        Of the disc, from 0.1 to 10.
    n_units : int
        Units per layer, at most 10,000.

    Returns
    -------
    StartMeasurement
    """
    offsets = check_array("biases", biases, ndim=(1,))
    seeds = check_seeds("seeds", seeds)
    radius = check_number("radius", radius, minimum=0.1, maximum=10)
    n_units = check_integer("n_units", n_units, minimum=1, maximum=10_000)
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    rim = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    dead = np.empty((offsets.size, len(seeds)))
    for column, seed in enumerate(seeds):
        weights = np.random.default_rng(seed).standard_normal((2, n_units))
        largest = (rim @ weights).max(axis=0)
        dead[:, column] = (largest + offsets[:, None] <= 0).mean(axis=1)
    predicted = np.array([predict_dead_at_start(b, radius=radius) for b in offsets])
    return StartMeasurement(seeds, offsets, dead, predicted, n_units)


def predict_dead_at_start(
    bias: float, *, radius: float = 2.0, weight_std: float = 1.0
) -> float:
    """Return the share of units that start dead on a disc of inputs.

    On the disc, ``w x + b`` is at most ``|w| R + b``. The length of a normal weight
    vector in the plane follows Rayleigh's distribution, so that
    ``P(|w| <= -b / R) = 1 - exp(-b^2 / (2 R^2 s^2))`` for negative b.

    Parameters
    ----------
    bias : float
        Initial bias b.
    radius : float
        Radius R of the disc around the origin.
    weight_std : float
        Standard deviation s of each weight.

    Returns
    -------
    float

    Examples
    --------
    >>> round(predict_dead_at_start(-2.0), 4)
    0.3935
    """
    bias = check_number("bias", bias)
    radius = check_number("radius", radius, minimum=1e-9)
    weight_std = check_number("weight_std", weight_std, minimum=1e-9)
    ratio = min(bias, 0.0) / (radius * weight_std)
    return -math.expm1(-(ratio**2) / 2)
