"""The figures of lesson 02, "Gradients"."""

from rectified.explorables.gradients.answers import at_zero_outcomes, gradient_answers
from rectified.explorables.gradients.closed_form import (
    BackpropView,
    DescentView,
    SaturationView,
    SlopeView,
)
from rectified.explorables.gradients.measured import ExactZeroView, GradcheckView

__all__ = [
    "BackpropView",
    "DescentView",
    "ExactZeroView",
    "GradcheckView",
    "SaturationView",
    "SlopeView",
    "at_zero_outcomes",
    "gradient_answers",
]
