"""Send batches through a model and collect what is seen on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rectified.probes.batches import count_examples, find_tensors, run
from rectified.probes.capture import Recorder
from rectified.probes.gradients import Gradients
from rectified.probes.hooks import attached
from rectified.probes.inspection import Inspection
from rectified.probes.isolation import undisturbed
from rectified.probes.reports import ActivationReport, SignalReport
from rectified.probes.sites import Settings, Signal, Site, is_real
from rectified.probes.statistics import Counts, Floats, Reading
from rectified.probes.tables import write_count

Loss = Callable[..., Tensor]


class Run:
    """Batches that go through a model, and what is seen on the way."""

    def __init__(self, model: nn.Module, settings: Settings, loss: Loss | None) -> None:
        self.model, self.loss = model, loss
        self.recorder = Recorder(model, settings)
        self.gradients = Gradients(model)
        self.recorder.first_non_finite = self.gradients.find_bad_parameter()
        self.output = Signal()
        self.output_activation: str | None = None
        self.losses: list[float] = []
        self.examples = self.batches = 0

    @contextmanager
    def prepared(self) -> Iterator[Run]:
        """Watch the model, and undo everything at the end."""
        with (
            torch.inference_mode(False),
            torch.set_grad_enabled(self.loss is not None),
            undisturbed(self.model),
            attached(self.model, self.recorder),
        ):
            yield self
        _note_mode(self.model, self.recorder)
        unreached = self.gradients.find_unreached()
        if self.losses and unreached:
            count = write_count(len(unreached), "parameter")
            sentence = f"no gradient reached {count}, among them `{unreached[0]}`"
            self.recorder.notes[sentence] = None

    def add(self, inputs: Any, target: Any) -> None:
        """Run one batch forward and, with a loss, backward."""
        examples, is_vector = count_examples(inputs)
        self.examples += examples
        self.batches += 1
        recorder = self.recorder
        recorder.check_tensors("the batch", find_tensors(inputs))
        recorder.start_forward(None if is_vector else examples)
        with recorder:
            output = run(self.model, inputs)
        first = next(filter(_is_output, find_tensors(output)), None)
        if first is not None:
            self.output.add(first, recorder.flow.find_axis(first))
            self.output_activation = recorder.find_source(first)
        if self.loss is not None:
            value = self.loss(output) if target is None else self.loss(output, target)
            self.losses.append(self.gradients.add(value))
            recorder.check_tensors("the loss", [value])
        recorder.remove_hooks()

    def report(self, learning_rate: float | None) -> Inspection:
        """Return what was seen, once all batches are through."""
        sites = self.recorder.catalogue.sites.values()
        parameters = self.gradients.report(learning_rate)
        place = self.recorder.first_non_finite
        for one in parameters:
            if place is None and one.gradient_non_finite:
                place = f"the gradient of `{one.name}`"
        return Inspection(
            activations=tuple(_report_site(site, self.batches) for site in sites),
            parameters=parameters,
            inputs=_report_signal(self.recorder.flow.inputs),
            output=_report_signal(self.output),
            output_activation=self.output_activation,
            first_non_finite=place,
            loss=float(np.mean(self.losses)) if self.losses else float("nan"),
            batches=self.batches,
            examples=self.examples,
            notes=tuple(self.recorder.notes),
        )


def _is_output(x: Tensor) -> bool:
    return is_real(x) and x.is_floating_point()


def _note_mode(model: nn.Module, recorder: Recorder) -> None:
    """Say what training mode did to the numbers."""
    training = [module for module in model.modules() if module.training]
    if any(isinstance(one, _DROPOUT) and one.p > 0 for one in training):
        recorder.notes["dropout was active, since the model is in training mode"] = None
    if any(isinstance(one, nn.modules.batchnorm._BatchNorm) for one in training):
        sentence = (
            "batch norm used the statistics of each batch, since the model is in "
            "training mode; its running statistics are as they were"
        )
        recorder.notes[sentence] = None


_DROPOUT = nn.modules.dropout._DropoutNd


def _report_site(site: Site, batches: int) -> ActivationReport:
    assert site.signal is not None
    assert site.output is not None
    signal, output, squares = site.signal, site.output, site.squared_gradient
    n_units = signal.mean.size
    gradient = np.full(n_units, np.nan) if squares is None else squares / batches
    # A unit with a value that is not finite is neither dead nor always on.
    values = output.finite + output.non_finite
    return ActivationReport(
        name=site.name,
        function=site.key.function,
        after=site.key.weights,
        calls=site.calls,
        values=int(values[0]),
        dead_unit=output.zero == values,
        always_on_unit=signal.positive == values,
        active_fraction=_divide(signal.positive, signal.finite),
        inactive_fraction=_divide(signal.finite - signal.positive, signal.finite),
        zero_fraction=_divide(output.zero, output.finite),
        saturated_fraction=_divide(signal.flat, signal.finite),
        pre_activation_mean=_mean(signal),
        pre_activation_sd=_sd(signal),
        activation_mean=_mean(output),
        activation_sd=_sd(output),
        gradient_norm=np.sqrt(gradient),
        non_finite=signal.non_finite + output.non_finite,
    )


def _report_signal(signal: Signal) -> SignalReport | None:
    reading = signal.reading
    if reading is None:
        return None
    values = int(reading.finite[0] + reading.non_finite[0])
    return SignalReport(_mean(reading), _sd(reading), values, reading.non_finite)


def _mean(reading: Reading) -> Floats:
    return np.where(reading.finite > 0, reading.mean, np.nan)


def _sd(reading: Reading) -> Floats:
    return np.sqrt(_divide(reading.squares, reading.finite))


def _divide(part: Counts | Floats, whole: Counts) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole)
