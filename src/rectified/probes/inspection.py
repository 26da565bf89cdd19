"""What `inspect` returns."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from rectified._validate import check_choice
from rectified.probes.reports import ActivationReport, ParameterReport, SignalReport
from rectified.probes.tables import (
    Table,
    write_count,
    write_html,
    write_number,
    write_share,
)


@dataclass(frozen=True)
class Inspection:
    """What happened inside a model on the data given.

    Attributes
    ----------
    activations : tuple of ActivationReport
        In the order of their first call.
    parameters : tuple of ParameterReport
        In the model's order.
    inputs : SignalReport or None
        What the first layer multiplies by its weights; None if the first layer does
        something else, as an embedding or a normalization does.
    output : SignalReport or None
        The first tensor of real numbers that the model returns.
    output_activation : str or None
        Name of the activation whose output the model returns unchanged, if any.
    first_non_finite : str or None
        The first place where a value is NaN or infinite, in words.
    loss : float
        Mean over batches; NaN without a loss.
    batches, examples : int
        How many were seen; examples are counted along the first axis.
    notes : tuple of str
        What could not be seen, and what the model's mode did to the numbers.
    """

    activations: tuple[ActivationReport, ...]
    parameters: tuple[ParameterReport, ...]
    inputs: SignalReport | None
    output: SignalReport | None
    output_activation: str | None
    first_non_finite: str | None
    loss: float
    batches: int
    examples: int
    notes: tuple[str, ...]

    def __getitem__(self, name: str) -> ActivationReport:
        """Return the report of the activation called `name`."""
        reports = {report.name: report for report in self.activations}
        return reports[check_choice("name", name, reports)]

    def summary(self) -> str:
        """Return the numbers per activation and parameter as a table of text."""
        lines = [self._headline(), *(table.to_text() for table in self._tables())]
        return "\n\n".join([*lines, "\n".join(self._remarks())]).rstrip()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dicts, lists, numbers and strings, ready for JSON.

        JSON has no NaN; `None` stands for it and for infinity.
        """
        return {name: _plain(value) for name, value in _fields(self)}

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        tables = [table.to_html() for table in self._tables()]
        return write_html("Inspection", self._headline(), tables, self._remarks())

    def _headline(self) -> str:
        loss = f", loss {write_number(self.loss)}" if math.isfinite(self.loss) else ""
        examples = write_count(self.examples, "example")
        batches = write_count(self.batches, "batch", "es")
        activations = write_count(len(self.activations), "activation")
        parameters = write_count(len(self.parameters), "parameter")
        return f"{examples} in {batches}{loss}; {activations}, {parameters}"

    def _tables(self) -> list[Table]:
        activations = Table(
            "Activations, with the spread of their pre-activations",
            _ACTIVATION_COLUMNS,
            [_describe_activation(report) for report in self.activations],
        )
        parameters = Table(
            "Parameters",
            _PARAMETER_COLUMNS,
            [_describe_parameter(report) for report in self.parameters],
        )
        return [table for table in (activations, parameters) if table.rows]

    def _remarks(self) -> list[str]:
        remarks = []
        if self.output:
            inputs = write_number(self.output.spread_across_inputs)
            units = write_number(self.output.spread_across_units)
            spread = f"{inputs} across inputs, {units} across units"
            remarks.append(f"Spread of the output: {spread}.")
        if self.first_non_finite:
            remarks.append(f"NaN or infinity, first in {self.first_non_finite}.")
        return remarks + [f"{note[0].upper()}{note[1:]}." for note in self.notes]


def _fields(report: Any) -> list[tuple[str, Any]]:
    names = [field.name for field in dataclasses.fields(report)]
    return [(name, getattr(report, name)) for name in names]


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {name: _plain(part) for name, part in _fields(value)}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    is_number = isinstance(value, float)
    return None if is_number and not math.isfinite(value) else value


_ACTIVATION_COLUMNS = (
    "name",
    "units",
    "dead",
    "always on",
    "active",
    "saturated",
    "spread across inputs",
    "across units",
    "gradient",
    "not finite",
)


def _describe_activation(report: ActivationReport) -> list[str]:
    shares = (
        report.dead_fraction,
        float(report.always_on_unit.mean()),
        float(np.mean(report.active_fraction)),
        float(np.mean(report.saturated_fraction)),
    )
    numbers = (
        report.spread_across_inputs,
        report.spread_across_units,
        report.total_gradient_norm,
    )
    return [
        report.name,
        str(report.units),
        *map(write_share, shares),
        *map(write_number, numbers),
        str(report.non_finite.sum()),
    ]


_PARAMETER_COLUMNS = ("name", "shape", "norm", "gradient", "update/norm", "not finite")


def _describe_parameter(report: ParameterReport) -> list[str]:
    numbers = (report.norm, report.gradient_norm, report.update_ratio)
    return [
        report.name,
        " × ".join(map(str, report.shape)) or "1",
        *map(write_number, numbers),
        str(report.non_finite + report.gradient_non_finite),
    ]
