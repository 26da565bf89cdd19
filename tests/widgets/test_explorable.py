"""An explorable draws what its values say, and never shows a traceback."""

import io
import math
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image

from rectified.widgets import Button, Explorable, Select, Slider, View, panels


class Line(Explorable):
    """Where is the line?"""

    controls: ClassVar = {
        "height": Slider(-2, 2, 0.5, start=0, label="height"),
        "mode": Select(("fine", "raise", "nan", "limits", "gap"), label="mode"),
        "up": Button("Up"),
    }
    size = (300, 150)
    narrow_size = (160, 200)
    drawings = 0

    def compute(self, values):
        if values["mode"] == "raise":
            raise RuntimeError("the data ran out")
        height = math.nan if values["mode"] == "nan" else float(values["height"])
        return {"height": height}

    def draw(self, figure):
        self.drawings += 1
        (self.axes,) = panels(figure, 1)
        self.axes.set(xlim=(0, 1), ylim=(-2, 2))
        self.line = self.axes.plot([0, 1], [0, 0], label="the line")[0]
        return [self.line]

    def update(self, data, values):
        if values["mode"] == "limits":
            self.axes.set_ylim(-9, 9)
        heights = np.full(2, data["height"])
        if values["mode"] == "gap":
            heights = np.ma.masked_invalid([np.nan, data["height"]])
        self.line.set_ydata(heights)

    def describe(self, data, values):
        return f"The line is at {data['height']}."

    def press(self, name, values):
        return values | {"height": values["height"] + 1}


def pixels(shown):
    return np.asarray(Image.open(io.BytesIO(shown.picture)).convert("RGB")).astype(int)


def fresh(**values):
    """The picture of a new figure: drawn in full, nothing restored."""
    figure = Line(**values)
    return figure.show(figure.values)


def test_a_moved_line_looks_as_if_it_had_been_drawn_there_first():
    figure = Line()
    figure.show({"height": -1.5})
    moved = figure.show({"height": 1})
    assert figure.drawings == 1
    np.testing.assert_array_equal(pixels(moved), pixels(fresh(height=1)))


def test_a_changed_limit_is_drawn_although_it_does_not_move():
    figure = Line()
    before = figure.show({"height": 1})
    after = figure.show({"height": 1, "mode": "limits"})
    assert (pixels(before) != pixels(after)).any()
    assert figure.drawings == 1  # only the background was drawn again


def test_the_picture_has_the_asked_size_and_resolution():
    figure = Line()
    assert pixels(figure.show({}, View(scale=1))).shape == (150, 300, 3)
    assert pixels(figure.show({}, View(scale=2))).shape == (300, 600, 3)
    assert pixels(figure.show({}, View(layout="narrow", scale=1))).shape == (
        200,
        160,
        3,
    )


def test_the_dark_theme_is_dark_and_the_light_theme_light():
    figure = Line()
    dark = pixels(figure.show({}, View("dark")))
    light = pixels(figure.show({}, View("light")))
    assert np.median(dark) < 64 < 192 < np.median(light)


def test_the_small_picture_of_the_book_looks_like_the_fast_one():
    figure = Line()
    fast, small = figure.show({}), figure.show({}, effort=4)
    assert len(small.picture) < len(fast.picture)
    # 256 colors are more than this figure has; the evidence bound is 9 of 255.
    assert abs(pixels(fast) - pixels(small)).max() <= 9


def test_the_finding_says_the_values():
    assert Line().show({"height": 1}).finding == "The line is at 1.0."


def test_a_button_changes_the_values_that_are_shown():
    shown = Line().show({"height": 0.5}, pressed="up")
    assert shown.values["height"] == 1.5
    assert shown.finding == "The line is at 1.5."


def test_a_button_cannot_leave_the_limits():
    shown = Line().show({"height": 2}, pressed="up")
    assert shown.values["height"] == 2
    assert "3 was set to 2" in shown.message


def test_a_value_outside_is_clamped_and_said():
    shown = Line().show({"height": 9})
    assert shown.values["height"] == 2
    assert "9 was set to 2" in shown.message


def test_a_start_value_outside_is_clamped_and_said():
    figure = Line(height=-7)
    assert figure.values["height"] == -2
    assert "-7 was set to -2" in figure.message


@pytest.mark.parametrize(
    ("mode", "words"), [("raise", "the data ran out"), ("nan", "height is not finite")]
)
def test_a_failure_is_a_sentence_and_the_next_change_recovers(mode, words):
    figure = Line()
    failed = figure.show({"height": 1, "mode": mode})
    assert failed.picture == b""
    assert words in failed.message
    assert "Traceback" not in failed.message
    again = figure.show({"height": 1})
    assert again.message == ""
    np.testing.assert_array_equal(pixels(again), pixels(fresh(height=1)))


def test_a_failure_while_drawing_the_first_time_recovers_too():
    figure = Line()
    assert figure.show({"mode": "raise"}).picture == b""
    assert figure.show({}).picture


def test_a_nan_that_reaches_only_the_line_is_noticed():
    class Hidden(Line):
        """A line whose data nobody checked"""

        def compute(self, values):
            return "nothing to check"

        def update(self, data, values):
            self.line.set_ydata([0, np.inf])

    shown = Hidden().show({})
    assert shown.picture == b""
    assert "the line is not finite" in shown.message


def test_a_masked_gap_is_deliberate():
    assert Line().show({"mode": "gap"}).message == ""


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(TypeError, match=r"`hight` must be .* did you mean `height`\?"):
        Line(hight=1)


def test_a_figure_that_nobody_draws_is_refused():
    with pytest.raises(TypeError, match="`Nobody` must have `draw`"):
        type("Nobody", (Explorable,), {})


def test_frames_of_unknown_or_too_many_controls_are_refused():
    for frames in ({"widht": None}, {"height": 3, "mode": None, "up": None}):
        with pytest.raises(TypeError, match="`frames` of Wrong must name"):
            type("Wrong", (Line,), {"frames": frames})


def test_frames_that_are_not_evenly_spaced_are_refused():
    with pytest.raises(ValueError, match=r"`count` must be one of \[2, 3, 5, 9\]"):
        type("Uneven", (Line,), {"frames": {"height": 4}})


def test_a_settle_that_raises_is_a_sentence_too():
    class Unsettled(Line):
        """A line whose values never fit"""

        def settle(self, values):
            if values["height"] > 1:
                raise RuntimeError("too high")
            return values

    assert "too high" in Unsettled().show({"height": 2}).message


def test_the_title_is_the_first_line_of_the_docstring():
    assert Line().title == "Where is the line?"


def test_the_source_names_this_file_and_holds_the_class():
    (source,) = Line().spec()["sources"]
    assert source["path"] == "test_explorable.py"
    assert "class Line(Explorable)" in source["code"]


def test_a_figure_of_the_course_links_to_its_source():
    from rectified import GateView

    python, experiment, script = GateView().spec()["sources"]
    assert python["path"] == "src/rectified/explorables/what_is_relu/closed_form.py"
    assert python["url"].endswith(f"/blob/main/{python['path']}")
    assert script["path"].endswith("what_is_relu/gate.js")
    assert "def gate(" in experiment["code"]
    assert experiment["path"].startswith("src/rectified/experiments/")


@pytest.mark.parametrize(
    ("message", "view"),
    [
        ({}, View("light", "wide", 2.0)),
        (
            {"theme": "dark", "layout": "narrow", "scale": 1.5},
            View("dark", "narrow", 1.5),
        ),
        ({"theme": "pink", "layout": 7, "scale": 40}, View("light", "wide", 2.0)),
        ({"scale": 0.3}, View("light", "wide", 1.0)),
    ],
)
def test_odd_words_of_a_front_end_become_defaults(message, view):
    assert View.from_message(message) == view


def test_what_a_figure_measures_reaches_its_script_and_is_measured_once():
    from rectified import GateView

    class Measured(GateView):
        """Does it count?"""

        script = "../../src/rectified/explorables/what_is_relu/gate.js"
        runs: ClassVar[list[int]] = []

        def measurements(self):
            self.runs.append(1)
            return {"rows": [1.5, None]}

    figures = Measured(), Measured(bias=1.0)
    assert Measured.runs == []  # not before it is shown
    for figure in figures:
        constants = figure.spec()["constants"]
    assert constants["rows"] == [1.5, None]
    assert constants["presets"] == GateView.constants["presets"]
    assert len(Measured.runs) == 1
