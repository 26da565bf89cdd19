import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from rectified import activations
from rectified.datasets import load_digits
from rectified.experiments import summarize
from rectified.experiments import unbounded as lesson
from rectified.experiments.unbounded import recurrent_cells
from rectified.experiments.unbounded.conditioning import N_POINTS

SEEDS = range(10)


# --- explosion corridor ---------------------------------------------------------

# The logarithm of the squared size of a layer of n ReLUs has a variance of about 5 / n
# and a mean of minus half of that (Hanin and Nica 2020). So the size grows more slowly
# than in infinitely wide layers, by this share per layer of 128 units.
SLOWER = 5 / 128 / 4


@pytest.mark.parametrize("gain", lesson.GAINS)
def test_relu_grows_by_gain_over_root_two_per_layer(gain):
    corridor = lesson.measure_corridor(gain, seeds=SEEDS)
    gap = np.log(corridor.growth).mean() - math.log(gain / math.sqrt(2))
    error = 0.5 * (5 / 128) ** 0.5 / (50 * 10) ** 0.5  # 50 layers, 10 seeds
    assert abs(gap + SLOWER) < 5 * error
    expected = (gain / math.sqrt(2)) ** np.arange(51)
    np.testing.assert_allclose(corridor.predicted, expected, rtol=1e-12)


@pytest.mark.parametrize("limiter", ["relu6", "tanh"])
@pytest.mark.parametrize("gain", [2.0, 3.0])
def test_bounded_functions_settle_where_mean_field_theory_says(limiter, gain):
    corridor = lesson.measure_corridor(gain, limiter=limiter, seeds=SEEDS)
    # The size after 50 layers fluctuates with the seed; five standard errors, and 2 %
    # for the finite width.
    last = summarize(corridor.rms[:, -1])
    error = 5 * last.sd / 10**0.5 + 0.02 * last.mean
    assert last.mean == pytest.approx(corridor.predicted[-1], abs=error)
    bound = activations.get(limiter).upper
    assert corridor.rms[:, 1:].max() < bound


@pytest.mark.parametrize("limiter", ["layer_norm", "rms_norm", "batch_norm"])
def test_norms_hold_the_signal_at_root_one_half_whatever_the_gain(limiter):
    small, large = (
        lesson.measure_corridor(gain, limiter=limiter, seeds=SEEDS).rms[:, 1:]
        for gain in (1.0, 3.0)
    )
    np.testing.assert_allclose(small, large, rtol=1e-9)  # the gain cancels
    # Half the units are positive, up to chance: 128 units, all layers and seeds.
    assert small.mean() == pytest.approx(0.5**0.5, abs=0.02)


def test_a_residual_branch_after_relu_grows_faster_than_root_two():
    corridor = lesson.measure_corridor(2**0.5, limiter="residual", seeds=SEEDS)
    growth = corridor.rms[:, -1] / corridor.rms[:, -11]
    measured = summarize(growth**0.1)
    # The ratio r of mean to size settles where
    # r^2 (2 + 2 r / sqrt(pi)) = (r + 1 / sqrt(pi))^2; the growth follows.
    c = 1 / math.sqrt(math.pi)
    roots = np.roots([2 * c, 1, -2 * c, -(c**2)])
    r = next(x.real for x in roots if x.real > 0)
    theory = math.sqrt(2 + 2 * r * c)
    assert theory == pytest.approx(1.704, abs=5e-4)
    ratio = corridor.predicted[-1] / corridor.predicted[-2]
    assert ratio == pytest.approx(theory, abs=1e-6)
    error = 5 * measured.sd / 10**0.5 + SLOWER * theory
    assert measured.mean == pytest.approx(theory, abs=error)


def test_a_linear_end_of_the_branch_brings_root_two_and_a_scale_stops_the_growth():
    linear = lesson.measure_corridor(2**0.5, limiter="residual_linear", seeds=SEEDS)
    growth = summarize(linear.growth)
    error = 5 * growth.sd / 10**0.5 + SLOWER * 2**0.5
    assert growth.mean == pytest.approx(2**0.5, abs=error)
    scaled = lesson.measure_corridor(2**0.5, limiter="residual_scaled", seeds=SEEDS)
    # (1 + 1 / 50)^(50 / 2) is nearly sqrt(e).
    assert scaled.predicted[-1] == pytest.approx(1.02**25, rel=1e-12)
    last = summarize(scaled.rms[:, -1])
    assert last.mean == pytest.approx(1.02**25, rel=0.1)


@pytest.mark.parametrize("limiter", lesson.LIMITERS)
def test_one_layer_equals_torch(limiter):
    rng = np.random.default_rng(0)
    x, w, v = (rng.standard_normal(s) for s in ((8, 32), (32, 32), (32, 32)))
    found = lesson.LIMITERS[limiter](x, w, v, 4)
    h, z = torch.from_numpy(x), torch.from_numpy(x @ w)
    relu, v = torch.relu(z), torch.from_numpy(v)
    expected = {
        "none": relu,
        "relu6": functional.relu6(z),
        "tanh": torch.tanh(z),
        "layer_norm": torch.relu(functional.layer_norm(z, (32,), eps=0)),
        "rms_norm": torch.relu(functional.rms_norm(z, (32,), eps=0)),
        "batch_norm": torch.relu(
            functional.batch_norm(z, None, None, training=True, eps=1e-15)
        ),
        "residual": h + relu,
        "residual_linear": h + relu @ v,
        "residual_scaled": h + relu @ v / 2,
    }[limiter]
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-10, atol=1e-12)


# --- overflow -------------------------------------------------------------------


def test_rounding_equals_that_of_torch():
    rng = np.random.default_rng(0)
    exponent = rng.uniform(-80, 87, 20_000)
    x = (rng.standard_normal(20_000) * np.exp(exponent)).astype(np.float32)
    edge = [0.0, -0.0, np.inf, -np.inf, 3.4e38, 65504, 65519, 65520, 1.00390625, 1e-40]
    x = np.append(x, np.array(edge, dtype=np.float32))
    for dtype in lesson.LARGEST:
        expected = torch.from_numpy(x).to(getattr(torch, dtype)).float().numpy()
        np.testing.assert_array_equal(lesson.round_to(x, dtype), expected)
        assert lesson.LARGEST[dtype] == torch.finfo(getattr(torch, dtype)).max
        assert np.isnan(lesson.round_to(np.float32("nan")[None], dtype)).all()


def test_overflow_comes_where_theory_says():
    result = lesson.measure_overflow((2.0, 3.0), seeds=SEEDS, depth=300)
    for gain, growth in zip(result.gains, np.log(result.gains / 2**0.5), strict=True):
        column = result.gains.tolist().index(gain)
        for found, predicted in (
            (result.value_layer, result.predicted_value_layer),
            (result.square_layer, result.predicted_square_layer),
        ):
            for layers, theory in zip(
                found[:, column], predicted[:, column], strict=True
            ):
                # Finite width slows the growth by 5 / (4 n) per layer; the size then
                # fluctuates with an sd of sqrt(5 L / (4 n)), n = 64. Two layers for
                # the peak of the normal numbers and for rounding up.
                slower = theory * growth / (growth - 5 / 256)
                spread = (5 * theory / 256) ** 0.5 / growth / 10**0.5
                assert layers.mean() == pytest.approx(slower, abs=5 * spread + 2)


def test_bfloat16_overflows_with_float32_and_float16_long_before():
    result = lesson.measure_overflow((3.0,), seeds=SEEDS)
    single, brain, half = result.value_layer[:, 0]
    assert np.abs(single - brain).max() <= 1
    assert half.max() < 20 < 100 < single.min()
    # Squares overflow at half the exponent, at half the depth.
    ratio = result.square_layer[0, 0] / single
    assert ratio.mean() == pytest.approx(0.5, abs=0.02)


def test_below_root_two_nothing_overflows():
    result = lesson.measure_overflow((1.0, 2**0.5), seeds=SEEDS)
    assert np.isinf(result.predicted_value_layer).all()
    assert np.isinf(result.value_layer).all()


# --- training from weights that are too large -----------------------------------


@pytest.fixture(scope="module")
def stability():
    return lesson.measure_stability(seeds=SEEDS)


def test_large_weights_blow_up_losses_and_gradients(stability):
    for values in (stability.start_loss, stability.start_gradient):
        for small, large in pairwise(values):
            assert summarize(np.log(large / small)).low > 0
    # The size of the logits grows like gain^10, within a factor of 3.
    ratio = np.log(stability.start_loss[-1] / stability.start_loss[1]).mean()
    assert ratio == pytest.approx(10 * math.log(2.5 / 1.7), abs=math.log(3))


def test_training_diverges_and_clipping_keeps_it_finite(stability):
    plain, clipped = stability.finite
    assert plain[0].all()
    assert plain[-1].sum() <= 1
    assert plain[-2].mean() <= 0.7
    assert clipped.all()
    assert summarize(stability.accuracy[1, -2] - stability.accuracy[0, -2]).low > 0


def test_clipping_costs_what_good_weights_do_not(stability):
    healthy = stability.accuracy[0, 0]
    assert summarize(healthy - stability.accuracy[1, -2]).low > 0
    assert summarize(healthy - stability.accuracy[1, 0]).low > 0  # it slows down, too


# --- recurrent networks ---------------------------------------------------------


@pytest.mark.parametrize("cell", ["relu", "relu_identity", "tanh", "sigmoid"])
def test_outputs_and_gradients_of_recurrent_networks_equal_those_of_torch(cell):
    networks = recurrent_cells.draw_networks(cell, seeds=(0, 1), features=2, hidden=5)
    rng = np.random.default_rng(0)
    x, delta = rng.standard_normal((2, 3, 7, 2)), rng.standard_normal((2, 3))
    passed = recurrent_cells.run(networks, x)
    logits = recurrent_cells.read_out(networks, passed[0])
    gradient = recurrent_cells.find_gradient(networks, x, passed, delta)
    function = getattr(torch, networks.activation)
    for index in range(2):
        parts = [
            torch.from_numpy(part[index].copy()).requires_grad_()
            for part in networks.weights
        ]
        recurrent, inputs, bias, readout, offset = parts
        h = torch.zeros(3, 5, dtype=torch.float64)
        for step in range(7):
            h = function(
                h @ recurrent + torch.from_numpy(x[index, :, step]) @ inputs + bias
            )
        expected = (h @ readout + offset)[:, 0]
        np.testing.assert_allclose(logits[index], expected.detach().numpy(), atol=1e-13)
        found = torch.autograd.grad(
            (expected * torch.from_numpy(delta[index])).sum(), parts
        )
        flat = np.concatenate([g.numpy().ravel() for g in found])
        np.testing.assert_allclose(gradient[index], flat, atol=1e-12)


def test_default_cells_start_like_those_of_torch():
    weights = recurrent_cells.draw_networks("tanh", seeds=tuple(SEEDS)).weights
    for part in weights[:4]:
        # Uniform from -1 / sqrt(32) to 1 / sqrt(32), as in torch.nn.RNN.
        assert np.abs(part).max() <= 1 / 32**0.5
        error = 5 * (1 / 3 / 32) * (4 / 5 / part.size) ** 0.5
        assert part.var() == pytest.approx(1 / 3 / 32, abs=error)
    identity = recurrent_cells.draw_networks("relu_identity", seeds=(0,)).weights
    np.testing.assert_array_equal(identity.recurrent[0], np.eye(32))
    assert not identity.bias.any()


@pytest.mark.parametrize("steps", [10, 50, 100])
def test_the_identity_keeps_gradients_as_the_theory_of_random_walks_says(steps):
    found = lesson.measure_gradient_through_time(steps=steps, seeds=SEEDS)
    last = summarize(found.ratio[:, -1])
    theory = lesson.predict_identity_ratio(steps)
    # 16 * 64 walks per seed; the squared ratio is a share of them with weights of
    # their own, whose spread over seeds is measured.
    assert last.mean == pytest.approx(theory, abs=5 * last.sd / 10**0.5 + 1e-3)
    silent = lesson.measure_gradient_through_time(steps=steps, noise=0.0, seeds=(0,))
    np.testing.assert_array_equal(silent.ratio, 1.0)


def test_other_cells_forget_or_explode():
    def last(cell):
        run = lesson.measure_gradient_through_time(cell, seeds=SEEDS)
        return np.log(run.ratio[:, [10, 50, 100]])

    identity, orthogonal = last("relu_identity"), last("relu_orthogonal")
    assert summarize(identity[:, 2]).low > math.log(0.5)
    # Orthogonal weights do not help ReLU: half of the units block the gradient.
    assert summarize(orthogonal[:, 2]).high < math.log(1e-6)
    for cell in ("relu", "relu_xavier", "sigmoid", "tanh"):
        assert summarize(last(cell)[:, 2]).high < math.log(1e-6)
    for cell in ("tanh_xavier", "tanh_orthogonal"):  # slower, and far from 1
        assert math.log(1e-5) < summarize(last(cell)[:, 2]).mean < math.log(0.3)
    assert summarize(last("relu_gain_2")[:, 2]).low > math.log(1e6)
    # Gain 2 instead of sqrt(2) multiplies each step by sqrt(2), up to chance.
    gap = (last("relu_gain_2") - last("relu_he"))[:, 2]
    assert summarize(gap).mean == pytest.approx(100 * math.log(2**0.5), rel=0.15)


@pytest.fixture(scope="module")
def memory():
    return lesson.measure_memory(lengths=(10, 60), seeds=SEEDS)


def test_the_identity_remembers_sixty_steps_and_default_relu_does_not(memory):
    solved = dict(zip(memory.cells, memory.solved.tolist(), strict=True))
    # Counts of ten; a network or two fall out of line with other seeds.
    assert min(solved["relu_identity"]) >= 8
    assert solved["relu"][1] <= 2
    assert min(solved["relu"][0], solved["tanh"][0]) >= 8  # ten steps are no problem
    gap = memory.accuracy[2, 1] - memory.accuracy[0, 1]
    assert summarize(gap).low > 0


def test_a_network_that_forgets_guesses(memory):
    # 500 fresh sequences and five standard errors; a network may be lucky.
    error = 5 * 0.5 / 500**0.5
    assert np.median(memory.accuracy[1, 1]) == pytest.approx(0.5, abs=error)


def test_the_loss_of_a_memory_run_starts_at_a_guess_and_ends_near_zero():
    run = lesson.train_memory(length=10, steps=100, seeds=SEEDS)
    assert run.loss[0] == pytest.approx(math.log(2), abs=0.1)
    assert run.loss[-1].mean() < 0.1
    assert run.solved.all()
    # The accuracy is that of the networks returned, on sequences of another seed.
    x, y = np.random.default_rng(1).uniform(-1, 1, (10, 200, 10, 2)), None
    x[..., 1] = 0
    x[:, :, 0, 1] = 1
    y = x[:, :, 0, 0] > 0
    x[:, :, 0, 0] = np.sign(x[:, :, 0, 0])
    states, _ = recurrent_cells.run(run.networks, x)
    right = (recurrent_cells.read_out(run.networks, states) > 0) == y
    assert right.mean(axis=1).min() > 0.95


# --- the zig-zag ----------------------------------------------------------------


@pytest.fixture(scope="module")
def ties():
    return lesson.measure_sign_ties(seeds=SEEDS)


def test_one_example_ties_all_signs_if_no_output_is_negative(ties):
    # By theory, without exception.
    assert (ties.of("relu", 1) == 1).all()
    assert (ties.of("sigmoid", 1) == 1).all()
    for function in ("tanh", "elu", "gelu", "leaky_relu"):
        assert ties.of(function, 1).max() < 0.01


def test_batches_untie_the_signs(ties):
    for function in ("relu", "sigmoid"):
        shares = [ties.of(function, size) for size in lesson.BATCH_SIZES]
        assert summarize(shares[0] - shares[2]).low > 0.4
        if function == "relu":  # sigmoid's ties level off
            for small, large in pairwise(shares):
                assert summarize(small - large).low > 0
    assert summarize(ties.of("relu", 64)).high < 0.1


def test_sign_ties_agree_with_gradients_of_torch():
    part = load_digits(seed=4).train
    rng = np.random.default_rng((4, 1))
    first, second = rng.standard_normal((2, 64, 64)) * 2**0.5 / 8
    last = rng.standard_normal((64, 10)) / 8
    chosen = np.random.default_rng((4, 3)).integers(0, len(part.labels), (1, 8))[0]
    x = torch.from_numpy(part.inputs[chosen].astype(float))
    weight = torch.from_numpy(second).requires_grad_()
    hidden = torch.relu(torch.relu(x @ torch.from_numpy(first)) @ weight)
    loss = functional.cross_entropy(
        hidden @ torch.from_numpy(last), torch.from_numpy(part.labels[chosen])
    )
    (gradient,) = torch.autograd.grad(loss, weight)
    rises, falls = (gradient > 0).any(dim=0), (gradient < 0).any(dim=0)
    expected = (rises ^ falls).sum().double() / (rises | falls).sum()
    found = lesson.measure_sign_ties(("relu",), (8,), (4,), n_batches=1)
    assert found.tied.item() == pytest.approx(expected.item(), abs=1e-12)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_the_condition_number_follows_from_mean_and_variance(activation):
    result = lesson.measure_conditioning((2, 16, 64), SEEDS, activation=activation)
    n = np.array(result.n_features)
    if activation == "relu":
        # m^2 / v = (1 / 2 pi) / (1 / 2 - 1 / 2 pi)
        np.testing.assert_allclose(result.predicted, 1 + n / (math.pi - 1), rtol=1e-9)
    # A sample of 20,000 points stretches the spectrum (Marchenko and Pastur 1967).
    low, high = ((1 + sign * np.sqrt(n / N_POINTS)) ** 2 for sign in (-1, 1))
    measured = result.condition.mean(axis=1)
    assert (measured < 1.03 * result.predicted * high / low).all()
    assert (measured > 0.97 * result.predicted).all()
    centered = result.centered_condition.mean(axis=1)
    assert (centered < 1.05 * high / low).all()
    if activation == "relu":
        # One large eigenvalue: the spectrum of the others sets the smallest one.
        large = n > 2
        np.testing.assert_allclose(
            measured[large], (result.predicted / low)[large], rtol=0.03
        )


def test_descent_takes_as_many_steps_as_the_condition_number_says():
    result = lesson.measure_conditioning((8, 32, 64), SEEDS)
    bounds = np.array(
        [[lesson.predict_steps(k) for k in row] for row in result.condition]
    )
    assert (result.steps <= bounds).all()  # by theory, for any start
    assert (result.steps > 0.6 * bounds).all()  # a random start is nearly the worst
    assert (result.centered_steps <= 4).all()
    assert summarize((result.steps / result.centered_steps)[-1]).low > 10


def test_positive_inputs_zig_zag_and_centered_ones_do_not():
    result = lesson.measure_paths(SEEDS)
    positive, centered = range(2)
    assert (result.same_sign[positive] == 1).all()  # by theory
    assert 0.3 < result.same_sign[centered].mean() < 0.7
    for ratio in (
        result.detour[positive] / result.detour[centered],
        result.steps[positive] / result.steps[centered],
        result.full_batch_steps[positive] / result.full_batch_steps[centered],
    ):
        assert summarize(np.log(ratio)).low > 0
        assert np.median(ratio) > 1.2
    # Theory: 1 + 2 m^2 / v with m = 1/2, v = 1/12 is 7; 64 points, 10 seeds.
    condition = summarize(result.condition[positive])
    assert condition.mean == pytest.approx(7, abs=5 * condition.sd / 10**0.5 + 0.5)


def test_the_best_rates_are_inside_the_grid():
    result = lesson.measure_paths(SEEDS)
    assert (result.rate > 0.1).all()
    assert (result.rate < 10).all()


@pytest.mark.parametrize("batch_size", [1, 64])
@pytest.mark.parametrize("mean", [0.0, 0.5, 2.0])
def test_a_path_follows_the_gradient_of_torch(mean, batch_size):
    path = lesson.draw_path(mean=mean, batch_size=batch_size, steps=1, seed=3)
    inputs = torch.from_numpy(path.inputs)
    moved = path.weights[1] / path.learning_rate
    gradients = []
    for rows in [inputs] if batch_size == 64 else inputs.split(1):
        w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
        loss = ((rows @ w - rows @ torch.tensor(lesson.SOLUTION).double()) ** 2).mean()
        gradients.append(-torch.autograd.grad(loss / 2, w)[0].numpy())
    # One of the points was drawn; or all of them at once.
    gap = np.abs(np.array(gradients) - moved).max(axis=1)
    assert gap.min() < 1e-12


def test_with_all_examples_the_path_is_straight_and_slow():
    path = lesson.draw_path(mean=0.5, batch_size=64, steps=60)
    assert path.same_sign == 0
    assert path.detour < 1.05
    single = lesson.draw_path(mean=0.5, batch_size=1, steps=60)
    assert single.same_sign == 1
    assert single.detour > 1.5
    assert path.condition == pytest.approx(single.condition)


def test_steps_are_counted_to_a_tenth_of_the_distance():
    straight = np.linspace([0, 0], lesson.SOLUTION, 11)[:, None]
    assert lesson.count_steps(straight).tolist() == [9]
    assert lesson.count_steps(straight[:5]).tolist() == [math.inf]
    assert lesson.count_steps(np.full((3, 1, 2), np.nan)).tolist() == [math.inf]


# --- a mean in a real network ---------------------------------------------------


@pytest.fixture(scope="module")
def centering():
    return lesson.measure_centering(range(20))


def test_centering_relu_helps_and_shifting_tanh_hurts(centering):
    relu = summarize(centering.steps("relu_centered") / centering.steps("relu"))
    assert relu.high < 1
    assert relu.mean > 0.5  # it helps, but not by a factor
    tanh = summarize(centering.steps("tanh_plus_1") / centering.steps("tanh"))
    assert tanh.low > 1


def test_inputs_off_center_cost_more_than_outputs_off_center(centering):
    relu = centering.steps("relu")
    inputs = centering.steps("relu_uncentered_inputs") / relu
    outputs = relu / centering.steps("relu_centered")
    assert summarize(inputs).low > 1
    assert summarize(inputs - outputs).low > 0


# --- convergence ----------------------------------------------------------------


@pytest.fixture(scope="module")
def convergence():
    rates = (0.1, 0.2, 0.3, 0.5, 2.0, 4.0)
    return lesson.measure_convergence((2, 4), SEEDS, rates=rates, max_steps=200)


def test_relu_converges_faster_than_sigmoid_but_not_than_tanh(convergence):
    assert summarize(convergence.fair_ratio("sigmoid", 2)).low > 1.2
    assert np.isinf(convergence.fair_ratio("sigmoid", 4)).all()  # never, in 200 steps
    for depth in convergence.depths:
        assert summarize(convergence.fair_ratio("tanh", depth)).high < 1


def test_weights_that_fit_sigmoid_close_most_of_the_gap(convergence):
    matched, plain = (
        convergence.fair_ratio(runner, 2) for runner in ("sigmoid_gain_4", "sigmoid")
    )
    assert summarize(plain - matched).low > 0
    assert 0.9 < summarize(matched).mean < 1.6
    assert np.isfinite(convergence.fair_ratio("sigmoid_gain_4", 4)).mean() >= 0.8


def test_one_rate_for_all_makes_sigmoid_look_hopeless(convergence):
    unfair = convergence.unfair_ratio("sigmoid", 2, 0.1)
    assert np.isinf(unfair).all()
    assert np.median(convergence.unfair_ratio("tanh", 2, 0.1)) == pytest.approx(
        1, abs=0.3
    )


# --- bad input ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.measure_corridor(9.0), "`gain` must be a finite number from"),
        (lambda: lesson.measure_corridor(limiter="layernorm"), "did you mean 'layer_"),
        (
            lambda: lesson.measure_corridor(width=8),
            "`width` must be an integer from 32",
        ),
        (lambda: lesson.measure_overflow((0.1,)), "`gains` must be from 0.5 to 5"),
        (lambda: lesson.measure_overflow(dtypes=("float8",)), "did you mean 'float"),
        (lambda: lesson.measure_stability((9,)), "`gains` must be from 0.5 to 5"),
        (lambda: lesson.measure_gradient_through_time("lstm"), "`cell` must be one of"),
        (lambda: lesson.train_memory("relu_identty"), "did you mean 'relu_identity'"),
        (lambda: lesson.train_memory(length=1), "`length` must be an integer from 2"),
        (lambda: lesson.measure_conditioning((1,)), "`n_features` must be an integer"),
        (lambda: lesson.draw_path(mean=-1), "`mean` must be a finite number from 0"),
        (lambda: lesson.draw_path(learning_rate=0), "`learning_rate` must be"),
        (lambda: lesson.count_steps(np.zeros((2, 1, 3))), "`weights` must be an array"),
        (lambda: lesson.measure_centering(arms=("rely",)), "did you mean 'relu'"),
        (lambda: lesson.measure_sign_ties(("rleu",)), "did you mean 'relu'"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_results_cannot_be_changed_by_accident():
    corridor = lesson.measure_corridor(depth=2, seeds=(0,))
    with pytest.raises(AttributeError):
        corridor.gain = 1.0
    assert replace(corridor, gain=1.0).gain == 1.0
