from itertools import combinations
from math import comb

import numpy as np
import pytest

from rectified.ensembles import forward, initialize
from rectified.regions import count_bound, find_regions

SHAPES = [(1,), (8,), (32,), (5, 4), (16, 16), (8, 8, 8), (4, 1, 4), (3, 2, 3, 2)]


def make_network(hidden, seed, bias_std=0.5):
    return initialize((2, *hidden, 1), seeds=(seed,), bias_std=bias_std)


def activation_patterns(weights, biases, points):
    """Evaluate the network unit by unit; the oracle for patterns and margins."""
    patterns, margins, activation = [], [], points
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        z = activation @ weight + bias
        patterns.append(z > 0)
        margins.append(np.abs(z))
        activation = np.maximum(z, 0)
    return np.hstack(patterns), np.hstack(margins).min(axis=1)


def is_inside(polygon, points, margin=0.0):
    """Tell which points lie left of every edge of a counterclockwise polygon."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    to_points = points[:, None] - polygon
    cross = edges[:, 0] * to_points[..., 1] - edges[:, 1] * to_points[..., 0]
    return (cross > margin).all(axis=1)


networks = pytest.mark.parametrize(
    ("hidden", "seed"), [(hidden, seed) for hidden in SHAPES for seed in (0, 1)]
)


@networks
def test_every_pattern_on_a_dense_grid_is_a_region_and_the_regions_are_different(
    hidden, seed
):
    network = make_network(hidden, seed).network(0)
    regions = find_regions(*network)
    axis = np.linspace(-3, 3, 400)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    patterns, margins = activation_patterns(*network, grid)
    # On the very line where a unit switches, rounding decides its state.
    on_grid = {tuple(p) for p in patterns[margins > 1e-9].tolist()}
    found = {tuple(p) for p in regions.patterns.tolist()}
    assert on_grid <= found
    assert len(found) == regions.n_activation_regions


@networks
def test_regions_fill_the_window_and_are_convex_and_counterclockwise(hidden, seed):
    regions = find_regions(*make_network(hidden, seed).network(0))
    assert regions.areas.min() > 0
    # The sum of some thousand areas, each rounded at 1e-16 of the window.
    assert regions.areas.sum() == pytest.approx(36, rel=1e-11)
    for polygon in regions.polygons:
        edges = np.roll(polygon, -1, axis=0) - polygon
        after = np.roll(edges, -1, axis=0)
        turns = edges[:, 0] * after[:, 1] - edges[:, 1] * after[:, 0]
        assert turns.min() > -1e-12  # a straight angle, at worst


@networks
def test_a_region_holds_the_points_with_its_pattern_and_gives_their_output(
    hidden, seed
):
    parameters = make_network(hidden, seed)
    network = parameters.network(0)
    regions = find_regions(*network)
    points = np.random.default_rng(seed).uniform(-3, 3, (400, 2))
    patterns, margins = activation_patterns(*network, points)
    output = forward(parameters, points)[0, :, 0]
    numbers = {tuple(p): n for n, p in enumerate(regions.patterns.tolist())}
    for point, pattern, margin, y in zip(
        points, patterns.tolist(), margins, output, strict=True
    ):
        if margin < 1e-9:
            continue
        number = numbers[tuple(pattern)]
        assert is_inside(regions.polygons[number], point[None])[0]
        affine = point @ regions.slopes[number] + regions.offsets[number]
        assert affine == pytest.approx(y, abs=1e-12)


def test_each_point_lies_in_one_region_only():
    regions = find_regions(*make_network((16, 16), 0).network(0))
    points = np.random.default_rng(0).uniform(-3, 3, (500, 2))
    owners = sum(is_inside(p, points).astype(int) for p in regions.polygons)
    assert np.bincount(owners, minlength=2).tolist() == [0, 500]


def test_heights_are_the_outputs_at_the_corners():
    parameters = make_network((8, 8), 3)
    regions = find_regions(*parameters.network(0))
    for polygon, heights in zip(regions.polygons, regions.heights, strict=True):
        output = forward(parameters, polygon)[0, :, 0]
        # The network is continuous, so its corners have one height in all regions.
        np.testing.assert_allclose(heights, output, atol=1e-11)


@pytest.mark.parametrize("seed", range(10))
def test_lines_in_general_position_cut_the_plane_as_zaslavsky_says(seed):
    rng = np.random.default_rng(seed)
    normals, levels = rng.standard_normal((2, 12)), rng.standard_normal(12)
    # Euler: every line and every crossing inside the window adds one region.
    crossings = [
        np.linalg.solve(normals[:, pair].T, -levels[list(pair)])
        for pair in (list(p) for p in combinations(range(12), 2))
    ]
    far = 1.1 * np.abs(crossings).max()
    window = ((-far, far), (-far, far))
    regions = find_regions(
        [normals, np.ones((12, 1))], [levels, np.zeros(1)], window=window
    )
    assert regions.n_activation_regions == 1 + 12 + comb(12, 2) == regions.bound

    inside = int((np.abs(crossings) < 1).all(axis=1).sum())
    corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    sides = np.sign(corners @ normals + levels)
    lines = int((np.abs(sides.sum(axis=0)) < 4).sum())
    small = find_regions(
        [normals, np.ones((12, 1))], [levels, np.zeros(1)], window=((-1, 1), (-1, 1))
    )
    assert small.n_activation_regions == 1 + lines + inside


def test_lines_through_one_point_cut_the_plane_into_twice_as_many_sectors():
    for n_units in (2, 5, 16):
        network = make_network((n_units,), 0, bias_std=0.0).network(0)
        assert find_regions(*network).n_activation_regions == 2 * n_units


def test_parallel_lines_and_lines_along_the_border_cut_no_slivers():
    weights = [np.array([[1.0, 1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]])]
    biases = [np.array([0.0, -1.0, 3.0, -3.0, 3.0])]
    regions = find_regions([*weights, np.ones((5, 1))], [*biases, np.zeros(1)])
    assert sorted(regions.areas) == pytest.approx([6, 12, 18])


def test_a_unit_that_is_listed_twice_cuts_once():
    weight, bias = np.random.default_rng(0).standard_normal((2, 1, 3))
    twice = np.hstack([weight, weight]).repeat(2, axis=0)
    regions = find_regions(
        [twice * [[1.0], [0.3]], np.ones((6, 1))], [np.hstack([bias, bias])[0], [0.0]]
    )
    assert (regions.patterns[:, :3] == regions.patterns[:, 3:]).all()
    assert regions.n_activation_regions <= 7


def test_a_unit_without_effect_cuts_activation_regions_but_no_linear_ones():
    # |x| + |y| from four units, and a fifth unit that the output ignores.
    weights = [[[1, -1, 0, 0, 1], [0, 0, 1, -1, 2]], [[1], [1], [1], [1], [0]]]
    regions = find_regions(weights, [[0, 0, 0, 0, 0.5], [0]])
    assert regions.n_linear_regions == 4
    # A line that misses the crossing of two others meets three of four quadrants.
    assert regions.n_activation_regions == 4 + 3
    maps = {
        tuple(np.append(slope, offset).round(9))
        for slope, offset in zip(regions.slopes, regions.offsets, strict=True)
    }
    assert len(maps) == 4


def test_equal_maps_that_do_not_touch_are_different_linear_regions():
    # The output max(0, |x| - 1) has slopes -1, 0, 1; min of it and 1 is flat thrice.
    weights = [[[1, -1], [0, 0]], [[1, 1], [1, 1]], [[1], [-1]]]
    regions = find_regions(weights, [[0, 0], [-1, -2], [0]])
    flat = (regions.slopes == 0).all(axis=1)
    assert len(np.unique(regions.pieces[flat])) == 3
    assert regions.n_linear_regions == 5
    assert regions.n_activation_regions == 6  # x = 0 switches two units, no slope


def test_a_dead_network_has_one_linear_region():
    weights = [np.random.default_rng(0).standard_normal((2, 6)), np.ones((6, 1)), [[1]]]
    regions = find_regions(weights, [np.zeros(6), [-1e3], [0.25]])
    assert regions.n_activation_regions == 12
    assert regions.n_linear_regions == 1
    assert regions.offsets == pytest.approx(0.25)


def test_a_network_without_hidden_layers_is_one_region():
    regions = find_regions([[[1.0], [2.0]]], [[3.0]])
    assert regions.n_activation_regions == regions.n_linear_regions == 1
    assert regions.slopes.tolist() == [[1.0, 2.0]]
    assert regions.patterns.shape == (1, 0)


def test_the_bound_is_the_published_one():
    # One layer: Zaslavsky. Two inputs, widths of at least two: a product of the same.
    for n in range(1, 40):
        assert count_bound([n]) == 1 + n + n * (n - 1) // 2
    assert count_bound([8, 8, 8]) == 37**3
    # A layer of one unit leaves a line; after it every layer only cuts a line.
    assert count_bound([4, 1, 4]) == 11 * 2 * 5
    assert count_bound([3, 3], n_inputs=1) == 4 * 4
    assert count_bound([5], n_inputs=7) == 2**5


@networks
def test_no_network_has_more_regions_than_the_bound(hidden, seed):
    regions = find_regions(*make_network(hidden, seed).network(0))
    assert regions.n_linear_regions <= regions.n_activation_regions <= regions.bound
    assert regions.bound == count_bound(hidden)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"weights": [[[1.0], [1.0], [1.0]], [[1.0]]]},
            r"`weights` must be .*\(2, 1\)",
        ),
        ({"biases": [[0.0]]}, r"`biases` must be one array per layer.*\(2\), got 1"),
        (
            {"weights": [[[np.nan], [1.0]], [[1.0]]]},
            "`weights` must be finite, got nan",
        ),
        ({"weights": [[[1.0], [1.0, 2.0]], [[1.0]]]}, "`weights` must be an array of"),
        ({"window": ((1, -1), (0, 1))}, r"`window` must be two pairs \(lowest, highe"),
        ({"window": ((-1, 1),)}, "`window` must be two pairs"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    usual = {"weights": [[[1.0], [1.0]], [[1.0]]], "biases": [[0.0], [0.0]]}
    with pytest.raises(ValueError, match=message):
        find_regions(**{**usual, **arguments})
