"""The verdicts of lesson 02, and what would have to be true for them to flip."""

import dataclasses

import numpy as np
import pytest

from rectified import activations
from rectified.claims import measure
from tests.rules.sabotage import sabotage

EXPECTED = {
    "C08": "holds",
    "C09": "holds when",
    "C10": "holds",
    "C11": "holds",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_is_the_expected_one_over_ten_seeds(ledger, name):
    assert ledger[name].verdict == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_does_not_hang_on_the_choice_of_seeds(name):
    assert measure(name, seeds=range(100, 110)).verdict == EXPECTED[name]


def only_in(row):
    """Return one wrong derivative per seed, in one precision."""
    return lambda r: r.n_not_one + (np.arange(len(r.dtypes)) == row)[:, None]


def rival(name, factor):
    """Return gradients in which one function's first layer is `factor` times larger."""

    def change(result):
        rms = result.gradient_rms.copy()
        rms[result.of(name), 0] *= factor
        return rms

    return change


def share_of(name, field, number):
    """Return shares in which one function has the given one everywhere."""

    def change(result):
        share = getattr(result, field).copy()
        share[result.activations.index(name)] = number
        return share

    return change


@pytest.mark.parametrize(
    ("claim_id", "field", "change", "verdict"),
    [
        ("C08", "n_not_one", only_in(0), "not as stated"),
        ("C08", "n_not_one", only_in(3), "holds when"),
        ("C08", "n_not_zero", lambda r: r.n_not_zero + 1, "not as stated"),
        ("C09", "drop_ratio", lambda r: 1.1 * r.drop_ratio, "not as stated"),
        ("C09", "gradient_rms", rival("sigmoid", 1000), "not as stated"),
        ("C09", "gradient_rms", rival("tanh", 0.001), "holds"),
        ("C10", "share", share_of("tanh", "share", 0.4), "not as stated"),
        ("C10", "steep", lambda r: 20 * r.steep, "holds when"),
        (
            "C11",
            "positive_share",
            share_of("relu", "positive_share", 0.1),
            "not as stated",
        ),
    ],
)
def test_other_numbers_give_another_verdict(
    monkeypatch, claim_id, field, change, verdict
):
    changes = {field: change}
    assert sabotage(monkeypatch, claim_id, seeds=range(10), **changes) == verdict


def test_c11_holds_only_when_if_small_inputs_alone_are_flat(monkeypatch):
    def change(result):
        share = result.positive_share.copy()
        share[result.activations.index("relu"), 0] = 0.1
        return share

    assert sabotage(monkeypatch, "C11", positive_share=change) == "holds when"


def leaking(slope):
    """Return ReLU with another derivative on the positive side."""
    relu = activations.get("relu")

    def derivative(z):
        return slope * relu.derivative(z)

    return dataclasses.replace(relu, derivative=derivative)


def replace_relu(monkeypatch, target, stand_in):
    real = activations.get
    monkeypatch.setattr(
        f"rectified.experiments.gradients.{target}.activations.get",
        lambda name: stand_in if name == "relu" else real(name),
    )


def test_c08_flips_if_relu_leaks(monkeypatch):
    import torch

    monkeypatch.setattr(torch, "relu", lambda x: torch.maximum(x, x / 100))
    assert measure("C08", seeds=range(2)).verdict == "not as stated"


def test_c09_flips_if_the_derivative_is_wrong(monkeypatch):
    # The step then follows something else than the gradient.
    replace_relu(monkeypatch, "updates", leaking(0.5))
    assert measure("C09", seeds=range(3)).verdict == "not as stated"


def test_c11_flips_if_relu_is_nearly_flat_for_positive_inputs(monkeypatch):
    replace_relu(monkeypatch, "saturation", leaking(0.01))
    assert measure("C11", seeds=range(2)).verdict == "not as stated"


def test_c10_flips_if_the_functions_are_straight(monkeypatch):
    straight = activations.get("identity")
    monkeypatch.setattr(
        "rectified.experiments.gradients.saturation.activations.get",
        lambda name: straight,
    )
    assert measure("C10", seeds=range(2)).verdict == "not as stated"
