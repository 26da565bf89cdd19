"""Sizes of signals in deep networks, far enough for a number format to run out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from rectified import activations
from rectified._validate import (
    FloatArray,
    check_array,
    check_choice,
    check_integer,
    check_seeds,
    problem,
)

N_POINTS = 32
SCALES = (0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0)
"""Multiples of He's weights on both sides of 1."""


def _layer_norm(z: FloatArray) -> FloatArray:
    centered = z - z.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.square(centered).mean(axis=-1, keepdims=True))
    return np.asarray(np.maximum(centered / spread, 0))


BETWEEN: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        "identity": np.copy,
        "relu": activations.get("relu").function,
        "leaky_relu": activations.get("leaky_relu").function,
        "relu6": activations.get("relu6").function,
        "tanh": activations.get("tanh").function,
        "layer_norm": _layer_norm,
    }
)
"""What stands between two layers. "layer_norm" is a LayerNorm, then ReLU."""

HOMOGENEOUS = frozenset({"identity", "relu", "leaky_relu"})
"""Weights times c, outputs times c: so L layers multiply the signal by c^L."""


@dataclass(frozen=True)
class Explosion:
    """Size of the signal in deep random networks.

    The first two axes of the arrays are what stands between the layers and the scale
    of the weights.

    Attributes
    ----------
    seeds : tuple of int
        One random network and 32 inputs per seed.
    functions : tuple of str
        Keys of `BETWEEN`.
    scales : ndarray, shape (n_scales,)
        Weights have standard deviation ``scale * sqrt(2 / width)``: 1 is He's.
    rms : ndarray, shape (n_functions, n_scales, depth + 1, n_seeds)
        Root of the mean squared activation over units and points; entry 0 is the
        input.
    peak : ndarray, shape (n_functions, n_scales, depth, n_seeds)
        Largest size of a pre-activation in each layer.
    """

    seeds: tuple[int, ...]
    functions: tuple[str, ...]
    scales: FloatArray
    rms: FloatArray
    peak: FloatArray

    def growth(self, function: str) -> FloatArray:
        """Return the factor per layer, a geometric mean, (n_scales, n_seeds)."""
        rms = self.rms[self.functions.index(function)]
        return np.asarray((rms[:, -1] / rms[:, 0]) ** (1 / (rms.shape[1] - 1)))

    def overflow(self, function: str, largest: float) -> FloatArray:
        """Return the first layer with a larger number, (n_scales, n_seeds).

        Infinity if there is none.
        """
        above = self.peak[self.functions.index(function)] > largest
        return np.where(above.any(axis=1), above.argmax(axis=1) + 1.0, math.inf)


def measure_explosion(
    seeds: Iterable[int] = range(3),
    *,
    functions: Sequence[str] = tuple(BETWEEN),
    scales: Sequence[float] = SCALES,
    depth: int = 60,
    width: int = 64,
) -> Explosion:
    """Send random inputs through deep networks with different functions between.

    All functions and scales share a seed's draws. The numbers are float64, in which
    nothing overflows here.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed.
    functions : sequence of str
        Keys of `BETWEEN`.
    scales : sequence of float
        Multiples of He's weights, from 0.5 to 2.5.
    depth : int
        Number of layers, from 1 to 200.
    width : int
        Units per layer, from 32 to 512.

    Returns
    -------
    Explosion

    Examples
    --------
    >>> found = measure_explosion(seeds=(0,), scales=(1.0, 2.0), depth=10)
    >>> found.growth("relu")[1] / found.growth("relu")[0]  # twice the weights
    array([2.])
    """
    names = tuple(check_choice("functions", name, BETWEEN) for name in functions)
    tried = check_array("scales", scales, ndim=(1,))
    strange = tried[(tried < 0.5) | (tried > 2.5)]
    if strange.size:
        advice = "choose multiples of He's weights in that range"
        raise problem("scales", "from 0.5 to 2.5", float(strange[0]), advice)
    depth = check_integer("depth", depth, minimum=1, maximum=200)
    width = check_integer("width", width, minimum=32, maximum=512)
    seeds = check_seeds("seeds", seeds)
    shape = (len(names), tried.size)
    rms = np.empty((*shape, depth + 1, len(seeds)))
    peak = np.empty((*shape, depth, len(seeds)))
    for column, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        start = rng.standard_normal((N_POINTS, width))
        signals: list[FloatArray] = [np.stack([start] * tried.size) for _ in names]
        rms[..., 0, column] = _size(start[None])
        for layer in range(depth):
            weights = rng.standard_normal((width, width)) * math.sqrt(2 / width)
            for row, name in enumerate(names):
                z = (signals[row] @ weights) * tried[:, None, None]
                peak[row, :, layer, column] = np.abs(z).max(axis=(1, 2))
                signals[row] = BETWEEN[name](z)
                rms[row, :, layer + 1, column] = _size(signals[row])
    return Explosion(seeds, names, tried, rms, peak)


def _size(signal: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.square(signal).mean(axis=(1, 2))))
