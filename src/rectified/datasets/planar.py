"""Two-class tasks in the plane.

Everything lives in one window, -3 to 3 on each axis, so that a picture of the
data, of a network's output and of its linear regions share their axes. The course
made these points up: no rights of others, no files.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_integer, check_number

WINDOW = 3.0
"""Half-width of the window: coordinates run from ``-WINDOW`` to ``WINDOW``."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """Points in the plane that belong to two classes.

    Attributes
    ----------
    name : str
        A key of `TASKS`.
    points : ndarray of float64, shape (n_points, 2)
        Coordinates, in no particular unit, within the window.
    labels : ndarray of int64, shape (n_points,)
        Class 0 or 1. The classes differ in size by at most one point.
    """

    name: str
    points: Points
    labels: NDArray[np.int64]


def _circles(rng: np.random.Generator, labels: NDArray[np.int64]) -> Points:
    # sqrt spreads points evenly over an area instead of crowding the center.
    inner = np.where(labels == 1, 0.0, 1.8)
    outer = np.where(labels == 1, 1.1, 2.5)
    share = rng.random(labels.size)
    radius = np.sqrt(inner**2 + share * (outer**2 - inner**2))
    return _polar(radius, 2 * math.pi * rng.random(labels.size))


def _moons(rng: np.random.Generator, labels: NDArray[np.int64]) -> Points:
    sign = 1.0 - 2.0 * labels
    arc = _polar(np.full(labels.size, 1.6), math.pi * rng.random(labels.size))
    # The second moon is the first one turned by 180 degrees about the origin.
    return np.asarray((arc - [0.8, 0.4]) * sign[:, None])


def _spirals(rng: np.random.Generator, labels: NDArray[np.int64]) -> Points:
    along = rng.random(labels.size)
    return _polar(0.3 + 2.3 * along, math.pi * (2.5 * along + labels))


def _xor(rng: np.random.Generator, labels: NDArray[np.int64]) -> Points:
    side = rng.choice([-1.0, 1.0], labels.size)
    corners = np.stack([side, side * (1 - 2 * labels)], axis=1)
    return corners * rng.uniform(0.3, 2.5, corners.shape)


def _halves(rng: np.random.Generator, labels: NDArray[np.int64]) -> Points:
    # A straight street of half-width 0.8 separates the classes; its direction is
    # (0.8, -0.6), its normal (0.6, 0.8).
    across = rng.uniform(0.8, 1.9, labels.size) * (2 * labels - 1)
    along = rng.uniform(-1.9, 1.9, labels.size)
    axes = np.array([[0.6, 0.8], [0.8, -0.6]])
    return np.asarray(np.stack([across, along], axis=1) @ axes)


def _polar(radius: Points, angle: Points) -> Points:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


TASKS = MappingProxyType(
    {
        "circles": _circles,
        "moons": _moons,
        "spirals": _spirals,
        "xor": _xor,
        "halves": _halves,
    }
)
"""Names of the tasks and the functions that place their points."""

SEPARABLE = frozenset({"halves"})
"""Tasks whose classes one straight line separates."""


def make_task(
    name: str, *, n_points: int = 200, noise: float = 0.15, seed: int
) -> Task:
    """Draw a two-class task.

    Parameters
    ----------
    name : {"circles", "moons", "spirals", "xor", "halves"}
        A disc in a ring, two interlocking half circles, two spiral arms, four
        squares with equal classes on each diagonal, or two halves of the plane.
    n_points : int
        Number of points, at least 2, split evenly over the classes.
    noise : float
        Standard deviation of the Gaussian displacement of each coordinate, from 0
        to 1. It is cut off at three standard deviations, so that "halves" stays
        linearly separable for any noise up to 0.19.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    Task

    Raises
    ------
    ValueError
        If `name` is unknown (the message lists the nearest names) or a number is
        out of range.

    Examples
    --------
    >>> task = make_task("circles", n_points=6, seed=0)
    >>> task.points.shape, task.labels.tolist()
    ((6, 2), [0, 1, 0, 1, 0, 1])
    """
    check_choice("name", name, TASKS)
    n_points = check_integer("n_points", n_points, minimum=2)
    noise = check_number("noise", noise, minimum=0.0, maximum=1.0)
    rng = np.random.default_rng(check_integer("seed", seed))
    labels = np.arange(n_points, dtype=np.int64) % 2
    points = TASKS[name](rng, labels)
    points += noise * np.clip(rng.standard_normal(points.shape), -3.0, 3.0)
    return Task(name, np.clip(points, -WINDOW, WINDOW), labels)
