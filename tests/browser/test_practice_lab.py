"""Practice in JupyterLab when a page is reloaded, a kernel dies, a disk is full."""

import json
import re
import shutil

import pytest
from playwright.sync_api import expect

from rectified.practice import course
from tests.browser import learner
from tests.browser.conftest import NOTEBOOKS
from tests.browser.figures import FigurePage
from tests.browser.lab import jupyter_lab, open_notebook, run_all

LESSON = "00_start_here.ipynb"
READY = "() => document.querySelectorAll('.rectified[data-ready=true]').length === 4"
WAITING = "JSON.parse(localStorage.getItem('rectified-unsaved') ?? '[]').length"
# How long the page waits for the kernel before it says so, and then some.
PATIENCE = 15_000  # ms

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("practice")


@pytest.fixture(scope="module")
def address(root):
    shutil.copy(NOTEBOOKS / LESSON, root)
    with jupyter_lab(root, root / "home") as address:
        yield address


@pytest.fixture
def page(chromium, address, root):
    """Lesson 00 of a learner who has done nothing yet, opened and run."""
    shutil.copy(NOTEBOOKS / LESSON, root)
    for file in (root / "home").glob("progress*"):
        file.unlink()
    page = chromium.new_page(viewport={"width": 1280, "height": 1700})
    page.set_default_timeout(20_000)
    open_notebook(page, address, LESSON)
    run_all(page)
    page.wait_for_function(READY)
    yield page
    page.close()
    server, token = address.split("/lab/")[0], {"token": "test-token"}
    request = chromium.new_context().request
    for session in request.get(f"{server}/api/sessions", params=token).json():
        url = f"{server}/api/sessions/{session['id']}"
        assert request.delete(url, params=token).ok


def kept(root):
    return json.loads((root / "home/progress.json").read_text("utf-8"))["items"]


def do_everything(page):
    learner.predict(page, page.query_selector(f"[data-figure]:has({learner.OPEN})"))
    for form, question in learner.quizzes(page, "00"):
        learner.answer(page, form, question, rightly=True)


def kernel(page, what):
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(f"^{what}")).first.click()


def test_a_reloaded_page_shows_what_was_done_although_no_cell_runs_again(page):
    do_everything(page)
    before = learner.states(page)
    page.wait_for_function(f"() => {WAITING} === 0")
    page.keyboard.press("Control+s")
    saved = "!document.querySelector('.lm-DockPanel .jp-mod-dirty')"
    page.wait_for_function(saved)
    page.reload()
    page.wait_for_function(READY, timeout=60_000)
    assert learner.states(page) == before


def test_what_no_kernel_confirms_waits_in_the_browser_and_is_sent_later(page, root):
    kernel(page, "Shut Down Kernel")
    page.wait_for_timeout(1500)
    (form, question), *_ = learner.quizzes(page, "00")
    learner.answer(page, form, question, rightly=True)
    message = page.locator(f"{learner.QUIZ} .rectified-message")
    expect(message).to_contain_text("waits in this browser", timeout=PATIENCE)
    assert question.id not in kept(root)
    kernel(page, "Restart Kernel")  # JupyterLab runs nothing while it starts one
    status = page.locator("#jp-bottom-panel")
    expect(status).to_contain_text("| Idle", timeout=60_000)
    run_all(page)
    page.wait_for_function(f"() => {WAITING} === 0", timeout=60_000)
    assert kept(root)[question.id]["state"] == "done"
    assert kept(root)[question.id]["tries"] == 1


def test_a_progress_file_that_cannot_be_written_is_said_and_the_lesson_goes_on(
    page, root
):
    # A folder in its place; root could write into a folder that is read-only.
    (root / "home/progress.json").unlink(missing_ok=True)
    (root / "home/progress.json").mkdir()
    try:
        figure = page.query_selector(f"[data-figure]:has({learner.OPEN})")
        learner.predict(page, figure)
        message = figure.wait_for_selector(".rectified-message:not([hidden])")
        assert "The course goes on" in message.inner_text()
        assert "Traceback" not in message.inner_text()
        assert not figure.eval_on_selector(".rectified-controls", "c => c.inert")
    finally:
        (root / "home/progress.json").rmdir()


def test_progress_is_carried_to_another_machine_by_download_and_upload(
    page, root, tmp_path
):
    do_everything(page)
    expected = {"00-cure", *course.load_items("00").quiz}
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    saved = tmp_path / "progress.json"
    download.value.save_as(saved)
    page.get_by_role("button", name="Start over …").click()
    page.get_by_role("button", name="Yes, start over").click()
    message = page.locator("[data-panel=map] .rectified-message")
    expect(message).to_contain_text("backup")
    assert not (root / "home/progress.json").exists()
    page.set_input_files("input[type=file]", saved)
    expect(message).to_contain_text("changed")
    assert kept(root).keys() >= expected
    row = page.locator(".rectified-map tbody tr").first
    expect(row).to_contain_text("3 of 3")


def test_the_map_takes_no_file_that_is_no_progress(page, root):
    file = {"name": "x.json", "mimeType": "application/json", "buffer": b"no JSON"}
    page.set_input_files("input[type=file]", file)
    message = page.locator("[data-panel=map] .rectified-message")
    expect(message).to_be_visible()
    assert "Traceback" not in message.inner_text()


def test_the_check_of_the_set_up_hears_the_figures(page):
    panel = page.wait_for_selector("[data-panel=setup][data-done]")
    assert panel.get_attribute("data-done") == "0"
    assert "All is well" in panel.inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_panels_before_and_after(page, theme):
    outputs = ".jp-OutputArea-output:has(.rectified, .rectified-check)"
    switch = "light => document.body.setAttribute('data-jp-theme-light', light)"
    page.evaluate(switch, theme == "light")
    assert FigurePage(page).axe_violations(outputs) == []
    do_everything(page)
    assert FigurePage(page).axe_violations(outputs) == []
