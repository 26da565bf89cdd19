"""Is death for ever? What a dead unit does while the rest of its network trains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_choice, check_integer, check_seeds
from rectified.ensembles import Parameters
from rectified.experiments.dying.causes import TASKS, load_points
from rectified.experiments.dying.revival import TRAININGS

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]

ARMS = ("sgd", "weight_decay", "momentum", "adam")
"""Keys of `revival.TRAININGS`; the first one is plain gradient descent."""


@dataclass(frozen=True)
class Permanence:
    """Dead units of two hidden layers, and how far they moved in one update.

    Attributes
    ----------
    seeds : tuple of int
        One network and data set ("circles") per seed.
    arms : tuple of str
        Keys of `revival.TRAININGS`.
    ever_dead, revived : ndarray of int, shape (n_arms, 2, n_seeds)
        Units that were silent on all training points at some step, and those of them
        that fired later.
    weight_change : ndarray, shape (n_arms, 2, n_seeds)
        Largest change of any weight or bias of a dead unit in the next update.
    input_change : ndarray, shape (n_arms, 2, n_seeds)
        Largest change of any input of a dead unit in the next update, over all
        training points; 0 where no unit died.
    """

    seeds: tuple[int, ...]
    arms: tuple[str, ...]
    ever_dead: Integers
    revived: Integers
    weight_change: Floats
    input_change: Floats

    def of(self, arm: str, layer: int) -> tuple[Integers, Integers]:
        """Return `ever_dead` and `revived` of one training and layer, from 1."""
        row = self.arms.index(arm), layer - 1
        return self.ever_dead[row], self.revived[row]


@np.errstate(over="ignore", invalid="ignore")
def measure_permanence(
    seeds: Iterable[int] = range(3), *, arms: Sequence[str] = ARMS, steps: int = 200
) -> Permanence:
    """Follow dead units from update to update.

    Parameters
    ----------
    seeds : iterable of int
        One network 2-32-32-1 and data set per seed.
    arms : sequence of str
        Keys of `revival.TRAININGS`.
    steps : int
        Number of updates, at most 500.

    Returns
    -------
    Permanence
    """
    seeds = check_seeds("seeds", seeds)
    steps = check_integer("steps", steps, minimum=1, maximum=500)
    x, y = load_points("circles", seeds)
    shape = (len(arms), 2, len(seeds))
    counts = np.zeros((2, *shape), dtype=np.int64)
    changes = np.zeros((2, *shape))
    for row, arm in enumerate(arms):
        run = ensembles.train(
            x,
            y,
            widths=TASKS["circles"],
            seeds=seeds,
            steps=steps,
            record=(),
            snapshots=range(steps + 1),
            dtype=np.float64,
            **TRAININGS[check_choice("arms", arm, TRAININGS)],
        )
        history = [evaluate(run.snapshots[step], x) for step in range(steps + 1)]
        for layer in range(2):
            found = follow_layer([moment[layer] for moment in history])
            counts[:, row, layer], changes[:, row, layer] = found[:2], found[2:]
    return Permanence(seeds, tuple(arms), *counts, *changes)


def evaluate(
    networks: Parameters, x: Floats
) -> list[tuple[Floats, Floats, NDArray[np.int8]]]:
    """Return for each hidden layer its parameters, inputs, and state of each unit.

    Parameters
    ----------
    networks : rectified.ensembles.Parameters
        ReLU networks.
    x : ndarray, shape (n_networks, n_points, features)
        Inputs of each.

    Returns
    -------
    list of (ndarray, ndarray, ndarray)
        Parameters (n_networks, fan_in + 1, units), inputs (n_networks, n_points,
        fan_in), and the state (n_networks, units): 1 fires on some point, 0 is
        silent on all, -1 is unknown, since the network has diverged.
    """
    stages, h = [], x
    hidden = zip(networks.weights[:-1], networks.biases[:-1], strict=True)
    for weight, bias in hidden:
        z = h @ weight + bias[:, None]
        known = np.asarray(np.isfinite(z).all(axis=(1, 2)))[:, None]
        state = np.where(known, (z > 0).any(axis=1), -1).astype(np.int8)
        stages.append((np.concatenate([weight, bias[:, None]], axis=1), h, state))
        h = np.maximum(z, 0)
    return stages


def follow_layer(
    history: Sequence[tuple[Floats, Floats, NDArray[np.int8]]],
) -> tuple[Integers, Integers, Floats, Floats]:
    """Count the dead and the revived of one layer, and measure how far they moved.

    Parameters
    ----------
    history : sequence of (ndarray, ndarray, ndarray)
        Parameters, inputs and states of the layer after each update, see `evaluate`.

    Returns
    -------
    ever_dead, revived : ndarray of int, shape (n_networks,)
        Numbers of units.
    weight_change, input_change : ndarray, shape (n_networks,)
        Largest changes in one update, see `Permanence`.
    """
    state = np.stack([moment[2] for moment in history])
    dead: NDArray[np.bool_] = np.asarray(state == 0)
    revived = (dead[:-1] & (state[1:] == 1)).any(axis=0)
    n_networks = state.shape[1]
    moved, fed = np.zeros(n_networks), np.zeros(n_networks)
    for (old, old_input, now), (new, new_input, later) in pairwise(history):
        still = (now == 0) & (later >= 0)
        change = np.where(still[:, None], np.abs(new - old), 0)
        moved = np.maximum(moved, change.max(axis=(1, 2)))
        shift = np.abs(new_input - old_input).max(axis=(1, 2))
        fed = np.where(still.any(axis=1), np.maximum(fed, shift), fed)
    return dead.any(axis=0).sum(axis=1), revived.sum(axis=1), moved, fed
