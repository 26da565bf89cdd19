"""The figures of lesson 06, "Mitigations"."""

from rectified.explorables.mitigations.leaky import LeakyView
from rectified.explorables.mitigations.race import RaceView
from rectified.explorables.mitigations.shapes import ShapesView
from rectified.explorables.mitigations.tables import remedy_guide, treatment_table
from rectified.explorables.mitigations.ward import WardView

__all__ = [
    "LeakyView",
    "RaceView",
    "ShapesView",
    "WardView",
    "remedy_guide",
    "treatment_table",
]
