"""A learner does not wait for what the first figures do not need."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
import rectified
first = set(sys.modules)
figure = getattr(rectified, {name!r})()
figure.widget
print(json.dumps([sorted(first), sorted(sys.modules)]))
"""
FIGURES = ["GateView", "GraphView", "FoldTheLine", "CollapseView", "RegionsView"]


def modules_after(name):
    """What is imported by the package alone, and once a figure is there."""
    program = PROGRAM.format(name=name)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return [set(names) for names in json.loads(done.stdout)]


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_of_the_first_lesson_imports_torch(name):
    package, figure = modules_after(name)
    assert "anywidget" in figure - package
    assert "torch" not in figure
    assert "matplotlib.pyplot" not in figure


def test_a_figure_of_the_front_end_needs_no_matplotlib():
    assert "matplotlib" not in modules_after("GateView")[1]
