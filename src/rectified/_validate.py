"""Checks of arguments, shared by every public function.

Every message reads: `` `name` must be <rule>, got <value>; <what to do>``.
"""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating]
"""An array of real numbers, float32 or float64."""


def problem(name: str, rule: str, value: object, advice: str) -> ValueError:
    """Return the error that tells which argument broke which rule.

    Parameters
    ----------
    name : str
        The argument, as the caller wrote it.
    rule : str
        What it must be.
    value : object
        What came instead.
    advice : str
        What to do about it.
    """
    return ValueError(f"`{name}` must be {rule}, got {value!r}; {advice}")


def check_integer(
    name: str, value: object, *, minimum: int = 0, maximum: int | None = None
) -> int:
    """Return `value` as an int within bounds, or raise."""
    rule = f"an integer of at least {minimum}"
    if maximum is not None:
        rule = f"an integer from {minimum} to {maximum}"
    # bool is an Integral too; `layers=True` is a mistake, not a 1.
    is_integer = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_integer:
        raise problem(name, rule, value, "pass a whole number")
    number: int = int(value)  # type: ignore[call-overload]
    if number < minimum or (maximum is not None and number > maximum):
        raise problem(name, rule, number, "choose a number in that range")
    return number


def check_number(
    name: str, value: Any, *, minimum: float = -math.inf, maximum: float = math.inf
) -> float:
    """Return `value` as a finite float within bounds (inclusive), or raise."""
    rule = "a finite number"
    if math.isfinite(minimum) or math.isfinite(maximum):
        rule += f" from {minimum:g} to {maximum:g}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise problem(name, rule, value, "pass one number") from None
    if not math.isfinite(number) or not minimum <= number <= maximum:
        raise problem(name, rule, number, "choose a number in that range")
    return number


def check_choice(name: str, value: object, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`, or raise with the nearest ones."""
    known = tuple(choices)
    if isinstance(value, str) and value in known:
        return value
    near = difflib.get_close_matches(str(value).lower(), known, n=3, cutoff=0.5)
    hint = " or ".join(repr(match) for match in near)
    advice = f"did you mean {hint}?" if near else "choose one of those"
    raise problem(name, f"one of {', '.join(map(repr, known))}", value, advice)


def check_array(
    name: str, value: ArrayLike, *, ndim: tuple[int, ...], finite: bool = True
) -> NDArray[np.float64]:
    """Return `value` as a non-empty float64 array of an allowed rank, or raise."""
    rule = f"an array of numbers with {' or '.join(map(str, ndim))} dimension(s)"
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        advice = "pass equally long lists of numbers or an array"
        raise problem(name, rule, value, advice) from None
    if array.ndim not in ndim:
        raise problem(name, rule, array.shape, "reshape it (this is its shape)")
    if array.size == 0:
        raise problem(name, "non-empty", array.shape, "pass at least one value")
    if finite and not np.isfinite(array).all():
        bad = array[~np.isfinite(array)][0]
        raise problem(name, "finite", float(bad), "remove NaN and infinite values")
    return array


def check_seeds(name: str, value: Iterable[int] | int) -> tuple[int, ...]:
    """Return seeds as a non-empty tuple of non-negative integers, or raise."""
    if isinstance(value, numbers.Integral):
        advice = f"write range({value}) for that many seeds or ({value},) for this one"
        raise problem(name, "a list of integers", value, advice)
    seeds = tuple(check_integer(name, seed) for seed in value)  # type: ignore[union-attr]
    if not seeds:
        raise problem(name, "non-empty", seeds, "pass at least one seed")
    return seeds


def check_layers(
    weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], *, n_inputs: int
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return weights and biases per layer if each layer fits the next, or raise."""
    if len(weights) != len(biases) or not len(weights):
        rule = f"one array per layer, as many as `weights` ({len(weights)})"
        raise problem("biases", rule, len(biases), "add or drop layers")
    layers, fan_in = [], n_inputs
    for weight, bias in zip(weights, biases, strict=True):
        w = check_array("weights", weight, ndim=(2,))
        b = check_array("biases", bias, ndim=(1,))
        if w.shape != (fan_in, b.size):
            rule = f"arrays of shape (fan_in, fan_out), here ({fan_in}, {b.size})"
            raise problem("weights", rule, w.shape, "transpose it or fix the layer")
        layers.append((w, b))
        fan_in = b.size
    return layers
