"""Predictions, quizzes and exercises: complete, used, and measured."""

import ast
import json
import math
import re
from functools import cache
from pathlib import Path

import pytest

import rectified
from rectified.practice import course
from rectified.practice.items import STAGES
from rectified.practice.markup import to_html
from rectified.practice.predictions import fill

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = [lesson.number for lesson in course.lessons()]
MEASURED = [number for number in LESSONS if number != "00"]
# `rc.predict("01-bias", rc.GateView())` and its relatives.
PRACTICE = {"predict", "quiz", "recall", "check"}


def notebook(number):
    return json.loads(
        (NOTEBOOKS / f"{course.lesson(number).notebook}.ipynb").read_text("utf-8")
    )


def calls(number):
    """Yield each call of the practice in a lesson: its name and its arguments."""
    for cell in notebook(number)["cells"]:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in PRACTICE:
                    yield node.func.attr, node.args


def ids(number, verb):
    return [args[0].value for name, args in calls(number) if name == verb]


def predictions():
    for number in LESSONS:
        for name, args in calls(number):
            if name == "predict":
                item, figure = args
                yield pytest.param(item.value, ast.unparse(figure), id=item.value)


@cache
def asked_in(item, call):
    """Return the prediction of a figure, measured; measuring may take seconds."""
    return rectified.predict(item, eval(call, {"rc": rectified})).prediction


def texts(number):
    """Yield every text of a lesson that is shown as HTML."""
    items = course.load_items(number)
    for one in items.predictions.values():
        yield from (one.asks, one.explains)
        yield from (text for o in one.options for text in (o.text, o.says))
    for one in items.quiz.values():
        yield from (one.asks, one.says, one.otherwise)
        yield from (text for o in one.options for text in (o.text, o.says))
        yield from (says for _, says in (one.number.mistakes if one.number else ()))
    for one in items.exercises.values():
        yield from (*one.hints, one.explains, *(wrong.says for wrong in one.wrong))


# --- a lesson has enough of everything, and uses it ---------------------------------


@pytest.mark.parametrize("number", MEASURED)
def test_a_lesson_has_three_predictions_six_questions_and_a_faded_series(number):
    items = course.load_items(number)
    assert len(items.predictions) >= 3
    assert len(items.quiz) >= 6
    stages = [one.stage for one in items.exercises.values()]
    assert set(stages) == set(STAGES)
    assert stages == sorted(stages, key=STAGES.index)


@pytest.mark.parametrize("number", LESSONS)
def test_the_notebook_uses_each_item_once_and_in_order(number):
    items = course.load_items(number)
    assert ids(number, "predict") == list(items.predictions)
    assert ids(number, "check") == list(items.exercises)
    assert ids(number, "quiz") == [number]


@pytest.mark.parametrize("number", MEASURED)
def test_a_lesson_opens_with_what_is_left_of_earlier_ones(number):
    assert next(calls(number))[0] == "recall"
    assert ids(number, "recall") == [number]


@pytest.mark.parametrize("number", LESSONS)
def test_ids_name_their_lesson(number):
    items = course.load_items(number)
    for section in (items.predictions, items.quiz, items.exercises):
        assert all(re.fullmatch(rf"{number}(-[a-z0-9]+)+", item) for item in section)


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_says_its_title_and_times_as_the_course_does(number):
    lesson = course.lesson(number)
    opening = "".join(notebook(number)["cells"][0]["source"])
    assert opening.startswith(f"# {lesson.title}\n")
    assert f"*About {lesson.minutes} minutes, and {lesson.exercise_minutes}" in opening


# --- texts --------------------------------------------------------------------------


@pytest.mark.parametrize("number", LESSONS)
def test_every_text_is_one_paragraph_whose_formulas_are_drawn(number):
    for text in texts(number):
        shown = to_html(text)
        assert "<p>" not in shown, text
        assert "$" not in shown, text
        assert "merror" not in shown, text
        assert not re.search(r"<mi>\\", shown), text


@pytest.mark.parametrize("number", LESSONS)
def test_every_option_is_explained_in_words_of_its_own(number):
    items = course.load_items(number)
    for one in [*items.predictions.values(), *items.quiz.values()]:
        says = [option.says for option in one.options]
        assert all(len(text) > 10 for text in says), one.id
        # The same words may fit two options, but not all of them.
        assert len(set(says)) >= len(says) - 1, one.id
        assert len({option.text for option in one.options}) == len(says)


@pytest.mark.parametrize("number", LESSONS)
def test_a_question_can_be_answered_and_its_right_answer_stands_in_any_place(number):
    places = set()
    for one in course.load_items(number).quiz.values():
        right = [option.right for option in one.options]
        if one.number:
            n = one.number
            assert n.low <= n.answer <= n.high
            assert (n.answer - n.low) / n.step == pytest.approx(
                round((n.answer - n.low) / n.step)
            )
            wrong = [at for at, _ in n.mistakes]
            assert all(abs(at - n.answer) > n.within for at in wrong)
            assert len(wrong) >= 2
            assert one.says
            assert one.otherwise
        elif one.many:
            assert 1 <= sum(right) < len(right)
        else:
            assert sum(right) == 1
            assert 3 <= len(right) <= 5
        places.add(right.index(True) if right else -1)
    assert len(places) > 1


# --- outcomes are measured ----------------------------------------------------------


@pytest.mark.parametrize(("item", "call"), list(predictions()))
def test_a_prediction_has_a_measured_outcome_that_fits_its_question(item, call):
    asked = asked_in(item, call)
    text, answer = asked.text, asked.spec()["answer"]
    if text.options:
        assert answer in {option.key for option in text.options}
        assert len(text.options) >= 3
    elif text.number:
        low, high = text.number.low, text.number.high
        assert low <= answer <= high
        # Neither end: it would be the best guess of someone who knows nothing.
        assert text.number.within < (high - low) / 4
    else:
        heights = [y for _, y in answer]
        assert all(map(math.isfinite, heights))
        assert text.curve.low <= min(heights) < max(heights) <= text.curve.high
        assert {x for x, _ in answer} >= set(text.curve.x)
    figure = asked.figure
    values, message = figure.fit(figure.values | dict(text.show or {}))
    assert not message
    assert set(text.show or {}) <= set(figure.controls)
    assert all(values[name] == value for name, value in (text.show or {}).items())
    json.dumps(asked.spec())


@pytest.mark.parametrize(("item", "call"), list(predictions()))
def test_numbers_in_an_explanation_come_from_the_measurement(item, call):
    asked = asked_in(item, call)
    assert "[[" not in asked.spec()["explains"]
    assert re.search(r"\[\[", asked.text.explains), "it tells no measured number"


def test_a_number_that_was_not_measured_cannot_be_told():
    with pytest.raises(KeyError):
        fill("[[missing:.0f]]", {"answer": 1})
