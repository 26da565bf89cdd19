"""The memory task: recurrent networks that have to remember one bit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_integer, check_seeds
from rectified.experiments.unbounded.memory_learner import MemoryLearner
from rectified.experiments.unbounded.recurrent_cells import RecurrentNetworks

Floats = NDArray[np.floating]

SOLVED = 0.95
"""Share of fresh sequences from which a network counts as having solved the task."""


@dataclass(frozen=True)
class MemoryRun:
    """Networks that learn to remember the first bit of a sequence.

    Attributes
    ----------
    seeds : tuple of int
        One network and one data set per seed.
    cell : str
        A key of `CELLS`.
    length : int
        Steps per sequence.
    loss : ndarray, shape (steps, n_seeds)
        Binary cross-entropy on the batch of each update. A guess costs ln 2.
    accuracy : ndarray, shape (n_seeds,)
        Share of fresh sequences whose first bit the network names at the end.
    networks : RecurrentNetworks
        After the last update.
    """

    seeds: tuple[int, ...]
    cell: str
    length: int
    loss: Floats
    accuracy: Floats
    networks: RecurrentNetworks

    @property
    def solved(self) -> NDArray[np.bool_]:
        """Whether the accuracy is at least `SOLVED`, shape (n_seeds,)."""
        return np.asarray(self.accuracy >= SOLVED)


def train_memory(
    cell: str = "relu_identity",
    *,
    length: int = 30,
    steps: int = 300,
    learning_rate: float = 0.002,
    seeds: Iterable[int] = range(3),
    hidden: int = 32,
    batch_size: int = 32,
) -> MemoryRun:
    """Train recurrent networks to remember the first bit of noisy sequences.

    Parameters
    ----------
    cell : str
        A key of `CELLS`.
    length : int
        Steps per sequence, from 2 to 200.
    steps : int
        Updates of Adam.
    learning_rate : float
        Step size.
    seeds : iterable of int
        One network per seed.
    hidden : int
        Units.
    batch_size : int
        Sequences per update, from 1 to 1000.

    Returns
    -------
    MemoryRun
    """
    steps = check_integer("steps", steps, minimum=1)
    learner = MemoryLearner(
        cell,
        length=length,
        learning_rate=learning_rate,
        seeds=seeds,
        hidden=hidden,
        batch_size=batch_size,
    )
    loss = np.array([learner.update().loss for _ in range(steps)])
    accuracy = learner.measure_accuracy()
    return MemoryRun(learner.seeds, cell, length, loss, accuracy, learner.networks)


@dataclass(frozen=True)
class MemoryComparison:
    """Which cells solve which lengths.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    cells : tuple of str
        Keys of `CELLS`.
    lengths : tuple of int
        Steps per sequence.
    accuracy : ndarray, shape (n_cells, n_lengths, n_seeds)
        Share of fresh sequences classified correctly.
    """

    seeds: tuple[int, ...]
    cells: tuple[str, ...]
    lengths: tuple[int, ...]
    accuracy: Floats

    @property
    def solved(self) -> NDArray[np.int64]:
        """Networks with an accuracy of at least `SOLVED`, (n_cells, n_lengths)."""
        return np.asarray((self.accuracy >= SOLVED).sum(axis=2))


def measure_memory(
    cells: Sequence[str] = ("tanh", "relu", "relu_identity"),
    lengths: Sequence[int] = (10, 30),
    seeds: Iterable[int] = range(3),
    *,
    steps: int = 300,
) -> MemoryComparison:
    """Run `train_memory` for several cells and lengths."""
    seeds = check_seeds("seeds", seeds)
    accuracy = [
        [train_memory(c, length=n, steps=steps, seeds=seeds).accuracy for n in lengths]
        for c in cells
    ]
    return MemoryComparison(seeds, tuple(cells), tuple(lengths), np.array(accuracy))
