"""The race between activation functions, watched update by update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import (
    FloatArray,
    check_array,
    check_choice,
    check_integer,
    check_seeds,
)
from rectified.datasets import load_digits
from rectified.ensembles import Parameters
from rectified.experiments.mitigations.race import EVERY, RUNNERS, WIDTH


@dataclass(frozen=True)
class RaceMoment:
    """All runners after some updates.

    Attributes
    ----------
    looked : int
        Number of updates at the last look at the test images.
    accuracy : ndarray, shape (n_runners, n_rates, n_seeds)
        Share of test images classified correctly then.
    """

    looked: int
    accuracy: FloatArray


def watch_race(
    runners: Sequence[str],
    *,
    depth: int = 2,
    rates: Sequence[float],
    seeds: Iterable[int] = range(3),
    max_steps: int = 150,
    n_train: int | None = None,
    every: int = EVERY,
) -> Iterator[RaceMoment]:
    """Run the race of `run_race`, all runners side by side.

    Parameters
    ----------
    runners : sequence of str
        Keys of `RUNNERS`.
    depth : int
        Hidden layers of 32 units, from 1 to 10.
    rates : sequence of float
        Learning rates.
    seeds : iterable of int
        One network per seed; all runners and rates share its draws.
    max_steps : int
        Updates in each run.
    n_train : int, optional
        Training images. Default: all 1437.
    every : int
        Updates between two looks at the test images.

    Yields
    ------
    RaceMoment
        One before the first update and one after each.
    """
    names = tuple(check_choice("runners", name, RUNNERS) for name in runners)
    depth = check_integer("depth", depth, minimum=1, maximum=10)
    tried = check_array("rates", rates, ndim=(1,))
    seeds, every = check_seeds("seeds", seeds), check_integer("every", every, minimum=1)
    digits = [load_digits(seed=s, scaling="global", n_train=n_train) for s in seeds]
    x, y, test_x, test_y = (
        np.tile(np.array(part), (tried.size, *[1] * np.ndim(part[0])))
        for part in (
            [one.train.inputs for one in digits],
            [one.train.labels for one in digits],
            [one.test.inputs for one in digits],
            [one.test.labels for one in digits],
        )
    )
    setting = {
        "widths": (64, *[WIDTH] * depth, 10),
        "learning_rate": np.repeat(tried, len(seeds)),
        "seeds": seeds * tried.size,
        "optimizer": "sgd",
        "batch_size": 32,
        "loss": "cross_entropy",
        "steps": max_steps,
        "record": (),
    }
    races = [
        ensembles.begin(
            x, y, activation=RUNNERS[name].build(), gain=RUNNERS[name].gain, **setting
        )
        for name in names
    ]
    shape = (len(names), tried.size, len(seeds))
    accuracy = np.zeros(shape)
    for step, states in enumerate(zip(*races, strict=True)):
        if step % every == 0:
            found = [_look(state.parameters, test_x, test_y) for state in states]
            accuracy = np.array(found).reshape(shape)
        yield RaceMoment(step - step % every, accuracy)


def _look(
    parameters: Parameters, x: FloatArray, y: NDArray[np.int64]
) -> NDArray[np.float64]:
    measured = ensembles.measure(
        parameters, x, y, names=("accuracy",), loss="cross_entropy"
    )
    return np.asarray(measured["accuracy"], dtype=np.float64)
