"""How narrow the valley of the loss is, from the mean of the activations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rectified.experiments.unbounded import measure_valleys, predict_steps
from rectified.widgets import Explorable, Select, Slider, rounded

FUNCTIONS: Final = {
    "ReLU": "relu",
    "ReLU minus its mean": "relu_centered",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "BatchNorm, then ReLU": "batch_norm",
}
"""Labels, and the arms of `measure_valleys`."""

SIZES: Final = tuple(range(8, 65, 8))
MEANS: Final = tuple(k / 2 for k in range(-4, 5))


class ConditioningView(Explorable):
    """How long and narrow does a mean make the valley of the loss?"""

    script = "valley.js"
    computed_by: ClassVar = (measure_valleys, predict_steps)
    constants: ClassVar = {
        "functions": FUNCTIONS,
        "sizes": list(SIZES),
        "means": list(MEANS),
    }
    controls: ClassVar = {
        "mean": Slider(-2, 2, 0.5, start=0, label="mean of the pre-activations"),
        "activation": Select(tuple(FUNCTIONS), label="outputs of"),
        "n": Slider(8, 64, 8, start=32, label="units"),
        "step": Slider(0, 60, 1, start=8, label="steps of descent", play=True),
    }
    size = (740, 360)
    narrow_size = (340, 640)

    def measurements(self) -> Mapping[str, Any]:
        """Measure condition numbers and descents for every function, size and mean."""
        found = measure_valleys(
            range(2), arms=tuple(FUNCTIONS.values()), n_features=SIZES, means=MEANS
        )
        return {
            "condition": rounded(found.condition.mean(axis=-1)),
            "predicted": rounded(found.predicted),
            "steps": rounded(found.steps.mean(axis=-1)),
            "outputMean": rounded(found.output_mean),
            "outputStd": rounded(found.output_std),
        }
