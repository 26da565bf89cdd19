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
    """Units that died and units that came back, for each of two hidden layers.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    arm, task : str
        Keys of `TRAININGS` and `causes.TASKS`.
    units : ndarray of int, shape (2,)
        Units in each layer of one network.
    ever_dead : ndarray of int, shape (2, n_seeds)
        Units that were silent on all training points at some step.
    revived : ndarray of int, shape (2, n_seeds)
        Those of them that fired on some training point later.
    revivals : ndarray of int, shape (2, n_seeds)
        How many times that happened.
    dead_in_the_end : ndarray of int, shape (2, n_seeds)
        Units that are silent after the last update.
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
    finite: NDArray[np.bool_]


def measure_revival(
    arm: str = "sgd",
    seeds: Iterable[int] = range(16),
    *,
    task: str = "circles",
    steps: int = 300,
    learning_rate: float | None = None,
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

    Returns
    -------
    Revival
    """
    setting = dict(TRAININGS[check_choice("arm", arm, TRAININGS)])
    shape = TASKS[check_choice("task", task, TASKS)]
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
    alive = known & ~dead
    events = alive[1:] & dead[:-1]

    def count(units: ArrayLike) -> Integers:
        """Add up over the units of each layer, (2, n_seeds)."""
        ends = [0, shape[1]]
        return np.add.reduceat(np.asarray(units, dtype=np.int64), ends, axis=1).T

    return Revival(
        seeds,
        arm,
        task,
        units=np.array(shape[1:-1]),
        ever_dead=count(dead.any(axis=0)),
        revived=count(events.any(axis=0)),
        revivals=count(events.sum(axis=0)),
        dead_in_the_end=count(dead[-1]),
        finite=run.finite,
    )
