"""Networks that learn partly wrong labels, compared in three ways."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np

from rectified import activations
from rectified.experiments import sparsity as experiment
from rectified.widgets import Explorable, Select, Slider, rounded

NAMES: Final = ("relu", "leaky_relu", "tanh", "sigmoid")
NOISE: Final = (0, 20, 40, 60)
SEEDS: Final = range(4)


class LabelNoiseView(Explorable):
    """Does ReLU overfit less? It depends on how you compare."""

    script = "label_noise.js"
    computed_by: ClassVar = (
        experiment.measure_overfitting,
        experiment.OverfittingMeasurement.at_equal_budget,
        experiment.OverfittingMeasurement.at_equal_fit,
        experiment.OverfittingMeasurement.tuned,
    )
    constants: ClassVar = {
        "comparisons": list(experiment.COMPARISONS),
        "names": [activations.get(name).display_name for name in NAMES],
        "noise": list(NOISE),
        "level": experiment.LEVEL,
    }
    controls: ClassVar = {
        "comparison": Select(experiment.COMPARISONS, label="compare at"),
        "noise": Slider(0, 60, 20, start=40, label="labels drawn anew", unit="%"),
    }
    size = (740, 400)
    narrow_size = (340, 900)

    def measurements(self) -> dict[str, Any]:
        """Return curves and what each comparison reads off them, for each noise."""
        runs = [
            experiment.measure_overfitting(
                SEEDS, names=NAMES, label_noise=noise / 100, every=20, width=32
            )
            for noise in NOISE
        ]
        return {
            "steps": runs[0].steps.tolist(),
            "n_seeds": len(SEEDS),
            "runs": [
                [[_read(run, how, name) for name in NAMES]
                 for how in experiment.COMPARISONS]
                for run in runs
            ],
        }  # fmt: skip


def _read(
    run: experiment.OverfittingMeasurement, how: str, name: str
) -> dict[str, Any]:
    row = run.activations.index(name), run.rate_row(how, name)
    stops = run.stops(how, name)
    return {
        "rate": run.rates[row[1]],
        "train": rounded(run.accuracy[row].mean(axis=-1)),
        "test": rounded(run.test[row].mean(axis=-1)),
        "stop": rounded(np.nanmean(stops)) if np.isfinite(stops).any() else None,
        "compared": rounded(run.compare(how, name)),
    }
