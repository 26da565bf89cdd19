"""Every figure that the front end draws: any setting is drawn, or it says why not."""

import re
from pathlib import Path

import numpy as np
import pytest

import rectified
from rectified.widgets import Button, Explorable, front_end
from tests.browser.scripts import COMPUTE, DRAW

pytestmark = pytest.mark.browser

SCRIPTED = [
    figure
    for name in rectified.__all__
    if isinstance(figure := getattr(rectified, name), type)
    and issubclass(figure, Explorable)
    and figure.script
]
CONTRIBUTING = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"
LONGEST_EXAMPLE = 60  # lines


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
    script_page, figure, size
):
    spec, settings = figure().spec(), random_settings(figure, 30)
    room = [getattr(figure, size)[0], getattr(figure, size)[1]]
    wanted = [front_end.module(), spec["script"], spec["constants"], settings, room]
    for values, (finding, markup) in zip(
        settings, script_page.evaluate(DRAW, wanted), strict=True
    ):
        assert markup, (values, finding)
        for word in ("NaN", "undefined", "Infinity", "null"):
            assert word not in finding + markup, values
        assert len(finding) > 20


def test_what_is_not_finite_is_said_and_not_drawn(script_page):
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
    ((message, markup),) = script_page.evaluate(DRAW, wanted)
    assert "the curve is not finite" in message
    assert markup == ""


def test_markup_in_a_label_stays_text(script_page):
    script = """export default () => ({
        compute: () => ({}),
        draw: (plot) => plot.text(1, 1, "<script>x</" + "script>"),
        describe: () => "a label",
    })"""
    wanted = [front_end.module(), script, {}, [{}], [300, 200]]
    ((_, markup),) = script_page.evaluate(DRAW, wanted)
    assert "<script>" not in markup


def test_the_script_of_the_worked_example_is_short_and_agrees_with_numpy(script_page):
    (script,) = re.findall(r"```js\n(.*?)```", CONTRIBUTING.read_text("utf-8"), re.S)
    assert len(script.splitlines()) < LONGEST_EXAMPLE
    setting = {"press": "", "values": {"sharpness": 7}, "start": {}}
    wanted = [front_end.module(), script, {}, [setting]]
    (answer,) = script_page.evaluate(COMPUTE, wanted)
    x, y = np.array(answer["data"]["curve"]).T
    np.testing.assert_allclose(y, np.logaddexp(0, 7 * x) / 7, atol=1e-12)
    assert f"{np.log(2) / 7:.3f} above ReLU" in answer["finding"]
    drawing = [front_end.module(), script, {}, [{"sharpness": 7}], [700, 300]]
    assert script_page.evaluate(DRAW, drawing)[0][1]


def drawn(script_page, body):
    """Run `body` as the drawing of a figure on a plot of 300 x 200; return its SVG."""
    script = f"""export default ({{ scientific }}) => ({{
        compute: () => ({{}}),
        draw(plot) {{ {body} }},
        describe: () => "",
    }})"""
    wanted = [front_end.module(), script, {}, [{}], [300, 200]]
    ((message, markup),) = script_page.evaluate(DRAW, wanted)
    assert message == ""
    return markup


LOG_AXES = """const axes = plot.axes({
    box: [0, 0, 300, 200], x: [0.001, 10], y: [1, 100], xlog: true, ylog: true });"""


def test_a_log_axis_gives_each_decade_the_same_room_and_names_it(script_page):
    markup = drawn(script_page, LOG_AXES)
    texts = dict(re.findall(r'<text x="([\d.]+)" [^>]*>([^<]+)</text>', markup))
    at = {text: float(x) for x, text in texts.items()}
    places = [at[text] for text in ("10⁻³", "10⁻²", "10⁻¹", "1", "10")]
    np.testing.assert_allclose(np.diff(places), np.diff(places)[0], atol=1e-6)


def test_a_knob_on_a_log_axis_comes_back_from_where_it_was_drawn(script_page):
    found = drawn(
        script_page,
        LOG_AXES
        + """axes.handle([0.02, 30], (x, y) => plot.text(9, 9, `${x} ${y}`));
        const [knob] = plot.handles;
        knob.drag(knob.x, knob.y);""",
    )
    x, y = re.findall(r">([\d.]+) ([\d.]+)</text>", found)[0]
    assert float(x) == pytest.approx(0.02)
    assert float(y) == pytest.approx(30)


def test_null_breaks_a_line_and_nothing_else(script_page):
    axes = "const axes = plot.axes({ box: [0, 0, 300, 200], x: [0, 4], y: [0, 1] });"
    line = "axes.line([[0, 1], [1, 0], [2, {}], [3, 1], [4, 0]], {{ dash: '7 7' }});"
    whole = drawn(script_page, axes + line.format("0.5"))
    broken = drawn(script_page, axes + line.format("null"))
    assert whole.count('stroke-dasharray="7 7"') == 1
    assert broken.count('stroke-dasharray="7 7"') == 2


def test_a_band_closes_between_its_curves(script_page):
    axes = "const axes = plot.axes({ box: [0, 0, 300, 200], x: [0, 1], y: [0, 1] });"
    markup = drawn(script_page, axes + "axes.band([[0, 0, 1], [1, 0.5, 0.5]]);")
    (path,) = re.findall(r'd="M([^"]+)"[^>]*fill="var\(--rx-blue-fill\)"', markup)
    corners = [tuple(map(float, point.split(","))) for point in path.split("L")]
    (x0, top), (x1, middle), (x2, again), (x3, bottom) = corners
    assert x0 == x3 < x1 == x2
    assert top < middle == again < bottom


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("0.25", "0.25"),
        ("-1234.5", "−1234.5"),
        ("3.16e-8", "3.2·10⁻⁸"),
        ("-2e12", "−2.0·10¹²"),
    ],
)
def test_numbers_of_any_size_are_short(script_page, value, text):
    assert f">{text}</text>" in drawn(
        script_page, f"plot.text(1, 1, scientific({value}))"
    )


def test_a_press_anywhere_in_the_axes_picks_a_place_within_their_limits(script_page):
    markup = drawn(
        script_page,
        LOG_AXES
        + """axes.picker((x, y) => plot.text(9, 9, `${x} ${y}`));
        const [{ box: [left, top, width], pick }] = plot.areas;
        pick(left + width / 2, top);
        pick(left - 50, top - 50);""",
    )
    (x, y), outside = re.findall(r">([\d.]+) ([\d.]+)</text>", markup)
    assert float(x) == pytest.approx(0.1)  # half of four decades
    assert float(y) == pytest.approx(100)
    assert [float(v) for v in outside] == pytest.approx([0.001, 100])
