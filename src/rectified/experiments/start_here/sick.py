"""A deep network that does not learn, and what is commonly tried against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_choice, check_integer, check_seeds
from rectified.datasets import load_digits
from rectified.experiments.vanishing.training import draw_networks

Floats = NDArray[np.float64]

DEPTH = 10
SPLIT = 0
"""Seed of the split of the digits; all networks see the same images."""


@dataclass(frozen=True)
class Treatment:
    """What is done to the sick network; by default nothing.

    Attributes
    ----------
    activation : str
        Function after each of the ten hidden layers.
    init : str
        How the weights are drawn, a name of `rectified.initialization`.
    learning_rate : float
        Of SGD with momentum 0.9 and 32 images per update.
    width : int
        Units per hidden layer.
    """

    activation: str = "relu"
    init: str = "pytorch"
    learning_rate: float = 0.01
    width: int = 48


TREATMENTS: Mapping[str, Treatment] = MappingProxyType(
    {
        "nothing": Treatment(),
        "learning rate × 10": Treatment(learning_rate=0.1),
        "learning rate ÷ 10": Treatment(learning_rate=0.001),
        "twice as many units": Treatment(width=96),
        "Leaky ReLU": Treatment(activation="leaky_relu"),
        "SiLU": Treatment(activation="silu"),
        "larger initial weights": Treatment(init="he"),
    }
)
"""One thing changed at a time."""


@dataclass(frozen=True)
class Treated:
    """Networks after one treatment.

    Attributes
    ----------
    seeds : tuple of int
        One network each: its weights and its batches.
    steps : ndarray of int, shape (n_records,)
        Updates before each record.
    accuracy : ndarray, shape (n_records, n_seeds)
        Share of test images classified correctly.
    answers : ndarray of int, shape (n_records, 10)
        What the first network takes one image of each digit for, 0 to 9 in order.
    images : ndarray, shape (10, 8, 8)
        These images, from 0 (no ink) to 1.
    """

    seeds: tuple[int, ...]
    steps: NDArray[np.int64]
    accuracy: Floats
    answers: NDArray[np.int64]
    images: Floats


def treat_sick_network(
    treatment: str = "nothing",
    seeds: Iterable[int] = range(3),
    *,
    steps: int = 300,
    every: int = 20,
) -> Treated:
    """Train the sick network with one thing changed.

    Ten hidden layers learn to read handwritten digits. With PyTorch's default weights
    they stay at guessing: each layer shrinks the signal and its gradient (lesson 04).

    Parameters
    ----------
    treatment : str
        A key of `TREATMENTS`.
    seeds : iterable of int
        One network per seed.
    steps : int
        Updates, a multiple of `every`.
    every : int
        Updates between two records.

    Returns
    -------
    Treated

    Raises
    ------
    ValueError
        If the treatment is unknown, or a number is out of range.

    Examples
    --------
    >>> healthy = treat_sick_network("larger initial weights", steps=100)
    >>> bool((healthy.accuracy[-1] > 0.5).all())
    True
    """
    chosen = TREATMENTS[check_choice("treatment", treatment, TREATMENTS)]
    seeds = check_seeds("seeds", seeds)
    steps = check_integer("steps", steps, minimum=1, maximum=10_000)
    moments = np.arange(0, steps + 1, check_integer("every", every, minimum=1))
    digits = load_digits(seed=SPLIT)
    widths = (64, *[chosen.width] * DEPTH, 10)
    initial = draw_networks(
        widths, activation=chosen.activation, init=chosen.init, seeds=seeds
    )
    training = ensembles.train(
        digits.train.inputs,
        digits.train.labels,
        widths=widths,
        activation=chosen.activation,
        seeds=seeds,
        initial=initial,
        loss="cross_entropy",
        optimizer="sgd",
        learning_rate=chosen.learning_rate,
        momentum=0.9,
        steps=steps,
        batch_size=32,
        record=(),
        snapshots=moments,
    )
    labels, shown = digits.test.labels, _one_of_each(digits.test.labels)
    accuracy, answers = [], []
    for moment in moments:
        networks = training.snapshots[int(moment)]
        # A network that has overflowed answers NaN, which counts as digit 0.
        logits = np.nan_to_num(ensembles.forward(networks, digits.test.inputs))
        guesses = logits.argmax(axis=-1)
        accuracy.append((guesses == labels).mean(axis=1))
        answers.append(guesses[0, shown])
    counts = digits.test.inputs[shown] * digits.scale + digits.shift  # 0 to 16
    ink = np.clip(counts.reshape(10, 8, 8) / 16, 0, 1)
    return Treated(seeds, moments, np.array(accuracy), np.array(answers), ink)


def _one_of_each(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the first image of each digit is."""
    return np.array([int(np.argmax(labels == digit)) for digit in range(10)])
