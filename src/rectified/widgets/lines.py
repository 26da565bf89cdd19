"""What all sliders have in common: a grid of values between two limits."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any


class Line:
    """What sliders on any grid have in common; a subclass says where its values are."""

    # Declared for the type checker; the dataclasses below hold them.
    low: float
    high: float
    start: float
    label: str

    @property
    def steps(self) -> int:
        """The number of steps from one end to the other."""
        raise NotImplementedError

    def value_at(self, position: float) -> float:
        """Return the value `position` steps from the lower end."""
        raise NotImplementedError

    def _position(self, value: float) -> float:
        raise NotImplementedError

    def _check(self) -> None:
        if not self.low < self.high:
            raise ValueError(
                f"`high` must be more than `low` (={self.low}), got {self.high}; "
                "give the limits in rising order"
            )
        if not self.low <= self.start <= self.high:
            raise ValueError(
                f"`start` must be between {self.low} and {self.high}, "
                f"got {self.start}; start inside the limits"
            )
        if not self.label.strip():
            raise ValueError("`label` must be a visible name, got ''; name the control")

    def fit(self, value: Any) -> tuple[float, str]:
        """Return the nearest value of the grid, and a sentence if it moved.

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
        fitted = self.value_at(round(self._position(inside)))
        if inside == value:
            return fitted, ""
        return fitted, (
            f"{self.label} goes from {self.low:g} to {self.high:g}; "
            f"{value:g} was set to {fitted:g}."
        )

    def choices(self, count: int | None = None) -> list[float]:
        """Return `count` evenly spaced values, or every value of the grid.

        Raises
        ------
        ValueError
            If `count` values of the grid cannot be evenly spaced from end to end.
        """
        steps = self.steps
        count = steps + 1 if count is None else count
        if count < 2 or steps % (count - 1):
            fitting = [n + 1 for n in range(1, steps + 1) if steps % n == 0]
            raise ValueError(
                f"`count` must be one of {fitting} for {self.label}, got {count}; "
                "otherwise the values would not be evenly spaced"
            )
        gap = steps // (count - 1)
        return [self.value_at(index * gap) for index in range(count)]
