"""Recurrent networks that learn the memory task, update by update."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._ensemble_optimizers import Adam, Settings
from rectified._validate import FloatArray, check_integer, check_number, check_seeds
from rectified.datasets import make_memory_task
from rectified.experiments.unbounded.recurrent_cells import (
    RecurrentNetworks,
    draw_networks,
    find_gradient,
    read_out,
    run,
)

N_PROBES = 16


class Update(NamedTuple):
    """What one update saw, before it changed the weights; shapes (n_seeds,)."""

    loss: FloatArray
    accuracy: FloatArray


class Flow(NamedTuple):
    """How signals and gradients pass through time.

    Attributes
    ----------
    state : ndarray, shape (n_seeds, length + 1)
        Root of the mean squared state after each step; entry 0 is the start.
    gradient : ndarray, shape (n_seeds, length + 1)
        Size of the logit's gradient at the state after each step, relative to the
        last one.
    radius : ndarray, shape (n_seeds,)
        Spectral radius: largest size of an eigenvalue of the recurrent weights.
    """

    state: FloatArray
    gradient: FloatArray
    radius: FloatArray


class MemoryLearner:
    """Recurrent networks that learn to remember the first bit of noisy sequences.

    Parameters
    ----------
    cell : str
        A key of `CELLS`.
    length : int
        Steps per sequence, from 2 to 200.
    learning_rate : float
        Step size of Adam.
    seeds : iterable of int
        One network and one data set per seed.
    hidden : int
        Units.
    batch_size : int
        Sequences per update, from 1 to 1000.
    scale : float
        What the recurrent weights are multiplied by at the start, from 0.1 to 3.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    networks : RecurrentNetworks
        Their weights change with each update.
    """

    def __init__(
        self,
        cell: str = "relu_identity",
        *,
        length: int = 30,
        learning_rate: float = 0.002,
        seeds: Iterable[int] = range(3),
        hidden: int = 32,
        batch_size: int = 32,
        scale: float = 1.0,
    ) -> None:
        length = check_integer("length", length, minimum=2, maximum=200)
        rate = check_number("learning_rate", learning_rate, minimum=1e-9)
        scale = check_number("scale", scale, minimum=0.1, maximum=3.0)
        self._batch = check_integer("batch_size", batch_size, minimum=1, maximum=1000)
        self.seeds = check_seeds("seeds", seeds)
        tasks = [make_memory_task(length, seed=s, n_train=1000) for s in self.seeds]
        self._x = np.stack([task.train.inputs for task in tasks])
        self._y = np.stack([task.train.labels for task in tasks])
        self._fresh = np.stack([task.test.inputs for task in tasks])
        self._labels = np.stack([task.test.labels for task in tasks])
        features = self._x.shape[-1]
        drawn = draw_networks(cell, seeds=self.seeds, features=features, hidden=hidden)
        self.networks = replace(drawn, values=drawn.values.astype(np.float32))
        self.networks.weights.recurrent[:] *= scale
        rates = np.full((len(self.seeds), 1), rate, dtype=np.float32)
        self._optimizer = Adam(self.networks.values, Settings("adam", rates))
        self._rngs = [np.random.default_rng((seed, 2)) for seed in self.seeds]

    def update(self) -> Update:
        """Learn from the next batch."""
        size = self._x.shape[1]
        chosen = np.stack([rng.integers(0, size, self._batch) for rng in self._rngs])
        every = np.arange(len(self.seeds))[:, None]
        batch, target = self._x[every, chosen], self._y[every, chosen]
        passed = run(self.networks, batch)
        logit = read_out(self.networks, passed[0])
        loss = np.logaddexp(0, np.where(target, -logit, logit)).mean(axis=1)
        delta = ((np.tanh(logit / 2) + 1) / 2 - target).astype("f4") / self._batch
        self._optimizer.step(find_gradient(self.networks, batch, passed, delta))
        return Update(loss, ((logit > 0) == target).mean(axis=1))

    def measure_accuracy(self) -> NDArray[np.float64]:
        """Return the share of 500 fresh sequences that are right, (n_seeds,)."""
        states, _ = run(self.networks, self._fresh)
        right = (read_out(self.networks, states) > 0) == self._labels
        return np.asarray(right.mean(axis=1))

    @property
    def probes(self) -> FloatArray:
        """16 fresh sequences per network, (n_seeds, 16, length, features)."""
        return self._fresh[:, :N_PROBES]

    def copy_networks(self) -> RecurrentNetworks:
        """Return the networks as they are now."""
        return replace(self.networks, values=self.networks.values.copy())

    def measure_flow(self) -> Flow:
        """Send the probes forward and the logit's gradient back."""
        return measure_flow(self.networks, self.probes)


def measure_flow(networks: RecurrentNetworks, x: FloatArray) -> Flow:
    """Send sequences forward and the logit's gradient back.

    Parameters
    ----------
    networks : RecurrentNetworks
        One per seed.
    x : ndarray, shape (n_seeds, points, length, features)
        Sequences.

    Returns
    -------
    Flow
    """
    states, z = run(networks, x)
    w = networks.weights
    slopes = activations.get(networks.activation).derivative(z)
    below = np.broadcast_to(w.readout.swapaxes(1, 2), states[0].shape)
    sizes = [_size(below)]
    for slope in slopes[::-1]:
        below = (below * slope) @ w.recurrent.swapaxes(1, 2)
        sizes.append(_size(below))
    gradient = np.stack(sizes[::-1], axis=1)
    eigenvalues = np.linalg.eigvals(w.recurrent.astype(np.float64))
    return Flow(
        np.stack([_size(state) for state in states], axis=1),
        gradient / gradient[:, -1:],
        np.abs(eigenvalues).max(axis=1),
    )


def _size(values: FloatArray) -> FloatArray:
    # float64, because the square of a large float32 may overflow.
    return np.asarray(np.sqrt(np.square(values.astype(np.float64)).mean(axis=(1, 2))))
