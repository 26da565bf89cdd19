"""`check`: try a learner's answer, and tell what is wrong with it and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np

from rectified.practice import blanks, exercises, wording
from rectified.practice.exercises import Exercise
from rectified.practice.items import ExerciseText
from rectified.practice.mistakes import (
    SECONDS,
    TRIES,
    battery,
    diagnose,
    search_settings,
    try_all,
)
from rectified.practice.running import NotInTime, Runner
from rectified.practice.trials import (
    attempt,
    violation,
)

_SHRINKS: Final = 400  # smaller examples that are tried after a law is broken

_UNSTEADY: Final = (
    "Called twice with the same arguments, your code gave two answers. Does it use "
    "random numbers, or remember something from before?"
)


@dataclass(frozen=True)
class Findings:
    """What a check has found.

    Attributes
    ----------
    state : {"passed", "failed", "blank", "stopped"}
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
    unknown: dict[str, bool | None] = dict.fromkeys(exercise.laws)
    if blank := blanks.find(text.name, answer):
        return Findings("blank", tuple(unknown.items()), blank)
    if exercise.call is Exercise.call and not callable(answer):
        told = wording.uncallable(text.name, answer)
        return Findings("failed", tuple(unknown.items()), told)
    runner = Runner(limit)
    try:
        held, sentence, diagnosis = runner.run(lambda: _search(text, answer, runner))
    except NotInTime as error:
        held, sentence, diagnosis = unknown, _late(limit, alive=error.alive), ""
    except KeyboardInterrupt:
        return Findings("stopped", tuple(unknown.items()), "The check was stopped.")
    except BaseException as error:  # SystemExit, and what only a learner can think of
        held, diagnosis = unknown, ""
        sentence = f"Your code ended the check with {type(error).__name__}."
    printed = runner.printed.text
    if runner.printed.size > len(printed):
        printed += f"\n... and {runner.printed.size - len(printed):,} characters more"
    state = "failed" if sentence else "passed"
    return Findings(state, tuple(held.items()), sentence, diagnosis, printed)


def _search(
    text: ExerciseText, answer: Any, runner: Runner
) -> tuple[dict[str, bool | None], str, str]:
    """Return which laws hold, what breaks the first that does not, and why."""
    exercise = exercises.find(text.id)
    trials = try_all(exercise, answer, battery(text.id), runner)
    broken = {
        sentence: [t for t in trials if violation(exercise, exercise.law(sentence), t)]
        for sentence in exercise.laws
    }
    held: dict[str, bool | None] = {law: not found for law, found in broken.items()}
    if all(held.values()):
        return held, "", ""
    first = next(sentence for sentence in held if not held[sentence])

    def say(example: Mapping[str, Any]) -> str:
        trial = attempt(exercise, answer, example, runner)
        return violation(exercise, exercise.law(first), trial)

    smallest = _shrink(exercise, say, broken[first][0].example)
    if attempt(exercise, answer, smallest, runner).fault:
        held = dict.fromkeys(held)  # no law was even looked at
    else:
        smallest = next(filter(say, _entries(exercise, smallest)), smallest)
    return held, say(smallest) or _UNSTEADY, diagnose(text, trials)


class _Enough(BaseException):
    """Ends a search that takes too long; hypothesis lets it pass."""


def _shrink(
    exercise: Exercise,
    say: Callable[[Mapping[str, Any]], str],
    start: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Return a small example for which `say` still has something to say."""
    from hypothesis import Phase, find
    from hypothesis.errors import Flaky, NoSuchExample

    bad = [start]
    patience, end = _SHRINKS, time.monotonic() + SECONDS

    def is_bad(example: Mapping[str, Any]) -> bool:
        nonlocal patience
        patience -= len(bad) > 1
        if patience < 0 or time.monotonic() > end:
            raise _Enough
        if say(example):
            bad.append(example)
            return True
        return False

    settings = search_settings(TRIES, [Phase.generate, Phase.shrink])
    with suppress(NoSuchExample, Flaky, _Enough):
        find(exercise.examples(), is_bad, settings=settings, random=Random(1))
    return bad[-1]  # shrinking accepts smaller ones only


def _entries(exercise: Exercise, example: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of an example as examples, if they stand for themselves."""
    arrays = {n: v.ravel() for n, v in example.items() if isinstance(v, np.ndarray)}
    if not (exercise.elementwise and arrays and exercise.returns != "number"):
        return []
    size = min(array.size for array in arrays.values())
    return [
        {**example, **{name: array[[i]] for name, array in arrays.items()}}
        for i in range(size)
    ]


def _late(limit: float, *, alive: bool) -> str:
    told = (
        f"Your code did not come back within {limit:g} seconds. "
        "Is there a loop that never ends?"
    )
    if not alive:
        return f"{told} It was stopped."
    return f"{told} It still runs: choose *Kernel → Restart Kernel* to be rid of it."
