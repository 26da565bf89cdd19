"""How fast the slopes of deep networks turn to noise, by depth and kind of network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_seeds
from rectified.experiments.vanishing.shattered import SPAN, autocorrelation, run_line

Floats = NDArray[np.floating]


class LineArm(NamedTuple):
    """A kind of deep network.

    Attributes
    ----------
    name : str
        For legends.
    centered : bool
        Whether each unit's mean over the line is subtracted from its pre-activation.
    residual : float
        0 for a plain stack; otherwise the weight of the layers beside their skip
        connections.
    """

    name: str
    centered: bool
    residual: float


LINE_ARMS = (
    LineArm("plain", False, 0.0),
    LineArm("centered", True, 0.0),
    LineArm("centered, residual 0.1", True, 0.1),
    LineArm("centered, residual 0.3", True, 0.3),
    LineArm("centered, residual 1", True, 1.0),
)
"""What `measure_shattering` compares unless told otherwise."""

LINE_DEPTHS = (1, 2, 5, 10, 24, 50)


@dataclass(frozen=True)
class ShatteringMeasurement:
    """How alike neighboring slopes are, by depth.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed, arm and depth.
    arms : tuple of LineArm
        The first axis below.
    depths : tuple of int
        Hidden layers, the second axis below.
    spacing : float
        Distance between neighboring points on the line.
    correlation : ndarray, shape (n_arms, n_depths, n_seeds)
        Autocorrelation of the slope at a distance of one point.
    growth : ndarray, shape (n_arms, n_depths, n_seeds)
        Root mean square of the last hidden layer's outputs over that of the first.
    """

    seeds: tuple[int, ...]
    arms: tuple[LineArm, ...]
    depths: tuple[int, ...]
    spacing: float
    correlation: Floats
    growth: Floats

    def of(self, arm: str, depth: int) -> tuple[int, int]:
        """Return the row and column of one combination."""
        names = tuple(one.name for one in self.arms)
        row = names.index(check_choice("arm", arm, names))
        return row, self.depths.index(depth)


def measure_shattering(
    seeds: Iterable[int] = range(2),
    *,
    arms: Sequence[LineArm] = LINE_ARMS,
    depths: Sequence[int] = LINE_DEPTHS,
    width: int = 100,
    n_points: int = 256,
) -> ShatteringMeasurement:
    """Measure the autocorrelation of slopes for several kinds of network and depths.

    Parameters
    ----------
    seeds : iterable of int
        One network each.
    arms : sequence of LineArm
        Kinds of network.
    depths : sequence of int
        Hidden layers.
    width, n_points : int
        As in `run_line`.

    Returns
    -------
    ShatteringMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    correlation, growth = np.empty((2, len(arms), len(depths), len(seeds)))
    for cell in np.ndindex(correlation.shape[:2]):
        arm = arms[cell[0]]
        line = run_line(
            depths[cell[1]],
            centered=arm.centered,
            residual=arm.residual,
            width=width,
            n_points=n_points,
            seeds=seeds,
        )
        correlation[cell] = autocorrelation(line.slope, 2)[1]
        growth[cell] = line.size[-1] / line.size[0]
    spacing = 2 * SPAN / (n_points - 1)
    return ShatteringMeasurement(
        seeds, tuple(arms), tuple(depths), spacing, correlation, growth
    )
