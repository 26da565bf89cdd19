"""How large signals get from layer to layer, and where a number format ends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from rectified.experiments.unbounded import (
    HOMOGENEOUS,
    LARGEST,
    measure_explosion,
    predict_overflow,
)
from rectified.widgets import Explorable, Select, Slider, rounded

DEPTH: Final = 150
SEEDS: Final = range(5)
SCALES: Final = tuple(round(0.8 + 0.1 * k, 1) for k in range(18))
OTHERS: Final = {
    "tanh": "tanh",
    "ReLU6": "relu6",
    "LayerNorm, then ReLU": "layer_norm",
    "nothing": "identity",
}
"""What is compared with ReLU, and its key in the experiment."""


class ExplosionView(Explorable):
    """How deep can a network be before its numbers overflow?"""

    script = "explosion.js"
    computed_by: ClassVar = (measure_explosion, predict_overflow)
    constants: ClassVar = {
        "maxDepth": DEPTH,
        "scales": list(SCALES),
        "largest": dict(LARGEST),
        "others": OTHERS,
    }
    controls: ClassVar = {
        "gain": Slider(0.8, 2.5, 0.1, start=1.3, label="weights, times He's"),
        "depth": Slider(10, DEPTH, 5, start=100, label="depth", unit="layers"),
        "other": Select(tuple(OTHERS), label="beside ReLU"),
    }
    size = (740, 380)
    narrow_size = (340, 720)

    def measurements(self) -> Mapping[str, Any]:
        """Send inputs through five networks with each function between the layers.

        With twice the weights, the signal of ReLU is exactly twice as large after
        each layer, so the script needs it at one scale only.
        """
        tables = {}
        for name in ("relu", *OTHERS.values()):
            free = name in HOMOGENEOUS or name == "layer_norm"
            found = measure_explosion(
                SEEDS,
                functions=(name,),
                scales=(1.0,) if free else SCALES,
                depth=DEPTH,
            )
            largest = np.log10(found.peak[0])  # (n_scales, depth, n_seeds)
            tables[name] = {
                "middle": rounded(largest.mean(axis=-1)),
                "low": rounded(largest.min(axis=-1)[:1]),
                "high": rounded(largest.max(axis=-1)[:1]),
            }
        width, points = 64, 32
        peak = math.sqrt(2) * math.sqrt(2 * math.log(width * points))
        return {"tables": tables, "peak": peak}
