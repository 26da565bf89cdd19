"""The figures of lesson 04, "Vanishing gradients"."""

from rectified.explorables.vanishing.corridor import ChainView, CorridorView
from rectified.explorables.vanishing.measured import (
    DefaultInitView,
    RescueView,
    ShatteredView,
    TrainabilityView,
)

__all__ = [
    "ChainView",
    "CorridorView",
    "DefaultInitView",
    "RescueView",
    "ShatteredView",
    "TrainabilityView",
]
