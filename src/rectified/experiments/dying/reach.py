"""Dead or only quiet: on which inputs does a unit fire at all?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_layers, problem
from rectified.datasets import WINDOW
from rectified.regions import find_regions

Floats = NDArray[np.float64]

REACHES = ("batch", "data", "window", "plane", "nowhere", "undecided")
"""The smallest set on which a unit fires, in the order of the codes of `UnitReach`.

"batch", "data": some of the points given. "window": some point of the window, which
is searched exactly, region by region. "plane": some point outside. "nowhere": no
input at all, proved. "undecided": not within `FAR` of the origin, and beyond that
there is no proof. Only units of the third and later layers can be undecided.
"""

FAR = 1000 * WINDOW
"""Half-width of the square in which the third and later layers are searched."""


@dataclass(frozen=True)
class UnitReach:
    """Where the hidden units of one network fire.

    Attributes
    ----------
    layers : tuple of ndarray of int, shapes (n_units,)
        For each hidden layer and unit the index of its reach in `REACHES`.
    """

    layers: tuple[NDArray[np.int64], ...]

    def count(self, reach: str) -> NDArray[np.int64]:
        """Return the number of units of that reach, one per hidden layer."""
        code = REACHES.index(reach)
        return np.array([int((layer == code).sum()) for layer in self.layers])

    def silent_on(self, reach: str) -> NDArray[np.float64]:
        """Return the share of units that are silent on a set, one per hidden layer.

        Silent on "batch", "data" or "window" are all units that need more than that.
        """
        code = REACHES.index(reach)
        return np.array([float((layer > code).mean()) for layer in self.layers])


def classify_units(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike],
    *,
    data: ArrayLike,
    batch: ArrayLike,
) -> UnitReach:
    """Find the smallest set of inputs on which each hidden ReLU fires.

    In the first layer, all of input space has a plain answer: a unit is silent
    everywhere only if its weights are all 0 and its bias is not positive. Training
    practically never gets there, so a dead unit of the first layer is dead for the
    data, not for the plane. Deeper units see inputs that are never negative, and can
    be silent everywhere. For the second layer, see `find_second_layer`. Further on, a
    large square is searched exactly, and beyond it `bound_pre_activations` may
    prove that there is nothing to find.

    Parameters
    ----------
    weights : sequence of array_like, shapes (fan_in, fan_out)
        One array per layer; the first has two rows.
    biases : sequence of array_like, shapes (fan_out,)
        One array per layer.
    data : array_like, shape (n_points, 2)
        The training set, within the window.
    batch : array_like, shape (n_batch, 2)
        Some of it.

    Returns
    -------
    UnitReach

    Examples
    --------
    The first unit fires from 2 on, where no data are; the second one nowhere:

    >>> reach = classify_units(
    ...     [[[1.0, 0.0], [0.0, 0.0]], [[1.0], [1.0]]],
    ...     [[-2.0, -1.0], [0.0]],
    ...     data=[[0.0, 0.0], [1.0, 1.0]],
    ...     batch=[[0.0, 0.0]],
    ... )
    >>> [REACHES[code] for code in reach.layers[0]]
    ['window', 'nowhere']
    """
    layers = check_layers(weights, biases, n_inputs=2)
    sets = [_check_points("batch", batch), _check_points("data", data)]
    fires = [_fire_on_points(layers, points) for points in sets]
    fires.append(_fire_in_square(layers, WINDOW))
    stops = np.cumsum([bias.size for _, bias in layers[:-1]])
    exact = [(layers[0][0] != 0).any(axis=0) | (layers[0][1] > 0)]
    if len(layers) > 2:
        exact.append(find_second_layer(*layers[0], *layers[1]))
    n_exact = stops[len(exact) - 1]
    anywhere, silent = np.concatenate(exact), ~np.concatenate(exact)
    if len(layers) > 3:
        anywhere = np.append(anywhere, _fire_in_square(layers, FAR)[n_exact:])
        upper = bound_pre_activations(weights, biases)
        silent = np.append(silent, np.concatenate(upper[len(exact) : -1]) <= 0)
    nested = np.maximum.accumulate(np.array([*fires, anywhere]), axis=0)
    codes = len(nested) - nested.sum(axis=0)
    codes[(codes == len(nested)) & ~silent] = REACHES.index("undecided")
    return UnitReach(tuple(np.split(codes, stops[:-1])))


def _check_points(name: str, value: ArrayLike) -> Floats:
    points = check_array(name, value, ndim=(2,))
    if points.shape[1] != 2:
        rule = "an array of shape (n_points, 2)"
        raise problem(name, rule, points.shape, "give two coordinates per point")
    if np.abs(points).max() > WINDOW:
        rule = f"within the window, {-WINDOW:g} to {WINDOW:g}"
        raise problem(name, rule, float(np.abs(points).max()), "scale the points")
    return points


def _fire_on_points(
    layers: Sequence[tuple[Floats, Floats]], points: Floats
) -> NDArray[np.bool_]:
    """Return which hidden units fire on some point, first layer first."""
    fires = []
    for weight, bias in layers[:-1]:
        z = points @ weight + bias
        fires.append((z > 0).any(axis=0))
        points = np.maximum(z, 0)
    return np.concatenate(fires)


def _fire_in_square(
    layers: Sequence[tuple[Floats, Floats]], half: float
) -> NDArray[np.bool_]:
    """Return which hidden units fire in some region of a square."""
    weights, biases = zip(*layers, strict=True)
    window = ((-half, half), (-half, half))
    found = find_regions(weights, biases, window=window)
    return np.asarray(found.patterns.any(axis=0))


def find_second_layer(
    first_weight: Floats, first_bias: Floats, weight: Floats, bias: Floats
) -> NDArray[np.bool_]:
    """Return which units of the second layer fire on some point of the plane.

    A pre-activation z of the second layer is affine between the lines on which units
    of the first layer switch. Far out along a direction d, it grows by
    ``relu(d W) v`` per unit of length. If that is positive for some d, the unit
    fires. If it is for no direction of a line, z is bounded above, and highest at a
    point where two lines meet (or on a line, if all are parallel).

    Parameters
    ----------
    first_weight, first_bias : ndarray, shapes (2, n_first) and (n_first,)
        The first layer.
    weight, bias : ndarray, shapes (n_first, n_second) and (n_second,)
        The second layer.

    Returns
    -------
    ndarray of bool, shape (n_second,)
    """
    cutting = (first_weight != 0).any(axis=0)
    normal, offset = first_weight[:, cutting], first_bias[cutting]
    length = np.linalg.norm(normal, axis=0)
    normal, offset = normal / length, offset / length
    along = np.stack([-normal[1], normal[0]])
    directions = np.concatenate([along, -along, normal, -normal], axis=1).T
    slope = directions @ first_weight
    slope[np.abs(slope) < 1e-12 * np.abs(first_weight).max(initial=0)] = 0
    rises = (np.maximum(slope, 0) @ weight > 0).any(axis=0)
    a, b = np.triu_indices(offset.size, 1)
    cross = normal[0, a] * normal[1, b] - normal[1, a] * normal[0, b]
    meet = np.abs(cross) > 1e-9
    a, b, cross = a[meet], b[meet], cross[meet]
    corners = np.stack(
        [
            offset[b] * normal[1, a] - offset[a] * normal[1, b],
            offset[a] * normal[0, b] - offset[b] * normal[0, a],
        ]
    )
    points = np.concatenate([[[0.0, 0.0]], -(offset * normal).T, (corners / cross).T])
    hidden = np.maximum(points @ first_weight + first_bias, 0)
    error = 1e-12 * (hidden @ np.abs(weight) + np.abs(bias))  # of rounding
    return np.asarray(rises | (hidden @ weight + bias > error).any(axis=0))


def bound_pre_activations(
    weights: Sequence[ArrayLike], biases: Sequence[ArrayLike]
) -> list[Floats]:
    """Return an upper bound of each pre-activation over all of input space.

    Interval arithmetic: inputs run from minus to plus infinity, outputs of ReLUs from
    0 to the bound of their pre-activation. The bound is exact in the first layer.
    Further on, no pre-activation exceeds it, but it need not be reached.

    Parameters
    ----------
    weights : sequence of array_like, shapes (fan_in, fan_out)
        One array per layer.
    biases : sequence of array_like, shapes (fan_out,)
        One array per layer.

    Returns
    -------
    list of ndarray, shapes (fan_out,)
        One array per layer, infinite where there is no bound.
    """
    first = check_array("weights", weights[0], ndim=(2,))
    layers = check_layers(weights, biases, n_inputs=len(first))
    low, high = np.full(len(first), -np.inf), np.full(len(first), np.inf)
    bounds = []
    for weight, bias in layers:
        # A weight of 0 times an infinite input is 0, not NaN.
        with np.errstate(invalid="ignore"):
            rise = np.where(weight > 0, weight * high[:, None], 0.0)
            fall = np.where(weight < 0, weight * low[:, None], 0.0)
            least = np.where(weight > 0, weight * low[:, None], 0.0)
            most = np.where(weight < 0, weight * high[:, None], 0.0)
        upper, lower = (rise + fall).sum(axis=0) + bias, (least + most).sum(axis=0)
        bounds.append(upper)
        low, high = np.maximum(lower + bias, 0), np.maximum(upper, 0)
    return bounds
