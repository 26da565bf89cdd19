"""What the figures of lesson 07 say is what theory and other runs say."""

import re

import numpy as np
import pytest

from rectified import MemoryView, tied_signs
from rectified.experiments import unbounded as experiment
from rectified.experiments.unbounded import memory_learner
from rectified.explorables.unbounded import memory, training
from rectified.widgets import View

FAST = View(scale=1)


@pytest.fixture(scope="module")
def view():
    return MemoryView()


def test_the_memory_view_trains_what_the_experiment_trains(view):
    run = view.compute(view.values | {"length": 10, "step": 40})
    assert len(run.moments) == 41
    for row, cell in enumerate(memory.CELLS.values()):
        learner = experiment.MemoryLearner(cell, length=10)
        for _ in range(40):
            learner.update()
        flow = learner.measure_flow()
        np.testing.assert_array_equal(run.moment.radius[row], flow.radius)
        np.testing.assert_allclose(10 ** run.moment.gradient[row], flow.gradient)


def test_a_moment_is_not_changed_by_later_training(view):
    first = view.compute(view.values | {"length": 10, "step": 0}).moment
    before = first.accuracy.copy(), first.radius.copy()
    view.compute(view.values | {"length": 10, "step": 20})
    np.testing.assert_array_equal(first.accuracy, before[0])
    np.testing.assert_array_equal(first.radius, before[1])
    assert (first.accuracy == 0.5).all()  # before the first batch, a guess


def test_the_memory_view_counts_networks_that_remember(view):
    values = view.values | {"length": 10, "step": 200}
    finding = view.show(values, FAST).finding
    counts = list(map(int, re.findall(r"(\d) of 3 networks", finding)))
    run = view.compute(values)
    solved = (run.moment.accuracy >= experiment.SOLVED).sum(axis=1)
    assert counts == solved.tolist()
    assert counts[3] == 3  # ten steps are no problem for ReLU from the identity


def test_the_running_accuracy_is_a_mean_of_batches(monkeypatch, view):
    """With constant batches, it is that constant from the first update on."""
    share = np.full(3, 0.75)
    update = memory_learner.Update(share, share)
    monkeypatch.setattr(experiment.MemoryLearner, "update", lambda _: update)
    fresh = MemoryView(length=10, step=12)
    run = fresh.compute(fresh.values)
    assert all((m.accuracy == 0.75).all() for m in run.moments[1:])


@pytest.mark.parametrize("values", [{"length": 60, "gain": 1.3}, {"gain": 0.7}])
def test_the_most_extreme_memory_runs_stay_finite_to_their_end(view, values):
    shown = view.show(view.values | values | {"step": view.steps}, FAST)
    assert shown.message == ""
    assert shown.values["step"] == view.steps


@pytest.mark.parametrize(
    ("exponent", "text"),
    [
        (-30, "0"),
        (-12.3, "5.0·10⁻¹³"),
        (-7.001, "1.0·10⁻⁷"),
        (-1, "0.1"),
        (0, "1"),
        (2.76, "575"),
        (5.5, "3.2·10⁵"),
    ],
)
def test_sizes_are_written_short(exponent, text):
    assert memory._size(exponent) == text


def test_the_table_of_tied_signs_holds_the_theory_and_its_exceptions():
    rows = {first: cells for first, *cells in tied_signs().rows}
    for name in ("ReLU", "sigmoid"):
        assert rows[name][0] == "100% ± 0%"
    for name in ("tanh", "ELU", "GELU"):
        assert rows[name][0].startswith("0%")
    found = experiment.measure_sign_ties(("relu",), (64,), range(10))
    assert rows["ReLU"][-1].startswith(f"{found.tied.mean():.0%}")


# --- what the lesson says about the race ----------------------------------------


@pytest.fixture(scope="module")
def race():
    found = experiment.measure_convergence(
        (2, 4), range(6), rates=training.RACE_RATES, max_steps=120
    )
    return dict(zip(found.depths, found.races, strict=True))


def test_one_rate_can_be_chosen_for_either_side(race):
    low, high = 0.108, 2.32
    assert np.isinf(race[2].unfair("sigmoid", low)).all()
    assert np.isfinite(race[2].unfair("relu", low)).all()
    assert np.isinf(race[2].unfair("relu", high)).all()
    assert np.isfinite(race[2].unfair("sigmoid", high)).mean() > 0.5


def test_each_at_its_best_tanh_leads_and_larger_weights_help_sigmoid(race):
    for depth in (2, 4):
        steps = {
            name: np.minimum(race[depth].fair(name), 120).mean()
            for name in race[depth].runners
        }
        assert steps["tanh"] < steps["relu"] < steps["sigmoid"]
        if depth == 2:
            gap = steps["sigmoid"] - steps["relu"]
            assert steps["sigmoid_gain_4"] - steps["relu"] < gap / 2
    assert np.isinf(race[4].fair("sigmoid")).all()
