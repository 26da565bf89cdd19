"""What derivatives do in one step of gradient descent, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._validate import check_choice, check_integer, check_seeds
from rectified.activations import Activation

Floats = NDArray[np.floating]

COMPARED = ("relu", "sigmoid", "tanh")
"""Functions that `measure_updates` compares."""

DROP = 1e-4
"""Relative drop of the loss that the step should bring, small enough for a tangent."""


@dataclass(frozen=True)
class UpdateMeasurement:
    """One step of gradient descent in random networks.

    Attributes
    ----------
    seeds : tuple of int
        One network and data set per seed.
    activations : tuple of str
        Functions after the hidden layers, the first axis below.
    depth, width, n_examples : int
        Hidden layers, units in each, and examples; as many features as units.
    drop_ratio : ndarray, shape (n_activations, n_seeds)
        Drop of the loss over what the gradient predicts, ``learning_rate * |g|^2``.
    gradient_rms : ndarray, shape (n_activations, depth + 1, n_seeds)
        Root mean square of the gradients of each layer's weights.
    zero_single : ndarray, shape (n_activations, depth + 1, n_seeds)
        Share of each layer's weights whose gradient is exactly 0 for one example,
        averaged over the examples.
    zero_batch : ndarray, shape (n_activations, depth + 1, n_seeds)
        The same for the mean gradient over all examples.
    """

    seeds: tuple[int, ...]
    activations: tuple[str, ...]
    depth: int
    width: int
    n_examples: int
    drop_ratio: Floats
    gradient_rms: Floats
    zero_single: Floats
    zero_batch: Floats

    def of(self, activation: str) -> int:
        """Return the row of one function."""
        return self.activations.index(
            check_choice("activation", activation, self.activations)
        )


def measure_updates(
    seeds: Iterable[int] = range(10),
    *,
    depth: int = 4,
    width: int = 64,
    n_examples: int = 64,
) -> UpdateMeasurement:
    """Take one small step in random networks and compare it with its prediction.

    Inputs and targets are standard normal, weights too but for the factor
    ``gain / sqrt(fan_in)`` that keeps the pre-activations at that scale. There are no
    biases, and one linear output.

    Parameters
    ----------
    seeds : iterable of int
        One network and data set per seed; the same numbers for every function.
    depth : int
        Hidden layers, from 1 to 50.
    width : int
        Units per hidden layer, and features, from 2 to 512.
    n_examples : int
        Size of the batch, from 1 to 4096.

    Returns
    -------
    UpdateMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=1, maximum=50)
    width = check_integer("width", width, minimum=2, maximum=512)
    n = check_integer("n_examples", n_examples, minimum=1, maximum=4096)
    drop_ratio = np.empty((len(COMPARED), len(seeds)))
    arrays = np.empty((3, len(COMPARED), depth + 1, len(seeds)))
    for column, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        x, target = rng.standard_normal((n, width)), rng.standard_normal((n, 1))
        normal = [
            rng.standard_normal(shape) / np.sqrt(shape[0])
            for shape in pairwise((*[width] * (depth + 1), 1))
        ]
        for row, name in enumerate(COMPARED):
            rule = activations.get(name)
            weights = [normal[0], *(rule.gain * w for w in normal[1:])]
            drop_ratio[row, column] = _take_step(weights, x, target, rule)
            arrays[:, row, :, column] = _describe(weights, x, target, rule)
    return UpdateMeasurement(seeds, COMPARED, depth, width, n, drop_ratio, *arrays)


def _backpropagate(
    weights: list[Floats], x: Floats, target: Floats, rule: Activation
) -> tuple[float, list[Floats], list[Floats]]:
    """Return the mean loss, and every layer's inputs and deltas per example."""
    inputs, zs = [x], list[Floats]()
    for weight in weights:
        zs.append(inputs[-1] @ weight)
        inputs.append(rule.function(zs[-1]))
    error = zs[-1] - target
    deltas: list[Floats] = [error]
    for weight, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        deltas.append((deltas[-1] @ weight.T) * rule.derivative(z))
    return float(np.square(error).mean() / 2), inputs[:-1], deltas[::-1]


def _take_step(
    weights: list[Floats], x: Floats, target: Floats, rule: Activation
) -> float:
    """Return the drop of the loss over the drop that the gradient predicts."""
    loss, inputs, deltas = _backpropagate(weights, x, target, rule)
    gradients = [a.T @ d / len(x) for a, d in zip(inputs, deltas, strict=True)]
    square = sum(float(np.square(g).sum()) for g in gradients)
    rate = DROP * loss / square
    moved: list[Floats] = [
        w - rate * g for w, g in zip(weights, gradients, strict=True)
    ]
    after = _backpropagate(moved, x, target, rule)[0]
    return (loss - after) / (rate * square)


def _describe(
    weights: list[Floats], x: Floats, target: Floats, rule: Activation
) -> tuple[list[float], list[float], list[float]]:
    """Return rms and shares of zeros of each layer's gradients."""
    _, inputs, deltas = _backpropagate(weights, x, target, rule)
    rms, single, batch = [], [], []
    for a, d in zip(inputs, deltas, strict=True):
        gradient = a.T @ d / len(x)
        rms.append(float(np.sqrt(np.square(gradient).mean())))
        # The gradient for one example is an outer product: 0 where a factor is.
        nonzero = (a != 0).mean(axis=1) * (d != 0).mean(axis=1)
        single.append(float(1 - nonzero.mean()))
        batch.append(float((gradient == 0).mean()))
    return rms, single, batch
