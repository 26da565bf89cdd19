"""Rules for the claims C08 to C11, on the derivative of ReLU and what it does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import summarize
from rectified.experiments.gradients import (
    DerivativeMeasurement,
    SaturationMeasurement,
    UpdateMeasurement,
)
from rectified.rules import Finding, decide

CURVATURE = 0.05
"""By how much the loss may fall more or less than the gradient says, relatively.

The step aims at a drop of 1e-4 of the loss. The tangent is then off by about as much,
and by up to 1e-2 in sigmoid nets, whose gradients are small next to their curvature.
"""


def judge_derivative(result: DerivativeMeasurement) -> Finding:
    """C08: true if the derivative is exactly 1 above 0 and exactly 0 below in float64.

    It holds always if that is so in every precision.
    """
    wrong = result.n_not_one.sum(axis=1) + result.n_not_zero.sum(axis=1)
    n_wrong_double = int(wrong[result.dtypes.index("float64")])
    numbers: dict[str, float | int | str] = {
        "n_positive": int(result.n_positive.sum()),
        "n_negative": int(result.n_negative.sum()),
        "n_dtypes": len(result.dtypes),
        "n_wrong": int(wrong.sum()),
        "n_wrong_double": n_wrong_double,
        "at_zero": ", ".join(f"{slope:g}" for slope in np.unique(result.at_zero)),
    }
    verdict = decide(true=n_wrong_double == 0, always=not wrong.any())
    return Finding(verdict, numbers)


def judge_updates(result: UpdateMeasurement) -> Finding:
    """C09: true if gradients predict the drop and ReLU's shrink less than sigmoid's.

    The shrinkage is that of the first hidden layer's gradients against the last one's.
    ReLU's is smaller if the 95 % interval of the paired difference of its logarithm
    lies on one side of 0. The claim holds always if it is smaller than tanh's, too.
    """
    kept = {
        name: result.gradient_rms[result.of(name), 0]
        / result.gradient_rms[result.of(name), -2]
        for name in result.activations
    }
    gain = {
        other: summarize(np.log(kept["relu"] / kept[other]))
        for other in ("sigmoid", "tanh")
    }
    relu = result.of("relu")
    single = result.zero_single[relu, 1:-1].mean(axis=0)
    batch = result.zero_batch[relu, 1:-1].mean(axis=0)
    numbers: dict[str, float | int] = {
        "depth": result.depth,
        "width": result.width,
        "n_examples": result.n_examples,
        "drop_error": float(np.abs(result.drop_ratio - 1).max()),
        "times_sigmoid": float(np.exp(gain["sigmoid"].mean)),
        **_mean_and_sd("single", single),
        **_mean_and_sd("batch", batch),
    }
    for name, values in kept.items():
        numbers |= _mean_and_sd(name, values)
    predicted = numbers["drop_error"] <= CURVATURE
    verdict = decide(
        true=predicted and gain["sigmoid"].low > 0, always=gain["tanh"].low > 0
    )
    return Finding(verdict, numbers)


def judge_saturation(result: SaturationMeasurement) -> Finding:
    """C10: true if sigmoid and tanh are flat for most widely spread inputs.

    It holds always if their derivatives are significant in a restricted range only:
    on either side, far inputs were drawn (beyond twice the range) and all were flat.
    """
    numbers: dict[str, float | int] = {"threshold": result.threshold}
    mostly, restricted = [], []
    wide, one = len(result.scales) - 1, result.scales.tolist().index(1.0)
    for name in ("sigmoid", "tanh"):
        row = result.activations.index(name)
        share = summarize(result.share[row, wide])
        mostly.append(share.low > 0.5)
        low, high = result.steep[row]
        restricted.append(
            (2 * low > result.drawn[0]).all() and (2 * high < result.drawn[1]).all()
        )
        numbers |= {f"{name}_edge": float(np.abs(result.steep[row]).max())}
        numbers |= _mean_and_sd(f"{name}_wide", result.share[row, wide])
        numbers |= _mean_and_sd(f"{name}_one", result.share[row, one])
    relu = result.activations.index("relu")
    numbers |= _mean_and_sd("relu_one", result.share[relu, one])
    numbers["scale"] = float(result.scales[wide])
    numbers["farthest"] = float(np.abs(result.drawn).max())
    return Finding(decide(true=all(mostly), always=all(restricted)), numbers)


def judge_positive(result: SaturationMeasurement) -> Finding:
    """C11: true if no positive input of ReLU is flat at the widest spread.

    It holds always if none is at any spread.
    """
    relu = result.activations.index("relu")
    flat = result.positive_share[relu]
    others = ("leaky_relu", "elu", "gelu", "silu", "softplus")
    rows = [result.activations.index(name) for name in others]
    spared = [not result.positive_share[row].any() for row in rows]
    numbers: dict[str, float | int] = {
        "threshold": result.threshold,
        "n_scales": len(result.scales),
        "smallest": float(result.scales.min()),
        "largest": float(result.scales.max()),
        "flat": float(flat.max()),
        "n_others": len(others),
        "n_spared": sum(spared),
        **_mean_and_sd("sigmoid", _positive(result, "sigmoid")),
        **_mean_and_sd("tanh", _positive(result, "tanh")),
        **_mean_and_sd("relu_all", result.share[relu].mean(axis=0)),
    }
    return Finding(decide(true=not flat[-1].any(), always=not flat.any()), numbers)


def _positive(result: SaturationMeasurement, name: str) -> NDArray[np.float64]:
    """Return the share of flat positive inputs at the widest spread, (n_seeds,)."""
    return np.asarray(result.positive_share[result.activations.index(name), -1])


def _mean_and_sd(name: str, values: NDArray[np.floating]) -> dict[str, float]:
    spread = summarize(values)
    return {f"{name}_mean": spread.mean, f"{name}_sd": spread.sd}
