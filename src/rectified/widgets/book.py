"""The book's host: the same front end over frames drawn while the book is built.

With ``RECTIFIED_BOOK`` set to a directory, an explorable shows itself as HTML: a
fallback picture, and the state as JSON. Pictures that a kernel would draw are drawn
now, for every value that the figure's `frames` name, in both themes and both layouts,
and kept as files in ``<directory>/frames``.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rectified.widgets import front_end
from rectified.widgets.controls import LogSlider, Select, Slider, Toggle
from rectified.widgets.rendering import View
from rectified.widgets.sources import repository

if TYPE_CHECKING:
    from rectified.widgets.explorable import Explorable
    from rectified.widgets.panel import Panel

# The book replaces these by the addresses of the page that the figure is on.
LAUNCH: Final = [
    ["Binder", "%%LAUNCH:binder%%"],
    ["Colab", "%%LAUNCH:colab%%", f"there, first run %pip install git+{repository()}"],
    ["your JupyterLab", "%%LAUNCH:jupyterlab%%"],
]
_COUNTABLE: Final = (Slider, LogSlider, Select, Toggle)
_VIEWS: Final = {
    f"{theme}-{layout}": View(theme, layout)
    for theme in ("light", "dark")
    for layout in ("wide", "narrow")
}


def write_front_end(directory: Path) -> None:
    """Write ``rectified.js`` and ``rectified.css`` into `directory`.

    The module is imported from text: a page opened from a file may not import a
    file, and text works there and over HTTP alike.
    """
    directory.mkdir(parents=True, exist_ok=True)
    source = json.dumps(front_end.module())
    host = front_end.read("host.js").replace("__FRONT_END__", source)
    (directory / "rectified.js").write_text(host, "utf-8")
    sheet = front_end.style() + front_end.read("outputs.css")
    (directory / "rectified.css").write_text(sheet, "utf-8")


def mount(explorable: Explorable) -> str:
    """Return the HTML that the book's host turns into the figure."""
    axes = {} if explorable.script else moving_controls(explorable)
    for name, choices in axes.items():
        nearest = choices[_nearest(choices, explorable.values[name])]
        explorable.values = explorable.values | {name: nearest}
    explorable.initial = explorable.values
    state: dict[str, Any] = {
        "_spec": explorable.spec() | {"host": "book", "launch": LAUNCH},
        "values": explorable.values,
        "message": explorable.message,
    }
    if explorable.script:
        fallback = (
            f"<p><strong>{html.escape(explorable.title)}</strong> This figure is "
            "computed in the page: switch JavaScript on to see it move.</p>"
        )
    else:
        state["_frames"] = frames = _draw_frames(explorable, axes)
        state["_spec"]["frozen"] = [
            n for n in explorable.controls if n not in frames["axes"]
        ]
        for name, choices in frames["axes"].items():
            _land_on(state["_spec"]["controls"][name], choices)
        fallback = _fallback(explorable, frames)
    return _place(state, fallback)


def mount_panel(panel: Panel) -> str:
    """Return the HTML that the book's host turns into a panel, such as a quiz."""
    spec = {"kind": panel.kind, "host": "book", "launch": LAUNCH, **panel.spec()}
    return _place({"_spec": spec}, panel.fallback())


def _place(state: dict[str, Any], fallback: str) -> str:
    # "</" would end the script element early.
    data = json.dumps(state).replace("</", "<\\/")
    return (
        f'<div class="rectified-mount">{fallback}'
        f'<script type="application/json">{data}</script></div>'
    )


def moving_controls(explorable: Explorable) -> dict[str, list[Any]]:
    """Return the values that each control takes in the book.

    Examples
    --------
    >>> from rectified import RegionsView
    >>> moving_controls(RegionsView())["layers"]
    ['1', '2', '4']
    """
    frames, controls = dict(explorable.frames), explorable.controls
    countable = [name for name, c in controls.items() if isinstance(c, _COUNTABLE)]
    if not frames and len(countable) == 1:
        frames = {countable[0]: None}
    choices: dict[str, list[Any]] = {}
    for name, count in frames.items():
        control = controls[name]
        if isinstance(control, (Slider, LogSlider)):
            choices[name] = control.choices(count)
        elif isinstance(control, (Select, Toggle)):
            choices[name] = control.choices()
    return choices


def _draw_frames(explorable: Explorable, axes: dict[str, list[Any]]) -> dict[str, Any]:
    """Draw every frame; return where it lies and what it shows."""
    settings = [
        explorable.values | dict(zip(axes, point, strict=True))
        for point in itertools.product(*axes.values())
    ]
    files: dict[str, list[str]] = {}
    words: list[dict[str, str]] = []
    for name, view in _VIEWS.items():
        shown = [explorable.show(values, view, effort=4) for values in settings]
        label = type(explorable).__name__
        files[name] = [_keep(answer.picture, label) for answer in shown]
        words = [{"finding": s.finding, "message": s.message} for s in shown]
    return {"axes": axes, "files": files, "words": words}


def _keep(picture: bytes, label: str) -> str:
    """Write a picture under a name that its content decides; return the name."""
    if not picture:
        return ""
    name = f"{label}-{hashlib.sha256(picture).hexdigest()[:12]}.webp"
    folder = Path(os.environ[front_end.VARIABLE]) / "frames"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(picture)
    return name


def _land_on(spec: dict[str, Any], choices: list[Any]) -> None:
    """Make a slider stop only at values that have a frame."""
    if spec["kind"] == "slider":
        spec["step"] = float(f"{choices[1] - choices[0]:.10g}")
    if spec["kind"] == "log":
        spec["per_decade"] = (len(choices) - 1) / math.log10(choices[-1] / choices[0])


def _fallback(explorable: Explorable, frames: dict[str, Any]) -> str:
    """Return the start frame as an image, for readers without JavaScript."""
    index = 0
    for name, choices in frames["axes"].items():
        index = index * len(choices) + _nearest(choices, explorable.values[name])
    alt = html.escape(frames["words"][index]["finding"], quote=True)
    source = f"_static/frames/{frames['files']['light-wide'][index]}"
    return f'<img src="{source}" alt="{alt}">'


def _nearest(choices: list[Any], value: Any) -> int:
    if isinstance(value, str):
        return choices.index(value)
    return min(range(len(choices)), key=lambda index: abs(choices[index] - value))
