"""Passes over all networks of an ensemble, a group of them at a time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rectified._ensemble_activations import Rule, look_up, make_rule
from rectified._ensemble_data import Table, check_inputs, check_targets
from rectified._ensemble_losses import LOSSES, Loss
from rectified._ensemble_measures import OF_ANSWERS, OF_UNITS, measure_rows
from rectified._ensemble_memory import GROUP_BYTES, count_pass_bytes, split_evenly
from rectified._ensemble_networks import Parameters, count_values, view_layers
from rectified._ensemble_passes import Passes
from rectified._threads import one_thread
from rectified._validate import FloatArray, check_choice, problem

MakePasses = Callable[[int, int], Passes]


def view_group(
    parameters: Parameters, rows: slice, gradient: FloatArray | None = None
) -> tuple[list[FloatArray], Rule]:
    """Return the layers of some networks and their activation rule."""
    fixed = parameters.negative_slope
    start = count_values(parameters.widths)
    rule = make_rule(
        look_up(parameters.activation),
        len(parameters.widths) - 2,
        fixed=None if fixed is None else fixed[rows],
        learned=parameters.slopes[rows],
        gradients=None if gradient is None else gradient[:, start:],
    )
    return view_layers(parameters.values[rows], parameters.widths), rule


def slices(n_networks: int, size: int) -> list[slice]:
    """Return the rows of each group."""
    starts = range(0, n_networks, size)
    return [slice(start, min(start + size, n_networks)) for start in starts]


@dataclass(frozen=True)
class Sweep:
    """Measures all networks on all points, without training them.

    Attributes
    ----------
    parameters : Parameters
        The ensemble.
    inputs : Table
        The points.
    targets : Table or None
        Needed for losses and accuracies only.
    loss : Loss
        What the answers are measured by.
    size : int
        Number of networks measured at a time.
    """

    parameters: Parameters
    inputs: Table
    targets: Table | None
    loss: Loss
    size: int

    @functools.cached_property
    def make_passes(self) -> MakePasses:
        """Return arrays for the passes of so many networks on so many points.

        The same numbers give the same arrays: groups take turns in them.
        """
        widths, dtype = self.parameters.widths, self.parameters.values.dtype
        return functools.cache(functools.partial(Passes, widths, dtype))

    @np.errstate(over="ignore", invalid="ignore")
    def measure(self, names: Sequence[str]) -> dict[str, FloatArray]:
        """Return measurements by name, with the network along the first axis."""
        found = [self._measure_rows(names, rows) for rows in self._groups() if names]
        return {name: np.concatenate([one[name] for one in found]) for name in names}

    def _measure_rows(self, names: Sequence[str], rows: slice) -> dict[str, FloatArray]:
        layers, rule = view_group(self.parameters, rows)
        passes = self.make_passes(len(layers[0]), self.inputs.n_points)
        output = passes.forward(layers, self.inputs.all(rows), rule)
        hidden = passes.pre_activations[:-1]
        target = None if self.targets is None else self.targets.all(rows)
        return measure_rows(names, output, hidden, target, self.loss)

    @np.errstate(over="ignore", invalid="ignore")
    def forward(self) -> FloatArray:
        """Return all outputs, (networks, points, outputs)."""
        values, widths = self.parameters.values, self.parameters.widths
        shape = (len(values), self.inputs.n_points, widths[-1])
        outputs = np.empty(shape, values.dtype)
        for rows in self._groups():
            layers, rule = view_group(self.parameters, rows)
            passes = self.make_passes(len(layers[0]), self.inputs.n_points)
            output = passes.forward(layers, self.inputs.all(rows), rule)
            outputs[rows] = output.swapaxes(1, 2)
        return outputs

    def _groups(self) -> list[slice]:
        return slices(len(self.parameters.values), self.size)


def forward(parameters: Parameters, x: ArrayLike) -> FloatArray:
    """Return every network's output.

    Parameters
    ----------
    parameters : Parameters
        The ensemble.
    x : array_like, shape (points, features) or (networks, points, features)
        Inputs, shared by all networks or one set for each.

    Returns
    -------
    ndarray, shape (networks, points, outputs)
        In the precision of the parameters.

    Raises
    ------
    ValueError
        If `x` has another shape or is not finite.
    """
    with one_thread():
        return _prepare(parameters, x).forward()


def measure(
    parameters: Parameters,
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    names: Iterable[str] = ("dead_fraction",),
    loss: str = "logistic",
) -> dict[str, FloatArray]:
    """Measure networks on data, such as points they were not trained on.

    Parameters
    ----------
    parameters : Parameters
        The ensemble.
    x, y : array_like
        Inputs and targets as in `train`; the targets are needed for "loss" and
        "accuracy" only.
    names : iterable of str
        Any of "loss", "accuracy", "dead_fraction", "dead_units" and
        "inactive_fraction"; see `train`.
    loss : {"logistic", "cross_entropy", "squared"}
        What the answers are measured by.

    Returns
    -------
    dict of str to ndarray, shape (networks,) or (networks, layers or units)

    Raises
    ------
    ValueError
        If a name is unknown, shapes disagree, or targets are missing or out of range.
    """
    known = (*OF_ANSWERS, *OF_UNITS)
    asked = [check_choice("names", name, known) for name in names]
    if y is None and set(asked) & set(OF_ANSWERS):
        raise problem("y", "given for 'loss' and 'accuracy'", y, "pass the targets")
    with one_thread():
        return _prepare(parameters, x, y, loss).measure(asked)


def _prepare(
    parameters: Parameters,
    x: ArrayLike,
    y: ArrayLike | None = None,
    loss: str = "logistic",
) -> Sweep:
    widths, values = parameters.widths, parameters.values
    inputs = check_inputs(x, widths[0], len(values), values.dtype)
    targets = None
    if y is not None:
        targets = check_targets(y, inputs, widths[-1], len(values), loss=loss)
    one = count_pass_bytes(widths, inputs.n_points, values.itemsize)
    size = split_evenly(len(values), GROUP_BYTES // one)
    return Sweep(parameters, inputs, targets, LOSSES[loss], size)
