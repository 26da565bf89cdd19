"""Do dead units come back? In the first layer never, deeper often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import ensembles
from rectified._validate import check_choice, check_integer, check_seeds
from rectified.experiments.dying.causes import TASKS, load_points

Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

HIGH: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 3.0, "batch_size": 32}

TRAININGS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "sgd": HIGH,
        "full_batch": HIGH | {"batch_size": None},
        "weight_decay": HIGH | {"weight_decay": 0.01},
        "momentum": HIGH | {"learning_rate": 1.0, "momentum": 0.9},
        "adam": HIGH | {"optimizer": "adam", "learning_rate": 0.01},
        "low_bias": HIGH | {"learning_rate": 0.1, "bias": -3.0},
        "leaky": HIGH | {"activation": "leaky_relu", "negative_slope": 0.01},
    }
)
"""Trainings in which units die, as arguments of `ensembles.train`.

A dead unit of the first layer has no gradient, and its inputs are the data, which do
not change. So plain gradient descent never moves it again. Weight decay shrinks its
weights and its bias by one factor and leaves the sign of every pre-activation. Deeper
units are dead too, but the layers before them move, and with them their inputs. With
momentum or Adam, a unit coasts on after its death.
"""


@dataclass(frozen=True)
class Revival:
    """Units that died and units that came back, for each hidden layer.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    arm, task : str
        Keys of `TRAININGS` and `causes.TASKS`.
    units : ndarray of int, shape (n_layers,)
        Units in each layer of one network.
    ever_dead : ndarray of int, shape (n_layers, n_seeds)
        Units that were silent on all training points at some step.
    revived : ndarray of int, shape (n_layers, n_seeds)
        Those of them that fired on some training point later.
    revivals : ndarray of int, shape (n_layers, n_seeds)
        How many times that happened.
    dead_in_the_end : ndarray of int, shape (n_layers, n_seeds)
        Units that are silent after the last update.
    ever_dead_by, revived_by, dead_at : ndarray, shape (steps + 1, n_layers, n_seeds)
        The same up to, or at, each number of updates.
    finite : ndarray of bool, shape (n_seeds,)
        Whether the network did not diverge. Units of a network that did count up to
        the step at which it diverged.
    """

    seeds: tuple[int, ...]
    arm: str
    task: str
    units: Integers
    ever_dead: Integers
    revived: Integers
    revivals: Integers
    dead_in_the_end: Integers
    ever_dead_by: Integers
    revived_by: Integers
    dead_at: Integers
    finite: NDArray[np.bool_]


def measure_revival(
    arm: str = "sgd",
    seeds: Iterable[int] = range(16),
    *,
    task: str = "circles",
    steps: int = 300,
    learning_rate: float | None = None,
    depth: int = 2,
) -> Revival:
    """Follow every hidden unit through a training that kills some.

    Parameters
    ----------
    arm : str
        A key of `TRAININGS`.
    seeds : iterable of int
        One network and data set per seed.
    task : {"circles", "digits"}
        Networks 2-32-32-1 or 64-64-64-10.
    steps : int
        Number of updates.
    learning_rate : float, optional
        Step size. Default: that of the arm.
    depth : int
        Hidden layers, from 2 to 4; all are as wide as those of the task.

    Returns
    -------
    Revival
    """
    setting = dict(TRAININGS[check_choice("arm", arm, TRAININGS)])
    shape = deepen(TASKS[check_choice("task", task, TASKS)], depth)
    seeds, steps = check_seeds("seeds", seeds), check_integer("steps", steps, minimum=1)
    if learning_rate is not None:
        setting["learning_rate"] = learning_rate
    x, y = load_points(task, seeds)
    run = ensembles.train(
        x,
        y,
        widths=shape,
        seeds=seeds,
        loss="logistic" if shape[-1] == 1 else "cross_entropy",
        steps=steps,
        record=("dead_units", "dead_fraction"),
        # In float32, weight decay moves tiny pre-activations across 0 by rounding.
        dtype=np.float64,
        **setting,
    )
    dead = run.records["dead_units"].values.astype(bool)  # (steps + 1, networks, units)
    fraction = run.records["dead_fraction"].values
    known = np.repeat(np.isfinite(fraction), shape[1:-1], axis=2)
    events = known[1:] & ~dead[1:] & dead[:-1]
    counted = count_by_layer(dead, events, np.cumsum((0, *shape[1:-2])))
    return Revival(
        seeds, arm, task, np.array(shape[1:-1]), **counted, finite=run.finite
    )


def count_by_layer(
    dead: Bools, events: Bools, starts: ArrayLike
) -> dict[str, Integers]:
    """Count the units of each layer, for the fields of `Revival`.

    Parameters
    ----------
    dead : ndarray of bool, shape (steps + 1, n_networks, n_units)
        Which units are dead after each update.
    events : ndarray of bool, shape (steps, n_networks, n_units)
        Which units came back by it.
    starts : array_like of int, shape (n_layers,)
        Number of the first unit of each layer.
    """
    back = np.concatenate([np.zeros_like(dead[:1]), events])
    ever_dead = count_units(np.logical_or.accumulate(dead), starts)
    revived = count_units(np.logical_or.accumulate(back), starts)
    now = count_units(dead, starts)
    return {
        "ever_dead": ever_dead[-1],
        "revived": revived[-1],
        "revivals": count_units(events.sum(axis=0), starts),
        "dead_in_the_end": now[-1],
        "ever_dead_by": ever_dead,
        "revived_by": revived,
        "dead_at": now,
    }


def deepen(widths: tuple[int, ...], depth: int) -> tuple[int, ...]:
    """Return the widths of a network with so many hidden layers, all alike."""
    depth = check_integer("depth", depth, minimum=2, maximum=4)
    return (widths[0], *(widths[1],) * depth, widths[-1])


def count_units(units: ArrayLike, starts: ArrayLike) -> Integers:
    """Add up over the units of each layer, (..., n_layers, n_networks).

    Parameters
    ----------
    units : array_like, shape (..., n_networks, n_units)
        What to count, unit by unit.
    starts : array_like of int, shape (n_layers,)
        Number of the first unit of each layer.
    """
    numbers = np.asarray(units, dtype=np.int64)
    return np.add.reduceat(numbers, np.asarray(starts), axis=-1).swapaxes(-1, -2)
