"""Experiments of lesson 03, "Sparsity"."""

from rectified.experiments.sparsity.cost import (
    SPARSITIES,
    CostMeasurement,
    measure_cost,
)
from rectified.experiments.sparsity.depth_zeros import (
    DepthZeros,
    measure_depth_zeros,
)
from rectified.experiments.sparsity.features import (
    active_share,
    effective_rank,
    probe_accuracy,
)
from rectified.experiments.sparsity.overfitting import (
    BUDGET_RATE,
    OverfittingMeasurement,
    measure_overfitting,
)
from rectified.experiments.sparsity.products import (
    METHODS,
    draw_activations,
    multiply_csr,
    multiply_dense,
    multiply_gather,
)
from rectified.experiments.sparsity.random_features import (
    SHIFTS,
    RandomFeatures,
    measure_random_features,
)
from rectified.experiments.sparsity.representation import (
    RepresentationMeasurement,
    last_hidden,
    measure_representation,
)
from rectified.experiments.sparsity.training import (
    ARMS,
    Arm,
    SparseTraining,
    measure_training,
)
from rectified.experiments.sparsity.zeros import (
    BIASES,
    HE_GAIN,
    ZeroMeasurement,
    measure_zeros,
    zero_share,
)

__all__ = [
    "ARMS",
    "BIASES",
    "BUDGET_RATE",
    "HE_GAIN",
    "METHODS",
    "SHIFTS",
    "SPARSITIES",
    "Arm",
    "CostMeasurement",
    "DepthZeros",
    "OverfittingMeasurement",
    "RandomFeatures",
    "RepresentationMeasurement",
    "SparseTraining",
    "ZeroMeasurement",
    "active_share",
    "draw_activations",
    "effective_rank",
    "last_hidden",
    "measure_cost",
    "measure_depth_zeros",
    "measure_overfitting",
    "measure_random_features",
    "measure_representation",
    "measure_training",
    "measure_zeros",
    "multiply_csr",
    "multiply_dense",
    "multiply_gather",
    "probe_accuracy",
    "zero_share",
]
