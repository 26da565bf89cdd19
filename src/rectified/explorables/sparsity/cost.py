"""What a zero saves: ways to multiply, timed on the machine that runs this."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from rectified.experiments import sparsity as experiment
from rectified.widgets import Button, Explorable, Select, Slider, Values, panels
from rectified.widgets.front_end import is_book_being_built

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

BATCHES: Final = (1, 16, 128)
FAN_IN: Final = 1024
FAN_OUT: Final = 512
SHARES: Final = tuple(range(34, 99, 4))
"""Shares of zeros that are measured, in percent."""

LABELS: Final = {
    "dense": "dense",
    "csr": "CSR, ready-made",
    "csr with conversion": "CSR, converted",
    "gather": "row gather",
    "pruned": "units cut out",
}
LONGEST: Final = 5.0
"""Bars end here, in multiples of the dense time; their labels tell the rest."""

_SERIAL = itertools.count(1)


@dataclass(frozen=True)
class Timings:
    """One measurement of all batches, and when it was made."""

    costs: dict[int, experiment.CostMeasurement]
    clock: str


@lru_cache(maxsize=4)
def _measure(serial: int) -> Timings:
    """Time everything once; figures that show the same measurement share it."""
    sparsities = np.array(SHARES) / 100
    costs = {
        batch: experiment.measure_cost(
            batch=batch,
            fan_in=FAN_IN,
            fan_out=FAN_OUT,
            sparsities=sparsities,
            rounds=4,
            seed=serial,
        )
        for batch in BATCHES
    }
    return Timings(costs, f"{datetime.datetime.now():%H:%M:%S}")


@dataclass(frozen=True)
class Reading:
    """What the picture shows: one batch, one share of zeros."""

    cost: experiment.CostMeasurement
    clock: str
    milliseconds: dict[str, float]
    break_even: dict[str, float]


class ZeroCostView(Explorable):
    """Is a zero free?"""

    controls: ClassVar = {
        "sparsity": Slider(34, 98, 4, start=50, label="share of zeros", unit="%"),
        "batch": Select(tuple(map(str, BATCHES)), label="batch", start="128"),
        "again": Button("Measure again"),
    }
    computed_by: ClassVar = (experiment.measure_cost, experiment.multiply_gather)
    frames: ClassVar = {"sparsity": 5, "batch": None}
    size = (740, 370)
    narrow_size = (340, 720)
    serial = 0

    def press(self, name: str, values: Values) -> Values:
        """Measure everything again; the settings stay."""
        self.serial = next(_SERIAL)
        return values

    def compute(self, values: Values) -> Reading:
        """Return the timings of one batch, measured once for all settings."""
        timings = _measure(self.serial)
        cost = timings.costs[int(values["batch"])]
        column = SHARES.index(values["sparsity"])
        shortest = 1000 * cost.seconds.min(axis=2)[:, column]
        even = {
            name: share
            for name in cost.methods[1:]
            if not math.isnan(share := cost.break_even(name))
        }
        times = dict(zip(cost.methods, map(float, shortest), strict=True))
        return Reading(cost, timings.clock, times, even)

    def draw(self, figure: Figure) -> Iterable[Artist]:
        """Create a line and a bar for each method."""
        speed, bars = panels(figure, 2, ratios=(1.25, 1))
        theme = self.theme
        colors = (theme.gray, theme.blue, theme.orange, theme.green, theme.purple)
        styles = ("-", "--", "-", "-.", ":")
        speed.set(
            xlim=(31, 100), ylim=(0.04, 80), yscale="log", ylabel="speed, dense = 1"
        )
        speed.set_xlabel("share of zeros, %")
        speed.set_yticks([0.1, 1, 10], ["0.1×", "1×", "10×"])
        speed.set_title("Speed: above 1 it is faster")
        speed.axhline(1, color=theme.gray, linewidth=2.2)
        self.here = speed.axvline(50, color=theme.muted, linewidth=1)
        self.lines = [
            speed.plot([], [], style, color=color, label=LABELS[name], marker=".")[0]
            for name, color, style in list(zip(LABELS, colors, styles, strict=True))[1:]
        ]
        self.even = speed.plot(
            [], [], "D", color=theme.text, markersize=6, label="break-even"
        )[0]
        speed.legend(loc="upper left", frameon=False, handlelength=3)
        self.stamp = speed.text(
            0.98, 0.03, "", transform=speed.transAxes, fontsize=9, ha="right"
        )
        places = range(len(LABELS))
        self.bars = bars.barh(places, 1, color=colors, height=0.5)
        self.texts = [bars.text(0, y - 0.31, "", va="bottom") for y in places]
        bars.set(xlim=(0, LONGEST), ylim=(4.5, -0.75), xlabel="time, dense = 1")
        bars.set_yticks([])
        bars.grid(visible=False, axis="y")
        self.heading = bars.set_title("time")
        moving: list[Any] = [*self.lines, self.here, self.even, self.stamp]
        return [*moving, *self.bars, *self.texts, self.heading]

    def update(self, data: Reading, values: Values) -> None:
        """Move lines to this batch, bars to this share of zeros."""
        for line, speedup in zip(self.lines, data.cost.speedup[1:], strict=True):
            line.set_data(SHARES, speedup)
        self.here.set_xdata([values["sparsity"]] * 2)
        even = [100 * share for share in data.break_even.values()]
        within = [share for share in even if share > SHARES[0]]
        self.even.set_data(within, [1] * len(within))
        self.stamp.set_text(_place(data.clock, short=True))
        times = data.milliseconds
        for bar, text, name in zip(self.bars, self.texts, LABELS, strict=True):
            ratio = times[name] / times["dense"]
            bar.set_width(min(ratio, LONGEST))
            text.set_text(f"{LABELS[name]}: {_time(times[name])} ({ratio:.2g}×)")
            text.set_x(0.03)
        self.heading.set_text(
            f"At {values['sparsity']}% zeros, batch {values['batch']}"
        )

    def describe(self, data: Reading, values: Values) -> str:
        """Say what is faster than dense here, and from where on it is."""
        times = data.milliseconds
        honest = [n for n in ("csr", "csr with conversion", "gather") if n in times]
        faster = [LABELS[n] for n in honest if times[n] < times["dense"]]
        verdict = f"Faster than dense: {', '.join(faster)}." if faster else (
            "Nothing that skips single zeros is faster than dense here."
        )  # fmt: skip
        even = ", ".join(f"{LABELS[n]} {_from(data.break_even.get(n))}" for n in honest)
        listed = ", ".join(f"{LABELS[n]} {_time(times[n])}" for n in LABELS)
        return (
            f"{_place(data.clock)}: {values['batch']} × {FAN_IN} activations with "
            f"{values['sparsity']}% zeros times {FAN_IN} × {FAN_OUT} weights. "
            f"{listed}. {verdict} Break-even: {even}."
        )


def _from(share: float | None) -> str:
    if share is None:
        return "nowhere"
    at_once = 100 * share <= SHARES[0]
    return "everywhere here" if at_once else f"from {100 * share:.0f}%"


def _time(milliseconds: float) -> str:
    if milliseconds < 0.1:
        return f"{1000 * milliseconds:.0f} µs"
    return f"{milliseconds:.2g} ms"


def _place(clock: str, *, short: bool = False) -> str:
    if is_book_being_built():
        where = "recorded run" if short else "Recorded when this page was made"
        return f"{where}, one thread"
    if short:
        return f"measured here, {clock}, one thread"
    return f"Measured on this machine at {clock}, one thread"
