"""Lesson 04: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rectified import initialization
from rectified.experiments import vanishing as experiment
from rectified.practice.exercises import Exercise, Interval, Law, arrays, numbers

# --- outcomes -----------------------------------------------------------------------


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


# --- exercises ----------------------------------------------------------------------


def _gain_arguments() -> Mapping[str, Any]:
    from hypothesis import strategies as st

    ones, gates, fine = st.just(1.0), st.sampled_from([0.0, 1.0]), numbers(0, 1)
    slopes = [arrays((1, 4), elements=kind) for kind in (ones, gates, fine)]
    return {
        "fan_in": st.sampled_from([1, 4, 16]),  # squares: their roots are whole
        "std": numbers(0.25, 2),
        "slopes": st.one_of(*slopes),
    }


def _std_arguments() -> Mapping[str, Any]:
    from hypothesis import strategies as st

    # With a slope of 0, the results are 1, 1/2 and 1/4.
    return {"fan_in": st.sampled_from([2, 8, 32]), "negative_slope": numbers(0, 1)}


def _he_arguments() -> Mapping[str, Any]:
    from hypothesis import strategies as st

    # Large enough to tell He's from Xavier's; small, for answers that loop.
    sizes = st.sampled_from([32, 64])
    return {"fan_in": sizes, "fan_out": sizes, "seed": st.integers(0, 9)}


_AGAIN: Final = "share of weights that change when the same seed draws again"
_NEXT: Final = "number of later draws that repeat the first"


def _call_he(answer: Any, fan_in: int, fan_out: int, seed: int) -> Any:
    """Return what three draws of a learner's initialization tell of it."""
    rng = np.random.default_rng(seed)
    draws = [answer(fan_in, fan_out, rng) for _ in range(2)]
    draws.append(answer(fan_in, fan_out, np.random.default_rng(seed)))
    if draws[0] is None:
        return {"shape": None}  # which the check has words for
    first, later, again = (np.asarray(draw, dtype=np.float64) for draw in draws)
    if first.ndim != 2:
        rule = f"a matrix has two axes, and this result has the shape {first.shape}"
        raise ValueError(rule)
    same = first.shape == again.shape
    return {
        "shape": np.array(first.shape),
        _AGAIN: np.mean(first != again) if same else 1.0,
        _NEXT: float(np.array_equal(first, later)),
        "mean": first.mean(),
        "standard deviation": first.std(),
    }


def _expect_he(fan_in: int, fan_out: int, seed: int) -> Mapping[str, Any]:
    """Return bounds of five standard errors; the exact shape."""
    std = math.sqrt(initialization.get("he").predict_variance(fan_in, fan_out))
    error = std / math.sqrt(fan_in * fan_out)  # of the mean; normal weights
    low, high = (std + sign * 5 * error / math.sqrt(2) for sign in (-1, 1))
    return {
        "shape": np.array([fan_in, fan_out]),
        _AGAIN: 0.0,
        _NEXT: 0.0,
        "mean": Interval(-5 * error, 5 * error),
        "standard deviation": Interval(low, high),
    }


def _in_order(*names: str) -> Callable[..., Mapping[str, Any]]:
    """Return an `unpack` that only orders arguments: hypothesis shuffles a dict."""
    return lambda **made: {name: made[name] for name in names}


def _always(**_: Any) -> bool:
    return True


EXERCISES: Final[Mapping[str, Exercise]] = {
    "04-gain": Exercise(
        arguments=_gain_arguments,
        unpack=_in_order("fan_in", "std", "slopes"),
        # The root mean square of what n weights of this size make of the slopes.
        reference=lambda fan_in, std, slopes: (
            std * math.sqrt(fan_in) * np.linalg.norm(slopes) / math.sqrt(slopes.size)
        ),
        returns="number",
        elementwise=False,
        laws={
            "With slopes of 1, only the weights count": lambda fan_in, std, slopes: (
                slopes == 1
            ).all(),
            "With ReLU's slopes, 0 and 1, the share of open gates counts": (
                lambda fan_in, std, slopes: np.isin(slopes, (0, 1)).all()
            ),
            "Any other slope counts by its square": lambda fan_in, std, slopes: True,
        },
    ),
    "04-std": Exercise(
        arguments=_std_arguments,
        unpack=_in_order("fan_in", "negative_slope"),
        reference=lambda fan_in, negative_slope: math.sqrt(
            2 / fan_in / (1 + negative_slope**2)
        ),
        returns="number",
        elementwise=False,
        laws={
            "With a negative slope of 0 it is He's": lambda fan_in, negative_slope: (
                negative_slope == 0
            ),
            "With a negative slope of 1 nothing is lost: the variance is $1/n$": (
                lambda fan_in, negative_slope: negative_slope == 1
            ),
            "In between, the gradient keeps its size, too": (
                lambda fan_in, negative_slope: 0 < negative_slope < 1
            ),
        },
    ),
    "04-he": Exercise(
        arguments=_he_arguments,
        unpack=_in_order("fan_in", "fan_out", "seed"),
        reference=_expect_he,
        call=_call_he,
        elementwise=False,
        laws={
            "The shape is `(fan_in, fan_out)`": Law(_always, "shape"),
            "All chance comes from `rng`: one seed, one matrix": Law(_always, _AGAIN),
            "The next draw gives other weights": Law(_always, _NEXT),
            "The mean is 0, but for chance": Law(_always, "mean"),
            "The standard deviation is He's, but for chance": (
                Law(_always, "standard deviation")
            ),
        },
    ),
}
