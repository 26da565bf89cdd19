"""Learning rate and bias: where units die, and when."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import dying as experiment
from rectified.widgets import Explorable, LogSlider, Select, Slider, Values, rounded

OPTIMIZERS: Final = {"gradient descent": "sgd", "Adam": "adam"}
_RATE: Final = LogSlider(0.03, 30, 7, start=3, label="learning rate")
_BIAS: Final = Slider(-4, 1, 0.25, start=0, label="initial bias")
_STEP: Final = Slider(0, 200, 10, start=100, label="updates", play=True)


class PhaseDiagramView(Explorable):
    """At which learning rates and biases do units die?"""

    script = "phase.js"
    controls: ClassVar = {
        "rate": _RATE,
        "bias": _BIAS,
        "step": _STEP,
        "shown": Select(("dead units", "accuracy"), label="color shows"),
        "optimizer": Select(tuple(OPTIMIZERS), label="optimizer"),
    }
    constants: ClassVar = {
        "rates": _RATE.choices(),
        "biases": _BIAS.choices(),
        "moments": _STEP.choices(),
    }
    computed_by: ClassVar = (experiment.follow_phase_diagram,)
    size = (720, 400)
    narrow_size = (340, 720)

    def measurements(self) -> dict[str, Any]:
        """Return what became of each network, for each optimizer."""
        return {name: _measure(key) for name, key in OPTIMIZERS.items()}


def _measure(optimizer: str) -> Values:
    """Measure one diagram; numbers are [moment][rate][bias], None if diverged."""
    found = experiment.follow_phase_diagram(
        map(int, _STEP.choices()), _RATE.choices(), _BIAS.choices(), optimizer=optimizer
    )
    return {
        "dead": _whole(100 * found.dead_fraction.mean(axis=1)),
        "accuracy": _whole(100 * found.accuracy),
        # Losses go to 10^20; the axis ends at 10.
        "loss": rounded(np.clip(found.loss, 1e-3, 99), 2),
    }


def _whole(percentages: NDArray[np.floating]) -> Any:
    """Return whole numbers, which are shorter than floats; None for NaN."""
    numbers = np.rint(np.nan_to_num(percentages)).astype(int).astype(object)
    numbers[~np.isfinite(percentages)] = None
    return numbers.tolist()
