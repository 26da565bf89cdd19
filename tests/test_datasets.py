import numpy as np
import pytest

from rectified.datasets import (
    CURVES,
    SEPARABLE,
    TASKS,
    WINDOW,
    evaluate_curve,
    make_task,
)

all_tasks = pytest.mark.parametrize("name", TASKS)


def best_linear_accuracy(points, labels):
    """Try straight lines in 180 directions, at every useful distance."""
    best = 0.0
    for angle in np.linspace(0, np.pi, 180, endpoint=False):
        order = np.argsort(points @ [np.cos(angle), np.sin(angle)])
        ones_before = np.concatenate([[0], np.cumsum(labels[order])])
        zeros_before = np.arange(len(labels) + 1) - ones_before
        right = zeros_before + (labels.sum() - ones_before)
        best = max(best, *(np.array([right, len(labels) - right]).max(axis=1)))
    return best / len(labels)


@all_tasks
def test_points_lie_in_the_window_and_classes_are_balanced(name):
    task = make_task(name, n_points=301, noise=1.0, seed=3)
    assert task.points.shape == (301, 2)
    assert np.abs(task.points).max() <= WINDOW
    assert np.bincount(task.labels).tolist() == [151, 150]


@all_tasks
def test_a_seed_fixes_the_points(name):
    first, again, other = (make_task(name, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.points, again.points)
    assert not np.isclose(first.points, other.points).any()


@all_tasks
def test_a_straight_line_separates_the_classes_only_of_separable_tasks(name):
    tasks = [make_task(name, seed=seed) for seed in range(5)]
    best = [best_linear_accuracy(task.points, task.labels) for task in tasks]
    if name in SEPARABLE:
        assert min(best) == 1.0
    else:
        assert max(best) < 0.95


def test_halves_stay_separable_up_to_the_documented_noise():
    # The normal of the street is known, so no search is needed here.
    for seed in range(20):
        task = make_task("halves", n_points=2000, noise=0.19, seed=seed)
        side = task.points @ [0.6, 0.8]
        assert ((side > 0) == (task.labels == 1)).all()


@all_tasks
def test_without_noise_a_nearest_neighbor_tells_the_classes_apart(name):
    known, new = (make_task(name, n_points=1000, noise=0, seed=s) for s in (0, 1))
    distances = np.linalg.norm(new.points[:, None] - known.points, axis=2)
    guess = known.labels[distances.argmin(axis=1)]
    assert (guess == new.labels).mean() > 0.99


@all_tasks
def test_noise_moves_points_by_its_standard_deviation(name):
    calm, noisy = (make_task(name, n_points=4000, noise=n, seed=0) for n in (0, 0.1))
    shift = noisy.points - calm.points
    # Cutting a normal at 3 sd lowers its sd by 0.4 %; 8000 draws give it to 0.8 %,
    # and five standard errors are allowed. Points near the border may be held back.
    assert shift.std() == pytest.approx(0.1, rel=0.05)
    assert np.abs(shift).max() <= 0.3 + 1e-12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "circle"}, r"`name` must be one of .*did you mean 'circles'\?"),
        ({"name": "cheese"}, r"`name` must be one of .*'halves', got 'cheese'"),
        ({"n_points": 1}, "`n_points` must be an integer of at least 2, got 1"),
        ({"n_points": 2.5}, "`n_points` must be an integer.*, got 2.5"),
        ({"noise": -0.1}, "`noise` must be a finite number from 0 to 1, got -0.1"),
        ({"noise": float("nan")}, "`noise` must be a finite number.*, got nan"),
        ({"noise": "much"}, "`noise` must be a finite number.*, got 'much'"),
        ({"seed": -1}, "`seed` must be an integer of at least 0, got -1"),
        ({"seed": True}, "`seed` must be an integer of at least 0, got True"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_task(**{"name": "xor", "seed": 0, **arguments})


def test_curves_pass_through_known_points():
    x = [-3.0, -1.5, -1.0, 0.0, 0.75, 1.0, 3.0]
    known = {
        "sine": [1.0, -(0.5**0.5), -1.0, 0.0, np.sin(0.375 * np.pi), 1.0, -1.0],
        "bump": np.exp([-9.0, -2.25, -1.0, 0.0, -0.5625, -1.0, -9.0]),
        "absolute": [3.0, 1.5, 1.0, 0.0, 0.75, 1.0, 3.0],
        "zigzag": [-1.5, 1.5, 0.5, -1.5, 0.0, 0.5, -1.5],
        "step": [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0],
    }
    assert set(known) == set(CURVES)
    for name, expected in known.items():
        # A few roundings of numbers around 1.
        np.testing.assert_allclose(evaluate_curve(name, x), expected, atol=1e-15)


def test_curves_keep_the_shape_of_their_input():
    for name in CURVES:
        assert evaluate_curve(name, 0.5).shape == ()
        assert evaluate_curve(name, np.zeros((2, 3))).shape == (2, 3)


def test_an_unknown_curve_brings_up_the_nearest_name():
    with pytest.raises(ValueError, match="did you mean 'sine'"):
        evaluate_curve("sin", [0.0])
