"""Examples on which answers are tried, and wrong answers that are known by them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any, Final

import numpy as np

from rectified.practice import exercises
from rectified.practice.exercises import Exercise
from rectified.practice.items import ExerciseText
from rectified.practice.running import Runner
from rectified.practice.trials import Trial, attempt, behave_alike

TRIES: Final = 120
"""Examples on which an answer is tried."""

SECONDS: Final = 20.0
"""Time after which a slow answer is tried no more."""


def diagnose(text: ExerciseText, trials: Sequence[Trial]) -> str:
    """Return what to say to the catalogued answer that behaves like this one."""
    for index, wrong in enumerate(text.wrong):
        if all(map(behave_alike, trials, _behavior(text.id, index))):
            return wrong.says
    return ""


@cache
def battery(exercise_id: str) -> tuple[Mapping[str, Any], ...]:
    """Return the examples on which every answer to an exercise is tried."""
    from hypothesis import Phase, find
    from hypothesis.errors import NoSuchExample

    drawn: list[Mapping[str, Any]] = []

    def collect(example: Mapping[str, Any]) -> bool:
        drawn.append(example)
        return False  # so the search goes on

    settings = search_settings(TRIES, [Phase.generate])
    with suppress(NoSuchExample):
        space = exercises.find(exercise_id).examples()
        find(space, collect, settings=settings, random=Random(1))
    return tuple(drawn)


@cache
def _behavior(exercise_id: str, index: int) -> tuple[Trial, ...]:
    """Return what a catalogued wrong answer does on the examples."""
    from rectified.practice import course

    text = course.load_items(exercise_id[:2]).exercises[exercise_id]
    answer = run_code(text.wrong[index].code, text.name)
    exercise, runner = exercises.find(exercise_id), Runner()
    return tuple(try_all(exercise, answer, battery(exercise_id), runner))


def run_code(code: str, name: str) -> Any:
    """Return what a solution or a catalogued wrong answer defines."""
    namespace: dict[str, Any] = {"np": np}
    if "torch" in code:
        import torch

        namespace["torch"] = torch
    exec(code, namespace)
    return namespace[name]


def try_all(
    exercise: Exercise,
    answer: Any,
    examples: Iterable[Mapping[str, Any]],
    runner: Runner,
) -> list[Trial]:
    """Try an answer on examples, but not for too long."""
    trials, end = [], time.monotonic() + SECONDS
    for example in examples:
        trials.append(attempt(exercise, answer, example, runner))
        if time.monotonic() > end:
            break
    return trials


def search_settings(tries: int, phases: Sequence[Any]) -> Any:
    """Return settings of hypothesis: the same each time, and nothing left behind."""
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
