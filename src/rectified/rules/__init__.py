"""Rules: what the numbers of an experiment say about a claim, one module per lesson.

A rule takes the result of an experiment and returns a `Finding`. Its thresholds come
from theory (rounding, resolution) or from the spread over seeds, never from taste.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

HOLDS = "holds"
HOLDS_WHEN = "holds when"
NOT_AS_STATED = "not as stated"

VERDICTS = (HOLDS, HOLDS_WHEN, NOT_AS_STATED)
"""The three things a rule can find, from the best to the worst."""


class Finding(NamedTuple):
    """One of `VERDICTS`, and the numbers that its sentence quotes."""

    verdict: str
    numbers: Mapping[str, float | int | str]


def decide(*, true: bool, always: bool) -> str:
    """Return the verdict on a claim that is true, always or under a condition."""
    if not true:
        return NOT_AS_STATED
    return HOLDS if always else HOLDS_WHEN
