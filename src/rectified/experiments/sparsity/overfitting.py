"""Whether ReLU overfits less: memorizing wrong labels, compared in three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import activations, ensembles
from rectified._validate import (
    check_choice,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.datasets import Digits, load_digits

Floats = NDArray[np.float64]

COMPARED = ("relu", "leaky_relu", "gelu", "tanh", "sigmoid")
"""Functions compared unless others are named."""

RATES = (1e-3, 3e-3, 1e-2)
"""Learning rates of Adam."""

GAINS: Mapping[str, float] = MappingProxyType({"sigmoid": 4.0, "tanh": 1.0})
"""Gains of the initial weights that suit these two; others have their own."""

BUDGET_RATE = 3e-3
"""The rate, one of `RATES`, at which all functions get the same budget."""


@dataclass(frozen=True)
class OverfittingMeasurement:
    """Accuracies while networks learn partly wrong labels.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws images, wrong labels, weights and batches.
    activations : tuple of str
        The first axis below.
    rates : tuple of float
        Learning rates, the second axis below.
    steps : ndarray of int, shape (n_records,)
        Updates before each record.
    label_noise : float
        Share of the training labels that were drawn anew.
    n_train : int
        Training images.
    accuracy : ndarray, shape (n_activations, n_rates, n_records, n_seeds)
        Share of training images that get the label they came with, right or wrong.
    validation, test : ndarray, shape (n_activations, n_rates, n_records, n_seeds)
        Share of fresh images that get their right label: one half of them to choose
        by, the other half to report.
    """

    seeds: tuple[int, ...]
    activations: tuple[str, ...]
    rates: tuple[float, ...]
    steps: NDArray[np.int64]
    label_noise: float
    n_train: int
    accuracy: Floats
    validation: Floats
    test: Floats

    def at_equal_budget(self, activation: str) -> Floats:
        """Return test accuracy at the end, at `BUDGET_RATE`, (n_seeds,)."""
        return np.asarray(self.test[self._row(activation), self._budget, -1])

    def at_equal_fit(self, activation: str, level: float = 0.8) -> Floats:
        """Return test accuracy when the training accuracy first reaches a level.

        Returns
        -------
        ndarray, shape (n_seeds,)
            At the largest rate, with which all functions get there; interpolated
            between records, NaN where the level is never reached.
        """
        row = self._row(activation), -1
        return _read_off(level, self.accuracy[row], self.test[row])

    def tuned(self, activation: str) -> Floats:
        """Return test accuracy at the rate and step that validation prefers.

        Returns
        -------
        ndarray, shape (n_seeds,)
            One rate for all seeds, but each seed stops when its own validation
            accuracy was highest.
        """
        row = self._row(activation)
        best = int(self.validation[row].max(axis=1).mean(axis=1).argmax())
        stop = self.validation[row, best].argmax(axis=0)
        return np.asarray(self.test[row, best, stop, np.arange(len(stop))])

    def steps_to(self, activation: str, level: float = 0.8) -> Floats:
        """Return after how many updates the training accuracy reaches a level.

        Returns
        -------
        ndarray, shape (n_seeds,)
            At `BUDGET_RATE`, interpolated between records; NaN where never.
        """
        reached = self.accuracy[self._row(activation), self._budget]
        steps = np.broadcast_to(self.steps[:, None].astype(float), reached.shape)
        return _read_off(level, reached, steps)

    @property
    def _budget(self) -> int:
        return self.rates.index(BUDGET_RATE)

    def _row(self, activation: str) -> int:
        return self.activations.index(
            check_choice("activation", activation, self.activations)
        )


def _read_off(level: float, curves: Floats, values: Floats) -> Floats:
    """Return the values where each column of curves first reaches a level."""
    level = check_number("level", level, minimum=0, maximum=1)
    found = np.full(curves.shape[1], np.nan)
    # The running maximum: accuracy may fall back between two records.
    for column, fit in enumerate(np.maximum.accumulate(curves, axis=0).T):
        after = int(np.searchsorted(fit, level))
        if 0 < after < len(fit):
            pair = slice(after - 1, after + 1)
            found[column] = np.interp(level, fit[pair], values[pair, column])
    return found


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
