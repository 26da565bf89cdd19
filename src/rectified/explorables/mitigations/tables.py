"""Which treatment helps which patient: tables over ten networks each."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from rectified.experiments import summarize
from rectified.experiments.mitigations import CURED, Outcome, Ward, treat
from rectified.explorables.mitigations.names import (
    PATIENT_NAMES,
    SHORT_PATIENT_NAMES,
    SHORT_TREATMENT_NAMES,
    TREATMENT_NAMES,
)
from rectified.widgets import Table

SEEDS: Final = tuple(range(10))
SURE: Final = 0.95
_NOBODY: Final = "–"
_NO_CHANGE: Final = "no change"


@lru_cache(maxsize=4)
def _visit(patient: str) -> Ward:
    return treat(patient, ("none", *TREATMENT_NAMES), SEEDS)


def treatment_table() -> Table:
    """Return a table of the accuracy of every patient after every treatment."""
    n = len(SEEDS)
    wards = [_visit(patient) for patient in PATIENT_NAMES]
    rows = [
        [name, *(_tell(ward, key) for ward in wards)]
        for key, name in {"none": "untreated", **SHORT_TREATMENT_NAMES}.items()
    ]
    caption = (
        f"Images right after 200 updates: mean ± standard deviation of {n} networks, "
        f"and how many of them were cured ({CURED:.0%} or more). One that diverged "
        f"counts as 0%. “{_NO_CHANGE}”: the patient has it already."
    )
    return Table(caption, ["treatment", *SHORT_PATIENT_NAMES.values()], rows)


def _tell(ward: Ward, treatment: str) -> str:
    outcome, untreated = ward.outcomes[treatment], ward.outcomes["none"]
    if treatment != "none" and _is_same(outcome, untreated):
        return _NO_CHANGE
    if not outcome.finite.any():
        return "all diverged"
    spread, cured = summarize(outcome.accuracy), outcome.cured.sum()
    return f"{spread.mean:.0%} ± {spread.sd:.0%}, {cured}/{len(ward.seeds)}"


def _is_same(outcome: Outcome, other: Outcome) -> bool:
    return np.array_equal(outcome.loss_curve, other.loss_curve, equal_nan=True)


def remedy_guide() -> Table:
    """Return a table of the signs of each illness, and of what cured it."""
    n = len(SEEDS)
    rows = [[name, *_advise(_visit(key))] for key, name in SHORT_PATIENT_NAMES.items()]
    sure = sure_share(n)
    caption = (
        f"Signs of an illness (silent units: before training → after), and what cured "
        f"it, with {n} networks each. If all {n} were cured, the treatment cures at "
        f"least {sure:.0%} of such networks in as many updates. What is not named "
        f"cured none, so it cures at most {1 - sure:.0%} ({SURE:.0%} confidence, each)."
    )
    columns = ["illness", "first loss", "silent", f"cured all {n}", "cured some"]
    return Table(caption, columns, rows)


def sure_share(n: int) -> float:
    """Return the smallest share of cures that `n` cures of `n` leave plausible.

    Below it, so many cures in a row would have a chance of less than 5 %.
    """
    return float((1 - SURE) ** (1 / n))


def _advise(ward: Ward) -> list[str]:
    sick, n = ward.outcomes["none"], len(ward.seeds)
    silent = np.nanmean(sick.dead_curve, axis=1)
    always, sometimes = [], []
    for key, name in SHORT_TREATMENT_NAMES.items():
        cured = int(ward.outcomes[key].cured.sum())
        if cured == n:
            always.append(name)
        elif cured:
            sometimes.append(f"{name} ({cured})")
    return [
        f"{sick.loss_curve[0].mean():.2f}",
        f"{silent[0].mean():.0%} → {np.nanmean(silent[-1]):.0%}",
        *(", ".join(names) or _NOBODY for names in (always, sometimes)),
    ]
