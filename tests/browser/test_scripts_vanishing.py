"""The scripts of lesson 04 compute what the Python experiments compute."""

import itertools
import json

import numpy as np
import pytest

from rectified import (
    ChainView,
    CorridorView,
    DefaultInitView,
    RescueView,
    ShatteredView,
    TrainabilityView,
    activations,
)
from rectified.experiments import vanishing as experiment
from rectified.experiments.vanishing.layers import NORMALIZATIONS, Stack
from rectified.explorables.vanishing.corridor import FUNCTIONS, INITS, describe_init
from rectified.widgets import front_end

pytestmark = pytest.mark.browser

# A few thousand additions per number, and derivatives that are differences of numbers
# near 1: far less than a picture could show.
ROUNDING = 1e-9
TINY = {"width": 6, "inputs": 5, "networks": 2, "maxDepth": 5}
RUN = """async ([module, script, constants, settings, seeds]) => {
    const load = (text) => import(URL.createObjectURL(
        new Blob([text], { type: "text/javascript" })));
    const { loadFigure } = await load(module);
    const figure = await loadFigure(script, constants);
    const kinds = ["normal", "uniform", "bias", "x", "enter"];
    const drawn = seeds.map((seed) => Object.fromEntries(
        kinds.map((kind) => [kind, [...figure.randomNumbers(seed, kind)]])));
    return [drawn, settings.map((values) => figure.compute(values))];
}"""


# --- the chain ------------------------------------------------------------------


def test_the_chain_is_that_of_the_experiment(compute):
    settings = [
        {"activation": name, "depth": 30, "weight": weight, "bias": bias, "x": x}
        for name, weight, bias, x in itertools.product(
            ("sigmoid", "tanh", "relu"), (-8, -1, 0, 0.7, 8), (-4, 0, 4), (-3, 0.3, 3)
        )
    ]
    answers = compute(ChainView(), [dict(setting) for setting in settings])
    for setting, answer in zip(settings, answers, strict=True):
        chain = experiment.run_chain(**setting)
        for name in ("factors", "product", "bound"):
            np.testing.assert_allclose(
                # Large whole numbers arrive as integers.
                np.array(answer["data"][name], dtype=float),
                getattr(chain, name),
                # 1 - tanh^2 loses digits where tanh is nearly 1.
                rtol=1e-6,
                atol=1e-14,
            )


# --- the corridor ---------------------------------------------------------------


@pytest.fixture(scope="module")
def run_in_browser(script_page):
    """Run the corridor's script; return its random numbers and its answers."""

    def run(constants, settings, seeds):
        spec = CorridorView().spec()
        wanted = [front_end.module(), spec["script"], constants, settings, seeds]
        return script_page.evaluate(RUN, wanted)

    return run


def tiny_settings():
    rng = np.random.default_rng(0)
    settings = [
        {"init": init, "activation": name, "normalization": kind, "residual": residual}
        for init in INITS
        for name in FUNCTIONS
        for kind in NORMALIZATIONS
        for residual in (0, 0.3)
    ]
    for setting in settings:
        depth = int(rng.integers(2, TINY["maxDepth"] + 1))
        setting |= {"depth": depth, "factor": rng.choice([0.5, 1.0, 4.0]), "draw": 2}
    return settings


def run_in_python(drawn, setting):
    """Build the same network for `Stack`, from the numbers that the script drew."""
    width, inputs, depth = TINY["width"], TINY["inputs"], setting["depth"]
    init = describe_init(setting["init"], INITS[setting["init"]], width)
    rule = activations.get(FUNCTIONS[setting["activation"]])
    stack = Stack(
        rule.name,
        normalization=setting["normalization"],
        residual=setting["residual"],
    )
    raw = np.reshape(drawn[init["distribution"]], (-1, 1, width, width))
    shifts = np.reshape(drawn["bias"], (-1, 1, 1, width))
    for layer in range(depth):
        weights = init["scale"] * setting["factor"] * raw[layer]
        biases = init["bias"] * shifts[layer]
        if init["centered"] and layer:
            biases = biases - rule.function(0.0) * weights.sum(axis=1, keepdims=True)
        stack.add(weights, biases)
    stack.forward(np.reshape(drawn["x"], (1, inputs, width)))
    deltas, _ = stack.backward(np.reshape(drawn["enter"], (1, inputs, width)))
    rms = [np.sqrt((delta**2).mean()) for delta in deltas]
    zs = [z[0] for z in stack.pre_activations]
    return {
        "inputSpread": [np.sqrt(z.var(axis=0).mean()) for z in zs],
        "unitSpread": [z.mean(axis=0).std() for z in zs],
        "gradient": np.array(rms) / rms[-1],
    }


def test_networks_in_the_browser_are_those_of_python(run_in_browser):
    inits = {name: describe_init(name, s, TINY["width"]) for name, s in INITS.items()}
    settings = tiny_settings()
    # Draw 2 of two networks each: seeds 2 and 3.
    drawn, answers = run_in_browser(TINY | {"inits": inits}, settings, [2, 3])
    for setting, answer in zip(settings, answers, strict=True):
        for numbers, run in zip(drawn, answer["runs"], strict=True):
            expected = run_in_python(numbers, setting)
            for name, row in expected.items():
                np.testing.assert_allclose(
                    run[name], row, rtol=1e-7, atol=ROUNDING, err_msg=str(setting)
                )
        # What is drawn thick is the geometric mean of the networks.
        logs = [np.log(run["gradient"]) for run in answer["runs"]]
        np.testing.assert_allclose(np.log(answer["gradient"]), np.mean(logs, axis=0))


def test_theory_in_the_browser_is_that_of_python(run_in_browser):
    constants, start = CorridorView.constants, CorridorView().values
    settings = [
        start | {"init": init, "activation": name, "depth": 50, "factor": factor}
        for init in INITS
        for name in FUNCTIONS
        for factor in (0.25, 1.0, 5.0)
    ]
    _, answers = run_in_browser(constants | {"networks": 1}, settings, [])
    for setting, answer in zip(settings, answers, strict=True):
        scheme = INITS[setting["init"]]
        wide = describe_init(setting["init"], scheme)
        gain = wide["std"] * setting["factor"] * constants["width"] ** 0.5
        rms, gradient = experiment.predict_corridor(
            50,
            constants["width"],
            FUNCTIONS[setting["activation"]],
            scheme=experiment.scheme_of_gain(gain),
            bias_std=wide["bias"] / 3**0.5,
            centered=wide["centered"],
        )
        # Fifty layers multiply the errors of two ways to integrate functions that are
        # steps under the largest weights: 1e-4 each.
        shown = {name: np.array(row, float) for name, row in answer["theory"].items()}
        np.testing.assert_allclose(shown["rms"], rms, rtol=1e-4)
        np.testing.assert_allclose(shown["gradient"], gradient, rtol=5e-3)


def test_theory_is_silent_where_it_does_not_apply(run_in_browser):
    start = CorridorView().values
    settings = [start | {"normalization": "batch"}, start | {"residual": 0.1}]
    _, answers = run_in_browser(CorridorView.constants, settings, [])
    assert [answer["theory"] for answer in answers] == [None, None]


def test_random_numbers_in_the_browser_are_random(run_in_browser):
    (one, two), _ = run_in_browser(CorridorView.constants, [], [0, 1])
    normal, uniform = np.array(one["normal"]), np.array(one["uniform"])
    # Five standard errors of a moment of n numbers.
    error = 5 / np.sqrt(normal.size)
    for numbers, moments in ((normal, (1, 3)), (uniform, (1 / 3, 1 / 5))):
        assert abs(numbers.mean()) < error
        assert (numbers**2).mean() == pytest.approx(moments[0], abs=2 * error)
        assert (numbers**4).mean() == pytest.approx(moments[1], abs=10 * error)
        # Neighbors, and the same place in the next row and the next layer.
        for lag in (1, 48, 48 * 48):
            assert abs((numbers[lag:] * numbers[:-lag]).mean()) < error
    assert np.abs(uniform).max() <= 1
    for kind in one:
        assert abs(np.corrcoef(one[kind], two[kind])[0, 1]) < 5 / len(one[kind]) ** 0.5
    assert abs(np.corrcoef(normal, uniform)[0, 1]) < error


def test_networks_in_the_browser_behave_like_those_of_the_experiment(run_in_browser):
    settings = [
        CorridorView().values | {"init": init, "depth": 10, "draw": draw}
        for init in ("PyTorch default", "He")
        for draw in range(1, 6)
    ]
    _, answers = run_in_browser(CorridorView.constants, settings, [])
    for rows, name in ((answers[:5], "pytorch"), (answers[5:], "he")):
        mine = np.log([run["gradient"][0] for row in rows for run in row["runs"]])
        theirs = np.log(
            experiment.run_corridor(10, init=name, width=48, seeds=range(15)).gradient
        )[0]
        error = np.sqrt((mine.var(ddof=1) + theirs.var(ddof=1)) / 15)
        assert abs(mine.mean() - theirs.mean()) < 5 * error


# --- what was measured ----------------------------------------------------------


def test_default_init_view_shows_the_run_that_is_named(compute):
    run = experiment.measure_default_init(
        range(3), inits=["he"], names=["silu"], depth=6, width=48, steps=100
    )
    setting = {"init": "He", "activation": "SiLU", "depth": 6, "step": 50}
    (answer,) = compute(DefaultInitView(), [setting])
    (curve,) = answer["data"]["curves"]
    until = (run.record_steps <= 50).sum()
    loss = run.loss[0, 0, :until].mean(axis=1)
    # Rounded to three digits.
    np.testing.assert_allclose(curve["loss"], loss, rtol=1e-2)
    np.testing.assert_allclose(curve["accuracy"], run.accuracy[0, 0], atol=1e-3)
    assert curve["rate"] == run.best_rate[0, 0]
    assert f"{100 * run.accuracy.mean():.0f} %" in answer["finding"]


def test_trainability_view_shows_the_cell_that_is_marked(compute):
    run = experiment.measure_trainability(
        range(2), activation="tanh", depths=[4], gains=[2.5], steps=36
    )
    setting = {"activation": "tanh", "gain": 2.5, "depth": 4}
    (answer,) = compute(TrainabilityView(), [setting])
    data = answer["data"]
    np.testing.assert_allclose(data["accuracy"], run.accuracy[0, 0], atol=1e-3)
    assert data["map"][1][4] == pytest.approx(run.accuracy.mean(), abs=1e-3)
    np.testing.assert_allclose(data["loss"], run.loss[0, 0].T, rtol=1e-2)
    assert data["expected"] == pytest.approx(run.expected_ratio[0, 0], rel=1e-2)


def test_rescue_view_shows_the_arm_that_is_chosen(compute):
    arm = experiment.RescueArm("chosen", "sigmoid", 3.0, centered=True)
    run = experiment.measure_rescue(range(2), arms=[arm], depth=5, width=32, steps=80)
    setting = {"factor": 3, "depth": 5, "centered": True}
    (answer,) = compute(RescueView(), [setting])
    np.testing.assert_allclose(answer["data"]["here"], run.accuracy[0], atol=1e-3)
    assert answer["data"]["gain"] == pytest.approx(run.expected_gain[0], rel=1e-2)


def test_shattered_view_shows_the_depth_that_is_chosen(compute):
    settings = [
        {"network": name, "depth": depth, "noise": "brown noise"}
        for name in ShatteredView.arms
        for depth in (1, 24, 50)
    ]
    answers = compute(ShatteredView(), [dict(setting) for setting in settings])
    for setting, answer in zip(settings, answers, strict=True):
        centered, residual = ShatteredView.arms[setting["network"]]
        slopes = experiment.run_line_depths(
            setting["depth"],
            centered=centered,
            residual=residual,
            n_points=128,
            seeds=range(5),
        )[-1]
        data = answer["data"]
        shape = np.array(data["slope"])
        assert np.corrcoef(shape, slopes[:, 0])[0, 1] > 1 - 1e-4  # three digits
        alike = experiment.autocorrelation(slopes, 16)
        np.testing.assert_allclose(data["alike"], alike.mean(axis=1), atol=1e-3)
        np.testing.assert_allclose(data["low"], alike.min(axis=1), atol=1e-3)
        white, brown = experiment.draw_noise(128, [0])
        assert np.corrcoef(data["beside"]["slope"], brown[:, 0])[0, 1] > 1 - 1e-4
        assert not np.allclose(white, brown)


@pytest.mark.parametrize(
    "figure", [DefaultInitView, TrainabilityView, RescueView, ShatteredView]
)
def test_measurements_are_plain_json(figure):
    measured = figure().measurements()
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured
