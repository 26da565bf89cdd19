"""The live host answers each request of its front end once, with values and picture."""

from typing import ClassVar

import pytest

from rectified import GateView
from rectified.widgets import Explorable, Slider, panels
from rectified.widgets.kernel import KernelHost


class Dot(Explorable):
    """Where is the dot?"""

    controls: ClassVar = {"x": Slider(0, 1, 0.25, start=0.5, label="x")}
    size = (120, 80)

    def draw(self, figure):
        (axes,) = panels(figure, 1)
        axes.set(xlim=(0, 1), ylim=(-1, 1))
        self.dot = axes.plot([], [], "o")[0]
        return [self.dot]

    def update(self, data, values):
        self.dot.set_data([values["x"]], [0])

    def describe(self, data, values):
        return f"The dot is at {values['x']:g}."


@pytest.fixture
def host(monkeypatch):
    host = KernelHost(Dot(x=9))
    host.sent = []
    monkeypatch.setattr(host, "send", lambda *a, **k: host.sent.append((*a, k)))
    return host


def ask(host, **request):
    host._handle_custom_msg({"kind": "show", "viewer": "v", **request}, [])
    answer, options = host.sent[-1]
    return answer, options["buffers"][0]


def test_the_first_picture_and_its_words_travel_with_the_model(host):
    state = host.get_state()
    assert state["_first"]["picture"].startswith(b"RIFF")
    assert state["_first"]["finding"] == "The dot is at 1."
    assert "9 was set to 1" in state["message"]


def test_a_request_is_answered_with_its_serial_and_viewer(host):
    answer, picture = ask(host, serial=7, values={"x": 0.25})
    assert (answer["serial"], answer["viewer"]) == (7, "v")
    assert answer["values"] == {"x": 0.25}
    assert answer["finding"] == "The dot is at 0.25."
    assert picture.startswith(b"RIFF")


def test_values_outside_come_back_fitted_with_a_sentence(host):
    answer, _ = ask(host, serial=1, values={"x": 4})
    assert answer["values"] == {"x": 1}
    assert "4 was set to 1" in answer["message"]


def test_the_front_ends_own_sentence_is_not_lost(host):
    answer, _ = ask(host, serial=1, values={"x": 1}, message="x goes from 0 to 1.")
    assert answer["message"] == "x goes from 0 to 1."


def test_other_messages_are_left_alone(host):
    host._handle_custom_msg({"kind": "hello"}, [])
    assert host.sent == []


def test_the_next_figure_starts_in_the_theme_that_was_last_seen(host):
    ask(host, serial=1, values={}, theme="dark", scale=1)
    assert KernelHost._last_view.theme == "dark"
    dark = KernelHost(Dot()).get_state()["_first"]["picture"]
    ask(host, serial=2, values={}, theme="light", scale=1)
    light = KernelHost(Dot()).get_state()["_first"]["picture"]
    assert dark != light


def test_values_set_from_python_are_fitted(host):
    host.values = {"x": -3}
    assert host.values == {"x": 0}


def test_a_figure_that_the_front_end_draws_sends_its_script_and_no_picture():
    state = GateView().widget.get_state()
    assert "export default" in state["_spec"]["script"]
    assert state["_first"] == {}


def test_an_explorable_shows_itself_as_a_widget():
    data, _ = GateView()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
