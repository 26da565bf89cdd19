"""Exact linear pieces of a ReLU network along a straight line.

The counterpart of `rectified.regions` in one dimension, for any number of inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_layers, problem

Floats = NDArray[np.float64]

# Kinks closer than this share of the line are one kink; slopes that differ by less
# than this share of the steepest one are one slope. Rounding is far smaller.
SHORTEST, FLATTEST = 1e-13, 1e-9


@dataclass(frozen=True)
class LinePieces:
    """The output of a network along a line from a start to an end.

    Attributes
    ----------
    positions : ndarray, shape (n_pieces + 1,)
        Where the pieces begin and end: 0 is the start of the line, 1 its end, the
        numbers between are the kinks.
    values : ndarray, shape (n_pieces + 1,)
        First output there. Between two positions it runs straight.
    """

    positions: Floats
    values: Floats

    @property
    def n_pieces(self) -> int:
        """Number of straight pieces of different slope."""
        return len(self.positions) - 1

    @property
    def kinks(self) -> Floats:
        """Positions where the slope changes, shape (n_pieces - 1,)."""
        return self.positions[1:-1]


def find_kinks(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike],
    *,
    start: ArrayLike,
    end: ArrayLike,
) -> LinePieces:
    """Find every kink of a ReLU network's output along a line.

    Parameters
    ----------
    weights : sequence of array_like, shapes (fan_in, fan_out)
        One array per layer. No ReLU follows the last layer.
    biases : sequence of array_like, shapes (fan_out,)
        One array per layer.
    start, end : array_like, shape (n_inputs,), or float for one input
        Where the line begins and ends.

    Returns
    -------
    LinePieces

    Examples
    --------
    >>> hinge = [[[1.0]], [[1.0]]], [[0.5], [0.0]]
    >>> find_kinks(*hinge, start=-1, end=1).kinks.tolist()
    [0.25]
    """
    first = np.atleast_1d(check_array("start", start, ndim=(0, 1)))
    last = np.atleast_1d(check_array("end", end, ndim=(0, 1)))
    if first.shape != last.shape or (first == last).all():
        rule = f"another point with {first.size} coordinate(s)"
        raise problem("end", rule, last.tolist(), "move it away from `start`")
    layers = check_layers(weights, biases, n_inputs=first.size)
    positions, activation = np.array([0.0, 1.0]), np.stack([first, last])
    for weight, bias in layers[:-1]:
        positions, z = _insert_crossings(positions, activation @ weight + bias)
        activation = np.maximum(z, 0)
    weight, bias = layers[-1]
    return _join(positions, activation @ weight[:, 0] + bias[0])


def _insert_crossings(positions: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Add the positions where a unit's pre-activation crosses zero.

    `z` (n_positions, units) holds the pre-activations, straight between positions.
    """
    sign = np.sign(z)
    interval, unit = np.nonzero(sign[:-1] * sign[1:] < 0)
    before, after = z[interval], z[interval + 1]
    rows = np.arange(len(unit))
    share = before[rows, unit] / (before[rows, unit] - after[rows, unit])
    length = positions[interval + 1] - positions[interval]
    crossing = before + share[:, None] * (after - before)
    positions = np.concatenate([positions, positions[interval] + share * length])
    z = np.concatenate([z, crossing])
    order = np.argsort(positions, kind="stable")
    apart = np.diff(positions[order], prepend=-1.0) > SHORTEST
    return positions[order][apart], z[order][apart]


def _join(positions: Floats, values: Floats) -> LinePieces:
    """Drop the positions where the slope stays the same."""
    slopes = np.diff(values) / np.diff(positions)
    bends = np.abs(np.diff(slopes)) > FLATTEST * np.abs(slopes).max()
    keep = np.concatenate([[True], bends, [True]])
    return LinePieces(positions[keep], values[keep])
