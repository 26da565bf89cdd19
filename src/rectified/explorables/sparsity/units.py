"""Which outputs are zero: in each layer of a network, and for each unit and image."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rectified.experiments import sparsity as experiment
from rectified.widgets import Explorable, Select, Slider


class ZerosView(Explorable):
    """How many outputs of each layer are zero?"""

    script = "zeros.js"
    computed_by: ClassVar = (
        experiment.count_layer_zeros,
        experiment.expect_layer_zeros,
        experiment.shape_weights,
    )
    controls: ClassVar = {
        "bias": Slider(-2, 2, 0.1, start=0, label="bias b"),
        "scale": Slider(0.5, 1.5, 0.05, start=1, label="weight scale (He: 1)"),
        "input_mean": Slider(0, 2, 0.1, start=0, label="mean of inputs"),
        "layer": Slider(1, 8, 1, start=1, label="layer shown"),
        "distribution": Select(experiment.DISTRIBUTIONS, label="weights from"),
    }
    size = (740, 380)
    narrow_size = (340, 700)

    def measurements(self) -> dict[str, Any]:
        """Return the random numbers that the networks are made of, in hundredths."""
        draw = experiment.draw_layers()
        depth, width, _ = draw.weights.shape
        return {
            "depth": depth,
            "width": width,
            "weights": _hundredths(draw.weights),
            "inputs": _hundredths(draw.inputs),
        }


def _hundredths(numbers: Any) -> list[int]:
    whole: list[int] = (100 * numbers).round().astype(int).ravel().tolist()
    return whole


class QuietView(Explorable):
    """Is a silent unit dead, or only quiet?"""

    script = "quiet.js"
    computed_by: ClassVar = (experiment.measure_silence, experiment.silent_on_batches)
    controls: ClassVar = {
        "batch": Slider(1, experiment.N_SHOWN, 1, start=32, label="batch size"),
        "network": Select(experiment.NETWORKS, label="network"),
        "layer": Slider(1, 2, 1, start=1, label="hidden layer"),
        "shift": Slider(-3, 1, 0.5, start=-1.5, label="shift of biases"),
    }
    size = (740, 440)
    narrow_size = (340, 720)

    def measurements(self) -> dict[str, Any]:
        """Return on which images each unit fires, the first ones as hexadecimal."""
        found = experiment.measure_silence()
        bits = np.packbits(found.fires, axis=-1)
        return {
            "networks": list(found.networks),
            "shifts": found.shifts.tolist(),
            "n_train": found.n_train,
            "n_test": found.n_test,
            "fires": [
                [[[row.tobytes().hex() for row in units] for units in layers]
                 for layers in shifts]
                for shifts in bits
            ],
            "first": found.first.tolist(),
            "on_train": found.on_train.tolist(),
            "on_test": found.on_test.tolist(),
        }  # fmt: skip
