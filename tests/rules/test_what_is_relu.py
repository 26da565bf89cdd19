"""The verdicts of lesson 01, and what would have to be true for them to flip."""

import dataclasses

import numpy as np
import pytest

from rectified import claims
from rectified.claims import load, measure
from rectified.experiments import what_is_relu as lesson
from rectified.rules import VERDICTS
from tests.rules.sabotage import sabotage

EXPECTED = {
    "C01": "holds",
    "C02": "holds when",
    "C03": "holds when",
    "C04": "holds",
    "C05": "holds when",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_is_the_expected_one_over_ten_seeds(ledger, name):
    assert ledger[name].verdict == EXPECTED[name]


@pytest.mark.parametrize("name", ["C01", "C02", "C03", "C05"])
def test_the_verdict_does_not_hang_on_the_choice_of_seeds(name):
    assert measure(name, seeds=range(100, 105)).verdict == EXPECTED[name]


@pytest.mark.parametrize(
    ("claim_id", "field", "change", "verdict"),
    [
        ("C01", "n_different", lambda r: r.n_different + 1, "not as stated"),
        ("C01", "n_not_elementwise", lambda r: r.n_different + 1, "not as stated"),
        (
            "C01",
            "special_outputs",
            lambda r: np.arange(36.0).reshape(4, 9),
            "holds when",
        ),
        ("C02", "n_changed", lambda r: r.n_changed + 1, "not as stated"),
        ("C02", "n_leaked", lambda r: r.n_leaked + 1, "not as stated"),
        ("C02", "blocked_inputs", lambda r: 0 * r.blocked_inputs, "holds"),
        ("C03", "left", lambda r: r.left + 0.01, "not as stated"),
        ("C03", "right", lambda r: r.right * 0.99, "not as stated"),
        ("C03", "angles", lambda r: 0 * r.angles + 45, "holds"),
        ("C03", "angles", lambda r: r.angles - 1, "not as stated"),
        ("C04", "values", lambda r: r.values + 1, "not as stated"),
        ("C04", "values", lambda r: r.values + np.eye(6, 2), "holds when"),
    ],
)
def test_other_numbers_give_another_verdict(
    monkeypatch, claim_id, field, change, verdict
):
    assert sabotage(monkeypatch, claim_id, **{field: change}) == verdict


def test_c01_flips_if_relu_leaks(monkeypatch):
    target = "rectified.experiments.what_is_relu.definition.DEFINITIONS"
    leaky = {**lesson.DEFINITIONS, "max": lambda x: np.maximum(x, x / 100)}
    monkeypatch.setattr(target, leaky)
    assert measure("C01", seeds=range(2)).verdict == "not as stated"


def test_c02_flips_if_the_gate_leaks(monkeypatch):
    target = "rectified.experiments.what_is_relu.gates.relu_torch"
    monkeypatch.setattr(target, lambda x: np.maximum(x, x / 100))
    assert measure("C02", seeds=range(2)).verdict == "not as stated"


def test_c05_flips_if_the_relu_arm_is_linear_too(monkeypatch):
    linear, relu, *others = lesson.ARMS
    target = "rectified.experiments.what_is_relu.collapse_measured.ARMS"
    arms = (linear, relu._replace(activation="identity"), *others)
    monkeypatch.setattr(target, arms)
    assert measure("C05", seeds=range(3)).verdict == "not as stated"


def test_c05_flips_if_linear_stacks_do_not_collapse(monkeypatch):
    target = "rectified.experiments.what_is_relu.depth.collapse"
    monkeypatch.setattr(target, lambda p: (p.weights[0][:, :, :1], p.biases[-1]))
    assert measure("C05", seeds=range(3)).verdict == "not as stated"


def test_c05_holds_without_condition_if_no_task_is_separable(monkeypatch):
    target = "rectified.experiments.what_is_relu.collapse_measured.TASKS"
    monkeypatch.setattr(target, ("circles", "moons"))
    sentences = dict.fromkeys(VERDICTS, "yes")
    claim = {claim.id: claim for claim in load()}["C05"]
    bare = dataclasses.replace(claim, sentences=sentences, how="", limits="")
    monkeypatch.setattr(claims, "load", lambda: (bare,))
    assert measure("C05", seeds=range(3)).verdict == "holds"


def test_a_wrong_rule_gives_a_wrong_verdict(monkeypatch):
    from rectified.rules import Finding
    from rectified.rules import what_is_relu as rules

    real = rules.judge_gate
    monkeypatch.setattr(
        rules, "judge_gate", lambda result: Finding("holds", real(result).numbers)
    )
    assert measure("C02", seeds=range(2)).verdict != EXPECTED["C02"]
