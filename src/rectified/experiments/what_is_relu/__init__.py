"""Experiments of lesson 01, "What is ReLU?"."""

from rectified.experiments.what_is_relu.collapse_measured import (
    ARMS,
    RATES,
    CollapseMeasurement,
    NonlinearityMeasurement,
    measure_collapse,
    measure_nonlinearity,
)
from rectified.experiments.what_is_relu.definition import (
    DEFINITIONS,
    SPECIAL_INPUTS,
    DefinitionComparison,
    measure_definition,
    relu_gate,
    relu_max,
    relu_piecewise,
    relu_torch,
)
from rectified.experiments.what_is_relu.depth import (
    DEPTHS,
    DepthMeasurement,
    measure_depth,
)
from rectified.experiments.what_is_relu.gates import (
    GATE_PRESETS,
    Gate,
    GateMeasurement,
    gate,
    measure_gate,
)
from rectified.experiments.what_is_relu.graph import (
    GraphMeasurement,
    ZeroMeasurement,
    drawn_angle,
    measure_at_zero,
    measure_graph,
)
from rectified.experiments.what_is_relu.hinges import (
    GRID,
    HingeFit,
    fit_hinges,
    hinge_sum,
    hinge_terms,
    spread_kinks,
)
from rectified.experiments.what_is_relu.linear_regions import (
    BIAS_STD,
    RegionCounts,
    measure_regions,
    region_map,
)
from rectified.experiments.what_is_relu.stacks import (
    FRESH,
    SNAPSHOTS,
    StackRun,
    collapse,
    evaluate_grid,
    measure_accuracy,
    train_stack,
)

__all__ = [
    "ARMS",
    "BIAS_STD",
    "DEFINITIONS",
    "DEPTHS",
    "FRESH",
    "GATE_PRESETS",
    "GRID",
    "RATES",
    "SNAPSHOTS",
    "SPECIAL_INPUTS",
    "CollapseMeasurement",
    "DefinitionComparison",
    "DepthMeasurement",
    "Gate",
    "GateMeasurement",
    "GraphMeasurement",
    "HingeFit",
    "NonlinearityMeasurement",
    "RegionCounts",
    "StackRun",
    "ZeroMeasurement",
    "collapse",
    "drawn_angle",
    "evaluate_grid",
    "fit_hinges",
    "gate",
    "hinge_sum",
    "hinge_terms",
    "measure_accuracy",
    "measure_at_zero",
    "measure_collapse",
    "measure_definition",
    "measure_depth",
    "measure_gate",
    "measure_graph",
    "measure_nonlinearity",
    "measure_regions",
    "region_map",
    "relu_gate",
    "relu_max",
    "relu_piecewise",
    "relu_torch",
    "spread_kinks",
    "train_stack",
]
