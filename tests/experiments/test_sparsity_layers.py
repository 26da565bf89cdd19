"""Zeros in depth, silence on batches, bytes of sparse formats, ways to compare."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats

from rectified import ensembles
from rectified.datasets import load_digits
from rectified.experiments import sparsity as lesson

SEEDS = range(10)


# --- zeros in each layer --------------------------------------------------------


def forward_in_torch(draw, bias, scale, mean):
    a, zeros = torch.tensor(draw.inputs) + mean, []
    for weight in torch.tensor(draw.weights):
        a = torch.relu(scale * (2 / len(weight)) ** 0.5 * a @ weight + bias)
        zeros.append((a == 0).double().mean().item())
    return zeros


@pytest.mark.parametrize(
    ("bias", "scale", "mean"), [(0.0, 1.0, 0.0), (-0.3, 1.2, 0.5), (1.0, 0.5, 2.0)]
)
def test_zeros_of_each_layer_are_those_of_torch(bias, scale, mean):
    draw = lesson.draw_layers(3)
    found = lesson.count_layer_zeros(draw, bias=bias, scale=scale, input_mean=mean)
    np.testing.assert_allclose(found.zeros, forward_in_torch(draw, bias, scale, mean))
    never = found.pre_activations.max(axis=1) <= 0
    np.testing.assert_allclose(found.dead, never.mean(axis=1))
    always = found.pre_activations.min(axis=1) > 0
    np.testing.assert_allclose(found.always_on, always.mean(axis=1))


@pytest.mark.parametrize("bias", [-0.7, 0.0, 0.4])
def test_the_theory_of_depth_is_one_integral_per_layer(bias):
    found = lesson.expect_layer_zeros(4, bias=bias, scale=0.8, input_mean=0.5)
    square = 1.25
    for share in found:
        normal = stats.norm(bias, 0.8 * (2 * square) ** 0.5)
        assert share == pytest.approx(normal.cdf(0), abs=1e-12)
        end = bias + 12 * normal.std()
        square = normal.expect(np.square, lb=0, ub=end)


def test_in_wide_layers_zeros_are_as_many_as_theory_says():
    for bias in (-0.5, 0.5):
        found = [
            lesson.count_layer_zeros(
                lesson.draw_layers(seed, depth=3, width=256, n_inputs=64), bias=bias
            )
            for seed in SEEDS
        ]
        zeros = np.array([one.zeros for one in found])
        error = zeros.std(axis=0, ddof=1) / len(SEEDS) ** 0.5
        gap = np.abs(zeros.mean(axis=0) - found[0].expected)
        # Five standard errors, and the corrections of relative size 1 / width.
        assert (gap < 5 * error + 1 / 256).all()


def test_a_layer_that_gets_nothing_shows_only_its_bias():
    expected = lesson.expect_layer_zeros(8, bias=-2.0, scale=0.01)
    assert expected[-1] == 1
    found = lesson.count_layer_zeros(lesson.draw_layers(), bias=-2.0, scale=0.01)
    np.testing.assert_array_equal(found.zeros, np.ones(8))


@pytest.mark.parametrize("name", lesson.DISTRIBUTIONS)
def test_every_distribution_has_mean_0_and_variance_1(name):
    normal = np.random.default_rng(0).standard_normal(100_000)
    weights = lesson.shape_weights(normal, name)
    # Five standard errors of 100,000 numbers; a fourth moment of at most 3.
    assert abs(weights.mean()) < 5 / 100_000**0.5
    assert abs((weights**2).mean() - 1) < 5 * (2 / 100_000) ** 0.5
    order = np.argsort(normal)
    assert (np.diff(weights[order]) >= 0).all()


def test_inputs_with_a_mean_fix_units_without_changing_the_share_of_zeros():
    for seed in SEEDS:
        draw = lesson.draw_layers(seed)
        plain = lesson.count_layer_zeros(draw)
        shifted = lesson.count_layer_zeros(draw, input_mean=2.0)
        assert plain.dead[0] + plain.always_on[0] == 0
        assert shifted.dead[0] + shifted.always_on[0] > 0.1
        # Units are fixed as wholes: 48 coins of one half, three standard deviations.
        assert abs(shifted.zeros[0] - 0.5) < 3 * 0.5 / 48**0.5


def test_deep_layers_hold_units_that_never_switch_though_half_stays_zero():
    for seed in SEEDS:
        found = lesson.count_layer_zeros(lesson.draw_layers(seed))
        fixed = found.dead + found.always_on
        assert fixed[0] == 0
        assert fixed[-1] > 0.1
        assert (np.abs(found.zeros - 0.5) < 3 * 0.5 / 48**0.5).all()


def test_a_negative_bias_silences_layer_after_layer():
    for seed in SEEDS:
        zeros = lesson.count_layer_zeros(lesson.draw_layers(seed), bias=-1.0).zeros
        assert (np.diff(zeros[:4]) > 0).all()
        assert (zeros[4:] == 1).all()


# --- dead or quiet --------------------------------------------------------------


@pytest.fixture(scope="module")
def silence():
    return lesson.measure_silence(shifts=[-3.0, -1.5, 0.0])


def test_silence_is_counted_on_the_images_themselves(silence):
    assert silence.fires.shape == (3, 3, 2, 64, lesson.N_SHOWN)
    seen = silence.fires.any(axis=-1)
    within = (silence.first > 0) & (silence.first <= lesson.N_SHOWN)
    np.testing.assert_array_equal(seen, within)
    place = silence.fires.argmax(axis=-1) + 1
    np.testing.assert_array_equal(place[seen], silence.first[seen])
    np.testing.assert_array_equal(silence.first == 0, silence.on_train == 0)
    assert (silence.fires.sum(axis=-1) <= silence.on_train).all()
    assert (silence.on_train <= silence.n_train).all()
    assert (silence.on_test <= silence.n_test).all()


def test_an_untrained_network_fires_where_its_weights_say(silence):
    digits = load_digits(seed=0, scaling="global")
    weights, biases = ensembles.initialize((64, 64, 64, 10), seeds=(0,)).network(0)
    z = digits.train.inputs @ weights[0] + biases[0] - 1.5
    np.testing.assert_array_equal((z > 0).sum(axis=0), silence.on_train[0, 1, 0])
    z = np.maximum(z, 0) @ weights[1] + biases[1] - 1.5
    np.testing.assert_array_equal((z > 0).sum(axis=0), silence.on_train[0, 1, 1])


def test_more_bias_never_silences_a_unit_of_the_first_layer(silence):
    assert (np.diff(silence.on_train[:, :, 0], axis=1) >= 0).all()


def test_the_expected_silence_is_that_of_shuffled_batches():
    rng = np.random.default_rng(0)
    fires = rng.random((12, 40)) < rng.random((12, 1)) ** 3
    expected = lesson.silent_on_batches(fires.sum(axis=1), 40)
    counted = np.zeros((2000, 41))
    for row in counted:
        seen = np.logical_or.accumulate(fires[:, rng.permutation(40)], axis=1)
        row[:] = 1 - np.concatenate([[0], seen.mean(axis=0)])
    error = counted.std(axis=0) / 2000**0.5
    assert (np.abs(counted.mean(axis=0) - expected) <= 5 * error + 1e-12).all()
    assert expected[-1] == pytest.approx((~fires.any(axis=1)).mean())


# --- memory ---------------------------------------------------------------------


def test_csr_breaks_even_at_half_zeros_and_a_bitmap_far_below():
    found = lesson.measure_memory(SEEDS)
    stored = (1 - found.zeros) * 512 * 128
    # Number and column, four bytes each, and the starts of 128 rows and the end.
    np.testing.assert_allclose(found.csr_bytes, 8 * stored + 4 * 129)
    np.testing.assert_allclose(found.bitmap_bytes, 4 * stored + 512 * 128 / 8)
    assert found.dense_bytes == 4 * 512 * 128
    assert found.n_different == 0
    start = found.csr_bytes[found.biases == 0] / found.dense_bytes
    assert start.mean() == pytest.approx(1, abs=0.01)


def test_a_format_that_loses_numbers_is_noticed(monkeypatch):
    from rectified.experiments.sparsity import memory

    real = memory.to_csr
    monkeypatch.setattr(memory, "to_csr", lambda a: real(np.where(a > 1, a, 0)))
    assert lesson.measure_memory((0,)).n_different > 0


# --- ways to compare ------------------------------------------------------------


def test_each_comparison_reads_off_its_own_place():
    base = lesson.measure_overfitting((0, 1), names=("relu",), steps=20, every=10)
    accuracy = np.zeros((1, 3, 3, 2)) + np.array([0.1, 0.7, 0.9])[:, None]
    test = np.arange(18.0).reshape(1, 3, 3, 2)
    validation = np.zeros((1, 3, 3, 2))
    validation[0, 0, 1] = 1.0
    made = replace(base, accuracy=accuracy, validation=validation, test=test)
    budget, fit, tuned = lesson.COMPARISONS
    assert [made.rate_row(how, "relu") for how in lesson.COMPARISONS] == [1, 2, 0]
    np.testing.assert_array_equal(made.stops(budget, "relu"), [20, 20])
    np.testing.assert_allclose(made.stops(fit, "relu"), [15, 15])
    np.testing.assert_array_equal(made.stops(tuned, "relu"), [10, 10])
    np.testing.assert_array_equal(made.compare(budget, "relu"), [10, 11])
    np.testing.assert_allclose(made.compare(fit, "relu"), [15, 16])
    np.testing.assert_array_equal(made.compare(tuned, "relu"), [2, 3])


def test_random_features_with_more_zeros_use_fewer_units():
    found = lesson.measure_random_features(range(2))
    assert (np.diff(found.active, axis=0) > 0).all()
    # Half-normal numbers, half of them 0: 1 / pi, less for 200 correlated units.
    at_zero = found.active[found.biases == 0]
    assert at_zero == pytest.approx(1 / np.pi, abs=0.03)


def test_sparsity_is_measured_by_both_experiments():
    found = lesson.measure_sparsity(range(2))
    np.testing.assert_array_equal(
        found.layer.share, lesson.measure_zeros(range(2)).share
    )
    assert found.training.seeds == (0, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.draw_layers(depth=0), "`depth` must be an integer"),
        (lambda: lesson.expect_layer_zeros(2, bias=0, scale=0), "`scale` must be pos"),
        (lambda: lesson.shape_weights(np.ones(2), "cauchy"), "`distribution` must be"),
        (lambda: lesson.measure_silence(width=1), "`width` must be an integer"),
        (lambda: lesson.measure_memory(units=4), "`units` must be an integer"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
