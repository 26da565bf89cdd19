"""What each definition of ReLU makes of unusual inputs, measured."""

from __future__ import annotations

import numpy as np

from rectified.experiments import what_is_relu as experiment
from rectified.widgets import Table


def edge_cases() -> Table:
    """Return a table of unusual inputs and what four ways to write ReLU answer."""
    measured = experiment.measure_definition(seeds=range(1))
    rows = [
        [_show(value), *(_show(output) for output in outputs)]
        for value, outputs in zip(
            measured.special_inputs, measured.special_outputs.T, strict=True
        )
    ]
    caption = "Unusual inputs and what four ways to write ReLU make of them (float64)."
    return Table(caption, ["input", *measured.names], rows)


def _show(value: float) -> str:
    if np.isfinite(value):
        return f"{value:.1g}".replace("-", "−")
    return str(value).replace("-", "−").replace("inf", "∞").replace("nan", "NaN")
