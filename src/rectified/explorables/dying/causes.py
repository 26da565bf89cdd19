"""What kills units: one cause at a time, its dose on a slider."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np

from rectified.experiments import dying as experiment
from rectified.widgets import Explorable, LogSlider, Select, Slider, Values, rounded

NAMES: Final = {
    "rate": "learning rate",
    "bias": "initial bias",
    "gain": "weight scale",
    "scale": "input scale",
    "shift": "input shift",
}
"""Controls, and what they are called."""

DOSES: Final[dict[str, Slider | LogSlider]] = {
    "rate": LogSlider(0.1, 10, 2, start=3.16, label="learning rate"),
    "bias": Slider(-4, 1, 1, start=0, label="initial bias"),
    "gain": LogSlider(0.1, 10, 2, start=1, label="weight scale (He is 1)"),
    "scale": LogSlider(0.1, 10, 2, start=1, label="input scale"),
    "shift": Slider(0, 10, 2, start=0, label="input shift"),
}

SEEDS: Final = {"circles": range(10), "digits": range(3)}
_EXPERIMENT: Final = {
    "rate": "learning_rate",
    "bias": "bias",
    "gain": "gain",
    "scale": "input_scale",
    "shift": "input_shift",
}


class CausesView(Explorable):
    """What kills units?"""

    script = "causes.js"
    controls: ClassVar = {
        "cause": Select(tuple(NAMES.values()), label="cause"),
        **DOSES,
        "task": Select(tuple(SEEDS), label="task"),
    }
    constants: ClassVar = {
        "names": NAMES,
        "healthy": {"rate": 0.1, "bias": 0, "gain": 1, "scale": 1, "shift": 0},
        "sick": {"rate": 3.16, "bias": -3, "gain": 10, "scale": 10, "shift": 4},
        "log": ["rate", "gain", "scale"],
    }
    computed_by: ClassVar = (experiment.measure_cause,)
    size = (720, 350)
    narrow_size = (340, 620)

    def measurements(self) -> dict[str, Any]:
        """Return dead shares for each task, cause and value."""
        return {
            "values": {name: DOSES[name].choices() for name in NAMES},
            "measured": {
                task: {name: _measure(task, name) for name in NAMES} for task in SEEDS
            },
        }


def _measure(task: str, name: str) -> Values:
    """Measure one cause; shares are percentages, [moment][layer][value]."""
    tried = np.array(DOSES[name].choices())
    # In the experiment, the gain of He's weights is the square root of 2.
    values = tried * 2**0.5 if name == "gain" else tried
    found = experiment.measure_cause(
        _EXPERIMENT[name], values.tolist(), SEEDS[task], task=task, learning_rate=0.1
    )
    moments = np.ma.masked_invalid(
        [found.start_dead_fraction, found.first_step_dead_fraction, found.dead_fraction]
    )
    return {
        "dead": rounded(100 * moments.mean(axis=-1).swapaxes(1, 2).filled(np.nan)),
        "sd": rounded(100 * moments.std(axis=-1, ddof=1).swapaxes(1, 2).filled(np.nan)),
        "accuracy": rounded(100 * found.accuracy.mean(axis=1)),
        "diverged": (~found.finite).sum(axis=1).tolist(),
        "networks": len(found.seeds),
    }
