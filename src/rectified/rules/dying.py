"""Rules for the claims C26 to C29, on dying ReLUs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import Spread, summarize
from rectified.experiments.dying import (
    CostMeasurement,
    DeathComparison,
    Permanence,
    find_fatal_rates,
    predict_dead_at_start,
)
from rectified.rules import Finding, decide

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]

RADIUS = 2.5
"""Of the disc that holds the task "circles"."""


def judge_permanence(result: Permanence) -> Finding:
    """C26: true if, under plain gradient descent, dead first-layer units stay dead.

    That is: units die, not one of them fires again, and their weights do not change by
    the smallest amount. It holds always if that is also so in the second layer and
    under each other way to train.
    """
    died, revived = result.of("sgd", 1)
    frozen = result.weight_change[result.arms.index("sgd")]
    deep_died, deep_revived = result.of("sgd", 2)
    coasting_died, coasting_revived = result.of("momentum", 1)
    share = _share_over_seeds(deep_revived, deep_died)
    numbers = {
        "died": int(died.sum()),
        "revived": int(revived.sum()),
        "weight_change": float(frozen[0].max()),
        "deep_died": int(deep_died.sum()),
        "deep_revived": int(deep_revived.sum()),
        "deep_share_mean": share.mean,
        "deep_share_sd": share.sd,
        "deep_weight_change": float(frozen[1].max()),
        "deep_input_change": float(result.input_change[0, 1].max()),
        "momentum_died": int(coasting_died.sum()),
        "momentum_revived": int(coasting_revived.sum()),
        "decay_died": int(result.of("weight_decay", 1)[0].sum()),
        "decay_revived": int(result.of("weight_decay", 1)[1].sum()),
    }
    stays = bool(died.sum()) and not revived.any() and not frozen[0].any()
    verdict = decide(true=stays, always=not result.revived.any())
    return Finding(verdict, numbers)


def _share_over_seeds(part: Integers, whole: Integers) -> Spread:
    """Summarize part / whole over the seeds with anything to count."""
    some = whole > 0
    return summarize(part[some] / whole[some] if some.any() else np.zeros(1))


def judge_rates(result: DeathComparison) -> Finding:
    """C27: true if the higher rate leaves more units dead than the lower one.

    The 95 % interval of the difference, network by network, must lie above 0 in both
    layers, on one task at least. It holds always if it does on every task.
    """
    step = find_fatal_rates()
    worked = {"fatal_from": step.fatal_from, "stable_below": step.stable_below}
    return _judge_deaths(result, worked)


def judge_biases(result: DeathComparison) -> Finding:
    """C28: true if the lower bias leaves more units dead than a bias of 0.

    The 95 % interval of the difference, network by network, must lie above 0 in both
    layers, on one task at least. It holds always if it does on every task.
    """
    sick = result.values[1]
    start, end = result.start_dead_fraction[:, 1, 0], result.dead_fraction[:, 1, 0]
    known = np.isfinite(end)
    theory = {
        # No training point is further from the origin than that.
        "radius": RADIUS,
        "predicted": predict_dead_at_start(sick, radius=RADIUS),
        "largest_recovery": float((start - end)[known].max(initial=0.0)),
    }
    return _judge_deaths(result, theory)


def _judge_deaths(result: DeathComparison, more: dict[str, float]) -> Finding:
    numbers: dict[str, float] = {
        "healthy": result.values[0],
        "sick": result.values[1],
        "n_diverged": int(np.isnan(result.dead_fraction[:, 1, 0]).sum()),
        **more,
    }
    kills = []
    for row, task in enumerate(result.tasks):
        gaps = [_gap(*result.dead_fraction[row, :, layer]) for layer in (0, 1)]
        kills.append(all(gap.low > 0 for gap in gaps))
        for column, name in enumerate(("healthy", "sick")):
            for layer, which in enumerate(("first", "second")):
                for when, share in (
                    ("start", result.start_dead_fraction),
                    ("step", result.first_step_dead_fraction),
                    ("end", result.dead_fraction),
                ):
                    spread = _summarize_known(share[row, column, layer])
                    key = f"{task}_{name}_{which}_{when}"
                    numbers |= {f"{key}_mean": spread.mean, f"{key}_sd": spread.sd}
            right = summarize(result.accuracy[row, column])
            numbers[f"{task}_{name}_right_mean"] = right.mean
            numbers[f"{task}_{name}_right_sd"] = right.sd
    return Finding(decide(true=any(kills), always=all(kills)), numbers)


def _gap(healthy: Floats, sick: Floats) -> Spread:
    """Summarize the paired difference over the networks that did not diverge."""
    return _summarize_known(sick - healthy)


def _summarize_known(values: Floats) -> Spread:
    known = values[np.isfinite(values)]
    # One value has no spread, and its interval no end: nothing is concluded from it.
    return summarize(known if known.size else np.zeros(1))


def judge_cost(result: CostMeasurement) -> Finding:
    """C29: true if dead units slow down the training and lower the accuracy.

    Both must be so for one width and share of dead units below 1: the 95 % interval
    of the paired difference to the same network without dead units lies above 0, for
    the updates that it needs (as logarithms) and for its errors on fresh points. It
    holds always if both are so for every width and share.
    """
    some = [c for c, share in enumerate(result.shares) if 0 < share < 1]
    healthy = int(np.flatnonzero(result.shares == 0)[0])
    cases = [(row, column) for row in range(len(result.widths)) for column in some]
    right = result.fresh_accuracy
    hurts = [_gap(right[r, c], right[r, healthy]).low > 0 for r, c in cases]
    slows = [_slowdown(result.steps[r], healthy, c).low > 0 for r, c in cases]
    most = int(np.flatnonzero(result.shares == 0.75)[0])
    numbers: dict[str, float] = {
        "share": float(result.shares[most]),
        "n_cases": len(cases),
        "n_hurt": sum(hurts),
        "n_slower": sum(slows),
        "fewest_unharmed": _fewest_unharmed(result),
        **_describe_width(result, int(np.argmin(result.widths)), "narrow", most),
        **_describe_width(result, int(np.argmax(result.widths)), "wide", most),
    }
    verdict = decide(true=any(hurts) and any(slows), always=all(hurts) and all(slows))
    return Finding(verdict, numbers)


def _describe_width(
    result: CostMeasurement, row: int, name: str, column: int
) -> dict[str, float]:
    """Return the numbers of one width with a share of its units dead."""
    healthy = int(np.flatnonzero(result.shares == 0)[0])
    right = summarize(result.fresh_accuracy[row, column])
    slowdown = _slowdown(result.steps[row], healthy, column)
    return {
        f"{name}_width": result.widths[row],
        f"{name}_living": int(result.living[row, column]),
        f"{name}_right_mean": right.mean,
        f"{name}_right_sd": right.sd,
        f"{name}_healthy_mean": float(result.fresh_accuracy[row, healthy].mean()),
        f"{name}_slowdown": float(np.exp(slowdown.mean)),
    }


def _slowdown(steps: Floats, healthy: int, sick: int) -> Spread:
    """Summarize the logarithm of how many times as many updates were needed.

    A network that never gets there counts as if it had with the slowest that did.
    """
    slowest = steps[np.isfinite(steps)].max(initial=1.0)
    # A network may know 95 % before its first update.
    healthy_steps, sick_steps = np.clip(steps[[healthy, sick]], 1, slowest)
    return summarize(np.log(sick_steps / healthy_steps))


def _fewest_unharmed(result: CostMeasurement) -> int:
    """Return how few living units sufficed for 95 % of the fresh points, always.

    That is the smallest number tried from which on no network of any width got less,
    or 0 if there is none.
    """
    worst = result.fresh_accuracy.min(axis=2)
    failing = result.living[worst < 0.95].max(initial=-1)
    enough = result.living[result.living > failing]
    return int(enough.min()) if enough.size else 0
