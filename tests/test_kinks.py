import numpy as np
import pytest

from rectified.ensembles import forward, initialize
from rectified.kinks import find_kinks


def make_tent(times):
    """Compose the tent map, 2 relu(x) - 4 relu(x - 1/2), with itself."""
    first, between, last = [[1.0, 1.0]], [[2.0, 2.0], [-4.0, -4.0]], [[2.0], [-4.0]]
    weights = [first, *[between] * (times - 1), last]
    return weights, [*[[0.0, -0.5]] * times, [0.0]]


@pytest.mark.parametrize("times", range(1, 13))
def test_a_tent_map_composed_with_itself_doubles_its_pieces_each_time(times):
    pieces = find_kinks(*make_tent(times), start=0.0, end=1.0)
    assert pieces.n_pieces == 2**times
    np.testing.assert_array_equal(pieces.positions, np.arange(2**times + 1) / 2**times)
    np.testing.assert_array_equal(pieces.values, np.arange(2**times + 1) % 2)


@pytest.mark.parametrize("hidden", [(1,), (8,), (64,), (16, 16), (8, 8, 8, 8)])
@pytest.mark.parametrize("seed", range(3))
def test_straight_lines_between_the_kinks_are_the_network(hidden, seed):
    parameters = initialize((1, *hidden, 1), seeds=(seed,), bias_std=0.5)
    pieces = find_kinks(*parameters.network(0), start=-10, end=10)
    along = np.linspace(0, 1, 3001)
    drawn = np.interp(along, pieces.positions, pieces.values)
    output = forward(parameters, (20 * along - 10)[:, None])[0, :, 0]
    # Positions are good to 1e-15 of the line, and the steepest slope is about 100.
    np.testing.assert_allclose(drawn, output, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_one_layer_bends_once_per_unit_that_switches_on_the_line(seed):
    parameters = initialize((1, 20, 1), seeds=(seed,), bias_std=0.5)
    (weight, _), (bias, _) = parameters.network(0)
    expected = np.sort(-bias / weight[0])
    expected = expected[np.abs(expected) < 4]
    pieces = find_kinks(*parameters.network(0), start=-4, end=4)
    np.testing.assert_allclose(8 * pieces.kinks - 4, expected, atol=1e-12)


def test_a_line_through_a_plane_meets_the_kinks_of_the_network_there():
    parameters = initialize((2, 6, 6, 1), seeds=(0,), bias_std=0.5)
    start, end = np.array([-3.0, -1.0]), np.array([2.0, 3.0])
    pieces = find_kinks(*parameters.network(0), start=start, end=end)
    points = start + pieces.positions[:, None] * (end - start)
    output = forward(parameters, points)[0, :, 0]
    np.testing.assert_allclose(pieces.values, output, atol=1e-12)
    # A second difference of samples is zero except next to a kink.
    along = np.linspace(0, 1, 100_001)
    samples = forward(parameters, start + along[:, None] * (end - start))[0, :, 0]
    bent = np.abs(np.diff(samples, n=2)) > 1e-10
    n_bends = int((np.diff(bent.astype(int), prepend=0) == 1).sum())
    assert n_bends == pieces.n_pieces - 1


def test_hinges_that_cancel_leave_no_kink():
    # relu(z) - relu(-z) = z: all units switch, the sum does not bend. Twenty pairs
    # with coefficients that no binary fraction holds leave rounding errors behind.
    weight, bias, out = np.random.default_rng(0).uniform(0.1, 1, (3, 20))
    pieces = find_kinks(
        [[[*weight, *-weight]], np.array([[*out, *-out]]).T],
        [[*bias, *-bias], [0.0]],
        start=-20,
        end=20,
    )
    assert pieces.n_pieces == 1
    ends = [(out * (weight * x + bias)).sum() for x in (-20, 20)]
    assert pieces.values == pytest.approx(ends)


def test_units_that_switch_in_the_same_place_make_one_kink():
    scales = np.random.default_rng(0).uniform(0.1, 5, 50)
    # The kink of each unit is 1 / 3, found with another rounding error.
    pieces = find_kinks(
        [[3 * scales], np.ones((50, 1))], [-scales, [0.0]], start=-1, end=1
    )
    assert pieces.n_pieces == 2
    assert 2 * pieces.kinks - 1 == pytest.approx(1 / 3, abs=1e-12)


def test_a_flat_network_is_one_piece():
    pieces = find_kinks([[[1.0]], [[0.0]]], [[0.0], [2.0]], start=-1, end=1)
    assert pieces.n_pieces == 1
    assert pieces.values.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (1.0, 1.0, "`end` must be another point with 1"),
        (1.0, [1.0, 2.0], "`end` must be another point with 1"),
        ([0.0, 0.0], [1.0, 1.0], r"`weights` must be .*\(2, 2\), got \(1, 2\)"),
        (np.nan, 1.0, "`start` must be finite, got nan"),
    ],
)
def test_bad_lines_are_named(start, end, message):
    with pytest.raises(ValueError, match=message):
        find_kinks(*make_tent(1), start=start, end=end)
