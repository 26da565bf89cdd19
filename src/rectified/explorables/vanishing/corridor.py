"""Signals and gradients in deep random networks; the front end runs them."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final

from rectified import initialization
from rectified.experiments.vanishing import run_chain, run_corridor
from rectified.initialization import Scheme
from rectified.widgets import Explorable, Select, Slider

WIDTH: Final = 48
INPUTS: Final = 16
NETWORKS: Final = 3
MAX_DEPTH: Final = 50
FUNCTIONS: Final = {
    "ReLU": "relu",
    "Leaky ReLU": "leaky_relu",
    "SiLU": "silu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}
"""Functions of the corridor, and what `rectified.activations` calls them."""

INITS: Final = {
    "PyTorch default": initialization.get("pytorch"),
    "PyTorch, biases 0": initialization.get("pytorch"),
    "Xavier": initialization.get("xavier"),
    "Xavier, centered": initialization.get("xavier"),
    "He": initialization.get("he"),
    "N(0, 0.01²)": initialization.get("constant_std", std=0.01),
    "N(0, 1)": initialization.get("constant_std", std=1.0),
}
"""Ways to draw the weights; only the first one draws biases, too. "Centered" sets them
so that they cancel what the function puts out for 0, as in `run_corridor`."""


def describe_init(name: str, scheme: Scheme, width: int = WIDTH) -> dict[str, Any]:
    """Return what the script needs to draw the weights and biases of square layers."""
    std = math.sqrt(scheme.predict_variance(width, width))
    uniform = scheme.distribution == "uniform"
    return {
        "distribution": scheme.distribution,
        "std": std,
        # Of what is drawn from N(0, 1) or from U(-1, 1).
        "scale": math.sqrt(3) * std if uniform else std,
        "bias": 1 / math.sqrt(width) if name == "PyTorch default" else 0.0,
        "centered": name.endswith("centered"),
    }


class CorridorView(Explorable):
    """How far do signals get, and how far back do gradients?"""

    script = "corridor.js"
    script_parts = ("network.js",)
    computed_by: ClassVar = (run_corridor, initialization.predict_propagation)
    constants: ClassVar = {
        "width": WIDTH,
        "inputs": INPUTS,
        "networks": NETWORKS,
        "maxDepth": MAX_DEPTH,
        "inits": {name: describe_init(name, init) for name, init in INITS.items()},
    }
    controls: ClassVar = {
        "init": Select(tuple(INITS), label="initial weights"),
        "activation": Select(tuple(FUNCTIONS), label="activation"),
        "depth": Slider(2, MAX_DEPTH, 1, start=30, label="hidden layers"),
        "factor": Slider(0.25, 5, 0.25, start=1, label="weights times"),
        "normalization": Select(
            ("none", "center", "batch", "layer"), label="normalization"
        ),
        "residual": Slider(0, 1, 0.1, start=0, label="skip connections"),
        "draw": Slider(1, 20, 1, start=1, label="which networks"),
    }
    size = (740, 380)
    narrow_size = (340, 660)


class ChainView(Explorable):
    """What is left of a gradient after a chain of units?"""

    script = "chain.js"
    computed_by: ClassVar = (run_chain,)
    controls: ClassVar = {
        "activation": Select(("sigmoid", "tanh", "relu"), label="activation"),
        "depth": Slider(1, 30, 1, start=10, label="units in the chain"),
        "weight": Slider(-8, 8, 0.1, start=1, label="weight w"),
        "bias": Slider(-4, 4, 0.1, start=0, label="bias b"),
        "x": Slider(-3, 3, 0.1, start=0.3, label="input x"),
    }
    size = (720, 360)
    narrow_size = (340, 620)
