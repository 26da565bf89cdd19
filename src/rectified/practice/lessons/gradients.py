"""Lesson 02: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rectified.practice.exercises import Exercise

OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {}

EXERCISES: Final[Mapping[str, Exercise]] = {}
