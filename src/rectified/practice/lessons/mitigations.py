"""Lesson 06: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rectified import activations
from rectified.experiments.mitigations import CURED
from rectified.explorables.mitigations.leaky import SLOPES
from rectified.explorables.mitigations.names import SHORT_TREATMENT_NAMES
from rectified.explorables.mitigations.race import RATES, RUNNER_NAMES, make_race
from rectified.practice.exercises import (
    Exercise,
    Interval,
    Law,
    arrays,
    name_results,
    numbers,
)

# --- outcomes -----------------------------------------------------------------------


def _cures(figure: Any) -> Mapping[str, Any]:
    courses = figure._measured["courses"]["high_rate"]

    def last(treatment: str, what: str) -> list[Any]:
        return [network[-1] for network in courses[treatment][what]]

    cures, diverged = [], 0
    for key, name in SHORT_TREATMENT_NAMES.items():
        if all(share >= CURED for share in last(key, "accuracy")):
            cures.append(name)
        diverged += all(loss is None for loss in last(key, "loss"))
    return {"answer": len(cures), "names": ", ".join(cures), "diverged": diverged}


def _slopes(figure: Any) -> Mapping[str, Any]:
    # The figure starts at the end of this training, and keeps what is trained here.
    leaky = figure.compute(figure.values).moment.leaky
    right = leaky.accuracy.mean(axis=1)
    powers = [round(2 * np.log10(slope)) / 2 for slope in SLOPES]
    small, best = SLOPES.index(0.01), int(right.argmax())
    return {
        "answer": [[x, 100 * float(y)] for x, y in zip(powers, right, strict=True)],
        "best": right[best],
        "at": SLOPES[best],
        "line": right[-1],
        "small": right[small],
        "risen": leaky.risen[small].mean(),
    }


def _below(figure: Any) -> Mapping[str, Any]:
    names = ("leaky_relu", "elu", "gelu", "silu")

    def sizes(z: float) -> dict[str, float]:
        at = np.array([z])
        return {n: abs(float(activations.get(n).derivative(at)[0])) for n in names}

    near, far = sizes(-4), sizes(-8)
    farthest = max(far[name] for name in names[1:])
    return {"answer": max(near, key=near.__getitem__), **near, "far": farthest}


def _race(figure: Any) -> Mapping[str, Any]:
    # The figure starts at the end of this race, and keeps what is run here.
    values = figure.values
    race = make_race(figure.compute(values).moments, values["depth"])
    steps = race.capped_steps[:, -1].mean(axis=1)
    end = race.curves[:, :, -1].mean(axis=2)
    first, names = int(steps.argmin()), list(RUNNER_NAMES)
    winner = names[first] if steps[first] < race.max_steps else "nobody"
    alone = ("relu", "tanh", "sigmoid", "nobody")
    relu, tanh = (end[names.index(name)] for name in ("relu", "tanh"))
    return {
        "answer": winner if winner in alone else "relatives",
        "rate": RATES[-1],
        "steps": steps[first],
        "relu": relu[-1],
        "lower": RATES[-2],
        "tanh": tanh[-2],
        "second": np.delete(end[:, -1], first).max(),
        "before": end[first, RATES.index(values["rate"])],
    }


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "06-cures": _cures,
    "06-slopes": _slopes,
    "06-below": _below,
    "06-race": _race,
}


# --- exercises ----------------------------------------------------------------------

_SLOPE: Final = "negative_slope"
_FOR_Z, _FOR_SLOPE = "gradient for z", "gradient for the slope"


def _leaky(z: Any, slope: Any) -> Any:
    return np.where(z > 0, z, slope * z)


def _backward(z: Any, slope: Any, upstream: Any) -> Mapping[str, Any]:
    scaled = slope * upstream
    # At 0, anything between the slopes of the two sides is right.
    ends = np.sort([scaled, upstream], axis=0)
    low, high = (np.where(z < 0, scaled, np.where(z > 0, upstream, e)) for e in ends)
    return {
        _FOR_Z: Interval(low, high),
        _FOR_SLOPE: (upstream * np.minimum(z, 0)).sum(),
    }


def _two_gradients(answer: Any, *given: Any) -> Mapping[str, Any]:
    wanted = "two gradients, with a comma between"
    return name_results(answer(*given), (_FOR_Z, _FOR_SLOPE), wanted)


_OUTPUT, _COUNT = "output", "number of learned parameters"
_LEARNED: Final = "gradient of the slope, after `output.sum().backward()`,"


def _use_layer(layer_class: Any, z: Any, start: float) -> Mapping[str, Any]:
    """Build a layer, send `z` through it, and send a gradient of ones back."""
    import torch

    layer = layer_class(start)
    learned = list(layer.parameters())
    output = layer(z)
    slope = learned[0] if learned else getattr(layer, "slope", None)
    gradient = torch.zeros(())
    if isinstance(output, torch.Tensor) and output.requires_grad:
        output.sum().backward()  # type: ignore[no-untyped-call]
        if isinstance(slope, torch.Tensor) and slope.is_leaf:
            gradient = gradient if slope.grad is None else slope.grad.sum()
    count = torch.tensor(sum(one.numel() for one in learned))
    return {_OUTPUT: output, _COUNT: count, _LEARNED: gradient}


_LOSSES: Final = {0: 2.25, 1: 2.5, 2: 90.0, 3: 300.0}
_SHARES: Final = {0: 0.0, 1: 0.1, 2: 0.8, 3: 1.0}


def _signs(cases: Any) -> Mapping[str, Any]:
    """Return signs of patients, far from any sensible limit."""
    loss, before, after = cases
    return {
        "loss_before": np.vectorize(_LOSSES.get, otypes=[float])(loss),
        "silent_before": np.vectorize(_SHARES.get, otypes=[float])(before),
        "silent_after": np.vectorize(_SHARES.get, otypes=[float])(after),
    }


def _steps_too_large(loss: Any, before: Any, after: Any) -> Any:
    return (loss < 10) & (before < 0.5) & (after > 0.5)


EXERCISES: Final[Mapping[str, Exercise]] = {
    "06-leaky": Exercise(
        arguments=lambda: {"z": arrays(), _SLOPE: numbers(-1, 2)},
        unpack=lambda z, negative_slope: {"z": z, _SLOPE: negative_slope},
        reference=lambda z, negative_slope: _leaky(z, negative_slope),
        returns="tensor",
        laws={
            "A positive number passes unchanged": lambda z, negative_slope: z > 0,
            "A negative number is multiplied by the slope, whatever the slope is": (
                lambda z, negative_slope: z < 0
            ),
            "0 stays 0": lambda z, negative_slope: z == 0,
        },
    ),
    "06-gradients": Exercise(
        arguments=lambda: {"pair": arrays(2, (1, 4)), "slope": numbers(-1, 2)},
        unpack=lambda pair, slope: {"z": pair[0], "slope": slope, "upstream": pair[1]},
        reference=_backward,
        call=_two_gradients,
        returns="tensor",
        laws={
            "Above zero the gradient for z is the one that arrives": Law(
                lambda z, slope, upstream: z > 0, _FOR_Z
            ),
            "Below zero it is multiplied by the slope": Law(
                lambda z, slope, upstream: z < 0, _FOR_Z
            ),
            "At 0 anything between the two is right": Law(
                lambda z, slope, upstream: z == 0, _FOR_Z
            ),
            "Units that are not below zero add nothing to the gradient for the slope": (
                Law(lambda z, slope, upstream: (z >= 0).all(), _FOR_SLOPE)
            ),
            "Each one below zero adds $z$ times the gradient that arrives": Law(
                lambda z, slope, upstream: (z < 0).any(), _FOR_SLOPE
            ),
        },
    ),
    "06-layer": Exercise(
        arguments=lambda: {"z": arrays((1, 4)), "start": numbers(-1, 2)},
        unpack=lambda z, start: {"z": z, "start": start},
        reference=lambda z, start: {
            _OUTPUT: _leaky(z, start),
            _COUNT: 1,
            _LEARNED: np.minimum(z, 0).sum(),
        },
        call=_use_layer,
        returns="tensor",
        laws={
            "A positive number passes unchanged": Law(lambda z, start: z > 0, _OUTPUT),
            "Any other is multiplied by the slope at its start": Law(
                lambda z, start: z <= 0, _OUTPUT
            ),
            "The layer has one learned parameter": Law(lambda z, start: True, _COUNT),
            "A gradient reaches it: the sum of all negative $z$": Law(
                lambda z, start: True, _LEARNED
            ),
        },
    ),
    "06-steps": Exercise(
        arguments=lambda: {"cases": arrays(3, (1, 4), elements=numbers(0, 3, step=1))},
        unpack=lambda cases: _signs(cases),
        reference=lambda loss_before, silent_before, silent_after: _steps_too_large(
            loss_before, silent_before, silent_after
        ),
        laws={
            "A usual first loss, and silent units only afterwards: the steps": (
                lambda loss_before, silent_before, silent_after: _steps_too_large(
                    loss_before, silent_before, silent_after
                )
            ),
            "Few silent units in the end: not the steps": (
                lambda loss_before, silent_before, silent_after: silent_after < 0.5
            ),
            "Silent before the first step: not the steps": (
                lambda loss_before, silent_before, silent_after: silent_before > 0.5
            ),
            "A first loss far above a guess: not the steps": (
                lambda loss_before, silent_before, silent_after: loss_before > 10
            ),
        },
    ),
}
