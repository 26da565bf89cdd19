"""How often activation functions are too flat for a gradient to pass."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import activations
from rectified._validate import (
    check_array,
    check_integer,
    check_number,
    check_seeds,
    problem,
)

Floats = NDArray[np.float64]

SCALES: Floats = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
"""Standard deviations of the pre-activations."""

COMPARED = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh")
"""Functions compared unless others are named."""

THRESHOLD = 0.05
"""Derivatives smaller than this in size count as flat."""


def saturated_share(
    activation: str, scale: float, *, threshold: float = THRESHOLD
) -> float:
    """Return the probability that |f'(z)| < threshold for z ~ N(0, scale^2).

    Parameters
    ----------
    activation : str
        A name of `rectified.activations`.
    scale : float
        Standard deviation of the pre-activations, positive.
    threshold : float
        From 1e-12 to 1.

    Returns
    -------
    float
        From the normal distribution function, without sampling.

    Examples
    --------
    >>> saturated_share("relu", 3.0)
    0.5
    """
    scale = check_number("scale", scale)
    if scale <= 0:
        raise problem("scale", "positive", scale, "1 is what a good start has")
    intervals = activations.get(activation).find_saturation(threshold)
    return float(sum(_normal_mass(low, high, scale) for low, high in intervals))


def _normal_mass(low: float, high: float, scale: float) -> float:
    """Return the probability of an interval under N(0, scale^2)."""
    if low > 0:  # by symmetry, so that far tails keep their digits
        low, high = -high, -low
    below, above = (0.5 * math.erfc(-z / scale / math.sqrt(2)) for z in (low, high))
    return above - below


@dataclass(frozen=True)
class SaturationMeasurement:
    """Share of pre-activations at which each function is flat.

    Attributes
    ----------
    seeds : tuple of int
        Seeds of the pre-activations.
    activations : tuple of str
        Names of the rows below.
    scales : ndarray, shape (n_scales,)
        Standard deviations of the pre-activations.
    threshold : float
        Size below which a derivative counts as flat.
    n_values : int
        Pre-activations drawn per scale and seed.
    share : ndarray, shape (n_activations, n_scales, n_seeds)
        Share of the pre-activations with ``|f'(z)| < threshold``.
    expected : ndarray, shape (n_activations, n_scales)
        The same from the normal distribution function.
    positive_share : ndarray, shape (n_activations, n_scales, n_seeds)
        Share among the positive pre-activations alone.
    largest_slope : ndarray, shape (n_activations,)
        Largest derivative seen: 1/4 for the sigmoid.
    steep : ndarray, shape (n_activations, 2, n_seeds)
        Smallest and largest pre-activation drawn with ``|f'(z)| >= threshold``.
    drawn : ndarray, shape (2, n_seeds)
        Smallest and largest pre-activation drawn at all.
    """

    seeds: tuple[int, ...]
    activations: tuple[str, ...]
    scales: Floats
    threshold: float
    n_values: int
    share: Floats
    expected: Floats
    positive_share: Floats
    largest_slope: Floats
    steep: Floats
    drawn: Floats


def measure_saturation(
    seeds: Iterable[int] = range(10),
    *,
    names: Sequence[str] = COMPARED,
    scales: ArrayLike = SCALES,
    threshold: float = THRESHOLD,
    n_values: int = 4000,
) -> SaturationMeasurement:
    """Draw normal pre-activations and count where each function is flat.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws its own pre-activations, the same for every function.
    names : sequence of str
        Names of `rectified.activations`.
    scales : array_like, shape (n_scales,)
        Positive standard deviations.
    threshold : float
        From 1e-12 to 1.
    n_values : int
        Pre-activations per scale and seed.

    Returns
    -------
    SaturationMeasurement
    """
    seeds, sigmas = (
        check_seeds("seeds", seeds),
        check_array("scales", scales, ndim=(1,)),
    )
    n_values = check_integer("n_values", n_values, minimum=10)
    rules = [activations.get(name) for name in names]
    expected = [
        [saturated_share(n, float(s), threshold=threshold) for s in sigmas]
        for n in names
    ]
    normal = np.stack(
        [np.random.default_rng(seed).standard_normal(n_values) for seed in seeds]
    )
    z = sigmas[:, None, None] * normal
    slopes = np.stack([np.abs(rule.derivative(z)) for rule in rules])
    flat, positive = slopes < threshold, z > 0
    return SaturationMeasurement(
        seeds,
        tuple(names),
        sigmas,
        threshold,
        n_values,
        flat.mean(axis=-1),
        np.array(expected),
        (flat & positive).sum(axis=-1) / positive.sum(axis=-1),
        slopes.max(axis=(1, 2, 3)),
        np.stack([_find_ends(z, ~rows) for rows in flat]),
        _find_ends(z, np.full(z.shape, True)),
    )


def _find_ends(z: Floats, kept: NDArray[np.bool_]) -> Floats:
    """Return the smallest and largest kept number of each seed, shape (2, n_seeds)."""
    low = np.where(kept, z, np.inf).min(axis=(0, 2))
    high = np.where(kept, z, -np.inf).max(axis=(0, 2))
    return np.stack([low, high])
