"""The figures of lesson 03, and what its text says of them, over many seeds."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from rectified import ZeroCostView
from rectified.experiments import sparsity as experiment
from rectified.experiments import summarize
from rectified.explorables.sparsity import cost, label_noise, representation, training
from rectified.widgets import View

BLOCKS = (range(10), range(100, 110))
FAST = View(scale=1)


# --- is a zero free? ------------------------------------------------------------


def made_up(batch):
    """Return timings by formula: dense 1 ms, the others as many ms as they keep."""
    shares = np.array(cost.SHARES) / 100
    slope = {"csr": 4, "csr with conversion": 8, "gather": 0.5, "pruned": 1}
    milliseconds = np.array(
        [np.ones(len(shares)), *(slope[name] * (1 - shares) for name in slope)]
    )
    return experiment.CostMeasurement(
        methods=("dense", *slope),
        batch=batch,
        fan_in=cost.FAN_IN,
        fan_out=cost.FAN_OUT,
        sparsities=shares,
        # The second round was disturbed.
        seconds=np.stack([milliseconds, 3 * milliseconds], axis=2) / 1000,
        dense_bytes=1,
        csr_bytes=np.ones(len(shares), np.int64),
    )


@pytest.fixture
def clockwork(monkeypatch):
    """The figure with timings that are known."""
    timings = cost.Timings({b: made_up(b) for b in cost.BATCHES}, "12:00:00")
    monkeypatch.setattr(cost, "_measure", lambda serial: timings)
    return ZeroCostView()


def test_break_even_is_marked_where_a_method_takes_as_long_as_dense(clockwork):
    shown = clockwork.show({"sparsity": 50}, FAST)
    # 4 (1 - s) = 1 and 8 (1 - s) = 1, read off between measurements 4 % apart.
    assert "CSR, ready-made from 75%" in shown.finding
    converted = re.search(r"converted from (\d+)%", shown.finding)[1]
    assert int(converted) == pytest.approx(87.5, abs=1)
    assert "row gather everywhere here" in shown.finding
    marks = np.asarray(clockwork.even.get_xdata())
    np.testing.assert_allclose(marks, [75, 87.5], atol=1)


def test_the_finding_names_what_is_faster_here_and_leaves_out_cut_units(clockwork):
    few = clockwork.show({"sparsity": 50}, FAST).finding
    assert "Faster than dense: row gather." in few
    many = clockwork.show({"sparsity": 98}, FAST).finding
    assert "Faster than dense: CSR, ready-made, CSR, converted, row gather." in many
    assert "12:00:00" in many
    assert "one thread" in many


def test_lines_and_bars_show_the_shortest_round(clockwork):
    clockwork.show({"sparsity": 50, "batch": "16"}, FAST)
    widths = [bar.get_width() for bar in clockwork.bars]
    np.testing.assert_allclose(widths, [1, 2, 4, 0.25, 0.5])
    speed = np.asarray(clockwork.lines[0].get_ydata())
    np.testing.assert_allclose(speed, 1 / (4 * (1 - np.array(cost.SHARES) / 100)))


def test_nothing_faster_is_said_and_a_break_even_that_is_nowhere_too(monkeypatch):
    slow = {}
    for batch in cost.BATCHES:
        made = made_up(batch)
        seconds = np.ones_like(made.seconds)
        seconds[1:] = 2
        slow[batch] = replace(made, seconds=seconds)
    timings = cost.Timings(slow, "12:00:00")
    monkeypatch.setattr(cost, "_measure", lambda serial: timings)
    finding = ZeroCostView().show({}, FAST).finding
    assert "Nothing that skips single zeros is faster" in finding
    assert finding.count("nowhere") == 3


def test_measuring_again_measures_again_and_keeps_the_settings():
    figure = ZeroCostView(sparsity=90, batch="1")
    first = figure.show(figure.values, FAST)
    again = figure.show(figure.values, FAST, pressed="again")
    assert again.values == first.values
    assert again.finding != first.finding
    # Nobody pressed: the same measurement is shown.
    assert figure.show(figure.values, FAST).finding == again.finding


def test_a_book_says_that_its_times_are_a_recorded_run(clockwork, monkeypatch):
    monkeypatch.setattr(cost, "is_book_being_built", lambda: True)
    shown = clockwork.show({}, FAST)
    assert "Recorded when this page was made" in shown.finding
    assert "this machine" not in shown.finding
    assert "recorded run" in clockwork.stamp.get_text()


# --- what the text says ---------------------------------------------------------


@pytest.fixture(scope="module", params=BLOCKS, ids=["first", "others"])
def trained(request):
    arms = [
        experiment.Arm(*optimizer, penalty)
        for optimizer in training.OPTIMIZERS.values()
        for penalty in (0.0, 1e-2)
    ]
    return experiment.measure_training(request.param, arms=arms, every=200)


def gain(result, optimizer, penalty):
    row = result.arms.index(experiment.Arm(*training.OPTIMIZERS[optimizer], penalty))
    return result.zeros[row, -1] - result.zeros[row, 0]


def test_sgd_lowers_the_zeros_in_both_layers_and_slow_adam_lowers_them_more(trained):
    sgd = gain(trained, "SGD, rate 0.1", 0.0)
    adam = gain(trained, "Adam, rate 0.001", 0.0)
    assert (sgd < 0).all()
    assert (adam < sgd).all()


def test_fast_adam_keeps_about_as_many_zeros_but_some_of_its_units_are_dead(trained):
    change = gain(trained, "Adam, rate 0.01", 0.0)
    assert np.abs(change.mean(axis=1)).max() < 0.05
    row = trained.arms.index(experiment.Arm("adam", 1e-2))
    others = [trained.arms.index(experiment.Arm(*a)) for a in (("sgd", 0.1),)]
    dead = trained.dead[:, -1].mean(axis=1)
    assert (dead[row] > 0.02).all()
    assert (dead[row] > dead[others]).all()


def test_the_penalty_raises_the_zeros_with_every_optimizer(trained):
    for optimizer in training.OPTIMIZERS:
        assert (gain(trained, optimizer, 1e-2) > 0).all()


@pytest.mark.parametrize("seeds", BLOCKS, ids=["first", "others"])
def test_only_no_function_falls_behind_and_it_leads_before_training(seeds):
    found = experiment.measure_representation(seeds)
    linear, relu = found.of("identity"), found.of("relu")
    bent = [row for row in range(len(found.activations)) if row != linear]
    assert (found.probe[linear, 1] < found.probe[bent, 1]).all()
    assert (found.rank[linear, 1] < found.rank[bent, 1]).all()
    assert (found.rank[found.of("tanh"), 1] >= found.rank[bent, 1]).all()
    before = found.probe[:, 0]
    assert (before[linear] > before[bent]).all()
    # The same to within the spread: no interval leaves 0 out by a whole point.
    gap = summarize(found.probe[relu, 1] - found.probe[found.of("leaky_relu"), 1])
    assert -0.01 < gap.mean < 0.01
    assert gap.low < 0 < gap.high


def test_random_features_have_a_plateau_and_then_a_cliff():
    found = experiment.measure_random_features(range(10), biases=representation.BIASES)
    zeros, probe = found.zeros.mean(axis=1), found.probe
    plateau = probe[(zeros > 0.2) & (zeros < 0.8)]
    assert np.ptp(plateau.mean(axis=1)) < 0.05
    assert (probe[zeros > 0.99] < 0.5).all()


@pytest.fixture(scope="module", params=BLOCKS, ids=["first", "others"])
def noisy(request):
    names = label_noise.NAMES
    return {
        noise: experiment.measure_overfitting(
            request.param, names=names, label_noise=noise / 100, every=20, width=32
        )
        for noise in (0, 40)
    }


def means(run, comparison):
    return {name: run.compare(comparison, name).mean() for name in run.activations}


def test_the_ranking_depends_on_the_comparison(noisy):
    budget, fit, tuned = (means(noisy[40], how) for how in experiment.COMPARISONS)
    assert max(budget, key=budget.get) == "sigmoid"
    assert max(tuned, key=tuned.get) == "tanh"
    lead = budget["sigmoid"] - budget["relu"]
    assert max(fit.values()) - min(fit.values()) < min(0.04, lead / 2)
    for values in (budget, fit, tuned):
        assert max(values, key=values.get) != "relu"


def test_the_sigmoid_is_slow_and_every_tuned_function_stops_before_it_memorizes(noisy):
    run = noisy[40]
    fitted = {
        name: run.accuracy[row, run.rates.index(experiment.BUDGET_RATE), -1]
        for row, name in enumerate(run.activations)
    }
    assert (fitted["sigmoid"] < fitted["relu"] - 0.1).all()
    for row, name in enumerate(run.activations):
        rate = run.rate_row("each tuned", name)
        at = np.searchsorted(run.steps, run.stops("each tuned", name))
        stopped = run.accuracy[row, rate, at, np.arange(len(at))]
        # 64 % of the labels are right.
        assert stopped.mean() < 0.75


def test_relu_and_leaky_relu_do_the_same_in_every_comparison(noisy):
    for how in experiment.COMPARISONS:
        values = noisy[40].compare(how, "relu") - noisy[40].compare(how, "leaky_relu")
        assert abs(values.mean()) < 5 * values.std(ddof=1) / math.sqrt(len(values))
        assert abs(values.mean()) < 0.01


def test_without_noise_hardly_anything_separates_the_tuned_functions(noisy):
    tuned = means(noisy[0], "each tuned")
    assert max(tuned.values()) - min(tuned.values()) < 0.015


def test_a_figure_has_a_sentence_for_a_unit_that_only_new_images_switch_on():
    found = experiment.measure_silence(shifts=[-3.0])
    silent = found.on_train[0, 0, 0] == 0
    assert (found.on_test[0, 0, 0][silent] > 0).any()


def test_the_line_of_fast_adam_stops_falling_early_and_above_zero():
    found = experiment.measure_silence(shifts=[-1.5])
    first = found.first[2, 0, 1]
    at_128 = ((first == 0) | (first > experiment.N_SHOWN)).mean()
    assert (first == 0).mean() == at_128 > 0.1
