"""Lesson 00: what its predictions come out as, and what its exercises check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rectified.practice.exercises import Exercise, arrays


def _cure(figure: Any) -> Mapping[str, Any]:
    arms = figure._measured["arms"]
    final = {name: np.array(arm["accuracy"])[:, -1] for name, arm in arms.items()}
    cured = [name for name, share in final.items() if share.min() > 0.5]
    keys = {
        "learning rate × 10": "rate",
        "learning rate ÷ 10": "slower",
        "twice as many units": "units",
        "Leaky ReLU": "leaky",
        "SiLU": "silu",
        "larger initial weights": "weights",
    }
    others = [share.max() for name, share in final.items() if name not in cured]
    return {
        "answer": keys[cured[0]] if len(cured) == 1 else "several",
        "cured": final[cured[0]].mean() if cured else float("nan"),
        "others": max(others),
    }


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {"00-cure": _cure}

EXERCISES: Final[Mapping[str, Exercise]] = {
    "00-half": Exercise(
        arguments=lambda: {"x": arrays()},
        reference=lambda x: x / 2,
        laws={
            "0 stays 0": lambda x: x == 0,
            "A positive number is halved": lambda x: x > 0,
            "A negative number is halved": lambda x: x < 0,
        },
    ),
}
