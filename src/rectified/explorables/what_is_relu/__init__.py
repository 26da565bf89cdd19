"""The figures of lesson 01, "What is ReLU?"."""

from rectified.explorables.what_is_relu.closed_form import (
    FoldTheLine,
    GateView,
    GraphView,
)
from rectified.explorables.what_is_relu.collapse import CollapseView
from rectified.explorables.what_is_relu.edge_cases import edge_cases
from rectified.explorables.what_is_relu.regions import RegionsView

__all__ = [
    "CollapseView",
    "FoldTheLine",
    "GateView",
    "GraphView",
    "RegionsView",
    "edge_cases",
]
