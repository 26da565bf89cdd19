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
    draw_noise,
    run_line,
    run_line_depths,
)
from rectified.experiments.vanishing.shattering import (
    LINE_ARMS,
    LINE_DEPTHS,
    LineArm,
    ShatteringMeasurement,
    measure_shattering,
)
from rectified.experiments.vanishing.stability import (
    STABILITY_ARMS,
    STABILITY_RATES,
    StabilityArm,
    StabilityMeasurement,
    measure_stability,
)
from rectified.experiments.vanishing.theory import (
    predict_corridor,
    predict_ratios,
    scheme_of_gain,
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
    "STABILITY_ARMS",
    "STABILITY_RATES",
    "Chain",
    "Corridor",
    "DefaultInitMeasurement",
    "GainMeasurement",
    "Line",
    "LineArm",
    "RescueArm",
    "RescueMeasurement",
    "ShatteringMeasurement",
    "StabilityArm",
    "StabilityMeasurement",
    "TrainabilityMap",
    "as_tanh",
    "autocorrelation",
    "draw_noise",
    "measure_default_init",
    "measure_gains",
    "measure_rescue",
    "measure_shattering",
    "measure_stability",
    "measure_trainability",
    "predict_corridor",
    "predict_ratios",
    "run_chain",
    "run_corridor",
    "run_line",
    "run_line_depths",
    "scheme_of_gain",
    "sigmoid_bound",
]
