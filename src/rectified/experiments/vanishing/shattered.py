"""Shattered gradients: the slope of a deep network's output along a line of inputs."""

from __future__ import annotations

from collections.abc import Iterable
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
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    width = check_integer("width", width, minimum=2, maximum=1024)
    n_points = check_integer("n_points", n_points, minimum=3, maximum=4096)
    residual = check_number("residual", residual, minimum=0, maximum=100)
    rule, t = activations.get(activation), np.linspace(-SPAN, SPAN, n_points)
    rngs = [np.random.default_rng(seed) for seed in check_seeds("seeds", seeds)]

    def draw(fan_in: int, fan_out: int) -> Floats:
        scale = np.sqrt(2 / fan_in)
        return np.stack([scale * r.standard_normal((fan_in, fan_out)) for r in rngs])

    # Weights of t and of a constant 1: two inputs.
    first = draw(2, width)
    z: Floats = np.stack([t, np.ones_like(t)], axis=1) @ first
    dz: Floats = np.broadcast_to(first[:, :1], z.shape)
    a: Floats = np.zeros_like(z)
    da = a
    size = np.empty((depth, len(rngs)))
    for layer in range(depth):
        if layer:
            weights = draw(width, width)
            z, dz = a @ weights, da @ weights
        if centered:
            z = z - z.mean(axis=1, keepdims=True)
        branch, slope = rule.function(z), rule.derivative(z) * dz
        if residual and layer:
            a, da = a + residual * branch, da + residual * slope
        else:
            a, da = branch, slope
        size[layer] = np.sqrt(np.square(a).mean(axis=(1, 2)))
    readout = draw(width, 1) / np.sqrt(2)
    return Line(t, (a @ readout)[:, :, 0].T, (da @ readout)[:, :, 0].T, size)


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
