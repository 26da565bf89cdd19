"""The resuscitation ward: sick networks, and one treatment at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import FloatArray, check_choice, check_integer, check_seeds
from rectified.datasets import load_digits
from rectified.experiments.mitigations.blocks import (
    build_blocks,
    run_blocks,
    train_blocks,
)
from rectified.experiments.mitigations.cases import PATIENTS, TREATMENTS, Patient

WIDTH, CLASSES, BATCH_SIZE = 64, 10, 32


@dataclass(frozen=True)
class Outcome:
    """Networks after one treatment.

    Attributes
    ----------
    dead_fraction : ndarray, shape (depth, n_seeds)
        Share of the units in each hidden layer whose pre-activation is at most 0 on
        all training images, so that a ReLU would be silent. NaN where the network
        diverged.
    accuracy : ndarray, shape (n_seeds,)
        Share of training images classified correctly. A guess is right one time in
        ten, a network that diverged never.
    finite : ndarray of bool, shape (n_seeds,)
        Whether the network did not diverge.
    slopes : ndarray, shape (n_seeds, depth)
        Slopes that PReLU has learned from 0.25 on; no columns for other treatments.
    """

    dead_fraction: FloatArray
    accuracy: FloatArray
    finite: NDArray[np.bool_]
    slopes: FloatArray


@dataclass(frozen=True)
class Ward:
    """All treatments of one patient.

    Attributes
    ----------
    seeds : tuple of int
        One network, split of the digits and order of the batches per seed.
    patient : str
        A key of `PATIENTS`.
    outcomes : mapping of str to Outcome
        By treatment.
    """

    seeds: tuple[int, ...]
    patient: str
    outcomes: Mapping[str, Outcome]


def treat(
    patient: str = "high_rate",
    treatments: Sequence[str] = tuple(TREATMENTS),
    seeds: Iterable[int] = range(3),
    *,
    steps: int = 200,
    n_train: int = 1000,
) -> Ward:
    """Give each treatment to fresh copies of one patient.

    Parameters
    ----------
    patient : str
        A key of `PATIENTS`.
    treatments : sequence of str
        Keys of `TREATMENTS`.
    seeds : iterable of int
        One network per seed; all treatments start from the same ones.
    steps : int
        Updates with 32 images each.
    n_train : int
        Training images, from 32 to 1437.

    Returns
    -------
    Ward
    """
    case = PATIENTS[check_choice("patient", patient, PATIENTS)]
    names = tuple(check_choice("treatments", t, TREATMENTS) for t in treatments)
    seeds, steps = check_seeds("seeds", seeds), check_integer("steps", steps)
    check_integer("n_train", n_train, minimum=BATCH_SIZE, maximum=1437)
    parts = [load_digits(seed=s, scaling="global", n_train=n_train) for s in seeds]
    x = np.array([part.train.inputs for part in parts])
    y = np.array([part.train.labels for part in parts])
    outcomes = {}
    for name in names:
        change = dict(TREATMENTS[name])
        is_block = "norm" in change or "residual" in change
        apply = _apply_block if is_block else _apply_plain
        outcomes[name] = apply(case, change, (x, y), seeds, steps=steps)
    return Ward(seeds, patient, MappingProxyType(outcomes))


def _apply_plain(
    case: Patient,
    change: dict[str, Any],
    data: tuple[FloatArray, NDArray[np.int64]],
    seeds: tuple[int, ...],
    *,
    steps: int,
) -> Outcome:
    """Train networks without norms and residual connections."""
    rate = case.learning_rate * change.pop("rate_factor", 1.0)
    setting = {"learning_rate": rate, "bias": case.bias, "gain": case.gain} | change
    every = max(steps, 1)
    run = ensembles.train(
        *data,
        widths=(64, *[WIDTH] * case.depth, CLASSES),
        seeds=seeds,
        loss="cross_entropy",
        steps=steps,
        batch_size=BATCH_SIZE,
        record={"accuracy": every, "dead_fraction": every},
        **({"optimizer": "sgd"} | setting),
    )
    return Outcome(
        run.records["dead_fraction"].values[-1].T,
        run.accuracy[-1],
        run.finite,
        run.parameters.slopes.copy(),
    )


def _apply_block(
    case: Patient,
    change: dict[str, Any],
    data: tuple[FloatArray, NDArray[np.int64]],
    seeds: tuple[int, ...],
    *,
    steps: int,
) -> Outcome:
    """Train networks with a norm or residual connections."""
    (x, y), widths = data, (64, *[WIDTH] * case.depth, CLASSES)
    start = ensembles.initialize(
        widths, seeds=seeds, bias=case.bias, gain=case.gain, dtype=x.dtype
    )
    networks = train_blocks(
        build_blocks(start, **change),
        x,
        y,
        batches=draw_batches(seeds, x.shape[1]),
        learning_rate=case.learning_rate,
        steps=steps,
    )
    with np.errstate(over="ignore", invalid="ignore"):  # a network may have diverged
        passed = run_blocks(networks, x)
        tops = np.array([z.max(axis=1) for z in passed.pre_activations])
    dead = np.mean(tops <= 0, axis=2)
    dead[~np.isfinite(tops).all(axis=2)] = np.nan
    right = (passed.output.argmax(axis=2) == y) & ~np.isnan(passed.output).any(axis=2)
    finite = np.asarray(np.isfinite(networks.values).all(axis=1))
    none = np.empty((len(seeds), 0))
    return Outcome(dead, right.mean(axis=1), finite, none)


def draw_batches(seeds: Sequence[int], n_points: int) -> Iterator[NDArray[np.int64]]:
    """Return batches of 32 without end, epoch after epoch in a new order.

    Parameters
    ----------
    seeds : sequence of int
        One order of the points per seed.
    n_points : int
        Points to draw from; those that are left over at the end of an epoch wait
        for the next one.

    Returns
    -------
    iterator of ndarray of int, shape (n_seeds, 32)
    """
    rngs = [np.random.default_rng((seed, 2)) for seed in seeds]
    while True:
        order = np.stack([rng.permutation(n_points) for rng in rngs])
        for start in range(0, n_points - BATCH_SIZE + 1, BATCH_SIZE):
            yield order[:, start : start + BATCH_SIZE]
