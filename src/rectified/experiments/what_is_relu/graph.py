"""The graph of ReLU: its slopes, the angle it is drawn at, and the corner at 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_number, check_seeds
from rectified.datasets import WINDOW

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]

STEP = 2.0**-10
"""Distance over which slopes are measured; a power of two divides exactly."""

SCALE_RATIOS = (0.5, 1.0, 2.0)
"""Length of one unit on the y axis over the length of one unit on the x axis."""


@dataclass(frozen=True)
class GraphMeasurement:
    """Slopes of ReLU on either side of 0, and its values on the left.

    Attributes
    ----------
    seeds : tuple of int
        Seeds of the places where slopes were measured.
    left, right : ndarray, shape (n_seeds, n_places)
        Slopes at negative and at positive inputs.
    left_values : ndarray, shape (n_seeds, n_places)
        ReLU itself at the negative inputs.
    rounding : float
        Largest error that rounding alone can cause in a slope.
    scale_ratios : tuple of float
        `SCALE_RATIOS`.
    angles : ndarray, shape (n_ratios,)
        Angle of the right branch in a drawing with each ratio, in degrees.
    """

    seeds: tuple[int, ...]
    left: Floats
    right: Floats
    left_values: Floats
    rounding: float
    scale_ratios: tuple[float, ...]
    angles: Floats


def drawn_angle(slope: float, scale_ratio: float) -> float:
    """Return the angle of a line on paper, in degrees.

    Parameters
    ----------
    slope : float
        Slope in units of the axes.
    scale_ratio : float
        Length of one unit of y on paper over that of one unit of x.

    Examples
    --------
    >>> round(drawn_angle(1.0, 1.0), 1), round(drawn_angle(1.0, 0.5), 1)
    (45.0, 26.6)
    """
    ratio = check_number("scale_ratio", scale_ratio, minimum=0.0)
    return math.degrees(math.atan(check_number("slope", slope) * ratio))


def measure_graph(
    seeds: Iterable[int] = range(10), *, n_places: int = 1000
) -> GraphMeasurement:
    """Measure the slope of ReLU by finite differences at random places.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws its places.
    n_places : int
        Places on each side of 0, between `STEP` and 3 away from it.

    Returns
    -------
    GraphMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    places = np.stack([rng.uniform(STEP, WINDOW, n_places) for rng in rngs])
    left, right = (
        (np.maximum(x + STEP / 2, 0) - np.maximum(x - STEP / 2, 0)) / STEP
        for x in (-places, places)
    )
    # Each of the two sums is rounded by at most half a unit in the last place; their
    # difference and the division by a power of two are exact.
    rounding = float(2 * (np.spacing(WINDOW) / 2) / STEP)
    angles = np.array([drawn_angle(float(right.mean()), r) for r in SCALE_RATIOS])
    return GraphMeasurement(
        seeds, left, right, np.maximum(-places, 0), rounding, SCALE_RATIOS, angles
    )


def _formulas() -> Mapping[str, Callable[[Tensor], Tensor]]:
    import torch  # here, so that the lesson's first figures need not wait for it

    zero = torch.zeros((), dtype=torch.float64)
    return MappingProxyType(
        {
            "torch.relu(x)": torch.relu,
            "x if x > 0 else 0": lambda x: torch.where(x > 0, x, zero),
            "x if x >= 0 else 0": lambda x: torch.where(x >= 0, x, zero),
            "x * (x > 0)": lambda x: x * (x > 0),
            "maximum(x, 0)": lambda x: torch.maximum(x, zero),
            "clamp(x, min=0)": lambda x: torch.clamp(x, min=0),
        }
    )


@dataclass(frozen=True)
class ZeroMeasurement:
    """What formulas for ReLU give at exactly 0.

    Attributes
    ----------
    formulas : tuple of str
        The formulas, all of them ReLU for every other input.
    values : ndarray, shape (n_formulas, 2)
        Results at 0.0 and at -0.0.
    derivatives : ndarray, shape (n_formulas,)
        Derivatives at 0 according to PyTorch's automatic differentiation.
    """

    formulas: tuple[str, ...]
    values: Floats
    derivatives: Floats


def measure_at_zero() -> ZeroMeasurement:
    """Evaluate and differentiate six formulas for ReLU at 0.

    Returns
    -------
    ZeroMeasurement
    """
    import torch

    values, derivatives = [], []
    for formula in _formulas().values():
        x = torch.tensor([0.0, -0.0], dtype=torch.float64, requires_grad=True)
        y = formula(x)
        y.sum().backward()  # type: ignore[no-untyped-call]
        values.append(y.tolist())
        derivatives.append(x.grad.tolist()[0])  # type: ignore[union-attr]
    return ZeroMeasurement(tuple(_formulas()), np.array(values), np.array(derivatives))
