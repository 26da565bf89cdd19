"""One palette for both drawing paths, light and dark.

Matplotlib figures take it as rc parameters, the front end as CSS custom
properties, so a learner cannot tell which path drew a figure. The data colors
follow Okabe and Ito (2008), darkened or lightened until each has a contrast of
at least 3:1 against its surface; text has at least 4.5:1. Every figure also
tells its series apart by line style, marker or label.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Theme:
    """Colors of one theme as CSS hex strings."""

    surface: str
    raised: str
    text: str
    muted: str
    grid: str
    blue: str
    orange: str
    green: str
    purple: str
    gray: str
    blue_fill: str
    orange_fill: str
    green_fill: str


THEMES: Final[dict[ThemeName, Theme]] = {
    "light": Theme(
        surface="#ffffff",
        raised="#f3f5f9",
        text="#1d2330",
        muted="#566072",
        grid="#dfe4ec",
        blue="#0a66c2",
        orange="#c24a00",
        green="#117a55",
        purple="#7a3fb8",
        gray="#7c8698",
        blue_fill="#d3e6fa",
        orange_fill="#fbdcc8",
        green_fill="#cdeee0",
    ),
    "dark": Theme(
        surface="#14181e",
        raised="#1f252e",
        text="#e9ecf2",
        muted="#a9b2c1",
        grid="#333b47",
        blue="#6cb4ff",
        orange="#ff9a57",
        green="#4fd0a0",
        purple="#c7a2ff",
        gray="#8791a3",
        blue_fill="#1b3a5c",
        orange_fill="#55301a",
        green_fill="#15442f",
    ),
}


def matplotlib_style(theme: Theme) -> dict[Any, Any]:
    """Return the rc parameters that give a matplotlib figure this theme."""
    return {
        "axes.edgecolor": theme.muted,
        "axes.facecolor": theme.surface,
        "axes.grid": True,
        "axes.labelcolor": theme.text,
        "axes.labelsize": 9.5,
        "axes.prop_cycle": _cycle(theme),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": theme.text,
        "axes.titlelocation": "left",
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "figure.edgecolor": theme.surface,
        "figure.facecolor": theme.surface,
        "font.size": 9.5,
        "grid.color": theme.grid,
        "grid.linewidth": 0.8,
        "legend.edgecolor": theme.grid,
        "legend.facecolor": theme.surface,
        "legend.fontsize": 9,
        "legend.labelcolor": theme.text,
        "lines.linewidth": 2.2,
        "text.color": theme.text,
        "xtick.color": theme.muted,
        "xtick.labelcolor": theme.text,
        "xtick.labelsize": 9,
        "ytick.color": theme.muted,
        "ytick.labelcolor": theme.text,
        "ytick.labelsize": 9,
    }


def _cycle(theme: Theme) -> Any:
    from cycler import cycler

    colors = [theme.blue, theme.orange, theme.green, theme.purple]
    return cycler(color=colors) + cycler(linestyle=["-", "--", "-.", ":"])


def css_variables() -> str:
    """Return the CSS rules that define ``--rx-<color>`` for both themes."""
    rules = []
    for name, theme in THEMES.items():
        colors = "".join(
            f"  --rx-{key.replace('_', '-')}: {value};\n"
            for key, value in asdict(theme).items()
        )
        rules.append(f'.rectified[data-theme="{name}"] {{\n{colors}}}\n')
    return "".join(rules)


COLOR_NAMES: Final = tuple(field.name for field in fields(Theme))
