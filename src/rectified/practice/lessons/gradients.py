"""Lesson 02: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rectified import activations
from rectified.experiments import gradients as experiment
from rectified.practice.exercises import Exercise, Interval, Law, arrays, numbers

# --- outcomes -----------------------------------------------------------------------


def _kink(figure: Any) -> Mapping[str, Any]:
    steps = figure.controls["step"].choices()
    sweep = experiment.sweep_steps(0.0, steps=steps)
    limits = {"zero": 0.0, "half": 0.5, "one": 1.0}
    last = float(sweep.central[0])
    near = [key for key, limit in limits.items() if abs(last - limit) < 0.05]
    settles = np.ptp(sweep.central[: len(steps) // 2]) < 0.05
    answer = near[0] if settles and near else "jumps"
    return {"answer": answer, "answer_value": last, "autograd": sweep.derivative}


def _gate(figure: Any) -> Mapping[str, Any]:
    net = experiment.SMALL_NETS[figure.values["example"]]
    first, *others = net.biases
    slider = figure.controls["biases"].slider
    for bias in np.arange(first[0], slider.low - slider.step, -slider.step):
        lowered = net._replace(biases=(np.array([bias, *first[1:]]), *others))
        run = experiment.backpropagate(lowered)
        if run.pre_activations[0][0] < 0:
            break
    still = [gradient == 0 for gradient in run.d_weights]
    count = sum(int(layer.sum()) for layer in still)
    moving = sum(layer.size for layer in still) - count
    into, out = still[0][:, 0].sum(), still[1][0].sum()
    return {"answer": count, "into": into, "out": out, "moving": moving}


def _descent(figure: Any) -> Mapping[str, Any]:
    controls = figure.controls
    target = controls["target"]
    targets = [target.value_at(k) for k in range(target.steps + 1)]
    every = np.meshgrid(controls["rate"].choices(), targets, experiment.STARTS)
    rates, aims, starts = map(np.ravel, every)

    def count(activation: str) -> tuple[float, float]:
        run = experiment.descend(
            starts,
            activation=activation,
            target=aims,
            learning_rate=rates,
            steps=figure.constants["steps"],
        )
        arrived = (run.arrived >= 0).reshape(every[0].shape).sum(axis=2)
        by_rate = arrived.mean(axis=0)
        # The largest of equally good rates: at a smaller one descent takes longer.
        best = np.flatnonzero(by_rate == by_rate.max())[-1]
        return float(by_rate[best]), controls["rate"].choices()[best]

    (relu, relu_rate), (sigmoid, _) = count("relu"), count("sigmoid")
    close = abs(relu - sigmoid) < 0.1 * len(experiment.STARTS)
    answer = "same" if close else "relu" if relu > sigmoid else "sigmoid"
    many = {"targets": len(targets), "starts": len(experiment.STARTS)}
    found = {"relu": relu, "relu_rate": relu_rate, "sigmoid": sigmoid}
    return {"answer": answer, **found, **many}


def _flat(figure: Any) -> Mapping[str, Any]:
    threshold = figure.values["threshold"]

    def share(name: str, spread: float) -> float:
        return experiment.saturated_share(name, spread, threshold=threshold)

    spreads = np.arange(0.5, 10.25, 0.5).tolist()
    curve = [[spread, share("sigmoid", spread)] for spread in spreads]
    edge = activations.get("sigmoid").find_saturation(threshold)[-1][0]
    ends = {"near": share("sigmoid", 1), "far": share("sigmoid", 10)}
    return {"answer": curve, "edge": edge, **ends, "relu": share("relu", 1)}


def _zeros(figure: Any) -> Mapping[str, Any]:
    def first_layer(*names: str) -> float:
        return float(np.mean(figure._measured["|".join(names)]["zeros"][0][0]))

    pixels, start = figure.controls["inputs"].options[0], figure.values["bias"]
    layers = figure.values["layers"]
    black = first_layer(layers, pixels, start, "float32")
    # Black patches alone give no zeros once the biases are random: rounding is left.
    rounded = (
        first_layer(layers, pixels, "start at random", precision)
        for precision in experiment.PRECISIONS[1:]
    )
    precision = max(rounded)
    answer = "black" if black > precision else "precision"
    if max(black, precision) < 1e-3:
        answer = "neither"
    return {"answer": answer, "black": black, "precision": precision}


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "02-kink": _kink,
    "02-gate": _gate,
    "02-descent": _descent,
    "02-flat": _flat,
    "02-zeros": _zeros,
}


# --- exercises ----------------------------------------------------------------------


def _cut(pair: Any, **others: Any) -> Mapping[str, Any]:
    return {"incoming": pair[0], "z": pair[1], **others}


def _backward(incoming: Any, z: Any, negative_slope: Any = 0.0) -> Interval:
    """Return the gradient below the gate; at 0 any subgradient will do."""
    closed = negative_slope * incoming
    low, high = np.minimum(incoming, closed), np.maximum(incoming, closed)
    passed = np.where(z > 0, incoming, closed)
    return Interval(np.where(z == 0, low, passed), np.where(z == 0, high, passed))


_DISTANCE: Final = "distance from 0"
_SIDE: Final = "sign"


def _look(answer: Any, x: Any, eps: Any) -> Mapping[str, Any]:
    moved = answer(x, eps)
    parts = {_DISTANCE: np.abs, _SIDE: np.sign}
    if not isinstance(moved, np.ndarray | list):
        return dict.fromkeys(parts, moved)
    return {name: part(moved) for name, part in parts.items()}


def _apart(x: Any, eps: Any) -> Mapping[str, Interval]:
    far, side = np.abs(x), np.sign(x)
    closest = np.maximum(far - 2 * eps, eps)
    return {
        _DISTANCE: Interval(closest, far + 2 * eps),
        _SIDE: Interval(np.where(x == 0, -1, side), np.where(x == 0, 1, side)),
    }


EXERCISES: Final[Mapping[str, Exercise]] = {
    "02-derivative": Exercise(
        arguments=lambda: {"z": arrays()},
        reference=lambda z: Interval(z > 0, z >= 0),
        laws={
            "Where the gate is open, the slope is 1": lambda z: z > 0,
            "Where it is closed, the slope is 0": lambda z: z < 0,
            "At 0 it is any number from 0 to 1": lambda z: z == 0,
        },
    ),
    "02-backward": Exercise(
        arguments=lambda: {"pair": arrays(2, (1, 4))},
        unpack=_cut,
        reference=_backward,
        laws={
            "An open gate passes the gradient unchanged": lambda incoming, z: z > 0,
            "A closed gate passes nothing": lambda incoming, z: z < 0,
            "At 0 any share of the gradient passes, from none to all": (
                lambda incoming, z: z == 0
            ),
        },
    ),
    "02-leaky": Exercise(
        arguments=lambda: {
            "pair": arrays(2, (1, 4)),
            "negative_slope": numbers(0.25, 0.75),
        },
        unpack=_cut,
        reference=_backward,
        laws={
            "For a positive `z` the gradient passes unchanged": (
                lambda incoming, z, negative_slope: z > 0
            ),
            "For a negative `z` it is multiplied by `negative_slope`": (
                lambda incoming, z, negative_slope: z < 0
            ),
            "At 0 the factor is either of these, or between them": (
                lambda incoming, z, negative_slope: z == 0
            ),
        },
    ),
    "02-apart": Exercise(
        arguments=lambda: {"x": arrays((1, 4)), "eps": numbers(0.25, 1)},
        # hypothesis shuffles the names of its dicts; a call needs their order.
        unpack=lambda x, eps: {"x": x, "eps": eps},
        call=_look,
        reference=_apart,
        laws={
            "An input closer to 0 than `eps` moves away, but not too far": Law(
                lambda x, eps: np.abs(x) < eps, _DISTANCE
            ),
            "No input changes sides": Law(lambda x, eps: True, _SIDE),
            "The others stay far enough, and move by `2 * eps` at most": Law(
                lambda x, eps: np.abs(x) >= eps, _DISTANCE
            ),
        },
    ),
}
