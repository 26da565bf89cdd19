"""Experiments of lesson 05, "Dying ReLU"."""

from rectified.experiments.dying.causes import (
    CAUSES,
    HEALTHY,
    TASKS,
    CauseMeasurement,
    measure_cause,
)
from rectified.experiments.dying.claimed import (
    DeathComparison,
    compare_biases,
    compare_rates,
)
from rectified.experiments.dying.cost import CostMeasurement, measure_cost
from rectified.experiments.dying.death_times import DeathTimes, measure_death_times
from rectified.experiments.dying.life import (
    FatalUpdate,
    UnitLives,
    find_fatal_update,
    scatter_points,
    watch_units,
)
from rectified.experiments.dying.one_step import (
    FatalStep,
    UnitPath,
    find_fatal_rates,
    train_unit,
)
from rectified.experiments.dying.permanence import Permanence, measure_permanence
from rectified.experiments.dying.phase import (
    BIASES,
    RATES,
    PhaseDiagram,
    draw_phase_diagram,
    replay_cell,
)
from rectified.experiments.dying.phase_history import (
    PhaseHistory,
    follow_phase_diagram,
)
from rectified.experiments.dying.quiet import (
    BatchBias,
    QuietMeasurement,
    measure_batch_bias,
    measure_quiet,
)
from rectified.experiments.dying.reach import (
    REACHES,
    UnitReach,
    bound_pre_activations,
    classify_units,
    find_second_layer,
)
from rectified.experiments.dying.revival import TRAININGS, Revival, measure_revival
from rectified.experiments.dying.starts import (
    StartMeasurement,
    measure_dead_at_start,
    predict_dead_at_start,
)

__all__ = [
    "BIASES",
    "CAUSES",
    "HEALTHY",
    "RATES",
    "REACHES",
    "TASKS",
    "TRAININGS",
    "BatchBias",
    "CauseMeasurement",
    "CostMeasurement",
    "DeathComparison",
    "DeathTimes",
    "FatalStep",
    "FatalUpdate",
    "Permanence",
    "PhaseDiagram",
    "PhaseHistory",
    "QuietMeasurement",
    "Revival",
    "StartMeasurement",
    "UnitLives",
    "UnitPath",
    "UnitReach",
    "bound_pre_activations",
    "classify_units",
    "compare_biases",
    "compare_rates",
    "draw_phase_diagram",
    "find_fatal_rates",
    "find_fatal_update",
    "find_second_layer",
    "follow_phase_diagram",
    "measure_batch_bias",
    "measure_cause",
    "measure_cost",
    "measure_dead_at_start",
    "measure_death_times",
    "measure_permanence",
    "measure_quiet",
    "measure_revival",
    "predict_dead_at_start",
    "replay_cell",
    "scatter_points",
    "train_unit",
    "watch_units",
]
