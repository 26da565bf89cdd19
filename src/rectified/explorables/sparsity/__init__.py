"""The figures of lesson 03, "Sparsity"."""

from rectified.explorables.sparsity.cost import ZeroCostView
from rectified.explorables.sparsity.label_noise import LabelNoiseView
from rectified.explorables.sparsity.representation import RepresentationView
from rectified.explorables.sparsity.training import SparsityTrainingView
from rectified.explorables.sparsity.units import QuietView, ZerosView

__all__ = [
    "LabelNoiseView",
    "QuietView",
    "RepresentationView",
    "SparsityTrainingView",
    "ZeroCostView",
    "ZerosView",
]
