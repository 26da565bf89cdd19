"""Rules for the claims C01 to C05, on the definition of ReLU."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rectified.datasets import SEPARABLE
from rectified.experiments import summarize
from rectified.experiments.what_is_relu import (
    DefinitionComparison,
    GateMeasurement,
    GraphMeasurement,
    NonlinearityMeasurement,
    ZeroMeasurement,
)
from rectified.rules import Finding, decide


def judge_definition(result: DefinitionComparison) -> Finding:
    """C01: true if all definitions agree, elementwise, on all ordinary numbers.

    It holds always if max(0, x) also agrees with `torch.relu` on NaN, infinities,
    signed zeros and subnormal numbers.
    """
    rows = dict(zip(result.names, result.special_outputs, strict=True))
    special = {
        f"{name}_at_{label}": _spell(result.special(name, value))
        for name in ("piecewise", "max", "gate")
        for label, value in (("nan", math.nan), ("minus_inf", -math.inf))
    }
    verdict = decide(
        true=not result.n_different.any() and not result.n_not_elementwise.any(),
        always=np.array_equal(rows["max"], rows["torch.relu"], equal_nan=True),
    )
    numbers = {
        "n_values": result.n_values,
        "n_different": int(result.n_different.sum()),
        "n_not_elementwise": int(result.n_not_elementwise.sum()),
        "gate_negative_zeros": int(result.n_negative_zeros[result.names.index("gate")]),
    }
    return Finding(verdict, {**numbers, **special})


def _spell(number: float) -> str:
    return "NaN" if math.isnan(number) else f"{number:g}"


def judge_gate(result: GateMeasurement) -> Finding:
    """C02: true if the gate changes nothing positive and lets nothing else through.

    It holds always if that is also true of the unit's inputs, whatever the weight.
    """
    blocked = summarize(result.blocked_inputs)
    numbers = {
        "n_values": int(result.n_values.sum()),
        "n_open": int(result.n_open.sum()),
        "n_changed": int(result.n_changed.sum()),
        "n_leaked": int(result.n_leaked.sum()),
        "blocked_mean": blocked.mean,
        "blocked_sd": blocked.sd,
    }
    exact = not result.n_changed.any() and not result.n_leaked.any()
    return Finding(decide(true=exact, always=blocked.mean == 0), numbers)


def judge_graph(result: GraphMeasurement) -> Finding:
    """C03: true if it is 0 on the left, rises by 1 on the right, and 45° can be drawn.

    It holds always if the angle is 45 degrees whatever the scales of the axes.
    """
    left_error = float(np.abs(result.left).max())
    right_error = float(np.abs(result.right - 1).max())
    left_value = float(np.abs(result.left_values).max())
    # An error in the slope moves the angle by less than 100 times as many degrees.
    off = np.abs(result.angles - 45) > 100 * result.rounding
    equal = result.scale_ratios.index(1.0)
    numbers = {
        "n_places": result.left.size,
        "left_error": left_error,
        "left_value": left_value,
        "right_error": right_error,
        "rounding": result.rounding,
        "angle_equal": float(result.angles[equal]),
        "angle_flat": float(result.angles.min()),
        "angle_steep": float(result.angles.max()),
        "ratio_flat": min(result.scale_ratios),
        "ratio_steep": max(result.scale_ratios),
    }
    straight = left_value == 0 and max(left_error, right_error) <= result.rounding
    verdict = decide(true=straight and not off[equal], always=not off.any())
    return Finding(verdict, numbers)


def judge_zero(result: ZeroMeasurement) -> Finding:
    """C04: true if the formula with x >= 0 gives 0; always, if all formulas do."""
    named = result.formulas.index("x if x >= 0 else 0")
    other = result.formulas.index("x if x > 0 else 0")
    numbers: dict[str, float | str] = {
        "n_formulas": len(result.formulas),
        "n_nonzero": int((result.values != 0).any(axis=1).sum()),
        "derivatives": ", ".join(f"{d:g}" for d in np.unique(result.derivatives)),
        "derivative_named": float(result.derivatives[named]),
        "derivative_other": float(result.derivatives[other]),
        "derivative_torch": float(result.derivatives[0]),
    }
    zero = (result.values == 0).all(axis=1)
    return Finding(decide(true=bool(zero[named]), always=bool(zero.all())), numbers)


def judge_nonlinearity(result: NonlinearityMeasurement) -> Finding:
    """C05: true if linear stacks are one layer and ReLU gains on every curved task.

    A gain counts if the 95 % interval of the paired difference in accuracy on fresh
    points lies above 0. The claim holds always if ReLU gains on the tasks that a
    straight line solves, too.
    """
    depth, study = result.depth, result.collapse
    gains = {task: summarize(study.gain(task)) for task in study.tasks}
    gained = {task for task in study.tasks if gains[task].low > 0}
    curved = set(study.tasks) - SEPARABLE
    collapsed = bool((depth.difference <= depth.rounding).all())
    verdict = decide(
        true=collapsed and curved <= gained, always=set(study.tasks) <= gained
    )
    accuracies: dict[str, float] = {
        f"{arm}_{task}_{name}": value
        for arm in study.arms
        for task in study.tasks
        for name, value in _mean_and_sd(study.fresh(arm, task)).items()
    }
    untrained = study.untrained_accuracy[study.arms.index("relu")]
    numbers: dict[str, float] = {
        "max_depth": max(depth.depths),
        "depth_difference": float(depth.difference.max()),
        "relu_difference": float(depth.relu_difference.min()),
        "n_curved": len(curved),
        "n_gained": len(curved & gained),
        "smallest_gain": min(gains[task].mean for task in curved),
        "largest_gain": max(gains[task].mean for task in curved),
        "untrained_mean": float(untrained.mean()),
        "n_points": study.n_points,
    }
    return Finding(verdict, {**numbers, **accuracies})


def _mean_and_sd(values: NDArray[np.float64]) -> dict[str, float]:
    spread = summarize(values)
    return {"mean": spread.mean, "sd": spread.sd}
