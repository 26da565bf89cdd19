"""The race between activation functions, fair and unfair, run live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from rectified.experiments import summarize
from rectified.experiments.mitigations import Race, RaceMoment, run_race, watch_race
from rectified.explorables.mitigations.tracks import Track
from rectified.widgets import (
    LogSlider,
    Run,
    Select,
    Slider,
    TrainingRun,
    Values,
    panels,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RUNNER_NAMES: Final = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}
_RATE: Final = LogSlider(0.03, 3, 2, start=0.0949, label="the one learning rate")
RATES: Final = tuple(_RATE.choices())
SEEDS: Final = range(4)
STEPS: Final = 150
AHEAD: Final = 6  # updates that are made at a time, in about 60 ms
GOAL: Final = 0.9
UNFAIR, FAIR = "the same rate for all", "each at its own best rate"


@lru_cache(maxsize=4)
def _find_track(depth: int) -> Track[RaceMoment]:
    return Track(
        watch_race(
            tuple(RUNNER_NAMES),
            depth=depth,
            rates=RATES,
            seeds=SEEDS,
            max_steps=STEPS,
            n_train=500,
            every=10,
        ),
        ahead=AHEAD,
    )


class RaceView(TrainingRun):
    """Who wins, if everyone may choose a learning rate?"""

    controls: ClassVar = {
        "comparison": Select((UNFAIR, FAIR), label="comparison"),
        "rate": _RATE,
        "runner": Select(
            tuple(RUNNER_NAMES.values())[1:], label="beside ReLU", start="Leaky ReLU"
        ),
        "depth": Slider(1, 4, 1, start=2, label="hidden layers"),
    }
    steps: ClassVar = STEPS
    computed_by: ClassVar = (watch_race, run_race)
    frames: ClassVar = {"comparison": None, "depth": None}
    size = (740, 380)
    narrow_size = (340, 720)

    def train(self, values: Values) -> Iterator[RaceMoment]:
        """Run the race of this depth, or look at it again."""
        yield from _find_track(values["depth"])

    def draw(self, figure: Figure) -> Iterable[Artist]:
        """Create the accuracies over time, and the updates that everyone needs."""
        curves, arrivals = panels(figure, 2, ratios=(1, 1.15))
        return [*self._draw_curves(curves), *self._draw_arrivals(arrivals)]

    def _draw_curves(self, axes: Axes) -> list[Artist]:
        axes.set(xlim=(0, STEPS), ylim=(0, 1), xlabel="updates")
        axes.set_yticks([0, 0.5, GOAL], ["0%", "50%", "90%"])
        axes.set_title("Test images right")
        looks = (self.theme.blue, "-"), (self.theme.orange, "--")
        fills = self.theme.blue_fill, self.theme.orange_fill
        self.others = [
            axes.plot([], [], "-", color=self.theme.gray, lw=0.9, alpha=0.7)[0]
            for _ in RUNNER_NAMES
        ]
        self.bands = [
            axes.fill_between([], [], [], color=fill, lw=0, alpha=0.7) for fill in fills
        ]
        self.pair = [axes.plot([], [], line, color=color)[0] for color, line in looks]
        behind: dict[str, Any] = {"facecolor": self.theme.surface, "pad": 1.5}
        behind["edgecolor"] = "none"
        self.names = [
            axes.text(
                0.97, y, "", color=color, ha="right", transform=axes.transAxes,
                bbox=dict(behind),
            )
            for y, (color, _) in zip((0.14, 0.05), looks, strict=True)
        ]  # fmt: skip
        return [*self.others, *self.bands, *self.pair, *self.names]

    def _draw_arrivals(self, axes: Axes) -> list[Artist]:
        rows = range(len(RUNNER_NAMES))
        axes.set(xlim=(0, STEPS + 55), ylim=(len(rows) - 0.5, -0.5))
        axes.set(xlabel=f"updates to {GOAL:.0%}, and at which rate")
        axes.set_xticks([0, 50, 100, 150])
        axes.set_yticks(rows, list(RUNNER_NAMES.values()))
        axes.grid(visible=False, axis="y")
        self.intervals = [axes.plot([], [], "-", lw=3)[0] for _ in rows]
        self.marks = [axes.plot([], [], "o", ms=7)[0] for _ in rows]
        self.rates = [axes.text(STEPS + 6, row, "", va="center") for row in rows]
        axes.set_title("Mean and 95% interval")
        return [*self.intervals, *self.marks, *self.rates]

    def update(self, data: Run, values: Values) -> None:
        """Show the curves at the rates that are compared, and who has arrived."""
        race = make_race(data.moments, values["depth"])
        chosen = choose_rates(race, values)
        beside = list(RUNNER_NAMES.values()).index(values["runner"])
        curves = [race.curves[row, column] for row, column in enumerate(chosen)]
        for line, curve in zip(self.others, curves, strict=True):
            line.set_data(race.looks, curve.mean(axis=1))
        for shown, row in enumerate((0, beside)):
            curve, name = curves[row], list(RUNNER_NAMES.values())[row]
            rate = _short(race.rates[chosen[row]])
            self.pair[shown].set_data(race.looks, curve.mean(axis=1))
            self.bands[shown].set_data(race.looks, curve.min(axis=1), curve.max(axis=1))
            self.names[shown].set_text(f"{name}, rate {rate}")
        colors = {0: self.theme.blue, beside: self.theme.orange}
        for row, column in enumerate(chosen):
            self._place(row, race, column, colors.get(row, self.theme.gray))

    def _place(self, row: int, race: Race, column: int, color: str) -> None:
        """Set one runner's mark, interval and rate."""
        steps = race.capped_steps[row, column]
        spread, arrived = summarize(steps), np.isfinite(race.steps[row, column])
        self.marks[row].set_data([spread.mean], [row])
        self.marks[row].set(color=color, markerfacecolor=color)
        if not arrived.all():
            self.marks[row].set_markerfacecolor(self.theme.surface)
        ends = np.clip([spread.low, spread.high], 0, STEPS)
        self.intervals[row].set_data(ends, [row, row])
        self.intervals[row].set_color(color)
        late = "" if arrived.all() else f" ({arrived.sum()}/{len(SEEDS)})"
        self.rates[row].set_text(_short(race.rates[column]) + late)
        plain = color == self.theme.gray
        self.rates[row].set_color(self.theme.text if plain else color)

    def describe(self, data: Run, values: Values) -> str:
        """Say how many updates ReLU and its rival need, and who is fastest."""
        race = make_race(data.moments, values["depth"])
        chosen = choose_rates(race, values)
        layers = f"{values['depth']} hidden layer{'s' if values['depth'] > 1 else ''}"
        keys = {name: key for key, name in RUNNER_NAMES.items()}
        pair = [_tell(race, key, chosen) for key in ("relu", keys[values["runner"]])]
        means = [race.capped_steps[row, c].mean() for row, c in enumerate(chosen)]
        fastest = list(RUNNER_NAMES.values())[int(np.argmin(means))]
        end = f" Fastest: {fastest}." if min(means) < race.max_steps else ""
        how = values["comparison"].capitalize()
        return f"{how}, {layers}, {data.step} updates. {' '.join(pair)}{end}"


def make_race(moments: list[RaceMoment], depth: int) -> Race:
    """Return what has been seen of a race, as if it had ended now."""
    seen = {moment.looked: moment.accuracy for moment in moments}
    curves = np.moveaxis(np.array(list(seen.values())), 0, 2)
    looks, rates = np.array(list(seen)), np.array(RATES)
    names = tuple(RUNNER_NAMES)
    return Race(tuple(SEEDS), names, depth, "sgd", rates, GOAL, looks, curves)


def choose_rates(race: Race, values: Values) -> tuple[int, ...]:
    """Return the index of the rate at which each runner is shown."""
    if values["comparison"] == FAIR:
        return race.best
    return (RATES.index(values["rate"]),) * len(race.runners)


def _tell(race: Race, key: str, chosen: tuple[int, ...]) -> str:
    row = race.runners.index(key)
    steps, name = race.steps[row, chosen[row]], RUNNER_NAMES[key]
    at = f"{name} at {_short(race.rates[chosen[row]])}"
    arrived = np.isfinite(steps)
    if not arrived.any():
        return f"{at} has not reached {GOAL:.0%} yet."
    if not arrived.all():
        return f"{at}: {arrived.sum()} of {steps.size} networks reach {GOAL:.0%}."
    spread = summarize(steps)
    return f"{at} needs {spread.mean:.0f} ± {spread.sd:.0f} updates to {GOAL:.0%}."


def _short(rate: float) -> str:
    return f"{rate:.2g}"
