"""`check`: the verdict on a learner's answer, as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rectified.practice import blanks, course
from rectified.practice.checking import Findings, examine
from rectified.practice.items import ExerciseText
from rectified.practice.markup import to_html, to_text
from rectified.practice.saving import ask, save
from rectified.widgets.book import LAUNCH
from rectified.widgets.front_end import is_book_being_built, styled

_HEADINGS: Final = {
    "passed": "Solved",
    "failed": "Not yet",
    "blank": "Not attempted yet",
    "stopped": "Stopped",
}
_STAGES: Final = {
    "worked": "a worked example",
    "blank": "fill in the blanks",
    "scratch": "from scratch",
}
# Whoever runs all cells has not worked on this one yet.
_NUDGE: Final = (
    "Now break it: change something, and run the cell again. This one counts as done "
    "when you have broken it and mended it."
)
_MARKS: Final = {True: "✓", False: "✗", None: "·"}
_WORDS: Final = {True: "holds", False: "does not hold", None: "not tried"}


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a check found, for the learner to read.

    Attributes
    ----------
    text : ExerciseText
        The exercise: hints, solution.
    findings : Findings
        What was found.
    before : dict or None
        The record of earlier tries.
    message : str
        What went wrong when the try was to be kept, or what to do next; or empty.
    """

    text: ExerciseText
    findings: Findings
    before: Mapping[str, Any] | None = None
    message: str = ""

    @property
    def passed(self) -> bool:
        """Whether every law holds."""
        return self.findings.state == "passed"

    def __str__(self) -> str:
        found = self.findings
        lines = [f"{_HEADINGS[found.state]}: {self.text.title}"]
        lines += [f"  {_MARKS[holds]} {to_text(law)}" for law, holds in found.laws]
        lines += [to_text(part) for part in (found.sentence, found.diagnosis) if part]
        return "\n".join([*lines, *([self.message] if self.message else [])])

    def __repr__(self) -> str:
        return str(self)  # what a page without HTML shows

    def _repr_html_(self) -> str:
        found = self.findings
        stage = _STAGES[self.text.stage]
        parts = [
            f'<p class="rectified-check-title"><b>{_HEADINGS[found.state]}</b> '
            f"{html.escape(self.text.title)} <small>({stage})</small></p>",
            self._laws(),
            *(f"<p>{to_html(part)}</p>" for part in (found.sentence,) if part),
        ]
        if found.diagnosis:
            parts.append(
                f'<p class="rectified-check-why">{to_html(found.diagnosis)}</p>'
            )
        if found.printed:
            parts.append(_fold("What your code printed", _code(found.printed)))
        if self.passed:
            parts.append(f"<p>{to_html(self.text.explains)}</p>")
            parts.append(_fold("Our solution", _code(self.text.solution)))
        else:
            parts += [self._remembered(), self._hints()]
        if is_book_being_built():
            parts.append(_where_it_runs())
        if self.message:
            parts.append(f"<p>{html.escape(self.message)}</p>")
        title, body = html.escape(self.text.title), "".join(parts)
        return styled(
            f'<div class="rectified-check rectified-check--{found.state}" '
            f'role="group" aria-label="Check: {title}">{body}</div>'
        )

    def _laws(self) -> str:
        rows = "".join(
            f'<li data-holds="{holds}"><span aria-hidden="true">{_MARKS[holds]}</span> '
            f'{to_html(law)} <span class="rectified-hidden">({_WORDS[holds]})</span>'
            "</li>"
            for law, holds in self.findings.laws
        )
        return f'<ul class="rectified-laws">{rows}</ul>'

    def _hints(self) -> str:
        """Return hints inside each other: each is asked for, one after the other."""
        text = self.text
        inner = _fold(
            "Solution", _code(text.solution) + f"<p>{to_html(text.explains)}</p>"
        )
        for number, hint in reversed([*enumerate(text.hints, start=1)]):
            inner = _fold(f"Hint {number}", f"<p>{to_html(hint)}</p>{inner}")
        return inner

    def _remembered(self) -> str:
        """Return what the learner wrote before, for a notebook that was reset."""
        if not self.before or self.before.get("state") != "done":
            return ""
        day = str(self.before.get("changed", ""))[:10]
        code = str(self.before.get("code", ""))
        return _fold(f"You have solved this before ({day}): your code", _code(code))


def check(item: str, answer: Any) -> Verdict:
    """Check an answer to an exercise, and keep the try.

    Parameters
    ----------
    item : str
        Id of an exercise, such as ``"01-gate"``.
    answer : object
        What your cell defines: the function itself (not what it returns), a class, or
        a value.

    Returns
    -------
    Verdict
        Shows itself at the end of a cell.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    text = course.find(item, course.load_items(str(item)[:2]).exercises)
    before = ask([text.id]).get(text.id)
    findings = examine(text, answer)
    untouched = text.stage == "worked" and findings.state == "passed" and not before
    is_try = findings.state in ("passed", "failed") and not untouched
    message = _keep(text, answer, findings, before) if is_try else ""
    return Verdict(text, findings, before, _NUDGE if untouched else message)


def _keep(
    text: ExerciseText,
    answer: Any,
    findings: Findings,
    before: Mapping[str, Any] | None,
) -> str:
    event = {
        "item": text.id,
        "kind": "exercise",
        "state": "done" if findings.state == "passed" else "tried",
        "right": findings.state == "passed",
        "answer": findings.diagnosis or findings.sentence,
    }
    # A try that fails must not replace the code of one that did not.
    if findings.state == "passed" or not before or before.get("state") != "done":
        event["code"] = blanks.source(answer)
    return save(event)


def _where_it_runs() -> str:
    links = (f'<a href="{address}">{name}</a>' for name, address, *_ in LAUNCH)
    return f"<p><small>Checks need Python. They run in {', '.join(links)}.</small></p>"


def _fold(summary: str, inside: str) -> str:
    return f"<details><summary>{html.escape(summary)}</summary>{inside}</details>"


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{html.escape(text.rstrip())}</code></pre>'
