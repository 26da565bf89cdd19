"""Follow a forward pass from function to function: which weights, which axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from rectified.probes.functions import (
    follow_layout,
    get_input,
    has_layout,
    is_weighted,
)
from rectified.probes.sites import Signal, is_real


class Flow:
    """Where a forward pass is.

    Parameters
    ----------
    model : nn.Module
        Its parameters tell which calls use weights.

    Attributes
    ----------
    weights : str
        Parameter used last; "" at the start.
    inputs : Signal
        What the first layer multiplies by its weights, over all passes.
    """

    def __init__(self, model: nn.Module) -> None:
        self.parameters = {id(p): name for name, p in model.named_parameters()}
        self.inputs = Signal()
        self.start(None)

    def start(self, examples: int | None) -> None:
        """Begin a forward pass with a batch of so many examples; None if one vector."""
        self.axis, self.weights, self.has_begun = -1, "", False
        self.examples = examples

    def follow(
        self, name: str, args: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> bool:
        """Go past one call, and tell whether it uses a parameter."""
        x = get_input(args, keywords)
        self.axis = follow_layout(name, x, self.axis)
        used = self._find_parameters([*args, *keywords.values()])
        if used:
            # A weight rather than its bias.
            self.weights = max(used, key=lambda one: one[0])[1]
        if not self.has_begun and (used or has_layout(name)):
            self.has_begun = True
            is_input = isinstance(x, Tensor) and id(x) not in self.parameters
            if is_weighted(name) and is_input and is_real(x):
                self.inputs.add(x, self.find_axis(x))
        return bool(used)

    def _find_parameters(self, args: list[Any]) -> list[tuple[int, str]]:
        """Return rank and name of each parameter among the arguments of a call."""
        flat = [*args]
        for arg in args:
            if isinstance(arg, list | tuple):  # as nn.RNN passes its weights
                flat += arg
        known = self.parameters
        return [(arg.ndim, known[id(arg)]) for arg in flat if id(arg) in known]

    def find_axis(self, x: Tensor) -> int | None:
        """Return the axis of the units of a tensor, counted from the front.

        A vector with one number for each example holds a single unit: None.
        """
        if x.ndim == 1 and len(x) == self.examples:
            return None
        axis = min(self.axis, x.ndim - 1)
        return max(axis + x.ndim if axis < 0 else axis, 0)
