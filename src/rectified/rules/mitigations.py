"""Rules for the claims C33 to C36, on what mends a network that does not learn."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rectified.experiments import summarize
from rectified.experiments.mitigations import (
    GrowthMeasurement,
    LeakyCures,
    LeakyGradient,
    LeakyPerformance,
    LowerRateMeasurement,
    PreluMeasurement,
)
from rectified.rules import Finding, decide


def _spell(**values: ArrayLike) -> dict[str, float]:
    """Return mean and standard deviation over seeds of each, by name."""
    spreads = {name: summarize(per_seed) for name, per_seed in values.items()}
    means = {f"{name}_mean": spread.mean for name, spread in spreads.items()}
    return means | {f"{name}_sd": spread.sd for name, spread in spreads.items()}


def judge_lower_rate(result: LowerRateMeasurement) -> Finding:
    """C33: true if a tenth of too high a rate means fewer deaths and a stabler loss.

    Both are judged by the 95 % interval of the paired difference. It holds always if a
    tenth also helps the patient whose biases are too low.
    """
    helped: dict[str, bool] = {}
    numbers: dict[str, float] = {}
    for row, patient in enumerate(result.patients):
        dead, rise = result.dead_fraction[row], np.log1p(result.largest_rise[row])
        gains = summarize(dead[0] - dead[1]), summarize(rise[0] - rise[1])
        helped[patient] = all(gain.low > 0 for gain in gains)
        numbers |= {
            f"{patient}_rate": float(result.rates[row, 0]),
            f"{patient}_lower": float(result.rates[row, 1]),
        }
        numbers |= _spell(
            **{
                f"{patient}_start": result.start_dead_fraction[row],
                f"{patient}_dead": dead[0],
                f"{patient}_dead_lower": dead[1],
                f"{patient}_accuracy": result.accuracy[row, 0],
                f"{patient}_accuracy_lower": result.accuracy[row, 1],
            }
        )
        for arm, name in enumerate(("rise", "rise_lower")):
            middle = np.median(result.largest_rise[row, arm])
            numbers[f"{patient}_{name}"] = float(middle)
    verdict = decide(true=helped["high_rate"], always=all(helped.values()))
    return Finding(verdict, numbers)


def judge_leaky_gradient(result: LeakyGradient) -> Finding:
    """C34a: true if the derivative is 0.01, to rounding, at all negative numbers.

    It holds always if a gradient then reaches the first layer of every network with
    low biases.
    """
    error = np.abs(result.derivatives - 0.01).max()
    relu, leaky, healthy = result.first_layer
    numbers: dict[str, float | int] = {
        "n_inputs": result.inputs.size,
        "least": float(result.derivatives.min()),
        "most": float(result.derivatives.max()),
        "relu_most": float(result.relu_derivatives.max()),
        "n_networks": len(result.seeds),
        "n_reached": int((leaky > 0).sum()),
        "n_relu_reached": int((relu > 0).sum()),
        **_spell(share=leaky / healthy),
    }
    exact = error <= np.finfo(float).eps
    return Finding(decide(true=exact, always=bool((leaky > 0).all())), numbers)


def judge_leaky_cures(result: LeakyCures) -> Finding:
    """C34b: true if slope 0.01 raises the accuracy in one of two illnesses.

    Judged by the 95 % interval of the paired difference from ReLU. It holds always if
    it does so in both: biases too low, and a learning rate too high.
    """
    bias, rate, lower = result.low_bias, result.high_rate, result.lower_rate
    gains = [summarize(one.accuracy[1] - one.accuracy[0]) for one in (bias, rate)]
    learned = np.isfinite(bias.steps[1])
    before, after = bias.start_negative_fraction[1], bias.negative_fraction[1]
    numbers: dict[str, float | int] = {
        "n_networks": len(result.seeds),
        "bias_updates": result.updates[0],
        "rate_updates": result.updates[1],
        "n_learned": int(learned.sum()),
        "learned_after": float(np.median(bias.steps[1])) if learned.any() else 0.0,
        "n_diverged": int((~rate.finite[1]).sum()),
        "n_relu_diverged": int((~rate.finite[0]).sum()),
        **_spell(
            bias_relu=bias.accuracy[0],
            bias_leaky=bias.accuracy[1],
            rate_relu=rate.accuracy[0],
            rate_leaky=rate.accuracy[1],
            lower_relu=lower.accuracy[0],
            first_before=before[0],
            first_after=after[0],
            second_before=before[1],
            second_after=after[1],
        ),
    }
    helps = [gain.low > 0 for gain in gains]
    return Finding(decide(true=any(helps), always=all(helps)), numbers)


def judge_leaky_performance(result: LeakyPerformance) -> Finding:
    """C34c: true if the accuracy of healthy networks does not fall at the first depth.

    It falls if the 95 % interval of the paired difference lies below 0. The claim
    holds always if it falls at no depth.
    """
    gains = [summarize(leaky - relu) for relu, leaky in result.accuracy]
    numbers: dict[str, float | int] = {"n_test": result.n_test}
    for row, (depth, gain) in enumerate(zip(result.depths, gains, strict=True)):
        place = "first" if row == 0 else "last"
        numbers |= {
            f"{place}_depth": depth,
            f"{place}_low": 100 * gain.low,
            f"{place}_high": 100 * gain.high,
        }
        for arm, name in enumerate(("relu", "leaky")):
            accuracy, steps = result.accuracy[row, arm], result.steps[row, arm]
            key = f"{place}_{name}"
            numbers |= _spell(**{key: accuracy, f"{key}_steps": steps})
    kept = [gain.high >= 0 for gain in gains]
    return Finding(decide(true=kept[0], always=all(kept)), numbers)


def judge_prelu(result: PreluMeasurement) -> Finding:
    """C35: true if it raises the accuracy of one patient, always if of every one.

    Judged by the 95 % interval of the paired difference from ReLU.
    """
    helped = []
    numbers: dict[str, float | int] = {"n_networks": len(result.seeds)}
    for row, patient in enumerate(result.patients):
        relu, prelu = result.accuracy[row]
        helped.append(summarize(prelu - relu).low > 0)
        numbers |= _spell(**{f"{patient}_relu": relu, f"{patient}_prelu": prelu})
        numbers |= {
            f"{patient}_cured": int(result.cured[row].sum()),
            f"{patient}_diverged": int((~result.finite[row]).sum()),
        }
    slopes = result.slopes[np.isfinite(result.slopes)]
    numbers |= {
        "n_patients": len(result.patients),
        "n_helped": sum(helped),
        "steepest": float(slopes.max()),
        "most_negative": float(slopes.min()),
    }
    return Finding(decide(true=any(helped), always=all(helped)), numbers)


def judge_leaky_growth(result: GrowthMeasurement) -> Finding:
    """C36: true if signals and gradients grow less with every slope than with ReLU.

    Judged by the 95 % interval of the paired difference in the growth per layer. It
    holds always if neither grows at all.
    """
    zero = result.slopes.tolist().index(0.0)
    leaky = result.slopes.tolist().index(0.01)
    largest = int(result.slopes.argmax())
    tamer = []
    for growth in (result.growth, result.gradient_growth):
        others = [row for row in range(result.slopes.size) if row != zero]
        changes = [summarize(growth[row] - growth[zero]) for row in others]
        tamer.append(all(change.high < 0 for change in changes))
    numbers = {"gain": result.gain, "largest_slope": float(result.slopes[largest])}
    for name, row in (("relu", zero), ("leaky", leaky), ("largest", largest)):
        numbers[f"{name}_predicted"] = float(result.predicted[row])
        gradient = {f"{name}_gradient": result.gradient_growth[row]}
        numbers |= _spell(**{name: result.growth[row]}, **gradient)
    both = np.array([result.growth, result.gradient_growth])
    still = bool((both.mean(axis=2) <= 1).all())
    return Finding(decide(true=all(tamer), always=still), numbers)
