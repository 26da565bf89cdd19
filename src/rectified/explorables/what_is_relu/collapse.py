"""The same stack of layers without and with ReLU between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from rectified.datasets import TASKS, WINDOW, Task
from rectified.ensembles import forward
from rectified.experiments import what_is_relu as experiment
from rectified.widgets import Explorable, Select, Slider, Values, panels

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

LAST_STEP = max(experiment.SNAPSHOTS)
_ARMS = {"linear": "identity", "ReLU": "relu"}


@dataclass(frozen=True)
class Arm:
    """One stack at one moment of its training."""

    logits: NDArray[np.float64]
    accuracy: float
    difference: float


class CollapseView(Explorable):
    """What do more layers buy, without and with ReLU between them?"""

    controls: ClassVar = {
        "task": Select(tuple(TASKS), label="task"),
        "hidden_layers": Slider(1, 4, 1, start=2, label="hidden layers"),
        "step": Slider(0, LAST_STEP, 10, start=LAST_STEP, label="training steps"),
    }
    computed_by: ClassVar = (experiment.train_stack, experiment.collapse)
    frames: ClassVar = {"task": None, "hidden_layers": None}
    size = (720, 400)
    narrow_size = (340, 740)

    def compute(self, values: Values) -> dict[str, Arm]:
        """Return both arms, trained on the same points from the same weights."""
        setting = values["task"], values["hidden_layers"], values["step"]
        return {name: _arm(name, *setting) for name in _ARMS}

    def draw(self, figure: Figure) -> Iterable[Artist]:
        """Create one decision map with training points for each arm."""
        from matplotlib.colors import ListedColormap

        colors = ListedColormap([self.theme.orange_fill, self.theme.blue_fill])
        side = (-WINDOW, WINDOW)
        self.maps, self.points, self.titles = [], [], []
        for axes in panels(figure, 2):
            axes.set(xlim=side, ylim=side, aspect="equal", xlabel="first input")
            axes.set_ylabel("second input")
            axes.grid(visible=False)
            # The logits are interpolated first and colored after, so that the edge
            # between the classes is smooth at any resolution.
            image = axes.imshow(
                np.zeros((2, 2)), extent=side + side, origin="lower", cmap=colors,
                vmin=-1, vmax=1, interpolation="bilinear", interpolation_stage="data",
            )  # fmt: skip
            style = {"markersize": 4.5, "markeredgecolor": self.theme.surface}
            style |= {"markeredgewidth": 0.5, "linestyle": ""}
            zeros = axes.plot([], [], "^", color=self.theme.orange, **style)[0]
            ones = axes.plot([], [], "o", color=self.theme.blue, **style)[0]
            self.maps.append(image)
            self.points.append((zeros, ones))
            self.titles.append(axes.set_title("accuracy"))
        moving = [artist for pair in self.points for artist in pair]
        return [*self.maps, *moving, *self.titles]

    def update(self, data: dict[str, Arm], values: Values) -> None:
        """Show both arms' decisions and their accuracy on fresh points."""
        task = _run("ReLU", values["task"], values["hidden_layers"]).tasks[0]
        for index, (name, arm) in enumerate(data.items()):
            self.maps[index].set_data(arm.logits)
            for label, line in enumerate(self.points[index]):
                line.set_data(*task.points[task.labels == label].T)
            link = "ReLU between" if name == "ReLU" else "nothing between"
            self.titles[index].set_text(f"{link}: {arm.accuracy:.0%} of fresh points")

    def describe(self, data: dict[str, Arm], values: Values) -> str:
        """Compare the accuracies and say what the linear stack amounts to."""
        linear, relu = data["linear"], data["ReLU"]
        layers = values["hidden_layers"] + 1
        return (
            f"{values['task'].capitalize()}, {layers} layers, {values['step']} steps: "
            f"the stack without ReLU gets {linear.accuracy:.0%} of fresh points right, "
            f"the one with ReLU {relu.accuracy:.0%}. Multiplied out, the {layers} "
            f"linear layers are one: their outputs differ by {linear.difference:.0e}. "
            "The marks are training points; the ground is the stack's answer."
        )


@lru_cache(maxsize=64)
def _run(arm: str, task: str, hidden_layers: int) -> experiment.StackRun:
    return experiment.train_stack(
        task, hidden_layers=hidden_layers, activation=_ARMS[arm], steps=LAST_STEP
    )


@lru_cache(maxsize=256)
def _arm(arm: str, task: str, hidden_layers: int, step: int) -> Arm:
    run = _run(arm, task, hidden_layers)
    parameters = run.training.snapshots[step]
    _, logits = experiment.evaluate_grid(parameters, 81)
    difference = 0.0
    if arm == "linear":
        fresh: Task = run.fresh_tasks[0]
        weight, bias = experiment.collapse(parameters)
        one_layer = fresh.points @ weight[0] + bias[0]
        stack = forward(parameters, fresh.points)[0]
        difference = float(np.abs(one_layer - stack).max())
    # Only the sign decides the class; steep logits would blur the drawn edge.
    shown = np.clip(logits[0], -1, 1)
    return Arm(shown, float(run.fresh_accuracy[step][0]), difference)
