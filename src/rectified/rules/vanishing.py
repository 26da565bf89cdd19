"""Rules for the claims C12 and C14, on gradients in deep networks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import Spread, summarize
from rectified.experiments.vanishing import GainMeasurement, StabilityMeasurement
from rectified.rules import Finding, decide

Floats = NDArray[np.floating]

TINY: Final = 1e-300
"""Keeps a logarithm finite where nothing is left."""

OWN_INITS: Final = {
    "relu": "He",
    "tanh": "Xavier",
    "sigmoid": "4 × Xavier, centered",
}
"""For each function, the weights that keep a small signal's size."""

SHARED_INITS: Final = ("PyTorch", "Xavier", "He")
"""Usual weights, given to all functions alike."""

OWN_ARMS: Final = {
    "relu": "ReLU, He",
    "tanh": "tanh, Xavier",
    "sigmoid": "sigmoid, 4 × Xavier, centered",
}
"""The same for the networks that are trained."""


def judge_vanishing(result: GainMeasurement) -> Finding:
    """C12: true if ReLU loses less gradient than sigmoid and tanh, each at its best.

    What is lost counts in powers of ten, from the last layer to the first; a gradient
    that grows has lost nothing. ReLU loses less if the 95 % interval of the paired
    difference lies above 0. The claim holds always if ReLU also loses less than both
    wherever all three get the same usual weights.
    """
    rivals = ("sigmoid", "tanh")
    own = {name: _lost(result, OWN_INITS[name], name) for name in OWN_INITS}
    better = {rival: summarize(own[rival] - own["relu"]).low > 0 for rival in rivals}
    wins = {
        rival: sum(
            summarize(_lost(result, init, rival) - _lost(result, init, "relu")).low > 0
            for init in SHARED_INITS
        )
        for rival in rivals
    }
    numbers: dict[str, float | int | str] = {
        "depth": result.depth,
        "width": result.width,
        "n_shared": len(SHARED_INITS),
        **{f"n_over_{rival}": wins[rival] for rival in rivals},
    }
    for name, init in OWN_INITS.items():
        left = np.nan_to_num(result.first[result.of(init, name)])
        numbers[f"{name}_own_first"] = float(np.exp(np.log(left + TINY).mean()))
        numbers |= _mean_and_sd(f"{name}_own_gain", result.gain[result.of(init, name)])
        for shared in SHARED_INITS:
            gain = result.gain[result.of(shared, name)]
            numbers |= _mean_and_sd(f"{name}_{shared}_gain", gain)
    verdict = decide(
        true=all(better.values()),
        always=all(count == len(SHARED_INITS) for count in wins.values()),
    )
    return Finding(verdict, numbers)


def _lost(result: GainMeasurement, init: str, name: str) -> Floats:
    """Return powers of ten lost between the last layer and the first, per seed."""
    with np.errstate(divide="ignore"):
        lost = -np.log10(result.first[result.of(init, name)])
    # A gradient of exactly 0 has lost more than float64 can tell, and so has one that
    # did not even enter.
    most = 308.0
    return np.asarray(np.clip(np.nan_to_num(lost, nan=most, posinf=most), 0, most))


def judge_stability(result: StabilityMeasurement) -> Finding:
    """C14: true if ReLU trains at more rates than a sigmoid with the usual weights.

    A network has trained if it gets most unseen images right. A difference counts if
    the 95 % interval of the paired shares of learning rates lies above 0. The claim
    holds always if ReLU trains at more rates than sigmoid and tanh do with weights
    made for them.
    """
    share = {arm.name: result.trained[result.of(arm.name)] for arm in result.arms}
    relu = share[OWN_ARMS["relu"]]
    fair = [
        summarize(relu - share[OWN_ARMS[name]]).low > 0 for name in ("tanh", "sigmoid")
    ]
    usual = summarize(relu - share["sigmoid, Xavier"])
    numbers: dict[str, float | int | str] = {
        "depth": result.depth,
        "width": result.width,
        "n_rates": len(result.rates),
        "lowest_rate": min(result.rates),
        "highest_rate": max(result.rates),
        "relu_diverged": float(result.diverged[result.of(OWN_ARMS["relu"])].mean()),
        **_mean_and_sd("usual_sigmoid", share["sigmoid, Xavier"]),
    }
    for name, arm in OWN_ARMS.items():
        numbers |= _mean_and_sd(f"{name}_own", share[arm])
        label = {"relu": "ReLU"}.get(name, name)
        default = share[f"{label}, PyTorch default"]
        numbers[f"{name}_default"] = float(default.mean())
    return Finding(decide(true=usual.low > 0, always=all(fair)), numbers)


def _mean_and_sd(name: str, values: Floats) -> dict[str, float]:
    spread: Spread = summarize(values)
    return {name: spread.mean, f"{name}_sd": spread.sd}
