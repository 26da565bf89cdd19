"""The controls of an explorable: what a learner can change, and within which limits.

A control is data. The front end turns it into native, labelled HTML inputs; here it
knows its start value, brings any value into its limits and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from rectified.widgets.sliders import LogSlider, Slider, VectorSlider

__all__ = [
    "Button",
    "Control",
    "LogSlider",
    "Select",
    "Slider",
    "Toggle",
    "Values",
    "VectorSlider",
    "fit_values",
    "start_values",
]

Values = dict[str, Any]


class Control(Protocol):
    """What every control offers to the engine."""

    @property
    def label(self) -> str:
        """The visible name, with the symbol if there is one."""

    @property
    def start(self) -> Any:
        """The value before the learner has touched anything."""

    def fit(self, value: Any) -> tuple[Any, str]:
        """Return the nearest allowed value and a sentence if it differs."""

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the inputs from."""


@dataclass(frozen=True)
class Toggle:
    """A check box: on or off."""

    label: str
    start: bool = False

    def fit(self, value: Any) -> tuple[bool, str]:
        """Return the value as a bool, and a sentence if it was none."""
        if isinstance(value, bool):
            return value, ""
        return self.start, (
            f"{self.label} is on or off (True or False), got {value!r}; "
            f"set to {self.start}."
        )

    def choices(self) -> list[bool]:
        """Return both states."""
        return [False, True]

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the inputs from."""
        return {"kind": "toggle", **asdict(self)}


@dataclass(frozen=True)
class Select:
    """One of a few named options, the first at the start unless `start` says.

    Parameters
    ----------
    options : tuple of str
        At least two different values, in the order shown.
    label : str
        Visible name.
    start : str
        First value; the first option if empty.
    """

    options: tuple[str, ...]
    label: str
    start: str = ""

    def __post_init__(self) -> None:
        if len(self.options) < 2 or len(set(self.options)) < len(self.options):
            raise ValueError(
                f"`options` must be at least two different names, got {self.options}; "
                "a choice needs alternatives"
            )
        object.__setattr__(self, "start", self.start or self.options[0])
        if self.start not in self.options:
            raise ValueError(
                f"`start` must be one of {list(self.options)}, got {self.start!r}; "
                "start with an option"
            )

    def fit(self, value: Any) -> tuple[str, str]:
        """Return the option, or the start option and a sentence."""
        if str(value) in self.options:
            return str(value), ""
        return self.start, (
            f"{self.label} is one of {', '.join(self.options)}, got {value!r}; "
            f"set to {self.start}."
        )

    def choices(self) -> list[str]:
        """Return the options in order."""
        return list(self.options)

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the inputs from."""
        return {"kind": "select", **asdict(self)}


@dataclass(frozen=True)
class Button:
    """An action that changes other controls (see ``Explorable.press``)."""

    label: str
    start: None = None

    def fit(self, value: Any) -> tuple[None, str]:
        """Return None: a button holds no value."""
        return None, ""

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the input from."""
        return {"kind": "button", "label": self.label}


def start_values(controls: Mapping[str, Control]) -> Values:
    """Return the first value of every control that holds one."""
    held = {name: c for name, c in controls.items() if not isinstance(c, Button)}
    return {name: control.fit(control.start)[0] for name, control in held.items()}


def fit_values(
    controls: Mapping[str, Control], values: Mapping[str, Any]
) -> tuple[Values, str]:
    """Bring `values` into the controls' limits.

    Returns
    -------
    values : dict
        One allowed value for every control that holds one; missing ones start.
    message : str
        What was changed, in sentences; empty if nothing was.
    """
    fitted, sentences = start_values(controls), []
    for name in fitted:
        if name in values:
            fitted[name], sentence = controls[name].fit(values[name])
            if sentence:
                sentences.append(sentence)
    return fitted, " ".join(sentences)
