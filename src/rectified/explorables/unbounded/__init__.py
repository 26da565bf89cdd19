"""The figures of lesson 07, "Unbounded and off-center"."""

from rectified.explorables.unbounded.explosion import ExplosionView
from rectified.explorables.unbounded.memory import MemoryView
from rectified.explorables.unbounded.training import ClippingView, ConvergenceView
from rectified.explorables.unbounded.valley import ConditioningView
from rectified.explorables.unbounded.zigzag import ZigZagView, tied_signs

__all__ = [
    "ClippingView",
    "ConditioningView",
    "ConvergenceView",
    "ExplosionView",
    "MemoryView",
    "ZigZagView",
    "tied_signs",
]
