"""The figures that the front end computes agree with the Python experiments."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

import rectified
from rectified import FoldTheLine, GateView, GraphView
from rectified.experiments import what_is_relu as experiment
from rectified.widgets import Button, Explorable, front_end

pytestmark = pytest.mark.browser

# One rounding per operation on numbers below 100, a few hundred operations.
ROUNDING = 1e-11
SCRIPTED = [
    figure
    for name in rectified.__all__
    if isinstance(figure := getattr(rectified, name), type)
    and issubclass(figure, Explorable)
    and figure.script
]
CONTRIBUTING = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"
LONGEST_EXAMPLE = 60  # lines
COMPUTE = """async ([module, script, constants, settings]) => {
    const load = (text) => import(URL.createObjectURL(
        new Blob([text], { type: "text/javascript" })));
    const { loadFigure } = await load(module);
    const figure = await loadFigure(script, constants);
    return settings.map(({ press, values, start }) => {
        const pressed = press ? figure.press(press, values) : values;
        const settled = figure.settle ? figure.settle(pressed, start) : pressed;
        const data = figure.compute(settled);
        return { values: settled, data, finding: figure.describe(data, settled) };
    });
}"""


DRAW = """async ([module, script, constants, settings, [width, height]]) => {
    const load = (text) => import(URL.createObjectURL(
        new Blob([text], { type: "text/javascript" })));
    const { loadFigure, Plot } = await load(module);
    const figure = await loadFigure(script, constants);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    return settings.map((values) => {
        const plot = new Plot(svg, width, height);
        try {
            const data = figure.compute(values);
            figure.draw(plot, data, values, () => {});
            plot.finish();
            return [figure.describe(data, values), svg.innerHTML];
        } catch (error) {
            return [error.message, ""];
        }
    });
}"""


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def compute(page):
    """Run a figure's script at many settings."""

    def run(figure, settings):
        wanted = [
            {
                "press": setting.pop("press", ""),
                "values": figure.values | setting,
                "start": figure.values,
            }
            for setting in settings
        ]
        spec = figure.spec()
        return page.evaluate(
            COMPUTE, [front_end.module(), spec["script"], spec["constants"], wanted]
        )

    return run


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


def random_settings(figure, count):
    """Any combination of what the controls allow, seeded."""
    rng = np.random.default_rng(0)
    settings = []
    for _ in range(count):
        values = {}
        for name, control in figure.controls.items():
            if isinstance(control, Button):
                continue
            line = getattr(control, "slider", control)
            many = len(control.start) if isinstance(control.start, list) else 1
            drawn = [
                line.choices()[rng.integers(len(line.choices()))] for _ in range(many)
            ]
            values[name] = drawn if isinstance(control.start, list) else drawn[0]
        settings.append(figure().fit(values)[0])
    return settings


@pytest.mark.parametrize("size", ["size", "narrow_size"])
@pytest.mark.parametrize("figure", SCRIPTED, ids=lambda f: f.__name__)
def test_any_setting_is_drawn_and_described_without_an_undefined_number(
    page, figure, size
):
    spec, settings = figure().spec(), random_settings(figure, 60)
    room = [getattr(figure, size)[0], getattr(figure, size)[1]]
    wanted = [front_end.module(), spec["script"], spec["constants"], settings, room]
    for values, (finding, markup) in zip(
        settings, page.evaluate(DRAW, wanted), strict=True
    ):
        assert markup, (values, finding)
        for word in ("NaN", "undefined", "Infinity", "null"):
            assert word not in finding + markup, values
        assert len(finding) > 20


def test_what_is_not_finite_is_said_and_not_drawn(page):
    script = """export default () => ({
        compute: () => ({}),
        draw(plot) {
            const box = [0, 0, 300, 200];
            const axes = plot.axes({ box, x: [0, 1], y: [0, 1] });
            axes.line([[0, 0], [1, NaN]], { label: "the curve" });
        },
        describe: () => "",
    })"""
    wanted = [front_end.module(), script, {}, [{}], [300, 200]]
    ((message, markup),) = page.evaluate(DRAW, wanted)
    assert "the curve is not finite" in message
    assert markup == ""


def test_markup_in_a_label_stays_text(page):
    script = """export default () => ({
        compute: () => ({}),
        draw: (plot) => plot.text(1, 1, "<script>x</" + "script>"),
        describe: () => "a label",
    })"""
    wanted = [front_end.module(), script, {}, [{}], [300, 200]]
    ((_, markup),) = page.evaluate(DRAW, wanted)
    assert "<script>" not in markup


def test_the_script_of_the_worked_example_is_short_and_agrees_with_numpy(page):
    (script,) = re.findall(r"```js\n(.*?)```", CONTRIBUTING.read_text("utf-8"), re.S)
    assert len(script.splitlines()) < LONGEST_EXAMPLE
    setting = {"press": "", "values": {"sharpness": 7}, "start": {}}
    wanted = [front_end.module(), script, {}, [setting]]
    (answer,) = page.evaluate(COMPUTE, wanted)
    x, y = np.array(answer["data"]["curve"]).T
    np.testing.assert_allclose(y, np.logaddexp(0, 7 * x) / 7, atol=1e-12)
    assert f"{np.log(2) / 7:.3f} above ReLU" in answer["finding"]
    drawing = [front_end.module(), script, {}, [{"sharpness": 7}], [700, 300]]
    assert page.evaluate(DRAW, drawing)[0][1]
