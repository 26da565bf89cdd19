"""The check of gradients over the distance from the kink and over its step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice
from rectified.experiments.gradients.differences import (
    PRECISIONS,
    bound_rounding,
    difference_quotient,
    positive_share,
)
from rectified.experiments.gradients.gradcheck import TOLERANCES, check_gradient

Floats = NDArray[np.float64]

DECADES: Final = (-8, 0)
"""Powers of ten between which distances and steps lie."""

PER_DECADE: Final = 3
"""Values per decade."""


@dataclass(frozen=True)
class GradcheckMap:
    """What `torch.autograd.gradcheck` says of ReLU near its kink.

    Attributes
    ----------
    dtype : str
        Precision of the input.
    side : int
        1 for places right of the kink, -1 for places left of it.
    distances, steps : ndarray, shape (n,)
        Distances from the kink, and steps of the central difference.
    passes : ndarray of bool, shape (n_steps, n_distances)
        Whether it accepts the derivative.
    numerical : ndarray, shape (n_steps, n_distances)
        The central difference in the same precision.
    predicted : ndarray of bool, shape (n_steps, n_distances)
        Whether it should pass, if there were no rounding.
    decided : ndarray of bool, shape (n_steps, n_distances)
        Whether rounding is too small to change that, see `bound_rounding`.
    """

    dtype: str
    side: int
    distances: Floats
    steps: Floats
    passes: NDArray[np.bool_]
    numerical: Floats
    predicted: NDArray[np.bool_]
    decided: NDArray[np.bool_]


def map_gradcheck(*, dtype: str = "float64", side: int = 1) -> GradcheckMap:
    """Run gradcheck on a grid of distances and steps.

    Parameters
    ----------
    dtype : {"float64", "float32"}
        Precision of the input.
    side : {1, -1}
        Right or left of the kink.

    Returns
    -------
    GradcheckMap
    """
    check_choice("dtype", dtype, PRECISIONS)
    check_choice("side", str(side), ("1", "-1"))
    low, high = DECADES
    powers = np.arange((high - low) * PER_DECADE + 1) / PER_DECADE + low
    # Three digits, as the figure's sliders have them.
    grid = np.array([float(f"{10**power:.3g}") for power in powers])
    places, steps = side * grid, grid[:, None]
    passes = [[check_gradient(x, step, dtype=dtype) for x in places] for step in grid]
    share = positive_share(places, steps)
    slope = 1.0 if side > 0 else 0.0
    absolute, relative = TOLERANCES
    slack = absolute + relative * share - np.abs(slope - share)
    rounding = bound_rounding(places, steps, dtype=dtype)
    return GradcheckMap(
        dtype,
        side,
        grid,
        grid,
        np.array(passes),
        difference_quotient(places, steps, dtype=dtype),
        slack >= 0,
        np.abs(slack) > 2 * rounding,
    )
