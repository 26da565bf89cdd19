"""Do dead units come back? Layer by layer, for several ways to train."""

from __future__ import annotations

from typing import Any, ClassVar, Final, NamedTuple

from rectified.experiments import dying as experiment
from rectified.widgets import Explorable, Select, Slider

SEEDS: Final = range(10)
DEPTH: Final = 3
STEPS: Final = 300
EVERY: Final = 5


class Arm(NamedTuple):
    """A way to train: a key of `TRAININGS`, and a rate at which no network diverges."""

    key: str
    learning_rate: float


ARMS: Final = {
    "mini-batches": Arm("sgd", 2.0),
    "full batches": Arm("full_batch", 2.0),
    "weight decay": Arm("weight_decay", 2.0),
    "momentum": Arm("momentum", 0.3),
    "Adam": Arm("adam", 0.03),
    "bias −3": Arm("low_bias", 0.1),
}


class RevivalView(Explorable):
    """Do dead units come back?"""

    script = "revival.js"
    controls: ClassVar = {
        "training": Select(tuple(ARMS), label="training with"),
        "step": Slider(0, STEPS, EVERY, start=STEPS // 2, label="updates", play=True),
    }
    constants: ClassVar = {"moments": list(range(0, STEPS + 1, EVERY))}
    computed_by: ClassVar = (experiment.measure_revival,)
    size = (720, 330)
    narrow_size = (340, 760)

    def measurements(self) -> dict[str, Any]:
        """Return counts of units over all networks, [layer][moment]."""
        return {"arms": {name: _measure(arm) for name, arm in ARMS.items()}}


def _measure(arm: Arm) -> dict[str, Any]:
    found = experiment.measure_revival(
        arm.key, SEEDS, steps=STEPS, depth=DEPTH, learning_rate=arm.learning_rate
    )
    counts = {
        "died": found.ever_dead_by,
        "dead": found.dead_at,
        "revived": found.revived_by,
    }
    return {
        name: count[::EVERY].sum(axis=2).T.tolist() for name, count in counts.items()
    } | {
        "rate": arm.learning_rate,
        "units": (found.units * len(found.seeds)).tolist(),
        "networks": len(found.seeds),
    }
