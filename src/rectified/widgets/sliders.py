"""Sliders: numbers on a line, alone or as entries of a vector."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from numbers import Real
from typing import Any


@dataclass(frozen=True)
class Slider:
    """A number on a line: a range input and a number box.

    Parameters
    ----------
    low, high : float
        Limits, both included; `low` is less than `high`.
    step : float
        Distance between neighboring values, more than 0.
    start : float
        First value, within the limits.
    label : str
        Visible name, with the symbol if there is one: ``"bias b"``.
    unit : str
        Written after the number, for example ``"steps"``.

    Raises
    ------
    ValueError
        If the limits, the step or the start contradict each other.
    """

    low: float
    high: float
    step: float
    start: float
    label: str
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(
                f"`high` must be more than `low` (={self.low}), got {self.high}; "
                "give the limits in rising order"
            )
        if not 0 < self.step <= self.high - self.low:
            raise ValueError(
                f"`step` must be more than 0 and at most {self.high - self.low}, "
                f"got {self.step}; choose a step that fits between the limits"
            )
        if not self.low <= self.start <= self.high:
            raise ValueError(
                f"`start` must be between {self.low} and {self.high}, "
                f"got {self.start}; start inside the limits"
            )
        if not self.label.strip():
            raise ValueError("`label` must be a visible name, got ''; name the control")

    def fit(self, value: Any) -> tuple[float, str]:
        """Return the nearest value on the step grid, and a sentence if it moved.

        Rounding to the grid is silent; leaving the limits or not being a number
        is said.
        """
        if isinstance(value, bool) or not isinstance(value, Real):
            return self.start, (
                f"{self.label} needs a number, got {value!r}; set to {self.start:g}."
            )
        if not math.isfinite(value):
            return self.start, (
                f"{self.label} needs a finite number, got {value}; "
                f"set to {self.start:g}."
            )
        value = float(value)
        inside = min(max(value, self.low), self.high)
        fitted = self._on_grid(inside)
        if inside == value:
            return fitted, ""
        return fitted, (
            f"{self.label} goes from {self.low:g} to {self.high:g}; "
            f"{value:g} was set to {fitted:g}."
        )

    def _on_grid(self, value: float) -> float:
        steps = round((value - self.low) / self.step)
        fitted = min(self.low + steps * self.step, self.high)
        whole = all(float(x).is_integer() for x in (self.low, self.step, self.high))
        # Ten digits hide the binary error of low + k * step (0.30000000000000004).
        return int(fitted) if whole else float(f"{fitted:.10g}")

    def choices(self, count: int | None = None) -> list[float]:
        """Return `count` evenly spaced values, or every value of the grid.

        Raises
        ------
        ValueError
            If `count` values of the grid cannot be evenly spaced from end to end.
        """
        steps = round((self.high - self.low) / self.step)
        count = steps + 1 if count is None else count
        if count < 2 or steps % (count - 1):
            fitting = [n + 1 for n in range(1, steps + 1) if steps % n == 0]
            raise ValueError(
                f"`count` must be one of {fitting} for {self.label}, got {count}; "
                "otherwise the values would not be evenly spaced"
            )
        gap = (self.high - self.low) / (count - 1)
        return [self._on_grid(self.low + index * gap) for index in range(count)]

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the inputs from."""
        return {"kind": "slider", **asdict(self)}


@dataclass(frozen=True)
class VectorSlider:
    """A slider for one entry of a vector; another control says which.

    Parameters
    ----------
    slider : Slider
        Limits and label, the same for every entry.
    entries : tuple of float
        Start values of all entries.
    entry : str
        Name of the slider that holds the number of the entry, counted from 1.
    """

    slider: Slider
    entries: tuple[float, ...]
    entry: str

    @property
    def label(self) -> str:
        """The visible name."""
        return self.slider.label

    @property
    def start(self) -> list[float]:
        """The first value of every entry."""
        return list(self.entries)

    def fit(self, value: Any) -> tuple[list[float], str]:
        """Fit every entry; entries that are missing take their start value."""
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            return self.start, (
                f"{self.label} needs {len(self.entries)} numbers, got {value!r}; "
                "set to the start values."
            )
        padded = [*value[: len(self.entries)], *self.entries[len(value) :]]
        fitted = [self.slider.fit(entry) for entry in padded]
        sentences = [sentence for _, sentence in fitted if sentence]
        return [entry for entry, _ in fitted], " ".join(sentences[:1])

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the inputs from."""
        own = {"kind": "vector", "entry": self.entry, "start": self.start}
        return {**self.slider.spec(), **own}
