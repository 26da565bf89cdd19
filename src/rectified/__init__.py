"""Rectified: an interactive course on the ReLU activation.

The names below load on first use, so that a notebook shows its first figure before
anything heavy is imported.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as _version
from typing import Any, Final

__version__ = _version("rectified")

_LESSON_00: Final = "rectified.explorables.start_here"
_LESSON_01: Final = "rectified.explorables.what_is_relu"
_LESSON_02: Final = "rectified.explorables.gradients"
_LESSON_03: Final = "rectified.explorables.sparsity"
_LESSON_04: Final = "rectified.explorables.vanishing"
_LESSON_05: Final = "rectified.explorables.dying"
_LESSON_06: Final = "rectified.explorables.mitigations"
_LESSON_07: Final = "rectified.explorables.unbounded"
_HOMES: Final = {
    "SickNetworkView": _LESSON_00,
    "CollapseView": _LESSON_01,
    "FoldTheLine": _LESSON_01,
    "GateView": _LESSON_01,
    "GraphView": _LESSON_01,
    "RegionsView": _LESSON_01,
    "edge_cases": _LESSON_01,
    "BackpropView": _LESSON_02,
    "DescentView": _LESSON_02,
    "ExactZeroView": _LESSON_02,
    "GradcheckView": _LESSON_02,
    "SaturationView": _LESSON_02,
    "SlopeView": _LESSON_02,
    "at_zero_outcomes": _LESSON_02,
    "gradient_answers": _LESSON_02,
    "LabelNoiseView": _LESSON_03,
    "QuietView": _LESSON_03,
    "RepresentationView": _LESSON_03,
    "SparsityTrainingView": _LESSON_03,
    "ZeroCostView": _LESSON_03,
    "ZerosView": _LESSON_03,
    "ChainView": _LESSON_04,
    "CorridorView": _LESSON_04,
    "DefaultInitView": _LESSON_04,
    "RescueView": _LESSON_04,
    "ShatteredView": _LESSON_04,
    "TrainabilityView": _LESSON_04,
    "CausesView": _LESSON_05,
    "DeadOrQuietView": _LESSON_05,
    "DeathCostView": _LESSON_05,
    "PhaseDiagramView": _LESSON_05,
    "RevivalView": _LESSON_05,
    "UnitLifeView": _LESSON_05,
    "LeakyView": _LESSON_06,
    "RaceView": _LESSON_06,
    "ShapesView": _LESSON_06,
    "WardView": _LESSON_06,
    "remedy_guide": _LESSON_06,
    "treatment_table": _LESSON_06,
    "ClippingView": _LESSON_07,
    "ConditioningView": _LESSON_07,
    "ConvergenceView": _LESSON_07,
    "ExplosionView": _LESSON_07,
    "MemoryView": _LESSON_07,
    "ZigZagView": _LESSON_07,
    "tied_signs": _LESSON_07,
    "check": "rectified.practice",
    "check_setup": "rectified.practice",
    "predict": "rectified.practice",
    "progress_map": "rectified.practice",
    "quiz": "rectified.practice",
    "recall": "rectified.practice",
    "Explorable": "rectified.widgets",
    "measure": "rectified.claims",
}

_MODULES: Final = {
    "activations",
    "claims",
    "datasets",
    "ensembles",
    "initialization",
    "networks",
    "probes",
    "regions",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"rectified.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'rectified' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, *sorted(_MODULES)]
