"""The verdicts of lesson 07, and what would have to be true for them to flip."""

import dataclasses

import numpy as np
import pytest

from rectified.claims import measure
from rectified.experiments.unbounded import measure_convergence
from rectified.rules import unbounded as rules
from tests.rules.sabotage import sabotage

EXPECTED = {
    "C13": "holds when",
    "C30": "holds when",
    "C31": "holds when",
    "C32": "holds",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_is_the_expected_one_over_ten_seeds(ledger, name):
    assert ledger[name].verdict == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_does_not_hang_on_the_choice_of_seeds(name):
    assert measure(name, seeds=range(100, 110)).verdict == EXPECTED[name]


def without_growth(result):
    """Signals of every function that stay as large as the input."""
    return np.ones_like(result.rms)


def growing_tanh(result):
    """Signals of tanh that grow like those of ReLU."""
    rms = result.rms.copy()
    rms[result.functions.index("tanh")] = rms[result.functions.index("relu")]
    return rms


def always_growing(result):
    """Signals of ReLU that double per layer even with small weights."""
    rms = result.rms.copy()
    layers = np.arange(rms.shape[2])
    rms[result.functions.index("relu")] = 2.0 ** layers[None, :, None]
    return rms


@pytest.mark.parametrize(
    ("claim_id", "field", "change", "verdict"),
    [
        ("C30", "rms", without_growth, "not as stated"),
        ("C30", "rms", growing_tanh, "not as stated"),
        ("C30", "rms", always_growing, "holds"),
        ("C31", "finite", lambda r: np.ones_like(r.finite), "not as stated"),
        ("C31", "finite", lambda r: np.zeros_like(r.finite), "holds"),
        (
            "C31",
            "start_gradient",
            lambda r: np.ones_like(r.start_gradient),
            "not as stated",
        ),
        ("C32", "steps", lambda r: r.centered_steps, "holds when"),
        ("C32", "descent", lambda r: r.centered_descent, "not as stated"),
    ],
)
def test_other_numbers_give_another_verdict(
    monkeypatch, claim_id, field, change, verdict
):
    seeds = range(4)
    assert sabotage(monkeypatch, claim_id, seeds=seeds, **{field: change}) == verdict


@pytest.fixture(scope="module")
def convergence():
    return measure_convergence(seeds=range(4))


def with_curves(result, rival, source):
    """Let the rival run as `source` does."""
    races = []
    for race in result.races:
        curves = race.curves.copy()
        curves[race.runners.index(rival)] = curves[race.runners.index(source)]
        races.append(dataclasses.replace(race, curves=curves))
    return dataclasses.replace(result, races=tuple(races))


def test_c13_is_not_as_stated_if_sigmoid_runs_like_tanh(convergence):
    changed = with_curves(convergence, "sigmoid", "tanh")
    assert rules.judge_convergence(changed).verdict == "not as stated"


def test_c13_holds_if_tanh_runs_like_sigmoid(convergence):
    changed = with_curves(convergence, "tanh", "sigmoid")
    assert rules.judge_convergence(changed).verdict == "holds"


def test_c13_is_not_as_stated_if_everybody_runs_alike(convergence):
    changed = with_curves(convergence, "relu", "sigmoid")
    assert rules.judge_convergence(changed).verdict == "not as stated"


def test_the_ratios_of_c13_are_paired_and_geometric(convergence):
    numbers = rules.judge_convergence(convergence).numbers
    race = convergence.races[0]
    steps = {name: race.fair(name) for name in ("relu", "tanh")}
    ratios = steps["tanh"] / steps["relu"]
    assert numbers["tanh_2"] == pytest.approx(np.prod(ratios) ** (1 / ratios.size))
    assert numbers["tanh_2_low"] < numbers["tanh_2"] < numbers["tanh_2_high"]


def test_c30_flips_if_relu_has_a_bound(monkeypatch):
    from rectified.experiments.unbounded import explosion

    bounded = dict(explosion.BETWEEN) | {"relu": lambda z: np.clip(z, 0, 6)}
    monkeypatch.setattr(explosion, "BETWEEN", bounded)
    verdict = measure("C30", seeds=range(4))
    # A bound of 6 stops the growth within the first layers.
    assert verdict.numbers["relu_large_mean"] < 1.05


def test_c31_flips_if_every_network_is_clipped(monkeypatch):
    from rectified import ensembles
    from rectified.experiments.unbounded import stability

    def clipped(*args, **kwargs):
        if "clip_norm" in kwargs:
            kwargs["clip_norm"] = 1.0
        return ensembles.train(*args, **kwargs)

    stub = type("Ensembles", (), {"train": staticmethod(clipped)})
    monkeypatch.setattr(stability, "ensembles", stub)
    assert measure("C31", seeds=range(4)).verdict == "not as stated"


def test_c32_flips_if_relu_has_no_mean(monkeypatch):
    from rectified.experiments.unbounded import valleys

    arms = dict(valleys.ARMS) | {"relu": np.tanh}
    monkeypatch.setattr(valleys, "ARMS", arms)
    assert measure("C32", seeds=range(4)).verdict == "not as stated"
