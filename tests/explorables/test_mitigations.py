"""What the figures and tables of lesson 06 say, and what its prose says of them."""

import re

import numpy as np
import pytest

import rectified as rc
from rectified.experiments import summarize
from rectified.experiments.mitigations import (
    CAUSES,
    PATIENTS,
    Race,
    run_race,
    treat,
)
from rectified.explorables.mitigations import leaky, race, tables
from rectified.explorables.mitigations.names import (
    PATIENT_NAMES,
    SHORT_PATIENT_NAMES,
    SHORT_TREATMENT_NAMES,
    TREATMENT_NAMES,
)
from rectified.explorables.mitigations.tracks import Track
from rectified.practice import course
from rectified.practice.mistakes import run_code
from rectified.widgets import View

FAST = View(scale=1)


# --- the ward -------------------------------------------------------------------


@pytest.fixture(scope="module")
def wards():
    names = ("none", *TREATMENT_NAMES)
    return {name: treat(name, names, range(10)).outcomes for name in PATIENTS}


def test_every_patient_and_every_shown_treatment_has_a_name():
    assert set(PATIENT_NAMES) == set(PATIENTS) == set(CAUSES)
    assert set(CAUSES.values()) < set(TREATMENT_NAMES)


def test_the_treatment_table_tells_each_outcome(wards):
    table = rc.treatment_table()
    assert len(table.rows) == 1 + len(TREATMENT_NAMES)
    for row, key in zip(table.rows, ("none", *TREATMENT_NAMES), strict=True):
        for cell, patient in zip(row[1:], PATIENT_NAMES, strict=True):
            outcome = wards[patient][key]
            right = outcome.accuracy
            lost = np.isnan(outcome.loss_curve[-1]).sum()
            if cell == "no change":
                own = {"he_init": "gain", "zero_bias": "bias"}[key]
                healthy = {"gain": 2**0.5, "bias": 0.0}[own]
                assert getattr(PATIENTS[patient], own) == healthy
            elif lost == 10:
                assert cell == "all diverged"
            else:
                found = re.fullmatch(r"(\d+)% ± (\d+)%, (\d+)/10", cell).groups()
                mean, sd, cured = map(int, found)
                assert mean == pytest.approx(100 * right.mean(), abs=0.51)
                assert sd == pytest.approx(100 * right.std(ddof=1), abs=0.51)
                assert cured == (right >= 0.9).sum()


def test_the_guide_names_every_treatment_that_cured_someone(wards):
    assert set(SHORT_PATIENT_NAMES) == set(PATIENT_NAMES)
    assert set(SHORT_TREATMENT_NAMES) == set(TREATMENT_NAMES)
    for row, patient in zip(rc.remedy_guide().rows, PATIENT_NAMES, strict=True):
        *_, always, sometimes = ([] if c == "–" else c.split(", ") for c in row)
        some = dict(re.fullmatch(r"(.+) \((\d+)\)", one).groups() for one in sometimes)
        for key, name in SHORT_TREATMENT_NAMES.items():
            cured = int((wards[patient][key].accuracy >= 0.9).sum())
            assert (name in always) == (cured == 10)
            assert (name in some) == (0 < cured < 10)
            assert int(some.get(name, cured)) == cured
        sick = wards[patient]["none"]
        assert float(row[1]) == pytest.approx(sick.loss_curve[0].mean(), abs=0.006)
        silent = 100 * sick.dead_curve.mean(axis=1)
        before, after = map(int, re.findall(r"\d+", row[2]))
        assert before == pytest.approx(silent[0].mean(), abs=0.51)
        assert after == pytest.approx(np.nanmean(silent[-1]), abs=0.51)


def test_ten_cures_of_ten_leave_a_share_plausible_that_gives_them_in_one_case_of_20():
    assert tables.sure_share(10) ** 10 == pytest.approx(0.05)
    assert tables.sure_share(1) == pytest.approx(0.05)


def test_no_row_cures_all_and_no_other_function_cures_any(wards):
    everywhere = [
        name
        for name in TREATMENT_NAMES
        if all(w[name].cured.all() for w in wards.values())
    ]
    assert everywhere == []
    for name in ("leaky_relu", "elu", "gelu", "silu"):
        assert not any(ward[name].cured.all() for ward in wards.values())


def test_taking_away_the_cause_is_among_the_best(wards):
    # Small weights make single networks late by chance: how a processor rounds decides
    # whether one or two of ten are not cured.
    for patient, cause in CAUSES.items():
        ward = wards[patient]
        middles = {name: np.median(one.accuracy) for name, one in ward.items()}
        assert middles[cause] > max(middles.values()) - 0.06
        assert ward[cause].cured.mean() >= 0.7


def test_residual_connections_and_prelu_differ_widely_with_low_biases(wards):
    for name in ("residual", "prelu"):
        assert wards["low_bias"][name].accuracy.std() > 0.15
    assert wards["small_weights"]["residual"].cured.all()


def test_the_solution_of_the_exercise_finds_steps_that_are_too_large():
    text = course.load_items("06").exercises["06-steps"]
    solve = run_code(text.solution, text.name)
    for patient in PATIENTS:
        sick = treat(patient, ("none",), range(20, 40)).outcomes["none"]
        silent = sick.dead_curve.mean(axis=1)
        found = solve(sick.loss_curve[0], silent[0], silent[-1])
        assert (found == (patient == "high_rate")).all()


# --- slopes ---------------------------------------------------------------------


def show(figure, **values):
    return figure.show(figure.values | values, FAST)


@pytest.fixture(scope="module")
def view():
    return rc.LeakyView()


def test_the_leaky_view_says_what_the_last_moment_holds(view):
    *_, last = view.train(view.values | {"slope": 0.1, "bias": -3, "rate": 0.316})
    row = leaky.SLOPES.index(0.1)
    finding = show(view, slope=0.1, rate=0.316).finding
    low, high = (100 * f(last.leaky.accuracy[row]) for f in (np.min, np.max))
    told = f"{low:.0f}% to {high:.0f}%" if low != high else f"{low:.0f}%"
    assert f": {told} of the points right" in finding
    for share in last.leaky.risen[row].mean(axis=1):
        assert f"{share:.0%}" in finding


def test_with_slope_one_hundredth_accuracy_climbs_while_hardly_a_unit_rises(view):
    *_, last = view.train(view.values)
    row = leaky.SLOPES.index(0.01)
    assert last.leaky.accuracy[row].min() > last.relu.accuracy.max() + 0.1
    assert last.leaky.risen[row].max() < 0.1


def test_a_larger_slope_learns_faster_and_raises_more_until_no_bend_is_left(view):
    *_, last = view.train(view.values)
    right, risen = last.leaky.accuracy.mean(axis=1), last.leaky.risen[:, 1].mean(axis=1)
    steep = leaky.SLOPES.index(0.316)
    assert (np.diff(right[: steep + 1]) > -0.01).all()
    assert risen[steep] > risen[leaky.SLOPES.index(0.01)] + 0.1
    assert right[-1] < 0.75  # slope 1: a line cannot part a disc from a ring


def test_steps_that_are_too_large_are_worse_for_a_larger_slope(view):
    *_, last = view.train(view.values | {"bias": 0, "rate": 10})
    finite = last.leaky.finite.sum(axis=1)
    assert not finite[leaky.SLOPES.index(0.01) :].any()
    assert last.relu.finite.sum() >= finite.max()


def test_learned_slopes_go_below_zero_and_run_away_at_higher_rates(view):
    row = leaky.SLOPES.index(0.01)
    *_, last = view.train(view.values | {"learned": True})
    assert last.leaky.slopes[row, 0].max() < 0
    assert last.leaky.accuracy[row].min() > 0.85
    *_, last = view.train(view.values | {"learned": True, "rate": 1})
    lost = ~last.leaky.finite[row]
    assert (lost | (np.abs(last.leaky.slopes[row]).max(axis=0) > 10)).all()


def test_a_diverged_network_is_said_and_drawn(view):
    shown = show(view, bias=0, rate=10, slope=0.1)
    assert "3 of 3 networks diverged" in shown.finding
    assert shown.picture


# --- the race -------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown_race():
    moments = list(rc.RaceView().train({"depth": 2}))
    return race.make_race(moments, 2)


def test_the_race_of_the_figure_is_the_race_of_the_experiment(shown_race):
    whole = run_race(
        ("relu", "sigmoid"), depth=2, rates=race.RATES, seeds=race.SEEDS, n_train=500
    )
    assert isinstance(shown_race, Race)
    assert shown_race.looks.tolist() == whole.looks[::2].tolist()
    rows = [shown_race.runners.index(name) for name in whole.runners]
    np.testing.assert_array_equal(shown_race.curves[rows], whole.curves[:, :, ::2])
    # Looked at half as often, an arrival may be seen later, and never sooner.
    assert (shown_race.steps[rows] >= whole.steps).all()


def test_where_nobody_arrives_the_best_rate_is_that_of_the_highest_accuracy(shown_race):
    early = race.make_race(list(rc.RaceView().train({"depth": 2}))[:8], 2)
    final = early.curves[:, :, -1].mean(axis=2)
    for row, best in enumerate(early.best):
        if not np.isfinite(early.steps[row]).any():
            assert final[row, best] == final[row].max()


def test_tanh_and_elu_lead_the_fair_race_and_relu_and_leaky_are_level(shown_race):
    means = {n: np.mean(shown_race.fair(n)) for n in shown_race.runners}
    assert set(sorted(means, key=means.get)[:3]) >= {"tanh", "elu"}
    gaps = shown_race.fair("leaky_relu") - shown_race.fair("relu")
    assert summarize(gaps).low < 0 < summarize(gaps).high + 5
    assert np.isfinite(shown_race.fair("sigmoid")).all()


def test_tanh_is_not_ahead_of_relu_by_much_at_the_lowest_rate(shown_race):
    capped = shown_race.capped_steps
    slowest = {n: capped[i, 0].mean() for i, n in enumerate(shown_race.runners)}
    # In the fair race tanh needs about half the updates of ReLU.
    assert slowest["tanh"] > 0.9 * slowest["relu"]
    assert np.isinf(shown_race.unfair("sigmoid", race.RATES[0])).all()


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_intervals_of_relu_and_leaky_relu_overlap_at_every_depth(depth):
    found = race.make_race(list(rc.RaceView().train({"depth": depth})), depth)
    relu, leaky_relu = (summarize(found.capped_steps[i, found.best[i]]) for i in (0, 1))
    assert relu.low < leaky_relu.high
    assert leaky_relu.low < relu.high


def test_whoever_chooses_the_rate_chooses_the_winner(shown_race):
    arrived = np.isfinite(shown_race.steps).sum(axis=2)  # (runners, rates)
    sigmoid = shown_race.runners.index("sigmoid")
    others = [row for row in range(len(arrived)) if row != sigmoid]
    assert arrived[sigmoid, -1] == len(race.SEEDS)
    assert not arrived[others, -1].any()
    assert arrived[sigmoid, 1] == 0
    assert (arrived[others, 1] == len(race.SEEDS)).all()


def test_with_four_hidden_layers_sigmoid_arrives_at_no_rate():
    found = race.make_race(list(rc.RaceView().train({"depth": 4})), 4)
    assert np.isinf(found.steps[found.runners.index("sigmoid")]).all()


def test_far_below_zero_gelu_is_more_closed_than_a_leak_and_near_zero_less():
    gelu = rc.activations.get("gelu").derivative
    assert abs(gelu(-4.0)) < 0.01 < gelu(-0.5)


def test_the_finding_counts_the_updates_of_the_pair(shown_race):
    figure = rc.RaceView()
    fair = show(figure, comparison=race.FAIR, runner="tanh").finding
    for name in ("relu", "tanh"):
        steps = summarize(shown_race.fair(name))
        assert f"{steps.mean:.0f} ± {steps.sd:.0f} updates to 90%" in fair
    unfair = show(figure, runner="sigmoid").finding
    assert "sigmoid at 0.095 has not reached 90% yet" in unfair


def test_a_track_can_be_walked_again_and_by_two_at_once():
    made = []

    def count():
        for k in range(10):
            made.append(k)
            yield k

    track = Track(count(), ahead=4)
    first, second = iter(track), iter(track)
    assert [next(first) for _ in range(3)] == [0, 1, 2]
    assert made == [0, 1, 2, 3]
    assert list(second) == list(range(10))
    assert list(first) == list(range(3, 10))
    assert list(track) == list(range(10)) == made


def test_two_figures_share_a_race_and_its_images_are_let_go():
    first, second = (list(rc.RaceView().train({"depth": 1})) for _ in "ab")
    assert all(a is b for a, b in zip(first, second, strict=True))
    assert next(race._find_track(1).rest, None) is None
