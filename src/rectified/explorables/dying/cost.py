"""What dead units cost, and when they cost nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Final

import numpy as np

from rectified.experiments import dying as experiment
from rectified.widgets import Explorable, Select, Slider, rounded

WIDTHS: Final = (4, 8, 16, 32)
SEEDS: Final = range(10)
_SHARE: Final = Slider(0, 100, 12.5, start=75, label="dead in each layer", unit="%")
SCALES: Final = ("share of dead units", "living units per layer")
MEASURES: Final = ("accuracy on fresh points", "updates to 95%")


class DeathCostView(Explorable):
    """What does a dead unit cost?"""

    script = "cost.js"
    controls: ClassVar = {
        "share": _SHARE,
        "width": Select(
            tuple(map(str, WIDTHS)), label="units in each layer", start="32"
        ),
        "scale": Select(SCALES, label="plotted against"),
        "measure": Select(MEASURES, label="plotted"),
    }
    constants: ClassVar = {"shares": _SHARE.choices(), "widths": list(WIDTHS)}
    computed_by: ClassVar = (experiment.measure_cost,)
    size = (720, 370)
    narrow_size = (340, 720)

    def measurements(self) -> dict[str, Any]:
        """Return what networks with dead units learn, [width][share]."""
        shares = np.array(_SHARE.choices()) / 100
        found = experiment.measure_cost(shares.tolist(), WIDTHS, SEEDS)
        points, labels = experiment.scatter_points(SEEDS[:1])
        accuracy = 100 * found.fresh_accuracy
        # A network that never gets there counts as slower than all that do.
        steps = np.sort(found.steps, axis=-1)
        return {
            "living": found.living.tolist(),
            "accuracy": rounded(accuracy.mean(axis=-1)),
            "low": rounded(accuracy.min(axis=-1)),
            "high": rounded(accuracy.max(axis=-1)),
            "steps": rounded(np.median(steps, axis=-1)),
            "reached": np.isfinite(steps).sum(axis=-1).tolist(),
            "networks": len(found.seeds),
            "points": rounded(points[0]),
            "labels": labels[0].tolist(),
            "examples": [
                [_living_part(found, row, column) for column in range(shares.size)]
                for row in range(len(WIDTHS))
            ],
        }


def _living_part(
    found: experiment.CostMeasurement, row: int, column: int
) -> list[dict[str, Any]]:
    """Return the layers of the first seed's network without its dead units."""
    weights, biases = found.networks[row].network(column * len(found.seeds))
    dead = WIDTHS[row] - int(found.living[row, column])
    starts = [0, dead, dead, 0]
    layers = zip(weights, biases, pairwise(starts), strict=True)
    return [
        {"weight": rounded(w[i:, j:]), "bias": rounded(b[j:])}
        for w, b, (i, j) in layers
    ]
