"""The lessons a second time with all solutions, then with every catalogued mistake."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from rectified.practice import course
from tests.practice.filling import code_cells, exercise_of, fill_in

LESSONS = [lesson.number for lesson in course.lessons()]
# They ran unsolved already (nbval): figures and claims need not be drawn again.
ONLY_SHOWS = re.compile(r"^rc\.(?!check)\w+\(.*\)$", re.DOTALL)


def run(cells):
    """Run cells in a kernel of their own; return the text of each one's outputs."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in cells]
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return ["\n".join(map(text_of, cell.outputs)) for cell in notebook.cells]


def text_of(output):
    return output.get("text") or output.get("data", {}).get("text/plain", "")


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request):
    """What a lesson answers: unsolved, solved, and to each mistake."""
    cells = [c for c in code_cells(request.param) if not ONLY_SHOWS.match(c)]
    texts = [exercise_of(cell) for cell in cells]
    solved = [
        fill_in(cell, text.name, text.solution) if text else cell
        for cell, text in zip(cells, texts, strict=True)
    ]
    wrong = [
        (text, mistake, fill_in(cell, text.name, mistake.code))
        for cell, text in zip(cells, texts, strict=True)
        if text
        for mistake in text.wrong
    ]
    answers = run([*solved, *(cell for _, _, cell in wrong)])
    to_solved = zip(texts, answers[: len(cells)], strict=True)
    to_wrong = zip(wrong, answers[len(cells) :], strict=True)
    return {
        "number": request.param,
        "solved": [(text, answer) for text, answer in to_solved if text],
        "wrong": [(t, mistake, answer) for (t, mistake, _), answer in to_wrong],
    }


def test_with_the_solutions_filled_in_every_check_passes(lesson):
    assert lesson["solved"]
    for text, answer in lesson["solved"]:
        assert answer.startswith(f"Solved: {text.title}"), answer


def test_with_a_mistake_filled_in_the_check_answers_that_mistake(lesson):
    from rectified.practice.markup import to_text

    assert lesson["wrong"]
    for text, mistake, answer in lesson["wrong"]:
        assert answer.startswith(f"Not yet: {text.title}"), answer
        # The law that is broken, with the smallest example, and what went wrong.
        *_, sentence, says = answer.splitlines()
        assert says == to_text(mistake.says), mistake.code
        assert len(sentence) > 20


@pytest.mark.parametrize("number", LESSONS)
def test_a_stub_that_is_no_worked_example_has_a_blank(number):
    for cell in code_cells(number):
        text = exercise_of(cell)
        if text:
            assert ("..." in cell) == (text.stage != "worked"), cell
