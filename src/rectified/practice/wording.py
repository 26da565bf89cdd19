"""What a check says: sentences with the smallest example in them, no tracebacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from rectified.practice.exercises import Exercise, Interval
    from rectified.practice.trials import Trial

KINDS: Final = {"array": "an array", "tensor": "a tensor", "number": "a number"}
REAL: Final = "biufO"  # kinds of dtype that may hold real numbers
NOTHING: Final = "it returned nothing (None). Is a `return` missing?"
# What Python says means little to a beginner in these cases.
_MEANINGS: Final = {
    "truth value of an array": (
        "`if`, `and` and `max` ask one question, and an array has many answers. "
        "`np.where`, `np.maximum` or a mask such as `x > 0` treat each element."
    ),
    "Boolean value of Tensor with more than one value": (
        "`if`, `and` and `max` ask one question, and a tensor has many answers. "
        "`torch.where`, `torch.clamp` or a mask such as `x > 0` treat each element."
    ),
    "ellipsis": "A blank (`...`) is still there.",
    "Ellipsis": "A blank (`...`) is still there.",
}


_MARKDOWN: Final = re.compile(r"[\\`*_$<>&!#~|\[\]]")
_LONGEST: Final = 200  # characters of an error's message
_DIGITS: Final = (6, 9, 12, 17)


def plain(text: str) -> str:
    r"""Return text that is not ours so that Markdown leaves it as it is.

    Examples
    --------
    >>> print(plain("a $x$ is no formula"))
    a \$x\$ is no formula
    """
    return _MARKDOWN.sub(lambda sign: f"\\{sign[0]}", text)


def code(line: str) -> str:
    """Return a line of code for Markdown, whatever is in it.

    Examples
    --------
    >>> code("x = 1"), code("x = '`'")
    ('`x = 1`', "`` x = '`' ``")
    """
    if "`" not in line:
        return f"`{line}`"
    fence = "`" * (1 + max(map(len, re.findall("`+", line))))
    return f"{fence} {line} {fence}"  # Markdown drops one space at each end


def number(value: Any, digits: int = 6) -> str:
    """Return a number as a learner would type it.

    Examples
    --------
    >>> number(2.0), number(-0.25), number(float("nan"))
    ('2', '-0.25', 'nan')
    """
    return f"{float(value) + 0.0:.{digits}g}"


def value(thing: Any, digits: int = 6) -> str:
    """Return a number or a small array as a learner would type it.

    Examples
    --------
    >>> value(np.array([[1.0, -0.5]]))
    '[[1, -0.5]]'
    """
    if isinstance(thing, str):
        return repr(thing)
    array = np.asarray(thing, dtype=np.float64)
    if array.ndim == 0:
        return number(array, digits)
    if array.size > 24:
        return f"an array of shape {array.shape}"
    return "[" + ", ".join(value(part, digits) for part in array) + "]"


def arguments(exercise: Exercise, example: Mapping[str, Any]) -> str:
    """Return "For x = 1 and slope = 0.5, ", or "" if there are no arguments."""
    words = [f"`{_name(exercise, n)}` = {value(v)}" for n, v in example.items()]
    if not words:
        return ""
    last = f" and {words[-1]}" if len(words) > 1 else ""
    return f"For {', '.join(words[:-1] or words)}{last}, "


def _name(exercise: Exercise, name: str) -> str:
    return exercise.names.get(name, name)


def capital(sentence: str) -> str:
    """Return the sentence with a capital letter at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def fault(where: str, part: str, what: str) -> str:
    """Say that a result cannot be compared."""
    about = f"the {part}: " if part else ""
    return capital(f"{where}{about}{what}")


def raised(where: str, error: BaseException, line: str) -> str:
    """Say that the code stopped with an error, and what that usually means."""
    reason = str(error).strip().splitlines()[0] if str(error).strip() else ""
    kind = type(error).__name__
    at = f" in the line {code(line)}" if line else ""
    short = reason[:_LONGEST] + ("…" if len(reason) > _LONGEST else "")
    told = f"{where}your code stopped{at} with {kind}: {plain(short)}".rstrip(": ")
    meaning = next((m for k, m in _MEANINGS.items() if k in reason), "")
    return f"{capital(told.rstrip('.'))}. {meaning}".strip()


def changed(exercise: Exercise, name: str, where: str) -> str:
    """Say that the code overwrote its input."""
    return capital(
        f"{where}your code changed its input `{_name(exercise, name)}`. Whoever calls "
        "it may still need those numbers: make a new array instead of writing into it "
        "(`+=`, `x[...] =` and names that end in `_` write into it)."
    )


def uncallable(name: str, thing: Any) -> str:
    """Say that a check has got a result, and needs the function."""
    kind = plain(type(thing).__name__)
    return (
        f"The check has got a value (of type {kind}), and it needs `{name}` itself, "
        f"to try it on many inputs. Write the name without parentheses behind it."
    )


def wrong_type(thing: Any, wanted: str) -> str:
    """Say that something else than what was wanted came back."""
    if isinstance(thing, np.ndarray) and thing.dtype.kind not in REAL:
        return f"it returned an array of {thing.dtype}, and it must hold real numbers."
    kind = "array" if isinstance(thing, np.ndarray) else type(thing).__name__
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    if isinstance(thing, list | tuple):
        kind = f"{kind} of length {len(thing)}"
    return f"it returned {article} {plain(kind)}, and it must return {wanted}."


def wrong_shape(got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Say that the shape is another."""

    def say(shape: tuple[int, ...]) -> str:
        return f"an array of shape {shape}" if shape else "a single number"

    return f"it returned {say(got)}, and it must return {say(wanted)}."


def broken(
    exercise: Exercise, trial: Trial, part: str, wanted: Interval, index: Any
) -> str:
    """Say what came out and what had to, at one entry of the result."""
    result, example = trial.parts[part], dict(trial.example)
    arrays = [v for v in example.values() if isinstance(v, np.ndarray)]
    alike = bool(arrays) and all(v.shape == result.shape for v in arrays)
    # One entry of many is no counter-example: the answer may have looked at all.
    if alike and exercise.elementwise and result.size == 1:
        for name, given in example.items():
            example[name] = given[index] if isinstance(given, np.ndarray) else given
        got, low, high = (_entry(a, index, result.shape) for a in (result, *wanted))
    else:
        got, low, high = (np.broadcast_to(a, result.shape) for a in (result, *wanted))
    # As many digits as it takes to see that they differ.
    digits = next((d for d in _DIGITS if value(got, d) != value(low, d)), _DIGITS[-1])
    must = value(low, digits)
    if not np.array_equal(low, high, equal_nan=True):
        must = f"between {must} and {value(high, digits)}"
    is_ = value(got, digits)
    where = arguments(exercise, example)
    if part:
        return capital(f"{where}the {part} is {is_}. It must be {must}.")
    return capital(f"{where}it returned {is_}. It must return {must}.")


def _entry(array: Any, index: Any, shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(array, shape)[index]
