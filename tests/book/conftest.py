"""Build the book once, serve it, and open its pages in a browser."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from course import BUILD
from playwright.sync_api import Browser, sync_playwright

from tests.book.reader import Reader
from tests.book.site import ROOT, SITE
from tests.browser.chromium import find_chromium
from tests.browser.lab import CHROMIUM_ARGUMENTS


@pytest.fixture(scope="session")
def build() -> subprocess.CompletedProcess[str]:
    """Build the book as `make book` does and return how that went.

    Every page is read and written again (``-E -a``): an unchanged page would not
    repeat its warnings. Executed lessons come from the cache all the same.
    """
    shutil.rmtree(ROOT / SITE, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", *BUILD, "-E", "-a", "-b", "html"]
    # Files, not pipes: a formula server that outlives the build would hold a pipe open.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        done = subprocess.run(
            [*command, "notebooks", SITE],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdout=out,
            stderr=errors,
            check=False,
        )
        out.seek(0)
        errors.seek(0)
        texts = out.read(), errors.read()
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)


@pytest.fixture(scope="session")
def book(build: subprocess.CompletedProcess[str]) -> Path:
    """The folder of the built book."""
    if build.returncode:
        pytest.fail(f"The book does not build:\n{build.stderr}", pytrace=False)
    return ROOT / SITE


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: what goes wrong is seen from the page."""


@pytest.fixture(scope="session")
def addresses(book: Path) -> Iterator[dict[str, str]]:
    """Where the book is to be read: from a server, and straight from its files."""
    handler = functools.partial(_Quiet, directory=book)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        yield {"http": f"http://127.0.0.1:{port}", "file": book.as_uri()}
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. One module at a time: two Playwrights cannot run side by side."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def read(
    browser: Browser, addresses: dict[str, str]
) -> Iterator[Callable[..., Reader]]:
    """Open a page: ``read("index", theme="dark", width=360, over="file")``.

    At the end the reader must have seen no error and asked for nothing that is not
    part of the book.
    """
    readers: list[Reader] = []

    def open_page(
        name: str, *, over: str = "http", predict: bool = False, **options: object
    ) -> Reader:
        reader = Reader(browser, addresses[over], **options)
        readers.append(reader)
        reader.open(name, predict=predict)
        return reader

    yield open_page
    problems = [problem for reader in readers for problem in reader.close()]
    assert problems == []
