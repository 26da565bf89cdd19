"""`progress_map`: all lessons, what is done in each, and the learner's file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rectified.practice import course
from rectified.widgets.front_end import is_book_being_built
from rectified.widgets.panel import Panel

_IN_BOOK = (
    "Kept in this browser. Download it to go on in another one, or in JupyterLab."
)


class ProgressMap(Panel):
    """A table of the lessons with what the learner has done, to save and to load."""

    kind = "map"
    title = "Map of the lessons"

    def spec(self) -> dict[str, Any]:
        """Return all that the front end needs."""
        return {
            "title": self.title,
            "lessons": [_entry(lesson) for lesson in course.lessons()],
            **(_IN_BROWSER if is_book_being_built() else _in_file()),
        }

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Look, export, import or start over."""
        from rectified.practice.progress import open_progress

        progress, told = open_progress(), ""
        try:
            if message.get("do") == "export":
                return {"text": progress.export_text()}
            if message.get("do") == "import":
                told = progress.import_text(str(message.get("text", "")))
            if message.get("do") == "reset":
                backup = progress.reset()
                told = f"You start over. The backup is {backup}." if backup else ""
        except (ValueError, OSError) as error:
            told = str(error)
        items = dict(progress.read())
        return {"items": items, "message": told or progress.take_message()}

    def fallback(self) -> str:
        """Return the list of lessons, for readers without JavaScript."""
        rows = "".join(
            f"<li>{one.number} {one.title}, about {one.minutes} minutes</li>"
            for one in course.lessons()
        )
        return f"<ul>{rows}</ul>"

    def __str__(self) -> str:
        return self.title


_IN_BROWSER: dict[str, Any] = {"items": {}, "place": _IN_BOOK, "message": ""}


def _in_file() -> dict[str, Any]:
    from rectified.practice.progress import open_progress

    progress = open_progress()
    items = dict(progress.read())
    place = f"Kept in {progress.path}. On Binder, download it before you leave."
    return {"items": items, "place": place, "message": progress.take_message()}


def _entry(lesson: course.Lesson) -> dict[str, Any]:
    ending = "html" if is_book_being_built() else "ipynb"
    return {
        "number": lesson.number,
        "title": lesson.title,
        "minutes": lesson.minutes + lesson.exercise_minutes,
        "needs": list(lesson.needs),
        "href": f"{lesson.notebook}.{ending}",
        "items": course.item_ids(lesson.number),
    }


def progress_map() -> ProgressMap:
    """Return the map of the lessons with what the learner has done in each."""
    return ProgressMap()
