"""Experiments of lesson 02, "Gradients"."""

from rectified.experiments.gradients.answers import (
    CITED,
    INPUTS,
    NUMPY_FORMULAS,
    Answers,
    CitedAnswer,
    measure_answers,
)
from rectified.experiments.gradients.backpropagation import (
    SMALL_NETS,
    Backpropagation,
    SmallNet,
    Step,
    backpropagate,
)
from rectified.experiments.gradients.derivative import (
    DerivativeMeasurement,
    measure_derivative,
)
from rectified.experiments.gradients.descent import (
    CLOSE,
    Descent,
    LossCurve,
    descend,
    evaluate_loss,
)
from rectified.experiments.gradients.differences import (
    KINDS,
    STEPS,
    StepSweep,
    bound_rounding,
    difference_quotient,
    positive_share,
    sweep_steps,
)
from rectified.experiments.gradients.exact_zeros import (
    PRECISIONS,
    SETTINGS,
    ExactZeros,
    Setting,
    measure_exact_zeros,
)
from rectified.experiments.gradients.gradcheck import (
    EPS,
    RATIOS,
    GradcheckFailures,
    GradcheckMeasurement,
    check_gradient,
    measure_failures,
    measure_gradcheck,
)
from rectified.experiments.gradients.gradcheck_map import (
    GradcheckMap,
    map_gradcheck,
)
from rectified.experiments.gradients.saturation import (
    SCALES,
    THRESHOLD,
    SaturationMeasurement,
    measure_saturation,
    saturated_share,
)
from rectified.experiments.gradients.stalls import (
    STARTS,
    StallMeasurement,
    measure_stalls,
)
from rectified.experiments.gradients.step_sizes import (
    DifferenceMeasurement,
    measure_differences,
)
from rectified.experiments.gradients.updates import (
    UpdateMeasurement,
    measure_updates,
)
from rectified.experiments.gradients.zeros_in_training import (
    Outcomes,
    ZerosInTraining,
    measure_outcomes,
    track_zeros,
)

__all__ = [
    "CITED",
    "CLOSE",
    "EPS",
    "INPUTS",
    "KINDS",
    "NUMPY_FORMULAS",
    "PRECISIONS",
    "RATIOS",
    "SCALES",
    "SETTINGS",
    "SMALL_NETS",
    "STARTS",
    "STEPS",
    "THRESHOLD",
    "Answers",
    "Backpropagation",
    "CitedAnswer",
    "DerivativeMeasurement",
    "Descent",
    "DifferenceMeasurement",
    "ExactZeros",
    "GradcheckFailures",
    "GradcheckMap",
    "GradcheckMeasurement",
    "LossCurve",
    "Outcomes",
    "SaturationMeasurement",
    "Setting",
    "SmallNet",
    "StallMeasurement",
    "Step",
    "StepSweep",
    "UpdateMeasurement",
    "ZerosInTraining",
    "backpropagate",
    "bound_rounding",
    "check_gradient",
    "descend",
    "difference_quotient",
    "evaluate_loss",
    "map_gradcheck",
    "measure_answers",
    "measure_derivative",
    "measure_differences",
    "measure_exact_zeros",
    "measure_failures",
    "measure_gradcheck",
    "measure_outcomes",
    "measure_saturation",
    "measure_stalls",
    "measure_updates",
    "positive_share",
    "saturated_share",
    "sweep_steps",
    "track_zeros",
]
