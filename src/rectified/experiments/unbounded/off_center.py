"""What outputs that are never negative cost: in theory, and in trained networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from rectified._validate import FloatArray, check_seeds
from rectified.experiments.mitigations.race import run_race
from rectified.experiments.unbounded.sign_ties import measure_sign_ties
from rectified.experiments.unbounded.valleys import measure_valleys


class Setting(NamedTuple):
    """A network of which ReLU and centered ReLU are trained."""

    name: str
    depth: int
    optimizer: str
    rates: tuple[float, ...]


SETTINGS: Final = (
    Setting("one hidden layer", 1, "sgd", (0.2, 0.3, 0.5)),
    Setting("three hidden layers", 3, "sgd", (0.1, 0.2, 0.3, 0.5)),
    Setting("three hidden layers with Adam", 3, "adam", (0.005, 0.01, 0.02)),
)
"""Where ReLU runs against ReLU minus its mean."""

N_FEATURES, MAX_STEPS = 64, 150


@dataclass(frozen=True)
class OffCenter:
    """ReLU against ReLU minus its mean, each at its own best learning rate.

    Attributes
    ----------
    seeds : tuple of int
        One network or sample per seed.
    condition, centered_condition : ndarray, shape (n_seeds,)
        Condition numbers for a linear layer on 64 outputs.
    descent, centered_descent : ndarray, shape (n_seeds,)
        Steps of gradient descent in such a layer.
    settings : tuple of str
        Names of `SETTINGS`.
    steps, centered_steps : ndarray, shape (n_settings, n_seeds)
        Updates of a network until 90 % of the test digits are right, at most 150.
    input_steps : ndarray, shape (n_seeds,)
        The same with ReLU and three layers, if the pixels lie between 0 and 1.
    tied, tied_64 : ndarray, shape (n_seeds,)
        Share of the units whose weights all get gradients of one sign, from one
        example and from 64.
    """

    seeds: tuple[int, ...]
    condition: FloatArray
    centered_condition: FloatArray
    descent: FloatArray
    centered_descent: FloatArray
    settings: tuple[str, ...]
    steps: FloatArray
    centered_steps: FloatArray
    input_steps: FloatArray
    tied: FloatArray
    tied_64: FloatArray

    @property
    def slowdown(self) -> FloatArray:
        """ReLU's steps over those of centered ReLU, shape (n_settings, n_seeds)."""
        return self.steps / self.centered_steps


def measure_off_center(seeds: Iterable[int] = range(3)) -> OffCenter:
    """Measure what the mean of ReLU's outputs costs.

    Parameters
    ----------
    seeds : iterable of int
        One network or sample per seed.

    Returns
    -------
    OffCenter
    """
    seeds = check_seeds("seeds", seeds)
    arms = ("relu", "relu_centered")
    valleys = measure_valleys(seeds, arms=arms, n_features=(N_FEATURES,), means=(0.0,))
    condition, descent = valleys.condition[:, 0, 0], valleys.steps[:, 0, 0]
    steps = np.array([[_run(arm, one, seeds) for one in SETTINGS] for arm in arms])
    ties = measure_sign_ties(("relu",), (1, 64), seeds)
    return OffCenter(
        seeds,
        condition=condition[0],
        centered_condition=condition[1],
        descent=descent[0],
        centered_descent=descent[1],
        settings=tuple(setting.name for setting in SETTINGS),
        steps=steps[0],
        centered_steps=steps[1],
        input_steps=_run("relu", SETTINGS[1], seeds, scaling="unit"),
        tied=ties.of("relu", 1),
        tied_64=ties.of("relu", 64),
    )


def _run(
    runner: str, setting: Setting, seeds: tuple[int, ...], scaling: str = "global"
) -> FloatArray:
    """Return the capped steps of one runner at its best rate, (n_seeds,)."""
    race = run_race(
        (runner,),
        depth=setting.depth,
        rates=setting.rates,
        seeds=seeds,
        optimizer=setting.optimizer,
        max_steps=MAX_STEPS,
        scaling=scaling,
    )
    return np.minimum(race.fair(runner), MAX_STEPS)
