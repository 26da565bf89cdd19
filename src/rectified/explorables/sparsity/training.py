"""Zeros and accuracy in the course of training, by optimizer and penalty."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from rectified.experiments import sparsity as experiment
from rectified.widgets import Explorable, Select, Slider, rounded

OPTIMIZERS: Final = {
    "SGD, rate 0.1": ("sgd", 0.1),
    "Adam, rate 0.001": ("adam", 1e-3),
    "Adam, rate 0.01": ("adam", 1e-2),
}
PENALTIES: Final = {"none": 0.0, "0.0001": 1e-4, "0.001": 1e-3, "0.01": 1e-2}
SEEDS: Final = range(5)
STEPS: Final = 200
EVERY: Final = 20


class SparsityTrainingView(Explorable):
    """Does training make a network sparser?"""

    script = "training.js"
    computed_by: ClassVar = (experiment.measure_training,)
    constants: ClassVar = {
        "optimizers": list(OPTIMIZERS),
        "penalties": list(PENALTIES),
        "every": EVERY,
    }
    controls: ClassVar = {
        "penalty": Select(tuple(PENALTIES), label="L1 penalty"),
        "optimizer": Select(tuple(OPTIMIZERS), label="optimizer"),
        "step": Slider(0, STEPS, EVERY, start=STEPS, label="updates", play=True),
    }
    size = (740, 380)
    narrow_size = (340, 700)

    def measurements(self) -> dict[str, Any]:
        """Return mean and deviation over seeds for each optimizer and penalty."""
        arms = [
            experiment.Arm(*optimizer, penalty)
            for optimizer in OPTIMIZERS.values()
            for penalty in PENALTIES.values()
        ]
        found = experiment.measure_training(SEEDS, arms=arms, steps=STEPS, every=EVERY)
        tables = {
            "zeros": found.zeros,
            "dead": found.dead,
            "accuracy": found.accuracy,
            "test": found.test_accuracy,
        }
        return {
            "n_seeds": len(SEEDS),
            **{
                name: {
                    "mean": rounded(table.mean(axis=-1)),
                    "sd": rounded(table.std(axis=-1, ddof=1)),
                }
                for name, table in tables.items()
            },
        }
