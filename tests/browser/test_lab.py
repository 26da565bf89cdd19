"""Every lesson in real JupyterLab: each control moves its figure, for everyone."""

import json
import re
import shutil
from pathlib import Path

import pytest

from rectified.practice.course import item_ids
from rectified.practice.markup import to_text
from tests.browser.conftest import NOTEBOOKS
from tests.browser.figures import (
    INPUTS,
    NAME,
    FigurePage,
    enabled_inputs,
)
from tests.browser.lab import open_notebook, run_all
from tests.browser.learner import OPEN, QUIZ
from tests.browser.walk import work_through

LESSONS = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
SCREENSHOTS = Path(__file__).resolve().parents[1] / "artifacts/lab"
READY = """() => [...document.querySelectorAll('.rectified')].every(r =>
    r.dataset.ready === 'true' && ('panel' in r.dataset || r.dataset.drawn !== '0'))"""
# Figures, panels, and the verdicts of checks.
OUTPUTS = ".jp-OutputArea-output:has(.rectified, .rectified-check)"
# JupyterLab's own; none of them is about the lesson.
NOT_OURS = (
    "Starting application",
    "Starting WebSocket",
    "Failed to load resource",
    "Plugin @jupyterlab",  # slow to start on a busy machine
)

pytestmark = pytest.mark.browser


class LessonPage(FigurePage):
    """A lesson in JupyterLab with all its cells run."""

    def __init__(self, page, problems, name, walk, axe_before):
        super().__init__(page)
        self.problems = problems
        self.name = name
        self.number = name[:2]
        self.walk = walk
        self.axe_before = axe_before

    def figure(self, name):
        return self.page.query_selector(f"[data-figure={name}]")

    def set_theme(self, name):
        switch = "light => document.body.setAttribute('data-jp-theme-light', light)"
        self.page.evaluate(switch, name == "light")


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request, chromium, lab):
    """One lesson, opened and run once, and worked through by a scripted learner."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1700})
    page.set_default_timeout(20_000)
    problems = []
    page.on(
        "console",
        lambda m: (
            problems.append(f"{m.type}: {m.text}")
            if m.type in {"error", "warning"} and not m.text.startswith(NOT_OURS)
            else None
        ),
    )
    page.on("pageerror", lambda error: problems.append(str(error)))
    open_notebook(page, lab, f"notebooks/{request.param}.ipynb")
    run_all(page)
    page.wait_for_function(READY)
    axe_before = FigurePage(page).axe_violations(OUTPUTS)
    walk = work_through(page, request.param[:2])
    yield LessonPage(page, problems, request.param, walk, axe_before)
    page.close()


# --- practice -------------------------------------------------------------------------


def test_a_figure_with_a_prediction_opens_when_the_learner_has_committed(lesson):
    n_predictions = len(item_ids(lesson.number)["prediction"])
    assert lesson.walk.locked == [True] * n_predictions
    assert lesson.walk.opened == [True] * n_predictions


def test_each_wrong_answer_is_refused_and_the_right_one_accepted(lesson):
    n_questions = len(item_ids(lesson.number)["question"])
    assert lesson.walk.refused == ["wrong"] * n_questions
    assert lesson.walk.score == (
        f"{n_questions} of {n_questions} answered rightly, 0 of them at the first try."
    )


def test_exercises_are_solved_and_a_mistake_is_told_what_went_wrong(lesson):
    assert lesson.walk.solved == ["Solved"] * len(item_ids(lesson.number)["exercise"])
    for says, said in lesson.walk.mistakes:
        # Formulas are read out differently; the words are the same.
        words = re.findall(r"[A-Za-z]{4,}", re.sub(r"\$.*?\$", "", to_text(says)))
        assert words
        assert all(word in said for word in words)


def test_everything_that_was_done_is_in_the_progress_file(lesson, progress_file):
    kept = json.loads(progress_file.read_text("utf-8"))["items"]
    for kind, ids in item_ids(lesson.number).items():
        for item in ids:
            assert kept[item]["kind"] == kind
            assert kept[item]["state"] == "done", item
    predictions = item_ids(lesson.number)["prediction"]
    assert {kept[item]["why"] for item in predictions} == {"because of its weights"}


def test_axe_finds_nothing_before_anything_is_answered(lesson):
    assert lesson.axe_before == []


# --- figures --------------------------------------------------------------------------


def test_every_lesson_has_figures(lesson):
    assert len(lesson.figures()) >= (1 if lesson.number == "00" else 3)


def test_every_control_changes_what_its_figure_shows_by_keyboard_alone(lesson):
    idle = []
    for figure in lesson.figures():
        for control in enabled_inputs(figure):
            if not lesson.moves(figure, control):
                idle.append(control.evaluate(NAME))
            lesson.reset(figure)
    assert idle == []


def test_no_two_elements_have_the_same_id(lesson):
    ids = lesson.page.eval_on_selector_all(
        ".rectified [id]", "nodes => nodes.map(node => node.id)"
    )
    assert len(set(ids)) == len(ids) > 0


def test_no_control_is_switched_off_with_a_kernel(lesson):
    off = lesson.page.query_selector_all(f"{INPUTS}:disabled")
    assert [control.evaluate(NAME) for control in off] == []


def test_arrow_keys_in_a_figure_do_not_move_the_notebook(lesson):
    figure = lesson.figures()[0]
    selected = "document.querySelector('.jp-Notebook .jp-mod-selected').dataset"
    slider = figure.query_selector("input[type=range]")
    slider.focus()
    before = lesson.page.evaluate(f"JSON.stringify({selected})")
    for _ in range(3):
        lesson.page.keyboard.press("ArrowDown")
    # A letter would be a command of the notebook: x cuts a cell.
    cells = lesson.page.locator(".jp-Cell").count()
    lesson.page.keyboard.press("x")
    assert slider.evaluate("s => s === document.activeElement")
    assert lesson.page.evaluate(f"JSON.stringify({selected})") == before
    assert lesson.page.locator(".jp-Cell").count() == cells
    lesson.reset(figure)


def test_shift_enter_in_a_control_still_runs_the_notebook_on(lesson):
    figure = lesson.figures()[0]
    figure.query_selector("select").focus()
    active = "document.querySelector('.jp-Notebook .jp-mod-active').innerText"
    before, n_figures = lesson.page.evaluate(active), len(lesson.figures())
    lesson.page.keyboard.press("Shift+Enter")
    lesson.page.wait_for_function(f"before => {active} !== before", arg=before)
    # If it was the figure's own cell that ran, the figure comes back.
    count = "n => document.querySelectorAll('[data-figure]').length === n"
    lesson.page.wait_for_function(count, arg=n_figures)
    lesson.page.wait_for_function(READY)


def test_a_mouse_drag_moves_the_figure_to_where_the_hand_stops(lesson):
    for figure in lesson.figures():
        slider = figure.query_selector("input[type=range]")
        slider.scroll_into_view_if_needed()
        box, drawn = slider.bounding_box(), lesson.drawn(figure)
        y = box["y"] + box["height"] / 2
        lesson.page.mouse.move(box["x"] + box["width"] / 2, y)
        lesson.page.mouse.down()
        lesson.page.mouse.move(box["x"] + box["width"] - 2, y, steps=12)
        lesson.page.mouse.up()
        lesson.wait_for_drawing(figure, drawn)
        dragged = at_rest(lesson, figure)  # late answers must not bring back the past
        assert slider.evaluate("s => s.value === s.max")
        lesson.page.keyboard.press("ArrowLeft")
        lesson.page.wait_for_timeout(300)
        lesson.page.keyboard.press("End")
        assert at_rest(lesson, figure) == dragged
        lesson.reset(figure)


def at_rest(lesson, figure):
    """Return what a figure shows when nothing has changed for a while."""
    shown, before = without_source(lesson.shown(figure)), None
    while shown != before:
        lesson.page.wait_for_timeout(1000)
        shown, before = without_source(lesson.shown(figure)), shown
    return shown


def without_source(shown):
    """Drop the address of a picture: the same picture may come under a new one."""
    return shown.partition("blob:")[0]


def test_a_knob_in_a_drawing_can_be_dragged(lesson):
    figures = [f for f in lesson.figures() if f.query_selector(".rectified-knob")]
    for figure in figures:
        figure.scroll_into_view_if_needed()
        knob, shown = figure.query_selector(".rectified-knob"), lesson.shown(figure)
        box, drawn = knob.bounding_box(), lesson.drawn(figure)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        lesson.page.mouse.move(x, y)
        lesson.page.mouse.down()
        lesson.page.mouse.move(x + 40, y, steps=5)
        lesson.page.mouse.up()
        lesson.wait_for_drawing(figure, drawn)
        assert lesson.shown(figure) != shown
        moved = figure.query_selector(".rectified-knob").bounding_box()
        # The knob follows the hand to the nearest step of its control.
        assert moved["x"] == pytest.approx(box["x"] + 40, abs=8)
        lesson.reset(figure)


def test_play_walks_a_slider_until_it_is_paused(lesson):
    for play in lesson.page.query_selector_all(".rectified-play"):
        figure = play.evaluate_handle("b => b.closest('.rectified')").as_element()
        box = play.evaluate_handle(
            "b => b.parentElement.querySelector('input[type=number]')"
        ).as_element()
        play.scroll_into_view_if_needed()
        play.click()
        first = float(box.input_value())
        lesson.page.wait_for_function(
            "([box, first]) => Number(box.value) > first", arg=[box, first]
        )
        assert "Pause" in play.get_attribute("aria-label")
        play.click()
        assert "Play" in play.get_attribute("aria-label")
        at_rest(lesson, figure)  # a picture may have been under way, and its step
        paused = box.input_value()
        lesson.page.wait_for_timeout(1200)  # longer than any step takes
        assert box.input_value() == paused
        play.click()
        lesson.reset(figure)
        assert "Play" in play.get_attribute("aria-label")


def test_a_number_out_of_range_is_clamped_and_said(lesson):
    for figure in lesson.figures():
        box = figure.query_selector("input[type=number]")
        drawn = lesson.drawn(figure)
        box.fill("9999999")
        lesson.page.keyboard.press("Enter")
        lesson.wait_for_drawing(figure, drawn)
        assert box.evaluate("b => Number(b.value) === Number(b.max)")
        message = figure.query_selector(".rectified-message")
        assert message.is_visible()
        assert "9999999" in message.inner_text()
        lesson.reset(figure)
        message.wait_for_element_state("hidden")


def test_an_emptied_number_keeps_the_value_and_says_so(lesson):
    figure = lesson.figures()[0]
    box = figure.query_selector("input[type=number]")
    value = box.input_value()
    box.fill("")
    lesson.page.keyboard.press("Enter")
    message = figure.query_selector(".rectified-message")
    message.wait_for_element_state("visible")
    assert "needs a number" in message.inner_text()
    assert box.input_value() == value
    lesson.reset(figure)


def test_copy_this_setting_gives_a_line_that_restores_it(lesson):
    import rectified

    for figure in lesson.figures():
        lesson.moves(figure, enabled_inputs(figure)[0])
        figure.query_selector("button >> text=Copy this setting").click()
        line = figure.wait_for_selector(".rectified-copied code").inner_text()
        restored = eval(line, {"rc": rectified})  # as the lesson imports it
        box = figure.query_selector("input[type=number]")
        control = box.evaluate("s => s.closest('[data-control]').dataset.control")
        assert restored.values[control] == pytest.approx(float(box.input_value()))
        lesson.reset(figure)


def test_a_screen_reader_hears_the_finding_after_a_pause(lesson):
    for figure in lesson.figures():
        lesson.moves(figure, enabled_inputs(figure)[0])
        lesson.page.wait_for_timeout(1000)
        finding = figure.query_selector(".rectified-finding").inner_text()
        assert figure.query_selector(".rectified-status").text_content() == finding
        picture = figure.query_selector(".rectified-picture > :is(img, svg)")
        alt = picture.get_attribute("alt") or picture.get_attribute("aria-label")
        assert alt == finding
        assert len(alt) > 20
        lesson.reset(figure)


def test_the_page_below_a_figure_never_jumps(lesson):
    for figure in lesson.figures():
        heights = set()
        for control in enabled_inputs(figure):
            lesson.moves(figure, control)
            picture = figure.query_selector(".rectified-picture")
            heights.add(round(picture.bounding_box()["height"]))
        assert len(heights) == 1
        lesson.reset(figure)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_outputs(lesson, theme):
    lesson.set_theme(theme)
    for figure in lesson.figures():
        lesson.page.wait_for_function(
            "([root, theme]) => root.dataset.theme === theme", arg=[figure, theme]
        )
    open_sources = "open => document.querySelectorAll('.rectified details').forEach("
    lesson.page.evaluate(f"{open_sources}d => d.open = open)", True)
    violations = lesson.axe_violations(OUTPUTS)
    lesson.page.evaluate(f"{open_sources}d => d.open = open)", False)
    assert violations == []
    lesson.set_theme("light")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_screenshots_for_people(lesson, theme, request):
    lesson.set_theme(theme)
    lesson.page.wait_for_timeout(800)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for figure in lesson.figures():
        name = figure.get_attribute("data-figure")
        path = SCREENSHOTS / f"{name}_{theme}.png"
        figure.screenshot(path=path)
        assert path.stat().st_size > 5000  # an empty box would be smaller
    lesson.set_theme("light")


def test_a_figure_answers_again_after_the_kernel_was_interrupted(lesson):
    figure = lesson.figures()[-1]
    lesson.page.get_by_role("menuitem", name="Kernel", exact=True).click()
    lesson.page.get_by_role("menuitem", name="Interrupt Kernel").click()
    assert lesson.moves(figure, enabled_inputs(figure)[0])
    lesson.reset(figure)


def test_nothing_was_complained_about_in_the_console(lesson):
    assert lesson.problems == []


@pytest.mark.parametrize("how", ["Restart Kernel", "Shut Down Kernel"])
def test_without_a_kernel_a_figure_moves_or_says_why_not(lesson, how):
    lesson.page.get_by_role("menuitem", name="Kernel", exact=True).click()
    lesson.page.get_by_role("menuitem", name=re.compile(f"^{how}")).first.click()
    if "Restart" in how:
        lesson.page.locator(".jp-Dialog .jp-mod-accept").click()
    lesson.page.wait_for_timeout(2500)
    waiting = []
    for figure in lesson.figures():  # the last test: it takes the kernel
        if figure.query_selector(".rectified-picture > svg"):
            assert lesson.moves(figure, enabled_inputs(figure)[0])
            continue
        figure.query_selector("input[type=range]:enabled").focus()
        lesson.page.keyboard.press("ArrowLeft")
        waiting.append(figure.query_selector(".rectified-message"))
    for message in waiting:
        message.wait_for_element_state("visible")
        assert "Waiting for the kernel" in message.inner_text()


def test_a_new_session_finds_what_was_done(lesson, lab, lab_root):
    # As it was handed out, in a folder of its own: JupyterLab saves what the learner
    # typed now and then, and could do so over a copy that is put in its place.
    folder = lab_root / "new_session"
    folder.mkdir(exist_ok=True)
    shutil.copy(NOTEBOOKS / f"{lesson.name}.ipynb", folder)
    page = lesson.page.context.browser.new_page(
        viewport={"width": 1280, "height": 1700}
    )
    page.set_default_timeout(20_000)
    open_notebook(page, lab, f"new_session/{lesson.name}.ipynb")
    run_all(page)
    page.wait_for_function(READY)
    assert page.query_selector_all(OPEN) == []
    score = page.query_selector_all(f"{QUIZ} .rectified-score")[-1].inner_text()
    assert score == lesson.walk.score
    # The stubs are back, and with them the code that solved them.
    before = page.query_selector_all(".rectified-check--blank summary")
    remembered = [s for s in before if "solved this before" in s.inner_text()]
    blanks = page.query_selector_all(".rectified-check--blank")
    assert len(remembered) == len(blanks) > 0
    page.close()
