"""Exact zeros and gradcheck: figures whose numbers are measured once, then drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rectified.experiments.gradients import (
    PRECISIONS,
    Setting,
    check_gradient,
    map_gradcheck,
    measure_exact_zeros,
    track_zeros,
)
from rectified.widgets import (
    Explorable,
    LogSlider,
    Select,
    Slider,
    rounded,
)

LAYERS: Final = {"convolution": "convolutional", "fully connected": "fully connected"}
INPUTS: Final = {"0 to 1, black is 0": "unit", "each pixel centered": "feature"}
BIASES: Final = {"none": "none", "start at 0": "zero", "start at random": "random"}
STEPS: Final = 4


class ExactZeroView(Explorable):
    """How often is a pre-activation exactly 0, and does ReLU'(0) matter then?"""

    script = "zeros.js"
    computed_by: ClassVar = (track_zeros, measure_exact_zeros)
    controls: ClassVar = {
        "bias": Select(tuple(BIASES), label="biases", start="start at 0"),
        "layers": Select(tuple(LAYERS), label="hidden layers"),
        "inputs": Select(tuple(INPUTS), label="pixels"),
        "precision": Select(PRECISIONS, label="precision"),
        "step": Slider(0, STEPS, 1, start=0, label="training steps", play=True),
    }
    size = (740, 340)
    narrow_size = (340, 620)

    def measurements(self) -> Mapping[str, Any]:
        """Follow each setting through its first steps of training, with three seeds."""
        names = [
            (layers, inputs, bias, precision)
            for layers in LAYERS
            for inputs in INPUTS
            for bias in BIASES
            for precision in PRECISIONS
        ]
        settings = [
            Setting(LAYERS[layers], INPUTS[inputs], BIASES[bias], precision)
            for layers, inputs, bias, precision in names
        ]
        run = track_zeros(settings=settings, steps=STEPS)
        return {
            "|".join(name): {
                "values": (run.n_values[row] * len(run.seeds)).tolist(),
                "zeros": rounded(run.zeros[row]),
                "weights": rounded(run.weight_change[row]),
                "biases": rounded(run.bias_change[row]),
            }
            for row, name in enumerate(names)
        }


SIDES: Final = {"right, x > 0": 1, "left, x < 0": -1}


class GradcheckView(Explorable):
    """When does a gradient check reject a correct ReLU?"""

    script = "gradcheck.js"
    computed_by: ClassVar = (map_gradcheck, check_gradient)
    controls: ClassVar = {
        "distance": LogSlider(1e-8, 1, 3, start=1e-4, label="distance from the kink"),
        "eps": LogSlider(1e-8, 1, 3, start=1e-3, label="step eps"),
        "side": Select(tuple(SIDES), label="side of the kink"),
        "precision": Select(("float64", "float32"), label="precision"),
    }
    size = (740, 380)
    narrow_size = (340, 680)

    def measurements(self) -> Mapping[str, Any]:
        """Run gradcheck at every setting of the four controls."""
        tables = {}
        for precision in ("float64", "float32"):
            for name, side in SIDES.items():
                grid = map_gradcheck(dtype=precision, side=side)
                tables[f"{precision}|{name}"] = {
                    "passes": [
                        "".join(map(str, row)) for row in grid.passes.astype(int)
                    ],
                    "numerical": rounded(grid.numerical),
                }
        return {"grid": grid.steps.tolist(), "tables": tables}
