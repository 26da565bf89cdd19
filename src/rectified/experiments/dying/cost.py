"""What dead units cost: networks of which a share is dead from the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_array, check_integer, check_seeds, problem
from rectified.ensembles import Parameters
from rectified.experiments.dying.life import scatter_points

Floats = NDArray[np.floating]

SHARES = (0.0, 0.25, 0.5, 0.75, 0.875, 1.0)
WIDTHS = (8, 32)
DEADLY = -1e6
"""Bias with which a unit is silent on any data and stays so."""

FRESH = 1_000_000
"""Added to a seed to draw its fresh points."""


@dataclass(frozen=True)
class CostMeasurement:
    """Accuracy against the share of dead units.

    Attributes
    ----------
    seeds : tuple of int
        One network and data set per seed.
    widths : tuple of int
        Units in each of the two hidden layers.
    shares : ndarray, shape (n_shares,)
        Share of dead units in each hidden layer.
    accuracy, fresh_accuracy : ndarray, shape (n_widths, n_shares, n_seeds)
        Share of the training points, and of as many fresh points, classified
        correctly in the end.
    steps : ndarray, shape (n_widths, n_shares, n_seeds)
        Updates until 95 % of the points were classified correctly; infinity if they
        never were.
    networks : tuple of rectified.ensembles.Parameters
        The trained networks of each width: share after share, within each seed by
        seed. The dead units are the first of their layer.
    """

    seeds: tuple[int, ...]
    widths: tuple[int, ...]
    shares: Floats
    accuracy: Floats
    fresh_accuracy: Floats
    steps: Floats
    networks: tuple[Parameters, ...] = field(repr=False)

    @property
    def living(self) -> NDArray[np.int64]:
        """Units of each layer that are not dead, (n_widths, n_shares)."""
        dead = np.rint(np.outer(self.widths, self.shares)).astype(np.int64)
        units = np.repeat(np.array(self.widths)[:, None], self.shares.size, axis=1)
        return np.asarray(units - dead, dtype=np.int64)


def measure_cost(
    shares: Sequence[float] = SHARES,
    widths: Sequence[int] = WIDTHS,
    seeds: Iterable[int] = range(3),
    *,
    layers: Sequence[int] = (1, 2),
    steps: int = 300,
    learning_rate: float = 0.3,
) -> CostMeasurement:
    """Kill a share of the units before training, and train the rest in good health.

    The first units of each chosen layer get a bias of -1e6. Nothing else differs, so
    whatever changes is due to their death.

    Parameters
    ----------
    shares : sequence of float
        Shares of dead units, from 0 to 1, rounded to whole units.
    widths : sequence of int
        Units in each of the two hidden layers.
    seeds : iterable of int
        One network and data set ("circles") per seed.
    layers : sequence of int
        Hidden layers with dead units, counted from 1.
    steps : int
        Updates of gradient descent on all points.
    learning_rate : float
        Step size.

    Returns
    -------
    CostMeasurement
    """
    parts = check_array("shares", shares, ndim=(1,))
    if parts.min() < 0 or parts.max() > 1:
        advice = "write 0.25 for 25 %"
        raise problem("shares", "from 0 to 1", parts.tolist(), advice)
    sizes = tuple(check_integer("widths", w, minimum=1, maximum=256) for w in widths)
    depths = {check_integer("layers", d, minimum=1, maximum=2) for d in layers}
    seeds = check_seeds("seeds", seeds)
    steps = check_integer("steps", steps, minimum=1)
    (x, y), fresh = (scatter_points([s + k for s in seeds]) for k in (0, FRESH))
    shape = (len(sizes), parts.size, len(seeds))
    accuracy, on_fresh, needed = np.empty(shape), np.empty(shape), np.empty(shape)
    trained = []
    for row, width in enumerate(sizes):
        initial = kill_units(width, parts, seeds, depths)
        run = ensembles.train(
            np.tile(x, (parts.size, 1, 1)),
            np.tile(y, (parts.size, 1)),
            widths=initial.widths,
            seeds=seeds * parts.size,
            initial=initial,
            optimizer="sgd",
            learning_rate=learning_rate,
            steps=steps,
            record=("accuracy",),
        )
        trained.append(run.parameters)
        accuracy[row] = run.accuracy[-1].reshape(shape[1:])
        tiled = (
            np.tile(part, (parts.size,) + (1,) * (part.ndim - 1)) for part in fresh
        )
        found = ensembles.measure(run.parameters, *tiled, names=("accuracy",))
        on_fresh[row] = found["accuracy"].reshape(shape[1:])
        reached = run.accuracy >= 0.95
        first = np.where(reached.any(axis=0), reached.argmax(axis=0), np.inf)
        needed[row] = first.reshape(shape[1:])
    return CostMeasurement(
        seeds, sizes, parts, accuracy, on_fresh, needed, tuple(trained)
    )


def kill_units(
    width: int, shares: Floats, seeds: tuple[int, ...], layers: Iterable[int]
) -> Parameters:
    """Return networks 2-width-width-1 with dead units.

    Parameters
    ----------
    width : int
        Units in each hidden layer.
    shares : ndarray, shape (n_shares,)
        Share of dead units in each of the layers given.
    seeds : tuple of int
        One network per seed and share; networks with one seed share their weights.
    layers : iterable of int
        Hidden layers, from 1.

    Returns
    -------
    rectified.ensembles.Parameters
        Share after share, within each one network per seed.
    """
    networks = ensembles.initialize((2, width, width, 1), seeds=seeds * len(shares))
    counts = np.repeat(np.rint(shares * width).astype(int), len(seeds))
    doomed = np.arange(width) < counts[:, None]
    for layer in layers:
        networks.biases[layer - 1][doomed] = DEADLY
    return networks
