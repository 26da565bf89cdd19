"""Say what is wrong with a network, why, and what to try."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from rectified._validate import problem
from rectified.probes.batches import is_one_batch, split_pair
from rectified.probes.findings import Finding
from rectified.probes.inspecting import check_loss, inspect
from rectified.probes.inspection import Inspection
from rectified.probes.rules import FEWEST_EXAMPLES, Case, apply_rules
from rectified.probes.running import Loss
from rectified.probes.tables import write_count, write_html


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` returns.

    Attributes
    ----------
    findings : tuple of Finding
        Causes before consequences; empty if nothing is wrong as far as can be seen.
    inspection : Inspection
        The measurements behind them.
    notes : tuple of str
        What limits the diagnosis.
    """

    findings: tuple[Finding, ...]
    inspection: Inspection
    notes: tuple[str, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def summary(self) -> str:
        """Return the findings as text."""
        parts = [self._headline(), *map(str, self.findings)]
        return "\n\n".join([*parts, *(f"Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dicts, lists, numbers and strings, ready for JSON."""
        return {
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
            "inspection": self.inspection.to_dict(),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        parts = [finding.to_html() for finding in self.findings]
        return write_html("Diagnosis", self._headline(), parts, self.notes)

    def _headline(self) -> str:
        examples = write_count(self.inspection.examples, "example")
        if not self.findings:
            return f"Nothing is wrong that shows on {examples}."
        return f"{write_count(len(self.findings), 'finding')} on {examples}."


def diagnose(model: nn.Module, loader: Any, loss: Loss, **options: Any) -> Diagnosis:
    """Examine a network on data and say what is wrong with it.

    It looks for dead and saturated units, for activations and gradients that vanish
    or explode from layer to layer, for values that are not finite, for an output that
    does not depend on the input, for a ReLU on the output and for unscaled inputs.
    The thresholds, each with its reason, are in `rectified.probes.rules`.

    Nothing is changed: see `inspect`.

    Parameters
    ----------
    model : nn.Module
        Any model whose parameters hold values, in the mode in which it is trained.
    loader : iterable
        Yields ``(inputs, target)`` pairs; a list of one pair will do. At least 30
        examples, better some hundreds.
    loss : callable
        ``loss(output, target)`` returns one number.
    **options
        Passed on to `inspect`: `learning_rate`, `saturation`, `unit_axis`, `also`,
        `separate_calls`.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        As `inspect` does, or if `loader` is a single batch.

    Examples
    --------
    >>> import torch
    >>> _ = torch.manual_seed(0)
    >>> model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    >>> _ = model[0].bias.data.fill_(-9.0)
    >>> data = [(torch.randn(100, 2), torch.randn(100, 1))]
    >>> [finding.what for finding in diagnose(model, data, nn.MSELoss()).findings]
    ['dead units']
    """
    if is_one_batch(loader):
        advice = "write [(inputs, target)] for a single batch"
        rule = "an iterable of (inputs, target) pairs"
        raise problem("loader", rule, type(loader).__name__, advice)
    check_loss(loss)
    targets = _Targets(loader)
    seen = inspect(model, targets, loss=loss, **options)
    findings = apply_rules(Case(seen, targets.need_negative()))
    return Diagnosis(tuple(findings), seen, (*_limits(seen), *seen.notes))


def _limits(seen: Inspection) -> Iterator[str]:
    if seen.examples < FEWEST_EXAMPLES:
        yield (
            f"{write_count(seen.examples, 'example')} cannot show that a unit is dead "
            f"or the output constant; give at least {FEWEST_EXAMPLES}."
        )
    if not seen.activations:
        yield "No activation was seen."


@dataclass
class _Targets:
    """A loader whose targets are looked at in passing."""

    loader: Any
    smallest: float = field(default=float("inf"), init=False)
    are_labels: bool = field(default=True, init=False)
    seen: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[Any]:
        for item in self.loader:
            target = split_pair(item)[1]
            if isinstance(target, Tensor) and target.numel():
                self._look(target)
            yield item

    def _look(self, target: Tensor) -> None:
        self.seen = True
        self.smallest = min(self.smallest, float(target.min()))
        is_binary = bool(((target == 0) | (target == 1)).all())
        self.are_labels &= is_binary or not target.is_floating_point()

    def need_negative(self) -> str:
        """Return why an output must be able to be negative, or nothing."""
        if self.seen and self.are_labels:
            return "the targets are labels, so the outputs should be free logits"
        if self.smallest < 0:
            return f"the targets go down to {self.smallest:.3g}"
        return ""
