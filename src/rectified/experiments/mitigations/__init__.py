"""Experiments of lesson 06, "Mitigations"."""

from rectified.experiments.mitigations.blocks import (
    NORMS,
    BlockNetworks,
    build_blocks,
    find_gradient,
    run_blocks,
    train_blocks,
)
from rectified.experiments.mitigations.cases import PATIENTS, TREATMENTS, Patient
from rectified.experiments.mitigations.leaky import (
    SLOPES,
    GrowthMeasurement,
    LeakyMeasurement,
    measure_leaky,
    measure_leaky_growth,
)
from rectified.experiments.mitigations.race import (
    RATES,
    RUNNERS,
    Race,
    Runner,
    run_race,
)
from rectified.experiments.mitigations.ward import Outcome, Ward, treat

__all__ = [
    "NORMS",
    "PATIENTS",
    "RATES",
    "RUNNERS",
    "SLOPES",
    "TREATMENTS",
    "BlockNetworks",
    "GrowthMeasurement",
    "LeakyMeasurement",
    "Outcome",
    "Patient",
    "Race",
    "Runner",
    "Ward",
    "build_blocks",
    "find_gradient",
    "measure_leaky",
    "measure_leaky_growth",
    "run_blocks",
    "run_race",
    "train_blocks",
    "treat",
]
