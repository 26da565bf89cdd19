"""The data of `rectified.ensembles`: checked, laid out for the passes, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product, repeat
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._ensemble_losses import LOSSES
from rectified._validate import (
    FloatArray,
    check_array,
    check_choice,
    check_integer,
    problem,
)

Batch = tuple[FloatArray, FloatArray]
"""Inputs above a row of ones, (1 or networks, features + 1, points), and targets,
(1 or networks, outputs, points)."""


@dataclass(frozen=True)
class Table:
    """One column per point, all sets of points side by side.

    Attributes
    ----------
    values : ndarray, shape (rows, sets * points)
        Features of the inputs, or targets.
    n_sets : int
        1 if all networks share the points, else the number of networks.
    """

    values: FloatArray
    n_sets: int

    @property
    def n_points(self) -> int:
        """Number of points in a set."""
        return int(self.values.shape[1]) // self.n_sets

    def all(self, rows: slice) -> FloatArray:
        """Return all points of some networks, (1 or networks, rows, points)."""
        sets = self.values.reshape(len(self.values), self.n_sets, -1).swapaxes(0, 1)
        return sets if self.n_sets == 1 else sets[rows]

    def pick(self, rows: slice, chosen: NDArray[np.intp]) -> FloatArray:
        """Return points (networks, points) of some networks, by their numbers."""
        if self.n_sets > 1:
            first = np.arange(self.n_sets)[rows] * self.n_points
            chosen = chosen + first[:, None]
        return self.values.take(chosen, axis=1).swapaxes(0, 1)


def check_inputs(
    x: ArrayLike, n_features: int, n_networks: int, dtype: np.dtype[Any]
) -> Table:
    """Return inputs with a row of ones below them."""
    inputs = check_array("x", x, ndim=(2, 3))
    if inputs.shape[-1] != n_features:
        rule = f"an array with {n_features} values on its last axis"
        raise problem("x", rule, inputs.shape, "match the first of `widths`")
    if inputs.ndim == 3 and len(inputs) != n_networks:
        rule = f"one set of points for each of {n_networks} networks"
        raise problem("x", rule, inputs.shape, "drop the first axis to share points")
    columns = inputs.reshape(-1, n_features).T
    _check_size("x", columns, dtype)
    values = np.ones((n_features + 1, columns.shape[1]), dtype)
    values[:-1] = columns
    return Table(values, len(inputs) if inputs.ndim == 3 else 1)


def check_targets(
    y: ArrayLike, inputs: Table, n_outputs: int, n_networks: int, *, loss: str
) -> Table:
    """Return targets; classes become rows of zeros and ones."""
    name = check_choice("loss", loss, LOSSES)
    if name == "cross_entropy" and n_outputs < 2:
        advice = "let `widths` end with the number of classes, or use loss='logistic'"
        raise problem("widths", "of at least two outputs", n_outputs, advice)
    n_each = 1 if name == "cross_entropy" else n_outputs
    targets = _shape_targets(y, inputs.n_points, n_each, n_networks)
    if name == "cross_entropy":
        _check_classes(targets, n_outputs, "count the classes from 0")
        targets = (targets == np.arange(n_outputs)).astype(np.float64)
    elif name == "logistic":
        advice = "relabel the classes or use loss='squared' or 'cross_entropy'"
        _check_classes(targets, 2, advice)
    _check_size("y", targets, inputs.values.dtype)
    values = targets.reshape(-1, n_outputs).T.astype(inputs.values.dtype, order="C")
    return Table(values, len(targets))


def _shape_targets(
    y: ArrayLike, n_points: int, n_each: int, n_networks: int
) -> FloatArray:
    """Return targets of shape (1 or networks, points, targets of each point)."""
    targets = check_array("y", y, ndim=(1, 2, 3))
    allowed = [(n_points, n_each), (n_networks, n_points, n_each)]
    if n_each == 1:
        allowed += [(n_points,), (n_networks, n_points)]
    if targets.shape not in allowed:
        rule = f"targets for {n_points} points, of shape "
        rule += " or ".join(map(str, allowed))
        raise problem("y", rule, targets.shape, "give each point its target")
    return targets.reshape(-1, n_points, n_each)


def _check_classes(targets: FloatArray, n_classes: int, advice: str) -> None:
    whole = targets == np.floor(targets)
    strange = targets[~whole | (targets < 0) | (targets >= n_classes)]
    if strange.size:
        rule = "0 or 1 everywhere"
        if n_classes > 2:
            rule = f"a class from 0 to {n_classes - 1} everywhere"
        raise problem("y", rule, float(strange[0]), advice)


def _check_size(name: str, values: FloatArray, dtype: np.dtype[Any]) -> None:
    """Raise if a number would become infinite in the precision asked for."""
    largest = max(float(values.max()), -float(values.min()))
    if largest > float(np.finfo(dtype).max):
        rule = f"within the range of {dtype}"
        raise problem(name, rule, largest, "scale it or use dtype='float64'")


@dataclass(frozen=True)
class Batches:
    """The points of each update.

    An epoch takes the points in an order of each network's own, cut into batches; the
    last batch of an epoch may be smaller.

    Attributes
    ----------
    inputs, targets : Table
        The data.
    seeds : sequence of int
        One per network.
    size : int or None
        Points per batch; without it, every batch is all the data.
    """

    inputs: Table
    targets: Table
    seeds: Sequence[int]
    size: int | None

    def __post_init__(self) -> None:
        """Raise if the size does not fit the data."""
        if self.size is not None:
            n_points = self.inputs.n_points
            check_integer("batch_size", self.size, minimum=1, maximum=n_points)

    def of(self, rows: slice) -> Iterator[Batch]:
        """Return batches without end for some of the networks."""
        if self.size is None:
            return repeat((self.inputs.all(rows), self.targets.all(rows)))
        return self._shuffle(rows, self.size)

    def _shuffle(self, rows: slice, size: int) -> Iterator[Batch]:
        rngs = [np.random.default_rng((seed, 2)) for seed in self.seeds[rows]]
        n_points = self.inputs.n_points
        n_epochs = count_epochs(n_points)
        epochs = np.tile(np.arange(n_points), (n_epochs, 1))
        orders = np.empty((len(rngs), n_epochs, n_points), np.intp)
        while True:
            for rng, order in zip(rngs, orders, strict=True):
                rng.permuted(epochs, axis=1, out=order)
            for epoch, start in product(range(n_epochs), range(0, n_points, size)):
                chosen = orders[:, epoch, start : start + size]
                yield self.inputs.pick(rows, chosen), self.targets.pick(rows, chosen)


def count_epochs(n_points: int) -> int:
    """Return how many epochs to draw at once: small ones cost less that way."""
    return max(1, 1000 // n_points)
