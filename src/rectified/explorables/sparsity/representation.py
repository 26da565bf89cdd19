"""What the last hidden layer tells, for several activation functions."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np

from rectified import activations
from rectified.experiments import sparsity as experiment
from rectified.widgets import Explorable, Select, Slider, Toggle, rounded

MEASURES: Final = {
    "linear probe": "probe",
    "effective rank": "rank",
    "share of units in use": "active",
}
SEEDS: Final = range(5)
RANDOM_SEEDS: Final = range(3)
BIASES: Final = np.linspace(-6.0, 3.0, 19)


class RepresentationView(Explorable):
    """Do zeros make features more compact, or more informative?"""

    script = "representation.js"
    computed_by: ClassVar = (
        experiment.measure_representation,
        experiment.measure_random_features,
        experiment.effective_rank,
        experiment.probe_accuracy,
        experiment.active_share,
    )
    constants: ClassVar = {"fields": MEASURES, "biases": BIASES.tolist()}
    controls: ClassVar = {
        "measure": Select(tuple(MEASURES), label="measure"),
        "trained": Toggle("after training", start=True),
        "bias": Slider(-6, 3, 0.5, start=-4, label="bias, random layer"),
    }
    size = (740, 380)
    narrow_size = (340, 700)

    def measurements(self) -> dict[str, Any]:
        """Return each measure per function and seed, and for random features."""
        found = experiment.measure_representation(SEEDS)
        chance = experiment.measure_random_features(RANDOM_SEEDS, biases=BIASES)
        fields = ("zeros", *MEASURES.values())
        return {
            "names": [_spell(name) for name in found.activations],
            "units": chance.units,
            "n_seeds": len(SEEDS),
            "learned": {field: rounded(getattr(found, field)) for field in fields},
            "random": {field: rounded(getattr(chance, field)) for field in fields},
        }


def _spell(name: str) -> str:
    return "no function" if name == "identity" else activations.get(name).display_name
