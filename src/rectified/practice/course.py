"""The lessons of the course, and where the items of each are."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from rectified._validate import problem
from rectified.practice.items import Items, parse

T = TypeVar("T")
# The same loader in C, where PyYAML has it: a lesson's file is read in 10 ms, not 80.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, topic, notebook, title, times and prerequisites."""

    number: str
    topic: str
    notebook: str
    title: str
    minutes: int
    exercise_minutes: int
    needs: tuple[str, ...]


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return the lessons that can be taken, in their order."""
    entries = _read("course.yaml")
    return tuple(
        Lesson(**entry | {"needs": tuple(entry["needs"])}) for entry in entries
    )


def lesson(number: str) -> Lesson:
    """Return a lesson by its number, such as ``"01"``.

    Raises
    ------
    ValueError
        If there is no such lesson.
    """
    found = {one.number: one for one in lessons()}
    if number not in found:
        advice = f"choose one of {', '.join(found)}"
        raise problem("lesson", "the number of a lesson, such as '01'", number, advice)
    return found[number]


@cache
def load_items(number: str) -> Items:
    """Return predictions, quiz and exercises of a lesson."""
    one = lesson(number)
    return parse(_read(f"items/{one.number}_{one.topic}.yaml"))


def item_ids(number: str) -> dict[str, list[str]]:
    """Return the ids of a lesson's items by their kind in the progress file."""
    items = load_items(number)
    return {
        "prediction": list(items.predictions),
        "question": list(items.quiz),
        "exercise": list(items.exercises),
    }


def load_module(item_id: str) -> Any:
    """Return the module with the outcomes and checks of an item's lesson."""
    topic = lesson(str(item_id)[:2]).topic
    return import_module(f"rectified.practice.lessons.{topic}")


def find(item_id: str, known: Mapping[str, T]) -> T:
    """Return the item of an id, or raise with the nearest ids."""
    if item_id in known:
        return known[item_id]
    near = difflib.get_close_matches(str(item_id), known, n=2) or list(known)
    advice = f"did you mean {' or '.join(map(repr, near))}?"
    raise problem("item", "the id of an item of this lesson", item_id, advice)


def _read(name: str) -> Any:
    text = (files("rectified.practice") / name).read_text("utf-8")
    return yaml.load(text, Loader=_LOADER)
