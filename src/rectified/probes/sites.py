"""Activation sites: which units belong together, and what they did so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn

from rectified.probes.statistics import (
    Floats,
    Reading,
    Tails,
    merge,
    read,
    sum_squares,
)


@dataclass(frozen=True)
class Settings:
    """What the caller of `inspect` asked for."""

    saturation: float = 0.05
    unit_axis: int | Mapping[str, int] | None = None
    separate_calls: bool = False
    also: tuple[type[nn.Module], ...] = ()
    with_gradients: bool = False


@dataclass(frozen=True)
class Call:
    """One call of an activation, before it is run."""

    name: str
    function: str
    axis: int | None
    tails: Tails
    signal: Reading


class Key(NamedTuple):
    """What tells one site from another."""

    owner: str  # module whose forward calls the function
    function: str
    weights: str  # parameter used last before
    turn: int  # how many such calls since that parameter was used
    units: int
    call: int  # which call with these weights; 0 if they are merged


@dataclass
class Site:
    """One activation in the model and the statistics of its units."""

    key: Key
    name: str
    tails: Tails
    calls: int = 0
    signal: Reading | None = None
    output: Reading | None = None
    squared_gradient: Floats | None = None

    def add(self, signal: Reading, output: Reading, *, calls: int) -> None:
        """Add the values before and after some calls."""
        self.calls += calls
        self.signal = merge(self.signal, signal) if self.signal else signal
        self.output = merge(self.output, output) if self.output else output

    def add_gradient(self, axis: int | None, gradient: Tensor) -> None:
        """Add the gradient of the loss with respect to the output of one call."""
        squares = sum_squares(gradient, axis)
        before = self.squared_gradient
        self.squared_gradient = squares if before is None else before + squares


@dataclass
class Signal:
    """A tensor of the model that is no activation: what goes in, what comes out."""

    reading: Reading | None = None

    def add(self, x: Tensor, axis: int | None) -> None:
        """Add the values of one batch; axis None means that they are one unit's."""
        new = read(x, axis)
        fits = self.reading and self.reading.mean.size == new.mean.size
        # A model may return maps of varying width; then the last one counts.
        self.reading = merge(self.reading, new) if fits and self.reading else new


@dataclass
class Catalogue:
    """All sites of a model, in the order of their first call."""

    separate_calls: bool
    sites: dict[Key, Site] = field(default_factory=dict)
    _turns: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _calls: Counter[Key] = field(default_factory=Counter)
    _names: Counter[str] = field(default_factory=Counter)

    def start_forward(self) -> None:
        """Forget which calls have been made: a new forward pass begins."""
        self._turns.clear()
        self._calls.clear()

    def use_weights(self) -> None:
        """Note that a parameter was used: the units that follow are its own."""
        self._turns.clear()

    def find(
        self,
        owner: str,
        function: str,
        weights: str,
        *,
        name: str,
        units: int,
        tails: Tails,
    ) -> Site:
        """Return the site of a call; it is a new one if its units are new.

        A unit is a row of weights. So two calls are one site if the same module
        applies the same function after the same weights, as a loop over time does,
        and two sites if the weights differ, as in a loop over layers.
        """
        self._turns[owner, function] += 1
        turn = self._turns[owner, function]
        key = Key(owner, function, weights, turn, units, 0)
        if self.separate_calls:
            self._calls[key] += 1
            key = key._replace(call=self._calls[key])
        if key not in self.sites:
            self._names[name] += 1
            number = self._names[name]
            full = name if number == 1 else f"{name}[{number}]"
            self.sites[key] = Site(key, full, tails)
        return self.sites[key]


def count_units(x: Tensor, axis: int | None) -> int:
    """Return how many units a tensor holds."""
    return x.shape[axis] if x.ndim and axis is not None else 1


def is_real(x: object) -> bool:
    """Tell whether `x` is a tensor that statistics can be made of."""
    if not isinstance(x, Tensor) or not x.numel():
        return False
    is_plain = x.layout == torch.strided and not x.is_quantized and not x.is_nested
    return is_plain and not x.is_complex() and not _is_wrapped(x)


def _is_wrapped(x: Tensor) -> bool:
    """Tell whether `torch.func` holds many values in this tensor."""
    return bool(torch._C._functorch.is_functorch_wrapped_tensor(x))
