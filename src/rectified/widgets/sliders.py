"""Sliders: numbers on a line, alone or as entries of a vector."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rectified.widgets.lines import Line


@dataclass(frozen=True)
class Slider(Line):
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
    play : bool
        Whether a button walks the slider to its end, for what happens in steps.

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
    play: bool = False

    def __post_init__(self) -> None:
        self._check()
        if not 0 < self.step <= self.high - self.low:
            raise ValueError(
                f"`step` must be more than 0 and at most {self.high - self.low}, "
                f"got {self.step}; choose a step that fits between the limits"
            )

    @property
    def steps(self) -> int:
        """The number of steps from one end to the other."""
        return round((self.high - self.low) / self.step)

    def _position(self, value: float) -> float:
        return (value - self.low) / self.step

    def value_at(self, position: float) -> float:
        """Return the value `position` steps from the lower end."""
        value = min(self.low + position * self.step, self.high)
        whole = all(float(x).is_integer() for x in (self.low, self.step, self.high))
        # Ten digits hide the binary error of low + k * step (0.30000000000000004).
        return int(value) if whole else float(f"{value:.10g}")

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the inputs from."""
        return {"kind": "slider", **asdict(self)}


@dataclass(frozen=True)
class LogSlider(Line):
    """A positive number on a logarithmic line, for learning rates or step sizes.

    Parameters
    ----------
    low, high : float
        Limits, both included and a whole number of steps apart; 0 < `low` < `high`.
    per_decade : float
        Steps from one power of ten to the next, more than 0.
    start : float
        First value, within the limits.
    label : str
        Visible name, with the symbol if there is one: ``"step size h"``.
    unit : str
        Written after the number.

    Raises
    ------
    ValueError
        If the limits, `per_decade` or the start contradict each other.

    Examples
    --------
    >>> LogSlider(1e-3, 1, 2, start=0.1, label="learning rate").choices()
    [0.001, 0.00316, 0.01, 0.0316, 0.1, 0.316, 1.0]
    """

    low: float
    high: float
    per_decade: float
    start: float
    label: str
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.low > 0:
            raise ValueError(
                f"`low` must be more than 0, got {self.low}; a logarithmic line has "
                "no zero"
            )
        self._check()
        steps = math.log10(self.high / self.low) * self.per_decade
        if steps < 1 or abs(steps - round(steps)) > 1e-9:
            raise ValueError(
                f"`per_decade` must give a whole number of steps from {self.low} to "
                f"{self.high}, got {self.per_decade} ({steps:g} steps); choose limits "
                "that are powers of ten"
            )

    @property
    def steps(self) -> int:
        """The number of steps from one end to the other."""
        return round(math.log10(self.high / self.low) * self.per_decade)

    def _position(self, value: float) -> float:
        return math.log10(value / self.low) * self.per_decade

    def value_at(self, position: float) -> float:
        """Return the value `position` steps from the lower end, to three digits."""
        return float(f"{self.low * 10 ** (position / self.per_decade):.3g}")

    def spec(self) -> dict[str, Any]:
        """Return the description that the front end builds the inputs from."""
        return {"kind": "log", **asdict(self)}


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
