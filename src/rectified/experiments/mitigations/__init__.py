"""Experiments of lesson 06, "Mitigations"."""

from rectified.experiments.mitigations.blocks import (
    NORMS,
    BlockNetworks,
    build_blocks,
    find_gradient,
    run_blocks,
    train_blocks,
)
from rectified.experiments.mitigations.cases import (
    CAUSES,
    PATIENTS,
    TREATMENTS,
    Patient,
)
from rectified.experiments.mitigations.leaking import LeakyMoment, watch_leaky
from rectified.experiments.mitigations.leaky import (
    SLOPES,
    GrowthMeasurement,
    LeakyMeasurement,
    measure_leaky,
    measure_leaky_growth,
)
from rectified.experiments.mitigations.leaky_claims import (
    LeakyCures,
    LeakyGradient,
    LeakyPerformance,
    measure_leaky_cures,
    measure_leaky_gradient,
    measure_leaky_performance,
)
from rectified.experiments.mitigations.race import (
    RATES,
    RUNNERS,
    Race,
    Runner,
    run_race,
)
from rectified.experiments.mitigations.remedies import (
    LowerRateMeasurement,
    PreluMeasurement,
    measure_lower_rate,
    measure_prelu,
)
from rectified.experiments.mitigations.ward import CURED, Outcome, Ward, treat
from rectified.experiments.mitigations.watch import RaceMoment, watch_race

__all__ = [
    "CAUSES",
    "CURED",
    "NORMS",
    "PATIENTS",
    "RATES",
    "RUNNERS",
    "SLOPES",
    "TREATMENTS",
    "BlockNetworks",
    "GrowthMeasurement",
    "LeakyCures",
    "LeakyGradient",
    "LeakyMeasurement",
    "LeakyMoment",
    "LeakyPerformance",
    "LowerRateMeasurement",
    "Outcome",
    "Patient",
    "PreluMeasurement",
    "Race",
    "RaceMoment",
    "Runner",
    "Ward",
    "build_blocks",
    "find_gradient",
    "measure_leaky",
    "measure_leaky_cures",
    "measure_leaky_gradient",
    "measure_leaky_growth",
    "measure_leaky_performance",
    "measure_lower_rate",
    "measure_prelu",
    "run_blocks",
    "run_race",
    "train_blocks",
    "treat",
    "watch_leaky",
    "watch_race",
]
