"""What must be true of a figure's class, checked when it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rectified.widgets.controls import LogSlider, Slider

if TYPE_CHECKING:
    from rectified.widgets.explorable import Explorable


def check_figure(cls: type[Explorable], *, abstract: bool = False) -> None:
    """Refuse a figure that nobody draws or that moves unknown controls.

    Raises
    ------
    TypeError
        If there is neither a script nor `draw`, or `frames` names no controls.
    ValueError
        If the frames of a slider are not evenly spaced.
    """
    if not (abstract or cls.script or "draw" in dir(cls)):
        raise TypeError(
            f"`{cls.__name__}` must have `draw` and `update` or name a `script`, "
            "got neither; say who draws the figure"
        )
    unknown = sorted(set(cls.frames) - set(cls.controls))
    if unknown or len(cls.frames) > 2:
        raise TypeError(
            f"`frames` of {cls.__name__} must name one or two of its controls, "
            f"got {list(cls.frames)}; choose what moves in the book"
        )
    for name, count in cls.frames.items():
        if isinstance(slider := cls.controls[name], (Slider, LogSlider)):
            slider.choices(count)  # raises if they are not evenly spaced
