"""Nobody waits: neither for a figure nor for a setting that is new."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rectified.widgets import Explorable
from tests.explorables.test_every_explorable import EXPLORABLES, KERNEL_DRAWN

ROOT = Path(__file__).resolve().parents[2]
MEASURED = [f for f in EXPLORABLES if f.measurements is not Explorable.measurements]

# A fresh process knows no setting yet. Processor time, which a busy machine changes
# less; the picture's way to the screen comes on top (see benchmarks/latency.py).
TIME_SETTINGS = """
import io, json, statistics, sys, time
import rectified
from matplotlib.figure import Figure
from rectified.widgets import View
from rectified.widgets.kernel import PATIENCE
from tests.explorables.test_every_explorable import extremes, settable
figure = getattr(rectified, sys.argv[1])()
figure.show(figure.values, View(), patience=PATIENCE)
times = {}
for name, control in settable(type(figure)).items():
    for value in extremes(control):
        start = time.process_time()
        figure.show(figure.values | {name: value}, View(), patience=PATIENCE)
        times[f"{name}={value}"] = time.process_time() - start
plain = []
for _ in range(5):
    start = time.process_time()
    anew = Figure(figsize=(7.2, 3.4), dpi=200)
    for axes in anew.subplots(1, 2):
        axes.plot(range(200), label="line")
        axes.legend()
    anew.savefig(io.BytesIO())
    plain.append(time.process_time() - start)
print(json.dumps([times, statistics.median(plain)]))
"""
TIME_MEASUREMENTS = """
import json, statistics, sys, time
import numpy as np
import rectified
figure = getattr(rectified, sys.argv[1])()
start = time.process_time()
measured = json.dumps(figure.spec()["constants"])
seconds = time.process_time() - start
passes = []
inputs, weights = np.random.default_rng(0).standard_normal((2, 64, 64))
for _ in range(5):
    start = time.process_time()
    for _ in range(2000):
        np.maximum(inputs @ weights, 0).sum(axis=1)
    passes.append(time.process_time() - start)
print(json.dumps([seconds, statistics.median(passes), len(measured)]))
"""
# Times as long as a plain figure of matplotlib takes to be drawn anew, in the same run:
# machines differ. `interact` does that for each step, and its way to the page comes on
# top of it as well.
LONGEST_STEP = 3
TRIES = 3
# Times as long as 2000 passes of 64 inputs through 64 units, which is 0.045 s where a
# figure that takes this long has taken 6 s. The slowest one takes 90 times as long.
LONGEST_START = 150
LARGEST = 300_000  # bytes of numbers, half of what a figure may weigh in the book


def run(program, figure):
    """Run a program about one figure in a process of its own; return its answer."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": path}
    command = [sys.executable, "-c", program, figure.__name__]
    answer = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env=environment
    )
    return json.loads(answer.stdout)


@pytest.mark.parametrize("figure", KERNEL_DRAWN, ids=lambda f: f.__name__)
def test_a_setting_that_is_seen_for_the_first_time_is_there_at_once(figure):
    # A process can only time a first look once, and anything may disturb it then.
    least: dict[str, float] = {}
    for _ in range(TRIES):
        times, plain = run(TIME_SETTINGS, figure)
        for name, time in times.items():
            least[name] = min(time / plain, least.get(name, time / plain))
        slow = {name: ratio for name, ratio in least.items() if ratio > LONGEST_STEP}
        if not slow:
            break
    assert slow == {}


@pytest.mark.parametrize("figure", MEASURED, ids=lambda f: f.__name__)
def test_what_a_figure_measures_first_is_quick_and_small(figure):
    seconds, passes, size = run(TIME_MEASUREMENTS, figure)
    assert seconds < LONGEST_START * passes
    assert size < LARGEST
