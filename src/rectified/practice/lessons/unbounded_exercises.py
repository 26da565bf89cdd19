"""Lesson 07: what its exercises check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from rectified.practice.exercises import Exercise, arrays, name_results, numbers

DIRECTIONS: Final = (
    (1, 0),
    (0, -1),
    (0.6, 0.8),
    (3, 4),
    (-4, 3),
    (0, 3, 4),
    (4, -3, 0),
    (2, -1, 2),
    (1, 1, -1, 1),
)
"""Their norms are whole numbers: counter-examples stay easy to check."""


def _gradients() -> Any:
    from hypothesis import strategies as st

    def scaled(direction: tuple[float, ...], size: float) -> Any:
        return np.array(direction, dtype=float) * size

    sizes = numbers(0, 3, step=0.5)
    return st.builds(scaled, st.sampled_from(DIRECTIONS), sizes)


def _thresholds() -> Any:
    return numbers(0.5, 4, step=0.5)


def _clip(gradient: Any, threshold: float) -> Any:
    norm = np.linalg.norm(gradient)
    return gradient if norm <= threshold else gradient * (threshold / norm)


def _is_long(gradient: Any, threshold: float) -> bool:
    return bool(np.linalg.norm(gradient) > threshold)


# --- two arrays at once -------------------------------------------------------------

ARRAYS: Final = ("first array", "second array")


def _cut(threshold: float, whole: Any, late: bool) -> Mapping[str, Any]:
    """Return a gradient as a matrix of weights, with one row, and some biases."""
    at = len(whole) - 1 if late else 1
    return {"first": whole[None, :at], "second": whole[at:], "threshold": threshold}


def _join(first: Any, second: Any) -> Any:
    return np.concatenate([first.ravel(), second])


def _clip_both(first: Any, second: Any, threshold: float) -> Mapping[str, Any]:
    whole = _clip(_join(first, second), threshold)
    return dict(
        zip(ARRAYS, (whole[None, : first.size], whole[first.size :]), strict=True)
    )


def _call_both(answer: Any, first: Any, second: Any, threshold: float) -> Any:
    clipped = answer([first, second], threshold)
    return name_results(clipped, ARRAYS, "a list of two arrays", (list, tuple))


def _one_is_zero(first: Any, second: Any) -> bool:
    return not (first.any() and second.any())


# --- outputs of a layer -------------------------------------------------------------


def _outputs() -> Mapping[str, Any]:
    from hypothesis.strategies import booleans

    whole = arrays((2, 3), (2, 3), elements=numbers(-3, 5, step=0.5))
    return {
        # Outputs that do not vary have no condition number.
        "outputs": whole.filter(lambda made: np.ptp(made) > 0),
        "centered": booleans(),
    }


def _make_outputs(outputs: Any, centered: bool) -> Mapping[str, Any]:
    return {"outputs": np.concatenate([outputs, -outputs]) if centered else outputs}


# `unpack` also puts the arguments in order: hypothesis shuffles a dict.
EXERCISES: Final[Mapping[str, Exercise]] = {
    "07-by-value": Exercise(
        arguments=lambda: {"gradient": arrays(), "limit": numbers(0.5, 3, step=0.5)},
        unpack=lambda gradient, limit: {"gradient": gradient, "limit": limit},
        reference=lambda gradient, limit: np.clip(gradient, -limit, limit),
        laws={
            "An entry within the limit stays as it is": (
                lambda gradient, limit: np.abs(gradient) <= limit
            ),
            "A larger one is cut to the limit": lambda gradient, limit: (
                gradient > limit
            ),
            "A negative one is cut to minus the limit": lambda gradient, limit: (
                gradient < -limit
            ),
        },
    ),
    "07-by-norm": Exercise(
        arguments=lambda: {"gradient": _gradients(), "threshold": _thresholds()},
        unpack=lambda gradient, threshold: {
            "gradient": gradient,
            "threshold": threshold,
        },
        reference=_clip,
        elementwise=False,
        laws={
            "A gradient of zeros stays one": lambda gradient, threshold: (
                not gradient.any()
            ),
            "A gradient within the threshold stays as it is": (
                lambda gradient, threshold: not _is_long(gradient, threshold)
            ),
            "A longer one is shortened to the threshold, and does not turn": _is_long,
        },
    ),
    "07-together": Exercise(
        arguments=lambda: {
            "whole": _gradients(),
            "late": numbers(0, 1, step=1),
            "threshold": _thresholds(),
        },
        unpack=_cut,
        call=_call_both,
        reference=_clip_both,
        elementwise=False,
        names={"first": "gradients[0]", "second": "gradients[1]"},
        laws={
            "Within the threshold, everything stays as it is": (
                lambda first, second, threshold: (
                    not _is_long(_join(first, second), threshold)
                )
            ),
            "Beside an array of zeros, the other is clipped as if alone": (
                lambda first, second, threshold: _one_is_zero(first, second)
            ),
            "Two arrays shrink by one factor, to the threshold together": (
                lambda first, second, threshold: _is_long(
                    _join(first, second), threshold
                )
            ),
        },
    ),
    "07-condition": Exercise(
        arguments=_outputs,
        unpack=_make_outputs,
        reference=lambda outputs: (
            1 + outputs.shape[1] * outputs.mean() ** 2 / outputs.var()
        ),
        returns="number",
        elementwise=False,
        laws={
            "Centered outputs make a round valley: 1": lambda outputs: (
                outputs.mean() == 0
            ),
            "With two units, a mean makes it longer": lambda outputs: (
                outputs.shape[1] == 2
            ),
            "Each further unit makes it longer still": lambda outputs: (
                outputs.shape[1] > 2
            ),
        },
    ),
}
