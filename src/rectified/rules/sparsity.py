"""Rules for the claims C15 to C18, on sparsity."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import Spread, summarize
from rectified.experiments.sparsity import (
    COMPARISONS,
    HE_GAIN,
    Arm,
    CostMeasurement,
    MemoryMeasurement,
    OverfittingMeasurement,
    RepresentationMeasurement,
    SparsityMeasurement,
    ZeroMeasurement,
)
from rectified.rules import Finding, decide

SKIPPING = ("csr with conversion", "gather")
"""Methods that skip single zeros and start from what a layer puts out."""


def judge_sparsity(result: SparsityMeasurement) -> Finding:
    """C15: true if the zeros of random layers are as many as theory says.

    Theory is the normal distribution; five standard errors over seeds are allowed,
    and one value in all. Without bias that is half of the outputs. It holds always if
    at least half stay 0 in every network that is trained without a penalty: no 95 %
    interval may lie below one half.
    """
    layer, training = result.layer, result.training
    gap = np.abs(layer.share.mean(axis=2) - layer.expected)
    error = layer.share.std(axis=2, ddof=1) / math.sqrt(len(layer.seeds))
    plain = [row for row, arm in enumerate(training.arms) if arm.l1 == 0]
    ends = [summarize(z) for row in plain for z in training.zeros[row, -1]]
    verdict = decide(
        true=bool((gap <= 5 * error + 1 / layer.n_values).all()),
        always=all(end.high >= 0.5 for end in ends),
    )
    numbers: dict[str, float | int] = {
        "n_values": layer.n_values,
        "largest_gap": float(gap.max()),
        **_at_bias(layer),
    }
    arms = {"sgd": Arm("sgd", 0.1), "adam": Arm("adam", 1e-3), "l1": _PENALIZED}
    for name, arm in arms.items():
        row = training.arms.index(arm)
        for i, zeros in enumerate(training.zeros[row, -1], start=1):
            numbers |= _mean_and_sd(f"{name}_{i}", zeros)
        numbers[f"{name}_test"] = float(training.test_accuracy[row, -1].mean())
        numbers[f"{name}_dead"] = float(training.dead[row, -1].mean())
    return Finding(verdict, numbers)


_PENALIZED = Arm("sgd", 0.1, 1e-2)


def _at_bias(layer: ZeroMeasurement) -> dict[str, float]:
    row = int(np.argmin(np.abs(layer.gains - HE_GAIN)))
    found: dict[str, float] = {}
    for name, bias in (("minus", -1.0), ("zero", 0.0), ("plus", 1.0)):
        column = int(np.argmin(np.abs(layer.biases - bias)))
        found |= _mean_and_sd(name, layer.share[row, column])
    return found


def judge_efficiency(result: CostMeasurement) -> Finding:
    """C16a: true if skipping zeros is faster than dense at the most zeros measured.

    The way that skips them must start from what a layer puts out, so conversion
    counts. It holds always if that is so with half of the outputs 0, too.
    """
    half = int(np.flatnonzero(result.sparsities == 0.5)[0])
    speed = {
        name: result.speedup[result.methods.index(name)] for name in result.methods
    }
    fastest = np.max([speed[name] for name in SKIPPING], axis=0)
    verdict = decide(true=bool(fastest[-1] > 1), always=bool(fastest[half] > 1))
    numbers: dict[str, float | int | str] = {
        "batch": result.batch,
        "fan_in": result.fan_in,
        "fan_out": result.fan_out,
        "half_time": float(1 / fastest[half]),
        "half_speed": float(fastest[half]),
        "ready_half_time": float(1 / speed["csr"][half]),
        "most": float(result.sparsities[-1]),
        "most_speed": float(fastest[-1]),
        "pruned_time": float(1 / speed["pruned"][half]),
        "break_csr": _share(result.break_even("csr with conversion")),
        "break_gather": _share(result.break_even("gather")),
    }
    return Finding(verdict, numbers)


def _share(value: float) -> str:
    return "no share that was tried" if math.isnan(value) else f"{value:.0%}"


def judge_memory(result: MemoryMeasurement) -> Finding:
    """C16b: true if CSR loses nothing and is smaller than dense for the most zeros.

    It holds always if it is smaller without bias, too, with half of the outputs 0.
    Smaller means that the 95 % interval over seeds lies below 1.
    """
    csr, bitmap = (
        sizes / result.dense_bytes for sizes in (result.csr_bytes, result.bitmap_bytes)
    )
    most = int(result.zeros.mean(axis=1).argmax())
    start = int(np.argmin(np.abs(result.biases)))
    positive = int(np.argmin(np.abs(result.biases - 1)))
    smaller = [summarize(csr[row]).high < 1 for row in (most, start)]
    verdict = decide(true=result.n_different == 0 and smaller[0], always=smaller[1])
    order = np.argsort(csr.mean(axis=1))
    even = np.interp(1.0, csr.mean(axis=1)[order], result.zeros.mean(axis=1)[order])
    numbers: dict[str, float | int] = {
        "n_different": result.n_different,
        "break_even": float(even),
        "most_zeros": float(result.zeros[most].mean()),
        "most_csr": float(csr[most].mean()),
        "positive_zeros": float(result.zeros[positive].mean()),
        "positive_csr": float(csr[positive].mean()),
        **_mean_and_sd("zeros", result.zeros[start]),
        **_mean_and_sd("csr", csr[start]),
        **_mean_and_sd("bitmap", bitmap[start]),
    }
    return Finding(verdict, numbers)


def judge_representation(result: RepresentationMeasurement) -> Finding:
    """C17: true if ReLU's features are more compact and more informative than some.

    Compact: a lower effective rank. Informative: a better linear probe. Both count if
    the 95 % interval of the paired difference lies on that side of 0. The others are
    all functions that hardly give zeros; the claim holds always if it is so for each.
    """
    relu, others = result.of("relu"), _others(result)
    compact = {n for n in others if _gap(result.rank, relu, result.of(n)).high < 0}
    informative = {n for n in others if _gap(result.probe, relu, result.of(n)).low > 0}
    verdict = decide(
        true=bool(compact & informative), always=compact & informative == set(others)
    )
    leaky = _gap(result.probe, relu, result.of("leaky_relu"))
    numbers: dict[str, float | int] = {
        "n_others": len(others),
        "n_compact": len(compact),
        "n_informative": len(informative),
        "n_both": len(compact & informative),
        "leaky_low": leaky.low,
        "leaky_high": leaky.high,
    }
    for name in result.activations:
        row = result.of(name)
        for field in ("zeros", "probe", "rank", "active"):
            values = getattr(result, field)[row, 1]
            numbers |= _mean_and_sd(f"{name}_{field}", values)
    return Finding(verdict, numbers)


def judge_prediction(result: RepresentationMeasurement) -> Finding:
    """C18a: true if ReLU answers better on fresh images than no function at all.

    It holds always if it does so against every other function, too. Better means
    that the 95 % interval of the paired difference in accuracy lies above 0.
    """
    relu, others = result.of("relu"), _others(result)
    linear = _gap(result.accuracy, relu, result.of("identity"))
    gaps = {name: _gap(result.accuracy, relu, result.of(name)) for name in others}
    ahead = [name for name, gap in gaps.items() if gap.low > 0]
    verdict = decide(true=linear.low > 0, always=len(ahead) == len(others))
    numbers: dict[str, float | int] = {
        "n_others": len(others),
        "n_ahead": len(ahead),
        "linear_gap": linear.mean,
        "linear_low": linear.low,
        "linear_high": linear.high,
        "largest_gap": max(abs(gap.mean) for gap in gaps.values()),
    }
    for name in result.activations:
        numbers |= _mean_and_sd(name, result.accuracy[result.of(name), 1])
    return Finding(verdict, numbers)


def _others(result: RepresentationMeasurement) -> list[str]:
    return [name for name in result.activations if name not in ("relu", "identity")]


def judge_overfitting(result: OverfittingMeasurement) -> Finding:
    """C18b: true if one way to compare puts ReLU ahead of every other function.

    Ahead means that the 95 % interval of the paired difference in accuracy on fresh
    images lies above 0. The claim holds always if all ways to compare agree. Seeds
    for which a function never reaches the fit that is compared do not count.
    """
    others = [name for name in result.activations if name != "relu"]
    numbers: dict[str, float | int] = {"label_noise": result.label_noise}
    won, n_ahead, n_behind = [], 0, 0
    for comparison in COMPARISONS:
        key, relu, gaps = comparison.split()[-1], result.compare(comparison, "relu"), []
        numbers |= _mean_and_sd(f"{key}_relu", relu[np.isfinite(relu)])
        for name in others:
            theirs = result.compare(comparison, name)
            reached = np.isfinite(theirs)
            numbers |= _mean_and_sd(f"{key}_{name}", theirs[reached])
            gaps.append(summarize((relu - theirs)[reached & np.isfinite(relu)]))
        won.append(all(gap.low > 0 for gap in gaps))
        n_ahead += sum(gap.low > 0 for gap in gaps)
        n_behind += sum(gap.high < 0 for gap in gaps)
    numbers |= {
        "n_comparisons": len(won),
        "n_won": sum(won),
        "n_pairs": len(won) * len(others),
        "n_ahead": n_ahead,
        "n_behind": n_behind,
        **_mean_and_sd(
            "stopping", result.tuned("relu") - result.at_equal_budget("relu")
        ),
    }
    return Finding(decide(true=any(won), always=all(won)), numbers)


def _gap(table: NDArray[np.floating], row: int, other: int) -> Spread:
    """Return the paired difference of two functions after training."""
    return summarize(table[row, 1] - table[other, 1])


def _mean_and_sd(name: str, values: NDArray[np.floating]) -> dict[str, float]:
    spread = summarize(values)
    return {f"{name}_mean": spread.mean, f"{name}_sd": spread.sd}
