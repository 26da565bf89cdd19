"""Whatever a learner's code does, the check answers in words and the notebook lives."""

import sys
import time

import numpy as np
import pytest

import rectified
from rectified.practice import course
from rectified.practice.checking import examine
from rectified.practice.progress import open_progress

GATE = course.load_items("01").exercises["01-gate"]


@pytest.fixture
def progress(tmp_path, monkeypatch):
    monkeypatch.setenv("RECTIFIED_PROGRESS", str(tmp_path / "progress.json"))
    return open_progress()


def say(answer, *, limit=0.5):
    found = examine(GATE, answer, limit=limit)
    assert found.state == "failed"
    return found.sentence


# --- code that misbehaves -----------------------------------------------------------


def test_an_endless_loop_is_stopped_and_named():
    def answer(z):
        while True:
            pass

    began = time.monotonic()
    assert "loop that never ends" in say(answer)
    assert time.monotonic() - began < 5


def test_a_loop_that_catches_everything_does_not_hold_the_check_up():
    end = time.monotonic() + 6  # so that it does not slow the next tests

    def answer(z):
        while time.monotonic() < end:
            try:
                while time.monotonic() < end:
                    pass
            except BaseException:
                pass

    began = time.monotonic()
    assert "never ends" in say(answer)
    assert time.monotonic() - began < 5


def test_a_call_that_nothing_can_stop_is_left_behind_and_said():
    sentence = say(lambda z: time.sleep(4))
    assert "Restart Kernel" in sentence


def test_an_error_is_told_with_its_line_and_without_a_traceback():
    def answer(z):
        return z + undefined  # noqa: F821

    sentence = say(answer)
    assert "`return z + undefined  # noqa: F821`" in sentence
    assert "NameError" in sentence
    assert "Traceback" not in sentence


def test_an_if_on_an_array_is_explained():
    def answer(z):
        return z if np.concatenate([z.ravel(), z.ravel()]) > 0 else 0 * z

    assert "one question" in say(answer)


@pytest.mark.parametrize("stop", [SystemExit, RecursionError, KeyError])
def test_code_that_leaves_the_kernel_does_not(stop):
    def answer(z):
        raise stop

    assert stop.__name__ in say(answer)


def test_nothing_returned_is_named():
    assert "`return` missing" in say(lambda z: None)


@pytest.mark.parametrize(
    ("result", "kind"),
    [("word", "a str"), ({"a": "b"}, "a dict"), ([[1], [2, 3]], "list")],
)
def test_a_wrong_type_is_named_with_the_right_one(result, kind):
    sentence = say(lambda z: result if kind != "a dict" else [result])
    assert "must return an array" in sentence


def test_a_wrong_shape_is_named_with_the_right_one():
    assert "(2,)" in say(lambda z: np.zeros(2))


def test_an_input_that_was_written_into_is_named():
    def answer(z):
        z[z < 0] = 0
        return z

    assert "changed its input `z`" in say(answer)


def test_an_answer_that_changes_from_call_to_call_is_refused():
    rng = np.random.default_rng(0)
    assert say(lambda z: np.maximum(z, 0) + rng.random(z.shape))


def test_printing_without_end_is_cut_and_counted():
    def answer(z):
        print("x" * 1000)
        return np.maximum(z, 0)

    found = examine(GATE, answer)
    assert found.state == "passed"
    assert len(found.printed) < 3000
    assert "characters more" in found.printed


def test_output_comes_back_after_a_check(capsys):
    before = sys.stdout
    say(lambda z: time.sleep(2))
    assert sys.stdout is before
    print("here")
    assert "here" in capsys.readouterr().out


# --- what the learner reads ---------------------------------------------------------


def test_the_smallest_counter_example_is_told():
    assert say(lambda z: z) == "For `z` = -1, it returned -1. It must return 0."


def test_laws_are_told_apart():
    found = examine(GATE, np.abs)
    assert dict(found.laws) == {
        "A positive number passes unchanged": True,
        "A negative number becomes 0": False,
        "0 stays 0": True,
    }


def test_a_blank_is_no_try_and_is_not_kept(progress):
    def relu(z):
        return ...

    verdict = rectified.check("01-gate", relu)
    assert verdict.findings.state == "blank"
    assert "return ..." in str(verdict)
    assert "01-gate" not in progress.read()


def test_an_ellipsis_in_an_index_is_no_blank(progress):
    def relu(z):
        return np.maximum(z, 0)[..., :]

    assert rectified.check("01-gate", relu).passed


def test_a_solved_exercise_is_kept_with_its_code_and_shown_again(progress):
    def relu(z):
        return np.maximum(z, 0)

    def unsolved(z):
        return ...

    assert rectified.check("01-gate", relu).passed
    assert progress.read()["01-gate"]["state"] == "done"
    assert "np.maximum(z, 0)" in progress.read()["01-gate"]["code"]
    html = rectified.check("01-gate", unsolved)._repr_html_()
    assert "You have solved this before" in html
    assert "np.maximum(z, 0)" in html


def test_a_later_mistake_does_not_replace_the_code_that_solved_it(progress):
    def relu(z):
        return np.maximum(z, 0)

    rectified.check("01-gate", relu)
    rectified.check("01-gate", np.abs)
    assert progress.read()["01-gate"]["state"] == "done"
    assert "np.maximum(z, 0)" in progress.read()["01-gate"]["code"]


def test_hints_are_inside_each_other_and_the_solution_is_the_innermost():
    html = rectified.check("01-gate", np.abs)._repr_html_()
    places = [html.index(word) for word in ("Hint 1", "Hint 2", "Hint 3", "Solution")]
    assert places == sorted(places)
    assert html[places[0] : places[3]].count("<details>") == 3
    assert "</details>" not in html[places[0] : places[3]]


def test_what_a_learner_prints_cannot_become_html():
    def answer(z):
        print("<script>alert(1)</script>")
        return z

    html = rectified.check("01-gate", answer)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_unknown_exercise_is_named_with_the_nearest():
    with pytest.raises(ValueError, match="01-gate"):
        rectified.check("01-gates", np.abs)


def test_a_check_leaves_no_folder_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    examine(GATE, np.abs)
    assert list(tmp_path.iterdir()) == []
