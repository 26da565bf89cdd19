"""Boxes to localize: where in the picture is the large shape?

The course makes these pictures up: no rights of others, no files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_integer, check_number, problem
from rectified.datasets._draws import draw_labels, spawn_parts

SIDE = 24
"""Width and height of a picture in pixels."""

TARGET_SIDES = (5, 11)
"""Shortest and longest side of a target in pixels."""

CLUTTER_SIDES = (2, 3)
"""Shortest and longest side of a clutter square in pixels."""

Floats = NDArray[np.float64]
_Box = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class BoxPart:
    """Training or test part of the boxes.

    Attributes
    ----------
    images : ndarray of float32, shape (n, 1, 24, 24)
        Gray values, one channel: 0 for the ground, 0.5 to 1 for shapes, plus noise.
    boxes : ndarray of float32, shape (n, 4)
        Center x, center y, width and height of the target, in units of the
        picture's side, so from 0 to 1; x runs to the right, y runs down.
    labels : ndarray of int64, shape (n,)
        0 if the target is a rectangle, 1 if it is an ellipse. Class sizes differ by
        at most one.
    """

    images: NDArray[np.float32]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Boxes:
    """What `make_boxes` returns.

    Attributes
    ----------
    train, test : BoxPart
        Drawn independently of each other.
    """

    train: BoxPart
    test: BoxPart


def make_boxes(
    *,
    seed: int,
    n_train: int = 2000,
    n_test: int = 500,
    n_clutter: int = 3,
    noise: float = 0.2,
) -> Boxes:
    """Draw pictures with one large shape to localize and small ones to ignore.

    The target is a rectangle or an ellipse with sides of 5 to 11 pixels, anywhere in
    the picture. Clutter squares with sides of 2 or 3 pixels lie behind it; they may
    touch it. All have gray values from 0.5 to 1, so only size tells them apart.

    Parameters
    ----------
    seed : int
        The same seed gives the same pictures.
    n_train, n_test : int
        Number of pictures in each part, at least 2.
    n_clutter : int
        Clutter squares in each picture, from 0 to 20.
    noise : float
        Standard deviation of the Gaussian noise on each pixel, from 0 to 1.

    Returns
    -------
    Boxes

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    To answer every picture with the mean box of the training part gives a mean
    `measure_overlap` of 0.14.

    Examples
    --------
    >>> boxes = make_boxes(seed=0, n_train=50)
    >>> boxes.train.images.shape, boxes.test.boxes.shape
    ((50, 1, 24, 24), (500, 4))
    """
    counts = (
        check_integer("n_train", n_train, minimum=2),
        check_integer("n_test", n_test, minimum=2),
    )
    n_clutter = check_integer("n_clutter", n_clutter, maximum=20)
    noise = check_number("noise", noise, minimum=0.0, maximum=1.0)
    generators = zip(spawn_parts(seed), counts, strict=True)
    return Boxes(*(_draw(rng, count, n_clutter, noise) for rng, count in generators))


def measure_overlap(boxes: ArrayLike, others: ArrayLike) -> Floats:
    """Return the intersection over union (IoU) of each pair of boxes.

    Parameters
    ----------
    boxes, others : array_like, shape (4,) or (n, 4)
        Center x, center y, width, height; sides must not be negative. One box may
        be paired with many.

    Returns
    -------
    ndarray of float64, shape () or (n,)
        Shared area as a share of the area that either covers: 1 for equal boxes, 0
        for boxes that do not meet, and 0 for two boxes without area.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a side is negative or not finite.

    Examples
    --------
    >>> measure_overlap([0.5, 0.5, 0.4, 0.4], [0.7, 0.5, 0.4, 0.4]).round(3).item()
    0.333
    """
    one, two = _check_boxes("boxes", boxes), _check_boxes("others", others)
    if one.ndim == two.ndim == 2 and 1 != len(one) != len(two) != 1:
        rule = f"one box or as many as `boxes` ({len(one)})"
        raise problem("others", rule, len(two), "pair each box with one other")
    low = np.maximum(*(box[..., :2] - box[..., 2:] / 2 for box in (one, two)))
    high = np.minimum(*(box[..., :2] + box[..., 2:] / 2 for box in (one, two)))
    shared = np.clip(high - low, 0.0, None).prod(axis=-1)
    union = one[..., 2:].prod(axis=-1) + two[..., 2:].prod(axis=-1) - shared
    # Two boxes without area have no union to divide by.
    return np.asarray(shared / np.where(union > 0, union, 1.0))


def _check_boxes(name: str, value: ArrayLike) -> Floats:
    boxes = check_array(name, value, ndim=(1, 2))
    if boxes.shape[-1] != 4:
        rule = "four numbers per box: center x, center y, width, height"
        raise problem(name, rule, boxes.shape, "reshape it (this is its shape)")
    if boxes[..., 2:].min() < 0:
        lowest = float(boxes[..., 2:].min())
        raise problem(name, "of sides that are not negative", lowest, "clip them at 0")
    return boxes


def _draw(
    rng: np.random.Generator, count: int, n_clutter: int, noise: float
) -> BoxPart:
    labels = draw_labels(rng, count, 2)
    image = np.zeros((count, SIDE, SIDE))
    for _ in range(n_clutter):
        side = rng.integers(*CLUTTER_SIDES, (count, 1), endpoint=True).repeat(2, axis=1)
        _paint(image, _cover(_place(rng, side), np.zeros_like(labels)), rng)
    target = _place(rng, rng.integers(*TARGET_SIDES, (count, 2), endpoint=True))
    _paint(image, _cover(target, labels), rng)
    image += noise * rng.standard_normal(image.shape)
    corner, sides = target
    boxes = np.concatenate([corner + sides / 2, sides], axis=1) / SIDE
    return BoxPart(image[:, None].astype(np.float32), boxes.astype(np.float32), labels)


def _place(rng: np.random.Generator, sides: NDArray[np.int64]) -> _Box:
    """Return upper left corners, anywhere in the picture, and the sides (x, y)."""
    return rng.integers(0, SIDE - sides, endpoint=True), sides


def _cover(box: _Box, is_ellipse: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which pixels have their center in the shape, shape (n, y, x)."""
    corner, sides = box
    centers = np.arange(SIDE) + 0.5
    # Distance from the center of the box, in half sides: shape (n, 2, pixels).
    away = np.abs(centers - (corner + sides / 2)[..., None]) / (sides / 2)[..., None]
    x, y = away[:, 0, None, :], away[:, 1, :, None]
    reach = np.where(is_ellipse[:, None, None] == 1, x**2 + y**2, np.maximum(x, y))
    return np.asarray(reach <= 1.0)


def _paint(image: Floats, cover: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Fill the shape in each picture with one gray value, in place."""
    gray = rng.uniform(0.5, 1.0, (len(image), 1, 1))
    np.copyto(image, gray, where=cover)
