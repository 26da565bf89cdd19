"""Lesson 05: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import dying as experiment
from rectified.explorables.dying.fates import STEPS, UNITS, watch
from rectified.practice.exercises import Exercise, arrays, numbers

# --- outcomes -----------------------------------------------------------------------


def _deaths(figure: Any) -> Mapping[str, Any]:
    rate, bias, seed = (figure.values[name] for name in ("rate", "bias", "seed"))
    lives = watch(rate, bias, int(seed))  # the figure's own training, kept for it
    dead = lives.dead[:, :UNITS].sum(axis=1)
    steps = np.diff(lives.pre_activation[:, :, :UNITS], axis=0)
    moves = np.abs(steps).mean(axis=(1, 2))
    worst = int(np.diff(dead).argmax())
    others = experiment.measure_death_times([rate], range(16), steps=STEPS)
    shares = others.dead_fraction[0, :, 0].mean(axis=1)
    return {
        "answer": list(enumerate(dead.tolist())),
        "most": np.diff(dead)[worst],
        "update": worst + 1,
        "move": moves[worst],
        "late": moves[-10:].mean(),
        "seeds": len(others.seeds),
        "early": shares[20] / shares[-1],
    }


def _quiet(figure: Any) -> Mapping[str, Any]:
    rate, batch = figure.values["rate"], int(figure.values["batch"])
    found = experiment.measure_quiet(rate, (4,), batch_size=batch, width=16)
    points, _ = experiment.scatter_points((4,))
    weights, biases = found.networks.network(0)
    fires = points[0] @ weights[0] + biases[0] > 0
    dead = ~fires.any(axis=0)
    return {
        "answer": dead.sum(),
        "silent": (~fires[:batch].any(axis=0)).sum(),
        "quiet": (~fires[:batch].any(axis=0) & ~dead).sum(),
        # The batch on which the last quiet unit fires.
        "enough": fires[:, ~dead].argmax(axis=0).max() + 1,
    }


def _phase(figure: Any) -> Mapping[str, Any]:
    # The last of the rates that are safe with a bias of 0, and those that are not.
    rates = [1.55, *(rate for rate in figure.constants["rates"] if rate > 8)]
    seeds = range(5)

    def measure(steps: int) -> NDArray[np.floating]:
        """Return dead shares, (rates, 2): with a bias of 0 and of 1."""
        runs = [
            experiment.draw_phase_diagram(rates, (0.0, 1.0), seed=seed, steps=steps)
            for seed in seeds
        ]
        return np.asarray(np.nanmean([run.dead_fraction for run in runs], axis=0))

    before, after = measure(0), measure(200)
    without, biased = after[1:].mean(axis=0)
    change = biased - without
    answer = "more" if change > 0.15 else "fewer" if change < -0.15 else "same"
    return {
        "answer": "none" if biased < 0.05 else answer,
        "start": before[1:, 1].mean(),
        "without": without,
        "biased": biased,
        "networks": len(seeds),
        "border": rates[0],
        "spared": after[0, 0],
        "harmed": after[0, 1],
    }


def _revival(figure: Any) -> Mapping[str, Any]:
    arm = figure._measured["arms"][figure.values["training"]]
    died, back = ([layer[-1] for layer in arm[name]] for name in ("died", "revived"))
    layers = "".join(str(i + 1) for i, count in enumerate(back) if count)
    names = {"": "none", "1": "first", "23": "later", "123": "all"}
    shares = [b / d for b, d in zip(back, died, strict=True)]
    return {
        "answer": names[layers],
        "died": died[0],
        "first": back[0],
        "second": shares[1],
        "third": shares[2],
        "networks": arm["networks"],
    }


def _cost(figure: Any) -> Mapping[str, Any]:
    found, shares = figure._measured, figure.constants["shares"]
    wide, narrow = (figure.constants["widths"].index(width) for width in (32, 8))
    most = shares.index(87.5)
    return {
        "answer": list(zip(shares, found["accuracy"][wide], strict=True)),
        "left": found["living"][wide][most],
        "still": found["accuracy"][wide][most],
        "narrow": found["accuracy"][narrow][most],
        "networks": found["networks"],
    }


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "05-deaths": _deaths,
    "05-quiet": _quiet,
    "05-bias": _phase,
    "05-revival": _revival,
    "05-cost": _cost,
}


# --- exercises ----------------------------------------------------------------------


def _pre_activations() -> Mapping[str, Any]:
    # Few of them are positive, so that some units die.
    return {"z": arrays((1, 4), (1, 3), elements=numbers(-3, 1))}


def _batches() -> Mapping[str, Any]:
    from hypothesis.strategies import integers

    z = arrays((2, 5), (1, 3), elements=numbers(-3, 1))
    return {"z": z, "size": integers(1, 4)}


def _one_unit() -> Mapping[str, Any]:
    return {
        "w": numbers(-2, 2, step=0.5),
        "b": numbers(-2, 2, step=0.5),
        "x": arrays((1, 3), elements=numbers(-2, 2, step=0.5)),
        "rate": numbers(0.25, 1),
    }


def _step(w: float, b: float, x: Any, rate: float) -> Any:
    path = experiment.train_unit(rate, inputs=x, weight=w, bias=b, steps=1)
    return path.pre_activation[1]


def _dead(z: Any) -> Any:
    return ~(z > 0).any(axis=0)


EXERCISES: Final[Mapping[str, Exercise]] = {
    "05-share": Exercise(
        arguments=_pre_activations,
        reference=lambda z: 1 - (z <= 0).mean(axis=0),
        elementwise=False,
        laws={
            "A unit whose pre-activations are all positive has the share 1": (
                lambda z: (z > 0).all(axis=0)
            ),
            "A unit whose pre-activations are all negative has the share 0": (
                lambda z: (z < 0).all(axis=0)
            ),
            "A pre-activation of exactly 0 does not fire": (
                lambda z: (z == 0).any(axis=0)
            ),
            "A unit that fires on some points has the share of these": lambda z: True,
        },
    ),
    "05-dead": Exercise(
        arguments=_pre_activations,
        reference=lambda z: _dead(z).sum(),
        returns="number",
        laws={
            "If all pre-activations are negative, every unit is dead": (
                lambda z: (z < 0).all()
            ),
            "If every unit fires on some point, none is dead": (
                lambda z: not _dead(z).any()
            ),
            "A pre-activation of exactly 0 is silent, too": (
                lambda z: (z == 0).any() and _dead(z).all()
            ),
            "If some units are dead and others not, only the dead count": (
                lambda z: True
            ),
        },
    ),
    "05-step": Exercise(
        arguments=_one_unit,
        reference=_step,
        elementwise=False,
        laws={
            "A unit that fires on no point stays where it is": (
                lambda w, b, x, rate: not (w * x + b > 0).any()
            ),
            "A single point that fires pushes weight and bias": (
                lambda w, b, x, rate: x.size == 1
            ),
            "Several points push by their mean": (
                lambda w, b, x, rate: (w * x + b > 0).all()
            ),
            "A silent point pushes nothing, but counts in the mean": (
                lambda w, b, x, rate: True
            ),
        },
    ),
    "05-batch": Exercise(
        arguments=_batches,
        unpack=lambda z, size: {"z": z, "size": min(size, len(z))},
        reference=lambda z, size: ~_dead(z) & _dead(z[:size]),
        elementwise=False,
        laws={
            "A unit that fires on the batch is not quiet": (
                lambda z, size: ~_dead(z[:size])
            ),
            "A dead unit is not quiet": lambda z, size: _dead(z),
            "A unit that is silent on the batch and fires elsewhere is quiet": (
                lambda z, size: True
            ),
        },
    ),
}
