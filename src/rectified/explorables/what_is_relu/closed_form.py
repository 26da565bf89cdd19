"""Gate, graph and hinges: figures that a formula draws, so the front end does."""

from __future__ import annotations

from typing import ClassVar, Final

from rectified.datasets import CURVES, evaluate_curve
from rectified.experiments.what_is_relu import (
    GATE_PRESETS,
    GRID,
    fit_hinges,
    gate,
    hinge_sum,
)
from rectified.widgets import (
    Button,
    Explorable,
    Select,
    Slider,
    Toggle,
    Values,
    VectorSlider,
)


class GateView(Explorable):
    """What passes the gate?"""

    script = "gate.js"
    computed_by: ClassVar = (gate,)
    constants: ClassVar = {"presets": {k: list(v) for k, v in GATE_PRESETS.items()}}
    controls: ClassVar = {
        "bias": Slider(-3, 3, 0.1, start=0, label="bias b"),
        "weight": Slider(-2, 2, 0.1, start=1, label="weight w"),
        "inputs": Select(tuple(GATE_PRESETS), label="inputs x"),
    }
    size = (720, 350)
    narrow_size = (340, 350)


class GraphView(Explorable):
    """Which branch holds?"""

    script = "graph.js"
    controls: ClassVar = {
        "x": Slider(-3, 3, 0.1, start=-1.5, label="input x"),
        "equal": Toggle("same scale on both axes", start=True),
    }
    size = (720, 330)
    narrow_size = (340, 525)


def _preset(kinks: list[float], weights: list[float], offset: float = 0) -> Values:
    """Fill up to eight hinges with ones that have no weight."""
    unused = 8 - len(kinks)
    return {
        "hinges": len(kinks),
        "kinks": kinks + [3] * unused,
        "weights": weights + [0] * unused,
        "offset": offset,
    }


PRESETS: Final = {
    "tent": _preset([-2, 0, 2], [1, -2, 1]),
    "plateau": _preset([-2, -1, 1, 2], [2, -2, -2, 2]),
    "staircase": _preset([-2.5, -2, -0.5, 0, 1.5, 2], [2, -2, 2, -2, 2, -2]),
    "absolute value": _preset([-3, 0], [-1, 2], offset=3),
}
"""Hinges that make a well-known shape."""


class FoldTheLine(Explorable):
    """How do hinges add up to a curve?"""

    script = "fold.js"
    computed_by: ClassVar = (hinge_sum, fit_hinges)
    constants: ClassVar = {
        "grid": GRID.tolist(),
        "presets": PRESETS,
        "targets": {name: evaluate_curve(name, GRID).tolist() for name in CURVES},
    }
    controls: ClassVar = {
        "preset": Select(("your own", "evenly spread kinks", *PRESETS), label="shape"),
        "target": Select(("none", *CURVES), label="target curve", start="sine"),
        "hinges": Slider(1, 8, 1, start=4, label="number of hinges"),
        "entry": Slider(1, 8, 1, start=1, label="chosen hinge"),
        "kinks": VectorSlider(
            Slider(-3, 3, 0.05, start=0, label="its kink"),
            entries=(-3, -2, 0, 1, 1.5, 2, 2.4, 2.7),
            entry="entry",
        ),
        "weights": VectorSlider(
            Slider(-10, 10, 0.01, start=0, label="its weight"),
            entries=(0.5, -1, 1, -1, 0, 0, 0, 0),
            entry="entry",
        ),
        "offset": Slider(-5, 5, 0.01, start=0, label="offset"),
        "solve": Button("Solve for the best weights"),
    }
    size = (740, 330)
    narrow_size = (340, 760)
