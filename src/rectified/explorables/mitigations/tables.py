"""Which treatment helps which patient: tables over ten networks each."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from rectified.experiments import summarize
from rectified.experiments.mitigations import CURED, Outcome, Ward, treat
from rectified.explorables.mitigations.names import PATIENT_NAMES, TREATMENT_NAMES
from rectified.widgets import Table

SEEDS: Final = tuple(range(10))
SURE: Final = 0.95
_NOBODY: Final = "–"


@lru_cache(maxsize=4)
def _visit(patient: str) -> Ward:
    return treat(patient, ("none", *TREATMENT_NAMES), SEEDS)


def treatment_table() -> Table:
    """Return a table of the accuracy of every patient after every treatment."""
    wards = [_visit(patient) for patient in PATIENT_NAMES]
    rows = [
        [name, *(_tell(ward, key) for ward in wards)]
        for key, name in {"none": "untreated", **TREATMENT_NAMES}.items()
    ]
    caption = (
        "Share of training images right after 200 updates (mean ± standard deviation "
        f"of {len(SEEDS)} networks), and how many networks were cured: {CURED:.0%} or "
        "more."
    )
    return Table(caption, ["treatment", *PATIENT_NAMES.values()], rows)


def _tell(ward: Ward, treatment: str) -> str:
    outcome, untreated = ward.outcomes[treatment], ward.outcomes["none"]
    n = len(ward.seeds)
    if treatment != "none" and _is_same(outcome, untreated):
        return "as untreated: it has it already"
    lost = n - int(outcome.finite.sum())
    if lost == n:
        return f"all {n} diverged"
    spread = summarize(outcome.accuracy)
    words = f"{spread.mean:.0%} ± {spread.sd:.0%}, cured {outcome.cured.sum()} of {n}"
    return words + (f", {lost} diverged" if lost else "")


def _is_same(outcome: Outcome, other: Outcome) -> bool:
    return np.array_equal(outcome.loss_curve, other.loss_curve, equal_nan=True)


def remedy_guide() -> Table:
    """Return a table of the signs of each illness, and of what cured it."""
    n = len(SEEDS)
    rows = [[name, *_advise(_visit(key))] for key, name in PATIENT_NAMES.items()]
    caption = (
        f"A guide from {n} networks for each illness and treatment. If all {n} were "
        f"cured, the treatment cures at least {sure_share(n):.0%} of such networks; "
        f"if none was, at most {1 - sure_share(n):.0%} ({SURE:.0%} confidence, each)."
    )
    columns = [
        "illness",
        "loss before training (a guess: 2.30)",
        "silent units: before training, after",
        f"cured all {n}",
        "cured some",
        "cured none",
    ]
    return Table(caption, columns, rows)


def sure_share(n: int) -> float:
    """Return the smallest share of cures that `n` cures of `n` leave plausible.

    Below it, so many cures in a row would have a chance of less than 5 %.
    """
    return float((1 - SURE) ** (1 / n))


def _advise(ward: Ward) -> list[str]:
    sick, n = ward.outcomes["none"], len(ward.seeds)
    silent = np.nanmean(sick.dead_curve, axis=1)
    groups: dict[str, list[str]] = {"all": [], "some": [], "none": []}
    for key, name in TREATMENT_NAMES.items():
        outcome = ward.outcomes[key]
        cured = int(outcome.cured.sum())
        if not _is_same(outcome, sick):
            group = "all" if cured == n else "some" if cured else "none"
            groups[group].append(f"{name} ({cured})" if group == "some" else name)
    return [
        f"{sick.loss_curve[0].mean():.2f}",
        f"{silent[0].mean():.0%}, {np.nanmean(silent[-1]):.0%}",
        *("; ".join(names) or _NOBODY for names in groups.values()),
    ]
