"""One trial of an answer: call it, and say what is wrong with what it returns."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rectified.practice import wording
from rectified.practice.exercises import Exercise, Interval, Law, Unfit
from rectified.practice.running import Runner

# Their lines, and ours, would mean little to a learner.
_LIBRARIES: Final = (
    __file__.rpartition("practice")[0],
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
)
RESULT: Final = ""  # the name of a result that is the only one
Parts = Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """What an answer did with some arguments.

    Attributes
    ----------
    example : dict
        The arguments, as NumPy arrays and numbers.
    parts : dict of str to ndarray
        What it returned; empty if there is a fault.
    fault : str
        Why nothing can be compared, a sentence; empty if something can.
    kind : str
        "raised ValueError", "type", "shape" or "changed": the sort of fault.
    expected : dict
        What the reference returned, by part; empty if there is a fault.
    """

    example: Mapping[str, Any]
    parts: Mapping[str, NDArray[np.float64]]
    fault: str = ""
    kind: str = ""
    expected: Mapping[str, Any] = field(default_factory=dict)


def attempt(exercise: Exercise, answer: Any, example: Parts, runner: Runner) -> Trial:
    """Call `answer` on copies of the arguments and look at what comes back."""
    given = {name: _hand_over(exercise, value) for name, value in example.items()}
    where = wording.arguments(exercise, example)
    try:
        result = runner.call(exercise.call, answer, *given.values())
    except Unfit as unfit:
        return Trial(example, {}, wording.fault(where, "", str(unfit)), "type")
    except (Exception, SystemExit) as error:
        kind = f"raised {type(error).__name__}"
        return Trial(example, {}, wording.raised(where, error, _line(error)), kind)
    for name, value in example.items():
        if not _same(_to_numpy(given[name]), value):
            return Trial(example, {}, wording.changed(exercise, name, where), "changed")
    expected = name_parts(exercise.reference(**example))
    parts: dict[str, NDArray[np.float64]] = {}
    # Where one result is expected, a dict is a wrong one and not several.
    returned = {RESULT: result} if RESULT in expected else name_parts(result)
    for name, value in returned.items():
        fault, kind = _find_fault(exercise, value, expected.get(name))
        if fault:
            return Trial(example, {}, wording.fault(where, name, fault), kind)
        parts[name] = _to_floats(value)
    for name in expected.keys() - parts.keys():
        told = wording.fault(where, "", f"there is no {name or 'result'}.")
        return Trial(example, {}, told, "type")
    return Trial(example, parts, expected=expected)


def name_parts(result: Any) -> dict[str, Any]:
    """Return results by name; a single one has an empty name."""
    return dict(result) if isinstance(result, Mapping) else {RESULT: result}


def violation(exercise: Exercise, law: Law, trial: Trial) -> str:
    """Return a sentence on where the law is broken, or an empty one."""
    if trial.fault:
        return trial.fault
    for name in [law.part] if law.part else trial.expected:
        result, wanted = trial.parts[name], as_interval(trial.expected[name])
        where = np.broadcast_to(law.where(**trial.example), result.shape)
        slack = exercise.atol + exercise.rtol * np.abs(wanted.low)
        with np.errstate(invalid="ignore"):
            right = (result >= wanted.low - slack) & (result <= wanted.high + slack)
            # Infinity minus itself is NaN; the same infinity is right.
            right |= (result == wanted.low) | (np.isnan(result) & np.isnan(wanted.low))
        wrong = np.argwhere(where & ~right)
        if len(wrong):
            index = tuple(int(i) for i in wrong[0])
            return wording.broken(exercise, trial, name, wanted, index)
    return ""


def as_interval(expected: Any) -> Interval:
    """Return bounds as arrays; a plain result is its own lower and upper bound."""
    low, high = expected if isinstance(expected, Interval) else (expected, expected)
    return Interval(np.asarray(low, dtype=float), np.asarray(high, dtype=float))


def behave_alike(first: Trial, second: Trial) -> bool:
    """Return whether two answers did the same with the same arguments."""
    if first.fault or second.fault:
        return first.kind == second.kind
    return first.parts.keys() == second.parts.keys() and all(
        _same(first.parts[name], second.parts[name], rtol=1e-6) for name in first.parts
    )


def _hand_over(exercise: Exercise, value: Any) -> Any:
    """Return a copy for the learner's code to play with."""
    if not isinstance(value, np.ndarray):
        return value
    if exercise.returns == "tensor":
        import torch

        return torch.from_numpy(value.copy())
    return value.copy()


def _find_fault(exercise: Exercise, value: Any, expected: Any) -> tuple[str, str]:
    """Say what is wrong with a result before its numbers are looked at."""
    if value is None:
        return wording.NOTHING, "nothing"
    if expected is None:
        return "it returned a result of another name.", "type"
    if value is NotImplemented or value is Ellipsis:
        return "it returned a blank (`...`).", "type"
    torch = sys.modules.get("torch")
    is_tensor = torch is not None and isinstance(value, torch.Tensor)
    if exercise.returns == "tensor" and not is_tensor:
        return wording.wrong_type(value, "a tensor"), "type"
    try:
        array = _to_floats(value)
    except Exception:  # whatever a learner's object, or PyTorch, thinks of
        return wording.wrong_type(value, wording.KINDS[exercise.returns]), "type"
    shape = as_interval(expected).low.shape
    if exercise.returns == "number" and array.shape == (1,):
        return "", ""
    if array.shape != shape:
        return wording.wrong_shape(array.shape, shape), f"shape {array.ndim}"
    return "", ""


def _to_numpy(value: Any) -> Any:
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _to_floats(value: Any) -> NDArray[np.float64]:
    """Return numbers as an array, or raise; texts and complex ones are no numbers."""
    array = np.asarray(_to_numpy(value))
    if array.dtype.kind not in wording.REAL:
        raise TypeError(array.dtype)
    return np.asarray(array, dtype=np.float64)


def _same(first: Any, second: Any, rtol: float = 0.0) -> bool:
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return first.shape == second.shape and bool(
            np.allclose(first, second, rtol=rtol, atol=rtol, equal_nan=True)
        )
    return isinstance(first, np.ndarray) == isinstance(second, np.ndarray)


def _line(error: BaseException) -> str:
    """Return the line of the learner's own code in which the error arose."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        frame.line for frame in frames if not frame.filename.startswith(_LIBRARIES)
    ]
    return next((line for line in lines if line), "")
