"""What kills units: each cause alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_array, check_choice, check_seeds
from rectified.datasets import load_digits
from rectified.experiments.dying.life import scatter_points

Floats = NDArray[np.floating]

CAUSES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "learning_rate": (0.1, 0.3, 1.0, 3.0, 10.0),
        "bias": (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0),
        "gain": (0.5, 1.0, math.sqrt(2), 3.0, 6.0),
        "input_scale": (0.3, 1.0, 3.0, 10.0),
        "input_shift": (0.0, 1.0, 3.0, 10.0),
    }
)
"""What is varied, one at a time, and the values that are tried."""

HEALTHY: Mapping[str, float] = MappingProxyType(
    {
        "learning_rate": 0.1,
        "bias": 0.0,
        "gain": math.sqrt(2),
        "input_scale": 1.0,
        "input_shift": 0.0,
    }
)
"""Where the other causes stay meanwhile. Inputs are then standardized, or, in the task
"circles", centered with a standard deviation of about 1.2."""

TASKS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"circles": (2, 32, 32, 1), "digits": (64, 64, 64, 10)}
)
"""Names of the tasks, and the networks that learn them."""


@dataclass(frozen=True)
class CauseMeasurement:
    """Units and answers after training, for each value of one cause.

    Attributes
    ----------
    seeds : tuple of int
        One network and data set per seed.
    task, cause : str
        Keys of `TASKS` and `CAUSES`.
    values : ndarray, shape (n_values,)
        Values of the cause.
    dead_fraction : ndarray, shape (n_values, 2, n_seeds)
        Share of the units in each hidden layer that are silent on all training
        points. NaN where the network diverged.
    start_dead_fraction, first_step_dead_fraction : ndarray, same shape
        The same before training and after the first update.
    accuracy : ndarray, shape (n_values, n_seeds)
        Share of training points classified correctly.
    finite : ndarray of bool, shape (n_values, n_seeds)
        Whether the network did not diverge.
    """

    seeds: tuple[int, ...]
    task: str
    cause: str
    values: Floats
    dead_fraction: Floats
    start_dead_fraction: Floats
    first_step_dead_fraction: Floats
    accuracy: Floats
    finite: NDArray[np.bool_]


def measure_cause(
    cause: str = "learning_rate",
    values: Sequence[float] | None = None,
    seeds: Iterable[int] = range(3),
    *,
    task: str = "circles",
    learning_rate: float = HEALTHY["learning_rate"],
    steps: int = 200,
) -> CauseMeasurement:
    """Train networks with one thing wrong with them.

    Parameters
    ----------
    cause : str
        A key of `CAUSES`. "input_scale" multiplies the inputs, "input_shift" is
        added to them.
    values : sequence of float, optional
        Values of the cause. Default: those of `CAUSES`.
    seeds : iterable of int
        One network and data set per seed.
    task : {"circles", "digits"}
        "circles" has two hidden layers of 32 units, "digits" of 64.
    learning_rate : float
        Step size wherever it is not what is varied.
    steps : int
        Updates of plain gradient descent with 32 points each.

    Returns
    -------
    CauseMeasurement
    """
    check_choice("cause", cause, CAUSES)
    shape = TASKS[check_choice("task", task, TASKS)]
    seeds = check_seeds("seeds", seeds)
    tried = check_array(
        "values", CAUSES[cause] if values is None else values, ndim=(1,)
    )
    setting: dict[str, Any] = {**HEALTHY, "learning_rate": learning_rate}
    setting[cause] = np.repeat(tried, len(seeds))
    x, y = load_points(task, seeds)
    x, y = np.tile(x, (tried.size, 1, 1)), np.tile(y, (tried.size, 1))
    scale, shift = (np.array(setting.pop(f"input_{n}")) for n in ("scale", "shift"))
    x = x * scale.reshape(-1, 1, 1) + shift.reshape(-1, 1, 1)
    run = ensembles.train(
        x,
        y,
        widths=shape,
        seeds=seeds * tried.size,
        loss="logistic" if shape[-1] == 1 else "cross_entropy",
        optimizer="sgd",
        steps=steps,
        batch_size=32,
        record={"accuracy": max(steps, 1), "dead_fraction": max(steps, 1)},
        snapshots=(first := min(steps, 1),),
        **setting,
    )
    early = ensembles.measure(run.snapshots[first], x, names=("dead_fraction",))
    rows = [*run.records["dead_fraction"].values, early["dead_fraction"]]
    dead = np.reshape(rows, (len(rows), tried.size, len(seeds), 2)).swapaxes(2, 3)
    accuracy = run.accuracy[-1].reshape(tried.size, len(seeds))
    finite = run.finite.reshape(tried.size, len(seeds))
    return CauseMeasurement(
        seeds, task, cause, tried, dead[-2], dead[0], dead[-1], accuracy, finite
    )


def load_points(task: str, seeds: tuple[int, ...]) -> tuple[Floats, NDArray[np.int64]]:
    """Return the training points and labels of each seed.

    Parameters
    ----------
    task : {"circles", "digits"}
        200 points in the plane, or 1437 standardized images.
    seeds : tuple of int
        One data set per seed.

    Returns
    -------
    points : ndarray, shape (n_seeds, n_points, n_features)
        Inputs.
    labels : ndarray of int, shape (n_seeds, n_points)
        Classes.
    """
    if check_choice("task", task, TASKS) == "circles":
        return scatter_points(seeds)
    parts = [load_digits(seed=seed, scaling="global").train for seed in seeds]
    return np.array([p.inputs for p in parts]), np.array([p.labels for p in parts])
