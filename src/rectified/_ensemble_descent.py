"""The descent of `rectified.ensembles`: losses, update rules and mini-batches.

Arrays have the network as their leading axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified._validate import FloatArray


class Score(NamedTuple):
    """Loss and accuracy per network, and the gradient at the output."""

    loss: FloatArray  # (networks,)
    accuracy: FloatArray  # (networks,)
    delta: FloatArray  # (networks, points, outputs)


def logistic_loss(output: FloatArray, target: FloatArray) -> Score:
    """Binary cross-entropy of logits, averaged over points and outputs."""
    # exp(-|z|) cannot overflow; log1p keeps the digits of confident answers.
    small = np.exp(-np.abs(output))
    positive = output > 0
    loss = np.maximum(output, 0) - output * target + np.log1p(small)
    probability = np.where(positive, 1, small) / (1 + small)
    delta = (probability - target) / output[0].size
    accuracy = (positive == (target > 0.5)).mean(axis=(1, 2))
    return Score(loss.mean(axis=(1, 2)), accuracy, delta)


def squared_loss(output: FloatArray, target: FloatArray) -> Score:
    """Squared error, averaged over points and outputs; it has no accuracy."""
    error = output - target
    loss = np.square(error).mean(axis=(1, 2))
    delta = error * (2 / output[0].size)
    return Score(loss, np.full_like(loss, np.nan), delta)


LOSSES: Mapping[str, Callable[[FloatArray, FloatArray], Score]] = {
    "logistic": logistic_loss,
    "squared": squared_loss,
}


class Sgd:
    """Plain gradient descent."""

    def __init__(self, values: FloatArray, learning_rate: FloatArray) -> None:
        self.values, self.learning_rate = values, learning_rate

    def step(self, gradient: FloatArray) -> None:
        """Update the values in place."""
        self.values -= self.learning_rate * gradient


class Adam:
    """Adam (Kingma and Ba 2015) with PyTorch's default settings."""

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, values: FloatArray, learning_rate: FloatArray) -> None:
        self.values, self.learning_rate, self.count = values, learning_rate, 0
        self.mean, self.square = np.zeros_like(values), np.zeros_like(values)

    def step(self, gradient: FloatArray) -> None:
        """Update the values in place."""
        self.count += 1
        self.mean += (1 - self.beta1) * (gradient - self.mean)
        self.square += (1 - self.beta2) * (gradient**2 - self.square)
        root = np.sqrt(self.square)
        root /= (1 - self.beta2**self.count) ** 0.5
        root += self.epsilon
        rate = self.learning_rate / (1 - self.beta1**self.count)
        self.values -= rate * (self.mean / root)


Optimizer = Sgd | Adam

OPTIMIZERS: Mapping[str, Callable[[FloatArray, FloatArray], Optimizer]] = {
    "sgd": Sgd,
    "adam": Adam,
}


Batch = tuple[FloatArray, FloatArray]
"""Inputs and targets, (1 or networks, points, features) each.

The first axis of the inputs may be missing if all networks share them.
"""


def draw_batches(
    data: Batch, seeds: Sequence[int], batch_size: int | None
) -> Iterator[Batch]:
    """Return batches without end, each network's points in an order of its own.

    An epoch is one permutation per network, cut into batches; the last batch of an
    epoch may be smaller. Without a batch size, every batch is all the data.
    """
    return repeat(data) if batch_size is None else _shuffle(data, seeds, batch_size)


def _shuffle(data: Batch, seeds: Sequence[int], batch_size: int) -> Iterator[Batch]:
    rngs = [np.random.default_rng((seed, 2)) for seed in seeds]
    n_points = data[1].shape[1]
    while True:
        order = np.stack([rng.permutation(n_points) for rng in rngs])
        for start in range(0, n_points, batch_size):
            chosen = order[:, start : start + batch_size]
            yield _pick(data[0], chosen), _pick(data[1], chosen)


def _pick(values: FloatArray, chosen: NDArray[np.int64]) -> FloatArray:
    if values.ndim == 2 or len(values) == 1:  # shared by all networks
        return values.reshape(values.shape[-2:])[chosen]
    return np.take_along_axis(values, chosen[:, :, None], axis=1)
