"""Dead or only quiet: on which inputs does a unit fire?"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from rectified.datasets import WINDOW
from rectified.experiments import dying as experiment
from rectified.widgets import Explorable, LogSlider, Select, Slider

SEED: Final = 4
UNITS: Final = 16
POINTS: Final = 200
LAYERS: Final = ("first hidden layer", "second hidden layer")
_RATE: Final = LogSlider(0.1, 10, 2, start=3.16, label="trained at learning rate")


class DeadOrQuietView(Explorable):
    """Is a silent unit dead, or only quiet?"""

    script = "quiet.js"
    controls: ClassVar = {
        "batch": Slider(1, POINTS, 1, start=4, label="points in the batch"),
        "layer": Select(LAYERS, label="layer"),
        "unit": Slider(1, UNITS, 1, start=3, label="unit"),
        "rate": _RATE,
    }
    constants: ClassVar = {
        "layers": list(LAYERS),
        "rates": _RATE.choices(),
        "window": WINDOW,
        "reaches": list(experiment.REACHES),
    }
    computed_by: ClassVar = (experiment.measure_quiet, experiment.classify_units)
    size = (720, 370)
    narrow_size = (340, 660)

    def measurements(self) -> dict[str, Any]:
        """Return the points, and one trained network per learning rate."""
        points, _ = experiment.scatter_points((SEED,))
        return {
            "points": points[0].tolist(),
            "networks": [_train(rate) for rate in _RATE.choices()],
        }


def _train(rate: float) -> dict[str, Any]:
    """Train one network; all digits are kept, so that its gates open as measured."""
    found = experiment.measure_quiet(rate, (SEED,), width=UNITS)
    weights, biases = found.networks.network(0)
    return {
        "weights": [weight.tolist() for weight in weights[:-1]],
        "biases": [bias.tolist() for bias in biases[:-1]],
        "reach": [codes.tolist() for codes in found.reaches[0].layers],
        "accuracy": round(100 * float(found.accuracy[0]), 1),
    }
