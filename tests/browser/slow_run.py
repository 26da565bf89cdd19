"""A training that takes a while, for the tests in a real browser."""

import gc
import threading
import time
from typing import ClassVar

import matplotlib.figure

from rectified.widgets import Slider, TrainingRun, panels

NAP = 0.005  # s per training step


class SlowRun(TrainingRun):
    """How far is it?"""

    steps = 600
    start_step = 0
    controls: ClassVar = {
        "rate": Slider(0.1, 1, 0.1, start=0.1, label="rate"),
        "breaks": Slider(0, 600, 10, start=600, label="breaks at"),
    }

    def train(self, values):
        for step in range(601):
            time.sleep(NAP)
            broken = step > values["breaks"]
            yield {"distance": float("inf") if broken else step * values["rate"]}

    def draw(self, figure):
        (axes,) = panels(figure, 1)
        axes.set(xlim=(0, 600), ylim=(0, 600))
        self.line = axes.plot([], [])[0]
        return [self.line]

    def update(self, data, values):
        path = [moment["distance"] for moment in data.moments]
        self.line.set_data(range(len(path)), path)

    def describe(self, data, values):
        distance = data.moment["distance"]
        return f"Step {data.step} at rate {values['rate']}: {distance:.1f} away."


def count_leftovers():
    """Return how many matplotlib figures and threads there are."""
    gc.collect()
    figures = [
        x for x in gc.get_objects() if issubclass(type(x), matplotlib.figure.Figure)
    ]
    return f"figures {len(figures)} threads {threading.active_count()}"
