import numpy as np
import pytest
from sklearn import datasets
from sklearn.preprocessing import StandardScaler

from rectified.datasets import SCALINGS, load_digits
from rectified.datasets import digits as digits_module

BUNCH = datasets.load_digits()


def test_the_collection_is_the_one_that_the_documentation_describes():
    digits = load_digits(seed=0, scaling="raw")
    parts = (digits.train, digits.test)
    numbers = np.concatenate([part.numbers for part in parts])
    assert sorted(numbers.tolist()) == list(range(1797))
    for part in parts:
        np.testing.assert_array_equal(part.inputs, BUNCH.data[part.numbers])
        np.testing.assert_array_equal(part.labels, BUNCH.target[part.numbers])
    assert set(np.unique(BUNCH.data)) == set(range(17))


def test_they_are_found_wherever_scikit_learn_keeps_them(monkeypatch):
    here = digits_module._read_table()
    monkeypatch.setattr(digits_module, "FILE", "moved.csv.gz")
    np.testing.assert_array_equal(digits_module._read_table(), here)


def test_no_image_occurs_twice_in_the_collection():
    # Else a split by number could still show test images in training.
    assert len(np.unique(BUNCH.data, axis=0)) == 1797


def test_views_show_the_same_pixels_as_images_rows_and_single_pixels():
    part = load_digits(seed=0, scaling="raw").train
    assert part.images.shape == (1437, 1, 8, 8)
    assert part.rows.shape == (1437, 8, 8)
    assert part.pixels.shape == (1437, 64, 1)
    expected = BUNCH.images[part.numbers]
    np.testing.assert_array_equal(part.images[:, 0], expected)
    np.testing.assert_array_equal(part.rows[:, 2], expected[:, 2])
    np.testing.assert_array_equal(part.pixels[:, 8 * 2 + 5, 0], expected[:, 2, 5])


def test_scaling_by_feature_is_that_of_scikit_learn_from_the_training_part_alone():
    digits = load_digits(seed=3, n_train=200)
    scaler = StandardScaler().fit(BUNCH.data[digits.train.numbers])
    for part in (digits.train, digits.test):
        expected = scaler.transform(BUNCH.data[part.numbers])
        # Single precision: seven digits of values up to about 40.
        np.testing.assert_allclose(part.inputs, expected, rtol=1e-6, atol=1e-6)


def test_global_scaling_takes_one_mean_and_deviation_from_the_training_part():
    digits = load_digits(seed=3, scaling="global")
    counts = BUNCH.data[digits.train.numbers]
    np.testing.assert_allclose(digits.shift, counts.mean(), rtol=1e-12)
    np.testing.assert_allclose(digits.scale, counts.std(), rtol=1e-12)
    assert digits.train.inputs.mean(dtype=float) == pytest.approx(0, abs=1e-6)
    assert digits.train.inputs.std(dtype=float) == pytest.approx(1, abs=1e-6)


def test_unit_scaling_fills_the_range_from_0_to_1():
    digits = load_digits(seed=0, scaling="unit")
    inputs = np.concatenate([digits.train.inputs, digits.test.inputs])
    assert (inputs.min(), inputs.max()) == (0.0, 1.0)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_shift_and_scale_lead_back_to_the_counts(scaling):
    digits = load_digits(seed=0, scaling=scaling)
    for part in (digits.train, digits.test):
        counts = part.inputs * digits.scale + digits.shift
        # Single precision of a count up to 16, and of an input up to 40.
        np.testing.assert_allclose(counts, BUNCH.data[part.numbers], atol=1e-5)


@pytest.mark.parametrize("n_test", [10, 100, 360, 1000])
@pytest.mark.parametrize("n_train", [10, 57, 500])
def test_both_parts_hold_the_digits_in_proportion(n_train, n_test):
    share = np.bincount(BUNCH.target) / 1797
    for seed in range(5):
        digits = load_digits(seed=seed, n_train=n_train, n_test=n_test)
        for part in (digits.train, digits.test):
            counts = np.bincount(part.labels, minlength=10)
            assert np.abs(counts - share * len(part.labels)).max() <= 2


def test_the_ten_smallest_training_images_are_one_of_each_digit():
    for seed in range(5):
        part = load_digits(seed=seed, n_train=1787, n_test=10).test
        assert sorted(part.labels.tolist()) == list(range(10))


def test_a_small_training_part_is_contained_in_a_larger_one():
    small, large = (load_digits(seed=0, n_train=n) for n in (100, 300))
    assert set(small.train.numbers.tolist()) < set(large.train.numbers.tolist())
    np.testing.assert_array_equal(small.test.numbers, large.test.numbers)


def test_label_noise_changes_nine_tenths_of_the_share_and_only_in_training():
    for noise in (0.2, 0.4, 1.0):
        digits = load_digits(seed=5, label_noise=noise)
        train, test = digits.train, digits.test
        wrong = (train.labels != train.true_labels).sum()
        redrawn = round(noise * 1437)
        # Each redrawn label is wrong with probability 0.9; five standard errors.
        assert abs(wrong - 0.9 * redrawn) < 5 * (0.09 * redrawn) ** 0.5
        np.testing.assert_array_equal(train.true_labels, BUNCH.target[train.numbers])
        np.testing.assert_array_equal(test.labels, test.true_labels)


def test_label_noise_changes_neither_the_split_nor_the_inputs():
    clean, some, more = (load_digits(seed=0, label_noise=s) for s in (0, 0.2, 0.4))
    np.testing.assert_array_equal(clean.train.labels, clean.train.true_labels)
    np.testing.assert_array_equal(clean.train.inputs, more.train.inputs)
    np.testing.assert_array_equal(clean.test.numbers, more.test.numbers)
    spoiled, spoiled_more = (
        d.train.labels != d.train.true_labels for d in (some, more)
    )
    assert (spoiled <= spoiled_more).all()


def test_the_order_of_the_digits_says_nothing_about_the_next_one():
    labels = load_digits(seed=0).train.labels
    # Neighbors agree in a tenth of 1436 cases, give or take five standard errors.
    assert abs((labels[1:] == labels[:-1]).mean() - 0.1) < 5 * (0.09 / 1436) ** 0.5


def test_a_nearest_neighbor_reads_most_test_digits():
    digits = load_digits(seed=0)
    known, new = digits.train.inputs, digits.test.inputs
    squares = (known**2).sum(axis=1) - 2 * new @ known.T
    guess = digits.train.labels[squares.argmin(axis=1)]
    assert (guess == digits.test.labels).mean() > 0.95


def test_who_changes_what_was_loaded_changes_nothing_for_the_next_one():
    first = load_digits(seed=0, scaling="raw")
    first.train.inputs[:] = -1.0
    first.test.true_labels[:] = 11
    again = load_digits(seed=0, scaling="raw")
    np.testing.assert_array_equal(again.train.inputs, BUNCH.data[again.train.numbers])
    assert first.test.labels.max() == again.test.labels.max() == 9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scaling": "features"}, "`scaling` must be one of .*did you mean 'feature'"),
        ({"n_train": 1438}, "`n_train` must be at most 1437 beside 360 test images"),
        ({"n_test": 1788}, "`n_test` must be an integer from 10 to 1787, got 1788"),
        ({"n_train": 9}, "`n_train` must be an integer of at least 10, got 9"),
        ({"label_noise": 1.1}, "`label_noise` must be a finite number from 0 to 1"),
        ({"label_noise": float("nan")}, "`label_noise` must be .*, got nan"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        load_digits(**{"seed": 0, **arguments})
