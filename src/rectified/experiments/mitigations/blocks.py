"""Networks with norms or residual connections, several at once.

`rectified.ensembles` trains plain stacks; this module adds what may stand between
the layers. A hidden layer is ``h' = relu(norm(h W + b))``, plus ``h`` if it is
residual. The leading axis of every array is the network, and gradients are written
out by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import FloatArray, check_choice, check_integer, problem
from rectified.ensembles import Parameters

NORMS = ("none", "batch", "layer")
"""Batch norm (Ioffe and Szegedy 2015) has the mean 0 and the variance 1 of each unit
over the points, layer norm (Ba, Kiros and Hinton 2016) those of each point over the
units. Both then learn a scale and a shift for each unit, from 1 and 0."""

EPSILON = 1e-5
"""Added to each variance, as PyTorch does."""


class Layer(NamedTuple):
    """Views into the rows of a flat array; shapes without the leading axis."""

    weight: FloatArray  # (fan_in, fan_out)
    bias: FloatArray  # (1, fan_out)
    scale: FloatArray  # (1, fan_out)
    shift: FloatArray  # (1, fan_out)


@dataclass(frozen=True)
class BlockNetworks:
    """Networks of one shape.

    Attributes
    ----------
    values : ndarray, shape (networks, values of one network)
        Layer after layer weights, biases, scales and shifts. Scales and shifts of
        the output layer, or without norm, are not used and stay as they are.
    widths : tuple of int
        Units per layer, inputs and outputs included.
    norm : {"none", "batch", "layer"}
        What comes between the weights and ReLU.
    residual : bool
        Whether hidden layers from the second on add their input to their output.
    """

    values: FloatArray
    widths: tuple[int, ...]
    norm: str
    residual: bool

    @property
    def layers(self) -> list[Layer]:
        """Views of the values."""
        return _view(self.values, self.widths)


def _view(values: FloatArray, widths: tuple[int, ...]) -> list[Layer]:
    layers, start = [], 0
    for fan_in, fan_out in pairwise(widths):
        parts = []
        for rows in (fan_in, 1, 1, 1):
            stop = start + rows * fan_out
            parts.append(values[:, start:stop].reshape(-1, rows, fan_out))
            start = stop
        layers.append(Layer(*parts))
    return layers


def build_blocks(
    parameters: Parameters, *, norm: str = "none", residual: bool = False
) -> BlockNetworks:
    """Take over the weights and biases of plain networks.

    Parameters
    ----------
    parameters : rectified.ensembles.Parameters
        At least one hidden layer.
    norm : {"none", "batch", "layer"}
        See `NORMS`.
    residual : bool
        Needs hidden layers of one width.

    Returns
    -------
    BlockNetworks
    """
    check_choice("norm", norm, NORMS)
    widths = parameters.widths
    if residual and len(set(widths[1:-1])) > 1:
        rule = "with hidden layers of one width"
        raise problem("parameters", rule, widths, "or set residual=False")
    n_values = sum((fan_in + 3) * fan_out for fan_in, fan_out in pairwise(widths))
    values = np.zeros((len(parameters.values), n_values), parameters.values.dtype)
    networks = BlockNetworks(values, widths, norm, residual)
    plain = zip(parameters.weights, parameters.biases, strict=True)
    for layer, (weight, bias) in zip(networks.layers, plain, strict=True):
        layer.weight[:], layer.bias[:, 0], layer.scale[:] = weight, bias, 1
    return networks


class Passed(NamedTuple):
    """What the forward pass leaves; one entry per hidden layer, and the output."""

    inputs: list[FloatArray]  # of each layer, the output layer included
    normed: list[FloatArray]  # before scale and shift
    deviations: list[FloatArray]
    pre_activations: list[FloatArray]  # what ReLU gets
    output: FloatArray  # (networks, points, outputs)


def run_blocks(networks: BlockNetworks, x: FloatArray) -> Passed:
    """Return all stages of the forward pass.

    Batch norm takes mean and variance from the points at hand, so apply it to a
    batch in training and to the whole training set afterwards.

    Parameters
    ----------
    networks : BlockNetworks
        The networks.
    x : ndarray, shape (networks, points, features) or (points, features)
        Inputs.

    Returns
    -------
    Passed
    """
    passed = Passed([x], [], [], [], x)
    *hidden, last = networks.layers
    for depth, layer in enumerate(hidden):
        z = passed.inputs[-1] @ layer.weight + layer.bias
        if networks.norm != "none":
            axis = 1 if networks.norm == "batch" else 2
            z -= z.mean(axis=axis, keepdims=True)
            deviation = np.sqrt((z * z).mean(axis=axis, keepdims=True) + EPSILON)
            z /= deviation
            passed.normed.append(z)
            passed.deviations.append(deviation)
            z = z * layer.scale + layer.shift
        passed.pre_activations.append(z)
        h = np.maximum(z, 0)
        passed.inputs.append(
            h + passed.inputs[-1] if networks.residual and depth else h
        )
    return passed._replace(output=passed.inputs[-1] @ last.weight + last.bias)


def find_gradient(
    networks: BlockNetworks, passed: Passed, delta: FloatArray
) -> FloatArray:
    """Return the loss gradient of all values, given `delta` at the output.

    Parameters
    ----------
    networks : BlockNetworks
        The networks.
    passed : Passed
        What `run_blocks` returned.
    delta : ndarray, shape (networks, points, outputs)
        Gradient of the loss with respect to the output.

    Returns
    -------
    ndarray, shape (networks, values of one network)
    """
    gradient = np.zeros_like(networks.values)
    parts, layers = _view(gradient, networks.widths), networks.layers
    axis = 1 if networks.norm == "batch" else 2
    for depth in range(len(layers) - 1, -1, -1):
        skipped = None
        if depth < len(layers) - 1:
            skipped = delta if networks.residual and depth else None
            delta = delta * (passed.pre_activations[depth] > 0)
            if networks.norm != "none":
                normed = passed.normed[depth]
                parts[depth].scale[:] = (delta * normed).sum(axis=1, keepdims=True)
                parts[depth].shift[:] = delta.sum(axis=1, keepdims=True)
                delta = delta * layers[depth].scale
                along = (delta * normed).mean(axis=axis, keepdims=True)
                delta -= delta.mean(axis=axis, keepdims=True) + normed * along
                delta /= passed.deviations[depth]
        inputs = passed.inputs[depth].swapaxes(-1, -2)
        np.matmul(inputs, delta, out=parts[depth].weight)
        parts[depth].bias[:] = delta.sum(axis=1, keepdims=True)
        if depth:
            delta = delta @ layers[depth].weight.swapaxes(1, 2)
            if skipped is not None:
                delta += skipped
    return gradient


def train_blocks(
    networks: BlockNetworks,
    x: FloatArray,
    labels: NDArray[np.int64],
    *,
    batches: Iterator[NDArray[np.int64]],
    learning_rate: ArrayLike,
    steps: int,
) -> BlockNetworks:
    """Train by plain gradient descent on the cross-entropy of classes.

    Parameters
    ----------
    networks : BlockNetworks
        Where to start; not changed.
    x : ndarray, shape (networks, points, features)
        Inputs of each network.
    labels : ndarray of int, shape (networks, points)
        Classes from 0.
    batches : iterator of ndarray of int, shapes (networks, batch)
        Which points to take for each update, without end.
    learning_rate : float or array_like, shape (networks,)
        Step size.
    steps : int
        Number of updates.

    Returns
    -------
    BlockNetworks
        After the last update. Values are NaN or infinite if a network diverged.
    """
    steps = check_integer("steps", steps)
    networks = replace(networks, values=networks.values.copy())
    dtype = networks.values.dtype
    rate = np.asarray(learning_rate, dtype=dtype).reshape(-1, 1)
    every = np.arange(len(networks.values))[:, None]
    one_hot = np.eye(networks.widths[-1], dtype=dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # a network may diverge
        for _ in range(steps):
            chosen = next(batches)
            passed = run_blocks(networks, x[every, chosen])
            logits = passed.output - passed.output.max(axis=2, keepdims=True)
            delta = np.exp(logits)
            delta /= delta.sum(axis=2, keepdims=True)
            delta -= one_hot[labels[every, chosen]]
            gradient = find_gradient(networks, passed, delta / chosen.shape[1])
            networks.values[:] -= rate * gradient
    return networks
