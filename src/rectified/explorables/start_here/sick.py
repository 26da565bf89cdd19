"""The sick network: one treatment at a time."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from rectified.experiments.start_here import TREATMENTS, treat_sick_network
from rectified.widgets import Explorable, Select, Slider, rounded

SEEDS: Final = range(3)
STEPS: Final = 300
EVERY: Final = 20


class SickNetworkView(Explorable):
    """Which treatment wakes this network up?"""

    script = "sick.js"
    computed_by: ClassVar = (treat_sick_network,)
    controls: ClassVar = {
        "treatment": Select(tuple(TREATMENTS), label="treatment"),
        "step": Slider(0, STEPS, EVERY, start=STEPS, label="updates", play=True),
    }
    size = (740, 330)
    narrow_size = (340, 590)

    def measurements(self) -> dict[str, Any]:
        """Return accuracies and answers of three networks for each treatment."""
        runs = {
            name: treat_sick_network(name, SEEDS, steps=STEPS, every=EVERY)
            for name in TREATMENTS
        }
        first = runs["nothing"]
        return {
            "steps": first.steps.tolist(),
            "images": rounded(first.images, 2),
            "arms": {
                name: {
                    "accuracy": rounded(run.accuracy.T, 3),
                    "answers": run.answers.tolist(),
                }
                for name, run in runs.items()
            },
        }
