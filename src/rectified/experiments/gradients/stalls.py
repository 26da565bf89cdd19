"""From where gradient descent on one weight arrives, and from where it stalls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_seeds
from rectified.experiments.gradients.descent import descend

Floats = NDArray[np.float64]

ACTIVATIONS = ("relu", "sigmoid")
"""Functions that `measure_stalls` compares."""

STARTS: Floats = np.linspace(-8.0, 8.0, 33)
"""Weights from which it starts, in steps of 1/2."""

RATES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Learning rates from which each function gets its own best one."""


@dataclass(frozen=True)
class StallMeasurement:
    """From where gradient descent arrives, and how fast.

    Attributes
    ----------
    seeds : tuple of int
        One target per seed.
    activations : tuple of str
        The functions compared.
    rates : tuple of float
        `RATES`.
    starts : ndarray, shape (n_starts,)
        `STARTS`.
    targets : ndarray, shape (n_seeds,)
        What f(w) should become, between 0.6 and 0.9: both functions can.
    steps : int
        Steps allowed.
    arrived : ndarray of int, shape (n_activations, n_rates, n_starts, n_seeds)
        Steps until the output is within `CLOSE` of the target; -1 if never.
    first_slope : ndarray, shape (n_activations, n_starts, n_seeds)
        Derivative of the loss at the start.
    """

    seeds: tuple[int, ...]
    activations: tuple[str, ...]
    rates: tuple[float, ...]
    starts: Floats
    targets: Floats
    steps: int
    arrived: NDArray[np.int64]
    first_slope: Floats

    @property
    def reached(self) -> Floats:
        """Share of the starts that arrive, (n_activations, n_rates, n_seeds)."""
        return np.asarray((self.arrived >= 0).mean(axis=2))

    @property
    def best_rate(self) -> NDArray[np.int64]:
        """Number of the rate with which most runs arrive, (n_activations,).

        Of equally good rates, it is the largest: that one arrives first.
        """
        from_largest = self.reached.mean(axis=2)[:, ::-1].argmax(axis=1)
        return np.asarray(len(self.rates) - 1 - from_largest)


def measure_stalls(
    seeds: Iterable[int] = range(10), *, steps: int = 200
) -> StallMeasurement:
    """Descend from every start, at every rate, towards one target per seed.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws a target.
    steps : int
        Number of steps.

    Returns
    -------
    StallMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    targets = np.array([np.random.default_rng(s).uniform(0.6, 0.9) for s in seeds])
    shape = (len(RATES), len(STARTS), len(seeds))
    every = np.broadcast_arrays(
        np.array(RATES)[:, None, None], STARTS[:, None], targets
    )
    rates, starts, aims = (numbers.ravel() for numbers in every)
    arrived, first_slope = [], []
    for name in ACTIVATIONS:
        run = descend(
            starts, activation=name, target=aims, learning_rate=rates, steps=steps
        )
        arrived.append(run.arrived.reshape(shape))
        first_slope.append(run.slope[0].reshape(shape)[0])
    return StallMeasurement(
        seeds,
        ACTIVATIONS,
        RATES,
        STARTS,
        targets,
        steps,
        np.array(arrived),
        np.array(first_slope),
    )
