"""How the signal grows from layer to layer, and what bounds it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._validate import (
    check_choice,
    check_integer,
    check_number,
    check_seeds,
)

Floats = NDArray[np.floating]

GAINS = (1.0, 1.2, math.sqrt(2), 1.5, 1.7, 2.0, 3.0)
"""Gains on both sides of He's, sqrt(2), which keeps the signal of ReLU as it is."""

N_POINTS = 64
# Within these bounds nothing overflows or underflows in float64, squares included, and
# no layer falls silent by chance.
GAIN_BOUNDS = {"minimum": 0.5, "maximum": 5.0}


@dataclass(frozen=True)
class Corridor:
    """Size of the signal after every layer of random networks.

    Attributes
    ----------
    seeds : tuple of int
        One random network and one batch of inputs per seed.
    limiter : str
        A key of `LIMITERS`.
    gain : float
        Weights have standard deviation ``gain / sqrt(width)``.
    rms : ndarray, shape (n_seeds, depth + 1)
        Root of the mean squared activation over units and points; column 0 is the
        input.
    predicted : ndarray, shape (depth + 1,)
        The same for infinitely wide layers.
    """

    seeds: tuple[int, ...]
    limiter: str
    gain: float
    rms: Floats
    predicted: Floats

    @property
    def growth(self) -> Floats:
        """Factor per layer, a geometric mean over all layers, shape (n_seeds,)."""
        depth = self.rms.shape[1] - 1
        return np.asarray((self.rms[:, -1] / self.rms[:, 0]) ** (1 / depth))


Layer = Callable[[Floats, Floats, Floats, int], Floats]


def _relu(z: Floats) -> Floats:
    return np.maximum(z, 0)


def _layer_norm(z: Floats) -> Floats:
    centered = z - z.mean(axis=-1, keepdims=True)
    return np.asarray(centered / _rms(centered, -1))


def _batch_norm(z: Floats) -> Floats:
    centered = z - z.mean(axis=-2, keepdims=True)
    return np.asarray(centered / _rms(centered, -2))


def _rms(z: Floats, axis: int | tuple[int, ...]) -> Floats:
    return np.asarray(np.sqrt(np.mean(np.square(z), axis=axis, keepdims=True)))


def _plain(name: str) -> Layer:
    function = activations.get(name).function
    return lambda x, w, _, __: function(x @ w)


# Each takes the signal, two weight matrices of the given gain and of gain 1, and the
# depth, and returns the next signal.
LIMITERS: Mapping[str, Layer] = MappingProxyType(
    {
        "none": _plain("relu"),
        "relu6": _plain("relu6"),
        "tanh": _plain("tanh"),
        "layer_norm": lambda x, w, _, __: _relu(_layer_norm(x @ w)),
        "rms_norm": lambda x, w, _, __: _relu((z := x @ w) / _rms(z, -1)),
        "batch_norm": lambda x, w, _, __: _relu(_batch_norm(x @ w)),
        "residual": lambda x, w, _, __: x + _relu(x @ w),
        "residual_linear": lambda x, w, v, _: x + _relu(x @ w) @ v,
        "residual_scaled": lambda x, w, v, n: x + _relu(x @ w) @ v / math.sqrt(n),
    }
)
"""What stands between two layers, by name.

"none" is ReLU alone, "relu6" and "tanh" stand in its place. The norms come between
the weights and ReLU and have no parameters. "residual" adds ReLU's output to the
signal. "residual_linear" sends it through a second matrix of gain 1 first, and
"residual_scaled" also divides it by the square root of the depth.
"""


def measure_corridor(
    gain: float = 2.0,
    *,
    limiter: str = "none",
    depth: int = 50,
    width: int = 128,
    seeds: Iterable[int] = range(3),
) -> Corridor:
    """Send random inputs through random networks and watch their size.

    Parameters
    ----------
    gain : float
        Weights are normal with standard deviation ``gain / sqrt(width)``; 0.5 to 5.
    limiter : str
        A key of `LIMITERS`.
    depth : int
        Number of layers, or of residual blocks, from 1 to 200.
    width : int
        Units per layer, from 32 to 512.
    seeds : iterable of int
        One network and 64 standard normal inputs per seed.

    Returns
    -------
    Corridor

    Examples
    --------
    >>> corridor = measure_corridor(2.0, depth=10, seeds=(0,))
    >>> corridor.predicted[[0, 2]].round(9).tolist()  # twice a factor of sqrt(2)
    [1.0, 2.0]
    """
    gain = check_number("gain", gain, **GAIN_BOUNDS)
    layer = LIMITERS[check_choice("limiter", limiter, LIMITERS)]
    depth = check_integer("depth", depth, minimum=1, maximum=200)
    width = check_integer("width", width, minimum=32, maximum=512)
    seeds = check_seeds("seeds", seeds)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    x: Floats = np.stack([rng.standard_normal((N_POINTS, width)) for rng in rngs])
    second = limiter.startswith("residual_")
    rms = [_rms(x, (1, 2))]
    for _ in range(depth):
        w = _draw(rngs, width) * gain
        x = layer(x, w, _draw(rngs, width) if second else w, depth)
        rms.append(_rms(x, (1, 2)))
    predicted = predict_corridor(gain, limiter=limiter, depth=depth)
    return Corridor(seeds, limiter, gain, np.concatenate(rms, 1)[:, :, 0], predicted)


def _draw(rngs: list[np.random.Generator], width: int) -> Floats:
    weights = np.stack([rng.standard_normal((width, width)) for rng in rngs])
    return weights / math.sqrt(width)


def predict_corridor(gain: float, *, limiter: str = "none", depth: int = 50) -> Floats:
    """Return the root mean square per layer for infinitely wide layers.

    There a pre-activation is normal with variance ``gain^2`` times the mean square
    of the layer before (Poole et al. 2016; He et al. 2015 for ReLU). ReLU keeps half
    of that, so the signal grows by ``gain / sqrt(2)`` per layer. The outputs that
    "residual" adds are never negative: their mean adds up too, and the growth with
    He's gain is 1.704 instead of sqrt(2).

    Parameters
    ----------
    gain : float
        As in `measure_corridor`.
    limiter : str
        A key of `LIMITERS`.
    depth : int
        Number of layers.

    Returns
    -------
    ndarray, shape (depth + 1,)
    """
    gain = check_number("gain", gain, **GAIN_BOUNDS)
    check_choice("limiter", limiter, LIMITERS)
    depth = check_integer("depth", depth, minimum=1, maximum=200)
    square, mean = 1.0, 0.0
    squares = [square]
    for _ in range(depth):
        square, mean = _predict_layer(limiter, gain, depth, (square, mean))
        squares.append(square)
    return np.sqrt(squares)


def _predict_layer(
    limiter: str, gain: float, depth: int, signal: tuple[float, float]
) -> tuple[float, float]:
    """Return the next mean square and mean of the signal."""
    square, mean = signal
    if limiter.endswith("_norm"):
        return 0.5, math.sqrt(0.5 / math.pi)
    if limiter in ("relu6", "tanh"):
        moments = activations.get(limiter).moments(gain**2 * square)
        return moments.second_moment, moments.mean
    branch, branch_mean = gain**2 * square / 2, gain * math.sqrt(square / 2 / math.pi)
    if limiter == "none":
        return branch, branch_mean
    if limiter == "residual":
        # E (x + r)^2 with x and r independent given the layer before.
        return square + branch + 2 * mean * branch_mean, mean + branch_mean
    share = 1 / depth if limiter == "residual_scaled" else 1.0
    return square + share * branch, mean
