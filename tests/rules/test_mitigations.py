"""The verdicts of lesson 06, and what would have to be true for them to flip."""

import dataclasses
from types import MappingProxyType

import numpy as np
import pytest

from rectified.claims import measure
from rectified.experiments import mitigations as lesson
from tests.rules.sabotage import sabotage

EXPECTED = {
    "C33": "holds when",
    "C34a": "holds",
    "C34b": "holds when",
    "C34c": "holds",
    "C35": "holds when",
    "C36": "not as stated",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_is_the_expected_one_over_ten_seeds(ledger, name):
    assert ledger[name].verdict == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_does_not_hang_on_the_choice_of_seeds(name):
    assert measure(name, seeds=range(100, 110)).verdict == EXPECTED[name]


def replaced(measurement, **changes):
    return dataclasses.replace(measurement, **changes)


def worse(result):
    """Accuracies of Leaky ReLU a point lower, at the last depth or at all."""
    accuracy = result.accuracy.copy()
    accuracy[:, 1] = accuracy[:, 0] - [[0.01, 0.011]]
    return accuracy


def worse_when_deep(result):
    accuracy = worse(result)
    accuracy[0, 1] = accuracy[0, 0] + [0.001, -0.001]
    return accuracy


@pytest.mark.parametrize(
    ("claim_id", "field", "change", "verdict"),
    [
        # The same number of deaths, or the same jumps of the loss, at both rates.
        (
            "C33",
            "dead_fraction",
            lambda r: r.dead_fraction[:, :1].repeat(2, 1),
            "not as stated",
        ),
        (
            "C33",
            "largest_rise",
            lambda r: r.largest_rise[:, ::-1],
            "not as stated",
        ),
        ("C34a", "derivatives", lambda r: 1.001 * r.derivatives, "not as stated"),
        ("C34a", "derivatives", lambda r: r.relu_derivatives, "not as stated"),
        (
            "C34a",
            "first_layer",
            lambda r: r.first_layer * [[0], [0], [1]],
            "holds when",
        ),
        (
            "C34b",
            "low_bias",
            lambda r: replaced(r.low_bias, accuracy=0 * r.low_bias.accuracy + 0.5),
            "not as stated",
        ),
        (
            "C34b",
            "high_rate",
            lambda r: replaced(
                r.high_rate, accuracy=np.array([[0.5, 0.5], [0.98, 0.99]])
            ),
            "holds",
        ),
        ("C34c", "accuracy", worse, "not as stated"),
        ("C34c", "accuracy", worse_when_deep, "holds when"),
        ("C35", "accuracy", lambda r: r.accuracy[:, ::-1], "holds when"),
        ("C35", "accuracy", lambda r: 0 * r.accuracy, "not as stated"),
        (
            "C35",
            "accuracy",
            lambda r: r.accuracy[:, :1] * 0 + [[[0.1, 0.1], [0.9, 0.91]]],
            "holds",
        ),
    ],
)
def test_other_numbers_give_another_verdict(
    monkeypatch, claim_id, field, change, verdict
):
    assert sabotage(monkeypatch, claim_id, **{field: change}) == verdict


def test_c33_holds_without_condition_if_both_patients_are_helped(monkeypatch):
    change = {
        "dead_fraction": lambda r: r.dead_fraction[[0, 0]],
        "largest_rise": lambda r: r.largest_rise[[0, 0]],
    }
    assert sabotage(monkeypatch, "C33", seeds=range(4), **change) == "holds"


def test_c36_flips_with_what_a_slope_does_to_the_growth(monkeypatch):
    def shrinking(growth):
        def shrink(result):
            less = 0.01 * np.arange(result.slopes.size)[:, None]
            return getattr(result, growth)[:1] - less

        return shrink

    both = {name: shrinking(name) for name in ("growth", "gradient_growth")}
    assert sabotage(monkeypatch, "C36", **both) == "holds when"
    small = {name: (lambda r, grow=grow: 0.5 * grow(r)) for name, grow in both.items()}
    assert sabotage(monkeypatch, "C36", **small) == "holds"


def patients(**changes):
    """Patients as they are, but for some settings of one."""
    (name, change), *_ = changes.items()
    changed = dataclasses.replace(lesson.PATIENTS[name], **change)
    return MappingProxyType({**lesson.PATIENTS, name: changed})


def test_c33_fails_if_the_learning_rate_is_not_too_high(monkeypatch):
    healthy = patients(high_rate={"learning_rate": 0.1})
    for module in ("ward", "remedies"):
        target = f"rectified.experiments.mitigations.{module}.PATIENTS"
        monkeypatch.setattr(target, healthy)
    assert measure("C33", seeds=range(3)).verdict == "not as stated"


def test_c34a_fails_for_another_slope(monkeypatch):
    target = "rectified.experiments.mitigations.leaky_claims.SLOPE"
    monkeypatch.setattr(target, 0.02)
    assert measure("C34a", seeds=range(2)).verdict == "not as stated"


def test_c34b_fails_if_the_leak_is_shut(monkeypatch):
    target = "rectified.experiments.mitigations.leaky_claims.SLOPE"
    monkeypatch.setattr(target, 0.0)
    assert measure("C34b", seeds=range(2)).verdict == "not as stated"


def test_c35_fails_if_the_networks_with_prelu_do_not_move(monkeypatch):
    target = "rectified.experiments.mitigations.ward.TREATMENTS"
    still = {"activation": "prelu", "rate_factor": 1e-9}
    monkeypatch.setattr(target, MappingProxyType({"none": {}, "prelu": still}))
    assert measure("C35", seeds=range(3)).verdict == "not as stated"
