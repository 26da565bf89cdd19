"""Where the code of a figure is: shown in the figure, linked to the repository."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import cache
from importlib.metadata import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rectified.widgets.explorable import Explorable


def module_path(cls: type) -> Path:
    """Return the file that a class is defined in."""
    return Path(inspect.getfile(cls))


def script_paths(cls: type[Explorable]) -> list[Path]:
    """Return the files of a figure's script, the main one first."""
    names = [cls.script, *cls.script_parts] if cls.script else []
    return [module_path(cls).parent / name for name in names]


def find_sources(cls: type[Explorable]) -> Iterable[dict[str, str]]:
    """Yield path, text and, for the course's own, address of the figure's code."""
    try:
        code = inspect.getsource(cls)
    except (OSError, TypeError):  # defined where no source file is kept
        return
    yield _source(module_path(cls), code)
    for function in cls.computed_by:
        yield _source(Path(inspect.getfile(function)), inspect.getsource(function))
    for script in script_paths(cls):
        yield _source(script, script.read_text("utf-8"))


def is_ours(cls: type) -> bool:
    """Return whether a class is part of the course's package."""
    return cls.__module__.partition(".")[0] == "rectified"


def _source(path: Path, code: str) -> dict[str, str]:
    package = Path(__file__).parents[1]
    if not path.is_relative_to(package):
        return {"path": path.name, "code": code}
    shown = f"src/rectified/{path.relative_to(package).as_posix()}"
    return {"path": shown, "code": code, "url": f"{repository()}/blob/main/{shown}"}


@cache
def repository() -> str:
    """Return the address of the course's repository, from the package metadata."""
    urls = metadata("rectified").get_all("Project-URL") or []
    pairs = dict(url.split(", ", 1) for url in urls)
    return str(pairs.get("Repository", ""))
