"""A mean away from zero in a real network: outputs of units, and inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rectified._validate import FloatArray, check_choice, check_seeds
from rectified.experiments.mitigations.race import Race, run_race

CENTERING_ARMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "relu": ("relu", "global"),
        "relu_centered": ("relu_centered", "global"),
        "tanh": ("tanh", "global"),
        "tanh_plus_1": ("tanh_plus_1", "global"),
        "relu_uncentered_inputs": ("relu", "unit"),
    }
)
"""Function (a key of `race.RUNNERS`) and scaling of the pixels. "global" gives the
pixels mean 0 and standard deviation 1, "unit" leaves them between 0 and 1."""

RATES = (0.1, 0.2, 0.3, 0.5)
"""Learning rates from which each arm gets its own best one."""


@dataclass(frozen=True)
class Centering:
    """Races with and without a mean.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    races : mapping of str to Race
        By arm, with one runner each.
    """

    seeds: tuple[int, ...]
    races: Mapping[str, Race]

    def steps(self, arm: str) -> FloatArray:
        """Return the updates to 90 % at the arm's own best rate, (n_seeds,)."""
        race = self.races[check_choice("arm", arm, self.races)]
        return race.fair(race.runners[0])


def measure_centering(
    seeds: Iterable[int] = range(3),
    *,
    arms: Iterable[str] = tuple(CENTERING_ARMS),
    depth: int = 3,
    max_steps: int = 200,
) -> Centering:
    """Measure how much a mean away from zero slows down learning.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed.
    arms : iterable of str
        Keys of `CENTERING_ARMS`.
    depth : int
        Hidden layers of 32 units.
    max_steps : int
        Updates in each run, a multiple of 5.

    Returns
    -------
    Centering
    """
    seeds = check_seeds("seeds", seeds)
    races = {}
    for arm in arms:
        runner, scaling = CENTERING_ARMS[check_choice("arms", arm, CENTERING_ARMS)]
        races[arm] = run_race(
            (runner,),
            depth=depth,
            rates=RATES,
            seeds=seeds,
            max_steps=max_steps,
            scaling=scaling,
        )
    return Centering(seeds, MappingProxyType(races))
