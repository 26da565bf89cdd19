"""A race between activation functions, fair and unfair."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import activations, ensembles
from rectified._validate import (
    FloatArray,
    check_array,
    check_choice,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.activations import Activation
from rectified.datasets import Digits, load_digits


class Runner(NamedTuple):
    """A function, the gain of the weights before it, and what is added to it."""

    activation: str
    gain: float
    shift: float = 0.0

    def build(self) -> Activation:
        """Return the function for `ensembles.train`."""
        plain = activations.get(self.activation)
        if not self.shift:
            return plain
        return replace(
            plain,
            name=f"{plain.name} {self.shift:+.3f}",
            function=lambda z: plain.function(z) + np.float32(self.shift),
        )


RUNNERS: Mapping[str, Runner] = MappingProxyType(
    {
        "relu": Runner("relu", 2**0.5),
        "leaky_relu": Runner("leaky_relu", 2**0.5),
        "prelu": Runner("prelu", 2**0.5),
        "elu": Runner("elu", 2**0.5),
        "gelu": Runner("gelu", 2**0.5),
        "silu": Runner("silu", 2**0.5),
        "tanh": Runner("tanh", 1.0),
        "sigmoid": Runner("sigmoid", 1.0),
        "sigmoid_gain_4": Runner("sigmoid", 4.0),
        "relu_centered": Runner("relu", 2**0.5, -1 / math.sqrt(2 * math.pi)),
        "tanh_plus_1": Runner("tanh", 1.0, 1.0),
    }
)
"""Who runs. The first six start with He's weights, tanh and sigmoid with Xavier's.
"sigmoid_gain_4" makes up for sigmoid's largest slope of 1/4. "relu_centered" is ReLU
minus its mean for standard normal pre-activations, 0.399."""

RATES = (0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 4.0)
"""Learning rates from which each runner gets its own best one."""

EVERY = 5
"""Updates between two looks at the test accuracy."""

WIDTH = 32


@dataclass(frozen=True)
class Race:
    """Test accuracy over time, for every runner and learning rate.

    Attributes
    ----------
    seeds : tuple of int
        One network, split of the digits and order of the batches per seed.
    runners : tuple of str
        Keys of `RUNNERS`.
    depth : int
        Number of hidden layers.
    optimizer : str
        Update rule.
    rates : ndarray, shape (n_rates,)
        Learning rates.
    goal : float
        Test accuracy at which a network arrives.
    looks : ndarray of int, shape (n_looks,)
        Numbers of updates after which the accuracy was measured.
    curves : ndarray, shape (n_runners, n_rates, n_looks, n_seeds)
        Share of test images classified correctly.
    """

    seeds: tuple[int, ...]
    runners: tuple[str, ...]
    depth: int
    optimizer: str
    rates: FloatArray
    goal: float
    looks: NDArray[np.int64]
    curves: FloatArray

    @property
    def max_steps(self) -> int:
        """Number of updates in each run."""
        return int(self.looks[-1])

    @property
    def steps(self) -> FloatArray:
        """Updates until a network arrived, (n_runners, n_rates, n_seeds).

        Infinity if it never did.
        """
        reached = self.curves >= self.goal
        first = self.looks[reached.argmax(axis=2)]
        return np.where(reached.any(axis=2), first, np.inf)

    @property
    def best(self) -> tuple[int, ...]:
        """Index of each runner's best rate: the lowest mean of `capped_steps`.

        Among equals, such as rates at which nobody arrives, the highest accuracy.
        """
        # An accuracy is at most 1, two means of steps differ by more than 1e-3.
        score = self.capped_steps.mean(axis=2) - 1e-3 * self.curves[:, :, -1].mean(2)
        return tuple(score.argmin(axis=1).tolist())

    @property
    def capped_steps(self) -> FloatArray:
        """The steps, with `max_steps` for runs that never got there."""
        return np.minimum(self.steps, self.max_steps)

    def fair(self, runner: str) -> FloatArray:
        """Return the steps of a runner at its own best rate, shape (n_seeds,)."""
        row = self.runners.index(check_choice("runner", runner, self.runners))
        return np.asarray(self.steps[row, self.best[row]])

    def unfair(self, runner: str, rate: float) -> FloatArray:
        """Return the steps of a runner at a rate that all have to use, (n_seeds,)."""
        row = self.runners.index(check_choice("runner", runner, self.runners))
        found = np.flatnonzero(self.rates == rate)
        if not found.size:
            advice = "choose one of those"
            raise problem("rate", f"one of {self.rates.tolist()}", rate, advice)
        return np.asarray(self.steps[row, found[0]])


def run_race(
    runners: Sequence[str] = ("relu", "tanh", "sigmoid", "sigmoid_gain_4"),
    *,
    depth: int = 2,
    rates: Sequence[float] = RATES,
    seeds: Iterable[int] = range(3),
    optimizer: str = "sgd",
    max_steps: int = 150,
    batch_size: int = 32,
    goal: float = 0.9,
    scaling: str = "global",
    n_train: int | None = None,
) -> Race:
    """Train every runner at every learning rate on the digits.

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
    optimizer : {"sgd", "adam"}
        Update rule. Adam needs rates about a hundred times smaller.
    max_steps : int
        Updates in each run, a multiple of 5.
    batch_size : int
        Images per update.
    goal : float
        Test accuracy at which a network arrives. Some networks never get beyond 0.95.
    scaling : {"global", "feature", "unit", "raw"}
        How the pixels are scaled, see `rectified.datasets.load_digits`.
    n_train : int, optional
        Training images. Default: all 1437.

    Returns
    -------
    Race
    """
    names = tuple(check_choice("runners", name, RUNNERS) for name in runners)
    depth = check_integer("depth", depth, minimum=1, maximum=10)
    tried = check_array("rates", rates, ndim=(1,))
    seeds = check_seeds("seeds", seeds)
    max_steps = check_integer("max_steps", max_steps, minimum=EVERY)
    goal = check_number("goal", goal, minimum=0.0, maximum=1.0)
    looks = np.arange(0, max_steps + 1, EVERY)
    if looks[-1] != max_steps:
        advice = "round it to one"
        raise problem("max_steps", f"a multiple of {EVERY}", max_steps, advice)
    setting = {
        "widths": (64, *[WIDTH] * depth, 10),
        "learning_rate": tried,
        "optimizer": optimizer,
        "batch_size": batch_size,
    }
    shape = (len(names), tried.size, looks.size, len(seeds))
    curves = np.empty(shape)
    for column, seed in enumerate(seeds):
        digits = load_digits(seed=seed, scaling=scaling, n_train=n_train)
        setting["seeds"] = [seed] * tried.size
        for row, name in enumerate(names):
            curves[row, ..., column] = _run(RUNNERS[name], digits, looks, setting).T
    return Race(seeds, names, depth, optimizer, tried, goal, looks, curves)


def _run(
    runner: Runner,
    digits: Digits,
    looks: NDArray[np.int64],
    setting: dict[str, Any],
) -> FloatArray:
    """Return the test accuracy at each look, (n_looks, n_rates)."""
    run = ensembles.train(
        digits.train.inputs,
        digits.train.labels,
        activation=runner.build(),
        gain=runner.gain,
        loss="cross_entropy",
        steps=int(looks[-1]),
        record=(),
        snapshots=looks.tolist(),
        **setting,
    )
    x, y = digits.test.inputs, digits.test.labels
    found = [
        ensembles.measure(
            run.snapshots[look], x, y, names=("accuracy",), loss="cross_entropy"
        )
        for look in looks.tolist()
    ]
    return np.array([one["accuracy"] for one in found])
