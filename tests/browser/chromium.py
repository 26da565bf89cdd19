"""Find a Chromium for the browser tests, or fetch one.

Standard library only: ``tools/course.py`` runs this file as a script before
the tests start, so that a missing browser is one sentence and not fifty errors.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

OVERRIDE = "RECTIFIED_CHROMIUM"

# Chromium without its own windows draws the same pages in two thirds of the time.
HEADLESS = "chromium-headless-shell"
# Chrome comes before `chromium-browser`, which on Ubuntu is only a pointer to a snap.
PATH_NAMES = (
    HEADLESS,
    "chromium",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "chromium-browser",
    "microsoft-edge-stable",
    "microsoft-edge",
    "msedge",
)
MAC_APPLICATIONS = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
WINDOWS_PROGRAMS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
PLAYWRIGHT_HOST = os.environ.get(
    "PLAYWRIGHT_DOWNLOAD_HOST", "https://cdn.playwright.dev"
)
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright:\n"
    "    print(playwright.chromium.executable_path)"
)


def find_chromium() -> Path | None:
    """Return a browser that starts, or None if there is none.

    The environment variable ``RECTIFIED_CHROMIUM`` decides if it is set; then
    come the system's browsers, then the one that Playwright has downloaded.

    Raises
    ------
    FileNotFoundError
        If ``RECTIFIED_CHROMIUM`` names something that is not a file.
    """
    if override := os.environ.get(OVERRIDE):
        if not Path(override).is_file():
            raise FileNotFoundError(
                f"`{OVERRIDE}` must be the path of a Chromium, got {override!r}; "
                "correct it or unset it"
            )
        return Path(override)
    return next(filter(_starts, _candidates()), None)


def ensure_chromium() -> Path:
    """Return a browser that starts, downloading or installing one if need be.

    Raises
    ------
    RuntimeError
        If there is no browser and none could be fetched; says what to do.
    """
    if browser := find_chromium():
        return browser
    for fetch in (_download_with_playwright, _install_with_apt):
        fetch()
        if browser := find_chromium():
            return browser
    raise RuntimeError(
        "The browser tests need Chromium, Chrome or Edge, and none was found. "
        f"Install one, or set {OVERRIDE} to the path of its program, or leave "
        "these tests out: python tools/course.py test --no-browser"
    )


def _candidates() -> Iterator[Path]:
    """Yield the places to look, best first; Playwright, the slowest, last."""
    yield from (Path(hit) for name in PATH_NAMES if (hit := shutil.which(name)))
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            for name in MAC_APPLICATIONS:
                yield folder / f"{name}.app/Contents/MacOS/{name}"
    if sys.platform == "win32":
        for variable in WINDOWS_FOLDERS:
            if folder_name := os.environ.get(variable):
                yield from (Path(folder_name) / name for name in WINDOWS_PROGRAMS)
    yield from _playwright_browser()


def _playwright_browser() -> Iterator[Path]:
    # A process of its own: the caller may already run an event loop.
    command = [sys.executable, "-c", ASK_PLAYWRIGHT]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode == 0 and answer.stdout.strip():
        yield Path(answer.stdout.strip())


def _starts(browser: Path) -> bool:
    """Tell whether `browser` is there and has the system libraries it needs."""
    if not browser.is_file():
        return False
    if sys.platform != "win32":  # there, `--version` would open a window
        command = [str(browser), "--version"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=30)
        except (OSError, subprocess.SubprocessError):
            return False
    return True


def _download_with_playwright() -> None:
    try:
        urllib.request.urlopen(PLAYWRIGHT_HOST, timeout=3).close()
    except urllib.error.HTTPError:
        pass  # it answers, if only to say that this address is no page
    except OSError:
        _say("No browser found, and Playwright's cannot be downloaded from here.")
        return
    _say("No browser found. Playwright downloads its own, about 170 MB.")
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _install_with_apt() -> None:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (is_root and shutil.which("apt-get")):
        return
    _say("apt-get installs Chromium; that takes about a minute.")
    install = ("apt-get", "install", "-y", "-q", "--no-install-recommends")
    _run("apt-get", "update", "-q")
    _run(*install, HEADLESS) or _run(*install, "chromium")


def _run(*command: str) -> bool:
    """Run a command that may not stop to ask a question; tell whether it succeeded."""
    unattended = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, env=unattended, check=False
    )
    return done.returncode == 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    try:
        print(f"Browser for the tests: {ensure_chromium()}")
    except (FileNotFoundError, RuntimeError) as error:
        sys.exit(str(error))
