"""A training run shows any step, a slice of time per picture, and leaves nothing."""

import gc
import threading
import time
from typing import ClassVar

import numpy as np
import pytest
from matplotlib.figure import Figure

from rectified.widgets import Slider, TrainingRun, View, panels
from rectified.widgets.kernel import PATIENCE, KernelHost

FAST = View(scale=1)
NAP = 0.004  # s; one training step


class Descent(TrainingRun):
    """Where does the ball roll?"""

    steps = 60
    start_step = 0
    frames: ClassVar = {"step": 7}
    controls: ClassVar = {
        "learning_rate": Slider(0.05, 2, 0.05, start=0.1, label="learning rate"),
        "nap": Slider(0, 1, 1, start=0, label="slow"),
        "stops": Slider(0, 60, 1, start=60, label="stops at"),
    }

    def train(self, values):
        x = 1.0
        for _ in range(values["stops"] + 1):
            yield {"x": x}
            if values["nap"]:
                time.sleep(NAP)
            x -= values["learning_rate"] * 2 * x * (abs(x) + 1)

    def draw(self, figure):
        (axes,) = panels(figure, 1)
        axes.set(xlim=(0, 60), ylim=(-2, 2))
        self.line = axes.plot([], [], label="the path")[0]
        return [self.line]

    def update(self, data, values):
        self.line.set_data(range(data.step + 1), [m["x"] for m in data.moments])

    def describe(self, data, values):
        return f"After {data.step} steps the ball is at {data.moment['x']:.6g}."


def at(figure, **values):
    return figure.show(figure.values | values, FAST)


def test_the_step_is_the_last_control_and_can_be_played():
    *_, (name, control) = Descent.controls.items()
    assert name == "step"
    assert (control.low, control.high, control.start) == (0, 60, 0)
    assert control.play


def test_any_step_is_shown_in_any_order():
    figure = Descent()
    forward = [at(figure, step=s).finding for s in (0, 7, 30)]
    assert [at(figure, step=s).finding for s in (30, 7, 0)] == forward[::-1]
    assert len(set(forward)) == 3
    assert at(Descent(), step=30).finding == forward[2]


def test_a_step_is_what_the_training_yields_after_so_many_updates():
    moments = [m["x"] for m in Descent().train(Descent().values)]
    assert f"at {moments[25]:.6g}" in at(Descent(), step=25).finding


def test_steps_that_are_known_are_not_trained_again(monkeypatch):
    runs, real = [], Descent.train

    def train(self, values):
        runs.append(values)
        return real(self, values)

    monkeypatch.setattr(Descent, "train", train)
    figure = Descent()
    for step in (10, 40, 20):
        at(figure, step=step)
    at(figure, step=20, learning_rate=0.2)
    at(figure, step=20)
    assert [run["learning_rate"] for run in runs] == [0.1, 0.2]
    assert "step" not in runs[0]


def test_without_patience_it_shows_how_far_it_got_and_goes_on_from_there():
    figure = Descent(nap=1, step=60)
    reached = []
    for _ in range(60):
        shown = figure.show(figure.values, FAST, patience=PATIENCE)
        assert shown.values["step"] == 60
        if shown.reached is None:
            break
        reached.append(shown.reached)
        assert f"After {shown.reached} steps" in shown.finding
    assert len(reached) > 3
    assert reached == sorted(set(reached))
    assert "After 60 steps" in shown.finding
    assert shown.finding == at(Descent(), step=60).finding


def test_one_moment_at_least_is_made_for_each_picture():
    figure = Descent(nap=1, step=60)
    reached = [figure.show(figure.values, FAST, patience=0).reached for _ in range(3)]
    assert reached == [0, 1, 2]


def test_a_training_that_diverges_ends_with_a_sentence_at_its_last_finite_step():
    figure = Descent(learning_rate=2)
    with np.errstate(over="ignore"):
        shown = at(figure, step=60)
    reached = shown.values["step"]
    assert 2 < reached < 60
    assert f"At step {reached + 1} x is not finite" in shown.message
    assert f"After {reached} steps" in shown.finding
    assert shown.reached is None
    calm = at(figure, step=60, learning_rate=0.1)
    assert calm.message == ""
    assert calm.values["step"] == 60


def test_a_training_that_is_over_early_says_so():
    shown = at(Descent(stops=12), step=60)
    assert shown.values["step"] == 12
    assert "no step 13" in shown.message


def test_a_training_that_raises_is_a_sentence_and_the_next_look_starts_anew(
    monkeypatch,
):
    figure, real = Descent(), Descent.train

    def fail(self, values):
        yield {"x": 1.0}
        raise RuntimeError("no luck")

    monkeypatch.setattr(Descent, "train", fail)
    assert "no luck" in at(figure, step=5).message
    monkeypatch.setattr(Descent, "train", real)
    assert at(figure, step=5).message == ""


def test_only_a_few_trainings_are_kept():
    figure = Descent()
    for rate in Descent.controls["learning_rate"].choices()[:12]:
        at(figure, step=3, learning_rate=rate)
    assert len(figure._records) == 8


def test_nothing_is_left_of_fifty_figures_that_were_closed():
    def figures():
        gc.collect()
        return sum(issubclass(type(thing), Figure) for thing in gc.get_objects())

    threads, before = threading.active_count(), figures()
    for _ in range(50):
        figure = Descent(step=30)
        host = figure.widget
        sent = []
        host.send = lambda content, buffers=None, sent=sent: sent.append(content)
        request = {"kind": "show", "viewer": "v", "serial": 1, "values": figure.values}
        host._answer(host, request, [])
        assert sent[0]["kind"] == "shown"
        host._answer(host, {"kind": "closed", "viewer": "v"}, [])
    assert threading.active_count() == threads
    assert figures() <= before


def test_a_closed_figure_that_is_still_seen_elsewhere_stays_and_any_can_come_back():
    figure = Descent(step=30)
    host, sent = figure.widget, []
    host.send = lambda content, buffers=None: sent.append((content, buffers))
    for viewer in ("one", "two"):
        request = {"kind": "show", "viewer": viewer, "values": figure.values}
        host._answer(host, request, [])
    drawn = figure.renderer
    host._answer(host, {"kind": "closed", "viewer": "one"}, [])
    assert figure.renderer is drawn
    host._answer(host, {"kind": "closed", "viewer": "two"}, [])
    assert "renderer" not in vars(figure)
    host._answer(host, {"kind": "show", "viewer": "one", "values": figure.values}, [])
    assert sent[-1][0]["finding"] == sent[0][0]["finding"]
    assert sent[-1][1] == sent[0][1]


def test_the_kernel_passes_on_how_far_the_training_got():
    figure = Descent(nap=1, step=60)
    host, sent = KernelHost(figure), []
    host.send = lambda content, buffers=None: sent.append(content)
    host._answer(host, {"kind": "show", "viewer": "v", "values": figure.values}, [])
    assert 0 < sent[0]["reached"] < 60
    assert sent[0]["values"]["step"] == 60


def test_the_book_plays_the_recorded_training(tmp_path, monkeypatch):
    from rectified.widgets.book import moving_controls

    assert moving_controls(Descent()) == {"step": [0, 10, 20, 30, 40, 50, 60]}


def test_a_run_without_train_says_who_is_to_write_it():
    class Empty(TrainingRun):
        """Nothing?"""

        def draw(self, figure):
            return []

    assert "could not be drawn" in Empty().show({}, FAST).message


@pytest.mark.parametrize("step", [-1, 61, "x", None])
def test_a_step_outside_is_clamped_and_said(step):
    assert "training step" in at(Descent(), step=step).message
