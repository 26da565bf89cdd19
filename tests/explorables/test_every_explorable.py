"""What every explorable of the course must do, whatever it shows."""

import io
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import rectified
from rectified.widgets import (
    Button,
    Explorable,
    LogSlider,
    Select,
    Slider,
    Toggle,
    View,
)

EXPLORABLES = [
    figure
    for name in rectified.__all__
    if isinstance(figure := getattr(rectified, name), type)
    and issubclass(figure, Explorable)
    and figure is not Explorable
]
KERNEL_DRAWN = [figure for figure in EXPLORABLES if not figure.script]
FAST = View(scale=1)

each_figure = pytest.mark.parametrize("figure", EXPLORABLES, ids=lambda f: f.__name__)
each_drawn = pytest.mark.parametrize("figure", KERNEL_DRAWN, ids=lambda f: f.__name__)


def extremes(control):
    """Smallest, middle and largest value, and one on either side outside."""
    if isinstance(control, LogSlider):
        middle = control.choices()[control.steps // 2]
        return [control.low, middle, control.high, control.low / 2, control.high * 2]
    if isinstance(control, Slider):
        middle = (control.low + control.high) / 2
        return [control.low, middle, control.high, control.low - 1, control.high + 1]
    if isinstance(control, (Select, Toggle)):
        return control.choices()
    return []


def settable(figure):
    return {
        name: control
        for name, control in figure.controls.items()
        if not isinstance(control, Button)
    }


def pixels(shown):
    return np.asarray(Image.open(io.BytesIO(shown.picture)).convert("RGB"))


def test_there_are_figures_of_both_kinds():
    assert KERNEL_DRAWN
    assert len(KERNEL_DRAWN) < len(EXPLORABLES)


@each_figure
def test_the_title_is_one_sentence_that_asks_or_says_something(figure):
    assert figure().title[-1] in ".?"
    assert len(figure().title) < 80


@each_figure
def test_a_learner_finds_no_more_than_eight_controls(figure):
    assert 1 <= len(figure.controls) <= 8


@each_figure
def test_labels_differ(figure):
    labels = [control.label for control in figure.controls.values()]
    assert len(set(labels)) == len(labels)


@cache
def shown_at_extremes(figure):
    """Show each control at its extremes; return (name, value, shown) of each."""
    subject = figure()
    return [
        (name, value, subject.show(subject.values | {name: value}, FAST))
        for name, control in settable(figure).items()
        for value in extremes(control)
    ]


@each_drawn
def test_every_control_at_its_extremes_is_drawn_and_described(figure):
    for name, value, shown in shown_at_extremes(figure):
        control = figure.controls[name]
        assert shown.picture, (name, value, shown.message)
        assert len(shown.finding) > 20
        outside = isinstance(control, (Slider, LogSlider)) and not (
            control.low <= value <= control.high
        )
        assert bool(shown.message) == outside


@each_drawn
def test_every_control_changes_the_picture_and_some_the_finding(figure):
    subject = figure()
    at_start = subject.show(subject.values, FAST)
    moving = {
        name
        for name, _, shown in shown_at_extremes(figure)
        if (pixels(shown) != pixels(at_start)).any()
    }
    assert moving == set(settable(figure))
    findings = {shown.finding for _, _, shown in shown_at_extremes(figure)}
    assert len(findings | {at_start.finding}) > 1


@each_drawn
@given(data=st.data())
@settings(
    max_examples=6,
    deadline=None,  # the first time a setting is shown, a network is trained
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_walk_through_the_settings_ends_where_a_fresh_figure_starts(figure, data):
    walk = data.draw(
        st.lists(st.fixed_dictionaries(choices(figure)), min_size=1, max_size=4)
    )
    subject = figure()
    for values in walk:
        moved = subject.show(values, FAST)
        assert moved.message == ""
    start = figure(**walk[-1])
    fresh = start.show(start.values, FAST)
    assert moved.finding == fresh.finding
    np.testing.assert_array_equal(pixels(moved), pixels(fresh))


def choices(figure):
    return {
        name: st.sampled_from(control.choices())
        for name, control in settable(figure).items()
    }


@each_drawn
def test_the_narrow_picture_is_drawn_too(figure):
    width, height = figure.narrow_size
    shown = figure().show({}, View(layout="narrow", scale=1))
    assert pixels(shown).shape == (height, width, 3)
