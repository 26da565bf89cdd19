"""Networks whose units leak, watched update by update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import (
    FloatArray,
    check_array,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.datasets import make_task
from rectified.experiments.mitigations.leaky import WIDTHS

EVERY = 5
"""Updates between two looks at the networks."""


@dataclass(frozen=True)
class LeakyMoment:
    """Networks after some updates, for several slopes below zero.

    Attributes
    ----------
    accuracy : ndarray, shape (n_slopes, n_seeds)
        Share of training points classified correctly; 0 where a network diverged.
    below : ndarray, shape (n_slopes, 2, n_seeds)
        Share of the units in each hidden layer that are below 0 on all points; 0
        where a network diverged.
    risen : ndarray, shape (n_slopes, 2, n_seeds)
        Share of those that were below 0 on all points before training and are not
        now; 0 if there was none, or where a network diverged.
    slopes : ndarray, shape (n_slopes, 2, n_seeds)
        The slope of each hidden layer; 0 where a network diverged.
    finite : ndarray of bool, shape (n_slopes, n_seeds)
        Whether a network has not diverged.
    """

    accuracy: FloatArray
    below: FloatArray
    risen: FloatArray
    slopes: FloatArray
    finite: NDArray[np.bool_]


def watch_leaky(
    slopes: Sequence[float],
    seeds: Iterable[int] = range(3),
    *,
    bias: float = -3.0,
    learning_rate: float = 1.0,
    learned: bool = False,
    steps: int = 400,
) -> Iterator[LeakyMoment]:
    """Train networks 2-32-32-1 on the circles, like `measure_leaky`, and watch.

    Parameters
    ----------
    slopes : sequence of float
        Slopes below zero, from 0 to 1. All start from the same weights.
    seeds : iterable of int
        One network and data set per seed.
    bias : float
        Initial bias of the hidden units.
    learning_rate : float
        Step size of gradient descent on all points.
    learned : bool
        Whether each hidden layer learns its slope, from the given one on (PReLU).
    steps : int
        Number of updates.

    Yields
    ------
    LeakyMoment
        One before the first update and one after each. Networks are looked at after
        every fifth; in between, the last look is repeated.
    """
    tried = check_array("slopes", slopes, ndim=(1,))
    if tried.min() < 0 or tried.max() > 1:
        advice = "0 is ReLU, 1 is no activation function at all"
        raise problem("slopes", "from 0 to 1", tried.tolist(), advice)
    seeds, steps = check_seeds("seeds", seeds), check_integer("steps", steps)
    tasks = [make_task("circles", noise=0, seed=seed) for seed in seeds]
    x = np.tile([task.points for task in tasks], (tried.size, 1, 1))
    y = np.tile([task.labels for task in tasks], (tried.size, 1))
    descent = ensembles.begin(
        x,
        y,
        widths=WIDTHS,
        seeds=seeds * tried.size,
        activation="prelu" if learned else "leaky_relu",
        negative_slope=np.repeat(tried, len(seeds)),
        gain=2**0.5,
        bias=check_number("bias", bias),
        optimizer="sgd",
        learning_rate=learning_rate,
        steps=steps,
        record=(),
    )
    fixed = np.broadcast_to(tried[:, None, None], (tried.size, 2, len(seeds)))
    start: NDArray[np.bool_] | None = None
    for state in descent:
        if state.step % EVERY == 0:
            found = ensembles.measure(
                state.parameters, x, y, names=("accuracy", "dead_units")
            )
            dead = found["dead_units"].astype(bool)
            start = dead if start is None else start
            seen = _look(found["accuracy"], dead, start, state.parameters)
            moment = _shape(seen, tried.size, fixed)
        yield moment


def _look(
    accuracy: FloatArray,
    dead: NDArray[np.bool_],
    start: NDArray[np.bool_],
    parameters: ensembles.Parameters,
) -> LeakyMoment:
    """Return the moment with all networks along the last axis."""
    finite = np.asarray(np.isfinite(parameters.values).all(axis=1))
    below, were = (units.reshape(len(units), 2, -1) for units in (dead, start))
    risen = (were & ~below).sum(axis=2) / np.maximum(were.sum(axis=2), 1)
    slopes = np.where(finite[:, None], parameters.slopes, 0)
    return LeakyMoment(
        np.where(finite, accuracy, 0),
        np.where(finite[:, None], below.mean(axis=2), 0),
        np.where(finite[:, None], risen, 0),
        slopes,
        finite,
    )


def _shape(moment: LeakyMoment, n_slopes: int, fixed: FloatArray) -> LeakyMoment:
    """Return the moment with slopes along the first axis and seeds along the last."""

    def fold(values: FloatArray) -> FloatArray:
        return values.reshape(n_slopes, -1, 2).swapaxes(1, 2)

    finite = moment.finite.reshape(n_slopes, -1)
    return LeakyMoment(
        moment.accuracy.reshape(n_slopes, -1),
        fold(moment.below),
        fold(moment.risen),
        fold(moment.slopes) if moment.slopes.shape[1] else fixed * finite[:, None],
        finite,
    )
