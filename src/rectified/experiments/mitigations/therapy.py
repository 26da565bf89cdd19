"""How treatments are carried out: like ones together, each network by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import FloatArray
from rectified.experiments.mitigations.blocks import (
    build_blocks,
    run_blocks,
    train_blocks,
)
from rectified.experiments.mitigations.cases import Patient

WIDTH, CLASSES, BATCH_SIZE = 32, 10, 32

PER_NETWORK = ("learning_rate", "bias", "gain", "negative_slope", "clip_norm")
"""Settings that may differ between networks that are trained together."""


class Data(NamedTuple):
    """Training images of each seed, and when to look at the networks."""

    seeds: tuple[int, ...]
    inputs: FloatArray  # (seeds, images, 64)
    labels: NDArray[np.int64]  # (seeds, images)
    looks: NDArray[np.int64]

    def repeat(self, times: int) -> Data:
        """Return the data for several networks of each seed."""
        return Data(
            self.seeds * times,
            np.tile(self.inputs, (times, 1, 1)),
            np.tile(self.labels, (times, 1)),
            self.looks,
        )


class Course(NamedTuple):
    """What is seen of networks at each look; NaN where they have diverged."""

    loss: FloatArray  # (looks, networks)
    accuracy: FloatArray  # (looks, networks)
    dead_fraction: FloatArray  # (looks, networks, layers)
    slopes: FloatArray  # (looks, networks, layers that learn one)
    finite: NDArray[np.bool_]  # (networks,)

    def pick(self, networks: slice) -> Course:
        """Return some of the networks."""
        return Course(
            self.loss[:, networks],
            self.accuracy[:, networks],
            self.dead_fraction[:, networks],
            self.slopes[:, networks],
            self.finite[networks],
        )


def carry_out(
    case: Patient, changes: Mapping[str, Mapping[str, Any]], data: Data
) -> dict[str, Course]:
    """Give each treatment to the same networks; the result is by treatment.

    Networks that differ only in numbers are trained in one call, and treatments that
    come to the same are carried out once.

    Parameters
    ----------
    case : Patient
        Who is treated.
    changes : mapping of str to mapping
        Treatments by name, as in `TREATMENTS`.
    data : Data
        One network per seed.

    Returns
    -------
    dict of str to Course
    """
    plans = {name: _make_plan(case, change) for name, change in changes.items()}
    groups: dict[str, list[dict[str, Any]]] = {}
    for plan in plans.values():
        group = groups.setdefault(_kind(plan), [])
        if plan not in group:
            group.append(plan)
    courses: dict[str, list[Course]] = {}
    for kind, group in groups.items():
        run = _run_blocks if {"norm", "residual"} & set(group[0]) else _run_plain
        course = run(case, group, data.repeat(len(group)))
        n_seeds = len(data.seeds)
        starts = range(0, n_seeds * len(group), n_seeds)
        courses[kind] = [course.pick(slice(s, s + n_seeds)) for s in starts]
    return {
        name: courses[_kind(plan)][groups[_kind(plan)].index(plan)]
        for name, plan in plans.items()
    }


def _make_plan(case: Patient, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings of a treated patient."""
    factor = change.get("rate_factor", 1.0)
    own = {"learning_rate": case.learning_rate * factor}
    own |= {"bias": case.bias, "gain": case.gain}
    return own | {name: v for name, v in change.items() if name != "rate_factor"}


def _kind(plan: Mapping[str, Any]) -> str:
    """Return what must be the same in networks that are trained together."""
    shared = {k: v for k, v in plan.items() if k not in PER_NETWORK}
    # A limit for some would change how the gradients of all are computed.
    return repr((sorted(shared.items()), "clip_norm" in plan))


def _spread_out(plans: Sequence[Mapping[str, Any]], n_networks: int) -> dict[str, Any]:
    """Return the plans as settings with one number for each network."""
    times = n_networks // len(plans)
    return {
        name: np.repeat([plan[name] for plan in plans], times)
        if name in PER_NETWORK
        else value
        for name, value in plans[0].items()
    }


def _widths(case: Patient) -> tuple[int, ...]:
    return (64, *[WIDTH] * case.depth, CLASSES)


def _run_plain(case: Patient, plans: Sequence[Mapping[str, Any]], data: Data) -> Course:
    """Train networks without norms and residual connections."""
    run = ensembles.train(
        data.inputs,
        data.labels,
        widths=_widths(case),
        seeds=data.seeds,
        loss="cross_entropy",
        steps=int(data.looks[-1]),
        batch_size=BATCH_SIZE,
        record=(),
        snapshots=data.looks.tolist(),
        **({"optimizer": "sgd"} | _spread_out(plans, len(data.seeds))),
    )
    names = ("loss", "accuracy", "dead_fraction")
    looks = [run.snapshots[look] for look in data.looks.tolist()]
    points, loss_name = (data.inputs, data.labels), "cross_entropy"
    seen = [ensembles.measure(p, *points, names=names, loss=loss_name) for p in looks]
    loss, accuracy, dead = (np.array([one[name] for one in seen]) for name in names)
    loss = np.where(np.isfinite(loss), loss, np.nan)
    return Course(loss, accuracy, dead, np.array([p.slopes for p in looks]), run.finite)


def _run_blocks(
    case: Patient, plans: Sequence[Mapping[str, Any]], data: Data
) -> Course:
    """Train networks with a norm or residual connections."""
    setting = _spread_out(plans, len(data.seeds))
    start = ensembles.initialize(
        _widths(case),
        seeds=data.seeds,
        bias=setting.pop("bias"),
        gain=setting.pop("gain"),
        dtype=data.inputs.dtype,
    )
    rate = setting.pop("learning_rate")
    networks = build_blocks(start, **setting)
    batches = draw_batches(data.seeds, data.inputs.shape[1])
    seen = []
    for steps in np.diff(data.looks, prepend=0).tolist():
        networks = train_blocks(
            networks,
            data.inputs,
            data.labels,
            batches=batches,
            learning_rate=rate,
            steps=steps,
        )
        with np.errstate(over="ignore", invalid="ignore"):  # they may have diverged
            passed = run_blocks(networks, data.inputs)
            seen.append(_look(passed.output, passed.pre_activations, data.labels))
    finite = np.asarray(np.isfinite(networks.values).all(axis=1))
    none = np.empty((len(seen), len(data.seeds), 0))
    loss, accuracy, dead = (np.array(part) for part in zip(*seen, strict=True))
    return Course(loss, accuracy, dead, none, finite)


def _look(
    output: FloatArray, hidden: Iterable[FloatArray], labels: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return loss, accuracy and dead fractions of networks with these outputs."""
    logits = output - output.max(axis=2, keepdims=True)
    own = np.take_along_axis(logits, labels[..., None], axis=2)[..., 0]
    loss = (np.log(np.exp(logits).sum(axis=2)) - own).mean(axis=1)
    right = (output.argmax(axis=2) == labels) & ~np.isnan(output).any(axis=2)
    tops = np.array([z.max(axis=1) for z in hidden])  # (layers, networks, units)
    dead = np.mean(tops <= 0, axis=2)
    dead[~np.isfinite(tops).all(axis=2)] = np.nan
    loss = np.where(np.isfinite(loss), loss, np.nan)
    return loss, right.mean(axis=1), dead.T


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
