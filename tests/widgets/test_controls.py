"""Controls bring any value into their limits and say what they changed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectified.widgets import (
    Button,
    LogSlider,
    Select,
    Slider,
    Toggle,
    VectorSlider,
)
from rectified.widgets.controls import fit_values, start_values

RATE = LogSlider(1e-4, 10, 3, start=0.1, label="learning rate")
BIAS = Slider(-3, 3, 0.1, start=0, label="bias b")
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.floats()),
)


@given(ANYTHING)
def test_a_slider_always_gives_a_number_on_its_grid(value):
    fitted, _ = BIAS.fit(value)
    assert -3 <= fitted <= 3
    # Ten digits are kept, so a grid of 60 steps is exact to 1e-9.
    assert abs(fitted * 10 - round(fitted * 10)) < 1e-9


@given(ANYTHING)
def test_a_log_slider_always_gives_a_number_on_its_grid(value):
    fitted, _ = RATE.fit(value)
    assert fitted in RATE.choices()


def test_a_log_slider_has_equal_ratios_and_meets_the_powers_of_ten():
    choices = RATE.choices()
    assert len(choices) == 16
    # Three digits are kept, so ratios are within two roundings of 0.5 %.
    ratios = np.divide(choices[1:], choices[:-1])
    np.testing.assert_allclose(ratios, 10 ** (1 / 3), rtol=0.011)
    assert choices[::3] == [1e-4, 1e-3, 1e-2, 0.1, 1, 10]


@pytest.mark.parametrize(
    ("value", "fitted", "said"),
    [(0.11, 0.1, False), (0, 1e-4, True), (-3, 1e-4, True), (99, 10, True)],
)
def test_a_log_slider_rounds_in_silence_and_says_what_it_clamps(value, fitted, said):
    assert RATE.fit(value)[0] == fitted
    assert ("learning rate" in RATE.fit(value)[1]) == said


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"low": 0}, "low"),
        ({"high": 1e-4}, "high"),
        ({"per_decade": 0.3}, "per_decade"),
        ({"per_decade": 0}, "per_decade"),
        ({"start": 11}, "start"),
        ({"label": ""}, "label"),
    ],
)
def test_a_log_slider_that_contradicts_itself_names_the_argument(wrong, named):
    good = {"low": 1e-4, "high": 10, "per_decade": 3, "start": 1, "label": "rate"}
    with pytest.raises(ValueError, match=f"`{named}` must"):
        LogSlider(**good | wrong)


def test_a_value_inside_the_limits_is_kept_without_a_word():
    assert BIAS.fit(0.7) == (0.7, "")


def test_a_value_between_two_steps_is_rounded_without_a_word():
    assert BIAS.fit(0.72) == (0.7, "")


def test_binary_rounding_of_steps_does_not_show():
    assert BIAS.choices()[33] == 0.3  # -3 + 33 * 0.1 is 0.30000000000000027


def test_a_whole_number_grid_gives_integers():
    layers, _ = Slider(1, 4, 1, start=1, label="layers").fit(3.0)
    assert isinstance(layers, int)


@pytest.mark.parametrize(("value", "limit"), [(9, 3), (-9, -3), (3.04, 3)])
def test_a_value_outside_is_clamped_and_said(value, limit):
    fitted, sentence = BIAS.fit(value)
    assert fitted == limit
    assert "bias b" in sentence
    assert f"{value:g} was set to {limit}" in sentence


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1", None, True, [1]])
def test_what_is_no_finite_number_gives_the_start_and_a_sentence(value):
    fitted, sentence = BIAS.fit(value)
    assert fitted == 0
    assert "bias b needs a" in sentence


def test_numpy_numbers_are_numbers():
    assert BIAS.fit(np.float32(1))[0] == 1
    assert BIAS.fit(np.int64(2))[0] == 2


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"low": 3, "high": 3}, "high"),
        ({"step": 0}, "step"),
        ({"step": 7}, "step"),
        ({"start": 4}, "start"),
        ({"label": " "}, "label"),
    ],
)
def test_a_slider_that_contradicts_itself_names_the_argument(wrong, named):
    good = {"low": -3, "high": 3, "step": 0.1, "start": 0, "label": "x"}
    with pytest.raises(ValueError, match=f"`{named}` must be"):
        Slider(**(good | wrong))


def test_evenly_spaced_choices_include_both_ends():
    assert BIAS.choices(4) == [-3, -1, 1, 3]
    assert len(BIAS.choices()) == 61


KINKS = VectorSlider(
    Slider(-3, 3, 0.5, start=0, label="kink"), entries=(-1, 0, 1), entry="which"
)


def test_every_entry_of_a_vector_is_fitted():
    values, sentence = KINKS.fit([-9, 0.6, 1])
    assert values == [-3, 0.5, 1]
    assert "-9 was set to -3" in sentence


def test_missing_entries_of_a_vector_take_their_start():
    assert KINKS.fit([2])[0] == [2, 0, 1]


def test_a_vector_that_is_no_list_gives_the_start_and_a_sentence():
    assert KINKS.fit(3)[0] == [-1, 0, 1]
    assert "needs 3 numbers" in KINKS.fit("abc")[1]


def test_a_toggle_is_on_or_off():
    toggle = Toggle("grid", start=True)
    assert toggle.fit(False) == (False, "")
    assert toggle.fit(1)[0] is True
    assert "grid is on or off" in toggle.fit("yes")[1]


def test_a_select_refuses_what_is_no_option():
    task = Select(("circles", "xor"), label="task")
    assert task.fit("xor") == ("xor", "")
    value, sentence = task.fit("spiral")
    assert value == "circles"
    assert "circles, xor" in sentence


@pytest.mark.parametrize("options", [(), ("one",), ("a", "a")])
def test_a_select_without_a_choice_is_refused(options):
    with pytest.raises(ValueError, match="`options` must be"):
        Select(options, label="task")


def test_a_select_cannot_start_with_what_is_no_option():
    with pytest.raises(ValueError, match="`start` must be one of"):
        Select(("a", "b"), label="task", start="c")


CONTROLS = {"bias": BIAS, "go": Button("Go"), "grid": Toggle("grid")}


def test_buttons_hold_no_value():
    assert start_values(CONTROLS) == {"bias": 0, "grid": False}


def test_all_corrections_are_said_at_once():
    values, message = fit_values(CONTROLS, {"bias": 9, "grid": "x", "unknown": 1})
    assert values == {"bias": 3, "grid": False}
    assert "bias b" in message
    assert "grid" in message
