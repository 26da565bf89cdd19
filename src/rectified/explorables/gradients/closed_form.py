"""Slope, backpropagation, descent, saturation: figures that formulas draw."""

from __future__ import annotations

from typing import ClassVar, Final

from rectified.experiments.gradients import (
    CLOSE,
    KINDS,
    SMALL_NETS,
    STARTS,
    backpropagate,
    descend,
    difference_quotient,
    evaluate_loss,
    saturated_share,
)
from rectified.widgets import (
    Explorable,
    LogSlider,
    Select,
    Slider,
    Toggle,
    Values,
    VectorSlider,
)

FUNCTIONS: Final = {"ReLU": "relu", "softplus": "softplus", "tanh": "tanh"}
"""Functions of `SlopeView`, with their names in `rectified.activations`."""


class SlopeView(Explorable):
    """What is the slope under your finger?"""

    script = "slope.js"
    computed_by: ClassVar = (difference_quotient,)
    constants: ClassVar = {
        "kinds": {kind: list(reach) for kind, reach in KINDS.items()}
    }
    controls: ClassVar = {
        "x": Slider(-2, 2, 0.05, start=0.5, label="place x"),
        "step": LogSlider(1e-17, 1, 4, start=1, label="step h"),
        "kind": Select(tuple(KINDS), label="quotient", start="central"),
        "function": Select(tuple(FUNCTIONS), label="function"),
        "fan": Toggle("subgradients at the kink"),
        "error": Toggle("show the error on the right"),
    }
    size = (740, 360)
    narrow_size = (340, 640)


def _example(name: str) -> Values:
    """Return the controls that show one of `SMALL_NETS`."""
    net = SMALL_NETS[name]
    biases = [float(bias) for layer in net.biases[:-1] for bias in layer]
    return {"x1": float(net.x[0]), "x2": float(net.x[1]), "biases": biases}


_FIRST: Final = next(iter(SMALL_NETS))
_NET: Final = SMALL_NETS[_FIRST]
_START: Final = _example(_FIRST)


class BackpropView(Explorable):
    """How does the gradient get through the gates?"""

    script = "backprop.js"
    computed_by: ClassVar = (backpropagate,)
    constants: ClassVar = {
        "weights": [weight.tolist() for weight in _NET.weights],
        "outputBias": float(_NET.biases[-1][0]),
        "target": _NET.target,
        "examples": {name: _example(name) for name in SMALL_NETS},
        "steps": [
            [step.direction, step.layer, step.name]
            for step in backpropagate(_NET).list_steps()
        ],
    }
    controls: ClassVar = {
        "example": Select((*SMALL_NETS, "your own"), label="example"),
        "step": Slider(0, 20, 1, start=20, label="step", play=True),
        "x1": Slider(-3, 3, 0.5, start=_START["x1"], label="input x₁"),
        "x2": Slider(-3, 3, 0.5, start=_START["x2"], label="input x₂"),
        "gate": Slider(1, 4, 1, start=1, label="chosen gate"),
        "biases": VectorSlider(
            Slider(-4, 4, 0.5, start=0, label="its bias"),
            entries=tuple(_START["biases"]),
            entry="gate",
        ),
        "at_zero": Slider(0, 1, 0.5, start=0, label="ReLU'(0)"),
    }
    size = (740, 390)
    narrow_size = (340, 700)


OTHERS: Final = {"sigmoid": "sigmoid", "tanh": "tanh", "Leaky ReLU": "leaky_relu"}
"""What `DescentView` compares ReLU with."""


class DescentView(Explorable):
    """From where does gradient descent arrive, and where does it stall?"""

    script = "descent.js"
    computed_by: ClassVar = (descend, evaluate_loss)
    constants: ClassVar = {"starts": STARTS.tolist(), "close": CLOSE, "steps": 200}
    controls: ClassVar = {
        "start": Slider(-8, 8, 0.5, start=-3, label="start weight w"),
        "rate": LogSlider(0.1, 100, 4, start=1, label="learning rate"),
        "step": Slider(0, 200, 1, start=50, label="steps taken", play=True),
        "target": Slider(0.6, 0.9, 0.05, start=0.8, label="target"),
        "other": Select(tuple(OTHERS), label="compare with"),
    }
    size = (740, 430)
    narrow_size = (340, 620)


DERIVATIVES: Final = {
    "ReLU": "relu",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "Leaky ReLU": "leaky_relu",
    "softplus": "softplus",
    "GELU": "gelu",
    "SiLU": "silu",
}
"""Functions of `SaturationView`, with their names in `rectified.activations`."""


class SaturationView(Explorable):
    """Where is the derivative too small to matter?"""

    script = "saturation.js"
    computed_by: ClassVar = (saturated_share,)
    controls: ClassVar = {
        "scale": LogSlider(0.1, 10, 10, start=1, label="spread of the inputs"),
        "threshold": Slider(
            0.01, 0.3, 0.01, start=0.05, label="smallest slope that counts"
        ),
        "third": Select(tuple(DERIVATIVES)[2:], label="third function"),
        "positive": Toggle("count positive inputs only"),
    }
    size = (740, 330)
    narrow_size = (340, 700)
