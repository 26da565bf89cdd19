"""What the learner has done so far, kept in a file from one session to the next."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from rectified.practice import progress_file
from rectified.practice.progress_file import EMPTY, Document
from rectified.practice.records import Record, check_event

__all__ = ["Progress", "open_progress"]

_OPEN: Final[dict[Path, Progress]] = {}


def open_progress() -> Progress:
    """Return this learner's progress, the same object for the same file.

    The file is the one that the environment variable RECTIFIED_PROGRESS names at this
    moment, or else ``progress.json`` in the user's folder for data.
    """
    named = os.environ.get("RECTIFIED_PROGRESS")
    if not named:
        from platformdirs import user_data_path

        named = str(user_data_path("rectified", appauthor=False) / "progress.json")
    # Through a link, since to replace the file would replace the link.
    path = Path(os.path.realpath(os.path.expanduser(named)))
    return _OPEN.setdefault(path, Progress(path))


class Progress:
    """The records in a progress file.

    No trouble with the file stops a lesson: events that cannot be saved stay in memory
    and are saved with the next one that can.

    Parameters
    ----------
    path : Path
        The file; it and its folder need not exist yet.

    Attributes
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Document = EMPTY  # as last seen
        self._unsaved: list[Mapping[str, Any]] = []
        self._news = ""
        self._trouble = ""
        # Cells and widgets may run in threads of their own.
        self._turn = threading.RLock()

    def read(self) -> Mapping[str, Record]:
        """Return the record of each item, those in memory included."""
        return MappingProxyType(self._read_document()["items"])

    def record(self, event: Mapping[str, Any]) -> str:
        """Save an event and return "", or what the learner should know.

        Parameters
        ----------
        event : mapping
            "item" and "kind", and any of "state", "answer" (JSON), "right", "why",
            "code" and "at" (by default now); see `records`.

        Raises
        ------
        ValueError
            If the event is malformed, which is a mistake in the course.
        """
        event = {"at": progress_file.now()} | check_event(event)
        with self._turn:
            self._unsaved.append(event)
            try:
                self._save()
            except OSError as error:
                self._trouble = (
                    "The course goes on and tries again at your next answer, but your "
                    f"progress is not saved, {progress_file.explain(error, self.path)}."
                )
            return self.take_message()

    def take_message(self) -> str:
        """Return what the learner should know: news once, trouble while it lasts."""
        with self._turn:
            message = f"{self._news} {self._trouble}".strip()
            self._news = ""
            return message

    def check_writable(self) -> str:
        """Return "" if the file can be written, or why not."""
        with self._turn:
            try:
                self._save()
            except OSError as error:
                why = progress_file.explain(error, self.path)
                return f"Your progress is not saved, {why}."
        return ""

    def export_text(self) -> str:
        """Return everything as the text of a progress file."""
        return progress_file.dump(self._read_document())

    def import_text(self, text: str | bytes) -> str:
        """Merge an exported text into the file, and return how much that changed.

        Raises
        ------
        ValueError
            If `text` is no progress file of this version.
        OSError
            If the file cannot be written; then nothing has changed.
        """
        other = progress_file.parse(text)
        with self._turn:
            try:
                changed = self._save(other)
            except OSError as error:
                raise self._unchanged(error) from error
        message = f"{changed} {'item' if changed == 1 else 'items'} changed."
        if not_understood := len(other.get("unknown", [])):
            message += f" {not_understood} not understood, but kept."
        return message

    def reset(self) -> Path | None:
        """Give the file another name, so that the course begins anew.

        Returns
        -------
        Path or None
            Where the old progress is kept; None if there was none.

        Raises
        ------
        OSError
            If the file cannot be renamed; then nothing has changed.
        """
        with self._turn:
            try:
                if self._unsaved:
                    self._save()
                with progress_file.locked(self.path):
                    if not self.path.exists():
                        return None
                    kept = progress_file.set_aside(self.path, "backup")
            except OSError as error:
                raise self._unchanged(error) from error
            self._file = EMPTY
            return kept

    def _unchanged(self, error: OSError) -> OSError:
        why = progress_file.explain(error, self.path)
        return OSError(f"nothing was changed, {why}")

    def _save(self, other: Document = EMPTY) -> int:
        """Write what is unsaved and `other`; return how many items `other` changed."""
        with progress_file.locked(self.path):
            ours = reduce(progress_file.apply_event, self._unsaved, self._load())
            merged = progress_file.merge_documents(ours, other)
            progress_file.write(self.path, merged)
        self._unsaved.clear()
        self._file, self._trouble = merged, ""
        items = merged["items"]
        return sum(items[item] != ours["items"].get(item) for item in items)

    def _read_document(self) -> Document:
        with self._turn:
            try:
                self._file = self._load_unlocked()
                trouble = ""
            except OSError as error:
                trouble = (
                    "The course goes on, but your earlier progress is not shown, "
                    f"{progress_file.explain(error, self.path)}."
                )
            if not self._unsaved:  # else what was said of these still holds
                self._trouble = trouble
            return reduce(progress_file.apply_event, self._unsaved, self._file)

    def _load_unlocked(self) -> Document:
        try:
            return progress_file.load(self.path)
        except ValueError:
            with progress_file.locked(self.path):
                return self._load()

    def _load(self) -> Document:
        document, news = progress_file.load_or_set_aside(self.path)
        self._news = f"{self._news} {news}".strip()
        return document
