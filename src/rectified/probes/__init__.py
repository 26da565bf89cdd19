"""Probes: what happens inside any PyTorch model, unit by unit.

`inspect` measures every activation and parameter on given data. `diagnose` says what
is wrong with a network, why, and what to try.
"""

from rectified.probes.diagnosing import Diagnosis, diagnose
from rectified.probes.findings import Finding
from rectified.probes.inspecting import inspect
from rectified.probes.inspection import Inspection
from rectified.probes.reports import ActivationReport, ParameterReport, SignalReport

__all__ = [
    "ActivationReport",
    "Diagnosis",
    "Finding",
    "Inspection",
    "ParameterReport",
    "SignalReport",
    "diagnose",
    "inspect",
]
