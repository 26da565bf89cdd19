"""The descent of `rectified.ensembles`: groups of networks take their steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from rectified._ensemble_data import Batch
from rectified._ensemble_groups import Sweep, slices, view_group
from rectified._ensemble_measures import (
    OF_ANSWERS,
    OF_UNITS,
    OF_UPDATES,
    measure_norms,
)
from rectified._ensemble_networks import Parameters, count_values, view_layers
from rectified._ensemble_optimizers import Optimizer, Settings
from rectified._ensemble_records import Recorder, Training
from rectified._validate import FloatArray

OnStep = Callable[[int, FloatArray], bool | None]


class Group:
    """Networks that take their steps together.

    Parameters
    ----------
    sweep : Sweep
        The whole ensemble and its data; the rows of this group change in place.
    rows : slice
        The networks of this group.
    gradient : ndarray, shape (networks of this group, values of one network)
        Room for the gradient; groups take turns in it.
    batches : iterator
        The data of each step.
    optimizer : Optimizer
        Updates the rows.
    """

    def __init__(
        self,
        sweep: Sweep,
        rows: slice,
        *,
        gradient: FloatArray,
        batches: Iterator[Batch],
        optimizer: Optimizer,
    ) -> None:
        self.rows, self.batches, self.optimizer = rows, batches, optimizer
        self.loss, self.make_passes = sweep.loss, sweep.make_passes
        parameters = sweep.parameters
        self.layers, self.rule = view_group(parameters, rows, gradient)
        self.gradient = gradient
        self.gradients = view_layers(gradient, parameters.widths)
        self.slope_gradient = gradient[:, count_values(parameters.widths) :]

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def step(self, step: int, recorder: Recorder) -> None:
        """Update the networks once; they may diverge."""
        x, target = next(self.batches)
        passes = self.make_passes(len(self.gradient), x.shape[2])
        output = passes.forward(self.layers, x, self.rule)
        for name in recorder.due(step, OF_ANSWERS):
            measure = self.loss.value if name == "loss" else self.loss.accuracy
            recorder.put(name, step, self.rows, measure(output, target))
        self.slope_gradient[:] = 0  # layers add to it
        delta = self.loss.delta(output, target)
        passes.backward(self.layers, x, delta, self.rule, self.gradients)
        self._update(step, recorder)

    def _update(self, step: int, recorder: Recorder) -> None:
        due = recorder.due(step, OF_UPDATES)
        if "gradient_norm" in due:
            norms = measure_norms(self.gradients)
            recorder.put("gradient_norm", step, self.rows, norms)
        weights = [layer[:, :, :-1] for layer in self.layers]
        before = [w.copy() for w in weights] if "update_ratio" in due else []
        self.optimizer.step(self.gradient)
        if before:
            changes = [w - old for w, old in zip(weights, before, strict=True)]
            ratio = measure_norms(changes) / measure_norms(before)
            recorder.put("update_ratio", step, self.rows, ratio)


def make_groups(
    sweep: Sweep,
    settings: Settings,
    draw: Callable[[slice], Iterator[Batch]],
    *,
    size: int,
) -> list[Group]:
    """Return groups of at most `size` networks that cover the ensemble.

    Parameters
    ----------
    sweep : Sweep
        The ensemble.
    settings : Settings
        How to update it.
    draw : callable
        Returns the batches of some of the networks.
    size : int
        Most networks in a group.
    """
    values = sweep.parameters.values
    gradient = np.empty((size, values.shape[1]), values.dtype)
    groups = []
    for rows in slices(len(values), size):
        group = Group(
            sweep,
            rows,
            gradient=gradient[: rows.stop - rows.start],
            batches=draw(rows),
            optimizer=settings.make(values, rows),
        )
        groups.append(group)
    return groups


class Descent:
    """A training in progress: iterate to make one update after the other.

    Each turn hands over the descent itself, the first one before any update.

    Attributes
    ----------
    step : int
        Updates made so far.
    parameters : Parameters
        The networks as they are now. The next update changes them in place.
    """

    def __init__(
        self,
        groups: Sequence[Group],
        sweep: Sweep,
        recorder: Recorder,
        *,
        steps: int,
        wanted: set[int],
    ) -> None:
        self.step, self.parameters = 0, sweep.parameters
        self._groups, self._sweep, self._recorder = groups, sweep, recorder
        self._last, self._wanted = steps, wanted
        self._snapshots: dict[int, Parameters] = {}

    def __iter__(self) -> Iterator[Descent]:
        while True:
            last = self.step == self._last
            self._measure(last=last)
            yield self
            if self.step == self._last:
                if not last:  # it was stopped meanwhile
                    self._measure(last=True)
                return
            for group in self._groups:
                group.step(self.step, self._recorder)
            self.step += 1

    def stop(self) -> None:
        """Make no more updates."""
        self._last = self.step

    def latest(self, name: str) -> FloatArray:
        """Return the newest record of a quantity, (networks, ...)."""
        return self._recorder.latest(name)

    def finish(self) -> Training:
        """Return what has been recorded so far."""
        records = self._recorder.finish()
        return Training(self.parameters, records, self._snapshots, self.step)

    def _measure(self, *, last: bool) -> None:
        if self.step in self._wanted:
            values = self.parameters.values.copy()
            self._snapshots[self.step] = replace(self.parameters, values=values)
        recorder = self._recorder
        names = (*OF_ANSWERS, *OF_UNITS) if last else OF_UNITS
        due = recorder.due(self.step, names, last=last)
        for name, values in self._sweep.measure(due).items():
            recorder.put(name, self.step, slice(None), values)
