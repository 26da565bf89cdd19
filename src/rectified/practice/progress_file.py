"""The progress file: its format, and how it is locked, written and set aside.

The file is the JSON document ``{"version": 1, "items": {item: record}}``. A malformed
record is moved, as {item: record}, into a list "unknown" beside "items"; other keys
survive. Nothing is ever deleted: a file that is not understood gets another name.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from rectified.practice.records import apply, is_record, merge

Document = dict[str, Any]
T = TypeVar("T")

VERSION: Final = 1
EMPTY: Final[Document] = {"version": VERSION, "items": {}}
LOCK_SECONDS: Final = 3.0
"""How long to wait for other programs; each holds the lock for milliseconds."""


class NewerVersion(ValueError):
    """A progress file that a newer version of the course wrote."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            f"`version` must be at most {VERSION}, got {version}; update the course"
        )


class CannotSetAside(OSError):
    """A file that is not understood, and that cannot get another name."""


def parse(text: str | bytes) -> Document:
    """Return the document in a text, with malformed records moved to "unknown".

    Raises
    ------
    NewerVersion, ValueError
        If a newer version of the course wrote it, or if it is no progress file.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _problem("JSON", text) from None
    if not isinstance(document, dict):
        raise _problem("a JSON object", text)
    version, items = document.get("version"), document.get("items")
    if type(version) is not int or version < 1:
        raise _problem('a progress file with a "version"', text)
    if version > VERSION:
        raise NewerVersion(version)
    unknown = document.get("unknown", [])
    if not isinstance(items, dict) or not isinstance(unknown, list):
        raise _problem('a progress file with "items"', text)
    good = {item: record for item, record in items.items() if is_record(record)}
    bad = [{item: record} for item, record in items.items() if item not in good]
    return document | {"items": good} | ({"unknown": unknown + bad} if bad else {})


def _problem(rule: str, text: str | bytes) -> ValueError:
    # It imports NumPy, which takes longer than all of this module.
    from rectified._validate import problem

    return problem("text", rule, text[:40], "choose a file that this course exported")


def dump(document: Document) -> str:
    """Return the text of a document; ASCII, so that no encoding can spoil it."""
    return json.dumps(document, indent=1) + "\n"


def apply_event(document: Document, event: Mapping[str, Any]) -> Document:
    """Return the document after an event; see `records.apply`."""
    items, item = document["items"], event["item"]
    return document | {"items": items | {item: apply(items.get(item), event)}}


def merge_documents(a: Document, b: Document) -> Document:
    """Return what two documents know together; see `records.merge`."""
    items = a["items"] | b["items"]
    for item in a["items"].keys() & b["items"].keys():
        items[item] = merge(a["items"][item], b["items"][item])
    unknown = list(a.get("unknown", []))
    unknown += [bad for bad in b.get("unknown", []) if bad not in unknown]
    return b | a | {"items": items} | ({"unknown": unknown} if unknown else {})


def now() -> str:
    """Return the time as events state it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other programs from changing the file, or raise OSError."""
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{path}.lock")
    with lock.acquire(timeout=LOCK_SECONDS, poll_interval=0.01):
        yield


def load(path: Path) -> Document:
    """Return the document in a file, EMPTY if there is none; raise as `parse` does."""
    try:
        return parse(_patiently(path.read_bytes))
    except FileNotFoundError:
        return EMPTY


def write(path: Path, document: Document) -> None:
    """Replace the file at once, so that a kill leaves the old one or the new one.

    The lock must be held: all programs use the same temporary name, so that killed ones
    leave one file at most.
    """
    temporary = Path(f"{path}.tmp")
    try:
        with temporary.open("w", encoding="ascii", newline="\n") as file:
            file.write(dump(document))
            file.flush()
            os.fsync(file.fileno())
        _patiently(lambda: temporary.replace(path))
    except OSError:
        with suppress(OSError):
            temporary.unlink()  # on a full disk, half a file helps nobody
        raise
    # All is written now. That the folder is on the disk too only helps if power fails.
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _patiently(action: Callable[[], T]) -> T:
    # Windows does not replace a file while another program reads it, nor the reverse.
    for pause in (0.01, 0.02, 0.04, 0.08):
        try:
            return action()
        except PermissionError:
            time.sleep(pause)
    return action()


def set_aside(path: Path, label: str) -> Path:
    """Give the file a name that tells why and when, and return it.

    The lock must be held, or another program could take the same name.
    """
    stem = f"{path.stem}.{label}-{now().replace('-', '').replace(':', '')}"
    new, number = path.with_name(stem + path.suffix), 1
    while new.exists():
        number += 1
        new = path.with_name(f"{stem}-{number}{path.suffix}")
    return _patiently(lambda: path.rename(new))


def load_or_set_aside(path: Path) -> tuple[Document, str]:
    """Return the document and "", or an empty one and where the file is now.

    The lock must be held.

    Raises
    ------
    CannotSetAside
        If the file is not understood, and cannot get another name.
    """
    try:
        return load(path), ""
    except ValueError as error:
        label, why = "unreadable", "cannot be understood"
        if isinstance(error, NewerVersion):
            label = f"version-{error.version}"
            why = "is from a newer version of the course"
    try:
        new = set_aside(path, label)
    except OSError as error:
        raise CannotSetAside(why) from error
    news = (
        f"The file with your progress {why}; it is kept as {new}, and a new one begins."
    )
    return EMPTY, news


def explain(error: OSError, path: Path) -> str:
    """Return why a file cannot be used, and what to do: "because ...; ..."."""
    if isinstance(error, CannotSetAside):
        why, advice = f"{path} {error} and cannot be renamed", "rename it yourself"
    elif isinstance(error, TimeoutError):
        why = f"another program has locked the file for {LOCK_SECONDS:g} seconds"
        advice = "close other windows of the course"
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        why, advice = "the disk is full", "make some room"
    else:
        why = f"{path} cannot be used ({error.strerror or error})"
        advice = "set RECTIFIED_PROGRESS to a file in a folder that you may write to"
    return f"because {why}; {advice}"
