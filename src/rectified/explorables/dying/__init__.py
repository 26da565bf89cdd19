"""The figures of lesson 05, "Dying ReLU"."""

from rectified.explorables.dying.causes import CausesView
from rectified.explorables.dying.cost import DeathCostView
from rectified.explorables.dying.life import UnitLifeView
from rectified.explorables.dying.phase import PhaseDiagramView
from rectified.explorables.dying.quiet import DeadOrQuietView
from rectified.explorables.dying.revival import RevivalView

__all__ = [
    "CausesView",
    "DeadOrQuietView",
    "DeathCostView",
    "PhaseDiagramView",
    "RevivalView",
    "UnitLifeView",
]
