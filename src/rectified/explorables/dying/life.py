"""Life and death of units, update by update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rectified.experiments import dying as experiment
from rectified.explorables.dying.fates import (
    LAYERS,
    STEPS,
    UNITS,
    Fate,
    Moment,
    find_fate,
    number_unit,
    round_up,
    tell_fate,
    watch,
)
from rectified.widgets import LogSlider, Run, Select, Slider, TrainingRun, Values
from rectified.widgets.rendering import CSS_DPI, NARROW_BELOW

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.floating]

SEEDS: Final = ("0", "3", "5", "8")
GAP: Final = 2
"""Rows of the raster between the layers."""

BINS: Final = 24


class UnitLifeView(TrainingRun):
    """What silences a unit?"""

    controls: ClassVar = {
        "rate": LogSlider(0.03, 3, 4, start=3, label="learning rate"),
        "bias": Slider(-4, 1, 0.5, start=0, label="initial bias"),
        "layer": Select(LAYERS, label="hidden layer"),
        "unit": Slider(1, UNITS, 1, start=17, label="unit"),
        "seed": Select(SEEDS, label="seed", start="8"),
    }
    steps: ClassVar = STEPS
    computed_by: ClassVar = (experiment.watch_units, experiment.find_fatal_update)
    frames: ClassVar = {"step": 21}
    size = (720, 400)
    narrow_size = (340, 760)

    def train(self, values: Values) -> Iterator[Moment]:
        """Yield what the picture needs of each moment of one training."""
        lives = watch(values["rate"], values["bias"], int(values["seed"]))
        unit = number_unit(values)
        rows = zip(lives.activity, lives.dead, lives.accuracy, strict=True)
        for step, (activity, dead, accuracy) in enumerate(rows):
            z = lives.pre_activation[step, :, unit]
            yield Moment(activity, dead, z, float(accuracy))

    def draw(self, figure: Figure) -> Iterable[Artist]:
        """Create the raster, the counters, and the two histograms."""
        raster, counts, histogram = _panels(figure)
        moving = [*self._draw_raster(raster), *self._draw_counts(counts)]
        return [*moving, *self._draw_histogram(histogram)]

    def _draw_raster(self, axes: Axes) -> list[Artist]:
        rows = 2 * UNITS + GAP
        axes.set(xlim=(0, STEPS), ylim=(rows, 0), xlabel="updates")
        names = [f"{layer} hidden layer" for layer in LAYERS]
        middles = [UNITS / 2, 1.5 * UNITS + GAP]
        axes.set_yticks(middles, names, rotation=90, va="center")
        axes.grid(visible=False)
        axes.set_title("Blue: it fires. Orange: dead")
        self.raster = axes.imshow(
            np.zeros((rows, STEPS + 1, 4)), extent=(0, STEPS + 1, rows, 0),
            aspect="auto", interpolation="nearest",
        )  # fmt: skip
        self.now = axes.axvline(0, color=self.theme.muted, lw=1.2)
        self.chosen = axes.plot([], [], color=self.theme.text, lw=1.5, clip_on=False)[0]
        self.mark = axes.plot([], [], "v", color=self.theme.text, clip_on=False)[0]
        for outside in (self.chosen, self.mark):  # they claim no room while empty
            outside.set_in_layout(False)
        return [self.raster, self.now, self.chosen, self.mark]

    def _draw_counts(self, axes: Axes) -> list[Artist]:
        axes.set(xlim=(0, STEPS), ylim=(0, 1.3 * UNITS), ylabel="dead units")
        axes.set_yticks(range(0, UNITS, 10))
        styles = (self.theme.orange, "-"), (self.theme.purple, "--")
        self.counts = [axes.plot([], [], c, color=k)[0] for k, c in styles]
        self.counters = axes.set_title("dead")
        for line, name in zip(self.counts, LAYERS, strict=True):
            line.set_label(name)
        axes.legend(loc="upper right", ncols=2, frameon=False, borderaxespad=0)
        return [*self.counts, self.counters]

    def _draw_histogram(self, axes: Axes) -> list[Artist]:
        axes.set(xlim=(-1, 1), ylim=(0, 1.5), xlabel="its pre-activation z", yticks=[])
        axes.axvline(0, color=self.theme.text, lw=1.5, ymax=0.67)
        self.histogram = axes
        looks = (self.theme.blue, "-"), (self.theme.orange, "--")
        self.steps_of = [
            axes.step([], [], where="mid", color=color, linestyle=line, lw=2)[0]
            for color, line in looks
        ]
        self.names = [
            axes.text(0.98, y, "", color=color, ha="right", transform=axes.transAxes)
            for y, (color, _) in zip((0.87, 0.74), looks, strict=True)
        ]
        self.fate = axes.set_title(" ")
        return [*self.steps_of, *self.names, self.fate]

    def update(self, data: Run, values: Values) -> None:
        """Show all moments so far."""
        self.raster.set_data(self._paint(data.moments))
        self.now.set_xdata([data.step, data.step])
        unit = number_unit(values)
        row = unit + GAP * (unit >= UNITS)
        self.chosen.set_data([0, STEPS, STEPS, 0, 0], [row, row, row + 1, row + 1, row])
        fate = find_fate(data, unit)
        self.mark.set_visible(fate.death is not None)
        self.mark.set_data([fate.death or 0], [row - 0.9])
        dead = np.array([moment.dead for moment in data.moments])
        layers = slice(UNITS), slice(UNITS, None)
        for line, layer in zip(self.counts, layers, strict=True):
            line.set_data(range(len(dead)), dead[:, layer].sum(axis=1))
        first, second = dead[-1, :UNITS].sum(), dead[-1, UNITS:].sum()
        self.counters.set_text(f"Dead now: {first} and {second} of {UNITS}")
        self._update_histogram(fate)

    def _paint(self, moments: list[Moment]) -> Floats:
        """Return the colors of the raster, (rows, steps + 1, 4)."""
        activity = np.array([moment.activity for moment in moments]).T
        dead = np.array([moment.dead for moment in moments]).T
        blue, orange = (_rgb(c) for c in (self.theme.blue, self.theme.orange))
        colors = np.zeros((2 * UNITS, STEPS + 1, 4))
        seen = colors[:, : len(moments)]
        seen[..., :3] = np.where(dead[..., None], orange, blue)
        seen[..., 3] = np.where(dead, 1, 0.06 + 0.94 * activity)
        blank = np.zeros((GAP, STEPS + 1, 4))
        return np.concatenate([colors[:UNITS], blank, colors[UNITS:]])

    def _update_histogram(self, fate: Fate) -> None:
        both = np.concatenate([fate.before, fate.after])
        reach = round_up(float(np.abs(both).max()))
        if self.histogram.get_xlim()[1] != reach:
            self.histogram.set_xlim(-reach, reach)
        edges = np.linspace(-reach, reach, BINS + 1)
        found = [np.histogram(z, edges)[0] for z in (fate.before, fate.after)]
        highest = max(counts.max() for counts in found)
        for line, counts in zip(self.steps_of, found, strict=True):
            line.set_data((edges[1:] + edges[:-1]) / 2, 0.95 * counts / highest)
        for text, name in zip(self.names, fate.names, strict=True):
            text.set_text(name)
        title = "It has not died so far" if fate.death is None else "The fatal update"
        self.fate.set_text(title)

    def describe(self, data: Run, values: Values) -> str:
        """Count the dead and tell the chosen unit's story."""
        moment: Moment = data.moment
        first, second = moment.dead[:UNITS].sum(), moment.dead[UNITS:].sum()
        story = tell_fate(data, number_unit(values))
        return (
            f"After {data.step} updates, {first} of {UNITS} units are dead in the "
            f"first hidden layer and {second} in the second; the network gets "
            f"{moment.accuracy:.0%} right. Unit {values['unit']} of the "
            f"{values['layer']} layer {story}."
        )


def _rgb(color: str) -> tuple[float, ...]:
    return tuple(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))


def _panels(figure: Figure) -> tuple[Axes, Axes, Axes]:
    """Return a tall panel with two beside it, or three stacked on a phone."""
    if figure.get_figwidth() * CSS_DPI < NARROW_BELOW:
        grid = figure.add_gridspec(3, 1, height_ratios=(1.6, 0.8, 1))
        places = [grid[0], grid[1], grid[2]]
    else:
        grid = figure.add_gridspec(2, 2, width_ratios=(1.35, 1))
        places = [grid[:, 0], grid[0, 1], grid[1, 1]]
    raster, counts, histogram = (figure.add_subplot(place) for place in places)
    return raster, counts, histogram
