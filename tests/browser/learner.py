"""A learner who works through a lesson with the keyboard alone.

Used on both hosts: predictions and quizzes are the same in JupyterLab and in the book.
"""

from __future__ import annotations

from playwright.sync_api import ElementHandle, Page

from rectified.practice import course
from rectified.practice.items import Question

TABS = 40  # more than any question has stops
PREDICTION = ".rectified-predict"
OPEN = f"{PREDICTION}[data-state=open]"
QUIZ = "[data-panel=quiz]"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus fits `selector`."""
    here = "selector => document.activeElement.matches(selector)"
    for _ in range(TABS):
        if page.evaluate(here, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def skip_predictions(page: Page) -> None:
    """Open all figures at once, for tests that are not about predictions."""
    page.evaluate(
        "document.querySelectorAll('.rectified-skip').forEach(b => b.click())"
    )


def predict(page: Page, figure: ElementHandle) -> None:
    """Answer the question of a figure, commit to it, and say why."""
    figure.query_selector(f"{OPEN} input").focus()
    match figure.query_selector(f"{OPEN} input").get_attribute("type"):
        case "radio":
            page.keyboard.press("Space")
        case "range" if figure.query_selector(".rectified-drawable"):
            page.keyboard.press("ArrowUp")
        case _:
            page.keyboard.press("ArrowRight")
    tab_to(page, ".rectified-commit")
    page.keyboard.press("Enter")
    figure.wait_for_selector(f"{PREDICTION}:not([data-state=open])")
    tab_to(page, ".rectified-why input")
    page.keyboard.insert_text("because of its weights")
    page.keyboard.press("Enter")
    figure.wait_for_selector(".rectified-explains:not([hidden])")


def quizzes(page: Page, number: str) -> list[tuple[ElementHandle, Question]]:
    """Return each question of the lesson's own quiz, and where it is on the page."""
    quiz = page.query_selector_all(QUIZ)[-1]
    forms = quiz.query_selector_all("form")
    return list(zip(forms, course.load_items(number).quiz.values(), strict=True))


def answer(
    page: Page, form: ElementHandle, question: Question, *, rightly: bool
) -> None:
    """Choose or type an answer and press Enter."""
    if question.number:
        number = question.number
        wrong, _ = number.mistakes[0]
        form.query_selector("input").focus()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(f"{number.answer if rightly else wrong:g}")
    else:
        inputs = form.query_selector_all("input")
        wanted = [option.right is rightly for option in question.options]
        for box, want in zip(inputs, wanted, strict=True):
            if box.is_checked() != want and (want or question.many):
                box.focus()
                page.keyboard.press("Space")
            if want and not question.many:
                break
    page.keyboard.press("Enter")
    form.wait_for_selector(".rectified-told p")


def explanation(form: ElementHandle) -> str:
    """Return what the quiz says to the last answer, without the verdict."""
    return form.query_selector(".rectified-told").inner_text()


def states(page: Page) -> list[str]:
    """Return the state of each prediction and of each question of a page."""
    found = f"{PREDICTION}, {QUIZ} form"
    script = "nodes => nodes.map(n => n.dataset.state)"
    return list(page.eval_on_selector_all(found, script))
