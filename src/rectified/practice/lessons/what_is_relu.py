"""Lesson 01: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Final

import numpy as np

from rectified.experiments import what_is_relu as experiment
from rectified.practice.exercises import Exercise, arrays

# --- outcomes -----------------------------------------------------------------------


def _bias(figure: Any) -> Mapping[str, Any]:
    inputs = experiment.GATE_PRESETS[figure.values["inputs"]]
    before, after = (experiment.gate(inputs, bias=b).mask.sum() for b in (0, 1))
    return {"answer": after, "before": before}


def _slope(figure: Any) -> Mapping[str, Any]:
    # Drawn with one unit across as long as two units up, and as long as one.
    angles = [experiment.drawn_angle(1, ratio) for ratio in (1, 0.5)]
    slope = experiment.relu_max(np.array([1.0, 2.0])) @ [-1, 1]
    same = slope == 1 and angles[0] != angles[1]
    return {"answer": "same" if same else "depends", "slope": slope}


def _zigzag(figure: Any) -> Mapping[str, Any]:
    places = np.arange(-3, 3, 0.5)  # its corners lie on this grid
    errors: dict[int, float] = {}
    for count in range(1, 6):
        fits = (experiment.fit_hinges("zigzag", k) for k in combinations(places, count))
        errors[count] = min(fit.rms_error for fit in fits)
        if errors[count] < 1e-9:
            break
    return {"answer": count, "error": errors[count - 1]}


def _stack(figure: Any) -> Mapping[str, Any]:
    def accuracy(stack: str, layers: int) -> float:
        setting = {"task": "spirals", "hidden_layers": layers}
        arms = figure.compute({**figure.values, **setting})
        return float(arms[stack].accuracy)

    relu, linear = ([accuracy(name, n) for n in (1, 3)] for name in ("ReLU", "linear"))
    gains = {"relu": relu[1] - relu[0] > 0.05, "linear": linear[1] - linear[0] > 0.05}
    better = [name for name, gained in gains.items() if gained]
    answer = {0: "neither", 1: "".join(better), 2: "both"}[len(better)]
    numbers = {"shallow": relu[0], "deep": relu[1], "linear": max(linear)}
    return {"answer": answer, **numbers}


def _pieces(figure: Any) -> Mapping[str, Any]:
    _, counts = figure.compute({**figure.values, "trained": False})
    one, _, four = counts.activation_regions[0].mean(axis=1)
    close = abs(one - four) < 0.05 * one
    answer = "equal" if close else "one" if one > four else "four"
    seeds = len(counts.seeds)
    return {"answer": answer, "one": one, "four": four, "seeds": seeds}


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "01-bias": _bias,
    "01-slope": _slope,
    "01-zigzag": _zigzag,
    "01-stack": _stack,
    "01-pieces": _pieces,
}


# --- exercises ----------------------------------------------------------------------


def _sum_of_hinges(x: Any, kinks: Any, weights: Any) -> Any:
    return experiment.hinge_sum(x, kinks, weights)


_RELU: Final = {
    "A positive number passes unchanged": lambda z: z > 0,
    "A negative number becomes 0": lambda z: z < 0,
    "0 stays 0": lambda z: z == 0,
}

EXERCISES: Final[Mapping[str, Exercise]] = {
    "01-gate": Exercise(
        arguments=lambda: {"z": arrays()},
        reference=lambda z: np.maximum(z, 0),
        laws=_RELU,
    ),
    "01-abs": Exercise(
        arguments=lambda: {"z": arrays()},
        reference=lambda z: np.maximum(z, 0),
        laws=_RELU,
    ),
    "01-hinges": Exercise(
        arguments=lambda: {"x": arrays((1, 4)), "hinges": arrays(2, (1, 3))},
        unpack=lambda x, hinges: {"x": x, "kinks": hinges[0], "weights": hinges[1]},
        reference=_sum_of_hinges,
        elementwise=False,
        laws={
            "Left of all kinks the sum is 0": lambda x, kinks, weights: (
                x <= kinks.min()
            ),
            "With one hinge, its weight is the slope": (
                lambda x, kinks, weights: kinks.size == 1
            ),
            "Several hinges add up": lambda x, kinks, weights: True,
        },
    ),
}
