"""The resuscitation ward: one sick network, one treatment at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rectified.experiments.mitigations import CURED, PATIENTS, Outcome, treat
from rectified.explorables.mitigations.names import PATIENT_NAMES, TREATMENT_NAMES
from rectified.widgets import Explorable, Select, Slider, rounded

STEPS: Final = 200
EVERY: Final = 20
SEEDS: Final = range(3)


class WardView(Explorable):
    """Which treatment revives this network?"""

    script = "ward.js"
    computed_by: ClassVar = (treat,)
    constants: ClassVar = {
        "patients": {name: key for key, name in PATIENT_NAMES.items()},
        "treatments": {name: key for key, name in TREATMENT_NAMES.items()},
        "depths": {key: case.depth for key, case in PATIENTS.items()},
        "cured": CURED,
    }
    controls: ClassVar = {
        "patient": Select(tuple(PATIENT_NAMES.values()), label="patient"),
        "treatment": Select(
            tuple(TREATMENT_NAMES.values()),
            label="treatment",
            start=TREATMENT_NAMES["leaky_relu"],
        ),
        "step": Slider(
            0,
            STEPS,
            EVERY,
            start=STEPS // 2,
            label="training",
            unit="updates",
            play=True,
        ),
    }
    size = (740, 360)
    narrow_size = (340, 720)

    def measurements(self) -> Mapping[str, Any]:
        """Give every treatment to every patient, with three seeds."""
        names = ("none", *TREATMENT_NAMES)
        looks: list[int] = []
        courses = {}
        for patient in PATIENT_NAMES:
            ward = treat(patient, names, SEEDS, steps=STEPS, every=EVERY)
            looks = ward.looks.tolist()
            courses[patient] = {
                name: _shorten(outcome) for name, outcome in ward.outcomes.items()
            }
        return {"looks": looks, "courses": courses}


def _shorten(outcome: Outcome) -> dict[str, Any]:
    """Return the curves, each of shape (n_seeds, n_looks)."""
    return {
        "accuracy": rounded(outcome.accuracy_curve.T),
        "loss": rounded(outcome.loss_curve.T),
        "silent": rounded(outcome.dead_curve.mean(axis=1).T),
    }
