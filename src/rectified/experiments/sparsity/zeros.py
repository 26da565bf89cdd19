"""How many ReLU units are silent in one random layer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import (
    check_array,
    check_integer,
    check_seeds,
    problem,
)

Floats = NDArray[np.float64]

BIASES: Floats = np.linspace(-3.0, 2.0, 11)
"""Biases that `measure_zeros` tries."""

HE_GAIN = math.sqrt(2)
"""Standard deviation of pre-activations after He's initialization, for inputs of mean
square 1."""

GAINS: Floats = np.array([0.5, 1.0, HE_GAIN, 3.0])
"""Standard deviations of the pre-activations that it tries."""


def zero_share(bias: ArrayLike, scale: ArrayLike = HE_GAIN) -> Floats:
    """Return the probability that ReLU outputs 0 if z ~ N(bias, scale^2).

    Parameters
    ----------
    bias : array_like
        Mean of the pre-activations.
    scale : array_like
        Their standard deviation, positive; a shape that broadcasts against `bias`.

    Returns
    -------
    ndarray of float64
        ``Phi(-bias / scale)``, where Phi is the normal distribution function.

    Examples
    --------
    >>> zero_share([-1.0, 0.0, 1.0], 1.0).round(4).tolist()
    [0.8413, 0.5, 0.1587]
    """
    means = check_array("bias", bias, ndim=(0, 1, 2))
    scales = check_array("scale", scale, ndim=(0, 1, 2))
    if scales.min() <= 0:
        advice = "1.4142 is what He's initialization gives"
        raise problem("scale", "positive", float(scales.min()), advice)
    ratio = means / scales / math.sqrt(2)
    return np.asarray(np.vectorize(math.erfc, otypes=[float])(ratio) / 2)


@dataclass(frozen=True)
class ZeroMeasurement:
    """Zeros in one random layer, next to theory.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the weights and the inputs.
    biases : ndarray, shape (n_biases,)
        The same for every unit.
    gains : ndarray, shape (n_gains,)
        Standard deviations of the pre-activations.
    n_values : int
        Pre-activations per seed: units times inputs.
    share : ndarray, shape (n_gains, n_biases, n_seeds)
        Share of outputs that are exactly 0.
    expected : ndarray, shape (n_gains, n_biases)
        `zero_share`.
    """

    seeds: tuple[int, ...]
    biases: Floats
    gains: Floats
    n_values: int
    share: Floats
    expected: Floats


def measure_zeros(
    seeds: Iterable[int] = range(3),
    *,
    biases: ArrayLike = BIASES,
    gains: ArrayLike = GAINS,
    fan_in: int = 256,
    units: int = 512,
    n_inputs: int = 256,
) -> ZeroMeasurement:
    """Count the zeros of a random layer for each bias and each scale of weights.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws weights from N(0, gain^2 / fan_in), and inputs in random
        directions with a mean square of 1.
    biases : array_like, shape (n_biases,)
        Added to every pre-activation.
    gains : array_like, shape (n_gains,)
        Positive.
    fan_in, units, n_inputs : int
        Size of the layer and number of inputs, each from 2 to 4096.

    Returns
    -------
    ZeroMeasurement
    """
    seeds, shifts = (
        check_seeds("seeds", seeds),
        check_array("biases", biases, ndim=(1,)),
    )
    scales = check_array("gains", gains, ndim=(1,))
    sizes = [
        check_integer(name, size, minimum=2, maximum=4096)
        for name, size in (("fan_in", fan_in), ("units", units), ("n_inputs", n_inputs))
    ]
    expected = zero_share(shifts, scales[:, None])
    share = np.empty((*expected.shape, len(seeds)))
    for column, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        weights = rng.standard_normal((sizes[0], sizes[1])) / math.sqrt(sizes[0])
        x = rng.standard_normal((sizes[2], sizes[0]))
        # Of one length, or z would be a mixture of normals with different spreads.
        x *= math.sqrt(sizes[0]) / np.linalg.norm(x, axis=1, keepdims=True)
        z = np.sort(x @ weights, axis=None)
        # gain * z + bias <= 0 where z <= -bias / gain: one sort serves all settings.
        limits = -shifts / scales[:, None]
        share[:, :, column] = np.searchsorted(z, limits, side="right") / z.size
    return ZeroMeasurement(seeds, shifts, scales, sizes[1] * sizes[2], share, expected)
