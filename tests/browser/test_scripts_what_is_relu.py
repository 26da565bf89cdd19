"""The scripts of lesson 01 agree with its experiments."""

import itertools

import numpy as np
import pytest

from rectified import FoldTheLine, GateView, GraphView
from rectified.experiments import what_is_relu as experiment

pytestmark = pytest.mark.browser

# One rounding per operation on numbers below 100, a few hundred operations.
ROUNDING = 1e-11


def test_the_gate_view_computes_what_the_gate_experiment_computes(compute):
    controls = GateView.controls
    settings = [
        {"inputs": name, "weight": weight, "bias": bias}
        for name, weight, bias in itertools.product(
            controls["inputs"].choices(),
            controls["weight"].choices(9),
            controls["bias"].choices(13),
        )
    ]
    answers = compute(GateView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        x = experiment.GATE_PRESETS[setting["inputs"]]
        expected = experiment.gate(x, setting["weight"], setting["bias"])
        data = answer["data"]
        np.testing.assert_allclose(data["z"], expected.pre_activation, atol=ROUNDING)
        assert data["open"] == expected.mask.tolist()
        np.testing.assert_allclose(data["output"], expected.output, atol=ROUNDING)
        assert answer["finding"].startswith(f"{expected.mask.sum()} gate")


def test_the_graph_view_gives_all_three_definitions_their_value(compute):
    xs = GraphView.controls["x"].choices()
    answers = compute(GraphView(), [{"x": x} for x in xs])
    for x, answer in zip(xs, answers, strict=True):
        data, at = answer["data"], np.array(x)
        assert data["piecewise"] == experiment.relu_piecewise(at)
        assert data["max"] == experiment.relu_max(at)
        assert data["product"] == experiment.relu_gate(at)


def test_the_hinges_add_up_as_in_the_experiment(compute):
    rng = np.random.default_rng(0)
    settings = [
        {
            "target": target,
            "hinges": hinges,
            "entry": 8,
            "kinks": rng.uniform(-3, 3, 8).tolist(),
            "weights": rng.uniform(-2, 2, 8).tolist(),
            "offset": rng.uniform(-1, 1),
        }
        for target in FoldTheLine.constants["targets"]
        for hinges in range(1, 9)
    ]
    answers = compute(FoldTheLine(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        n = setting["hinges"]
        assert (
            answer["values"]["entry"] == n
        )  # a hinge that does not exist is not chosen
        expected = experiment.hinge_sum(
            experiment.GRID,
            setting["kinks"][:n],
            setting["weights"][:n],
            setting["offset"],
        )
        np.testing.assert_allclose(answer["data"]["sum"], expected, atol=ROUNDING)
        target = FoldTheLine.constants["targets"][setting["target"]]
        error = np.sqrt(np.mean((expected - target) ** 2))
        assert answer["data"]["error"] == pytest.approx(error, abs=ROUNDING)


def test_the_solved_weights_are_the_least_squares_weights(compute):
    settings = [
        {"target": target, "hinges": n, "kinks": spread(n)}
        for target in FoldTheLine.constants["targets"]
        for n in range(1, 9)
    ]
    answers = compute(FoldTheLine(), [s | {"press": "solve"} for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        n = setting["hinges"]
        best = experiment.fit_hinges(setting["target"], setting["kinks"][:n])
        # The button rounds to steps of 0.01, so that the setting can be copied.
        solved = answer["values"]["weights"][:n]
        np.testing.assert_allclose(solved, best.weights, atol=0.005 + 1e-6)
        assert answer["values"]["offset"] == pytest.approx(best.offset, abs=0.0051)
        # Rounding errors of up to 0.005 per hinge add up over at most 6 units of x.
        assert answer["data"]["error"] == pytest.approx(best.rms_error, abs=0.02)


def test_spread_kinks_are_those_of_the_experiment(compute):
    even = [{"hinges": n, "preset": "evenly spread kinks"} for n in range(1, 9)]
    for n, answer in enumerate(compute(FoldTheLine(), even), start=1):
        # Rounded to the steps of the slider, 0.05.
        kinks = answer["values"]["kinks"][:n]
        np.testing.assert_allclose(kinks, experiment.spread_kinks(n), atol=0.0251)


@pytest.mark.parametrize(
    ("preset", "shape"),
    [
        ("tent", lambda x: np.maximum(0, 2 - abs(x))),
        ("plateau", lambda x: np.clip(4 - 2 * abs(x), 0, 2)),
        (
            "staircase",
            lambda x: sum(np.clip(2 * (x - a), 0, 1) for a in (-2.5, -0.5, 1.5)),
        ),
        ("absolute value", abs),
    ],
)
def test_a_preset_makes_the_shape_that_it_is_named_after(compute, preset, shape):
    (answer,) = compute(FoldTheLine(), [{"preset": preset, "entry": 8}])
    expected = shape(experiment.GRID)
    np.testing.assert_allclose(answer["data"]["sum"], expected, atol=ROUNDING)


def test_a_preset_that_is_changed_by_hand_is_the_learners_own(compute):
    (loaded,) = compute(FoldTheLine(), [{"preset": "tent"}])
    assert loaded["values"]["preset"] == "tent"
    tent = FoldTheLine(**loaded["values"])
    (changed,) = compute(tent, [{"offset": 1}])
    assert changed["values"]["preset"] == "your own"
    assert changed["values"]["kinks"] == loaded["values"]["kinks"]


def spread(n):
    """Kinks of the experiment on the slider's grid; unused hinges keep theirs."""
    even = np.round(experiment.spread_kinks(n), 2).tolist()
    return even + FoldTheLine().values["kinks"][n:]
