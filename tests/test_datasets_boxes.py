from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectified.datasets import make_boxes, measure_overlap


def corners(boxes):
    """Return left, upper, right and lower edges in pixels, from boxes in 0 to 1."""
    pixels = 24 * boxes.astype(float)
    edges = [pixels[:, :2] - pixels[:, 2:] / 2, pixels[:, :2] + pixels[:, 2:] / 2]
    return np.concatenate(edges, axis=1)


def test_pictures_and_boxes_have_the_documented_shapes_and_ranges():
    boxes = make_boxes(seed=0, n_train=300, n_test=50, noise=0)
    assert boxes.train.images.shape == (300, 1, 24, 24)
    assert boxes.test.boxes.shape == (50, 4)
    ink = boxes.train.images[boxes.train.images > 0]
    assert 0.5 <= ink.min() < 0.51
    assert 0.99 < ink.max() <= 1.0


def test_a_box_lies_in_the_picture_on_whole_pixels_with_the_documented_sides():
    edges = corners(make_boxes(seed=0).train.boxes)
    # Single precision of a number up to 24.
    np.testing.assert_allclose(edges, edges.round(), atol=1e-5)
    edges = edges.round()
    assert (edges.min(), edges.max()) == (0, 24)
    sides = edges[:, 2:] - edges[:, :2]
    assert (sides.min(), sides.max()) == (5, 11)


def test_the_box_is_the_tightest_around_the_target():
    part = make_boxes(seed=0, n_train=400, n_clutter=0, noise=0).train
    ink = part.images[:, 0] > 0
    for one, edges in zip(ink, corners(part.boxes).round(), strict=True):
        y, x = np.nonzero(one)
        found = [x.min(), y.min(), x.max() + 1, y.max() + 1]
        assert found == edges.tolist()


def test_rectangles_fill_their_box_and_ellipses_a_share_of_pi_over_4():
    part = make_boxes(seed=0, n_train=1000, n_clutter=0, noise=0).train
    ink = (part.images > 0).sum(axis=(1, 2, 3))
    share = ink / (576 * part.boxes[:, 2:].astype(float).prod(axis=1))
    np.testing.assert_allclose(share[part.labels == 0], 1.0, rtol=1e-6)
    # Pixels along the rim count whole or not at all: a disc of 5 x 5 has 21 of 25
    # pixels, one of 6 x 6 has 32 of 36, one of 7 x 7 has 37 of 49.
    assert share[part.labels == 1].mean() == pytest.approx(np.pi / 4, abs=0.04)


def test_clutter_lies_behind_the_target_and_is_smaller():
    plain, full = (make_boxes(seed=0, n_clutter=n, noise=0).train for n in (0, 3))
    assert (full.images > 0).sum() > (plain.images > 0).sum()
    for image, edges, label in zip(
        full.images[:, 0],
        corners(full.boxes).round().astype(int),
        full.labels,
        strict=True,
    ):
        left, top, right, bottom = edges
        inside = image[top:bottom, left:right]
        center = inside[inside.shape[0] // 2, inside.shape[1] // 2]
        if label == 0:
            assert (inside == center).all()
        rest = image.copy()
        rest[top:bottom, left:right] = 0
        assert (rest > 0).sum() <= 3 * 9


def test_noise_has_the_standard_deviation_asked_for():
    calm, noisy = (make_boxes(seed=0, noise=n).train for n in (0, 0.2))
    np.testing.assert_array_equal(calm.boxes, noisy.boxes)
    shift = noisy.images - calm.images
    error = 5 * 0.2 / (2 * shift.size) ** 0.5
    assert shift.std(dtype=float) == pytest.approx(0.2, abs=error)
    assert abs(shift.mean(dtype=float)) < 5 * 0.2 / shift.size**0.5


def pixel_overlap(one, two):
    """Count the pixels that two boxes with whole corners cover, on a 24 x 24 grid."""
    masks = np.zeros((2, 24, 24), dtype=bool)
    for mask, (x, y, width, height) in zip(masks, (one, two), strict=True):
        mask[y : y + height, x : x + width] = True
    return masks.all(axis=0).sum() / masks.any(axis=0).sum()


def centered(x, y, width, height):
    return np.array([x + width / 2, y + height / 2, width, height]) / 24


sides = st.integers(1, 12)
whole_boxes = st.tuples(st.integers(0, 12), st.integers(0, 12), sides, sides)


@given(whole_boxes, whole_boxes)
def test_overlap_is_what_counting_pixels_gives(one, two):
    overlap = measure_overlap(centered(*one), centered(*two))
    assert overlap == pytest.approx(pixel_overlap(one, two), abs=1e-12)
    assert overlap == measure_overlap(centered(*two), centered(*one))


def test_overlap_is_1_for_equal_boxes_and_0_for_boxes_apart_or_without_area():
    box, far, point = [0.3, 0.3, 0.2, 0.2], [0.8, 0.8, 0.2, 0.2], [0.3, 0.3, 0, 0]
    assert measure_overlap(box, box) == pytest.approx(1.0)
    assert measure_overlap(box, far) == measure_overlap(point, point) == 0.0
    assert measure_overlap(box, point) == 0.0


def test_one_box_can_be_paired_with_many():
    boxes = make_boxes(seed=0, n_train=9).train.boxes
    pairs = [measure_overlap(boxes[0], box).item() for box in boxes]
    assert measure_overlap(boxes[0], boxes).tolist() == pairs
    assert measure_overlap(boxes[:1], boxes).tolist() == pairs


def expected_overlap_of_the_mean_box():
    """Average over all boxes there are, each with its probability."""
    mean = np.array([12, 12, 8, 8]) / 24
    total = 0.0
    for width, height in product(range(5, 12), repeat=2):
        places = list(product(range(25 - width), range(25 - height)))
        every = np.array([centered(x, y, width, height) for x, y in places])
        total += measure_overlap(mean, every).mean() / 49
    return total


def test_the_mean_box_as_an_answer_scores_what_theory_gives():
    expected = expected_overlap_of_the_mean_box()
    assert round(expected, 2) == 0.14  # as the documentation says
    for seed in range(5):
        boxes = make_boxes(seed=seed, n_train=2000, n_test=2000)
        scores = measure_overlap(boxes.train.boxes.mean(axis=0), boxes.test.boxes)
        # The mean of 2000 training boxes is off by 0.003, which hardly counts.
        assert abs(scores.mean() - expected) < 5 * scores.std() / 2000**0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: make_boxes(seed=0, n_clutter=21),
            "`n_clutter` must be .*from 0 to 20",
        ),
        (lambda: make_boxes(seed=0, n_clutter=-1), "`n_clutter` must be .*got -1"),
        (lambda: make_boxes(seed=0, noise=-0.1), "`noise` must be .*from 0 to 1, got"),
        (
            lambda: measure_overlap([0, 0, 1], [0, 0, 1, 1]),
            r"`boxes` must be four numbers per box.*, got \(3,\)",
        ),
        (
            lambda: measure_overlap([0, 0, 1, 1], [0, 0, 1, -1]),
            "`others` must be of sides that are not negative, got -1.0",
        ),
        (
            lambda: measure_overlap(np.ones((3, 4)), np.ones((2, 4))),
            r"`others` must be one box or as many as `boxes` \(3\), got 2",
        ),
        (
            lambda: measure_overlap([0, 0, 1, np.nan], [0, 0, 1, 1]),
            "`boxes` must be finite, got nan",
        ),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
