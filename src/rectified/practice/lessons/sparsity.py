"""Lesson 03: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from rectified.experiments import sparsity as experiment
from rectified.practice.exercises import Exercise, arrays, numbers

# --- outcomes -----------------------------------------------------------------------


def _depth(figure: Any) -> Mapping[str, Any]:
    # The figure's own network, at the bias that the question names.
    zeros = experiment.count_layer_zeros(experiment.draw_layers(), bias=-0.5).zeros
    answer = [[layer, float(100 * zeros[layer - 1])] for layer in range(1, 9)]
    names = {"first": zeros[0], "fourth": zeros[3], "last": zeros[-1]}
    return {"answer": answer, **names}


def _training(figure: Any) -> Mapping[str, Any]:
    # Arm 0 is SGD without a penalty; rows are records, columns the two layers.
    table = figure._measured["zeros"]["mean"][0]
    start, end = (float(np.mean(table[row])) for row in (0, -1))
    change = end - start
    answer = "same" if abs(change) < 0.05 else "more" if change > 0 else "fewer"
    return {"answer": answer, "start": start, "end": end}


def _quiet(figure: Any) -> Mapping[str, Any]:
    values, measured = figure.values, figure._measured
    row = measured["networks"].index(values["network"])
    column = measured["shifts"].index(values["shift"])
    first = np.array(measured["first"][row][column][values["layer"] - 1])
    dead = (first == 0).sum()
    silent = dead + (first > values["batch"]).sum()
    images = measured["n_train"]
    rare = experiment.silent_on_batches([round(images / 50)], images)[values["batch"]]
    counts = {"dead": dead, "silent": silent, "units": first.size, "images": images}
    return {"answer": 100 * dead / silent, "rare": rare, **counts}


def _cost(figure: Any) -> Mapping[str, Any]:
    times = figure.compute(figure.values).milliseconds
    best = min(times["csr with conversion"], times["gather"])
    speed = times["dense"] / best
    limits = {"twice": 1.7, "some": 1.1, "same": 0.9, "slower": 0.0}
    answer = next(key for key, least in limits.items() if speed >= least)
    return {"answer": answer, "ratio": best / times["dense"]}


def _noise(figure: Any) -> Mapping[str, Any]:
    measured, values = figure._measured, figure.values
    noise = figure.constants["noise"].index(values["noise"])
    comparison = figure.constants["comparisons"].index("equal budget")
    arms = measured["runs"][noise][comparison]
    keys = ("relu", "leaky", "tanh", "sigmoid")
    winners = set(np.argmax([arm["compared"] for arm in arms], axis=0))
    answer = keys[winners.pop()] if len(winners) == 1 else "none"
    found: dict[str, Any] = {"answer": answer, "seeds": measured["n_seeds"]}
    for key, arm in zip(keys, arms, strict=True):
        found |= {key: np.mean(arm["compared"]), f"{key}_fit": arm["train"][-1]}
    return found


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "03-depth": _depth,
    "03-training": _training,
    "03-quiet": _quiet,
    "03-cost": _cost,
    "03-noise": _noise,
}


# --- exercises ----------------------------------------------------------------------


def _outputs(images: tuple[int, int]) -> Any:
    """Return outputs of three units, so rare that some fall silent."""
    from hypothesis.strategies import sampled_from

    return arrays(images, 3, elements=sampled_from([0.0, 0.0, 1.0, 0.5]))


def _join(now: Any, later: Any, units: float) -> Mapping[str, Any]:
    """Return a batch and the images after it as one array."""
    return {"a": np.concatenate([now, later])[:, : int(units)], "batch": len(now)}


def _often(value: float, others: Any) -> Any:
    """Return a strategy that gives one special number more often than by chance."""
    from hypothesis.strategies import just, one_of

    return one_of(just(value), others, others)


# `unpack` also puts the arguments in order: hypothesis shuffles a dict.
EXERCISES: Final[Mapping[str, Exercise]] = {
    "03-measure": Exercise(
        arguments=lambda: {
            "z": arrays((1, 3), (1, 4), elements=numbers(-2, 2)),
            "bias": numbers(-3, 3),
        },
        unpack=lambda z, bias: {"z": z, "bias": bias},
        reference=lambda z, bias: np.mean(z + bias <= 0),
        returns="number",
        laws={
            "If all pre-activations are positive, the share is 0": (
                lambda z, bias: (z + bias > 0).all()
            ),
            "If all are negative, it is 1": lambda z, bias: (z + bias < 0).all(),
            "A pre-activation of exactly 0 gives a zero, too": (
                lambda z, bias: (z + bias == 0).any()
            ),
            "In between, it is the number of zeros over the number of outputs": (
                lambda z, bias: True
            ),
        },
    ),
    "03-predict": Exercise(
        arguments=lambda: {
            "bias": _often(0.0, numbers(-3, 3)),
            "spread": _often(1.0, numbers(0.5, 3)),
        },
        unpack=lambda bias, spread: {"bias": bias, "spread": spread},
        reference=lambda bias, spread: NormalDist().cdf(-bias / spread),
        returns="number",
        rtol=1e-4,
        laws={
            "Without a bias it is one half": lambda bias, spread: bias == 0,
            "With spread 1 it is $\\Phi(-b)$": lambda bias, spread: spread == 1,
            "With any spread it is $\\Phi(-b/\\sigma)$": lambda bias, spread: True,
        },
    ),
    "03-bias": Exercise(
        arguments=lambda: {
            "share": _often(0.5, numbers(0.05, 0.95, step=0.05)),
            "spread": _often(1.0, numbers(0.5, 3)),
        },
        unpack=lambda share, spread: {"share": share, "spread": spread},
        reference=lambda share, spread: -spread * NormalDist().inv_cdf(share),
        returns="number",
        # Whoever searches for the bias step by step gets there, too.
        rtol=1e-3,
        atol=1e-3,
        laws={
            "Half of the outputs are 0 without a bias": (
                lambda share, spread: share == 0.5
            ),
            "With spread 1, the bias gives the share that was asked for": (
                lambda share, spread: spread == 1
            ),
            "With any spread, it does, too": lambda share, spread: True,
        },
    ),
    "03-find-quiet": Exercise(
        arguments=lambda: {
            "now": _outputs((1, 3)),
            "later": _outputs((0, 3)),
            "units": numbers(1, 3, step=1),
        },
        unpack=_join,
        reference=lambda a, batch: (a[:batch] == 0).all(axis=0) & a.any(axis=0),
        elementwise=False,
        laws={
            "A unit that fires in the batch is not quiet": (
                lambda a, batch: a[:batch].any(axis=0)
            ),
            "A unit that is silent in the batch and fires later is quiet": (
                lambda a, batch: ~a[:batch].any(axis=0) & a[batch:].any(axis=0)
            ),
            "A unit that never fires is dead, not quiet": (
                lambda a, batch: ~a.any(axis=0)
            ),
        },
    ),
}
