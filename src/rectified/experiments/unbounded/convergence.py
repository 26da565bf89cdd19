"""Does ReLU converge faster than sigmoid and tanh? Measured fairly and unfairly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rectified._validate import FloatArray, check_integer, check_seeds
from rectified.experiments.mitigations.race import Race, run_race

RIVALS = ("tanh", "sigmoid", "sigmoid_gain_4")
"""Keys of `race.RUNNERS` that ReLU runs against."""

RATES = (0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 4.0)
"""Learning rates from which each gets its own best one.

Whoever arrives is best between the ends."""


@dataclass(frozen=True)
class Convergence:
    """ReLU against sigmoid and tanh at several depths.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    depths : tuple of int
        Hidden layers.
    races : tuple of Race
        One per depth.
    """

    seeds: tuple[int, ...]
    depths: tuple[int, ...]
    races: tuple[Race, ...]

    def fair_ratio(self, rival: str, depth: int) -> FloatArray:
        """Return the rival's steps over ReLU's, each at its best rate, (n_seeds,).

        Above 1, ReLU is faster. Infinite where the rival never got there.
        """
        race = self._race(depth)
        return race.fair(rival) / race.fair("relu")

    def unfair_ratio(self, rival: str, depth: int, rate: float) -> FloatArray:
        """Return the same ratio with one learning rate for both, (n_seeds,).

        NaN where neither got there.
        """
        race = self._race(depth)
        with np.errstate(invalid="ignore"):
            return race.unfair(rival, rate) / race.unfair("relu", rate)

    def _race(self, depth: int) -> Race:
        return self.races[self.depths.index(check_integer("depth", depth, minimum=1))]


def measure_convergence(
    depths: Sequence[int] = (2, 4),
    seeds: Iterable[int] = range(3),
    *,
    rates: Sequence[float] = RATES,
    max_steps: int = 150,
) -> Convergence:
    """Let ReLU run against tanh and sigmoid.

    Parameters
    ----------
    depths : sequence of int
        Hidden layers of 32 units.
    seeds : iterable of int
        One network per seed.
    rates : sequence of float
        Learning rates of plain gradient descent.
    max_steps : int
        Updates in each run, a multiple of 5.

    Returns
    -------
    Convergence
    """
    seeds = check_seeds("seeds", seeds)
    races = tuple(
        run_race(
            ("relu", *RIVALS), depth=d, rates=rates, seeds=seeds, max_steps=max_steps
        )
        for d in depths
    )
    return Convergence(seeds, tuple(depths), races)
