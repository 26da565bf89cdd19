"""Drive JupyterLab in Chromium: start a server, open a notebook, run its cells."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

START_TIME = 90
RUN_TIME = 300  # both processors may be busy with other tests
# Chromium looks for updates and Google services at start; a closed network makes
# that slow, and the course must not need it.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """Return a TCP port that nobody uses at the moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def jupyter_lab(root: Path, home: Path) -> Iterator[str]:
    """Run JupyterLab on `root`; yield its address (with ``{path}`` to fill in)."""
    port, token = free_port(), "test-token"
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "IPYTHONDIR": str(home / "ipython"),
        "RECTIFIED_PROGRESS": str(home / "progress.json"),
        "OMP_NUM_THREADS": "1",
    }
    environment.pop("RECTIFIED_BOOK", None)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--IdentityProvider.token={token}"]
    command += ["--ip=127.0.0.1"]
    _write_settings(home / "settings")
    log = home / "server.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            command, cwd=root, env=environment, stdout=stream, stderr=stream
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/lab/tree/{{path}}?token={token}&reset"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _write_settings(folder: Path) -> None:
    """Ask no question about news, and keep cells that are out of sight in the page."""
    settings = {
        "apputils-extension/notification": '{"fetchNews": "false"}',
        "notebook-extension/tracker": '{"windowingMode": "none"}',
    }
    for name, text in settings.items():
        path = folder / f"@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIME
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def open_notebook(page: Page, address: str, path: str) -> None:
    """Open a notebook and wait until its kernel is idle."""
    page.goto(address.format(path=path), timeout=START_TIME * 1000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=START_TIME * 1000)
    # The status bar knows; the notebook's own mark says idle before there is a kernel.
    status = page.locator("#jp-bottom-panel, .jp-StatusBar-Widget").first
    expect(status).to_contain_text("| Idle", timeout=START_TIME * 1000)


def run_all(page: Page) -> None:
    """Run all cells by the menu; wait until the last one is done or one fails."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll(
                '.jp-CodeCell .jp-InputArea-prompt')].map(p => p.textContent);
            const failed = document.querySelector(
                '[data-mime-type="application/vnd.jupyter.error"]');
            return failed || (prompts.length && prompts.every(p => /\\d/.test(p)));
        }""",
        timeout=RUN_TIME * 1000,
    )
    failures = page.locator("[data-mime-type='application/vnd.jupyter.error']")
    assert failures.count() == 0, failures.first.inner_text()
