"""The items of a lesson as its YAML file has them: predictions, quiz, exercises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rectified._validate import problem


@dataclass(frozen=True)
class Option:
    """One answer to choose, and what to say to those who choose it."""

    text: str
    says: str
    right: bool = False
    key: str = ""


@dataclass(frozen=True)
class Number:
    """A number to give.

    Attributes
    ----------
    low, high, step : float
        What can be given.
    unit : str
        What it counts, in words.
    within : float
        How far off still counts as right.
    answer : float or None
        In a quiz; the answer to a prediction is measured.
    mistakes : tuple of (float, str)
        Well-known wrong numbers, and what to say to those.
    """

    low: float
    high: float
    step: float
    unit: str = ""
    within: float = 0.0
    answer: float | None = None
    mistakes: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Curve:
    """A curve to draw: its height at some places, and what the axes mean."""

    x: tuple[float, ...]
    low: float
    high: float
    step: float
    xlabel: str
    ylabel: str
    within: float
    start: float | None = None


@dataclass(frozen=True)
class Prediction:
    """A question that is answered before a figure can be moved.

    Attributes
    ----------
    asks, explains : str
        The question, and what to say after the outcome, where ``[[name:.1f]]`` stands
        for a measured number.
    options, number, curve : tuple of Option, Number or Curve
        One of the three.
    show : dict
        Values of controls with which the figure shows the outcome.
    cover : bool
        Whether the figure is hidden until then, because it would tell.
    """

    id: str
    asks: str
    explains: str
    options: tuple[Option, ...] = ()
    number: Number | None = None
    curve: Curve | None = None
    show: Mapping[str, Any] | None = None
    cover: bool = False


@dataclass(frozen=True)
class Question:
    """An item of a quiz: some options (one right, or `many`), or a number."""

    id: str
    asks: str
    options: tuple[Option, ...] = ()
    number: Number | None = None
    says: str = ""
    otherwise: str = ""
    many: bool = False


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong answer to an exercise, and what to say to it."""

    code: str
    says: str


@dataclass(frozen=True)
class ExerciseText:
    """What an exercise says; `exercises.Exercise` is what it checks.

    Attributes
    ----------
    title, stage : str
        A name, and "worked", "blank" or "scratch".
    name : str
        What the learner's cell defines.
    hints : tuple of str
        Three, each more of a help than the one before.
    solution, explains : str
        Code, and why it is right.
    wrong : tuple of Wrong
        At least five.
    """

    id: str
    title: str
    stage: str
    name: str
    hints: tuple[str, ...]
    solution: str
    explains: str
    wrong: tuple[Wrong, ...]


STAGES = ("worked", "blank", "scratch")


@dataclass(frozen=True)
class Items:
    """All items of one lesson, by id."""

    predictions: Mapping[str, Prediction]
    quiz: Mapping[str, Question]
    exercises: Mapping[str, ExerciseText]


def parse(data: Mapping[str, Any]) -> Items:
    """Return the items of a YAML file's content.

    Raises
    ------
    ValueError
        If an item lacks something or has too much; names it.
    """
    makers = {"predictions": _prediction, "quiz": _question, "exercises": _exercise}
    found: dict[str, dict[str, Any]] = {}
    for section, make in makers.items():
        entries = data.get(section) or {}
        found[section] = {key: _made(make, key, entries[key]) for key in entries}
    return Items(**found)


def _made(make: Any, key: str, entry: Any) -> Any:
    try:
        return make(key, **entry)
    except (TypeError, KeyError) as error:
        raise problem(key, "a complete item", str(error), "see items.py") from None


def _prediction(key: str, **entry: Any) -> Prediction:
    options = tuple(
        Option(option["text"], option["says"], key=name)
        for name, option in (entry.pop("options", None) or {}).items()
    )
    number = Number(**entry.pop("number")) if "number" in entry else None
    curve = entry.pop("curve", None)
    if curve:
        curve = Curve(**curve | {"x": tuple(curve["x"])})
    if sum(map(bool, (options, number, curve))) != 1:
        raise TypeError("it needs options, a number or a curve, and one of them only")
    return Prediction(key, options=options, number=number, curve=curve, **entry)


def _question(key: str, **entry: Any) -> Question:
    options = tuple(
        Option(o.get("right", o.get("wrong")), o["says"], right="right" in o)
        for o in entry.pop("options", ())
    )
    number = entry.pop("number", None)
    if number:
        mistakes = tuple((m["at"], m["says"]) for m in number.pop("mistakes", ()))
        number = Number(**number, mistakes=mistakes)
    if bool(options) == bool(number):
        raise TypeError("it needs either options or a number")
    return Question(key, options=options, number=number, **entry)


def _exercise(key: str, **entry: Any) -> ExerciseText:
    wrong = tuple(Wrong(**one) for one in entry.pop("wrong"))
    hints = tuple(entry.pop("hints"))
    if entry["stage"] not in STAGES:
        raise TypeError(f"`stage` must be one of {STAGES}, got {entry['stage']!r}")
    return ExerciseText(key, hints=hints, wrong=wrong, **entry)
