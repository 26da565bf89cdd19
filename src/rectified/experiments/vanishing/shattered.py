"""Shattered gradients: the slope of a deep network's output along a line of inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._validate import check_integer, check_number, check_seeds

Floats = NDArray[np.floating]

SPAN = 2.0
"""The line runs from -SPAN to SPAN."""


@dataclass(frozen=True)
class Line:
    """Outputs and slopes along a line of inputs.

    Attributes
    ----------
    t : ndarray, shape (n_points,)
        Places on the line.
    output, slope : ndarray, shape (n_points, n_seeds)
        Output y of each network, and its derivative dy/dt.
    size : ndarray, shape (depth, n_seeds)
        Root mean square of each layer's outputs over the line.
    """

    t: Floats
    output: Floats
    slope: Floats
    size: Floats


@np.errstate(over="ignore", invalid="ignore")
def run_line(
    depth: int = 24,
    *,
    centered: bool = True,
    residual: float = 0.0,
    activation: str = "relu",
    width: int = 100,
    n_points: int = 256,
    seeds: Iterable[int] = (0,),
) -> Line:
    """Differentiate deep random networks along a line of inputs.

    The input is one number t. The first layer gives each unit a random kink on the
    line; the others have He's weights and no biases.

    Parameters
    ----------
    depth : int
        Hidden layers, from 1 to 100.
    centered : bool
        Whether each unit's mean over the line is subtracted from its pre-activation.
        The mean counts as a constant for the slope.
    residual : float
        0 for a plain stack, otherwise the weight of each layer after the first beside
        its skip connection.
    activation : str
        A name of `rectified.activations`.
    width : int
        Units per layer, from 2 to 1024.
    n_points : int
        Points on the line, from 3 to 4096.
    seeds : iterable of int
        One network per seed.

    Returns
    -------
    Line
        Infinite or NaN where numbers overflow float64.

    Notes
    -----
    Balduzzi et al. (2017), The shattered gradients problem: if resnets are the answer,
    then what is the question?, arXiv:1702.08591, who center with batch normalization.
    """
    seeds = check_seeds("seeds", seeds)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    layers = list(
        _climb(
            depth, centered, residual, rngs, activation, width=width, n_points=n_points
        )
    )
    (a, da), readout = layers[-1], _draw(width, 1, rngs) / np.sqrt(2)
    size = np.array([np.sqrt(np.square(a).mean(axis=(1, 2))) for a, _ in layers])
    return Line(_places(n_points), _read(a, readout), _read(da, readout), size)


@np.errstate(over="ignore", invalid="ignore")
def run_line_depths(
    depth: int = 50,
    *,
    centered: bool = True,
    residual: float = 0.0,
    activation: str = "relu",
    width: int = 100,
    n_points: int = 256,
    seeds: Iterable[int] = (0,),
) -> Floats:
    """Return the slopes of networks of every depth up to one, that share their layers.

    Parameters
    ----------
    depth : int
        Hidden layers of the deepest network, from 1 to 100.
    centered, residual, activation, width, n_points, seeds
        As in `run_line`.

    Returns
    -------
    ndarray, shape (depth, n_points, n_seeds)
        Derivative along the line of the network that ends with each hidden layer, each
        with outputs of its own.
    """
    seeds = check_seeds("seeds", seeds)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    own = [np.random.default_rng((seed, 1)) for seed in seeds]
    layers = _climb(
        depth, centered, residual, rngs, activation, width=width, n_points=n_points
    )
    return np.array([_read(da, _draw(width, 1, own) / np.sqrt(2)) for _, da in layers])


def _climb(
    depth: int,
    centered: bool,
    residual: float,
    rngs: list[np.random.Generator],
    activation: str,
    *,
    width: int,
    n_points: int,
) -> Iterator[tuple[Floats, Floats]]:
    """Yield outputs and slopes of each layer, (n_seeds, n_points, width)."""
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    width = check_integer("width", width, minimum=2, maximum=1024)
    residual = check_number("residual", residual, minimum=0, maximum=100)
    rule, t = activations.get(activation), _places(n_points)
    # Weights of t and of a constant 1: two inputs.
    first = _draw(2, width, rngs)
    z: Floats = np.stack([t, np.ones_like(t)], axis=1) @ first
    dz: Floats = np.broadcast_to(first[:, :1], z.shape)
    a: Floats = np.zeros_like(z)
    da = a
    for layer in range(depth):
        if layer:
            weights = _draw(width, width, rngs)
            z, dz = a @ weights, da @ weights
        if centered:
            z = z - z.mean(axis=1, keepdims=True)
        branch, slope = rule.function(z), rule.derivative(z) * dz
        if residual and layer:
            a, da = a + residual * branch, da + residual * slope
        else:
            a, da = branch, slope
        yield a, da


def _places(n_points: int) -> Floats:
    n_points = check_integer("n_points", n_points, minimum=3, maximum=4096)
    return np.linspace(-SPAN, SPAN, n_points)


def _draw(fan_in: int, fan_out: int, rngs: list[np.random.Generator]) -> Floats:
    """Return He's weights, one matrix per network."""
    scale = np.sqrt(2 / fan_in)
    return np.stack([scale * r.standard_normal((fan_in, fan_out)) for r in rngs])


def _read(values: Floats, readout: Floats) -> Floats:
    return np.asarray((values @ readout)[:, :, 0].T)


def autocorrelation(slope: Floats, n_lags: int = 16) -> Floats:
    """Return how alike the slopes at neighboring points are.

    Parameters
    ----------
    slope : ndarray, shape (n_points, n_networks)
        Slopes along a line.
    n_lags : int
        Number of distances, in points, from 0 on; at most `n_points`.

    Returns
    -------
    ndarray, shape (n_lags, n_networks)
        1 at distance 0. For n_points of white noise, -1 / n_points plus noise of size
        1 / sqrt(n_points) elsewhere. NaN for a constant slope.
    """
    n_points = len(slope)
    n_lags = check_integer("n_lags", n_lags, minimum=1, maximum=n_points)
    gap = slope - slope.mean(axis=0)
    # Slopes that differ by rounding only are constant.
    square = np.square(gap).sum(axis=0)
    tiny = np.square(np.abs(slope).max(axis=0) * 1e-12) * n_points
    square = np.where(square > tiny, square, np.nan)
    products = [
        (gap[lag:] * gap[: n_points - lag]).sum(axis=0) for lag in range(n_lags)
    ]
    return np.asarray(np.array(products) / square)


def draw_noise(n_points: int, seeds: Iterable[int]) -> tuple[Floats, Floats]:
    """Return white noise, and its running sum: brown noise.

    Parameters
    ----------
    n_points : int
        Points on a line.
    seeds : iterable of int
        One signal per seed.

    Returns
    -------
    white, brown : ndarray, shape (n_points, n_seeds)
        To compare slopes with. Neighbors in white noise have nothing to do with each
        other; in brown noise they differ by one small step.
    """
    rngs = [np.random.default_rng(seed) for seed in check_seeds("seeds", seeds)]
    white = np.stack([rng.standard_normal(n_points) for rng in rngs], axis=1)
    return white, white.cumsum(axis=0)
