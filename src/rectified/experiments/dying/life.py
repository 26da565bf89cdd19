"""Life and death of units: when each one fires, and the step that silences it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import ensembles
from rectified._validate import check_array, check_integer, check_seeds, problem
from rectified.datasets import make_task
from rectified.ensembles import Training

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]

WIDTHS = (2, 32, 32, 1)
"""Two inputs, two hidden layers of 32 units, one logit."""

N_POINTS, BATCH_SIZE, STEPS = 200, 32, 200


def scatter_points(seeds: Sequence[int]) -> tuple[Floats, NDArray[np.int64]]:
    """Draw the training set of each seed: the task "circles" without noise.

    Parameters
    ----------
    seeds : sequence of int
        One data set per seed.

    Returns
    -------
    points : ndarray, shape (n_seeds, 200, 2)
        Inputs, at most 2.5 from the origin.
    labels : ndarray, shape (n_seeds, 200)
        Classes 0 and 1.
    """
    tasks = [make_task("circles", n_points=N_POINTS, noise=0, seed=s) for s in seeds]
    return np.array([t.points for t in tasks]), np.array([t.labels for t in tasks])


@dataclass(frozen=True)
class UnitLives:
    """One network during training; units are counted layer after layer.

    Attributes
    ----------
    seed : int
        Draws the data, the weights and the batches.
    learning_rate, bias : float
        Step size of gradient descent, and initial bias of the hidden units.
    widths : tuple of int
        Units per layer, inputs and outputs included.
    layer : ndarray of int, shape (n_units,)
        Hidden layer of each unit, from 1.
    pre_activation : ndarray, shape (steps + 1, n_points, n_units)
        On all training points, before the first update and after each.
    loss, accuracy : ndarray, shape (steps + 1,)
        On all training points. Not finite once the network has diverged.
    """

    seed: int
    learning_rate: float
    bias: float
    widths: tuple[int, ...]
    layer: NDArray[np.int64]
    pre_activation: Floats = field(repr=False)
    loss: Floats
    accuracy: Floats

    @property
    def activity(self) -> Floats:
        """Share of the points on which each unit fires, (steps + 1, n_units)."""
        return np.asarray((self.pre_activation > 0).mean(axis=1))

    @property
    def dead(self) -> Bools:
        """Whether each unit is silent on all points, (steps + 1, n_units).

        A unit with pre-activations that are NaN is not dead.
        """
        return np.asarray(np.all(self.pre_activation <= 0, axis=1))

    @property
    def deaths(self) -> NDArray[np.int64]:
        """Events as rows (update, unit): the update that silenced the unit."""
        step, unit = np.nonzero(self.dead[1:] & ~self.dead[:-1])
        return np.stack([step + 1, unit], axis=1)

    @property
    def revivals(self) -> NDArray[np.int64]:
        """Events as rows (update, unit): the update after which it fires again."""
        fires = np.asarray(np.any(self.pre_activation > 0, axis=1))
        step, unit = np.nonzero(self.dead[:-1] & fires[1:])
        return np.stack([step + 1, unit], axis=1)


@dataclass(frozen=True)
class FatalUpdate:
    """The update that silenced a unit.

    Attributes
    ----------
    unit, step : int
        Which unit, and how many updates had been made after it.
    before, after : ndarray, shape (n_points,)
        The unit's pre-activations on all training points.
    """

    unit: int
    step: int
    before: Floats
    after: Floats


def watch_units(
    learning_rate: float = 3.0,
    *,
    bias: float = 0.0,
    seed: int = 0,
    widths: Sequence[int] = WIDTHS,
    steps: int = STEPS,
    batch_size: int = BATCH_SIZE,
    optimizer: str = "sgd",
    negative_slope: float = 0.0,
    data_seed: int | None = None,
) -> UnitLives:
    """Train one network and keep all pre-activations of all steps.

    Parameters
    ----------
    learning_rate : float
        Step size.
    bias : float
        Initial bias of the hidden units.
    seed : int
        Draws the weights and the batches.
    widths : sequence of int
        Units per layer: 2, at most 64 in each of some hidden layers, and 1.
    steps : int
        Number of updates, at most 500.
    batch_size : int
        Points per update.
    optimizer : {"sgd", "adam", "adamw"}
        Update rule.
    negative_slope : float
        Slope of the units below 0; 0 makes them ReLUs.
    data_seed : int, optional
        Draws the data. Default: `seed`.

    Returns
    -------
    UnitLives
    """
    seeds = check_seeds("seed", (seed,))
    steps = check_integer("steps", steps, minimum=1, maximum=500)
    shape = tuple(check_integer("widths", w, minimum=1, maximum=64) for w in widths)
    if len(shape) < 3 or shape[0] != 2 or shape[-1] != 1:
        rule = "2, then one or more hidden widths, then 1"
        raise problem("widths", rule, shape, "write for example (2, 16, 16, 1)")
    data = seeds if data_seed is None else check_seeds("data_seed", (data_seed,))
    x, y = scatter_points(data)
    run = ensembles.train(
        x,
        y,
        widths=shape,
        seeds=seeds,
        optimizer=optimizer,
        learning_rate=learning_rate,
        bias=bias,
        steps=steps,
        batch_size=batch_size,
        snapshots=range(steps + 1),
        record=(),
        **choose_activation(negative_slope),
    )
    z, logit = run_history(run, x[0], negative_slope)
    with np.errstate(over="ignore", invalid="ignore"):  # the network may diverge
        loss = np.logaddexp(0, np.where(y[0], -logit, logit)).mean(axis=1)
    right = ((logit > 0) == y[0]) & np.isfinite(logit)
    layer = np.repeat(np.arange(1, len(shape) - 1), shape[1:-1])
    return UnitLives(
        seed, learning_rate, bias, shape, layer, z, loss, right.mean(axis=1)
    )


def choose_activation(negative_slope: ArrayLike) -> dict[str, Any]:
    """Return the arguments of `ensembles.train` for Leaky ReLU, or for ReLU at 0."""
    slope = check_array("negative_slope", negative_slope, ndim=(0, 1))
    if not slope.any():
        return {"activation": "relu"}
    return {"activation": "leaky_relu", "negative_slope": slope}


def run_history(
    run: Training, points: Floats, negative_slope: float = 0.0
) -> tuple[Floats, Floats]:
    """Evaluate every snapshot of a training of one network.

    Parameters
    ----------
    run : rectified.ensembles.Training
        With snapshots.
    points : ndarray, shape (n_points, features)
        Inputs.
    negative_slope : float
        Slope of the units below 0.

    Returns
    -------
    pre_activation : ndarray, shape (n_snapshots, n_points, n_units)
        Of all hidden units, layer after layer.
    logit : ndarray, shape (n_snapshots, n_points)
        The output.
    """
    rows = np.concatenate([run.snapshots[s].values for s in sorted(run.snapshots)])
    history = replace(run.parameters, values=rows, negative_slope=None)
    h, stages = points.astype(rows.dtype), []
    with np.errstate(over="ignore", invalid="ignore"):
        for weight, bias in zip(history.weights, history.biases, strict=True):
            stages.append(h @ weight + bias[:, None])
            h = np.where(stages[-1] > 0, stages[-1], negative_slope * stages[-1])
    logit = stages.pop()[:, :, 0]
    return np.concatenate(stages, axis=2), logit


def find_fatal_update(lives: UnitLives, unit: int) -> FatalUpdate | None:
    """Return the last update that silenced a unit, None if there was none.

    Parameters
    ----------
    lives : UnitLives
        A training.
    unit : int
        Number of the unit, from 0.

    Returns
    -------
    FatalUpdate or None
    """
    unit = check_integer("unit", unit, maximum=lives.layer.size - 1)
    steps = lives.deaths[lives.deaths[:, 1] == unit, 0]
    if not steps.size:
        return None
    step = int(steps[-1])
    before, after = lives.pre_activation[step - 1 : step + 1, :, unit]
    return FatalUpdate(unit, step, before, after)
