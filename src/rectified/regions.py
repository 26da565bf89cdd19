"""Exact linear regions of a ReLU network with two inputs.

Inside a region no unit switches, so the network is one affine map there. The
regions come from cutting the window unit by unit and layer by layer, along the lines
where the unit's pre-activation is zero. Nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._polygons import Polygons, clip, find_neighbors, replace
from rectified._validate import check_array, check_integer, check_layers, problem
from rectified.datasets import WINDOW

Floats = NDArray[np.float64]
Interval = tuple[float, float]

# Pre-activations below this share of the largest possible one are rounding errors:
# cutting there would make slivers.
TOLERANCE = 1e-12


@dataclass(frozen=True)
class RegionMap:
    """The regions of one network inside a window.

    Attributes
    ----------
    polygons : list of ndarray, shapes (corners, 2)
        Corners of each convex region, counterclockwise.
    patterns : ndarray of bool, shape (n_regions, n_units)
        Which hidden units are active (positive) in each region, first layer first.
    slopes : ndarray, shape (n_regions, 2)
        Gradient of the first output with respect to the inputs.
    offsets : ndarray, shape (n_regions,)
        In each region the first output is ``x @ slope + offset``.
    pieces : ndarray of int, shape (n_regions,)
        Number of the linear region that each activation region is part of.
    bound : int
        Largest number of activation regions this architecture can have in the whole
        plane, see `count_bound`.
    """

    polygons: list[Floats]
    patterns: NDArray[np.bool_]
    slopes: Floats
    offsets: Floats
    pieces: NDArray[np.int64]
    bound: int

    @property
    def n_activation_regions(self) -> int:
        """Number of regions with their own set of active units."""
        return len(self.polygons)

    @property
    def n_linear_regions(self) -> int:
        """Number of flat pieces in the graph of the output.

        Two activation regions that share an edge are one linear region if the output
        has the same affine map in both. The unit that switches at that edge then
        has no effect, for example because later units block every path from it.
        """
        return int(self.pieces.max()) + 1

    @property
    def areas(self) -> Floats:
        """Area of each activation region, shape (n_regions,)."""
        return np.array([_area(polygon) for polygon in self.polygons])

    @property
    def heights(self) -> list[Floats]:
        """Output at the corners of each region, shapes (corners,)."""
        maps = zip(self.polygons, self.slopes, self.offsets, strict=True)
        return [polygon @ slope + offset for polygon, slope, offset in maps]


def _area(polygon: Floats) -> float:
    x, y = polygon.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def count_bound(hidden_widths: Sequence[int], *, n_inputs: int = 2) -> int:
    """Return the largest possible number of activation regions.

    One layer of n units cuts the plane with n lines, into at most
    ``1 + n + n (n - 1) / 2`` regions (Zaslavsky 1975). For several layers the bound
    is the product over layers of ``sum(comb(n, j) for j in 0, ..., d)``, where d is
    the smallest of the number of inputs and the widths up to this layer (Montufar
    2017, "Notes on the number of linear regions of deep neural networks").

    Examples
    --------
    >>> count_bound([8]), count_bound([4, 4])
    (37, 121)
    """
    widths = [check_integer("hidden_widths", n, minimum=1) for n in hidden_widths]
    n_inputs = check_integer("n_inputs", n_inputs, minimum=1)
    smallest = np.minimum.accumulate([n_inputs, *widths])[1:]
    return prod(
        sum(comb(n, j) for j in range(d + 1))
        for n, d in zip(widths, smallest.tolist(), strict=True)
    )


def find_regions(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike],
    *,
    window: tuple[Interval, Interval] = ((-WINDOW, WINDOW), (-WINDOW, WINDOW)),
) -> RegionMap:
    """Cut a window of the input plane into the regions of a ReLU network.

    Parameters
    ----------
    weights : sequence of array_like, shapes (fan_in, fan_out)
        One array per layer; the first has two rows. No ReLU follows the last layer.
    biases : sequence of array_like, shapes (fan_out,)
        One array per layer.
    window : pair of pairs of float
        Lowest and highest value of each input.

    Returns
    -------
    RegionMap

    Examples
    --------
    >>> find_regions([[[1.0], [1.0]], [[1.0]]], [[0.0], [0.0]]).n_activation_regions
    2
    """
    layers = check_layers(weights, biases, n_inputs=2)
    polygons = _window_polygon(window)
    reach = float(np.abs(polygons.corners).max())
    patterns = np.empty((1, 0), dtype=bool)
    slopes, offsets = np.eye(2)[None], np.zeros((1, 2))  # the map from input to input
    for weight, bias in layers[:-1]:
        slopes, offsets = slopes @ weight, offsets @ weight + bias
        polygons, parents, active = _cut(polygons, slopes, offsets, reach)
        patterns = np.concatenate([patterns[parents], active], axis=1)
        slopes = slopes[parents] * active[:, None, :]
        offsets = offsets[parents] * active
    weight, bias = layers[-1]
    slopes, offsets = slopes @ weight[:, 0], offsets @ weight[:, 0] + bias[0]
    corners = zip(*polygons, strict=True)
    return RegionMap(
        polygons=[rows[:count] for rows, count in corners],
        patterns=patterns,
        slopes=slopes,
        offsets=offsets,
        pieces=_join(polygons, slopes, offsets, reach),
        bound=count_bound([bias.size for _, bias in layers[:-1]]),
    )


def _cut(
    polygons: Polygons, slopes: Floats, offsets: Floats, reach: float
) -> tuple[Polygons, NDArray[np.int64], NDArray[np.bool_]]:
    """Cut polygons along the zero lines of one layer.

    `slopes` (n, 2, units) and `offsets` (n, units) are the affine maps from the input
    to the layer's pre-activations. Returns the parts, the polygon that each was part
    of, and which units are active in it.
    """
    n_units = offsets.shape[1]
    parents = np.arange(len(offsets))
    active = np.zeros((len(offsets), n_units), dtype=bool)
    limits = TOLERANCE * (reach * np.abs(slopes).sum(axis=1) + np.abs(offsets))
    for unit in range(n_units):
        normal, limit = slopes[parents, :, unit], limits[parents, unit]
        z = (polygons.corners @ normal[:, :, None])[:, :, 0]
        z += offsets[parents, unit, None]
        low, high = z.min(axis=1), z.max(axis=1)
        active[:, unit] = high > -low
        cut = (low < -limit) & (high > limit)
        if not cut.any():
            continue
        z = np.where(np.abs(z) <= limit[:, None], 0.0, z)[cut]
        whole = polygons.take(cut)
        polygons = replace(polygons, cut, clip(whole, z), clip(whole, -z))
        active[cut, unit] = True
        parents = np.concatenate([parents, parents[cut]])
        active = np.concatenate([active, active[cut]])
        active[-len(z) :, unit] = False
    return polygons, parents, active


def _join(
    polygons: Polygons, slopes: Floats, offsets: Floats, reach: float
) -> NDArray[np.int64]:
    """Give each region the number of its linear region, shape (n_regions,)."""
    pairs = find_neighbors(polygons, tolerance=1e-9 * reach)
    maps = np.column_stack([slopes * reach, offsets])
    scale = np.abs(maps).max(initial=0.0)
    same = np.abs(maps[pairs[:, 0]] - maps[pairs[:, 1]]).max(axis=1) <= 1e-9 * scale
    number = np.arange(len(maps))
    for a, b in pairs[same]:
        number[number == number[a]] = number[b]
    return np.unique(number, return_inverse=True)[1]


def _window_polygon(window: tuple[Interval, Interval]) -> Polygons:
    bounds = check_array("window", window, ndim=(2,))
    if bounds.shape != (2, 2) or (bounds[:, 0] >= bounds[:, 1]).any():
        rule = "two pairs (lowest, highest)"
        raise problem("window", rule, window, "write for example ((-3, 3), (-3, 3))")
    (left, right), (bottom, top) = bounds
    corners = [[left, bottom], [right, bottom], [right, top], [left, top]]
    return Polygons(np.array([corners]), np.array([4]))
