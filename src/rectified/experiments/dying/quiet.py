"""How many units look dead depends on where one looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_integer, check_seeds
from rectified.ensembles import Parameters
from rectified.experiments.dying.life import BATCH_SIZE, scatter_points
from rectified.experiments.dying.reach import REACHES, UnitReach, classify_units

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class QuietMeasurement:
    """Units by the smallest set of inputs on which they fire.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    learning_rate : float
        Step size of the training.
    batch_size : int
        Training points in the batch.
    counts : ndarray of int, shape (len(REACHES), 2, n_seeds)
        Units of each hidden layer, by `reach.REACHES`.
    accuracy : ndarray, shape (n_seeds,)
        Share of training points classified correctly.
    reaches : tuple of UnitReach
        The same unit by unit, one per seed.
    networks : rectified.ensembles.Parameters
        The trained networks, one per seed.
    """

    seeds: tuple[int, ...]
    learning_rate: float
    batch_size: int
    counts: NDArray[np.int64]
    accuracy: Floats
    reaches: tuple[UnitReach, ...]
    networks: Parameters = field(repr=False)

    def silent_on(self, reach: str) -> Floats:
        """Return the share of units that are silent on a set, shape (2, n_seeds)."""
        return np.stack([one.silent_on(reach) for one in self.reaches], axis=1)


def measure_quiet(
    learning_rate: float = 3.0,
    seeds: Iterable[int] = range(3),
    *,
    batch_size: int = BATCH_SIZE,
    width: int = 16,
    steps: int = 200,
) -> QuietMeasurement:
    """Train networks until units die, and look for inputs on which they fire.

    Parameters
    ----------
    learning_rate : float
        Step size of plain gradient descent.
    seeds : iterable of int
        One network and data set ("circles") per seed.
    batch_size : int
        Training points in the batch, from 1 to 200.
    width : int
        Units in each of the two hidden layers, from 1 to 32.
    steps : int
        Number of updates, with 32 points each.

    Returns
    -------
    QuietMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    width = check_integer("width", width, minimum=1, maximum=32)
    x, y = scatter_points(seeds)
    batch_size = check_integer("batch_size", batch_size, minimum=1, maximum=x.shape[1])
    run = ensembles.train(
        x,
        y,
        widths=(2, width, width, 1),
        seeds=seeds,
        optimizer="sgd",
        learning_rate=learning_rate,
        steps=steps,
        batch_size=BATCH_SIZE,
        dtype=np.float64,
    )
    reaches = tuple(
        classify_units(
            *run.parameters.network(i), data=points, batch=points[:batch_size]
        )
        for i, points in enumerate(x)
    )
    counts = np.array([[one.count(r) for one in reaches] for r in REACHES])
    return QuietMeasurement(
        seeds,
        learning_rate,
        batch_size,
        counts.swapaxes(1, 2),
        run.accuracy[-1],
        reaches,
        run.parameters,
    )


@dataclass(frozen=True)
class BatchBias:
    """Share of units that are silent on batches of several sizes.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    batch_sizes : tuple of int
        Training points in the batch; the last one is all of them.
    silent_fraction : ndarray, shape (n_sizes, 2, n_seeds)
        Share of silent units in each hidden layer, averaged over 20 batches.
    """

    seeds: tuple[int, ...]
    batch_sizes: tuple[int, ...]
    silent_fraction: Floats


def measure_batch_bias(
    batch_sizes: Sequence[int] = (1, 8, 32, 200),
    seeds: Iterable[int] = range(3),
    *,
    learning_rate: float = 0.3,
    steps: int = 200,
) -> BatchBias:
    """Count silent units on more and more of the training set.

    Parameters
    ----------
    batch_sizes : sequence of int
        Points to look at, from 1 to 200.
    seeds : iterable of int
        One network 2-32-32-1 per seed.
    learning_rate : float
        Step size; 0.3 kills next to nothing.
    steps : int
        Number of updates.

    Returns
    -------
    BatchBias
    """
    seeds = check_seeds("seeds", seeds)
    x, y = scatter_points(seeds)
    sizes = tuple(
        check_integer("batch_sizes", n, minimum=1, maximum=x.shape[1])
        for n in batch_sizes
    )
    run = ensembles.train(
        x,
        y,
        widths=(2, 32, 32, 1),
        seeds=seeds,
        optimizer="sgd",
        learning_rate=learning_rate,
        steps=steps,
        batch_size=BATCH_SIZE,
        record=(),
    )
    rng = np.random.default_rng(seeds)
    silent = np.zeros((len(sizes), len(seeds), 2))
    for _ in range(20):
        order = rng.permutation(x.shape[1])
        for row, size in enumerate(sizes):
            found = ensembles.measure(
                run.parameters, x[:, order[:size]], names=("dead_fraction",)
            )
            silent[row] += found["dead_fraction"] / 20
    return BatchBias(seeds, sizes, silent.swapaxes(1, 2))
