"""The engine of the interactive figures: controls, drawing, and the two hosts."""

from rectified.widgets.controls import (
    Button,
    Control,
    LogSlider,
    Select,
    Slider,
    Toggle,
    Values,
    VectorSlider,
)
from rectified.widgets.explorable import Explorable
from rectified.widgets.measured import rounded
from rectified.widgets.rendering import Shown, View, panels
from rectified.widgets.table import Table
from rectified.widgets.theme import THEMES, Theme
from rectified.widgets.training_run import Run, TrainingRun

__all__ = [
    "THEMES",
    "Button",
    "Control",
    "Explorable",
    "LogSlider",
    "Run",
    "Select",
    "Shown",
    "Slider",
    "Table",
    "Theme",
    "Toggle",
    "TrainingRun",
    "Values",
    "VectorSlider",
    "View",
    "panels",
    "rounded",
]
