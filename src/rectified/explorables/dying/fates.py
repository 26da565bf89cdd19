"""What became of a unit: the moments of a training, and the update that killed it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import dying as experiment
from rectified.widgets import Run, Values

Floats = NDArray[np.floating]

UNITS: Final = 32
STEPS: Final = 100
LAYERS: Final = ("first", "second")


@dataclass(frozen=True)
class Moment:
    """The network after some updates; shares and states of all hidden units."""

    activity: Floats
    dead: NDArray[np.bool_]
    pre_activation: Floats
    accuracy: float


@dataclass(frozen=True)
class Fate:
    """Two distributions of one unit's pre-activations, and what lies between."""

    before: Floats
    after: Floats
    names: tuple[str, str]
    death: int | None


@lru_cache(maxsize=4)
def watch(rate: float, bias: float, seed: int) -> experiment.UnitLives:
    """Return one training; a change of the unit to watch does not repeat it."""
    return experiment.watch_units(rate, bias=bias, seed=seed, steps=STEPS)


def number_unit(values: Values) -> int:
    """Return the chosen unit's number among all hidden units, from 0."""
    return int(values["unit"]) - 1 + UNITS * LAYERS.index(values["layer"])


def find_fate(run: Run, unit: int) -> Fate:
    """Return the last update up to now that silenced the unit, or start and now."""
    dead = np.array([moment.dead[unit] for moment in run.moments])
    deaths = np.flatnonzero(dead[1:] & ~dead[:-1]) + 1
    z = [moment.pre_activation for moment in run.moments]
    if not deaths.size:
        return Fate(z[0], z[-1], ("at the start", "now"), None)
    death = int(deaths[-1])
    names = (f"before update {death}", f"after update {death}")
    return Fate(z[death - 1], z[death], names, death)


def tell_fate(run: Run, unit: int) -> str:
    """Return what became of a unit, in words."""
    moment: Moment = run.moment
    fate = find_fate(run, unit)
    dead = bool(moment.dead[unit])
    now = "is dead" if dead else f"fires on {moment.activity[unit]:.0%} of the points"
    if fate.death is None:
        if dead:
            return "has been dead from the start"
        return f"{now}, and no update has silenced it so far"
    before, after = (_signed(z.max()) for z in (fate.before, fate.after))
    return (
        f"was silenced by update {fate.death}, which took its largest pre-activation "
        f"from {before} to {after}; now it {now}"
    )


def _signed(value: float) -> str:
    return f"{value:.2g}".replace("-", "\u2212")


def round_up(reach: float) -> float:
    """Return the next number of 1, 2, 5, 10, ..., so that axes seldom change."""
    power = 10.0 ** np.floor(np.log10(max(reach, 1e-3)))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power >= reach))
