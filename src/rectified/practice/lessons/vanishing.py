"""Lesson 04: what its predictions come out as."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rectified.experiments import vanishing as experiment
from rectified.practice.lessons.vanishing_exercises import EXERCISES

__all__ = ["EXERCISES", "OUTCOMES"]


def _chain(figure: Any) -> Mapping[str, Any]:
    def product(**setting: float) -> float:
        chain = experiment.run_chain(10, activation="sigmoid", **setting)
        return abs(float(chain.product[-1]))

    places = itertools.product(range(1, 9), np.arange(-4, 0.5, 0.5), (0, 0.3, 0.5))
    left = {(w, b, x): product(weight=w, bias=b, x=x) for w, b, x in places}
    # A factor of exactly 1 per unit may be 1 and some rounding.
    grow = [setting for setting, size in left.items() if size > 1 + 1e-6]
    smallest = min((weight for weight, _, _ in grow), default=0)
    answer = "never" if not grow else "above1" if smallest <= 4 else "steep"
    largest = [setting for setting in left if setting[0] == 8]
    if answer == "steep" and set(largest) <= set(grow):
        answer = "large"
    return {
        "answer": answer,
        "grown": product(weight=8, bias=-4, x=0.5),
        "tried": len(left),
        "grow": len(grow),
        "smallest": smallest,
    }


def _profile(figure: Any) -> Mapping[str, Any]:
    constants, depth = figure.constants, 30
    run = experiment.run_corridor(
        depth,
        activation="relu",
        init="pytorch",
        width=constants["width"],
        n_inputs=constants["inputs"],
        seeds=range(constants["networks"]),
    )
    powers = np.log10(run.gradient).mean(axis=1)
    return {
        "answer": [[layer, power] for layer, power in enumerate(powers.tolist(), 1)],
        "left": 10 ** powers[0],
        "factor": 10 ** (powers[0] / (depth - 1)),
    }


def _default(figure: Any) -> Mapping[str, Any]:
    measured = figure._measured
    deepest = measured["depths"].index(10)
    # Axes: initializations (PyTorch's, He's), functions, seeds.
    shares = np.array(measured["accuracy"][deepest]).mean(axis=-1)
    learn = [
        name
        for name, share in zip(measured["names"], shares[0], strict=True)
        if share > 0.5
    ]
    answers = {
        "": "none",
        "SiLU": "silu",
        "Leaky ReLU, SiLU": "alive",
        "ReLU, Leaky ReLU, SiLU": "all",
    }
    answer = answers[", ".join(learn)]
    return {"answer": answer, "default": shares[0].max(), "he": shares[1].min()}


def _rescue(figure: Any) -> Mapping[str, Any]:
    measured = figure._measured
    row, column = measured["depths"].index(8), measured["factors"].index(4)
    # Axes: kinds of biases (0, centered), factors, seeds.
    shares = 100 * np.array(measured["accuracy"][row]).mean(axis=-1)[:, column]
    gains = np.array(measured["expected"])[:, column]
    return {
        "answer": shares[1],
        "before": shares[0],
        "tanh": 100 * measured["others"]["tanh"][row],
        "plain": gains[0],
        "gain": gains[1],
    }


def _shattered(figure: Any) -> Mapping[str, Any]:
    networks, kinds = figure._measured["networks"], ("plain", "centered", "skip")
    alike = {
        kind: networks[name]["alike"][24 - 1][1]
        for kind, name in zip(kinds, figure.arms, strict=True)
    }
    # As the figure has it: below 0.2, neighbors have nothing to do with each other.
    white = [kind for kind, correlation in alike.items() if abs(correlation) < 0.2]
    answers = {
        ("plain",): "plain",
        ("centered",): "centered",
        ("plain", "centered"): "both",
        kinds: "all",
    }
    return {"answer": answers[tuple(white)], **alike}


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "04-chain": _chain,
    "04-profile": _profile,
    "04-default": _default,
    "04-rescue": _rescue,
    "04-shattered": _shattered,
}
