"""Rules for the claims C13 and C30 to C32, on growth, centering and speed."""

from __future__ import annotations

import math

import numpy as np

from rectified._validate import FloatArray
from rectified.experiments import Spread, summarize
from rectified.experiments.unbounded import (
    LARGEST,
    Convergence,
    Explosion,
    OffCenter,
    Stability,
)
from rectified.rules import Finding, decide

HE = math.sqrt(2)
"""He's gain: weights with standard deviation ``HE / sqrt(fan_in)``."""


def judge_convergence(result: Convergence) -> Finding:
    """C13: true if ReLU needs fewer updates than sigmoid at every depth.

    Each function has its own best learning rate, and what counts is the 95 % interval
    of the paired log ratio of updates. A network that never arrives counts with all
    updates it was given, in favor of the rival. The claim holds always if the same is
    true of tanh.
    """
    ratios = {
        (rival, depth): _exponent(_log_ratio(result, rival, depth))
        for rival in ("tanh", "sigmoid", "sigmoid_gain_4")
        for depth in result.depths
    }
    faster = {
        rival: all(ratios[rival, depth][1] > 1 for depth in result.depths)
        for rival in ("tanh", "sigmoid")
    }
    numbers: dict[str, float | int | str] = {
        "goal": result.races[0].goal,
        "max_steps": result.races[0].max_steps,
        "depths": " and ".join(map(str, result.depths)),
        "shared_rate": _SHARED_RATE,
    }
    for (rival, depth), (mean, low, high) in ratios.items():
        numbers |= {f"{rival}_{depth}": mean}
        numbers |= {f"{rival}_{depth}_low": low, f"{rival}_{depth}_high": high}
    for race in result.races:
        for runner in race.runners:
            steps = np.minimum(race.fair(runner), race.max_steps)
            numbers[f"{runner}_{race.depth}_steps"] = float(steps.mean())
            numbers[f"{runner}_{race.depth}_sd"] = float(steps.std(ddof=1))
    unfair = result.unfair_ratio("sigmoid", result.depths[0], _SHARED_RATE)
    numbers["unfair_never"] = int(np.isinf(unfair).sum())
    numbers["n_seeds"] = len(result.seeds)
    verdict = decide(true=faster["sigmoid"], always=all(faster.values()))
    return Finding(verdict, numbers)


_SHARED_RATE = 0.1


def _log_ratio(result: Convergence, rival: str, depth: int) -> FloatArray:
    race = result.races[result.depths.index(depth)]
    steps = [np.minimum(race.fair(name), race.max_steps) for name in (rival, "relu")]
    return np.asarray(np.log(steps[0] / steps[1]))


def _exponent(logarithms: FloatArray) -> tuple[float, float, float]:
    """Return the geometric mean and its 95 % interval."""
    spread = summarize(logarithms)
    return math.exp(spread.mean), math.exp(spread.low), math.exp(spread.high)


def judge_explosion(result: Explosion) -> Finding:
    """C30: true if ReLU's signal grows for large weights and that of tanh does not.

    Growth is a factor per layer; it counts if its 95 % interval lies above 1. The
    claim holds always if the signal grows at every scale of the weights that was
    tried.
    """
    growth = {
        name: [summarize(seeds) for seeds in result.growth(name)]
        for name in result.functions
    }
    relu, tanh = growth["relu"], growth["tanh"]
    grows = [spread.low > 1 for spread in relu]
    scales = result.scales.tolist()
    largest, he = scales.index(max(scales)), scales.index(1.0)
    half = result.overflow("relu", LARGEST["float16"])[largest]
    numbers: dict[str, float | int | str] = {
        "depth": result.rms.shape[2] - 1,
        "scale": scales[largest],
        "small_scale": scales[0],
        "overflow": float(half.mean()),
        "tanh_largest": float(result.rms[result.functions.index("tanh"), :, 1:].max()),
        "norm_last": float(
            result.rms[result.functions.index("layer_norm"), :, -1].mean()
        ),
    }
    for name, spreads in growth.items():
        numbers |= _spell(f"{name}_small", spreads[0])
        numbers |= _spell(f"{name}_he", spreads[he])
        numbers |= _spell(f"{name}_large", spreads[largest])
    verdict = decide(true=grows[largest] and tanh[largest].high <= 1, always=all(grows))
    return Finding(verdict, numbers)


def _spell(name: str, spread: Spread) -> dict[str, float]:
    return {f"{name}_mean": spread.mean, f"{name}_sd": spread.sd}


def judge_stability(result: Stability) -> Finding:
    """C31: true if gradients grow with the weights, and training then diverges.

    Gradients grow if the 95 % interval of the paired log ratio lies above 0, between
    the largest weights and He's. Training diverges if it does for more than half of
    the seeds. The claim holds always if it diverges with He's weights, too.
    """
    diverged = 1 - result.finite[0].mean(axis=1)
    ratio = _exponent(np.log(result.start_gradient[-1] / result.start_gradient[0]))
    tanh = _exponent(np.log(result.tanh_gradient[-1] / result.tanh_gradient[0]))
    clipped, healthy = result.accuracy[1, -2], result.accuracy[0, 0]
    numbers: dict[str, float | int | str] = {
        "depth": result.depth,
        "n_seeds": len(result.seeds),
        "scale": float(result.gains[-1] / HE),
        "middle_scale": float(result.gains[-2] / HE),
        "n_diverged": int((~result.finite[0, -1]).sum()),
        "n_middle": int((~result.finite[0, -2]).sum()),
        "n_healthy": int((~result.finite[0, 0]).sum()),
        "n_clipped": int((~result.finite[1]).sum()),
        "he_gradient": float(np.median(result.start_gradient[0])),
        "large_gradient": float(np.median(result.start_gradient[-1])),
        "ratio": ratio[0],
        "tanh_ratio": tanh[0],
        "tanh_low": tanh[1],
        "clip_norm": result.clip_norm,
        **_spell("clipped", summarize(clipped)),
        **_spell("healthy", summarize(healthy)),
    }
    verdict = decide(
        true=bool(ratio[1] > 1 and diverged[-1] > 0.5),
        always=bool(diverged[0] > 0.5),
    )
    return Finding(verdict, numbers)


def judge_off_center(result: OffCenter) -> Finding:
    """C32: true if the mean slows descent in a linear layer, as theory says.

    The claim says "can": it holds outright if trained networks are slower, too. What
    counts is the 95 % interval of the paired log ratio of steps, for networks its mean
    over all settings.
    """
    layer = _exponent(np.log(result.descent / result.centered_descent))
    networks = np.log(result.slowdown)
    slower = _exponent(networks.mean(axis=0))
    inputs = _exponent(np.log(result.input_steps / result.steps[1]))
    numbers: dict[str, float | int | str] = {
        "condition": float(result.condition.mean()),
        "centered_condition": float(result.centered_condition.mean()),
        "descent_mean": float(result.descent.mean()),
        "descent_sd": float(result.descent.std(ddof=1)),
        "centered_descent": float(result.centered_descent.mean()),
        "slower": slower[0],
        "slower_low": slower[1],
        "slower_high": slower[2],
        "per_setting": "; ".join(
            f"{name} {math.exp(row.mean()):.2f}"
            for name, row in zip(result.settings, networks, strict=True)
        ),
        "inputs": inputs[0],
        "inputs_low": inputs[1],
        "inputs_high": inputs[2],
        "tied": float(result.tied.mean()),
        "tied_64_mean": float(result.tied_64.mean()),
        "tied_64_sd": float(result.tied_64.std(ddof=1)),
    }
    return Finding(decide(true=layer[1] > 1, always=slower[1] > 1), numbers)
