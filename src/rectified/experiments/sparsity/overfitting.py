"""Whether ReLU overfits less: memorizing wrong labels, compared in three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import activations, ensembles
from rectified._validate import check_integer, check_seeds, problem
from rectified.datasets import Digits, load_digits
from rectified.experiments.sparsity.comparisons import OverfittingMeasurement

Floats = NDArray[np.float64]

COMPARED = ("relu", "leaky_relu", "gelu", "tanh", "sigmoid")
"""Functions compared unless others are named."""

RATES = (1e-3, 3e-3, 1e-2)
"""Learning rates of Adam."""

GAINS: Mapping[str, float] = MappingProxyType({"sigmoid": 4.0, "tanh": 1.0})
"""Gains of the initial weights that suit these two; others have their own."""


def measure_overfitting(
    seeds: Iterable[int] = range(2),
    *,
    names: Sequence[str] = COMPARED,
    label_noise: float = 0.4,
    n_train: int = 300,
    steps: int = 200,
    every: int = 10,
    width: int = 64,
) -> OverfittingMeasurement:
    """Train 64-width-width-10 networks on digits some of whose labels are wrong.

    Parameters
    ----------
    seeds : iterable of int
        One data set per seed, and one network for each function and rate.
    names : sequence of str
        Names of `rectified.activations`.
    label_noise : float
        Share of training labels drawn anew, from 0 to 1.
    n_train : int
        Training images, from 50 to 1437.
    steps : int
        Updates of Adam with 50 images each, at least 1.
    every : int
        Updates from record to record.
    width : int
        Units per hidden layer, from 2 to 512.

    Returns
    -------
    OverfittingMeasurement
    """
    seeds, steps = check_seeds("seeds", seeds), check_integer("steps", steps, minimum=1)
    n_train = check_integer("n_train", n_train, minimum=50, maximum=1437)
    width = check_integer("width", width, minimum=2, maximum=512)
    every = check_integer("every", every, minimum=1)
    if not names:
        raise problem("names", "non-empty", names, "name a function")
    digits = [
        load_digits(seed=s, n_train=n_train, label_noise=label_noise) for s in seeds
    ]
    recorded = sorted({*range(0, steps + 1, every), steps})
    shape = (3, len(names), len(RATES), len(recorded), len(seeds))
    table = np.empty(shape)
    for row, name in enumerate(names):
        training = _train(name, digits, seeds, recorded, width=width)
        for column, step in enumerate(recorded):
            found = _measure(training.snapshots[step], digits)
            table[:, row, :, column] = found.reshape(3, len(RATES), len(seeds))
    facts = np.array(recorded), float(label_noise), n_train
    return OverfittingMeasurement(seeds, tuple(names), RATES, *facts, *table)


def _train(
    name: str,
    digits: Sequence[Digits],
    seeds: tuple[int, ...],
    recorded: Sequence[int],
    *,
    width: int,
) -> ensembles.Training:
    rule = activations.get(name)
    return ensembles.train(
        np.stack([d.train.inputs for d in digits] * len(RATES)),
        np.stack([d.train.labels for d in digits] * len(RATES)),
        widths=(64, width, width, 10),
        activation=name,
        gain=GAINS.get(name, rule.gain),
        seeds=seeds * len(RATES),
        loss="cross_entropy",
        learning_rate=np.repeat(RATES, len(seeds)),
        steps=recorded[-1],
        batch_size=50,
        record=(),
        snapshots=recorded,
    )


class _Part(NamedTuple):
    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]


def _split(digits: Digits) -> tuple[_Part, ...]:
    """Return training images, and the two halves of the fresh ones."""
    train, fresh = digits.train, digits.test
    return (
        _Part(train.inputs, train.labels),
        _Part(fresh.inputs[::2], fresh.labels[::2]),
        _Part(fresh.inputs[1::2], fresh.labels[1::2]),
    )


def _measure(networks: ensembles.Parameters, digits: Sequence[Digits]) -> Floats:
    """Return accuracies on the three parts, (3, networks)."""
    found = []
    for parts in zip(*(_split(d) for d in digits), strict=True):
        inputs = np.stack([part.inputs for part in parts] * len(RATES))
        labels = np.stack([part.labels for part in parts] * len(RATES))
        measured = ensembles.measure(
            networks, inputs, labels, names=["accuracy"], loss="cross_entropy"
        )
        found.append(measured["accuracy"])
    return np.array(found, dtype=np.float64)
