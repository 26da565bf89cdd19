"""What was measured while networks memorize, and three ways to compare them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_number

Floats = NDArray[np.float64]

BUDGET_RATE = 3e-3
"""The learning rate at which all functions get the same budget."""

COMPARISONS = ("equal budget", "equal fit", "each tuned")
"""Ways to compare: the same number of updates at `BUDGET_RATE`; the same accuracy on
the training labels; each at the rate and the step that validation prefers."""

LEVEL = 0.8
"""Training accuracy at which "equal fit" compares."""


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

    def at_equal_fit(self, activation: str, level: float = LEVEL) -> Floats:
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
        row, best = self._row(activation), self.rate_row("each tuned", activation)
        stop = self.validation[row, best].argmax(axis=0)
        return np.asarray(self.test[row, best, stop, np.arange(len(stop))])

    def compare(self, comparison: str, activation: str) -> Floats:
        """Return what one of `COMPARISONS` compares, (n_seeds,)."""
        check_choice("comparison", comparison, COMPARISONS)
        if comparison == COMPARISONS[0]:
            return self.at_equal_budget(activation)
        if comparison == COMPARISONS[1]:
            return self.at_equal_fit(activation)
        return self.tuned(activation)

    def rate_row(self, comparison: str, activation: str) -> int:
        """Return which of `rates` a comparison uses for a function."""
        check_choice("comparison", comparison, COMPARISONS)
        if comparison == COMPARISONS[0]:
            return self._budget
        if comparison == COMPARISONS[1]:
            return len(self.rates) - 1
        best = self.validation[self._row(activation)].max(axis=1)
        return int(best.mean(axis=1).argmax())

    def stops(self, comparison: str, activation: str) -> Floats:
        """Return after how many updates each seed is compared, (n_seeds,)."""
        row = self._row(activation), self.rate_row(comparison, activation)
        if comparison == COMPARISONS[0]:
            return np.full(len(self.seeds), float(self.steps[-1]))
        if comparison == COMPARISONS[1]:
            return self._steps_to(*row, LEVEL)
        return np.asarray(self.steps[self.validation[row].argmax(axis=0)], float)

    def steps_to(self, activation: str, level: float = LEVEL) -> Floats:
        """Return after how many updates the training accuracy reaches a level.

        Returns
        -------
        ndarray, shape (n_seeds,)
            At `BUDGET_RATE`, interpolated between records; NaN where never.
        """
        return self._steps_to(self._row(activation), self._budget, level)

    def _steps_to(self, row: int, rate: int, level: float) -> Floats:
        reached = self.accuracy[row, rate]
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
