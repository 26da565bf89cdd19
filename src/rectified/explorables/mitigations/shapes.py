"""The family of functions below zero: formulas, drawn by the front end."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final

from rectified import activations
from rectified.widgets import Explorable, Select, Slider, Toggle

FAMILY: Final = (
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "relu6",
)
"""Members of the family, as `rectified.activations` calls them."""

_SLOPED: Final = "Leaky ReLU / PReLU"


def _label(name: str) -> str:
    return _SLOPED if name == "leaky_relu" else activations.get(name).display_name


def _describe(name: str) -> dict[str, Any]:
    """Return what the script cannot know: moments and limits."""
    function = activations.get(name)
    moments = function.moments()
    return {
        "name": name,
        "mean": moments.mean,
        "secondMoment": moments.second_moment,
        "slopeMoment": moments.derivative_second_moment,
        "lower": function.lower if math.isfinite(function.lower) else None,
        "upper": function.upper if math.isfinite(function.upper) else None,
    }


class ShapesView(Explorable):
    """What do ReLU's relatives do below zero?"""

    script = "shapes.js"
    computed_by: ClassVar = (activations.get,)
    constants: ClassVar = {"family": {_label(name): _describe(name) for name in FAMILY}}
    controls: ClassVar = {
        "function": Select(
            tuple(_label(name) for name in FAMILY), label="function", start=_SLOPED
        ),
        "z": Slider(-4, 7, 0.1, start=-1, label="pre-activation z"),
        "slope": Slider(0, 1, 0.01, start=0.01, label="slope α of Leaky ReLU / PReLU"),
        "others": Toggle("show the others", start=True),
    }
    size = (740, 400)
    narrow_size = (340, 700)
