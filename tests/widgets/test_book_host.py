"""In the book a figure is HTML: a fallback, its state, and a frame for each value."""

import json
import re
from typing import ClassVar

import pytest

from rectified import GateView
from rectified.widgets import Explorable, Select, Slider, book, front_end, panels


class Bar(Explorable):
    """How long is the <bar>?"""

    controls: ClassVar = {
        "length": Slider(0, 4, 0.5, start=1, label="length"),
        "side": Select(("left", "right"), label="side"),
        "live": Slider(0, 9, 1, start=0, label="only live"),
    }
    frames: ClassVar = {"length": 3, "side": None}
    size, narrow_size = (120, 60), (80, 60)

    def draw(self, figure):
        (axes,) = panels(figure, 1)
        axes.set(xlim=(-4, 4), ylim=(-1, 1))
        self.bar = axes.plot([], [])[0]
        return [self.bar]

    def update(self, data, values):
        sign = -1 if values["side"] == "left" else 1
        self.bar.set_data([0, sign * values["length"]], [0, 0])

    def describe(self, data, values):
        return f"{values['length']:g} to the {values['side']}"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(front_end.VARIABLE, str(tmp_path))
    return tmp_path


def read(html):
    state = re.search(r'<script type="application/json">(.*)</script>', html, re.S)
    return json.loads(state[1])


def test_every_combination_of_the_moving_controls_has_a_frame(folder):
    frames = read(book.mount(Bar()))["_frames"]
    assert frames["axes"] == {"length": [0, 2, 4], "side": ["left", "right"]}
    findings = [words["finding"] for words in frames["words"]]
    assert findings[:3] == ["0 to the left", "0 to the right", "2 to the left"]
    for view in ("light-wide", "light-narrow", "dark-wide", "dark-narrow"):
        names = frames["files"][view]
        assert len(names) == 6
        assert all((folder / "frames" / name).stat().st_size for name in names)


def test_equal_pictures_are_kept_once(folder):
    names = read(book.mount(Bar()))["_frames"]["files"]["light-wide"]
    assert names[0] == names[1]  # a bar without length has no side
    assert len(set(names)) == 5


def test_a_slider_lands_only_on_values_that_have_a_frame(folder):
    assert read(book.mount(Bar()))["_spec"]["controls"]["length"]["step"] == 2


def test_controls_without_frames_are_named_as_frozen(folder):
    spec = read(book.mount(Bar()))["_spec"]
    assert spec["frozen"] == ["live"]
    assert spec["launch"][0][0] == "Binder"


def test_the_fallback_is_the_frame_nearest_to_the_start(folder):
    html = book.mount(Bar(length=3.4, side="right"))
    frames = read(html)["_frames"]
    image = re.search(r'<img src="_static/frames/([^"]+)" alt="([^"]+)">', html)
    assert image[1] == frames["files"]["light-wide"][5]
    assert image[2] == "4 to the right"


def test_markup_in_a_figures_words_stays_text(folder):
    class Sly(Bar):
        """</script><b>bold</b>"""

        def describe(self, data, values):
            return '"><b>sly</b>'

    html = book.mount(Sly())
    assert html.count("</script>") == 1
    assert "<b>" not in html.split("<script")[0]
    assert read(html)["_spec"]["title"] == "</script><b>bold</b>"


def test_a_figure_of_the_front_end_needs_no_frames(folder):
    html = book.mount(GateView())
    assert "_frames" not in read(html)
    assert "switch JavaScript on" in html
    assert not (folder / "frames").exists()


def test_a_figure_with_one_control_moves_in_the_book_without_being_asked(folder):
    one = type("One", (Bar,), {"__doc__": "One", "frames": {}})
    one.controls = {"length": Bar.controls["length"]}
    one.update = lambda self, data, values: self.bar.set_data(
        [0, values["length"]], [0, 0]
    )
    one.describe = lambda self, data, values: "A bar"
    assert book.moving_controls(one()) == {
        "length": [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
    }


def test_an_explorable_shows_itself_as_html_while_the_book_is_built(folder):
    assert set(GateView()._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_the_front_end_is_written_as_one_script_and_one_sheet(tmp_path):
    book.write_front_end(tmp_path / "new")
    script = (tmp_path / "new/rectified.js").read_text("utf-8")
    assert "__FRONT_END__" not in script
    sheet = (tmp_path / "new/rectified.css").read_text("utf-8")
    assert '.rectified[data-theme="dark"]' in sheet
