"""Colors keep the contrast that people with low vision need."""

import pytest

from rectified.widgets.theme import THEMES, css_variables


def luminance(color):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    high, low = sorted([luminance(first), luminance(second)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("ground", ["surface", "raised"])
def test_text_can_be_read(theme, ground):
    for color in (theme.text, theme.muted):
        assert contrast(color, getattr(theme, ground)) >= 4.5  # WCAG AA for text


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_data_stand_out_from_the_surface(theme):
    for color in (theme.blue, theme.orange, theme.green, theme.purple, theme.gray):
        assert contrast(color, theme.surface) >= 3  # WCAG AA for graphics


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_message_can_be_read_on_its_ground(theme):
    assert contrast(theme.text, theme.orange_fill) >= 4.5


def test_both_themes_reach_the_style_sheet():
    sheet = css_variables()
    for theme in THEMES.values():
        assert f"--rx-blue-fill: {theme.blue_fill};" in sheet
