"""The front end as text: one JavaScript module and one style sheet.

The module is kept in a few files that share one scope. They are joined here, not by
a bundler: widgets and the book load a single module, and nobody needs Node.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from typing import Final

from rectified.widgets.rendering import NARROW_BELOW
from rectified.widgets.theme import css_variables

VARIABLE: Final = "RECTIFIED_BOOK"
_FILES: Final = files("rectified.widgets") / "static"
_SCRIPTS: Final = (
    "helpers.js",
    "plot.js",
    "axes.js",
    "player.js",
    "controls.js",
    "surroundings.js",
    "painters.js",
    "records.js",
    "keeper.js",
    "prediction.js",
    "sketch.js",
    "quiz.js",
    "panels.js",
    "explorable.js",
)


@cache
def module() -> str:
    """Return the ES module (anywidget's format: a default export with `render`)."""
    shared = f"const NARROW_BELOW = {NARROW_BELOW}; // CSS pixels\n"
    return shared + "\n".join(read(name) for name in _SCRIPTS)


@cache
def style() -> str:
    """Return the style sheet, with the colors of both themes."""
    return css_variables() + read("rectified.css") + read("practice.css")


def styled(html: str) -> str:
    """Return an output with the rules for verdicts and tables.

    A notebook has no style sheet of its own, so each output brings them. The book
    links to them once.
    """
    if is_book_being_built():
        return html
    return f"<style>{read('outputs.css')}</style>{html}"


def is_book_being_built() -> bool:
    """Return whether outputs are for the static book."""
    return bool(os.environ.get(VARIABLE))


def read(name: str) -> str:
    """Return the text of a front-end file."""
    return (_FILES / name).read_text("utf-8")
