"""When units die: most of them in the first few steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_array, check_seeds
from rectified.experiments.dying.life import (
    BATCH_SIZE,
    STEPS,
    WIDTHS,
    scatter_points,
)

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class DeathTimes:
    """Dead units over time; the learning rate is the first axis.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    learning_rates : ndarray, shape (n_rates,)
        Step sizes.
    dead_fraction : ndarray, shape (n_rates, steps + 1, 2, n_seeds)
        Share of the units in each hidden layer that are silent on all training
        points. NaN where a network has diverged.
    """

    seeds: tuple[int, ...]
    learning_rates: Floats
    dead_fraction: Floats


def measure_death_times(
    learning_rates: Sequence[float] = (1.0, 3.0, 10.0),
    seeds: Iterable[int] = range(3),
    *,
    steps: int = STEPS,
) -> DeathTimes:
    """Count dead units after every step of gradient descent.

    Parameters
    ----------
    learning_rates : sequence of float
        Step sizes.
    seeds : iterable of int
        One network 2-32-32-1 per seed.
    steps : int
        Number of updates.

    Returns
    -------
    DeathTimes
    """
    rates = check_array("learning_rates", learning_rates, ndim=(1,))
    seeds, n_rates = check_seeds("seeds", seeds), rates.size
    x, y = scatter_points(seeds)
    run = ensembles.train(
        np.tile(x, (n_rates, 1, 1)),
        np.tile(y, (n_rates, 1)),
        widths=WIDTHS,
        seeds=seeds * n_rates,
        optimizer="sgd",
        learning_rate=np.repeat(rates, len(seeds)),
        steps=steps,
        batch_size=BATCH_SIZE,
        record=("dead_fraction",),
    )
    dead = run.records["dead_fraction"].values  # (steps + 1, networks, 2)
    dead = dead.reshape(len(dead), n_rates, len(seeds), 2)
    return DeathTimes(seeds, rates, dead.transpose(1, 0, 3, 2))
