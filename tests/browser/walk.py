"""A scripted learner in JupyterLab: from the first prediction to the last exercise."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import ElementHandle, Page

from tests.browser import learner
from tests.practice.filling import code_cells, exercise_of, fill_in

CELL = ".jp-CodeCell:has(.jp-InputArea-editor)"


@dataclass
class Walk:
    """What a learner saw on the way."""

    number: str
    locked: list[bool] = field(default_factory=list)
    opened: list[bool] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    score: str = ""
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    solved: list[str] = field(default_factory=list)


def work_through(page: Page, number: str) -> Walk:
    """Predict, answer and solve everything of a lesson, with the keyboard alone."""
    walk = Walk(number)
    for figure in page.query_selector_all(f"[data-figure]:has({learner.OPEN})"):
        walk.locked.append(is_closed(figure))
        learner.predict(page, figure)
        walk.opened.append(not is_closed(figure))
    for form, question in learner.quizzes(page, number):
        learner.answer(page, form, question, rightly=False)
        walk.refused.append(form.get_attribute("data-state") or "")
        learner.answer(page, form, question, rightly=True)
    quiz = page.query_selector_all(learner.QUIZ)[-1]
    walk.score = quiz.query_selector(".rectified-score").inner_text()
    _solve(page, walk)
    return walk


def is_closed(figure: ElementHandle) -> bool:
    """Return whether a figure's controls cannot be reached."""
    return bool(figure.evaluate("f => f.querySelector('.rectified-controls').inert"))


def _solve(page: Page, walk: Walk) -> None:
    cells = page.query_selector_all(CELL)
    for cell, source in zip(cells, code_cells(walk.number), strict=True):
        if not (text := exercise_of(source)):
            continue
        first, mistake = len(walk.solved) == 0, text.wrong[0]
        if first:
            run_cell(page, cell, fill_in(source, text.name, mistake.code))
            said = cell.wait_for_selector(
                ".rectified-check--failed .rectified-check-why"
            )
            walk.mistakes.append((mistake.says, said.inner_text()))
        run_cell(page, cell, fill_in(source, text.name, text.solution))
        passed = cell.wait_for_selector(".rectified-check--passed")
        walk.solved.append(passed.query_selector("b").inner_text())


def run_cell(page: Page, cell: ElementHandle, source: str) -> None:
    """Replace what is in a cell, and run it."""
    before = cell.query_selector(".jp-OutputArea-output")
    editor = cell.query_selector(".cm-content")
    editor.scroll_into_view_if_needed()
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")
    if before:  # the output of the last run goes away first
        page.wait_for_function("node => !node.isConnected", arg=before)
