"""Experiments of lesson 03, "Sparsity"."""

from rectified.experiments.sparsity.comparisons import (
    BUDGET_RATE,
    COMPARISONS,
    LEVEL,
    OverfittingMeasurement,
)
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
from rectified.experiments.sparsity.layers import (
    DISTRIBUTIONS,
    LayerDraw,
    LayerZeros,
    count_layer_zeros,
    draw_layers,
    expect_layer_zeros,
    shape_weights,
)
from rectified.experiments.sparsity.memory import MemoryMeasurement, measure_memory
from rectified.experiments.sparsity.overfitting import measure_overfitting
from rectified.experiments.sparsity.products import (
    METHODS,
    draw_activations,
    multiply_csr,
    multiply_dense,
    multiply_gather,
)
from rectified.experiments.sparsity.quiet import (
    N_SHOWN,
    NETWORKS,
    Silence,
    measure_silence,
    silent_on_batches,
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
from rectified.experiments.sparsity.units import SparsityMeasurement, measure_sparsity
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
    "COMPARISONS",
    "DISTRIBUTIONS",
    "HE_GAIN",
    "LEVEL",
    "METHODS",
    "NETWORKS",
    "N_SHOWN",
    "SHIFTS",
    "SPARSITIES",
    "Arm",
    "CostMeasurement",
    "DepthZeros",
    "LayerDraw",
    "LayerZeros",
    "MemoryMeasurement",
    "OverfittingMeasurement",
    "RandomFeatures",
    "RepresentationMeasurement",
    "Silence",
    "SparseTraining",
    "SparsityMeasurement",
    "ZeroMeasurement",
    "active_share",
    "count_layer_zeros",
    "draw_activations",
    "draw_layers",
    "effective_rank",
    "expect_layer_zeros",
    "last_hidden",
    "measure_cost",
    "measure_depth_zeros",
    "measure_memory",
    "measure_overfitting",
    "measure_random_features",
    "measure_representation",
    "measure_silence",
    "measure_sparsity",
    "measure_training",
    "measure_zeros",
    "multiply_csr",
    "multiply_dense",
    "multiply_gather",
    "probe_accuracy",
    "shape_weights",
    "silent_on_batches",
    "zero_share",
]
