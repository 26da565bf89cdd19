"""The verdicts of lesson 05, and what would have to be true for them to flip."""

import dataclasses

import numpy as np
import pytest

from rectified import ensembles
from rectified.claims import measure
from rectified.experiments import dying as lesson
from rectified.rules.dying import judge_rates
from tests.rules.sabotage import sabotage

EXPECTED = {
    "C26": "holds when",
    "C27": "holds",
    "C28": "holds",
    "C29": "holds when",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_is_the_expected_one_over_ten_seeds(ledger, name):
    assert ledger[name].verdict == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_does_not_hang_on_the_choice_of_seeds(name):
    assert measure(name, seeds=range(100, 110)).verdict == EXPECTED[name]


def same_as_healthy(share):
    return np.repeat(share[:, :1], 2, axis=1)


def only_on_the_first_task(share):
    return np.concatenate([share[:1], same_as_healthy(share[1:])])


def lost(accuracy, shares):
    """Half of what is above guessing, lost wherever a unit is dead."""
    return np.where(shares[:, None] > 0, accuracy * 0.6, accuracy)


@pytest.mark.parametrize(
    ("claim_id", "field", "change", "verdict"),
    [
        ("C26", "revived", lambda r: np.minimum(r.ever_dead, 1), "not as stated"),
        ("C26", "weight_change", lambda r: r.weight_change + 1e-9, "not as stated"),
        ("C26", "ever_dead", lambda r: 0 * r.ever_dead, "not as stated"),
        ("C26", "revived", lambda r: 0 * r.revived, "holds"),
        *(
            row
            for name in ("C27", "C28")
            for row in (
                (
                    name,
                    "dead_fraction",
                    lambda r: same_as_healthy(r.dead_fraction),
                    "not as stated",
                ),
                (
                    name,
                    "dead_fraction",
                    lambda r: r.dead_fraction[:, ::-1],
                    "not as stated",
                ),
                (
                    name,
                    "dead_fraction",
                    lambda r: only_on_the_first_task(r.dead_fraction),
                    "holds when",
                ),
            )
        ),
        ("C29", "fresh_accuracy", lambda r: 0 * r.accuracy + 1, "not as stated"),
        ("C29", "steps", lambda r: 0 * r.accuracy + 20, "not as stated"),
    ],
)
def test_other_numbers_give_another_verdict(
    monkeypatch, claim_id, field, change, verdict
):
    changed = sabotage(monkeypatch, claim_id, seeds=range(4), **{field: change})
    assert changed == verdict


def test_c29_holds_always_if_every_dead_unit_costs_accuracy_and_updates(monkeypatch):
    noise = np.linspace(0, 0.01, 4)  # intervals need some spread
    changes = {
        "fresh_accuracy": lambda r: lost(0 * r.accuracy + 0.9 + noise, r.shares),
        "steps": lambda r: 0 * r.accuracy + 20 + noise + 99 * r.shares[:, None],
    }
    assert sabotage(monkeypatch, "C29", seeds=range(4), **changes) == "holds"


def test_one_revival_in_the_first_layer_is_enough_against_c26(monkeypatch):
    def one(result):
        revived = result.revived.copy()
        revived[result.arms.index("sgd"), 0, 0] = 1
        return revived

    assert sabotage(monkeypatch, "C26", revived=one) == "not as stated"


def test_c26_flips_if_dead_units_keep_a_slope(monkeypatch):
    real = ensembles.train

    def leaky(*args, **kwargs):
        return real(*args, activation="leaky_relu", negative_slope=0.2, **kwargs)

    target = "rectified.experiments.dying.permanence.ensembles.train"
    monkeypatch.setattr(target, leaky)
    assert measure("C26", seeds=range(4)).verdict == "not as stated"


def test_c27_flips_if_the_high_rate_is_not_high(monkeypatch):
    monkeypatch.setitem(lesson.claimed.SICK, "learning_rate", 0.1)
    assert measure("C27", seeds=range(4)).verdict == "not as stated"


def test_c28_flips_if_the_biases_are_positive(monkeypatch):
    monkeypatch.setitem(lesson.claimed.SICK, "bias", 0.5)
    assert measure("C28", seeds=range(4)).verdict == "not as stated"


def test_c29_flips_if_nobody_is_killed(monkeypatch):
    monkeypatch.setattr("rectified.experiments.dying.cost.DEADLY", 0.0)
    assert measure("C29", seeds=range(4)).verdict == "not as stated"


def test_networks_that_diverged_do_not_count_as_alive():
    result = lesson.compare_rates(range(10))
    dead = result.dead_fraction.copy()
    dead[:, 1, :, 0] = np.nan
    finding = judge_rates(dataclasses.replace(result, dead_fraction=dead))
    assert finding.verdict == "holds"
    assert finding.numbers["n_diverged"] == 2
    known = result.dead_fraction[0, 1, 0, 1:]
    assert finding.numbers["circles_sick_first_end_mean"] == pytest.approx(known.mean())


def test_the_fewest_unharmed_are_a_number_that_was_tried(ledger):
    fewest = ledger["C29"].numbers["fewest_unharmed"]
    result = lesson.measure_cost(seeds=range(10))
    assert fewest in result.living
    worst = result.fresh_accuracy.min(axis=2)
    assert (worst[result.living >= fewest] >= 0.95).all()
    assert (worst[result.living < fewest] < 0.95).any()
