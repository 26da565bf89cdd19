"""What libraries answer at 0 and at NaN, measured or cited, and how training ends."""

from __future__ import annotations

import math
from typing import Final

from rectified.experiments import summarize
from rectified.experiments.gradients import (
    CITED,
    NUMPY_FORMULAS,
    measure_answers,
    measure_outcomes,
)
from rectified.widgets import Table

SHOWN: Final = (
    "torch.relu(x)",
    "torch.where(x > 0, x, 0)",
    "torch.where(x >= 0, x, 0)",
    "torch.maximum(x, 0)",
    "torch.clamp(x, min=0)",
    "F.relu6(x)",
    "F.leaky_relu(x)",
)
"""Formulas in PyTorch that the table shows."""

_NO_ANSWER: Final = "–"


def gradient_answers() -> Table:
    """Return a table of what libraries answer for ReLU and its slope at 0 and NaN."""
    measured = measure_answers()
    rows = []
    for formula in SHOWN:
        slopes = [measured.derivative(formula, x) for x in (0.0, math.nan)]
        numbers = [*slopes, measured.value(formula, math.nan)]
        rows.append(["PyTorch", formula, *map(_show, numbers), "measured"])
    for formula in (name for name in NUMPY_FORMULAS if name.startswith("np.")):
        value = _show(measured.value(formula, math.nan))
        rows.append(["NumPy", formula, _NO_ANSWER, _NO_ANSWER, value, "measured"])
    rows += [
        [
            cited.library,
            cited.formula,
            _show(cited.derivative_at_zero),
            _show(cited.derivative_at_nan),
            _NO_ANSWER,
            f"cited: {cited.source}",
        ]
        for cited in CITED
    ]
    caption = (
        "ReLU in several libraries: the slope that automatic differentiation answers "
        f"at 0 and at NaN, and the value at NaN ({_NO_ANSWER}: none, or not known)."
    )
    columns = [
        "library",
        "formula",
        "slope at 0",
        "slope at NaN",
        "value at NaN",
        "how we know",
    ]
    return Table(caption, columns, rows)


def at_zero_outcomes() -> Table:
    """Return a table of test accuracies after training with different ReLU'(0)."""
    outcome = measure_outcomes()
    rows = []
    for alpha, accuracy in zip(outcome.alphas, outcome.accuracy, strict=True):
        spread = summarize(accuracy)
        gap = abs(accuracy - outcome.accuracy[0]).max()
        rows.append(
            [f"{alpha:g}", f"{spread.mean:.1%} ± {spread.sd:.1%}", f"{gap:.1%}"]
        )
    caption = (
        "Accuracy on fresh digits of a convolutional network whose biases start at 0, "
        f"after {outcome.steps} steps of gradient descent ({len(outcome.seeds)} seeds, "
        "± is one standard deviation)."
    )
    columns = ["ReLU'(0)", "accuracy", "largest change of one network"]
    return Table(caption, columns, rows)


def _show(value: float | None) -> str:
    if value is None:
        return _NO_ANSWER
    return "NaN" if math.isnan(value) else f"{value:g}"
