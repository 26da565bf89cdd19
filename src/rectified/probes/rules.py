"""The rules of `diagnose`: which numbers of an inspection mean that something is wrong.

Each threshold stands here with its reason. "Healthy" means networks that learn the
handwritten digits, standardized: perceptrons of up to 30 layers with He or Xavier
initialization, normalized and residual ones, convolutional and recurrent ones, and
transformers. In 1,782 examinations of such networks (27 kinds, each with 65 seeds
before training and one after), no rule raised an alarm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from rectified.probes.findings import Finding, find
from rectified.probes.functions import RECTIFIERS, SIGMOIDAL
from rectified.probes.inspection import Inspection
from rectified.probes.reports import ActivationReport
from rectified.probes.tables import write_number, write_share

FEWEST_EXAMPLES: Final = 30
"""A unit that is silent on n examples is, with 95 % confidence, active on at most 3/n
of all: 10 % for 30 (the "rule of three", Hanley and Lippman-Hand, 1983). With fewer
examples, units are not called dead nor outputs constant."""

DEAD_FRACTION: Final = 0.7
"""Networks with one hidden layer still learn with 71 % dead units. Healthy deep ones
have up to 60 % (30 layers), those on one-dimensional data up to 70 %; learning rates
that ruin a network kill more."""

QUIET_FRACTION: Final = 0.995
"""A unit then learns from one example in 200. Networks made sparse on purpose, by a
penalty on their activations, are zero on up to 98 %."""

SATURATED_FRACTION: Final = 0.5
"""Then the gradient passes fewer than half of the paths through the layer. Healthy tanh
networks have 3 %."""

INPUT_RMS: Final = 5.0
"""The largest stable learning rate is then 25 times smaller than for standardized
inputs, since the curvature grows with the mean square (LeCun et al., 1998). Pixels
from 0 to 16 have a root mean square of 8."""

LEVEL: Final = 30.0
"""Root mean square of a pre-activation in units of that of the inputs (at least 1).
Healthy networks stay below 10; ten layers that started from PyTorch's default weights
and were rescued by Adam reach 30. Standard normal weights exceed it in the second layer
of width 64."""

GRADIENT_GROWTH: Final = 100.0
"""First over last layer. Healthy trained networks reach 20; weights that are 1.8 times
too large in each of ten layers give 180, and then gradient descent diverges."""

GRADIENT_DECAY: Final = 0.004
"""First over last layer. In 300 steps of gradient descent, networks with 0.003 (five
sigmoid layers) and 0.001 (twenty ReLU layers with Xavier) do not move, fifteen such
layers (0.006) learn slowly, and six convolutions (0.007) learn."""

INPUT_SHARE: Final = 0.004
"""Share of the variance in the last hidden layer that comes from the input. Networks
that learn have at least 0.006; six ReLU layers with PyTorch's default initialization
have 0.003 and stay at chance for 300 steps, ten have 0.000002."""


@dataclass(frozen=True)
class Case:
    """What the rules look at."""

    seen: Inspection
    needs_negative: str  # why the output must be able to be negative, or ""

    @property
    def hidden(self) -> list[ActivationReport]:
        """Activations before the output, in order."""
        output = self.seen.output_activation
        return [one for one in self.seen.activations if one.name != output]

    @property
    def is_finite(self) -> bool:
        """Whether all values are finite."""
        return self.seen.first_non_finite is None

    @property
    def has_enough(self) -> bool:
        """Whether there are enough examples to speak of all data."""
        return self.seen.examples >= FEWEST_EXAMPLES

    @property
    def gradients(self) -> list[ActivationReport]:
        """Hidden activations whose gradient was seen and is not zero."""
        return [one for one in self.hidden if 0 < one.total_gradient_norm < math.inf]


def apply_rules(case: Case) -> list[Finding]:
    """Return what is wrong, causes before consequences."""
    return [finding for rule in _RULES for finding in rule(case)]


def _find_non_finite(case: Case) -> Iterator[Finding]:
    place = case.seen.first_non_finite
    if place is not None:
        counts = sum(int(one.non_finite.sum()) for one in case.seen.activations)
        evidence = f"NaN or infinity came up first in {place}"
        evidence += f"; the activations hold {counts} of them." if counts else "."
        yield find("values that are not finite", place, evidence)


def _find_unscaled(case: Case) -> Iterator[Finding]:
    inputs = case.seen.inputs
    if inputs is None:
        return
    sizes = np.sqrt(np.square(inputs.mean) + np.square(inputs.sd))
    n_large = int((sizes >= INPUT_RMS).sum())
    if n_large:
        evidence = (
            f"{n_large} of {sizes.size} input feature(s) have a root mean square of "
            f"{INPUT_RMS:g} or more, up to {write_number(float(np.nanmax(sizes)))}; "
            "standardized ones have 1."
        )
        yield find("unscaled inputs", "the input of the first layer", evidence)


def _find_output_relu(case: Case) -> Iterator[Finding]:
    name = case.seen.output_activation
    if name is None or case.seen[name].function not in RECTIFIERS:
        return
    report = case.seen[name]
    n_dead = int(report.dead_unit.sum())
    if case.needs_negative or n_dead:
        zeros = write_share(float(np.nanmean(report.zero_fraction)))
        evidence = f"{zeros} of the outputs are zero, and {n_dead} of {report.units} "
        evidence += "output(s) are zero on all data given"
        reason = f"; {case.needs_negative}." if case.needs_negative else "."
        yield find("ReLU on the output", f"`{name}`", evidence + reason)


def _find_dead(case: Case) -> Iterator[Finding]:
    if not case.is_finite or not case.has_enough:
        return
    for report in case.hidden:
        quiet = float(np.mean(report.zero_fraction))
        is_dead = report.dead_fraction >= DEAD_FRACTION or quiet >= QUIET_FRACTION
        # Where no input makes a difference, silent units are constants, not dead.
        is_constant = not report.input_share >= INPUT_SHARE
        if is_dead and (report.dead_fraction == 1.0 or not is_constant):
            evidence = (
                f"{report.dead_unit.sum()} of {report.units} units are zero on all "
                f"{case.seen.examples} examples. {write_share(quiet)} of all outputs "
                f"of `{report.name}` are zero."
            )
            yield find("dead units", f"`{report.name}`", evidence)
            return  # the layers behind it only follow


def _find_saturated(case: Case) -> Iterator[Finding]:
    if not case.is_finite:
        return
    for report in case.hidden:
        share = float(np.nanmean(report.saturated_fraction))
        if report.function in SIGMOIDAL and share >= SATURATED_FRACTION:
            evidence = (
                f"{write_share(share)} of the pre-activations lie in the flat tails of "
                f"{report.function}; their root mean square is "
                f"{write_number(report.rms)}."
            )
            yield find("saturated units", f"`{report.name}`", evidence)


def _find_large_signal(case: Case) -> Iterator[Finding]:
    hidden = [one for one in case.hidden if not one.non_finite.any()]
    if not hidden:
        return
    inputs = case.seen.inputs
    start = inputs.rms if inputs else hidden[0].rms
    base = max(1.0, start if math.isfinite(start) else 1.0)
    largest = max(hidden, key=lambda one: one.rms)
    if largest.rms >= LEVEL * base:
        evidence = (
            f"The root mean square of the pre-activation is "
            f"{write_number(hidden[0].rms)} in `{hidden[0].name}` and "
            f"{write_number(largest.rms)} in `{largest.name}`."
        )
        yield find("exploding activations", f"`{largest.name}`", evidence)


def _find_gradient_slope(case: Case) -> Iterator[Finding]:
    layers = case.gradients
    if not case.is_finite or len(layers) < 2:
        return
    first, last = layers[0], layers[-1]
    ratio = first.total_gradient_norm / last.total_gradient_norm
    if GRADIENT_DECAY < ratio < GRADIENT_GROWTH:
        return
    gain = ratio ** (1 / (len(layers) - 1))
    evidence = (
        f"The gradient's norm is {write_number(last.total_gradient_norm)} at "
        f"`{last.name}` and {write_number(first.total_gradient_norm)} at "
        f"`{first.name}`: it changes by a factor of {write_number(gain)} per layer."
    )
    what = "vanishing gradients" if ratio < 1 else "exploding gradients"
    yield find(what, f"`{first.name}` to `{last.name}`", evidence)


def _find_constant(case: Case) -> Iterator[Finding]:
    last = case.hidden[-1] if case.hidden else case.seen.output
    inputs = case.seen.inputs
    if inputs is not None and inputs.spread_across_inputs <= 1e-6 * inputs.rms:
        return  # the inputs are all the same
    if not case.is_finite or not case.has_enough or last is None:
        return
    if not last.input_share < INPUT_SHARE or list(_find_dead(case)):
        return
    across_inputs, across_units = last.spread_across_inputs, last.spread_across_units
    place = f"`{last.name}`" if isinstance(last, ActivationReport) else "the output"
    evidence = (
        f"In {place}, values differ by {write_number(across_inputs)} from input to "
        f"input and by {write_number(across_units)} from unit to unit: "
        f"{write_share(last.input_share)} of the variance comes from the input"
    )
    if case.hidden:
        first = write_share(case.hidden[0].input_share)
        evidence += f", against {first} in the first layer"
        dead = max(one.dead_fraction for one in case.hidden)
        if dead:
            evidence += f". Up to {write_share(dead)} of a layer's units look dead"
    yield find("constant output", place, evidence + ".")


_RULES: Final[tuple[Callable[[Case], Iterator[Finding]], ...]] = (
    _find_non_finite,
    _find_unscaled,
    _find_output_relu,
    _find_dead,
    _find_saturated,
    _find_large_signal,
    _find_gradient_slope,
    _find_constant,
)
