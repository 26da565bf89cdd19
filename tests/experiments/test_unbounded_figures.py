"""The experiments of lesson 07 that its figures and its ledger call."""

import math

import numpy as np
import pytest
import torch

from rectified.experiments import summarize
from rectified.experiments import unbounded as lesson
from rectified.experiments.unbounded import explosion, recurrent_cells

SEEDS = range(10)

# --- explosion ------------------------------------------------------------------


@pytest.fixture(scope="module")
def exploded():
    return lesson.measure_explosion(SEEDS)


def test_signals_without_bound_grow_by_their_gain(exploded):
    # Finite width slows the growth by 5 / (4 n) per layer for ReLU (Hanin and Nica
    # 2020) and by 1 / (4 n) * 2 without a function; n = 64, so 2 % and less.
    for name, gain in (("relu", 1.0), ("identity", math.sqrt(2))):
        found = exploded.growth(name).mean(axis=1)
        np.testing.assert_allclose(found, gain * exploded.scales, rtol=0.035)
        assert (found < gain * exploded.scales * 1.01).all()
    # Leaky ReLU keeps 1 + 0.01^2 of the energy that ReLU keeps.
    leaky = exploded.growth("leaky_relu") / exploded.growth("relu")
    np.testing.assert_allclose(leaky.mean(), 1, atol=0.01)


def test_twice_the_weights_double_the_signal_at_each_layer(exploded):
    one, two = (exploded.scales.tolist().index(s) for s in (1.0, 2.0))
    doubled = 2.0 ** np.arange(61)[:, None]
    for name in sorted(lesson.HOMOGENEOUS):
        rms = exploded.rms[exploded.functions.index(name)]
        np.testing.assert_allclose(rms[two], rms[one] * doubled, rtol=1e-9)
        peak = exploded.peak[exploded.functions.index(name)]
        np.testing.assert_allclose(peak[two], peak[one] * doubled[1:], rtol=1e-9)


def test_a_bound_or_a_norm_holds_the_signal(exploded):
    for name, bound in (("tanh", 1.0), ("relu6", 6.0), ("layer_norm", 1.0)):
        assert exploded.rms[exploded.functions.index(name), :, 1:].max() < bound
    norm = exploded.rms[exploded.functions.index("layer_norm")]
    np.testing.assert_allclose(norm[0, 1:], norm[-1, 1:], rtol=1e-9)


def test_without_a_function_signals_grow_faster_than_with_relu(exploded):
    for relu, free in zip(
        exploded.growth("relu"), exploded.growth("identity"), strict=True
    ):
        assert summarize(free - relu).low > 0


def test_overflow_is_where_torch_overflows_in_the_same_network():
    """Run a seed's network once more, in the formats themselves."""
    depth, scale, width = 40, 2.0, 64
    found = lesson.measure_explosion(
        (3,), functions=("relu",), scales=(scale,), depth=depth, width=width
    )
    predicted = found.overflow("relu", lesson.LARGEST["float16"])[0, 0]
    rng = np.random.default_rng(3)
    x = torch.from_numpy(rng.standard_normal((explosion.N_POINTS, width))).half()
    layer, finite = 0, True
    while finite and layer < depth:
        layer += 1
        weights = rng.standard_normal((width, width)) * math.sqrt(2 / width) * scale
        z = x @ torch.from_numpy(weights).half()
        finite = bool(torch.isfinite(z).all())
        x = torch.relu(z)
    # Rounding errors of 2^-11 per number may shift the last layer by one.
    assert abs(layer - predicted) <= 1
    nowhere = found.overflow("relu", 1e300)
    assert np.isinf(nowhere).all()


# --- clipping -------------------------------------------------------------------


@pytest.fixture(scope="module")
def clipping():
    return lesson.measure_clipping(
        range(4), scales=(1.0, 1.3, 1.6), thresholds=(0.1, 1.0, 10.0, np.inf)
    )


def test_clipping_keeps_every_training_finite_and_large_rates_without_it_do_not(
    clipping,
):
    assert np.isfinite(clipping.loss[:, :3]).all()
    assert not np.isfinite(clipping.loss[:, 3, -1, :, -1]).all(axis=-1).any()
    assert np.isfinite(clipping.loss[:, 3, 0]).all()


def test_finite_is_not_learned(clipping):
    assert (clipping.learned[:, :3].sum(axis=-1) < 6).all()  # of 7 that are finite


def test_clipping_widens_the_useful_rates_from_good_weights_only():
    found = lesson.measure_clipping(
        range(8), scales=(1.0, 1.6), thresholds=(0.1, 1.0, 10.0, np.inf), steps=50
    )
    useful = found.learned.sum(axis=-1)  # (n_scales, n_thresholds), a mean over seeds
    assert useful[0, 1] > useful[0, 3] + 0.2
    assert (useful[1, :3] <= useful[1, 3]).all()


def test_a_lower_threshold_moves_the_useful_rates_up(clipping):
    share = clipping.learned[1, :3]  # 1.3 times He's
    center = (share * np.log(clipping.rates)).sum(axis=1) / share.sum(axis=1)
    assert (np.diff(center) < 0).all()


def test_if_every_gradient_is_clipped_only_threshold_times_rate_counts(clipping):
    rates, thresholds = clipping.rates.tolist(), clipping.thresholds.tolist()
    one = 2, thresholds.index(1.0), rates.index(0.1)
    other = 2, thresholds.index(0.1), rates.index(1.0)
    assert clipping.norm[one].min() > 1
    # float32 rounding, which a network this deep and large amplifies step by step.
    start = slice(0, 8)
    np.testing.assert_allclose(
        clipping.loss[one][:, start], clipping.loss[other][:, start], rtol=1e-2
    )


def test_a_small_rate_does_what_clipping_does(clipping):
    last = np.where(np.isfinite(clipping.loss[..., -1]), clipping.loss[..., -1], 1e9)
    best = last.min(axis=2).mean(axis=-1)  # (n_scales, n_thresholds)
    # With weights 1.6 times He's, no threshold ends clearly lower than no clipping.
    assert best[2, 3] < 1.1 * best[2, :3].min()


def test_the_norm_is_that_of_the_whole_gradient():
    found = lesson.measure_clipping(
        (0,), scales=(1.0,), thresholds=(np.inf, 1e-3), rates=(0.1,), steps=3
    )
    # The first update comes before any difference; clipped, it changes next to nothing.
    assert found.norm[0, 0, 0, 0, 0] == found.norm[0, 1, 0, 0, 0]
    assert found.loss.shape == (1, 2, 1, 1, 4)
    assert found.norm.shape == (1, 2, 1, 1, 3)


# --- valleys --------------------------------------------------------------------


@pytest.fixture(scope="module")
def valleys():
    return lesson.measure_valleys(range(5), n_features=(8, 32, 64))


def arm(valleys, table, name, n=32):
    row, column = valleys.arms.index(name), valleys.n_features.index(n)
    return getattr(valleys, table)[row, column]


def test_a_condition_number_agrees_with_a_second_implementation():
    found = lesson.measure_valleys((4,), arms=("sigmoid",), n_features=(8,), means=(1,))
    rng = np.random.default_rng(4)
    z = rng.standard_normal((20_000, 8)) + 1
    outputs = torch.sigmoid(torch.from_numpy(z))
    expected = torch.linalg.cond(outputs).item() ** 2  # of the second moments
    assert found.condition.item() == pytest.approx(expected, rel=1e-9)


def test_the_condition_number_is_one_plus_n_times_mean_over_spread_squared(valleys):
    for name in ("relu", "tanh", "sigmoid"):
        for n in (8, 32, 64):
            # Independent features; a sample of 20,000 stretches the spectrum, most
            # where few points are active (mean -2).
            ratio = arm(valleys, "condition", name, n).mean(axis=-1)
            ratio /= arm(valleys, "predicted", name, n)
            assert (ratio > 0.97).all()
            assert (ratio[2:] < 1.25).all()


def test_moments_of_relu_off_center_are_those_of_theory(valleys):
    # E max(0, z) and E max(0, z)^2 for z ~ N(b, 1).
    b = valleys.means
    density = np.exp(-(b**2) / 2) / math.sqrt(2 * math.pi)
    share = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in b])
    mean = b * share + density
    square = (b**2 + 1) * share + b * density
    row = valleys.arms.index("relu")
    # 6.4 million numbers: five standard errors are below 0.002.
    np.testing.assert_allclose(valleys.output_mean[row], mean, atol=0.002)
    np.testing.assert_allclose(
        valleys.output_std[row], np.sqrt(square - mean**2), atol=0.002
    )


def test_steps_of_descent_equal_those_of_the_other_experiment():
    found = lesson.measure_valleys(
        range(3), arms=("relu",), n_features=(32,), means=(0,)
    )
    bounds = [lesson.predict_steps(k) for k in found.condition.ravel()]
    assert (found.steps.ravel() <= bounds).all()
    other = lesson.measure_conditioning((32,), range(3))
    # Other draws of the same distribution.
    assert found.steps.mean() == pytest.approx(other.steps.mean(), rel=0.15)


def test_what_the_lesson_says_about_valleys(valleys):
    def condition(name, mean):
        return arm(valleys, "condition", name)[valleys.means.tolist().index(mean)]

    # tanh is centered only at 0, and one standard deviation off ten times narrower.
    assert condition("tanh", 0.0).max() < 1.5
    assert min(condition("tanh", m).min() for m in (-1.0, 1.0)) > 10
    # ReLU with rare outputs is nearly round; at 0 it is not.
    assert condition("relu", -2.0).max() < 3
    assert condition("relu", 0.0).min() > 10
    # BatchNorm before ReLU leaves the valley as it is at mean 0.
    normed = arm(valleys, "condition", "batch_norm")
    np.testing.assert_allclose(normed, np.broadcast_to(normed[:1], normed.shape))
    np.testing.assert_allclose(normed[0], condition("relu", 0.0), rtol=0.03)
    # Without its mean, ReLU's valley is round wherever it is not silent.
    assert arm(valleys, "condition", "relu_centered")[2:].max() < 1.5
    # sigmoid is the worst, wherever tanh is not saturated.
    for mean in (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0):
        worst = condition("sigmoid", mean).min()
        assert all(worst > condition(a, mean).max() for a in ("relu", "tanh"))


# --- off center -----------------------------------------------------------------


def test_off_center_repeats_the_experiments_that_it_is_made_of():
    found = lesson.measure_off_center(range(2))
    other = lesson.measure_centering(range(2), arms=("relu", "relu_uncentered_inputs"))
    # The same networks and rates; which of two rates with equal means counts depends
    # on the number of updates.
    for steps, arm in (
        (found.steps[1], "relu"),
        (found.input_steps, "relu_uncentered_inputs"),
    ):
        assert steps.mean() == np.minimum(other.steps(arm), 150).mean()
    assert (found.tied == 1).all()
    assert found.slowdown.shape == (3, 2)


# --- recurrent networks, step by step -------------------------------------------


def test_the_flow_of_the_gradient_is_that_of_torch():
    learner = lesson.MemoryLearner("tanh", length=6, seeds=(0,), hidden=5)
    for _ in range(3):
        learner.update()
    flow = learner.measure_flow()
    w = [torch.from_numpy(part[0].astype(float)) for part in learner.networks.weights]
    recurrent, inputs, bias, readout, offset = w
    task = lesson.memory_learner.make_memory_task(6, seed=0, n_train=1000)
    x = torch.from_numpy(task.test.inputs[:16].astype(float))
    states = [torch.zeros(16, 5, dtype=torch.float64, requires_grad=True)]
    for step in range(6):
        states.append(torch.tanh(states[-1] @ recurrent + x[:, step] @ inputs + bias))
    total = (states[-1] @ readout + offset).sum()
    gradients = torch.autograd.grad(total, states)
    sizes = np.array([g.square().mean().sqrt().item() for g in gradients])
    # float32 weights and states.
    np.testing.assert_allclose(flow.gradient[0], sizes / sizes[-1], rtol=1e-4)
    expected = [s.detach().square().mean().sqrt().item() for s in states]
    np.testing.assert_allclose(flow.state[0], expected, rtol=1e-4, atol=1e-7)
    radius = torch.linalg.eigvals(recurrent).abs().max().item()
    assert flow.radius[0] == pytest.approx(radius, rel=1e-5)


def test_a_scale_multiplies_the_recurrent_weights_only():
    one, half = (lesson.MemoryLearner(scale=s, seeds=(0, 1)) for s in (1.0, 0.5))
    first, second = one.networks.weights, half.networks.weights
    np.testing.assert_array_equal(first.recurrent / 2, second.recurrent)
    for before, after in zip(first[1:], second[1:], strict=True):
        np.testing.assert_array_equal(before, after)


def follow(cell, updates, **settings):
    learner = lesson.MemoryLearner(cell, seeds=SEEDS, **settings)
    start = learner.measure_flow()
    for _ in range(updates):
        learner.update()
    return start, learner.measure_flow(), learner.measure_accuracy()


def test_the_identity_learns_thirty_steps_by_going_above_a_gain_of_one():
    start, end, accuracy = follow("relu_identity", 60, length=30)
    np.testing.assert_allclose(start.radius, 1)
    assert (start.gradient[:, 0] > 0.2).all()
    assert (end.radius > 1.1).all()
    assert (end.gradient[:, 0] > 10).all()
    assert np.median(accuracy) > 0.95
    _, _, default = follow("relu", 60, length=30)
    assert summarize(accuracy - default).low > 0.2


def test_it_is_the_identity_that_remembers_and_not_the_function():
    _, _, identity = follow("tanh_identity", 60, length=30)
    _, _, default = follow("tanh", 60, length=30)
    assert np.median(identity) > 0.9
    assert summarize(identity - default).low > 0.2


def test_relu_from_the_identity_remembers_more_surely_than_tanh_which_saturates():
    _, relu, accuracy = follow("relu_identity", 200, length=30)
    _, tanh, other = follow("tanh_identity", 200, length=30)
    # How many of the ten solve it with tanh is a matter of rounding: 8, 9 or 10.
    assert (accuracy >= lesson.SOLVED).all()
    assert accuracy.mean() > other.mean()
    # Both have radii above 1, but saturated units block the gradient.
    assert (tanh.radius > 1).all()
    assert np.median(tanh.gradient[:, 0]) < 1 < np.median(relu.gradient[:, 0])


def test_smaller_identities_forget_and_larger_ones_grow_and_learn():
    _, end, accuracy = follow("relu_identity", 200, length=30, scale=0.7)
    assert (accuracy < 0.95).sum() >= 8  # of ten; one or two may be lucky
    start, end, accuracy = follow("relu_identity", 200, length=60, scale=1.3)
    assert (start.state[:, -1] > 1e3).all()
    assert np.isfinite(end.state).all()
    assert np.median(accuracy) > 0.95


def test_default_weights_let_hardly_any_gradient_through():
    for cell in ("tanh", "relu"):
        start, _, _ = follow(cell, 0, length=30)
        assert start.gradient[:, 0].max() < 1e-4


def test_a_run_is_the_same_step_by_step():
    run = lesson.train_memory("tanh", length=10, steps=5)
    learner = lesson.MemoryLearner("tanh", length=10)
    losses = [learner.update().loss for _ in range(5)]
    np.testing.assert_array_equal(run.loss, losses)
    np.testing.assert_array_equal(run.networks.values, learner.networks.values)
    assert recurrent_cells.run(run.networks, np.zeros((3, 1, 10, 2)))[0].shape


# --- bad input ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.measure_explosion(functions=("rely",)), "did you mean 'relu'"),
        (lambda: lesson.measure_explosion(scales=(5,)), "`scales` must be from 0.5"),
        (lambda: lesson.measure_valleys(arms=("reluu",)), "did you mean 'relu'"),
        (lambda: lesson.measure_clipping(depth=0), "`depth` must be an integer"),
        (lambda: lesson.MemoryLearner(scale=9), "`scale` must be a finite number"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
