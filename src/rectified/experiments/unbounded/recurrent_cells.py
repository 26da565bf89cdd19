"""Small recurrent networks, several at once, with gradients written out by hand.

The leading axis of every array is the network. A cell is ``h' = f(h W + x U + b)``,
from h = 0; the last state gives one logit, ``h v + c``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from rectified import activations, initialization
from rectified._validate import FloatArray, check_choice, check_integer, check_seeds


class Cell(NamedTuple):
    """How a recurrent network starts."""

    activation: str
    scheme: str
    gain: float | None  # None: the scheme's own


CELLS: Mapping[str, Cell] = MappingProxyType(
    {
        "tanh": Cell("tanh", "pytorch", None),
        "relu": Cell("relu", "pytorch", None),
        "relu_identity": Cell("relu", "identity", None),
        "tanh_identity": Cell("tanh", "identity", None),
        "tanh_xavier": Cell("tanh", "xavier", None),
        "tanh_orthogonal": Cell("tanh", "orthogonal", None),
        "relu_orthogonal": Cell("relu", "orthogonal", None),
        "relu_xavier": Cell("relu", "xavier", None),
        "relu_he": Cell("relu", "he", None),
        "relu_gain_2": Cell("relu", "he", 2.0),
        "sigmoid": Cell("sigmoid", "xavier", None),
    }
)
"""Recurrent networks by name: the function and how the recurrent weights are drawn.

"tanh" and "relu" are what `torch.nn.RNN` gives: all weights and biases uniform with
variance 1 / (3 hidden). In "relu_identity" (Le, Jaitly and Hinton 2015) each unit
starts by keeping its state: the recurrent weights are the identity and biases are 0.
"tanh_identity" starts with the same weights.
"""

INPUT_STD = 0.1
"""Spread of the input weights wherever they are not PyTorch's."""


class Weights(NamedTuple):
    """Views into the rows of a flat array; shapes without the leading axis."""

    recurrent: FloatArray  # (hidden, hidden)
    inputs: FloatArray  # (features, hidden)
    bias: FloatArray  # (1, hidden)
    readout: FloatArray  # (hidden, 1)
    offset: FloatArray  # (1, 1)


@dataclass(frozen=True)
class RecurrentNetworks:
    """Recurrent networks of one shape and activation.

    Attributes
    ----------
    values : ndarray, shape (networks, values of one network)
        Recurrent weights, input weights, biases, readout weights and offset.
    activation : str
        A name in `rectified.activations`.
    features, hidden : int
        Inputs per step, and units.
    """

    values: FloatArray
    activation: str
    features: int
    hidden: int

    @property
    def weights(self) -> Weights:
        """Views of the values."""
        return view_weights(self.values, self.features, self.hidden)


def view_weights(values: FloatArray, features: int, hidden: int) -> Weights:
    """Return views of a flat array (networks, values of one network)."""
    shapes = (
        (hidden, hidden),
        (features, hidden),
        (1, hidden),
        (hidden, 1),
        (1, 1),
    )
    stops = np.cumsum([0, *(math.prod(shape) for shape in shapes)]).tolist()
    return Weights(
        *(
            values[:, start:stop].reshape(-1, *shape)
            for shape, start, stop in zip(shapes, stops[:-1], stops[1:], strict=True)
        )
    )


def draw_networks(
    cell: str, *, seeds: tuple[int, ...], features: int = 2, hidden: int = 32
) -> RecurrentNetworks:
    """Draw one recurrent network per seed.

    Parameters
    ----------
    cell : str
        A key of `CELLS`.
    seeds : tuple of int
        One network per seed.
    features, hidden : int
        Inputs per step, and units; both at least 1.

    Returns
    -------
    RecurrentNetworks
    """
    entry = CELLS[check_choice("cell", cell, CELLS)]
    features = check_integer("features", features, minimum=1)
    hidden = check_integer("hidden", hidden, minimum=1)
    n_values = hidden * (hidden + features + 2) + 1
    rows = np.zeros((len(check_seeds("seeds", seeds)), n_values))
    for row, seed in zip(rows, seeds, strict=True):
        rng = np.random.default_rng((seed, 1))
        weights = view_weights(row[None], features, hidden)
        weights.readout[:] = rng.uniform(-1, 1, (hidden, 1)) / hidden**0.5
        weights.recurrent[:] = draw_recurrent(entry, hidden, rng)
        if entry.scheme == "pytorch":
            for part in (weights.inputs, weights.bias):
                part[:] = rng.uniform(-1, 1, part.shape) / hidden**0.5
        else:
            weights.inputs[:] = INPUT_STD * rng.standard_normal((features, hidden))
    return RecurrentNetworks(rows, entry.activation, features, hidden)


def draw_recurrent(cell: Cell, hidden: int, rng: np.random.Generator) -> FloatArray:
    """Return recurrent weights, shape (hidden, hidden)."""
    scheme = initialization.get(cell.scheme, gain=cell.gain)
    return scheme.draw(hidden, hidden, rng=rng)


def run(networks: RecurrentNetworks, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Read sequences step by step.

    Parameters
    ----------
    networks : RecurrentNetworks
        The networks.
    x : ndarray, shape (networks, points, length, features)
        Sequences.

    Returns
    -------
    states : ndarray, shape (length + 1, networks, points, hidden)
        Before the first step and after each.
    pre_activations : ndarray, shape (length, networks, points, hidden)
        What each step sends through the activation.
    """
    w = networks.weights
    function = activations.get(networks.activation).function
    drive = np.moveaxis(x @ w.inputs[:, None] + w.bias[:, None], 2, 0).copy()
    states = np.zeros((len(drive) + 1, *drive.shape[1:]), drive.dtype)
    for step, z in enumerate(drive):
        z += states[step] @ w.recurrent
        states[step + 1] = function(z)
    return states, drive


def read_out(networks: RecurrentNetworks, states: FloatArray) -> FloatArray:
    """Return the logit of each sequence, shape (networks, points)."""
    w = networks.weights
    return np.asarray((states[-1] @ w.readout + w.offset)[..., 0])


def find_gradient(
    networks: RecurrentNetworks,
    x: FloatArray,
    passed: tuple[FloatArray, FloatArray],
    delta: FloatArray,
) -> FloatArray:
    """Return the gradient of every value by backpropagation through time.

    Parameters
    ----------
    networks : RecurrentNetworks
        The networks.
    x : ndarray, shape (networks, points, length, features)
        Sequences.
    passed : tuple of ndarray
        What `run` returned for them.
    delta : ndarray, shape (networks, points)
        Gradient of the loss with respect to the logits.

    Returns
    -------
    ndarray, shape (networks, values of one network)
    """
    (states, z), w = passed, networks.weights
    slopes = activations.get(networks.activation).derivative(z)
    transposed = w.recurrent.swapaxes(1, 2)
    delta = delta[..., None]
    below = delta * w.readout.swapaxes(1, 2)
    deltas = np.empty_like(z)
    for step in range(len(z) - 1, -1, -1):
        np.multiply(below, slopes[step], out=deltas[step])
        if step:
            below = deltas[step] @ transposed
    gradient = np.empty_like(networks.values)
    parts = view_weights(gradient, networks.features, networks.hidden)
    flat = _join_time(deltas)
    np.matmul(_join_time(states[:-1]).swapaxes(1, 2), flat, out=parts.recurrent)
    sequences = _join_time(np.moveaxis(x, 2, 0))
    np.matmul(sequences.swapaxes(1, 2), flat, out=parts.inputs)
    parts.bias[:] = flat.sum(axis=1, keepdims=True)
    np.matmul(states[-1].swapaxes(1, 2), delta, out=parts.readout)
    parts.offset[:] = delta.sum(axis=1, keepdims=True)
    return gradient


def _join_time(values: FloatArray) -> FloatArray:
    """Turn (length, networks, points, n) into (networks, length * points, n)."""
    networks, last = values.shape[1], values.shape[3]
    return values.swapaxes(0, 1).reshape(networks, -1, last)
