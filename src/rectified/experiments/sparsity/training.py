"""How the zeros of a ReLU network change while it learns, with and without L1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified._validate import (
    check_choice,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.datasets import Digits, load_digits

Floats = NDArray[np.floating]

OPTIMIZERS = ("sgd", "adam")


class Arm(NamedTuple):
    """A way to train.

    Attributes
    ----------
    optimizer : {"sgd", "adam"}
        Plain gradient descent, or Adam with PyTorch's default settings.
    learning_rate : float
        Positive step size.
    l1 : float
        Weight of the sum of all hidden activations (mean over the batch) that is
        added to the loss; at least 0.
    """

    optimizer: str
    learning_rate: float
    l1: float = 0.0


ARMS = (
    Arm("sgd", 0.1),
    Arm("adam", 1e-3),
    Arm("adam", 1e-2),
    Arm("sgd", 0.1, 1e-4),
    Arm("sgd", 0.1, 1e-3),
    Arm("sgd", 0.1, 1e-2),
)
"""What `measure_training` compares unless told otherwise."""


@dataclass(frozen=True)
class SparseTraining:
    """Zeros and accuracy over the course of training.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the split of the digits, the weights and the batches.
    arms : tuple of Arm
        The first axis below.
    steps : ndarray of int, shape (n_records,)
        Updates before each record.
    zeros : ndarray, shape (n_arms, n_records, 2, n_seeds)
        Share of outputs of each hidden layer that are exactly 0, over the training
        images.
    dead : ndarray, shape (n_arms, n_records, 2, n_seeds)
        Share of units that are 0 for all training images.
    accuracy, test_accuracy : ndarray, shape (n_arms, n_records, n_seeds)
        Share of training and of test images classified correctly.
    """

    seeds: tuple[int, ...]
    arms: tuple[Arm, ...]
    steps: NDArray[np.int64]
    zeros: Floats
    dead: Floats
    accuracy: Floats
    test_accuracy: Floats


def measure_training(
    seeds: Iterable[int] = range(3),
    *,
    arms: Sequence[Arm] = ARMS,
    steps: int = 200,
    every: int = 20,
    width: int = 64,
    batch_size: int = 64,
    scaling: str = "global",
) -> SparseTraining:
    """Train a 64-width-width-10 ReLU network on the digits in several ways.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed and arm; all arms start alike.
    arms : sequence of Arm
        Ways to train.
    steps : int
        Updates, at most 10,000.
    every : int
        Updates from record to record.
    width : int
        Units in each of the two hidden layers, from 2 to 512.
    batch_size : int
        Images per update, from 1 to 1437.
    scaling : {"global", "feature", "unit", "raw"}
        How the pixels are scaled, see `rectified.datasets.load_digits`. With
        "feature", which centers each pixel, layer 1 keeps half its zeros.

    Returns
    -------
    SparseTraining

    Raises
    ------
    ValueError
        If an arm or a number is out of range.
    """
    seeds, chosen = check_seeds("seeds", seeds), tuple(map(_check_arm, arms))
    if not chosen:
        raise problem("arms", "non-empty", chosen, "pass at least one Arm")
    n_steps = check_integer("steps", steps, maximum=10_000)
    every = check_integer("every", every, minimum=1)
    width = check_integer("width", width, minimum=2, maximum=512)
    size = check_integer("batch_size", batch_size, minimum=1, maximum=1437)
    recorded = sorted({*range(0, n_steps + 1, every), n_steps})
    shape = (len(chosen), len(recorded), len(seeds))
    shares = np.empty((2, *shape, 2))
    accuracies = np.empty((2, *shape))
    for column, seed in enumerate(seeds):
        digits = load_digits(seed=seed, scaling=scaling)
        nets = _Networks.draw(chosen, (64, width, width, 10), seed)
        batches = _draw_batches(digits, seed, size)
        for step in range(n_steps + 1):
            if step in recorded:
                row = recorded.index(step)
                shares[:, :, row, column], accuracies[:, :, row, column] = (
                    nets.describe(digits)
                )
            if step < n_steps:
                nets.update(*next(batches))
    zeros, dead = shares.swapaxes(-1, -2)
    return SparseTraining(seeds, chosen, np.array(recorded), zeros, dead, *accuracies)


def _check_arm(arm: Arm) -> Arm:
    check_choice("optimizer", arm.optimizer, OPTIMIZERS)
    rate = check_number("learning_rate", arm.learning_rate)
    if rate <= 0:
        raise problem("learning_rate", "positive", rate, "try 0.01")
    check_number("l1", arm.l1, minimum=0)
    return arm


def _draw_batches(
    digits: Digits, seed: int, size: int
) -> Iterator[tuple[Floats, NDArray[np.int64]]]:
    rng, part = np.random.default_rng((seed, 2)), digits.train
    while True:
        order = rng.permutation(len(part.labels))
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            yield part.inputs[chosen], part.labels[chosen]


class _Networks:
    """One network per arm, trained on the same batches."""

    def __init__(self, arms: Sequence[Arm], weights: list[Floats]) -> None:
        # A layer is (arms, fan_in + 1, fan_out); the last row holds the biases.
        self.weights, self.count = weights, 0
        column = (slice(None), None, None)
        self.rate = np.array([a.learning_rate for a in arms], np.float32)[column]
        self.l1 = np.array([a.l1 for a in arms], np.float32)[column]
        self.is_adam = np.array([a.optimizer == "adam" for a in arms])[column]
        self.means = [np.zeros_like(w) for w in weights]
        self.squares = [np.zeros_like(w) for w in weights]

    @classmethod
    def draw(cls, arms: Sequence[Arm], widths: Sequence[int], seed: int) -> _Networks:
        """Draw weights (He et al. 2015), the same for every arm, and zero biases."""
        rng, layers = np.random.default_rng((seed, 1)), []
        last = len(widths) - 2
        for i, (m, n) in enumerate(pairwise(widths)):
            scale = np.sqrt((1 if i == last else 2) / m)
            layer = np.zeros((m + 1, n), np.float32)
            layer[:-1] = scale * rng.standard_normal((m, n))
            layers.append(np.repeat(layer[None], len(arms), axis=0))
        return cls(arms, layers)

    def forward(self, x: Floats) -> tuple[list[Floats], Floats]:
        """Return the inputs of every layer, and the logits."""
        inputs = [np.broadcast_to(x, (len(self.rate), *x.shape))]
        for weight in self.weights[:-1]:
            inputs.append(np.maximum(_affine(inputs[-1], weight), 0))
        return inputs, _affine(inputs[-1], self.weights[-1])

    def update(self, x: Floats, labels: NDArray[np.int64]) -> None:
        """Take one step on the cross-entropy plus the L1 penalty."""
        inputs, logits = self.forward(x)
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        delta = odds / odds.sum(axis=-1, keepdims=True)
        delta[:, np.arange(len(labels)), labels] -= 1
        delta /= len(labels)
        self.count += 1
        for layer in range(len(self.weights) - 1, -1, -1):
            a, weight = inputs[layer], self.weights[layer]
            gradient = np.concatenate(
                [a.swapaxes(1, 2) @ delta, delta.sum(axis=1, keepdims=True)], axis=1
            )
            if layer:
                # The penalty's own gradient is l1 wherever a unit is active.
                delta = delta @ weight[:, :-1].swapaxes(1, 2) + self.l1 / len(labels)
                delta *= a > 0
            self._move(layer, gradient)

    def _move(self, layer: int, gradient: Floats) -> None:
        mean, square = self.means[layer], self.squares[layer]
        mean += 0.1 * (gradient - mean)
        square += 0.001 * (gradient**2 - square)
        root = np.sqrt(square / (1 - 0.999**self.count)) + 1e-8
        adam = mean / (1 - 0.9**self.count) / root
        self.weights[layer] -= self.rate * np.where(self.is_adam, adam, gradient)

    def describe(self, digits: Digits) -> tuple[Floats, Floats]:
        """Return shares of zeros and dead units, (2, arms, 2), and accuracies."""
        inputs, logits = self.forward(digits.train.inputs)
        off = [a == 0 for a in inputs[1:]]
        shares = [
            np.stack([o.mean(axis=(1, 2)) for o in off], axis=1),
            np.stack([o.all(axis=1).mean(axis=1) for o in off], axis=1),
        ]
        test = self.forward(digits.test.inputs)[1]
        right = [
            (answer.argmax(axis=-1) == part.labels).mean(axis=1)
            for answer, part in ((logits, digits.train), (test, digits.test))
        ]
        return np.array(shares), np.array(right)


def _affine(a: Floats, layer: Floats) -> Floats:
    return np.asarray(a @ layer[:, :-1] + layer[:, -1:])
