"""The scripts of lesson 05 agree with its experiments."""

import itertools

import numpy as np
import pytest

from rectified import (
    CausesView,
    DeadOrQuietView,
    DeathCostView,
    PhaseDiagramView,
    RevivalView,
)
from rectified.ensembles import forward
from rectified.experiments import dying as experiment
from rectified.explorables.dying.revival import ARMS, DEPTH, SEEDS, STEPS

pytestmark = pytest.mark.browser

DIGITS = 1e-3  # tables are sent with four significant digits


def choices(figure, *names):
    return itertools.product(*(figure.controls[name].choices() for name in names))


# --- dead or quiet --------------------------------------------------------------


def test_the_roll_call_agrees_with_an_exact_search(compute):
    settings = [
        {"rate": rate, "layer": layer, "batch": batch}
        for rate, layer in choices(DeadOrQuietView, "rate", "layer")
        for batch in (1, 4, 57, 200)
    ]
    answers = compute(DeadOrQuietView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        found = experiment.measure_quiet(
            setting["rate"], (4,), batch_size=setting["batch"], width=16
        )
        layer = DeadOrQuietView.constants["layers"].index(setting["layer"])
        codes = found.reaches[0].layers[layer]
        fires = np.array(answer["data"]["fires"])
        for column in range(4):  # batch, data, window, plane
            np.testing.assert_array_equal(fires[:, column], codes <= column)
        silent = [int((codes > column).sum()) for column in range(4)]
        assert answer["data"]["silent"] == silent
        assert f"{silent[1]} on the whole training set" in answer["finding"]


def test_more_points_never_silence_a_unit(compute):
    batches = DeadOrQuietView.controls["batch"].choices(200)
    answers = compute(DeadOrQuietView(), [{"batch": b} for b in batches])
    silent = np.array([answer["data"]["silent"] for answer in answers])
    assert (np.diff(silent, axis=0) <= 0).all()
    assert (np.diff(silent, axis=1) <= 0).all()
    assert silent[-1, 0] == silent[-1, 1]  # the batch is the training set


def test_each_kind_of_silence_is_named(compute):
    settings = [
        {"layer": layer, "unit": unit}
        for layer, unit in choices(DeadOrQuietView, "layer", "unit")
    ]
    findings = [a["finding"] for a in compute(DeadOrQuietView(), settings)]
    for words in (
        "fires on the batch",
        "silent on the batch, but fires on other",
        "fires elsewhere in the square",
        "fires only outside it",
        "silent on every input there is",
    ):
        assert any(words in finding for finding in findings)
    first = [f for f in findings if "of the first hidden layer" in f]
    assert not any("every input there is" in finding for finding in first)


# --- causes ---------------------------------------------------------------------


@pytest.mark.parametrize("task", ["circles", "digits"])
def test_the_causes_are_those_of_the_experiment(compute, task):
    keys = {
        "learning rate": ("rate", "learning_rate", 1),
        "initial bias": ("bias", "bias", 1),
        "weight scale": ("gain", "gain", 2**0.5),
        "input scale": ("scale", "input_scale", 1),
        "input shift": ("shift", "input_shift", 1),
    }
    seeds = range(10 if task == "circles" else 3)
    for name, (control, cause, unit) in keys.items():
        doses = CausesView.controls[control].choices()
        settings = [{"task": task, "cause": name, control: dose} for dose in doses]
        answers = compute(CausesView(rate=0.1, cause=name), settings)
        found = experiment.measure_cause(
            cause, np.array(doses) * unit, seeds, task=task, learning_rate=0.1
        )
        for i, answer in enumerate(answers):
            data = answer["data"]
            assert data["key"] == control
            assert data["at"] == i
            shares = (found.start_dead_fraction, found.first_step_dead_fraction)
            for moment, share in enumerate((*shares, found.dead_fraction)):
                known = share[i][:, np.isfinite(share[i]).all(axis=0)]
                got = [layer[i] for layer in data["dead"][moment]]
                expected = 100 * known.mean(axis=1)
                np.testing.assert_allclose(got, expected, rtol=DIGITS, atol=1e-9)
            assert data["diverged"][i] == (~found.finite[i]).sum()


def test_only_one_cause_is_sick_at_a_time(compute):
    healthy = CausesView.constants["healthy"]
    start = CausesView()
    (moved,) = compute(start, [{"bias": -2}])
    assert moved["values"]["cause"] == "initial bias"
    assert moved["values"]["bias"] == -2
    others = set(healthy) - {"bias"}
    assert all(moved["values"][name] == healthy[name] for name in others)
    (chosen,) = compute(start, [{"cause": "input shift"}])
    assert chosen["values"]["shift"] > 0
    assert chosen["values"]["rate"] == healthy["rate"]


# --- phase diagram --------------------------------------------------------------


@pytest.mark.parametrize("optimizer", PhaseDiagramView.controls["optimizer"].choices())
def test_cells_and_lives_are_those_of_the_experiment(compute, optimizer):
    rates, biases, moments = (
        PhaseDiagramView.controls[name].choices() for name in ("rate", "bias", "step")
    )
    key = {"gradient descent": "sgd", "Adam": "adam"}[optimizer]
    found = experiment.follow_phase_diagram(moments, rates, biases, optimizer=key)
    cells = [(0, 0), (14, 16), (21, 20), (8, 10), (21, 0)]
    settings = [
        {
            "rate": rates[row],
            "bias": biases[column],
            "step": 100,
            "optimizer": optimizer,
        }
        for row, column in cells
    ]
    for (row, column), answer in zip(
        cells, compute(PhaseDiagramView(), settings), strict=True
    ):
        data = answer["data"]
        assert (data["row"], data["column"]) == (row, column)
        dead = 100 * found.dead_fraction.mean(axis=1)
        # Percentages are sent as whole numbers.
        life = np.array(data["lives"]["dead"], dtype=float)
        np.testing.assert_allclose(life, dead[:, row, column], atol=0.5)
        accuracy = np.array(data["accuracy"], dtype=float)
        np.testing.assert_allclose(accuracy, 100 * found.accuracy[10], atol=0.501)
        share = 100 * (dead[10] > 50).mean()
        # A share of exactly half may fall on either side once it is a whole number.
        assert data["desert"] == pytest.approx(share, abs=1)


# --- revival --------------------------------------------------------------------


def test_counts_of_revival_are_those_of_the_experiment(compute):
    trainings = {
        "mini-batches": ("sgd", 2.0),
        "momentum": ("momentum", 0.3),
        "bias −3": ("low_bias", 0.1),
    }
    for training, (arm, rate) in trainings.items():
        steps = (0, 5, 150, 300)
        answers = compute(
            RevivalView(), [{"training": training, "step": s} for s in steps]
        )
        found = experiment.measure_revival(arm, range(10), depth=3, learning_rate=rate)
        assert found.finite.all()  # a network that diverged would seem to come to life
        for step, answer in zip(steps, answers, strict=True):
            for counts, now in zip(
                (found.ever_dead_by, found.dead_at, found.revived_by),
                answer["data"]["now"],
                strict=True,
            ):
                assert now == counts[step].sum(axis=1).tolist()


def test_no_network_of_the_figure_diverges():
    for arm in ARMS.values():
        found = experiment.measure_revival(
            arm.key, SEEDS, steps=STEPS, depth=DEPTH, learning_rate=arm.learning_rate
        )
        assert found.finite.all()


# --- cost -----------------------------------------------------------------------


def test_costs_are_those_of_the_experiment(compute):
    shares = DeathCostView.controls["share"].choices()
    settings = [
        {"share": share, "width": width}
        for share, width in choices(DeathCostView, "share", "width")
    ]
    found = experiment.measure_cost(np.array(shares) / 100, (4, 8, 16, 32), range(10))
    for setting, answer in zip(
        settings, compute(DeathCostView(), [dict(s) for s in settings]), strict=True
    ):
        at = found.widths.index(int(setting["width"])), shares.index(setting["share"])
        data = answer["data"]
        assert data["living"] == found.living[at]
        mean = 100 * found.fresh_accuracy[at].mean()
        assert data["accuracy"] == pytest.approx(mean, rel=DIGITS)
        median = np.median(found.steps[at])
        assert data["steps"] == (median if np.isfinite(median) else None)
        assert data["reached"] == np.isfinite(found.steps[at]).sum()


def test_the_living_part_of_a_network_answers_like_all_of_it():
    measured = DeathCostView().measurements()
    shares = np.array(DeathCostView.controls["share"].choices()) / 100
    found = experiment.measure_cost(shares, (4, 8, 16, 32), range(10))
    points = np.array(measured["points"])
    for row, networks in enumerate(found.networks):
        for column in range(shares.size):
            h = points
            *hidden, last = measured["examples"][row][column]
            for layer in hidden:
                shape = h.shape[1], len(layer["bias"])
                weight = np.array(layer["weight"]).reshape(shape)
                h = np.maximum(h @ weight + np.array(layer["bias"]), 0)
            answer = h @ np.array(last["weight"]).reshape(-1, 1) + last["bias"]
            whole = forward(networks, points)[column * 10]
            np.testing.assert_allclose(answer, whole, atol=0.02)  # four digits
