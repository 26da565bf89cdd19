"""Whatever a learner's code does, the check answers in words and the notebook lives."""

import functools
import json
import os
import re
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch

import rectified
from rectified.practice import course, mistakes
from rectified.practice.checking import examine
from rectified.practice.progress import open_progress
from rectified.practice.running import Runner
from tests.conftest import untraced

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


class Flag:
    """Down until the end of a test, or for a minute, should a check wait for it.

    No lock of its own: an exception inside an Event may leave that locked.
    """

    is_up = False


@pytest.fixture
def flag():
    flag = Flag()

    def put_up():
        flag.is_up = True

    alarm = threading.Timer(60, put_up)
    alarm.start()
    yield flag
    alarm.cancel()
    put_up()


def test_an_endless_loop_is_stopped_and_named():
    def answer(z):
        while True:
            pass

    sentence = say(answer)
    assert "loop that never ends" in sentence
    assert "It was stopped" in sentence


def test_a_loop_that_catches_everything_does_not_hold_the_check_up(flag):
    def answer(z):
        while not flag.is_up:
            try:
                while not flag.is_up:
                    pass
            except BaseException:
                pass

    sentence = say(answer)
    assert not flag.is_up
    assert "never ends" in sentence


def test_a_call_that_nothing_can_stop_is_left_behind_and_said(flag):
    held, left_behind = threading.Lock(), []
    held.acquire()

    def answer(z):
        left_behind[:] = [threading.current_thread()]
        while not flag.is_up:  # should it be stopped before it waits
            try:
                held.acquire(timeout=70)
            except BaseException:
                pass

    # As long as an exception waits for one thread, Python 3.11 does not get into
    # any function of another thread that is traced.
    with untraced():
        sentence = say(answer)
        came_back = not flag.is_up
        flag.is_up = True
        held.release()
        left_behind[0].join()
    assert came_back
    assert "Restart Kernel" in sentence
    assert "It was stopped" not in sentence


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
    [
        ("word", "a str"),
        ("1", "a str"),
        ({"a": 1}, "a dict"),
        ({}, "a dict"),
        ([[1], [2, 3]], "a list of length 2"),
        ([10**400], "a list of length 1"),
        ([torch.ones(1, requires_grad=True)] * 2, "a list of length 2"),
    ],
)
def test_a_wrong_type_is_named_with_the_right_one(result, kind):
    sentence = say(lambda z: result)
    assert f"it returned {kind}, and it must return an array" in sentence


@pytest.mark.parametrize("dtype", [complex, str])
def test_what_is_no_real_number_is_no_right_answer(dtype):
    assert "real numbers" in say(lambda z: np.maximum(z, 0).astype(dtype))


def test_a_result_instead_of_the_function_is_named():
    sentence = say(np.zeros(3))
    assert "needs `relu` itself" in sentence
    assert "without parentheses" in sentence


@pytest.mark.parametrize("message", ["$\\frac{$", "*a* `b", "[x](y) <i>", "x" * 9000])
def test_an_error_with_an_odd_message_is_told_as_it_is(progress, message):
    def relu(z):
        raise ValueError(message)  # $\frac{$ `

    verdict = rectified.check("01-gate", relu)
    verdict._repr_html_()
    assert f"ValueError: {message[:200]}" in str(verdict)
    assert len(verdict.findings.sentence) < 500


def test_the_line_of_an_error_is_the_learners_and_not_that_of_a_library():
    sentence = say(torch.nn.ReLU())
    assert "in the line" not in sentence
    assert "_call_impl" not in sentence
    assert "`return torch.nn.ReLU()(z)`" in say(_in_a_library)


def _in_a_library(z):
    return torch.nn.ReLU()(z)


def test_a_difference_that_six_digits_hide_is_shown():
    sentence = say(lambda z: np.where(z > 0, z * (1 + 2e-6), 0))
    _, got, wanted = re.findall(r"[\d.]*\d", sentence)
    assert got != wanted


def test_a_slow_answer_is_tried_less_often(monkeypatch):
    monkeypatch.setattr(mistakes, "SECONDS", 0.1)
    calls = []

    def answer(z):
        calls.append(z)
        time.sleep(0.05)
        return np.maximum(z, 0)

    assert examine(GATE, answer).state == "passed"
    assert 2 <= len(calls) < 20


def test_what_the_course_prints_is_not_told_as_the_learners_output():
    runner = Runner()
    runner.run(lambda: (print("ours"), runner.call(print, "theirs"), print("ours")))
    assert runner.printed.text == "theirs\n"


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


def look_at_all(z):
    """Right for one number."""
    return (z + np.abs(z.sum())) / 2


def test_a_counter_example_breaks_the_answer_when_the_learner_tries_it():
    told = re.search(r"`z` = (\S.*), it returned (\S.*)\. It", say(look_at_all))
    shown, returned = map(json.loads, told.groups())
    assert look_at_all(np.array(shown)).tolist() == returned
    assert returned != np.maximum(shown, 0).tolist()


def test_a_cap_is_found():
    told = say(lambda z: z.clip(0, 6))
    assert re.search(r"`z` = (7|8|6\.\d+), it returned 6\.", told)


def gradient_of_z(z, slope, upstream):
    return torch.where(z > 0, upstream, slope * upstream)


def flat(fan_in, fan_out, rng):
    return rng.normal(0, (2 / fan_in) ** 0.5, fan_in * fan_out)


@pytest.mark.parametrize(
    ("exercise", "answer", "told"),
    [
        ("06-gradients", gradient_of_z, "a Tensor, and it must return two gradients"),
        ("07-together", lambda g, c: np.ones(2), "an array, and it must return a list"),
        ("07-together", lambda g, c: g[:1], "a list of length 1, and it must return a"),
        ("04-he", flat, "an array of shape (1024,), and it must return an array of sh"),
    ],
)
def test_results_that_do_not_fit_are_told_as_what_they_are(exercise, answer, told):
    text = course.load_items(exercise[:2]).exercises[exercise]
    assert f"it returned {told}" in examine(text, answer).sentence


def test_an_unknown_mistake_is_not_taken_for_a_known_one():
    def by_mean(z, size):
        return (z[:size].mean(axis=0) <= 0) & (z > 0).any(axis=0)

    text = course.load_items("05").exercises["05-batch"]
    found = examine(text, by_mean)
    assert (found.state, found.diagnosis) == ("failed", "")


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


def test_an_ellipsis_on_a_line_of_its_own_is_a_blank():
    def relu(z):
        """Return what passes the gate."""
        ...

    found = examine(GATE, relu)
    assert found.state == "blank"
    assert "the line `...`" in found.sentence


def test_the_blank_below_a_decorator_is_found():
    @functools.cache
    def other(z):
        return ...

    @functools.wraps(np.abs)
    def relu(z):
        mask = ...
        return mask

    del relu.__wrapped__
    assert "`mask = ...`" in examine(GATE, relu).sentence


def test_an_answer_that_cannot_be_written_down_is_kept_too(progress):
    class Odd:
        def __call__(self, z):
            return np.maximum(z, 0)

        def __repr__(self):
            raise RuntimeError

    assert rectified.check("01-abs", Odd()).passed
    assert progress.read()["01-abs"]["code"] == "<Odd>"


@pytest.mark.parametrize(
    "answer", [torch.nn.ReLU(), functools.partial(np.maximum, 0), np.abs, max, int]
)
def test_anything_that_can_be_called_can_be_checked(progress, answer):
    rectified.check("01-abs", answer)._repr_html_()
    assert progress.read()["01-abs"]["tries"] == 1


def test_an_ellipsis_in_an_index_is_no_blank(progress):
    def relu(z):
        return np.maximum(z, 0)[..., :]

    assert rectified.check("01-gate", relu).passed


def test_a_solved_exercise_is_kept_with_its_code_and_shown_again(progress):
    def relu(z):
        return np.maximum(z, 0)

    def unsolved(z):
        return ...

    assert rectified.check("01-abs", relu).passed
    assert progress.read()["01-abs"]["state"] == "done"
    assert "np.maximum(z, 0)" in progress.read()["01-abs"]["code"]
    html = rectified.check("01-abs", unsolved)._repr_html_()
    assert "You have solved this before" in html
    assert "np.maximum(z, 0)" in html


def test_a_later_mistake_does_not_replace_the_code_that_solved_it(progress):
    def relu(z):
        return np.maximum(z, 0)

    rectified.check("01-abs", relu)
    rectified.check("01-abs", np.abs)
    assert progress.read()["01-abs"]["state"] == "done"
    assert "np.maximum(z, 0)" in progress.read()["01-abs"]["code"]


def test_a_worked_example_counts_when_it_was_broken_and_mended(progress):
    verdict = rectified.check("01-gate", lambda z: np.maximum(z, 0))
    assert verdict.passed
    assert "Now break it" in str(verdict)
    assert "01-gate" not in progress.read()
    rectified.check("01-gate", np.abs)
    assert progress.read()["01-gate"]["state"] == "tried"
    assert "Now break it" not in str(rectified.check("01-gate", lambda z: z * (z > 0)))
    assert progress.read()["01-gate"]["state"] == "done"


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


def test_a_check_leaves_no_folder_behind(tmp_path):
    # In a process of its own: hypothesis looks at each module only once.
    code = "import numpy, rectified; print(rectified.check('01-gate', numpy.abs))"
    home, here = tmp_path / "home", tmp_path / "here"
    here.mkdir()
    kept = {"RECTIFIED_PROGRESS": str(home / "progress.json")}
    env = os.environ | kept | {"XDG_CACHE_HOME": str(home)}
    env.pop("HYPOTHESIS_STORAGE_DIRECTORY", None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=env, capture_output=True, text=True
    )
    assert "absolute value" in done.stdout, done.stderr
    assert list(here.iterdir()) == []


def test_a_check_that_is_interrupted_is_no_try(progress, monkeypatch):
    from rectified.practice.running import Runner

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, "_watch", interrupt)
    verdict = rectified.check("01-gate", np.abs)
    assert verdict.findings.state == "stopped"
    assert "01-gate" not in progress.read()
