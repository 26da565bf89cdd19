"""Where the built book is, and how to read its pages without a browser."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from course import SITE

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
LESSONS = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
TEXTS = sorted(path.stem for path in NOTEBOOKS.glob("*.md"))
WRITTEN = [*TEXTS, *LESSONS]
MADE = ["genindex", "search"]  # Sphinx makes these by itself
PAGES = [*WRITTEN, *MADE]


@dataclass(frozen=True)
class BookPage:
    """One built page."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / SITE / f"{self.name}.html"

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.path.read_text("utf-8"), "html.parser")

    @property
    def article(self) -> Tag:
        return self.soup.select_one("article.bd-article")

    @property
    def figures(self) -> list[dict[str, Any]]:
        """The state of each explorable, as the front end will read it."""
        states = self.soup.select(".rectified-mount > script[type='application/json']")
        return [json.loads(state.string) for state in states]

    def frames(self, view: str) -> list[set[Path]]:
        """The files that each figure shows in `view`, such as ``light-wide``."""
        folder = ROOT / SITE / "_static/frames"
        named = [state.get("_frames", {}).get("files", {}) for state in self.figures]
        return [{folder / name for name in files.get(view, [])} for files in named]

    def target(self, url: str) -> tuple[Path, str]:
        """Return the file and the anchor that a relative `url` on this page means."""
        parts = urlsplit(url)
        path = unquote(parts.path)
        file = (self.path.parent / path).resolve() if path else self.path
        return file, unquote(parts.fragment)


def is_external(url: str) -> bool:
    """Tell whether `url` leaves the site; ``data:`` and ``#`` do not."""
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme in {"http", "https", "mailto", "ftp"}


def launch_url(service: str, name: str, repository: str) -> str:
    """Return the address that opens a lesson live, written out by hand."""
    course = repository.removeprefix("https://github.com/")
    notebook = f"notebooks/{name}.ipynb"
    return {
        "Binder": f"https://mybinder.org/v2/gh/{course}/main?urlpath=lab/tree/{notebook}",
        "Colab": "https://colab.research.google.com/github/"
        f"{course}/blob/main/{notebook}",
        "JupyterLab": f"http://localhost:8888/lab/tree/{notebook}",
    }[service]
