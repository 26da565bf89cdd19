"""One Chromium and one JupyterLab for all tests of this folder."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from rectified.widgets import front_end
from tests.browser.chromium import ensure_chromium
from tests.browser.lab import CHROMIUM_ARGUMENTS, jupyter_lab
from tests.browser.scripts import COMPUTE

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.fixture(scope="module")
def chromium():
    """A browser. One module at a time: two Playwrights cannot run side by side."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=ensure_chromium(), args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab_root(tmp_path_factory):
    """A folder with a copy of the lessons."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, root / "notebooks")
    return root


@pytest.fixture(scope="session")
def lab(lab_root):
    """The address of a JupyterLab on a copy of the lessons."""
    with jupyter_lab(lab_root, lab_root / "home") as address:
        yield address


@pytest.fixture(scope="session")
def progress_file(lab_root):
    """Where the learner of that JupyterLab has their progress."""
    return lab_root / "home" / "progress.json"


@pytest.fixture(scope="module")
def script_page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def compute(script_page):
    """Run a figure's script at many settings."""

    def run(figure, settings):
        wanted = [
            {
                "press": setting.pop("press", ""),
                "values": figure.values | setting,
                "start": figure.values,
            }
            for setting in settings
        ]
        spec = figure.spec()
        return script_page.evaluate(
            COMPUTE, [front_end.module(), spec["script"], spec["constants"], wanted]
        )

    return run
