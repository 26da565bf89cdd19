"""Zeros in every layer of a random network whose bias, scale and inputs are shifted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import (
    check_choice,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.experiments.sparsity.zeros import zero_share

Floats = NDArray[np.float64]

DISTRIBUTIONS = ("normal", "uniform", "plus or minus one")
"""Distributions of the weights, all of mean 0 and variance 1 before they are scaled."""


@dataclass(frozen=True)
class LayerDraw:
    """Random numbers from which networks are made, to two decimals.

    Attributes
    ----------
    weights : ndarray, shape (depth, width, width)
        Standard normal numbers, (fan_in, fan_out) in each layer.
    inputs : ndarray, shape (n_inputs, width)
        In random directions, with a mean square of 1.
    """

    weights: Floats
    inputs: Floats


@dataclass(frozen=True)
class LayerZeros:
    """Zeros per layer of one random network.

    Attributes
    ----------
    pre_activations : ndarray, shape (depth, n_inputs, width)
        What ReLU gets.
    zeros, dead, always_on : ndarray, shape (depth,)
        Share of outputs that are 0; share of units that are 0 for all inputs, and for
        none.
    expected : ndarray, shape (depth,)
        `expect_layer_zeros`.
    """

    pre_activations: Floats
    zeros: Floats
    dead: Floats
    always_on: Floats
    expected: Floats


def draw_layers(
    seed: int = 0, *, depth: int = 8, width: int = 48, n_inputs: int = 64
) -> LayerDraw:
    """Draw weights and inputs.

    Parameters
    ----------
    seed : int
        Draws both.
    depth, width, n_inputs : int
        Layers, units in each, and inputs, from 1, 2 and 2.

    Returns
    -------
    LayerDraw
    """
    (seed,) = check_seeds("seed", (seed,))
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    width = check_integer("width", width, minimum=2, maximum=512)
    n_inputs = check_integer("n_inputs", n_inputs, minimum=2, maximum=4096)
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((depth, width, width))
    inputs = rng.standard_normal((n_inputs, width))
    inputs *= math.sqrt(width) / np.linalg.norm(inputs, axis=1, keepdims=True)
    return LayerDraw(weights.round(2), inputs.round(2))


def shape_weights(weights: Floats, distribution: str) -> Floats:
    """Turn standard normal numbers into numbers of another distribution.

    Parameters
    ----------
    weights : ndarray
        Standard normal.
    distribution : str
        One of `DISTRIBUTIONS`.

    Returns
    -------
    ndarray
        Same shape, mean 0, variance 1; a larger number stays the larger one.
    """
    check_choice("distribution", distribution, DISTRIBUTIONS)
    if distribution == "normal":
        return weights
    if distribution == "uniform":
        flat = zero_share(-weights.ravel(), 1.0).reshape(weights.shape)
        return np.asarray(math.sqrt(3) * (2 * flat - 1))
    return np.where(weights < 0, -1.0, 1.0)


def count_layer_zeros(
    draw: LayerDraw,
    *,
    bias: float = 0.0,
    scale: float = 1.0,
    input_mean: float = 0.0,
    distribution: str = "normal",
) -> LayerZeros:
    """Send the inputs through the network and count the zeros of each layer.

    Parameters
    ----------
    draw : LayerDraw
        What the network is made of.
    bias : float
        The same for all units of all layers.
    scale : float
        Standard deviation of the weights, in units of He's, ``sqrt(2 / fan_in)``.
    input_mean : float
        Added to all inputs.
    distribution : str
        One of `DISTRIBUTIONS`.

    Returns
    -------
    LayerZeros
    """
    bias, shift = check_number("bias", bias), check_number("input_mean", input_mean)
    weights = shape_weights(draw.weights, distribution)
    expected = expect_layer_zeros(
        len(weights), bias=bias, scale=scale, input_mean=shift
    )
    factor = scale * math.sqrt(2 / weights.shape[1])
    a, found = draw.inputs + shift, []
    for weight in weights:
        z = factor * (a @ weight) + bias
        found.append(z)
        a = np.maximum(z, 0)
    off = np.array(found) <= 0
    return LayerZeros(
        pre_activations=np.array(found),
        zeros=off.mean(axis=(1, 2)),
        dead=off.all(axis=1).mean(axis=1),
        always_on=(~off).all(axis=1).mean(axis=1),
        expected=expected,
    )


def expect_layer_zeros(
    depth: int, *, bias: float, scale: float = 1.0, input_mean: float = 0.0
) -> Floats:
    """Return the share of zeros in each layer of an infinitely wide network.

    Parameters
    ----------
    depth : int
        Layers.
    bias, scale, input_mean : float
        See `count_layer_zeros`.

    Returns
    -------
    ndarray, shape (depth,)
        ``Phi(-bias / s)`` with the spread s of the layer: ``s^2`` is ``2 scale^2``
        times the mean square of its inputs, and for z ~ N(b, s^2) the mean square of
        ReLU is ``(b^2 + s^2) Phi(b / s) + b s phi(b / s)``.

    Examples
    --------
    Without bias it is one half, at any depth and scale:

    >>> expect_layer_zeros(3, bias=0.0, scale=0.7).tolist()
    [0.5, 0.5, 0.5]
    """
    depth = check_integer("depth", depth, minimum=1)
    bias = check_number("bias", bias)
    if check_number("scale", scale) <= 0:
        raise problem("scale", "positive", scale, "1 is He's initialization")
    square, shares = 1 + input_mean**2, np.empty(depth)
    for layer in range(depth):
        s = scale * math.sqrt(2 * square)
        if s == 0:  # nothing comes in, so only the bias is left
            shares[layer], square = float(bias <= 0), max(bias, 0.0) ** 2
            continue
        shares[layer] = float(zero_share(bias, s))
        density = math.exp(-((bias / s) ** 2) / 2) / math.sqrt(2 * math.pi)
        square = (bias**2 + s**2) * (1 - shares[layer]) + bias * s * density
        square = max(square, 0.0)  # far out in the tail, rounding may go below
    return shares
