"""Predictions, quizzes and progress in the book: the browser keeps them."""

import json

import pytest
from playwright.sync_api import expect

from rectified.practice import course
from tests.browser import learner

LESSONS = [lesson.number for lesson in course.lessons()]
NAMES = {number: course.lesson(number).notebook for number in LESSONS}
STORED = "JSON.parse(localStorage.getItem('rectified-progress'))"

pytestmark = pytest.mark.browser
each_lesson = pytest.mark.parametrize("number", LESSONS)


def work_through(page, number):
    """Predict and answer everything that the book can take."""
    for figure in page.query_selector_all(f"[data-figure]:has({learner.OPEN})"):
        learner.predict(page, figure)
    for form, question in learner.quizzes(page, number):
        learner.answer(page, form, question, rightly=True)


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
@each_lesson
def test_a_reader_predicts_answers_and_finds_it_again(read, number, theme, width):
    reader = read(NAMES[number], predict=True, theme=theme, width=width)
    page = reader.page
    closed = ".rectified-controls"
    for figure in page.query_selector_all(f"[data-figure]:has({learner.OPEN})"):
        assert figure.eval_on_selector(closed, "controls => controls.inert")
    work_through(page, number)
    for figure in reader.figures():
        assert not figure.eval_on_selector(closed, "controls => controls.inert")
    before = learner.states(page)
    assert "open" not in before
    assert reader.axe_violations() == []
    reader.reload()
    assert learner.states(page) == before
    items = page.evaluate(STORED)["items"]
    own = course.load_items(number)
    for item in [*own.predictions, *own.quiz]:
        assert items[item]["state"] == "done"
    assert {items[item]["why"] for item in own.predictions} <= {
        "because of its weights"
    }


@each_lesson
def test_every_wrong_option_is_answered_in_its_own_words(read, number):
    page = read(NAMES[number]).page
    for form, question in learner.quizzes(page, number):
        for box, option in zip(
            form.query_selector_all("input"),
            question.options,
            strict=bool(question.options),
        ):
            if option.right or question.many:
                continue
            box.check()
            form.query_selector("button").click()
            assert form.get_attribute("data-state") == "wrong"
            said = form.query_selector(".rectified-told p").inner_html()
            from rectified.practice.markup import to_html

            # The browser writes entities in its own way.
            wanted = page.evaluate(
                "html => { const p = document.createElement('p');"
                " p.innerHTML = html; return p.innerHTML; }",
                f"<b>Not yet.</b> {to_html(option.says)}",
            )
            assert said == wanted


def test_formulas_of_a_quiz_are_drawn_as_formulas(read):
    page = read(NAMES["01"]).page
    formulas = page.query_selector_all(f"{learner.QUIZ} math")
    assert formulas
    assert all(formula.bounding_box()["height"] > 4 for formula in formulas)


def test_the_map_counts_what_was_done_on_another_page(read):
    reader = read(NAMES["01"], predict=True)
    work_through(reader.page, "01")
    reader.open(NAMES["00"])
    row = reader.page.locator(".rectified-map tbody tr", has_text="01 What is ReLU?")
    own = course.load_items("01")
    n_predictions, n_questions = len(own.predictions), len(own.quiz)
    expect(row).to_contain_text(f"{n_predictions} of {n_predictions}")
    expect(row).to_contain_text(f"{n_questions} of {n_questions}")
    expect(row).to_contain_text(f"0 of {len(own.exercises)}")
    row.locator("a").click()
    reader.page.wait_for_url(f"**/{NAMES['01']}.html")


def test_progress_is_downloaded_forgotten_and_uploaded_again(read, tmp_path):
    reader = read(NAMES["00"], predict=True)
    page = reader.page
    work_through(page, "00")
    done = page.locator(f"{learner.QUIZ} .rectified-score").last.inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    saved = tmp_path / "progress.json"
    download.value.save_as(saved)
    page.get_by_role("button", name="Start over …").click()
    page.get_by_role("button", name="No, keep them").click()
    assert page.evaluate(STORED)["items"]
    page.get_by_role("button", name="Start over …").click()
    page.get_by_role("button", name="Yes, start over").click()
    page.wait_for_function(f"() => Object.keys({STORED}.items).length === 0")
    page.set_input_files("input[type=file]", saved)
    page.wait_for_function(f"() => Object.keys({STORED}.items).length > 0")
    reader.open(NAMES["00"], predict=True)
    assert done == page.locator(f"{learner.QUIZ} .rectified-score").last.inner_text()
    # The kernel's file has the same form.
    from rectified.practice import progress_file

    progress_file.parse(saved.read_text("utf-8"))


@pytest.mark.parametrize(
    "content", ["no JSON", "{}", '{"version": 99, "items": {}}', "[]"]
)
def test_a_file_that_is_no_progress_changes_nothing_and_is_named(read, content):
    page = read(NAMES["00"]).page
    before = page.evaluate(STORED)
    file = {
        "name": "x.json",
        "mimeType": "application/json",
        "buffer": content.encode(),
    }
    page.set_input_files("input[type=file]", file)
    message = page.locator("[data-panel=map] .rectified-message")
    expect(message).to_contain_text("nothing was changed")
    assert page.evaluate(STORED) == before


@pytest.mark.parametrize("kept", ["broken{", '{"version": 99, "items": {"a": 1}}'])
def test_what_the_book_cannot_read_is_set_aside_and_not_overwritten(read, kept):
    reader = read(NAMES["00"], predict=True)
    page = reader.page
    page.evaluate("kept => localStorage.setItem('rectified-progress', kept)", kept)
    reader.open(NAMES["00"], predict=True)
    learner.predict(page, page.query_selector(f"[data-figure]:has({learner.OPEN})"))
    assert "00-cure" in page.evaluate(STORED)["items"]
    values = page.evaluate("Object.values(localStorage)")
    assert any("broken{" in value or "99" in value for value in values)


def test_a_browser_that_keeps_nothing_says_so_and_the_lesson_goes_on(read):
    reader = read(NAMES["00"], predict=True)
    page = reader.page
    page.evaluate("() => { Storage.prototype.setItem = () => { throw Error('full') } }")
    figure = page.query_selector(f"[data-figure]:has({learner.OPEN})")
    learner.predict(page, figure)
    message = figure.query_selector(".rectified-message")
    assert "keeps nothing" in message.inner_text()
    assert not figure.eval_on_selector(".rectified-controls", "c => c.inert")


def test_a_record_that_does_not_fit_leaves_its_question_open(read):
    from rectified.practice.records import apply

    at = "2026-11-28T07:00:00Z"
    event = {"kind": "question", "state": "done", "answer": [99], "at": at}
    of_other_form, first = apply(None, event), next(iter(course.load_items("00").quiz))
    reader = read(NAMES["00"], predict=True)
    page = reader.page
    for record in (5, "text", of_other_form):
        items = {"00-cure": record, first: record}
        kept = json.dumps({"version": 1, "items": items})
        page.evaluate("kept => localStorage.setItem('rectified-progress', kept)", kept)
        reader.open(NAMES["00"], predict=True)
        assert page.locator(learner.OPEN).count() == 1
        assert not page.locator(f"{learner.QUIZ} .rectified-told p").count()
        (form, question), *_ = learner.quizzes(page, "00")
        learner.answer(page, form, question, rightly=True)
        assert page.evaluate(STORED)["items"][first]["state"] == "done"


def test_the_focus_goes_from_question_to_outcome_and_back(read):
    reader = read(NAMES["00"], predict=True)
    page = reader.page
    here = "selector => document.activeElement.matches(selector)"
    learner.predict(page, page.query_selector(f"[data-figure]:has({learner.OPEN})"))
    assert page.evaluate(here, ".rectified-why input")
    outcome = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute("
        "'aria-describedby')).innerText"
    )
    assert "your prediction" in outcome
    page.get_by_role("button", name="Predict again").click()
    assert page.evaluate(here, f"{learner.OPEN} input")
    page.get_by_role("button", name="Keep what I predicted").click()
    assert page.locator(".rectified-outcome").count() == 1
    page.evaluate("localStorage.clear()")
    reader.open(NAMES["00"], predict=True)
    page.get_by_role("button", name="Skip, open the figure").click()
    page.get_by_role("button", name="Predict after all").click()
    assert page.evaluate(here, f"{learner.OPEN} input")


def test_a_number_that_cannot_be_is_corrected_and_said(read):
    page = read(NAMES["01"], predict=True).page
    question = page.locator(learner.OPEN, has=page.locator("input[type=number]")).first
    box = question.locator("input[type=number]")
    said, commit = question.get_by_role("alert"), question.locator(".rectified-commit")
    box.fill("99999")
    box.press("Enter")
    most = course.load_items("01").predictions["01-bias"].number.high
    assert float(box.input_value()) == most
    expect(said).to_contain_text("99999 was set to")
    box.fill("")
    box.press("Enter")
    expect(said).to_contain_text("needs a number")
    commit.click()
    expect(said).to_contain_text("type a number, first")
    assert page.evaluate(STORED) is None


def test_without_room_for_a_backup_nothing_is_forgotten(read):
    reader = read(NAMES["00"], predict=True)
    page = reader.page
    work_through(page, "00")
    before = page.evaluate(STORED)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw Error('full') } }")
    page.get_by_role("button", name="Start over …").click()
    page.get_by_role("button", name="Yes, start over").click()
    message = page.locator("[data-panel=map] .rectified-message")
    expect(message).to_contain_text("Nothing was changed")
    assert page.evaluate(STORED) == before
    page.evaluate("dispatchEvent(new Event('focus'))")  # the map looks again
    page.wait_for_timeout(200)
    expect(message).to_be_visible()


def test_an_opened_file_keeps_progress_too(read):
    reader = read(NAMES["00"], predict=True, over="file")
    work_through(reader.page, "00")
    before = learner.states(reader.page)
    reader.open(NAMES["00"], predict=True)
    assert learner.states(reader.page) == before


def test_without_javascript_a_quiz_can_be_read_with_its_answers(read):
    page = read(NAMES["01"], javascript=False).page
    answers = page.locator("details", has_text="Answer")
    assert answers.count() >= len(course.load_items("01").quiz)


def test_an_exercise_shows_hints_and_solution_and_says_where_it_runs(read):
    page = read(NAMES["01"]).page
    check = page.locator(".rectified-check--blank").first
    for summary in ("Hint 1", "Hint 2", "Hint 3", "Solution"):
        check.get_by_text(summary, exact=True).click()
    expect(check.locator("pre code").last).to_contain_text("np.abs(z)")
    expect(check).to_contain_text("JupyterLab")


def records(page, pairs):
    """Merge pairs of records, and apply events, in the browser."""
    return page.evaluate(
        """async ([source, pairs]) => {
            const blob = new Blob([source], {type: 'text/javascript'});
            const url = URL.createObjectURL(blob);
            const { applyEvent, mergeRecords } = await import(url);
            return pairs.map(([events, others]) => {
                const replay = list => list.reduce(applyEvent, null);
                const [a, b] = [replay(events), replay(others)];
                return [a, b, mergeRecords(a, b)];
            });
        }""",
        pairs,
    )


def test_browser_and_kernel_agree_on_records(browser):
    from functools import reduce

    import numpy as np

    from rectified.practice.records import apply, merge
    from rectified.widgets import front_end

    rng = np.random.default_rng(0)

    def event():
        second = int(rng.integers(0, 30))
        made = {
            "item": "01-x",
            "kind": "question",
            "at": f"2026-11-28T07:00:{second:02}Z",
        }
        state = [None, "skipped", "tried", "done"][rng.integers(4)]
        if state:
            answer = [[0], [1, 2], "a", 2.5, None][rng.integers(5)]
            made |= {"state": state, "answer": answer, "right": bool(rng.integers(2))}
        if rng.random() < 0.3:
            made["why"] = ["warm", "cold"][rng.integers(2)]
        return made

    pairs = [
        [[event() for _ in range(rng.integers(1, 5))] for _ in range(2)]
        for _ in range(300)
    ]
    page = browser.new_page()
    there = records(page, [front_end.module(), pairs])
    page.close()
    for (events, others), (mine, theirs, both) in zip(pairs, there, strict=True):
        a, b = reduce(apply, events, None), reduce(apply, others, None)
        assert json.dumps(mine, sort_keys=True) == json.dumps(a, sort_keys=True)
        assert json.dumps(theirs, sort_keys=True) == json.dumps(b, sort_keys=True)
        assert json.dumps(both, sort_keys=True) == json.dumps(
            merge(a, b), sort_keys=True
        )
