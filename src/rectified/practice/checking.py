"""`check`: try a learner's answer, and tell what is wrong with it and why."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final

import numpy as np

from rectified.practice import blanks, exercises, wording
from rectified.practice.exercises import Exercise, Interval, Law
from rectified.practice.items import ExerciseText
from rectified.practice.running import NotInTime, Runner
from rectified.practice.trials import (
    Trial,
    as_interval,
    attempt,
    behave_alike,
    name_parts,
    violation,
)

_TRIES: Final = 80  # examples per law
_SHRINKS: Final = 400  # smaller examples that are tried after a law is broken
_SECONDS: Final = 20.0  # per law; a slow answer is tried less often
_BATTERY: Final = 30  # examples on which wrong answers are told apart

_UNSTEADY: Final = (
    "Called twice with the same arguments, your code gave two answers. Does it use "
    "random numbers, or remember something from before?"
)


@dataclass(frozen=True)
class Findings:
    """What a check has found.

    Attributes
    ----------
    state : {"passed", "failed", "blank"}
    laws : tuple of (str, bool or None)
        Each law, and whether it holds; None where it was not tried.
    sentence : str
        What is wrong, with the smallest example; or that there is a blank.
    diagnosis : str
        What to say to this well-known wrong answer; empty if it is none.
    printed : str
        What the answer printed, shortened.
    """

    state: str
    laws: tuple[tuple[str, bool | None], ...]
    sentence: str = ""
    diagnosis: str = ""
    printed: str = ""


def examine(text: ExerciseText, answer: Any, *, limit: float = 2.0) -> Findings:
    """Check an answer against the laws of its exercise.

    Parameters
    ----------
    text : ExerciseText
        The exercise.
    answer : object
        What the learner's cell defines.
    limit : float
        Seconds that one call of the answer may take.
    """
    exercise = exercises.find(text.id)
    unknown = tuple((sentence, None) for sentence in exercise.laws)
    if blank := blanks.find(text.name, answer):
        return Findings("blank", unknown, blank)
    if exercise.call is Exercise.call and not callable(answer):
        return Findings("failed", unknown, wording.uncallable(text.name, answer))
    runner = Runner(limit)
    try:
        laws, sentence = runner.run(lambda: _search(exercise, answer, runner))
        diagnosis = ""
        if sentence:
            diagnosis = runner.run(lambda: _diagnose(text, exercise, answer, runner))
    except NotInTime as error:
        laws, sentence, diagnosis = unknown, _late(limit, alive=error.alive), ""
    except KeyboardInterrupt:
        laws, sentence, diagnosis = unknown, "The check was stopped.", ""
    except BaseException as error:  # SystemExit, and what only a learner can think of
        laws, diagnosis = unknown, ""
        sentence = f"Your code ended the check with {type(error).__name__}."
    printed = runner.printed.text
    if runner.printed.size > len(printed):
        printed += f"\n... and {runner.printed.size - len(printed):,} characters more"
    state = "failed" if sentence else "passed"
    return Findings(state, tuple(laws), sentence, diagnosis, printed)


def _search(
    exercise: Exercise, answer: Any, runner: Runner
) -> tuple[Sequence[tuple[str, bool | None]], str]:
    """Look for an example that breaks a law, one law after the other."""
    held: dict[str, bool | None] = dict.fromkeys(exercise.laws)
    first = ""
    for sentence in exercise.laws:
        law = exercise.law(sentence)

        def broken(example: Mapping[str, Any], law: Law = law) -> str:
            return violation(exercise, law, attempt(exercise, answer, example, runner))

        # Only the first broken law is told with its smallest example.
        smallest = _find(exercise, broken, shrink=not first)
        held[sentence] = smallest is None
        if smallest is not None and not first:
            first = broken(smallest)
            if not first:
                return [*held.items()], _UNSTEADY
            if attempt(exercise, answer, smallest, runner).fault:
                held = dict.fromkeys(exercise.laws)  # no law was even looked at
                break
    return [*held.items()], first


class _Enough(BaseException):
    """Ends a search that takes too long; hypothesis lets it pass."""


def _find(exercise: Exercise, broken: Any, *, shrink: bool) -> Mapping[str, Any] | None:
    """Return an example for which `broken` says something; a small one if asked."""
    from hypothesis import Phase, find
    from hypothesis.errors import Flaky, NoSuchExample

    bad: list[Mapping[str, Any]] = []
    patience, end = _SHRINKS, time.monotonic() + _SECONDS

    def is_broken(example: Mapping[str, Any]) -> bool:
        nonlocal patience
        patience -= bool(bad)
        if patience < 0 or time.monotonic() > end:
            raise _Enough
        if broken(example):
            bad.append(example)
            return True
        return False

    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    try:
        settings = _settings(_TRIES, phases)
        find(exercise.examples(), is_broken, settings=settings, random=Random(0))
    except NoSuchExample:
        return None
    except (_Enough, Flaky):
        pass
    return bad[-1] if bad else None  # shrinking accepts smaller ones only


def _settings(tries: int, phases: Sequence[Any]) -> Any:
    from platformdirs import user_cache_path

    # It keeps the constants of modules that it sees, by default beside the notebook.
    folder = str(user_cache_path("rectified", appauthor=False) / "hypothesis")
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", folder)
    from hypothesis import HealthCheck, settings

    return settings(
        max_examples=tries,
        phases=phases,
        database=None,  # it would leave a folder beside the notebook
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


def _late(limit: float, *, alive: bool) -> str:
    told = (
        f"Your code did not come back within {limit:g} seconds, so it was stopped. "
        "Is there a loop that never ends?"
    )
    if not alive:
        return told
    return f"{told} It still runs: choose *Kernel → Restart Kernel* to be rid of it."


# --- well-known wrong answers -------------------------------------------------------


def _diagnose(
    text: ExerciseText, exercise: Exercise, answer: Any, runner: Runner
) -> str:
    """Return what to say to the catalogued answer that behaves like this one."""
    mine = [attempt(exercise, answer, one, runner) for one in battery(text.id)]
    for index, wrong in enumerate(text.wrong):
        theirs = _behavior(text.id, index)
        if all(map(behave_alike, mine, theirs)):
            return wrong.says
    return ""


@cache
def battery(exercise_id: str) -> tuple[Mapping[str, Any], ...]:
    """Return the examples on which wrong answers are told apart."""
    from hypothesis import Phase, find
    from hypothesis.errors import NoSuchExample

    drawn: list[Mapping[str, Any]] = []

    def collect(example: Mapping[str, Any]) -> bool:
        drawn.append(example)
        return False  # so the search goes on

    settings = _settings(_BATTERY, [Phase.generate])
    with suppress(NoSuchExample):
        space = exercises.find(exercise_id).examples()
        find(space, collect, settings=settings, random=Random(1))
    return tuple(drawn)


def expected_parts(
    exercise: Exercise, example: Mapping[str, Any]
) -> dict[str, Interval]:
    """Return what an exercise expects for an example, as bounds, by part."""
    parts = name_parts(exercise.reference(**example))
    return {name: as_interval(part) for name, part in parts.items()}


@cache
def _behavior(exercise_id: str, index: int) -> tuple[Trial, ...]:
    """Return what a catalogued wrong answer does on the battery."""
    from rectified.practice import course

    text = course.load_items(exercise_id[:2]).exercises[exercise_id]
    answer = run_code(text.wrong[index].code, text.name)
    exercise, runner = exercises.find(exercise_id), Runner()
    return tuple(attempt(exercise, answer, one, runner) for one in battery(exercise_id))


def run_code(code: str, name: str) -> Any:
    """Return what a solution or a catalogued wrong answer defines."""
    namespace: dict[str, Any] = {"np": np}
    if "torch" in code:
        import torch

        namespace["torch"] = torch
    exec(code, namespace)
    return namespace[name]
