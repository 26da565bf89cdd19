"""Quizzes, what is asked again, the map and the check of the set-up."""

from collections import Counter
from importlib import metadata
from itertools import pairwise

import pytest

import rectified
from rectified.practice import course, setup_check
from rectified.practice.markup import to_html, to_text
from rectified.practice.progress import open_progress

DAY = "2026-11-20T07:00:00Z"
LATER = [lesson.number for lesson in course.lessons()][1:]


@pytest.fixture(autouse=True)
def progress(tmp_path, monkeypatch):
    monkeypatch.setenv("RECTIFIED_PROGRESS", str(tmp_path / "progress.json"))
    return open_progress()


def lessons_of(quiz):
    return [key.partition(":")[2][:2] for key in quiz.questions]


def answer(progress, item, *, right, at):
    event = {"item": item, "kind": "question", "right": right, "at": at, "answer": [0]}
    assert progress.record(event | {"state": "done" if right else "tried"}) == ""


# --- what is asked again ------------------------------------------------------------


@pytest.mark.parametrize("number", LATER)
def test_three_different_questions_of_earlier_lessons_are_asked(number):
    quiz = rectified.recall(number)
    assert len(quiz.questions) == 3
    assert len({key.partition(":")[2] for key in quiz.questions}) == 3
    assert all(lesson < number for lesson in lessons_of(quiz))


@pytest.mark.parametrize("number", [n for n in LATER if n >= "03"])
def test_they_are_spaced_one_from_each_distance(number, progress):
    for earlier in (n for n in LATER if n < number):
        begun = next(iter(course.load_items(earlier).exercises))
        progress.record({"item": begun, "kind": "exercise", "state": "tried"})
    distances = sorted(
        int(number) - int(one) for one in lessons_of(rectified.recall(number))
    )
    assert distances[:2] == [1, 2]
    assert distances[2] >= 3


@pytest.mark.parametrize("number", LATER)
def test_nothing_is_asked_of_a_lesson_that_was_neither_needed_nor_begun(
    number, progress
):
    needed = {"00", "01", *course.lesson(number).needs}
    for one in tuple(needed):
        needed.update(course.lesson(one).needs)
    assert set(lessons_of(rectified.recall(number))) <= needed
    unneeded = [n for n in LATER if n < number and n not in needed]
    for one in unneeded:
        answer(progress, next(iter(course.load_items(one).quiz)), right=False, at=DAY)
    last = {f"{int(number) - 1:02}"}
    assert last & {*unneeded} <= set(lessons_of(rectified.recall(number)))


def test_who_answers_all_is_not_asked_the_same_again_and_again(progress):
    asked = []
    for day, number in enumerate(["00", *LATER]):
        at = f"2026-11-{day + 10}T07:00:00Z"
        questions = list(rectified.recall(number).questions) if number > "00" else []
        for item in [*questions, *course.load_items(number).quiz]:
            answer(progress, item, right=True, at=at)
        asked.append({item.partition(":")[2] for item in questions})
    # Three questions of lesson 00 are all that lesson 01 can ask, and all of these that
    # lesson 02 can.
    assert all(not first & second for first, second in pairwise(asked[2:]))
    counts = Counter(item for questions in asked for item in questions)
    assert max(counts.values()) <= 2


def test_a_question_that_went_wrong_is_asked_before_one_that_went_right(progress):
    items = list(course.load_items("02").quiz)
    for item in items:
        answer(progress, item, right=item != items[3], at="2026-11-20T07:00:00Z")
    assert f"03:{items[3]}" in rectified.recall("03").questions


def test_of_questions_that_went_right_the_oldest_is_asked(progress):
    items = list(course.load_items("02").quiz)
    for day, item in enumerate([*items[1:], items[0]]):
        answer(progress, item, right=True, at=f"2026-11-{day + 10}T07:00:00Z")
    assert f"03:{items[1]}" in rectified.recall("03").questions


def test_once_answered_here_a_question_stays(progress):
    first = list(rectified.recall("03").questions)
    answer(progress, first[0], right=True, at="2026-11-20T07:00:00Z")
    answer(progress, first[0][3:], right=True, at="2026-11-21T07:00:00Z")
    assert first[0] in rectified.recall("03").questions


def test_what_was_answered_stays_when_other_lessons_were_taken_since(progress):
    questions = list(rectified.recall("05").questions)
    for item in questions:
        answer(progress, item, right=True, at=DAY)
    for lesson in ("03", "04"):
        answer(
            progress, next(iter(course.load_items(lesson).quiz)), right=False, at=DAY
        )
    assert list(rectified.recall("05").questions) == questions


def test_before_the_first_lesson_there_is_nothing_to_recall():
    with pytest.raises(ValueError, match="after the first, got '00'"):
        rectified.recall("00")


# --- quizzes ------------------------------------------------------------------------


def test_an_answer_is_kept_and_shown_the_next_time(progress):
    quiz = rectified.quiz("01")
    event = {"item": "01-q-mask", "kind": "question", "state": "done", "answer": [1]}
    assert quiz.answer(event | {"right": True}) == {"message": ""}
    records = rectified.quiz("01").records()
    assert list(records) == ["01-q-mask"]
    assert records["01-q-mask"]["last"] == [1]


def test_an_event_that_makes_no_sense_is_refused_in_words(progress):
    told = rectified.quiz("01").answer({"item": "01-q-mask", "kind": "guess"})
    assert "not kept" in told["message"]


def test_an_unknown_lesson_is_named_with_those_that_exist():
    with pytest.raises(ValueError, match=r"'1'.*00, 01"):
        rectified.quiz("1")


def test_an_unknown_prediction_is_named_with_the_nearest():
    with pytest.raises(ValueError, match="01-bias"):
        rectified.predict("01-bia", rectified.GateView())


# --- the map ------------------------------------------------------------------------


def test_the_map_knows_every_lesson_and_every_item(progress):
    spec = rectified.progress_map().spec()
    assert [one["number"] for one in spec["lessons"]] == ["00", *LATER]
    for one in spec["lessons"]:
        items = course.load_items(one["number"])
        assert one["items"]["exercise"] == list(items.exercises)
        assert set(one["needs"]) < {"00", *LATER}


def test_the_map_saves_forgets_and_loads(progress):
    answer(progress, "01-q-mask", right=True, at="2026-11-20T07:00:00Z")
    shown = rectified.progress_map()
    saved = shown.answer({"do": "export"})["text"]
    assert shown.answer({"do": "reset"})["items"] == {}
    assert "01-q-mask" in shown.answer({"do": "import", "text": saved})["items"]
    told = shown.answer({"do": "import", "text": "no JSON"})["message"]
    assert told
    assert "Traceback" not in told


def test_the_map_says_it_for_as_long_as_answers_are_not_saved(progress):
    progress.path.mkdir()  # root could write into a folder that is read-only
    event = {"item": "01-q-mask", "kind": "question", "state": "done", "answer": [1]}
    assert "not saved" in progress.record(event)
    shown = rectified.progress_map()
    assert shown.answer({"do": "look"})["message"]
    progress.path.rmdir()
    assert "not saved" in shown.answer({"do": "look"})["message"]
    progress.check_writable()
    assert shown.answer({"do": "look"})["message"] == ""


# --- the set-up ---------------------------------------------------------------------


def test_a_set_up_that_is_in_order_has_nothing_to_mend():
    assert all(row["ok"] for row in setup_check.rows())


def test_a_package_that_is_missing_or_too_old_is_named_with_the_way_to_mend_it(
    monkeypatch,
):
    real = metadata.version

    def version(name):
        if name == "mistune":
            raise metadata.PackageNotFoundError(name)
        return "0.1" if name == "anywidget" else real(name)

    monkeypatch.setattr(metadata, "version", version)
    bad = [row for row in setup_check.rows() if not row["ok"]]
    assert [row["says"].split()[0] for row in bad] == ["anywidget", "mistune"]
    assert all("make lab" in row["advice"] for row in bad)


def test_a_progress_file_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RECTIFIED_PROGRESS", str(tmp_path / "file" / "progress.json"))
    *_, row = setup_check.rows()
    assert not row["ok"]
    assert "RECTIFIED_PROGRESS" in row["says"]


# --- texts --------------------------------------------------------------------------


def test_formulas_become_mathml_and_signs_stay_signs():
    assert "<mfrac>" in to_html(r"$\frac{1}{2}$")
    assert to_html("a < b & c") == "a &lt; b &amp; c"
    assert "<script" not in to_html("<script>alert(1)</script>")


def test_plain_words_have_no_tags():
    assert to_text("*half* of `z` is < 1") == "half of z is < 1"
