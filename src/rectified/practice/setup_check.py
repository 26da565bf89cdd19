"""`check_setup`: is everything there that the course needs, and if not, what to do."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any, Final

from packaging.requirements import Requirement

from rectified.widgets.panel import Panel

OLDEST: Final = (3, 11)
_MEND: Final = (
    "In the course's folder, run `make lab` again: it installs what is missing."
)


class SetupCheck(Panel):
    """What the course needs, one line each; the front end adds whether it answers."""

    kind = "setup"
    title = "Is everything in place?"

    def spec(self) -> dict[str, Any]:
        """Return all that the front end needs."""
        return {"title": self.title, "rows": list(rows())}

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a ping: the way from a figure to Python and back is open."""
        return {"pong": message.get("do") == "ping"}

    def fallback(self) -> str:
        """Say where this runs, to readers of the book."""
        return "<p>This check runs in JupyterLab. The book needs no set-up.</p>"

    def _repr_mimebundle_(self, **kwargs: object) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        # Shown where no widget can be: then this is what is wrong.
        data["text/plain"] = "\n".join(
            [
                "No figure can be shown here. Is this JupyterLab, with the package "
                "anywidget installed? " + _MEND,
                *(f"{'ok' if row['ok'] else 'NO'}  {row['says']}" for row in rows()),
            ]
        )
        return bundle


def rows() -> Iterator[dict[str, Any]]:
    """Yield what was looked at: whether it is all right, and what to do if not."""
    found = platform.python_version()
    wanted = ".".join(map(str, OLDEST))
    yield _row(
        sys.version_info[:2] >= OLDEST,
        f"Python {found}.",
        f"The course needs {wanted} or newer. Install it, then run `make lab` again.",
    )
    problems = [problem for line in _required() if (problem := _problem(line))]
    for problem in problems:
        yield _row(False, problem, _MEND)
    if not problems:
        yield _row(True, f"All {len(_required())} packages, in versions that fit.")
    yield _progress()


def _required() -> list[Requirement]:
    lines = map(Requirement, metadata.requires("rectified") or [])
    return [r for r in lines if not r.marker or r.marker.evaluate({"extra": ""})]


def _problem(requirement: Requirement) -> str:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is not installed."
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{requirement.name} is {version}, and must be {requirement.specifier}."


def _progress() -> dict[str, Any]:
    from rectified.practice.progress import open_progress

    progress = open_progress()
    problem = progress.check_writable()
    return _row(not problem, problem or f"Your progress is kept in {progress.path}.")


def _row(ok: bool, says: str, advice: str = "") -> dict[str, Any]:
    return {"ok": ok, "says": says, "advice": "" if ok else advice}


def check_setup() -> SetupCheck:
    """Return a check of the set-up that names what is wrong and how to mend it."""
    return SetupCheck()
