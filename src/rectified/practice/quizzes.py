"""`quiz` and `recall`: questions whose every answer is answered."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rectified._validate import problem
from rectified.practice import course
from rectified.practice.items import Question
from rectified.practice.markup import to_html
from rectified.practice.saving import ask, save
from rectified.widgets.front_end import is_book_being_built
from rectified.widgets.panel import Panel

N_RECALLED: Final = 3


class Quiz(Panel):
    """Questions to be answered one after the other.

    Parameters
    ----------
    title : str
        What they are about.
    questions : dict of str to Question
        By the id under which the answer is kept.
    """

    kind = "quiz"

    def __init__(self, title: str, questions: Mapping[str, Question]) -> None:
        self.title = title
        self.questions = dict(questions)

    def spec(self) -> dict[str, Any]:
        """Return all that the front end needs."""
        questions = [_spec(key, one) for key, one in self.questions.items()]
        return {"title": self.title, "questions": questions}

    def records(self) -> dict[str, Any]:
        """Return what the learner has answered so far."""
        return ask(self.questions)

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Keep an answer."""
        return {"message": save(message)}

    def fallback(self) -> str:
        """Return the questions for readers without JavaScript, and for paper."""
        parts = []
        for one in self.questions.values():
            options = "".join(f"<li>{to_html(o.text)}</li>" for o in one.options)
            options = f"<ul>{options}</ul>" if options else ""
            right = [option for option in one.options if option.right]
            says = [f"{to_html(o.text)} {to_html(o.says)}" for o in right]
            says += [to_html(one.says)] if one.says else []
            parts.append(
                f"<li><p>{to_html(one.asks)}</p>{options}"
                f"<details><summary>Answer</summary><p>{' '.join(says)}</p></details>"
            )
        title = html.escape(self.title)
        return f"<p><strong>{title}</strong></p><ol>{''.join(parts)}</ol>"

    def __str__(self) -> str:
        return f"{self.title}: {len(self.questions)} questions"


def quiz(lesson: str, items: Sequence[str] = ()) -> Quiz:
    """Return the quiz of a lesson.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"01"``.
    items : sequence of str
        Ids of some of its questions; all if empty.

    Raises
    ------
    ValueError
        If there is no such lesson or question.
    """
    known = course.load_items(course.lesson(lesson).number).quiz
    chosen = {item: course.find(item, known) for item in items} or known
    return Quiz("Check yourself", chosen)


def recall(lesson: str) -> Quiz:
    """Return three questions of earlier lessons, from near and from long ago.

    Those that were never answered come first, then those whose last first answer was
    wrong, then those asked longest ago. Once answered here, they stay.

    Parameters
    ----------
    lesson : str
        Number of the lesson that is about to begin, such as ``"03"``.

    Raises
    ------
    ValueError
        If there is no such lesson, or none before it.
    """
    number = course.lesson(lesson).number
    earlier = [one.number for one in course.lessons() if one.number < number]
    if not earlier:
        raise problem("lesson", "a lesson after the first", lesson, "name a later one")
    known = [item for n in reversed(earlier) for item in course.load_items(n).quiz]
    chosen: list[str] = []
    for pool in _pools(_taught(number, earlier)):
        rest = [item for item in pool if item not in chosen]
        chosen.append(min(rest, key=lambda item: _need(number, item)))
    answered = {key[3:] for key in ask(f"{number}:{item}" for item in known)}
    # Lessons that were taken meanwhile change the choice, but not what is answered.
    chosen.sort(key=lambda item: item not in answered)
    kept = [*answered.difference(chosen), *chosen][:N_RECALLED]
    # Answered here, an item has a record of its own: the quiz of its lesson stays.
    questions = {f"{number}:{i}": _question(i) for i in known if i in kept}
    return Quiz("From earlier lessons", questions)


def _taught(number: str, earlier: Sequence[str]) -> list[str]:
    """Return the earlier lessons that the learner needs for this one, or has begun."""
    if is_book_being_built():
        return list(earlier)  # whose readers are taken to go through it in order
    needed = {number}
    for one in reversed(course.lessons()):
        needed.update(one.needs if one.number in needed else ())
    begun = {
        one
        for one in earlier
        if ask(item for ids in course.item_ids(one).values() for item in ids)
    }
    return [one for one in earlier if one in needed | begun]


def _pools(earlier: Sequence[str]) -> list[list[str]]:
    """Return the questions of the last lesson, of the one before, and of older ones."""
    spaced = [some for some in (earlier[-1:], earlier[-2:-1], earlier[:-2]) if some]
    pools = [[q for n in some for q in course.load_items(n).quiz] for some in spaced]
    # Lessons 01 and 02 have fewer lessons before them.
    return [*pools, *[pools[0]] * (N_RECALLED - len(pools))]


def _need(number: str, item: str) -> tuple[int, str, int]:
    """Return a key by which the question that needs recalling most comes first."""
    turn = (int(number) + sum(map(ord, item))) % 7  # variety
    again = [f"{one.number}:{item}" for one in course.lessons()]
    records = ask([item, *again])
    if f"{number}:{item}" in records:
        return -1, "", turn
    if not records:
        return 0, "", turn
    latest = max(records.values(), key=lambda record: str(record["changed"]))
    return (2 if latest["right_first"] else 1), latest["changed"], turn


def _question(item: str) -> Question:
    return course.load_items(item[:2]).quiz[item]


def _spec(key: str, one: Question) -> dict[str, Any]:
    number = None
    if one.number:
        mistakes = [[at, to_html(says)] for at, says in one.number.mistakes]
        number = vars(one.number) | {"mistakes": mistakes}
    return {
        "id": key,
        "asks": to_html(one.asks),
        "many": one.many,
        "options": [
            {"text": to_html(o.text), "says": to_html(o.says), "right": o.right}
            for o in one.options
        ],
        "number": number,
        "says": to_html(one.says),
        "otherwise": to_html(one.otherwise),
    }
