"""Every exercise: its solution passes, and each catalogued mistake is recognized."""

from itertools import combinations

import numpy as np
import pytest

from rectified.practice import course, exercises, mistakes
from rectified.practice.checking import examine
from rectified.practice.mistakes import run_code
from rectified.practice.running import Runner
from rectified.practice.trials import (
    as_interval,
    attempt,
    behave_alike,
    name_parts,
)

TEXTS = [
    text
    for lesson in course.lessons()
    for text in course.load_items(lesson.number).exercises.values()
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.id)
def test_the_solution_passes(text):
    found = examine(text, run_code(text.solution, text.name))
    assert found.state == "passed", found.sentence
    assert all(holds for _, holds in found.laws)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.id)
def test_no_mistake_behaves_like_another(text):
    # That each gets its own feedback is seen in the notebooks, in test_solved.py.
    exercise, runner = exercises.find(text.id), Runner()
    done = []
    for wrong in text.wrong:
        answer, examples = run_code(wrong.code, text.name), mistakes.battery(text.id)
        with np.errstate(all="ignore"):  # some divide by zero
            done.append([attempt(exercise, answer, one, runner) for one in examples])
    for first, second in combinations(done, 2):
        assert not all(map(behave_alike, first, second))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.id)
def test_an_exercise_knows_five_mistakes_and_tells_them_apart(text):
    assert len({wrong.says for wrong in text.wrong}) == len(text.wrong) >= 5
    assert len(text.hints) == 3
    assert len(set(text.hints)) == 3


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.id)
def test_every_law_says_something_about_some_of_the_examples(text):
    exercise = exercises.find(text.id)
    for sentence in exercise.laws:
        law = exercise.law(sentence)
        spoken = [law.where(**example) for example in mistakes.battery(text.id)]
        assert any(getattr(s, "any", lambda s=s: s)() for s in spoken), sentence


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.id)
def test_the_laws_leave_nothing_out(text):
    # An answer that is right where a law speaks, and off by one elsewhere, must not
    # exist: each entry of each result is spoken of by some law.
    exercise = exercises.find(text.id)
    for example in mistakes.battery(text.id):
        parts = name_parts(exercise.reference(**example))
        for part, expected in parts.items():
            wanted = as_interval(expected)
            spoken = np.zeros(wanted.low.shape, dtype=bool)
            for sentence in exercise.laws:
                law = exercise.law(sentence)
                if law.part in ("", part):
                    spoken |= np.broadcast_to(law.where(**example), spoken.shape)
            assert spoken.all(), (example, part)
