"""Trainings that were measured at many settings: clipped gradients, and a race."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from rectified.experiments.mitigations import run_race
from rectified.experiments.unbounded import measure_clipping, measure_convergence
from rectified.widgets import Explorable, LogSlider, Select, Slider, rounded

THRESHOLDS: Final = (0.1, 0.316, 1.0, 3.16, 10.0)
CLIP_RATES: Final = (0.001, 0.00316, 0.01, 0.0316, 0.1, 0.316, 1.0)
CLIP_SCALES: Final = (1.0, 1.3, 1.6)


class ClippingView(Explorable):
    """What does clipping mend, and what does it not?"""

    script = "clipping.js"
    computed_by: ClassVar = (measure_clipping,)
    constants: ClassVar = {
        "thresholds": list(THRESHOLDS),
        "rates": list(CLIP_RATES),
        "scales": list(CLIP_SCALES),
    }
    controls: ClassVar = {
        "threshold": LogSlider(0.1, 10, 2, start=1, label="clip at norm"),
        "rate": LogSlider(0.001, 1, 2, start=0.1, label="learning rate"),
        "gain": Slider(1, 1.6, 0.3, start=1.3, label="weights, times He's"),
    }
    size = (740, 380)
    narrow_size = (340, 860)

    def measurements(self) -> Mapping[str, Any]:
        """Train three networks at every setting, and without clipping."""
        found = measure_clipping(
            range(3),
            scales=CLIP_SCALES,
            thresholds=(*THRESHOLDS, np.inf),
            rates=CLIP_RATES,
            steps=50,
        )
        last = found.loss[..., -1]
        return {
            "norm": rounded(found.norm[..., ::2], 3),
            "loss": rounded(found.loss[..., :-1:2], 3),
            "last": rounded(last, 3),
            "learned": np.rint(found.learned * 3).astype(int).tolist(),
        }


RACE_RATES: Final = (0.05, 0.108, 0.232, 0.5, 1.08, 2.32, 5.0)
DEPTHS: Final = (1, 2, 4)
RUNNERS: Final = {
    "ReLU": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "sigmoid, weights × 4": "sigmoid_gain_4",
}


class ConvergenceView(Explorable):
    """Who learns faster, and does the comparison decide it?"""

    script = "convergence.js"
    computed_by: ClassVar = (measure_convergence, run_race)
    constants: ClassVar = {
        "runners": RUNNERS,
        "rates": list(RACE_RATES),
        "depths": list(DEPTHS),
    }
    controls: ClassVar = {
        "comparison": Select(
            ("one rate for all", "each at its own best"), label="comparison"
        ),
        "rate": LogSlider(0.05, 5, 3, start=0.108, label="the one learning rate"),
        "depth": Select(tuple(map(str, DEPTHS)), label="hidden layers", start="2"),
        "goal": Slider(0.5, 0.95, 0.05, start=0.9, label="goal: share of digits right"),
    }
    size = (740, 380)
    narrow_size = (340, 680)

    def measurements(self) -> Mapping[str, Any]:
        """Race at every depth and learning rate, with three seeds."""
        found = measure_convergence(DEPTHS, range(3), rates=RACE_RATES, max_steps=120)
        return {
            "looks": found.races[0].looks.tolist(),
            "curves": [rounded(race.curves, 3) for race in found.races],
        }
