"""Recurrent networks learn to remember one bit, live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from rectified._validate import FloatArray
from rectified.experiments.unbounded import (
    SOLVED,
    Flow,
    MemoryLearner,
    RecurrentNetworks,
    measure_flow,
    train_memory,
)
from rectified.widgets import Run, Select, Slider, TrainingRun, Values, panels

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

CELLS: Final = {
    "tanh": "tanh",
    "ReLU": "relu",
    "tanh, identity": "tanh_identity",
    "ReLU, identity": "relu_identity",
}
"""Labels of the networks, and the cells of the experiment."""

SEEDS: Final = (0, 1, 2)
SHOWN: Final = ("gradients", "states")


@dataclass
class Moment:
    """All cells after some updates.

    What flows through the networks is measured when it is first looked at: most
    moments are only passed on the way.

    Attributes
    ----------
    accuracy : ndarray, shape (n_cells, n_seeds)
        Share of the last batches that was right.
    networks : list of RecurrentNetworks
        Per cell, as they are at this moment.
    probes : ndarray, shape (n_seeds, points, length, features)
        Sequences to send through them.
    """

    accuracy: FloatArray
    networks: list[RecurrentNetworks]
    probes: FloatArray

    @cached_property
    def flows(self) -> list[Flow]:
        """Signals and gradients through time, per cell."""
        return [measure_flow(one, self.probes) for one in self.networks]

    @property
    def radius(self) -> FloatArray:
        """Spectral radii, shape (n_cells, n_seeds)."""
        return np.stack([flow.radius for flow in self.flows])

    @property
    def gradient(self) -> FloatArray:
        """log10 of the gradients, shape (n_cells, n_seeds, length + 1)."""
        # Far back, a gradient may be exactly 0.
        return np.log10(np.maximum([flow.gradient for flow in self.flows], 1e-30))

    @property
    def state(self) -> FloatArray:
        """log10 of the states, shape (n_cells, n_seeds, length + 1)."""
        # The state starts at exactly 0.
        return np.log10(np.maximum([flow.state for flow in self.flows], 1e-30))


class MemoryView(TrainingRun):
    """Which recurrent network remembers its first input?"""

    controls: ClassVar = {
        "length": Slider(10, 60, 10, start=30, label="steps to remember"),
        "gain": Slider(0.7, 1.3, 0.1, start=1, label="recurrent weights, times"),
        "shown": Select(SHOWN, label="on the right"),
    }
    steps = 200
    start_step = 0
    frames: ClassVar = {"step": 11}
    computed_by: ClassVar = (train_memory, MemoryLearner)
    size = (740, 370)
    narrow_size = (340, 680)

    def train(self, values: Values) -> Iterator[Moment]:
        """Train three networks of each kind on the same sequences."""
        learners = [
            MemoryLearner(cell, length=values["length"], scale=values["gain"])
            for cell in CELLS.values()
        ]
        accuracy = np.full((len(CELLS), len(SEEDS)), 0.5)
        for step in range(self.steps + 1):
            if step:
                batches = np.stack([one.update().accuracy for one in learners])
                # A batch has 32 sequences; the last ten batches tell more.
                accuracy = accuracy + (batches - accuracy) / min(step, 10)
            networks = [one.copy_networks() for one in learners]
            yield Moment(accuracy, networks, learners[0].probes)

    def draw(self, figure: Figure) -> Iterable[Artist]:
        """Create the race on the left and the flow through time on the right."""
        left, right = panels(figure, 2)
        left.set(xlim=(0, self.steps), ylim=(0.2, 1.03), xlabel="training step")
        left.set_title("Sequences right")
        left.axhline(0.5, color=self.theme.muted, linewidth=1, linestyle=(0, (8, 3)))
        right.set(xlim=(60, 0), ylim=(-12, 14), xlabel="steps before the end")
        right.set_yticks(range(-12, 14, 4), [_power(k) for k in range(-12, 14, 4)])
        right.axhline(0, color=self.theme.muted, linewidth=1)
        theme = self.theme
        colors = (theme.orange, theme.blue, theme.green, theme.purple)
        looks = list(zip(CELLS, colors, ("--", ":", "-.", "-"), strict=True))
        self.curves, self.flows = [], []
        for _, color, dash in looks:
            style = {"color": color, "linestyle": dash, "linewidth": 1.6}
            self.curves.append([left.plot([], [], **style)[0] for _ in SEEDS])
            self.flows.append([right.plot([], [], **style)[0] for _ in SEEDS])
        self.heading = right.set_title(" ")
        self.radii = [
            right.text(0, 0, " ", color=color, transform=right.transAxes, fontsize=9)
            for _, color, _ in looks
        ]
        left.legend([lines[0] for lines in self.curves], list(CELLS), loc="lower right")
        moving = [line for lines in self.curves + self.flows for line in lines]
        return [*moving, self.heading, *self.radii]

    def update(self, data: Run, values: Values) -> None:
        """Show the accuracy so far, and how signals flow through time now."""
        history = np.stack([moment.accuracy for moment in data.moments])
        gradient = values["shown"] == SHOWN[0]
        now = data.moment.gradient if gradient else data.moment.state
        # Before the first step, the state is 0, which has no place on a log axis.
        now = now if gradient else now[..., 1:]
        before = np.arange(now.shape[-1])[::-1]
        steps = np.arange(len(history))
        for cell, (curves, flows) in enumerate(
            zip(self.curves, self.flows, strict=True)
        ):
            for seed, (curve, flow) in enumerate(zip(curves, flows, strict=True)):
                curve.set_data(steps, history[:, cell, seed])
                flow.set_data(before, np.clip(now[cell, seed], -13, 10))
        kind = "Size of the gradient" if gradient else "Size of the hidden state"
        self.heading.set_text(kind)
        for row, name in enumerate(CELLS):
            low, high = np.sort(data.moment.radius[row])[[0, -1]]
            label = self.radii[row]
            label.set_text(f"{name}: spectral radius {low:.2f}\u2013{high:.2f}")
            # Where no line comes: gradients end at 1, states start near it.
            x, top, side = (0.99, 0.94, "right") if gradient else (0.02, 0.26, "left")
            label.set_position((x, top - 0.075 * row))
            label.set_horizontalalignment(side)

    def describe(self, data: Run, values: Values) -> str:
        """Say who remembers, and how much gradient reaches the first step."""
        now = data.moment
        solved = (now.accuracy >= SOLVED).sum(axis=1)
        reaches = np.median(now.gradient[..., 0], axis=1)
        parts = [
            f"{name} {count} of {len(SEEDS)} networks (gradient at the first step: "
            f"{_size(exponent)}, spectral radius {np.median(radius):.2f})"
            for name, count, exponent, radius in zip(
                CELLS, solved, reaches, now.radius, strict=True
            )
        ]
        return (
            f"Sequences of {values['length']} steps, recurrent weights times "
            f"{values['gain']}, after {data.step} updates. The first bit is "
            f"remembered by: {'; '.join(parts)}. The gradient is relative to the last "
            "step's; medians of three networks."
        )


_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _power(exponent: int) -> str:
    return "1" if exponent == 0 else "10" + str(exponent).translate(_RAISED)


def _size(exponent: float) -> str:
    if exponent < -29:
        return "0"
    if -2 < exponent < 4:
        return f"{10**exponent:.0f}" if exponent >= 1 else f"{10**exponent:.2g}"
    mantissa, whole = f"{10**exponent:.1e}".split("e")
    return f"{mantissa}·{_power(int(whole))}"
