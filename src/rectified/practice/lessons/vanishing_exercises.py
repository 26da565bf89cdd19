"""Lesson 04: what its exercises check."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rectified import initialization
from rectified.practice import wording
from rectified.practice.exercises import (
    Exercise,
    Interval,
    Law,
    Unfit,
    arrays,
    numbers,
)


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
        raise Unfit(wording.wrong_shape(first.shape, (fan_in, fan_out)))
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
