"""Experiments of lesson 04, "Vanishing gradients"."""

from rectified.experiments.vanishing.corridor import (
    Corridor,
    run_corridor,
    sigmoid_bound,
)
from rectified.experiments.vanishing.default_init import (
    DefaultInitMeasurement,
    measure_default_init,
)
from rectified.experiments.vanishing.gains import (
    GAIN_INITS,
    Chain,
    GainMeasurement,
    measure_gains,
    run_chain,
)
from rectified.experiments.vanishing.rescue import (
    RESCUE_ARMS,
    RescueArm,
    RescueMeasurement,
    as_tanh,
    measure_rescue,
)
from rectified.experiments.vanishing.shattered import (
    SPAN,
    Line,
    autocorrelation,
    run_line,
)
from rectified.experiments.vanishing.shattering import (
    LINE_ARMS,
    LINE_DEPTHS,
    LineArm,
    ShatteringMeasurement,
    measure_shattering,
)
from rectified.experiments.vanishing.trainability import (
    MAP_DEPTHS,
    MAP_GAINS,
    TrainabilityMap,
    measure_trainability,
)

__all__ = [
    "GAIN_INITS",
    "LINE_ARMS",
    "LINE_DEPTHS",
    "MAP_DEPTHS",
    "MAP_GAINS",
    "RESCUE_ARMS",
    "SPAN",
    "Chain",
    "Corridor",
    "DefaultInitMeasurement",
    "GainMeasurement",
    "Line",
    "LineArm",
    "RescueArm",
    "RescueMeasurement",
    "ShatteringMeasurement",
    "TrainabilityMap",
    "as_tanh",
    "autocorrelation",
    "measure_default_init",
    "measure_gains",
    "measure_rescue",
    "measure_shattering",
    "measure_trainability",
    "run_chain",
    "run_corridor",
    "run_line",
    "sigmoid_bound",
]
