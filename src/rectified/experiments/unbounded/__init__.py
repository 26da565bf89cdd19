"""Experiments of lesson 07, "Unbounded and off-center"."""

from rectified.experiments.unbounded.centering import (
    CENTERING_ARMS,
    Centering,
    measure_centering,
)
from rectified.experiments.unbounded.conditioning import (
    Conditioning,
    measure_conditioning,
    predict_steps,
)
from rectified.experiments.unbounded.convergence import (
    RIVALS,
    Convergence,
    measure_convergence,
)
from rectified.experiments.unbounded.corridor import (
    GAINS,
    LIMITERS,
    Corridor,
    measure_corridor,
    predict_corridor,
)
from rectified.experiments.unbounded.memory import (
    SOLVED,
    MemoryComparison,
    MemoryRun,
    measure_memory,
    train_memory,
)
from rectified.experiments.unbounded.overflow import (
    LARGEST,
    OverflowMeasurement,
    measure_overflow,
    predict_overflow,
    round_to,
)
from rectified.experiments.unbounded.paths import (
    PathComparison,
    count_steps,
    measure_paths,
)
from rectified.experiments.unbounded.recurrent import (
    GradientThroughTime,
    measure_gradient_through_time,
    predict_identity_ratio,
)
from rectified.experiments.unbounded.recurrent_cells import CELLS, RecurrentNetworks
from rectified.experiments.unbounded.sign_ties import (
    BATCH_SIZES,
    FUNCTIONS,
    SignTies,
    measure_sign_ties,
)
from rectified.experiments.unbounded.stability import Stability, measure_stability
from rectified.experiments.unbounded.zigzag import SOLUTION, DescentPath, draw_path

__all__ = [
    "BATCH_SIZES",
    "CELLS",
    "CENTERING_ARMS",
    "FUNCTIONS",
    "GAINS",
    "LARGEST",
    "LIMITERS",
    "RIVALS",
    "SOLUTION",
    "SOLVED",
    "Centering",
    "Conditioning",
    "Convergence",
    "Corridor",
    "DescentPath",
    "GradientThroughTime",
    "MemoryComparison",
    "MemoryRun",
    "OverflowMeasurement",
    "PathComparison",
    "RecurrentNetworks",
    "SignTies",
    "Stability",
    "count_steps",
    "draw_path",
    "measure_centering",
    "measure_conditioning",
    "measure_convergence",
    "measure_corridor",
    "measure_gradient_through_time",
    "measure_memory",
    "measure_overflow",
    "measure_paths",
    "measure_sign_ties",
    "measure_stability",
    "predict_corridor",
    "predict_identity_ratio",
    "predict_overflow",
    "predict_steps",
    "round_to",
    "train_memory",
]
