"""However deep a linear stack is, one layer does the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_seeds
from rectified.datasets import make_task
from rectified.experiments.what_is_relu.stacks import collapse

Floats = NDArray[np.float64]

DEPTHS = (1, 2, 3, 4, 5)
"""Hidden layers of the linear stacks that `measure_depth` multiplies out."""


@dataclass(frozen=True)
class DepthMeasurement:
    """Deep linear stacks against the single layer they multiply out to.

    Attributes
    ----------
    seeds : tuple of int
        One random stack per seed.
    depths : tuple of int
        Hidden layers of each stack.
    difference : ndarray, shape (n_depths, n_seeds)
        Largest difference between the outputs of the stack and of the single layer.
    rounding : ndarray, shape (n_depths, n_seeds)
        Largest difference that rounding can cause.
    relu_difference : ndarray, shape (n_depths, n_seeds)
        Largest difference between the same stack with ReLU between its layers and
        the affine map that fits its outputs best.
    """

    seeds: tuple[int, ...]
    depths: tuple[int, ...]
    difference: Floats
    rounding: Floats
    relu_difference: Floats


def measure_depth(seeds: Iterable[int] = range(10)) -> DepthMeasurement:
    """Multiply random linear stacks out and compare the outputs.

    Parameters
    ----------
    seeds : iterable of int
        One stack of each depth per seed, 16 units wide, evaluated at 200 points.

    Returns
    -------
    DepthMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    points = make_task("circles", seed=0).points
    shape = (len(DEPTHS), len(seeds))
    difference, rounding, relu_difference = np.empty((3, *shape))
    for row, depth in enumerate(DEPTHS):
        widths = (2, *[16] * depth, 1)
        relu = ensembles.initialize(widths, seeds=seeds, bias_std=0.5)
        linear = replace(relu, activation="identity")
        weight, bias = collapse(linear)
        single = points @ weight + bias[:, None]
        gap = np.abs(ensembles.forward(linear, points) - single)
        difference[row] = gap.max(axis=(1, 2))
        rounding[row] = _rounding_bound(linear, points)
        relu_difference[row] = _distance_to_affine(relu, points)
    return DepthMeasurement(seeds, DEPTHS, difference, rounding, relu_difference)


def _rounding_bound(stack: ensembles.Parameters, points: Floats) -> Floats:
    """Bound the rounding error of a linear stack and of its product, (networks,).

    Higham (2002), "Accuracy and stability of numerical algorithms", section 3.5: each
    is off by at most n u |W_L| ... |W_1| |x|, with n sums in a row and u = eps / 2.
    """
    absolute = replace(stack, values=np.abs(stack.values))
    largest = ensembles.forward(absolute, np.abs(points)).max(axis=(1, 2))
    n_sums = sum(fan_in + 1 for fan_in in stack.widths[:-1])
    return np.asarray(2 * n_sums * np.finfo(np.float64).eps / 2 * largest)


def _distance_to_affine(stack: ensembles.Parameters, points: Floats) -> Floats:
    outputs = ensembles.forward(stack, points)[:, :, 0].T
    columns = np.column_stack([points, np.ones(len(points))])
    fitted = columns @ np.linalg.lstsq(columns, outputs)[0]
    return np.asarray(np.abs(outputs - fitted).max(axis=0))
