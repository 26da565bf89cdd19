"""What every lesson has in common, as far as it can be read without running it."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))

FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]")
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
NOT_PROSE = re.compile(
    r"\$\$.*?\$\$"  # formulas count as no words, whatever they would say aloud
    r"|\$[^$\n]+\$"
    r"|<[^>]+>"  # HTML
    r"|\]\([^)]*\)",  # where a link leads
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_][\w'’-]*")


class Lesson:
    """One notebook, cut into the pieces that the rules are about."""

    def __init__(self, path):
        self.path = path
        # Not `nbformat.read`: it would mend in silence what a test has to see.
        self.notebook = nbformat.v4.reads(path.read_text("utf-8"))
        self.code = [c for c in self.notebook.cells if c.cell_type == "code"]
        texts = [c.source for c in self.notebook.cells if c.cell_type == "markdown"]
        self.opening = texts[0] if texts else ""
        self.text = FENCED.sub("", "\n\n".join(texts))
        self.headings = [
            (len(hashes), title) for hashes, title in HEADING.findall(self.text)
        ]
        self.sections = [title for level, title in self.headings if level == 2]


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return Lesson(request.param)


def test_there_are_lessons():
    assert LESSONS


# --- the file -----------------------------------------------------------------


def test_a_lesson_has_a_number_and_a_short_title_as_its_name(lesson):
    assert re.fullmatch(r"\d\d_[a-z0-9]+(_[a-z0-9]+){0,5}", lesson.path.stem)


def test_no_two_lessons_have_the_same_number():
    numbers = [path.name[:2] for path in LESSONS]
    assert len(set(numbers)) == len(numbers)


def test_a_lesson_is_a_valid_notebook_whose_cells_keep_their_ids(lesson):
    ids = [cell.id for cell in lesson.notebook.cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(lesson.notebook)  # last, because it mends ids in place


def test_a_lesson_is_stored_without_results(lesson):
    for cell in lesson.code:
        assert cell.outputs == [], cell.source
        assert cell.execution_count is None, cell.source


def test_a_lesson_runs_on_any_python_and_says_nothing_about_its_author(lesson):
    metadata = lesson.notebook.metadata
    assert metadata.keys() == {"kernelspec", "language_info"}
    assert metadata.kernelspec.name == "python3"
    assert metadata.language_info.name == "python"
    assert "version" not in metadata.language_info


def test_no_cell_is_empty(lesson):
    assert all(cell.source.strip() for cell in lesson.notebook.cells)


# --- the code -----------------------------------------------------------------


def test_the_first_code_cell_is_one_line_that_imports(lesson):
    source = lesson.code[0].source
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    assert len(source.splitlines()) == 1


def test_a_code_cell_has_at_most_20_lines(lesson):
    for cell in lesson.code:
        assert len(cell.source.splitlines()) <= 20, cell.source


def test_a_function_of_more_than_8_lines_is_the_lesson_and_tagged_so(lesson):
    for cell in lesson.code:
        if "lesson" not in cell.metadata.get("tags", []):
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.FunctionDef):
                    assert node.end_lineno - node.lineno + 1 <= 8, node.name


def test_no_line_of_code_ends_with_a_semicolon(lesson):
    for cell in lesson.code:
        ends = [
            line for line in cell.source.splitlines() if line.rstrip().endswith(";")
        ]
        assert not ends


def test_code_is_plain_python_without_magics_or_shell(lesson):
    for cell in lesson.code:
        ast.parse(cell.source)


@pytest.mark.parametrize("forbidden", ["pip", "get_ipython", "warnings"])
def test_code_installs_nothing_and_hides_no_warning(lesson, forbidden):
    for cell in lesson.code:
        assert not re.search(rf"\b{forbidden}\b", cell.source), cell.source


# --- the text -----------------------------------------------------------------


def test_a_lesson_has_one_title_and_it_comes_first(lesson):
    assert [title for level, title in lesson.headings if level == 1]
    assert [level for level, _ in lesson.headings].count(1) == 1
    assert lesson.notebook.cells[0].source.startswith("# ")


def test_a_lesson_has_sections_and_skips_no_level(lesson):
    assert len(lesson.sections) >= 3
    levels = [level for level, _ in lesson.headings]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_lesson_says_at_the_top_how_long_it_takes(lesson):
    (minutes,) = re.findall(r"\babout (\d+) minutes\b", lesson.opening, re.IGNORECASE)
    assert 5 <= int(minutes) <= 40


def test_a_lesson_takes_1000_to_2000_words(lesson):
    assert 1000 <= len(WORD.findall(NOT_PROSE.sub(" ", lesson.text))) <= 2000


def test_a_lesson_asks_when_it_is_false_and_names_its_sources(lesson):
    assert any(
        re.match("when is this false", s, re.IGNORECASE) for s in lesson.sections
    )
    assert any(re.match("sources", s, re.IGNORECASE) for s in lesson.sections)


def test_every_image_says_what_it_shows(lesson):
    assert all(alt.strip() for alt in MARKDOWN_IMAGE.findall(lesson.text))
    for image in HTML_IMAGE.findall(lesson.text):
        assert re.search(r"\balt=(['\"])(?!\1).+?\1", image), image


def test_a_link_to_another_lesson_leads_to_one(lesson):
    for target in re.findall(r"\]\(([\w.-]+\.(?:ipynb|md))", lesson.text):
        assert (NOTEBOOKS / target).exists(), target
