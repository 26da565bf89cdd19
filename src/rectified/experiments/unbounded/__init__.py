"""Experiments of lesson 07, "Unbounded and off-center"."""

from rectified.experiments.unbounded.centering import (
    CENTERING_ARMS,
    Centering,
    measure_centering,
)
from rectified.experiments.unbounded.clipping import Clipping, measure_clipping
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
from rectified.experiments.unbounded.explosion import (
    BETWEEN,
    HOMOGENEOUS,
    Explosion,
    measure_explosion,
)
from rectified.experiments.unbounded.memory import (
    SOLVED,
    MemoryComparison,
    MemoryRun,
    measure_memory,
    train_memory,
)
from rectified.experiments.unbounded.memory_learner import (
    Flow,
    MemoryLearner,
    Update,
    measure_flow,
)
from rectified.experiments.unbounded.off_center import OffCenter, measure_off_center
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
from rectified.experiments.unbounded.valleys import ARMS, Valleys, measure_valleys
from rectified.experiments.unbounded.zigzag import (
    SOLUTION,
    DescentPath,
    draw_inputs,
    draw_order,
    draw_path,
)

__all__ = [
    "ARMS",
    "BATCH_SIZES",
    "BETWEEN",
    "CELLS",
    "CENTERING_ARMS",
    "FUNCTIONS",
    "GAINS",
    "HOMOGENEOUS",
    "LARGEST",
    "LIMITERS",
    "RIVALS",
    "SOLUTION",
    "SOLVED",
    "Centering",
    "Clipping",
    "Conditioning",
    "Convergence",
    "Corridor",
    "DescentPath",
    "Explosion",
    "Flow",
    "GradientThroughTime",
    "MemoryComparison",
    "MemoryLearner",
    "MemoryRun",
    "OffCenter",
    "OverflowMeasurement",
    "PathComparison",
    "RecurrentNetworks",
    "SignTies",
    "Stability",
    "Update",
    "Valleys",
    "count_steps",
    "draw_inputs",
    "draw_order",
    "draw_path",
    "measure_centering",
    "measure_clipping",
    "measure_conditioning",
    "measure_convergence",
    "measure_corridor",
    "measure_explosion",
    "measure_flow",
    "measure_gradient_through_time",
    "measure_memory",
    "measure_off_center",
    "measure_overflow",
    "measure_paths",
    "measure_sign_ties",
    "measure_stability",
    "measure_valleys",
    "predict_corridor",
    "predict_identity_ratio",
    "predict_overflow",
    "predict_steps",
    "round_to",
    "train_memory",
]
