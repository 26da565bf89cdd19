"""The command ``python -m rectified progress``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rectified._validate import problem
from rectified.practice import course
from rectified.practice.progress import Progress, open_progress
from rectified.practice.records import KINDS, Record

_COLUMN: Final = 14


def add_progress(commands: Any) -> None:
    """Add the command to what `ArgumentParser.add_subparsers` returned.

    It sets `run`, a function of the options that returns the exit code and raises
    ValueError or OSError.
    """
    parser = commands.add_parser("progress", help="show, move or reset your progress")
    actions = parser.add_subparsers(metavar="ACTION")
    parser.set_defaults(run=_show)
    actions.add_parser("show", help="what is done, lesson by lesson (default)")
    export = actions.add_parser("export", help="copy your progress into a file")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--force", action="store_true", help="overwrite FILE")
    export.set_defaults(run=_export)
    take = actions.add_parser("import", help="add the progress in an exported file")
    take.add_argument("file", type=Path, metavar="FILE")
    take.set_defaults(run=_import)
    reset = actions.add_parser("reset", help="begin anew; a backup is kept")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.set_defaults(run=_reset)


def _show(_: argparse.Namespace) -> int:
    progress = open_progress()
    print(tabulate(progress.read()))
    print(f"Your progress is in {progress.path}")
    _tell(progress)
    return 0


def tabulate(records: Mapping[str, Record]) -> str:
    """Return a table with a line per lesson: how much of it is done, by kind.

    Parameters
    ----------
    records : mapping of str to dict
        The record of each item.
    """
    rows = [["lesson", *(f"{kind}s" for kind in KINDS)]]
    for lesson in course.lessons():
        items = course.item_ids(lesson.number)
        done = {
            kind: sum(records.get(i, {}).get("state") == "done" for i in items[kind])
            for kind in KINDS
        }
        counts = [f"{done[kind]} of {len(items[kind])}" for kind in KINDS]
        rows.append([lesson.number, *counts])
    lines = ("".join(f"{word:<{_COLUMN}}" for word in row) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _export(options: argparse.Namespace) -> int:
    progress = open_progress()
    text = progress.export_text()
    try:
        with options.file.open("w" if options.force else "x", encoding="ascii") as file:
            file.write(text)
    except FileExistsError:
        advice = "choose another name or add --force"
        raise problem("FILE", "a new file", str(options.file), advice) from None
    except OSError as error:
        raise _unusable(options.file, error) from None
    print(f"Your progress is copied to {options.file}")
    _tell(progress)
    return 0


def _import(options: argparse.Namespace) -> int:
    try:
        text = options.file.read_bytes()
    except OSError as error:
        raise _unusable(options.file, error) from None
    progress = open_progress()
    print(progress.import_text(text))
    _tell(progress)
    return 0


def _reset(options: argparse.Namespace) -> int:
    progress = open_progress()
    if not (options.yes or _confirm(progress.path)):
        print("Nothing was changed.")
        return 1
    if kept := progress.reset():
        print(f"The course begins anew. Your old progress is kept as {kept}")
    else:
        print("There was nothing to reset.")
    return 0


def _confirm(path: Path) -> bool:
    question = f"Begin anew? A backup of {path} is kept. Type yes or no: "
    try:
        return input(question).strip() == "yes"
    except (EOFError, RuntimeError):  # there is nobody to ask
        print()
        return False


def _unusable(file: Path, error: OSError) -> ValueError:
    why = f"check its name ({error.strerror})"
    return problem("FILE", "a file that can be used", str(file), why)


def _tell(progress: Progress) -> None:
    if message := progress.take_message():
        print(f"rectified: {message}", file=sys.stderr)
