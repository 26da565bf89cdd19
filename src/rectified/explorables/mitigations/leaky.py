"""What a slope below zero mends: networks with low biases, learning live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rectified.experiments.mitigations import LeakyMoment, watch_leaky
from rectified.explorables.mitigations.tracks import Track
from rectified.widgets import (
    LogSlider,
    Run,
    Slider,
    Toggle,
    TrainingRun,
    Values,
    panels,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SLOPE: Final = LogSlider(0.001, 1, 2, start=0.01, label="slope below zero")
SLOPES: Final = tuple(_SLOPE.choices())
SEEDS: Final = range(3)
STEPS: Final = 400
AHEAD: Final = 60  # updates that are trained at a time, in about 60 ms
LAYERS: Final = ("first", "second")
RELU_AT: Final = 3e-4  # where the logarithmic axis shows the slope 0
STEEPEST: Final = 2.0  # beyond this a learned slope runs along the edge


@dataclass(frozen=True)
class Moment:
    """Networks with ReLU, and with all slopes of the slider."""

    relu: LeakyMoment
    leaky: LeakyMoment


class LeakyView(TrainingRun):
    """What does a slope below zero mend, and what not?"""

    controls: ClassVar = {
        "slope": _SLOPE,
        "learned": Toggle("learn the slope (PReLU)"),
        "bias": Slider(-4, 0, 0.5, start=-3, label="initial bias"),
        "rate": LogSlider(0.01, 10, 2, start=0.1, label="learning rate"),
    }
    steps: ClassVar = STEPS
    computed_by: ClassVar = (watch_leaky,)
    frames: ClassVar = {"step": 9, "learned": None}
    size = (740, 380)
    narrow_size = (340, 900)

    def train(self, values: Values) -> Iterator[Moment]:
        """Train networks with ReLU and with every slope, from the same weights."""
        yield from _find_track(values["bias"], values["rate"], values["learned"])

    def draw(self, figure: Figure) -> Iterable[Artist]:
        """Create the accuracies over time, the sweep over slopes, and the slopes."""
        over_time, sweep, slopes = panels(figure, 3)
        return [
            *self._draw_accuracy(over_time),
            *self._draw_sweep(sweep),
            *self._draw_slopes(slopes),
        ]

    def _draw_accuracy(self, axes: Axes) -> list[Artist]:
        _set_shares(axes)
        axes.set(xlim=(0, STEPS), xlabel="updates", title="Points right")
        looks = (self.theme.gray, "--", "ReLU"), (self.theme.blue, "-", "this slope")
        self.accuracies = [
            axes.plot([], [], line, color=color, label=name)[0]
            for color, line, name in looks
        ]
        fill = self.theme.blue_fill
        self.band = axes.fill_between([], [], [], color=fill, linewidth=0)
        axes.legend(loc="upper left", frameon=False)
        return [self.band, *self.accuracies]

    def _draw_sweep(self, axes: Axes) -> list[Artist]:
        _set_shares(axes)
        axes.set(xscale="log", xlim=(1.8e-4, 1.8), title="Every slope, now")
        axes.set_xlabel("slope below zero, at the start")
        axes.minorticks_off()
        axes.set_xticks([RELU_AT, 0.001, 0.01, 0.1, 1], ["0", ".001", ".01", ".1", "1"])
        looks = (
            (self.theme.blue, "o-", "points right"),
            (self.theme.orange, "s--", "risen units, layer 1"),
            (self.theme.green, "^-.", "risen units, layer 2"),
        )
        self.sweeps = [
            axes.plot([], [], look, color=color, label=name, ms=5, lw=1.6)[0]
            for color, look, name in looks
        ]
        self.chosen = axes.axvline(0.01, 0, 0.63, color=self.theme.muted, ls=":", lw=1)
        axes.legend(loc="upper left", frameon=False)
        return [self.chosen, *self.sweeps]

    def _draw_slopes(self, axes: Axes) -> list[Artist]:
        limit = 1.1 * STEEPEST
        axes.set(xlim=(0, STEPS), ylim=(-limit, limit), xlabel="updates")
        axes.axhline(0, color=self.theme.muted, lw=1)
        looks = (self.theme.orange, "--"), (self.theme.green, "-.")
        self.slopes = [
            [axes.plot([], [], line, color=color, lw=1.6)[0] for _ in SEEDS]
            for color, line in looks
        ]
        for layer, lines in enumerate(self.slopes, start=1):
            lines[0].set_label(f"layer {layer}, each network")
        self.slope_title = axes.set_title("Its slopes: fixed")
        axes.legend(loc="lower left", frameon=False)
        return [*self.slopes[0], *self.slopes[1], self.slope_title]

    def update(self, data: Run, values: Values) -> None:
        """Show all moments so far, and the sweep as it is now."""
        row, steps = SLOPES.index(values["slope"]), np.arange(len(data.moments))
        relu = np.array([moment.relu.accuracy[0] for moment in data.moments])
        leaky = np.array([moment.leaky.accuracy[row] for moment in data.moments])
        for line, accuracy in zip(self.accuracies, (relu, leaky), strict=True):
            line.set_data(steps, accuracy.mean(axis=1))
        self.band.set_data(steps, leaky.min(axis=1), leaky.max(axis=1))
        now = data.moment
        for line, of_relu, of_leaky in (
            (self.sweeps[0], now.relu.accuracy, now.leaky.accuracy),
            *(
                (self.sweeps[layer + 1], now.relu.risen[:, layer], risen)
                for layer, risen in enumerate(now.leaky.risen.swapaxes(0, 1))
            ),
        ):
            shares = [of_relu.mean(), *of_leaky.mean(axis=1)]
            line.set_data([RELU_AT, *SLOPES], shares)
        self.chosen.set_xdata([values["slope"]] * 2)
        how = "learned" if values["learned"] else "fixed"
        self.slope_title.set_text(f"Its slopes: {how}")
        learned = np.array([moment.leaky.slopes[row] for moment in data.moments])
        held = np.clip(learned, -STEEPEST, STEEPEST)
        for layer, lines in enumerate(self.slopes):
            for seed, line in enumerate(lines):
                line.set_data(steps, held[:, layer, seed])

    def describe(self, data: Run, values: Values) -> str:
        """Compare with ReLU; say how many units have risen, and what was learned."""
        row, now = SLOPES.index(values["slope"]), data.moment
        start = data.moments[0].leaky.below[row].mean(axis=1)
        leaky, risen = now.leaky, now.leaky.risen[row].mean(axis=1)
        name = "PReLU from" if values["learned"] else "Slope"
        right, with_relu = _range(leaky.accuracy[row]), _range(now.relu.accuracy[0])
        words = (
            f"{name} {values['slope']:g}, bias {values['bias']:g}, learning rate "
            f"{values['rate']:g}, after {data.step} updates: {right} of the points "
            f"right, with ReLU {with_relu}."
        )
        lost = int((~leaky.finite[row]).sum())
        if lost:
            return f"{words} {lost} of {len(SEEDS)} networks diverged."
        shares = " and ".join(f"{share:.0%}" for share in start)
        words += (
            f" Before training, {shares} of the units in the two layers were below 0; "
            f"of those {risen[0]:.0%} and {risen[1]:.0%} have risen."
        )
        if values["learned"]:
            told = [f"{one.min():.2f} to {one.max():.2f}" for one in leaky.slopes[row]]
            words += f" Learned slopes: {told[0]} in layer 1, {told[1]} in layer 2."
        return words.replace("-", "−")


@lru_cache(maxsize=8)
def _find_track(bias: float, rate: float, learned: bool) -> Track[Moment]:
    return Track(_watch(bias, rate, learned), ahead=AHEAD)


def _watch(bias: float, rate: float, learned: bool) -> Iterator[Moment]:
    relu, leaky = (
        watch_leaky(
            slopes, SEEDS, bias=bias, learning_rate=rate, learned=learns, steps=STEPS
        )
        for slopes, learns in (((0.0,), False), (SLOPES, learned))
    )
    for pair in zip(relu, leaky, strict=True):
        yield Moment(*pair)


def _set_shares(axes: Axes) -> None:
    """Shares from 0 to 1, with room for a legend above them."""
    axes.set_ylim(-0.03, 1.62)
    axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])


def _range(shares: NDArray[np.floating]) -> str:
    low, high = f"{shares.min():.0%}", f"{shares.max():.0%}"
    return low if low == high else f"{low} to {high}"
