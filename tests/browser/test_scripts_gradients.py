"""The scripts of lesson 02 agree with the Python experiments."""

import itertools
import math

import numpy as np
import pytest

from rectified import (
    BackpropView,
    DescentView,
    ExactZeroView,
    GradcheckView,
    SaturationView,
    SlopeView,
    activations,
)
from rectified.experiments import gradients as experiment
from rectified.explorables.gradients.closed_form import (
    DERIVATIVES,
    FUNCTIONS,
    OTHERS,
)

pytestmark = pytest.mark.browser

# One rounding per operation on numbers below 100, a few hundred operations.
ROUNDING = 1e-11
ULP = 2.0**-52


def combine(**choices):
    """Return every combination of the given control values."""
    return [
        dict(zip(choices, values, strict=True))
        for values in itertools.product(*choices.values())
    ]


# --- slope ----------------------------------------------------------------------


def slope_settings(functions):
    return combine(
        function=functions,
        kind=tuple(experiment.KINDS),
        x=(-2.0, -0.05, 0.0, 0.05, 0.5, 2.0),
        step=SlopeView.controls["step"].choices(18),
    )


def test_the_secant_of_relu_is_the_experiments_to_the_last_digit(compute):
    settings = slope_settings(["ReLU"])
    answers = compute(SlopeView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        expected = experiment.difference_quotient(
            setting["x"], setting["step"], kind=setting["kind"]
        )
        assert answer["data"]["secant"] == expected
        derivative = activations.get("relu").derivative(setting["x"])
        assert answer["data"]["slope"] == derivative


def test_the_secant_of_smooth_functions_is_off_by_their_last_digits_only(compute):
    settings = slope_settings(["softplus", "tanh"])
    answers = compute(SlopeView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        name, step = FUNCTIONS[setting["function"]], setting["step"]
        expected = experiment.difference_quotient(
            setting["x"], step, kind=setting["kind"], activation=name
        )
        # Values below 4, off by a few units in the last place in either language.
        tolerance = 16 * ULP / step + ROUNDING
        assert answer["data"]["secant"] == pytest.approx(expected, abs=tolerance)
        derivative = activations.get(name).derivative(setting["x"])
        assert answer["data"]["slope"] == pytest.approx(derivative, abs=ROUNDING)


def test_the_sweep_goes_through_the_chosen_step(compute):
    (answer,) = compute(SlopeView(), [{"x": 1.0, "step": 1e-9}])
    steps, quotients = np.array(answer["data"]["sweep"]).T
    expected = experiment.difference_quotient(1.0, steps)
    np.testing.assert_array_equal(quotients, expected)
    assert steps.min() == pytest.approx(1e-17)
    assert steps.max() == 1


def test_at_the_kink_the_central_quotient_is_a_half_at_every_step(compute):
    (answer,) = compute(SlopeView(), [{"x": 0}])
    assert {quotient for _, quotient in answer["data"]["sweep"]} == {0.5}
    assert answer["data"]["slope"] == 0
    assert "0.5000" in answer["finding"]


# --- backpropagation ------------------------------------------------------------


def small_net(values):
    net = next(iter(experiment.SMALL_NETS.values()))
    biases = np.array(values["biases"])
    return net._replace(
        biases=(biases[:2], biases[2:], net.biases[-1]),
        x=np.array([values["x1"], values["x2"]]),
    )


def test_the_small_net_is_that_of_the_experiment_at_any_setting(compute):
    rng = np.random.default_rng(0)
    settings = [
        {
            "example": "your own",
            "x1": rng.integers(-6, 7) / 2,
            "x2": rng.integers(-6, 7) / 2,
            "biases": (rng.integers(-8, 9, 4) / 2).tolist(),
            "at_zero": rng.integers(0, 3) / 2,
        }
        for _ in range(200)
    ]
    answers = compute(BackpropView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        run = experiment.backpropagate(
            small_net(setting), derivative_at_zero=setting["at_zero"]
        )
        data = answer["data"]
        # All numbers are multiples of powers of 1/2, so nothing is rounded.
        assert data["zs"] == [z.tolist() for z in run.pre_activations]
        assert data["masks"][:2] == [m.tolist() for m in run.masks]
        assert data["inputs"][1:3] == [a.tolist() for a in run.activations]
        assert data["dz"] == [d.tolist() for d in run.d_pre_activations]
        assert data["dW"] == [d.tolist() for d in run.d_weights]
        assert data["da"] == [run.d_x.tolist()] + [
            d.tolist() for d in run.d_activations
        ]
        assert data["loss"] == run.loss


def test_a_chosen_example_is_loaded_and_a_change_makes_it_ones_own(compute):
    for name, net in list(experiment.SMALL_NETS.items())[1:]:
        (answer,) = compute(BackpropView(), [{"example": name}])
        assert [answer["values"][x] for x in ("x1", "x2")] == net.x.tolist()
        assert answer["data"]["loss"] == experiment.backpropagate(net).loss
    (answer,) = compute(BackpropView(), [{"x1": 0.5}])
    assert answer["values"]["example"] == "your own"
    (answer,) = compute(BackpropView(), [{"step": 5}])
    assert answer["values"]["example"] == "all gates open"


def test_each_step_of_the_calculation_has_a_sentence_of_its_own(compute):
    answers = compute(BackpropView(), [{"step": step} for step in range(21)])
    assert len({answer["finding"] for answer in answers}) == 21
    lines = experiment.backpropagate(
        experiment.SMALL_NETS["all gates open"]
    ).list_steps()
    assert len(lines) == BackpropView.controls["step"].high
    for line, answer in zip(lines, answers[1:], strict=True):
        assert line.direction in answer["finding"]


# --- descent --------------------------------------------------------------------


def test_descent_takes_the_steps_of_the_experiment(compute):
    settings = combine(
        other=tuple(OTHERS),
        start=(-8.0, -0.5, 0.0, 0.5, 8.0),
        rate=(0.1, 1.0, 100.0),
        target=(0.6, 0.9),
        step=(0, 1, 4, 200),
    )
    # Long runs with long steps overshoot to and fro: chaos, which blows rounding up.
    settings = [s for s in settings if s["rate"] < 2 or s["step"] < 5]
    answers = compute(DescentView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        names = ("relu", OTHERS[setting["other"]])
        options = {
            "learning_rate": setting["rate"],
            "target": setting["target"],
            "steps": setting["step"],
        }
        for name, arm in zip(names, answer["data"], strict=True):
            run = experiment.descend(setting["start"], activation=name, **options)
            path = np.array(arm["path"])
            expected = np.column_stack([run.w, run.loss, run.slope])
            np.testing.assert_allclose(path, expected, rtol=1e-9, atol=ROUNDING)
            assert arm["arrived"] == run.arrived[0]


def test_the_strip_says_from_where_descent_arrives(compute):
    for other, rate in itertools.product(OTHERS, (0.316, 1.0, 31.6)):
        (answer,) = compute(
            DescentView(), [{"other": other, "rate": rate, "step": 200}]
        )
        for name, arm in zip(("relu", OTHERS[other]), answer["data"], strict=True):
            run = experiment.descend(
                experiment.STARTS, activation=name, learning_rate=rate, steps=200
            )
            assert [end["arrived"] for end in arm["ends"]] == run.arrived.tolist()
            still = (run.slope[-1] == 0) & (run.arrived < 0)
            stuck = [end["still"] and end["arrived"] < 0 for end in arm["ends"]]
            assert stuck == still.tolist()


# --- saturation -----------------------------------------------------------------


def test_the_flat_share_is_that_of_the_experiment(compute):
    settings = combine(
        third=tuple(DERIVATIVES)[2:],
        scale=(0.1, 1.0, 3.98, 10.0),
        threshold=(0.01, 0.05, 0.26, 0.3),
    )
    answers = compute(SaturationView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        for arm in answer["data"]:
            expected = experiment.saturated_share(
                DERIVATIVES[arm["name"]],
                setting["scale"],
                threshold=setting["threshold"],
            )
            # Edges are found to 1e-12; at a spread of 0.1 the density there is 4.
            assert arm["share"] == pytest.approx(expected, abs=1e-10)


def test_positive_inputs_are_counted_by_themselves(compute):
    threshold = 0.05
    edge = 2 * math.acosh(0.5 / math.sqrt(threshold))  # of sigmoid' = threshold
    for scale in (0.5, 1.0, 10.0):
        setting = {"scale": scale, "positive": True, "third": "GELU"}
        (answer,) = compute(SaturationView(), [setting])
        relu, sigmoid, gelu = (arm["share"] for arm in answer["data"])
        expected = math.erfc(edge / scale / math.sqrt(2))
        assert sigmoid == pytest.approx(expected, abs=1e-10)
        assert relu == gelu == 0


# --- measured -------------------------------------------------------------------


def test_the_figure_of_zeros_shows_what_was_measured(compute):
    setting = experiment.Setting(bias="random", precision="bfloat16")
    run = experiment.track_zeros(settings=[setting])
    chosen = {"bias": "start at random", "precision": "bfloat16", "step": 2}
    (answer,) = compute(ExactZeroView(), [chosen])
    layers = np.array(answer["data"]["layers"])  # layer, step, seed
    # The figure keeps four digits.
    np.testing.assert_allclose(layers, run.zeros[0].swapaxes(0, 1), rtol=1e-3)
    np.testing.assert_allclose(answer["data"]["biases"], run.bias_change[0], rtol=1e-3)
    mean = 100 * run.zeros[0, 2, 0].mean()
    assert f"{mean:.4f}%" in answer["finding"]


def test_the_map_of_gradcheck_says_what_gradcheck_says(compute):
    rng = np.random.default_rng(0)
    grid = GradcheckView.controls["eps"].choices()
    settings = [
        {
            "distance": rng.choice(grid),
            "eps": rng.choice(grid),
            "side": str(rng.choice(["right, x > 0", "left, x < 0"])),
            "precision": str(rng.choice(["float64", "float32"])),
        }
        for _ in range(120)
    ]
    answers = compute(GradcheckView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        sign = 1 if setting["side"].startswith("right") else -1
        expected = experiment.check_gradient(
            sign * setting["distance"], setting["eps"], dtype=setting["precision"]
        )
        assert answer["data"]["passed"] == expected, setting
        assert ("passes" if expected else "fails") in answer["finding"]
