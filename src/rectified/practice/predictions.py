"""`predict`: a question that the learner answers before the figure can be moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from rectified.practice import course
from rectified.practice.items import Curve, Number, Prediction
from rectified.practice.markup import to_html
from rectified.practice.saving import ask, save
from rectified.widgets import Explorable

Figure = TypeVar("Figure", bound=Explorable)
_MEASURED = re.compile(r"\[\[(\w+)(:[^\]]*)?\]\]")


def predict(item: str, figure: Figure) -> Figure:
    """Ask for a prediction before `figure` can be moved.

    Parameters
    ----------
    item : str
        Id of a prediction, such as ``"01-bias"``.
    figure : Explorable
        The figure that shows the outcome.

    Returns
    -------
    Explorable
        The same figure; it asks when it is shown.

    Raises
    ------
    ValueError
        If there is no such prediction.
    """
    known = course.load_items(str(item)[:2]).predictions
    figure.prediction = Commitment(course.find(item, known), figure)
    return figure


class Commitment:
    """A prediction, what it came out as, and what the learner has answered so far.

    Parameters
    ----------
    text : Prediction
        The question.
    figure : Explorable
        The figure that it belongs to.
    """

    def __init__(self, text: Prediction, figure: Explorable) -> None:
        self.text = text
        self.figure = figure
        outcomes = course.load_module(text.id).OUTCOMES
        self.outcome = dict(course.find(text.id, outcomes)(figure))

    def spec(self) -> dict[str, Any]:
        """Return all that the front end needs."""
        text = self.text
        return {
            "id": text.id,
            "asks": to_html(fill(text.asks, self.outcome)),
            "explains": to_html(fill(text.explains, self.outcome)),
            "answer": plain(self.outcome["answer"]),
            "show": dict(text.show or {}),
            "cover": text.cover,
            "options": [
                {
                    "key": option.key,
                    "text": to_html(fill(option.text, self.outcome)),
                    "says": to_html(fill(option.says, self.outcome)),
                }
                for option in text.options
            ],
            "number": _spec(text.number),
            "curve": _spec(text.curve),
        }

    def records(self) -> dict[str, Any]:
        """Return what the learner has answered so far."""
        return ask([self.text.id])

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what the learner did; tell if it could not be kept."""
        return {"message": save(message)}


def fill(text: str, measured: Mapping[str, Any]) -> str:
    """Put measured numbers into a text.

    Parameters
    ----------
    text : str
        With ``[[name]]`` or ``[[name:.1f]]`` where a number belongs.
    measured : dict
        The numbers, by name.

    Examples
    --------
    >>> fill("about [[share:.0%]]", {"share": 0.513})
    'about 51%'
    """

    def written(match: re.Match[str]) -> str:
        name, style = match[1], (match[2] or ":")[1:]
        return format(plain(measured[name]), style)

    return _MEASURED.sub(written, text)


def plain(value: Any) -> Any:
    """Return a measured value as JSON knows it."""
    return value.tolist() if hasattr(value, "tolist") else value


def _spec(part: Number | Curve | None) -> dict[str, Any] | None:
    return None if part is None else dict(vars(part))
