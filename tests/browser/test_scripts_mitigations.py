"""The scripts of lesson 06 agree with its experiments and with the catalogue."""

import itertools

import numpy as np
import pytest
from scipy import stats

from rectified import ShapesView, WardView, activations
from rectified.experiments.mitigations import treat
from rectified.explorables.mitigations.names import PATIENT_NAMES, TREATMENT_NAMES
from rectified.explorables.mitigations.ward import EVERY, SEEDS, STEPS

pytestmark = pytest.mark.browser

ROUNDED = 6e-4  # four significant digits: half a unit of the last one, relative


@pytest.fixture(scope="module")
def ward():
    return WardView()


@pytest.mark.parametrize("patient", PATIENT_NAMES)
def test_the_ward_shows_what_the_treatments_measured(compute, ward, patient):
    names = ("none", *TREATMENT_NAMES)
    outcomes = treat(patient, names, SEEDS, steps=STEPS, every=EVERY).outcomes
    steps = (0, 100, 200)
    settings = [
        {"patient": PATIENT_NAMES[patient], "treatment": name, "step": step}
        for name, step in itertools.product(TREATMENT_NAMES.values(), steps)
    ]
    answers = iter(compute(ward, settings))
    for key, step in itertools.product(TREATMENT_NAMES, steps):
        data, look = next(answers)["data"], step // EVERY
        for arm, name in (("none", "none"), ("treated", key)):
            shown, true = data[arm], outcomes[name]
            np.testing.assert_allclose(
                shown["accuracy"], true.accuracy_curve[look], rtol=ROUNDED
            )
            lost = int(np.isnan(true.loss_curve[look]).sum())
            assert shown["diverged"] == lost
            accuracy, loss, silent = shown["curves"]
            assert len(accuracy) == look + 1
            np.testing.assert_allclose(
                accuracy,
                [[c.mean(), c.min(), c.max()] for c in true.accuracy_curve[: look + 1]],
                rtol=ROUNDED,
            )
            if lost == len(SEEDS):
                assert loss[-1] == [None, None, None]
                assert silent[-1] == [None, None, None]
            else:
                last = true.loss_curve[look]
                assert loss[-1][0] == pytest.approx(np.nanmean(last), rel=ROUNDED)
                shares = np.nanmean(true.dead_curve[look].mean(axis=0))
                assert silent[-1][0] == pytest.approx(shares, rel=ROUNDED)
        if step == STEPS:
            assert data["treated"]["cured"] == outcomes[key].cured.sum()


def test_the_ward_says_when_a_treatment_changes_nothing_or_all_diverge(compute, ward):
    names = [TREATMENT_NAMES[key] for key in ("he_init", "leaky_relu", "lower_rate")]
    he, leaky, lower = compute(
        ward, [{"treatment": name, "step": STEPS} for name in names]
    )
    assert "changes nothing" in he["finding"]
    assert "every network has diverged" in leaky["finding"]
    assert lower["finding"].endswith(f"{len(SEEDS)} of {len(SEEDS)}.")


SLOPES = (0, 0.01, 0.25, 1)
ZS = ShapesView.controls["z"].choices(23)


@pytest.mark.parametrize("label", ShapesView.constants["family"])
def test_a_shape_has_the_value_and_the_slope_of_the_catalogue(compute, label):
    name = ShapesView.constants["family"][label]["name"]
    settings = [
        {"function": label, "z": z, "slope": slope}
        for z, slope in itertools.product(ZS, SLOPES)
    ]
    answers = iter(compute(ShapesView(), settings))
    for z, slope in itertools.product(ZS, SLOPES):
        parameters = {"negative_slope": slope} if name == "leaky_relu" else {}
        function, data = activations.get(name, **parameters), next(answers)["data"]
        # A few dozen operations on numbers below 10.
        assert data["value"] == pytest.approx(float(function.function(z)), abs=1e-13)
        slope_here = float(function.derivative(z))
        assert data["derivative"] == pytest.approx(slope_here, abs=1e-13)
        moments = function.moments()
        for key, value in (
            ("mean", moments.mean),
            ("secondMoment", moments.second_moment),
            ("slopeMoment", moments.derivative_second_moment),
        ):
            assert data[key] == pytest.approx(value, abs=1e-11)


def test_the_moments_that_are_shown_are_those_of_many_normal_numbers(compute):
    # 200 000 evenly spaced quantiles; the rest in the tails weighs about 1e-4.
    z = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    labels = list(ShapesView.constants["family"])
    answers = compute(ShapesView(), [{"function": label} for label in labels])
    for label, answer in zip(labels, answers, strict=True):
        name = ShapesView.constants["family"][label]["name"]
        values = activations.get(name).function(z)
        assert answer["data"]["mean"] == pytest.approx(values.mean(), abs=1e-3)
        square = np.square(values).mean()
        assert answer["data"]["secondMoment"] == pytest.approx(square, abs=2e-3)


def test_a_range_is_what_the_function_takes_on(compute):
    labels = list(ShapesView.constants["family"])
    answers = compute(ShapesView(), [{"function": label} for label in labels])
    z = np.linspace(-60, 60, 120_001)
    for label, answer in zip(labels, answers, strict=True):
        name = ShapesView.constants["family"][label]["name"]
        values = activations.get(name).function(z)
        low, high = answer["data"]["range"]
        if low == "−∞":
            assert values.min() < -0.5
        else:
            # Shown to three digits.
            assert float(low.replace("−", "-")) == pytest.approx(values.min(), abs=6e-4)
        assert (high == "∞") == (values.max() > 50)


def test_a_gradient_that_comes_back_with_the_opposite_sign_is_said(compute):
    gelu, relu = compute(
        ShapesView(), [{"function": "GELU", "z": -1.5}, {"function": "ReLU", "z": -1.5}]
    )
    assert "opposite sign" in gelu["finding"]
    assert "no gradient comes back" in relu["finding"]
