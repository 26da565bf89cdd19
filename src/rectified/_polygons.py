"""Convex polygons, many at once: cutting them and finding their neighbors.

Polygons share one padded array of shape (n, most_corners, 2). A row with fewer
corners repeats its first corner at the end, which changes neither extremes nor area.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Polygons(NamedTuple):
    """Corners (n, most_corners, 2), counterclockwise, and how many count (n,)."""

    corners: Floats
    counts: Integers

    @property
    def real(self) -> NDArray[np.bool_]:
        """Which corners are not padding, shape (n, most_corners)."""
        return np.arange(self.corners.shape[1]) < self.counts[:, None]

    @property
    def following(self) -> Integers:
        """Number of the next corner around each polygon, (n, most_corners)."""
        index = np.arange(1, self.corners.shape[1] + 1)
        return np.where(index < self.counts[:, None], index, 0)

    def take(self, rows: NDArray[np.bool_] | Integers) -> Polygons:
        """Return some of the polygons."""
        return Polygons(self.corners[rows], self.counts[rows])


def clip(polygons: Polygons, height: Floats) -> Polygons:
    """Keep the part of each polygon where a linear function is not negative.

    Sutherland and Hodgman (1974): go around the corners, keep those that are high
    enough and add a corner wherever the function crosses zero.

    Parameters
    ----------
    polygons : Polygons
        Each must have a corner where the function is positive.
    height : ndarray, shape (n, most_corners)
        Value of the function at each corner.
    """
    corners, following, real = polygons.corners, polygons.following, polygons.real
    next_height = np.take_along_axis(height, following, axis=1)
    next_corners = np.take_along_axis(corners, following[:, :, None], axis=1)
    crosses = real & (np.sign(height) * np.sign(next_height) < 0)
    share = height / np.where(crosses, height - next_height, 1.0)
    crossings = corners + share[:, :, None] * (next_corners - corners)

    # Interleave corner 0, crossing 0, corner 1, ... and move the kept ones forward.
    shape = (len(corners), -1)
    keep = np.stack([real & (height >= 0), crosses], axis=2).reshape(shape)
    points = np.stack([corners, crossings], axis=2).reshape(*shape, 2)
    counts = keep.sum(axis=1)
    order = np.argsort(~keep, axis=1, kind="stable")[:, : counts.max(initial=0)]
    kept = np.take_along_axis(points, order[:, :, None], axis=1)
    clipped = Polygons(kept, counts)
    return clipped._replace(
        corners=np.where(clipped.real[:, :, None], kept, kept[:, :1])
    )


def replace(polygons: Polygons, cut: NDArray[np.bool_], *parts: Polygons) -> Polygons:
    """Put the first part in the place of the cut polygons, append the others."""
    widest = max(part.corners.shape[1] for part in (polygons, *parts))
    first, *others = (_pad(part, widest) for part in parts)
    corners, counts = _pad(polygons, widest).corners.copy(), polygons.counts.copy()
    corners[cut], counts[cut] = first
    return Polygons(
        np.concatenate([corners, *(part.corners for part in others)]),
        np.concatenate([counts, *(part.counts for part in others)]),
    )


def _pad(polygons: Polygons, n_corners: int) -> Polygons:
    missing = n_corners - polygons.corners.shape[1]
    repeats = np.repeat(polygons.corners[:, :1], missing, axis=1)
    return polygons._replace(corners=np.concatenate([polygons.corners, repeats], 1))


def find_neighbors(polygons: Polygons, tolerance: float) -> Integers:
    """Return pairs of polygons that share an edge, shape (n_pairs, 2).

    The polygons must meet edge to edge: no corner lies inside another's edge.
    """
    following = polygons.following[:, :, None]
    next_corners = np.take_along_axis(polygons.corners, following, axis=1)
    middles = ((polygons.corners + next_corners) / 2)[polygons.real]
    owners = np.nonzero(polygons.real)[0]
    # Two edges coincide if their middles do. Along a direction in which no other two
    # middles agree, coinciding middles come next to each other.
    order = np.argsort(middles @ np.array([1.0, 0.5 * 5**0.5 - 0.5]))
    middles, owners = middles[order], owners[order]
    close = np.abs(np.diff(middles, axis=0)).max(axis=1) <= tolerance
    return np.column_stack([owners[:-1][close], owners[1:][close]])
