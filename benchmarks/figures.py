"""One figure, drawn in three ways: the subjects of the latency benchmark.

An activation and its derivative, 400 points a line, with a moving point and its
tangent, 700 x 350 CSS pixels.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rectified.widgets import Explorable, Slider, panels

GRID = np.linspace(-3, 3, 400)
SLIDER = Slider(-3, 3, 0.1, start=0, label="input x")


def derivative(x):
    """Return the derivative of tanh."""
    return 1 - np.tanh(x) ** 2


class KernelDrawn(Explorable):
    """The kernel draws the moving artists and sends one picture"""

    controls: ClassVar = {"x": SLIDER}
    size = (700, 350)

    def draw(self, figure):
        """Create both panels."""
        left, right = panels(figure, 2)
        left.plot(GRID, np.tanh(GRID))
        right.plot(GRID, derivative(GRID))
        left.set(title="activation", xlabel="x", ylim=(-1.6, 1.6))
        right.set(title="derivative", xlabel="x")
        self.point = left.plot([], [], "o")[0]
        self.tangent = left.plot([], [], "--")[0]
        self.slope = right.plot([], [], "o")[0]
        return [self.tangent, self.point, self.slope]

    def update(self, data, values):
        """Move point, tangent and slope."""
        x, y, slope = values["x"], np.tanh(values["x"]), derivative(values["x"])
        self.point.set_data([x], [y])
        self.tangent.set_data([x - 1, x + 1], [y - slope, y + slope])
        self.slope.set_data([x], [slope])

    def describe(self, data, values):
        """Say the slope."""
        return f"The slope at {values['x']:.1f} is {derivative(values['x']):.3f}."


class FrontEndDrawn(Explorable):
    """The front end computes and draws"""

    script = "tangent.js"
    controls: ClassVar = {"x": SLIDER}
    size = (700, 350)


def draw_anew(x=0.0):
    """Draw the figure as a notebook does with `interact`: everything, each time."""
    import matplotlib.pyplot as plt

    _, (left, right) = plt.subplots(1, 2, figsize=(7, 3.5))
    y, slope = np.tanh(x), derivative(x)
    left.plot(GRID, np.tanh(GRID))
    left.plot([x - 1, x + 1], [y - slope, y + slope], "--")
    left.plot([x], [y], "o")
    right.plot(GRID, derivative(GRID))
    right.plot([x], [slope], "o")
    left.set(title="activation", xlabel="x", ylim=(-1.6, 1.6))
    right.set(title="derivative", xlabel="x")
    plt.show()


def make_interact():
    """Return the figure under `ipywidgets.interact`."""
    import ipywidgets

    slider = ipywidgets.FloatSlider(0, min=-3, max=3, step=0.1, description="x")
    return ipywidgets.interactive(draw_anew, x=slider)


def make_round_trip():
    """Return a slider whose label the kernel sets: no drawing at all."""
    import ipywidgets

    slider = ipywidgets.FloatSlider(0, min=-3, max=3, step=0.1, description="x")
    label = ipywidgets.Label("0")
    slider.observe(lambda change: setattr(label, "value", f"{change.new:.1f}"), "value")
    return ipywidgets.VBox([slider, label])
