"""Put an answer into the cell of an exercise, as a learner does."""

import ast
import json
import re
from pathlib import Path

from rectified.practice import course

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CHECK = re.compile(r'rc\.check\("([\w-]+)"')


def load(number):
    """Return the notebook of a lesson, as JSON."""
    path = NOTEBOOKS / f"{course.lesson(number).notebook}.ipynb"
    return json.loads(path.read_text("utf-8"))


def code_cells(number):
    """Return the source of each code cell of a lesson."""
    cells = load(number)["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]


def exercise_of(source):
    """Return the exercise that a cell checks, or None."""
    found = CHECK.search(source)
    if not found:
        return None
    return course.load_items(found[1][:2]).exercises[found[1]]


def fill_in(source, name, code):
    """Return a cell with the definition of `name` replaced by `code`."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        targets = [t.id for t in getattr(node, "targets", []) if hasattr(t, "id")]
        if name == getattr(node, "name", None) or name in targets:
            start = min([node.lineno, *(d.lineno for d in _decorators(node))])
            lines[start - 1 : node.end_lineno] = code.rstrip().splitlines()
            return "\n".join(lines)
    raise AssertionError(f"the cell does not define {name}:\n{source}")


def _decorators(node):
    return getattr(node, "decorator_list", [])
