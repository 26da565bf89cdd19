import math
from dataclasses import FrozenInstanceError
from fractions import Fraction

import numpy as np
import pytest
import torch

from rectified import activations
from rectified.datasets import load_digits
from rectified.experiments import gradients as lesson
from rectified.experiments import summarize

SEEDS = range(10)


# --- difference quotients -------------------------------------------------------


@pytest.fixture(scope="module")
def differences():
    return lesson.measure_differences(SEEDS)


def test_at_the_kink_the_three_quotients_are_0_and_1_and_a_half_at_every_step(
    differences,
):
    for kind, slope in (("left", 0), ("right", 1), ("central", 0.5)):
        assert (differences.at_zero[differences.kinds.index(kind)] == slope).all()


def test_the_error_of_a_quotient_is_within_the_theory_of_rounding(differences):
    assert differences.excess.max() <= 1
    # And the bound is not idle: some error comes close to it in both precisions.
    assert (differences.excess.max(axis=(0, 2, 3)) > 0.5).all()


def test_the_smaller_the_step_the_larger_the_error_until_all_is_lost(differences):
    central = differences.kinds.index("central")
    for dtype, eps in (("float64", 2.0**-52), ("float32", 2.0**-23)):
        error = differences.error[central, differences.dtypes.index(dtype)]
        lost = differences.lost[central, differences.dtypes.index(dtype)]
        # Half a unit in the last place of numbers from 1e-3 to 3 is 1e-3 * eps / 4 at
        # the least: a smaller step moves nothing.
        tiny = differences.steps < 1e-3 * eps / 4
        assert (lost[tiny] == 1).all()
        assert (lost[differences.steps > 1e-2] == 0).all()
        # From places of size 3, the quotient is off by eps / step and more no more.
        fine = (differences.steps > 1e6 * eps) & (differences.steps < 1e-3)
        assert (error[fine] < 5 * eps / differences.steps[fine, None] + 3 * eps).all()


@pytest.mark.parametrize("kind", lesson.KINDS)
@pytest.mark.parametrize("x", [-1.5, -0.25, 0.0, 0.25, 0.75, 2.0])
@pytest.mark.parametrize("step", [0.125, 0.5, 1.0, 4.0])
def test_the_share_of_the_step_right_of_0_is_the_slope_in_exact_arithmetic(
    kind, x, step
):
    to_left, to_right = (int(reach) for reach in lesson.KINDS[kind])
    low = Fraction(x) - to_left * Fraction(step)
    high = Fraction(x) + to_right * Fraction(step)
    slope = (max(high, 0) - max(low, 0)) / (high - low)
    assert lesson.positive_share(x, step, kind=kind) == pytest.approx(float(slope))
    assert lesson.difference_quotient(x, step, kind=kind) == pytest.approx(float(slope))


def test_on_a_smooth_curve_the_central_quotient_is_off_by_the_square_of_the_step():
    tanh = activations.get("tanh")
    for kind, order in (("right", 1), ("central", 2)):
        coarse, fine = (
            abs(
                lesson.difference_quotient(0.5, step, kind=kind, activation="tanh")
                - tanh.derivative(0.5)
            )
            for step in (1e-2, 5e-3)
        )
        # Taylor: halving the step divides the error by 2 or 4; the next term is 1 %.
        assert coarse / fine == pytest.approx(2**order, rel=0.02)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "gelu", "tanh"])
@pytest.mark.parametrize("x", [-1.0, 0.0, 0.7])
def test_a_sweep_ends_at_the_derivative_of_autograd(name, x):
    sweep = lesson.sweep_steps(x, activation=name, steps=[1e-3, 1e-1])
    place = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    activations.get(name).torch_function(place).backward()
    assert sweep.derivative == pytest.approx(place.grad.item(), abs=1e-12)
    if x:
        for quotients in (sweep.left, sweep.right, sweep.central):
            # |f''| / 2 is below 0.6 for all of them.
            assert quotients[0] == pytest.approx(sweep.derivative, abs=6e-4)


# --- the derivative -------------------------------------------------------------


def test_the_derivative_is_1_above_0_and_0_below_in_every_precision():
    result = lesson.measure_derivative(SEEDS)
    assert (result.n_positive + result.n_negative == 1000).all()
    assert not result.n_not_one.any()
    assert not result.n_not_zero.any()
    assert not result.at_zero.any()


# --- what libraries answer ------------------------------------------------------


@pytest.fixture(scope="module")
def answers():
    return lesson.measure_answers()


def test_the_same_function_has_three_derivatives_at_0(answers):
    expected = {
        "torch.relu(x)": 0.0,
        "F.threshold(x, 0, 0)": 0.0,
        "torch.where(x > 0, x, 0)": 0.0,
        "torch.where(x >= 0, x, 0)": 1.0,
        "x * (x > 0)": 0.0,
        "(x + abs(x)) / 2": 0.5,
        "torch.maximum(x, 0)": 0.5,
        "torch.fmax(x, 0)": 1.0,
        "torch.clamp(x, min=0)": 1.0,
        "F.relu6(x)": 0.0,
        "torch.clamp(x, 0, 6)": 1.0,
    }
    relus = [
        name
        for name, is_relu in zip(answers.formulas, answers.is_relu, strict=True)
        if is_relu
    ]
    assert {name: answers.derivative(name, 0.0) for name in relus} == expected
    for name in answers.formulas:  # the sign of zero makes no difference
        assert answers.derivative(name, -0.0) == answers.derivative(name, 0.0)
    others = {"F.leaky_relu(x)": 0.01, "F.prelu(x, 0.25)": 0.25, "F.gelu(x)": 0.5}
    for name, slope in {**others, "F.silu(x)": 0.5, "F.elu(x)": 1.0}.items():
        assert answers.derivative(name, 0.0) == pytest.approx(slope)


def test_relu_minus_mirrored_relu_is_x_but_has_derivative_0_at_0(answers):
    name = "relu(x) - relu(-x)"
    for x in (-1.0, 0.0, 1.0, 6.0):
        assert answers.value(name, x) == x
        assert answers.derivative(name, x) == (1 if x else 0)


def test_at_6_the_cap_has_two_derivatives(answers):
    assert answers.derivative("F.relu6(x)", 6.0) == 0
    assert answers.derivative("torch.clamp(x, 0, 6)", 6.0) == 1


def test_nan_goes_through_some_formulas_and_not_through_others(answers):
    stopped = {
        "torch.where(x > 0, x, 0)",
        "torch.where(x >= 0, x, 0)",
        "torch.fmax(x, 0)",
        "np.fmax(x, 0)",
        "np.where(x > 0, x, 0)",
        "max(0, x)",
    }
    for name in (*answers.formulas, *answers.numpy_formulas):
        assert (answers.value(name, math.nan) == 0) == (name in stopped)
    assert answers.derivative("torch.relu(x)", math.nan) == 1
    assert answers.derivative("torch.clamp(x, min=0)", math.nan) == 0
    assert math.isnan(answers.derivative("F.gelu(x)", math.nan))


def test_infinity_breaks_the_formulas_that_multiply_or_subtract(answers):
    broken = {"x * (x > 0)", "(x + abs(x)) / 2", "F.gelu(x)", "F.silu(x)"}
    for name in (*answers.formulas, *answers.numpy_formulas):
        assert math.isnan(answers.value(name, -math.inf)) == (name in broken)
    for name in ("torch.relu(x)", "torch.maximum(x, 0)", "torch.clamp(x, min=0)"):
        assert answers.value(name, math.inf) == math.inf
        assert answers.derivative(name, math.inf) == 1


def test_a_closed_gate_stops_even_nan_unless_it_multiplies(answers):
    behind = dict(zip(answers.formulas, answers.behind_nan, strict=True))
    assert behind["torch.relu(x)"] == behind["torch.maximum(x, 0)"] == 0
    assert math.isnan(behind["x * (x > 0)"])
    assert math.isnan(behind["F.leaky_relu(x)"])


def test_every_cited_answer_names_its_source():
    libraries = {answer.library for answer in lesson.CITED}
    assert libraries == {"JAX", "Keras", "TensorFlow"}
    for answer in lesson.CITED:
        assert answer.derivative_at_zero in (0.0, 0.5, 1.0)
        assert answer.source


# --- gradcheck ------------------------------------------------------------------


def test_gradcheck_fails_exactly_where_its_step_straddles_the_kink():
    result = lesson.measure_gradcheck()
    np.testing.assert_array_equal(result.passes, result.predicted)
    # Whatever the step, only the ratio of place to step counts.
    assert (result.passes == result.passes[0]).all()
    np.testing.assert_array_equal(result.passes[0], np.abs(result.ratios) > 1)
    at_kink = result.numerical[:, result.ratios == 0]
    assert (at_kink == 0.5).all()
    assert (result.analytical[:, result.ratios == 0] == 0).all()
    assert not result.passes_in_float32
    assert lesson.check_gradient(1.0)


def test_gradcheck_on_random_inputs_fails_as_often_as_one_of_them_is_near_0():
    result = lesson.measure_failures(range(60))
    # Five standard errors of a share of 60.
    error = 5 * (result.expected * (1 - result.expected) / 60) ** 0.5
    assert result.failed.mean() == pytest.approx(result.expected, abs=error)
    assert lesson.measure_failures(SEEDS, eps=1e-6).expected < 1e-4


# --- backpropagation ------------------------------------------------------------


def run_torch(net, function):
    weights, biases = (
        [torch.tensor(array, requires_grad=True) for array in some]
        for some in (net.weights, net.biases)
    )
    x = a = torch.tensor(net.x, requires_grad=True)
    zs = []
    for weight, bias in zip(weights, biases, strict=True):
        zs.append(a @ weight + bias)
        zs[-1].retain_grad()
        a = function(zs[-1])
    loss = (zs[-1][0] - net.target) ** 2 / 2
    loss.backward()
    return loss, zs, weights, biases, x


@pytest.mark.parametrize("name", lesson.SMALL_NETS)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "sigmoid"])
def test_backpropagation_by_hand_is_that_of_autograd(name, activation):
    net = lesson.SMALL_NETS[name]
    result = lesson.backpropagate(net, activation=activation)
    function = activations.get(activation).torch_function
    loss, zs, weights, biases, x = run_torch(net, function)
    assert result.loss == pytest.approx(loss.item(), abs=1e-15)
    mine = (
        *result.pre_activations,
        *result.d_pre_activations,
        *result.d_weights,
        *result.d_biases,
        result.d_x,
    )
    torchs = (
        *(z.detach() for z in zs),
        *(tensor.grad for tensor in (*zs, *weights, *biases, x)),
    )
    for own, other in zip(mine, torchs, strict=True):
        np.testing.assert_allclose(own, other.numpy(), atol=1e-15)


def test_the_small_nets_are_what_their_names_say_and_their_numbers_are_short():
    runs = {name: lesson.backpropagate(net) for name, net in lesson.SMALL_NETS.items()}
    masks = {name: [m.tolist() for m in run.masks] for name, run in runs.items()}
    assert masks["all gates open"] == [[1, 1], [1, 1]]
    assert sum(masks["one gate closed in layer 1"][0]) == 1
    assert sum(masks["one gate closed in layer 2"][1]) == 1
    assert masks["layer 1 closed"][0] == [0, 0]
    assert not runs["layer 1 closed"].d_weights[0].any()
    assert (runs["one gate exactly at 0"].pre_activations[0] == 0).sum() == 1
    for run in runs.values():
        assert run.loss > 0
        for step in run.list_steps():
            numbers = 128 * np.asarray(step.values)
            np.testing.assert_array_equal(numbers, numbers.round())


def test_a_weight_moves_only_if_its_input_and_its_gate_are_open():
    for net in lesson.SMALL_NETS.values():
        run = lesson.backpropagate(net)
        inputs = (net.x, *run.activations)
        for a, d_z, d_w in zip(
            inputs, run.d_pre_activations, run.d_weights, strict=True
        ):
            np.testing.assert_array_equal(d_w == 0, np.outer(a != 0, d_z != 0) == 0)


def test_the_derivative_at_0_matters_only_for_the_net_with_a_gate_at_0():
    for name, net in lesson.SMALL_NETS.items():
        low, middle, high = (
            lesson.backpropagate(net, derivative_at_zero=slope).d_weights[0]
            for slope in (0.0, 0.5, 1.0)
        )
        assert np.array_equal(low, high) == (name != "one gate exactly at 0")
        np.testing.assert_allclose(middle, (low + high) / 2)


def test_the_steps_go_up_and_come_back_down():
    steps = lesson.backpropagate(lesson.SMALL_NETS["all gates open"]).list_steps()
    forward = [s for s in steps if s.direction == "forward"]
    backward = [s for s in steps if s.direction == "backward"]
    assert steps == (*forward, *backward)
    assert [s.layer for s in forward] == sorted(s.layer for s in forward)
    assert [s.layer for s in backward] == sorted(
        (s.layer for s in backward), reverse=True
    )
    assert (forward[-1].name, backward[-1].name) == ("loss", "d_x")


# --- descent --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["relu", "sigmoid", "gelu"])
def test_the_slope_of_the_loss_is_its_finite_difference(name):
    w = np.array([-2.0, -0.3, 0.4, 3.0])
    curve = lesson.evaluate_loss(w, activation=name)
    high, low = (
        lesson.evaluate_loss(w + shift, activation=name).loss for shift in (1e-5, -1e-5)
    )
    # Third derivatives of about 1 and step^2 / 6, plus rounding of 1e-16 / 1e-5.
    np.testing.assert_allclose(curve.slope, (high - low) / 2e-5, atol=1e-9)


def test_with_an_open_gate_the_error_shrinks_by_one_factor_per_step():
    run = lesson.descend([0.5, 3.0], target=1.0, learning_rate=0.25, steps=30)
    powers = 0.75 ** np.arange(31)[:, None]
    np.testing.assert_allclose(run.w - 1.0, powers * [-0.5, 2.0], atol=1e-12)


def test_behind_a_closed_gate_nothing_ever_moves():
    run = lesson.descend([-5.0, -0.1], steps=100)
    assert (run.w == run.w[0]).all()
    assert not run.slope.any()
    assert (run.arrived == -1).all()


def test_one_step_too_long_shuts_the_gate_for_good():
    run = lesson.descend(3.0, target=1.0, learning_rate=1.6, steps=50)
    assert run.w[1, 0] < 0  # from 3 by 1.6 * 2 to -0.2
    assert (run.w[1:] == run.w[1]).all()


def test_a_run_that_diverges_goes_to_infinity_without_complaint():
    run = lesson.descend(1.0, activation="identity", learning_rate=9.0, steps=500)
    assert not np.isfinite(run.w[-1, 0])
    assert run.arrived[0] == -1


@pytest.fixture(scope="module")
def stalls():
    return lesson.measure_stalls(SEEDS)


def test_relu_arrives_from_every_positive_start_and_from_no_other(stalls):
    relu = stalls.arrived[0, stalls.best_rate[0]]
    np.testing.assert_array_equal(
        relu >= 0, np.broadcast_to(stalls.starts[:, None] > 0, relu.shape)
    )
    # Above 2, the step overshoots so far that no start but a lucky one stays open.
    too_long = np.array(stalls.rates) >= 3
    assert stalls.reached[0, too_long].max() < 0.1


def test_the_sigmoid_stalls_on_both_sides_of_its_slope_but_never_for_good(stalls):
    slope = np.abs(stalls.first_slope[1])
    assert (slope > 0).all()
    # At the same rate, far starts do not arrive; the flattest is exp(-8) flat.
    same = stalls.arrived[1, stalls.best_rate[0]]
    assert (same[np.abs(stalls.starts) == 8] == -1).all()
    # With its own rate, it arrives from more starts than ReLU in every seed.
    own = stalls.reached[1, stalls.best_rate[1]]
    assert (own > stalls.reached[0, stalls.best_rate[0]]).all()
    assert stalls.rates[stalls.best_rate[1]] > 3


def test_the_time_that_the_sigmoid_needs_grows_as_its_slope_shrinks(stalls):
    steps = stalls.arrived[1, stalls.best_rate[1]]
    far, near = (steps[stalls.starts == start] for start in (-8, -4))
    both = (far > 0) & (near > 0)
    # sigmoid'(-4) / sigmoid'(-8) is 53: descent needs about that many times longer.
    assert both.any()
    assert (far[both] > 5 * near[both]).all()


# --- saturation -----------------------------------------------------------------


def test_the_share_of_flat_pre_activations_is_that_of_the_normal_distribution():
    result = lesson.measure_saturation(SEEDS)
    n = result.n_values * len(result.seeds)
    error = np.sqrt(result.expected * (1 - result.expected) / n)
    gap = np.abs(result.share.mean(axis=2) - result.expected)
    # The same normal numbers serve all scales, and each cell is a share of 40,000.
    assert (gap <= 5 * error + 1e-12).all()


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("threshold", [0.01, 0.05, 0.2])
def test_the_closed_formula_says_where_sigmoid_and_tanh_are_flat(scale, threshold):
    # sigmoid' = 1 / (4 cosh^2(z / 2)) and tanh' = 1 / cosh^2(z).
    edges = {
        "sigmoid": 2 * math.acosh(0.5 / math.sqrt(threshold)),
        "tanh": math.acosh(1 / math.sqrt(threshold)),
    }
    for name, edge in edges.items():
        expected = 2 * torch.special.ndtr(torch.tensor(-edge / scale)).item()
        share = lesson.saturated_share(name, scale, threshold=threshold)
        assert share == pytest.approx(expected, abs=1e-6)  # single precision


def test_relu_is_flat_for_half_of_all_inputs_at_any_scale_and_for_no_positive_one():
    result = lesson.measure_saturation(SEEDS)
    relu, sigmoid, tanh = (
        result.activations.index(name) for name in ("relu", "sigmoid", "tanh")
    )
    assert (result.expected[relu] == 0.5).all()
    assert not result.positive_share[relu].any()
    for row in (sigmoid, tanh):
        assert (np.diff(result.expected[row]) > 0).all()
        # At small scales sigmoid and tanh are less flat than ReLU, at large ones more.
        assert result.expected[row, 0] < 0.5 < result.expected[row, -1]
        assert (result.positive_share[row, -1] > 0.5).all()
    assert result.largest_slope[sigmoid] == pytest.approx(0.25, abs=1e-4)


def test_sigmoid_and_tanh_are_steep_up_to_an_edge_and_relu_wherever_it_is_positive():
    result = lesson.measure_saturation(SEEDS)
    edges = {
        "sigmoid": 2 * math.acosh(0.5 / math.sqrt(result.threshold)),
        "tanh": math.acosh(1 / math.sqrt(result.threshold)),
    }
    for name, edge in edges.items():
        low, high = result.steep[result.activations.index(name)]
        # Of 4,000 draws at each of seven spreads, some come within 1 % of the edge.
        assert ((-edge <= low) & (low < -0.97 * edge)).all()
        assert ((0.97 * edge < high) & (high <= edge)).all()
    low, high = result.steep[result.activations.index("relu")]
    assert (low > 0).all()
    np.testing.assert_array_equal(high, result.drawn[1])


# --- exact zeros ----------------------------------------------------------------


def find(result, **wanted):
    [row] = [
        index
        for index, setting in enumerate(result.settings)
        if all(getattr(setting, name) == value for name, value in wanted.items())
    ]
    return row


@pytest.fixture(scope="module")
def zeros():
    return lesson.measure_exact_zeros(SEEDS)


def count_empty_patches(images):
    """Return the share of 3 x 3 patches, padded with zeros, that are all zero."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    empty = [
        not image[row : row + 3, column : column + 3].any()
        for image in padded
        for row in range(8)
        for column in range(8)
    ]
    return np.mean(empty)


def test_without_bias_a_convolution_gives_0_exactly_where_the_image_is_empty(zeros):
    row = find(
        zeros,
        architecture="convolutional",
        scaling="unit",
        bias="none",
        precision="float32",
    )
    for column, seed in enumerate(SEEDS[:3]):
        part = load_digits(seed=seed, scaling="unit", n_train=128).train
        share = count_empty_patches(part.images[:, 0])
        assert zeros.zeros[row, 0, column] == pytest.approx(share, abs=1e-12)
    # 12.9 % and 1.0 % in an earlier, independent count on other images: within the
    # spread over seeds.
    for layer, mean in ((0, 0.129), (1, 0.010)):
        sd = zeros.zeros[row, layer].std(ddof=1)
        assert zeros.zeros[row, layer].mean() == pytest.approx(mean, abs=5 * sd)


def test_an_exact_zero_needs_an_empty_input_and_no_bias(zeros):
    # Rounding adds a few zeros: the spacing of numbers at 1.
    added = {"float16": 2**-11, "bfloat16": 2**-8}
    for row, setting in enumerate(zeros.settings):
        share = zeros.zeros[row]
        if setting.precision in added:
            exact = find(zeros, **setting._asdict() | {"precision": "float32"})
            gap = np.abs(share - zeros.zeros[exact]).max()
            assert gap < added[setting.precision]
        elif setting.bias == "random" or setting.architecture == "fully connected":
            assert not share.any()
        elif setting.scaling == "unit":
            assert (share > 0).all()
        else:  # centered, a corner of four pixels is all 0 in one image of thousands
            assert share.max() < 1e-3


def test_the_derivative_at_0_changes_biases_that_are_0_and_no_weight(zeros):
    for row, setting in enumerate(zeros.settings):
        if setting.precision == "float32":
            # Where z is 0, so are all inputs of the unit, and so is the gradient.
            assert not zeros.weight_change[row].any()
        else:
            assert zeros.weight_change[row].max() < 0.02
    row = find(
        zeros,
        architecture="convolutional",
        scaling="unit",
        bias="zero",
        precision="float32",
    )
    assert summarize(zeros.bias_change[row]).low > 0.05
    without = find(
        zeros,
        architecture="convolutional",
        scaling="unit",
        bias="random",
        precision="float32",
    )
    assert not zeros.bias_change[without].any()


def test_half_the_derivative_at_0_makes_half_the_change():
    setting = lesson.Setting(bias="zero")
    half, full = (
        lesson.measure_exact_zeros(SEEDS[:3], settings=[setting], alpha=alpha)
        for alpha in (0.5, 1.0)
    )
    # Not exactly: layer 1 gets half of a half where layer 2 is at 0 too, 1 % of it.
    np.testing.assert_allclose(half.bias_change, full.bias_change / 2, rtol=0.1)


# --- zeros in training ----------------------------------------------------------


@pytest.fixture(scope="module")
def tracked():
    settings = [lesson.Setting(bias=bias) for bias in ("none", "zero", "random")]
    return lesson.track_zeros(SEEDS, settings=settings)


def test_before_training_the_zeros_are_those_of_empty_patches(tracked):
    for column, seed in enumerate(SEEDS):
        part = load_digits(seed=seed, scaling="unit", n_train=64).train
        share = count_empty_patches(part.images[:, 0])
        for row in (0, 1):
            assert tracked.zeros[row, 0, 0, column] == pytest.approx(share, abs=1e-12)


def test_zeros_stay_for_good_without_biases_and_go_after_one_step_with_them(tracked):
    none, zero, random = tracked.zeros
    assert (none[:, 0] == none[0, 0]).all()
    assert (none > 0).all()
    assert (zero[0] > 0).all()
    assert not zero[1:].any()
    assert not random.any()


def test_only_biases_feel_the_derivative_at_0_and_only_before_the_first_step(tracked):
    assert not tracked.weight_change.any()  # in float32
    assert np.isnan(tracked.bias_change[0]).all()
    assert summarize(tracked.bias_change[1, 0]).low > 0.05
    assert not tracked.bias_change[1:, 1:].any()


def test_the_derivative_at_0_does_not_decide_where_training_ends():
    outcome = lesson.measure_outcomes(SEEDS)
    assert (outcome.accuracy[0] > 0.7).all()  # training worked
    for other in outcome.accuracy[1:]:
        gap = summarize(other - outcome.accuracy[0])
        assert gap.low <= 0 <= gap.high
        # One of the 360 test images is 0.3 %: each network moves by a few at most.
        assert np.abs(other - outcome.accuracy[0]).max() < 5 / 360
    # Yet the runs are not the same: some network classifies an image differently.
    assert len({tuple(row) for row in outcome.accuracy.tolist()}) > 1


# --- map of gradcheck -----------------------------------------------------------


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_gradcheck_fails_where_the_step_reaches_the_kink_or_rounding_wins(dtype, side):
    result = lesson.map_gradcheck(dtype=dtype, side=side)
    np.testing.assert_array_equal(
        result.passes[result.decided], result.predicted[result.decided]
    )
    ratio = result.distances / result.steps[:, None]
    np.testing.assert_array_equal(result.predicted, ratio >= 1)
    if dtype == "float64":
        assert result.decided.all()
    else:
        lost = result.predicted & ~result.passes
        # Left of the kink both values are 0, which has no rounding.
        assert lost.any() == (side == 1)
        assert (ratio[lost] > 1000).all()


# --- updates --------------------------------------------------------------------


@pytest.fixture(scope="module")
def updates():
    return lesson.measure_updates(SEEDS)


def test_a_small_step_lowers_the_loss_by_as_much_as_the_gradient_says(updates):
    # The step aims at 1e-4 of the loss, so curvature can bend it by about as much, and
    # by up to 1e-2 in sigmoid nets, whose gradient is small next to it.
    np.testing.assert_allclose(updates.drop_ratio, 1, atol=0.05)


def test_for_one_example_relu_leaves_three_weights_in_four_alone(updates):
    relu = updates.zero_single[updates.of("relu")]
    # First and last layer: one gate counts, open with probability 1/2. Between them
    # two count. Layers are 64 wide: the share of 10 x 64 gates has an error of 0.02,
    # and gates of deeper layers vary more.
    for layer, expected in enumerate((0.5, 0.75, 0.75, 0.75, 0.5)):
        assert relu[layer].mean() == pytest.approx(expected, abs=0.06)
    for name in ("sigmoid", "tanh"):
        assert not updates.zero_single[updates.of(name)].any()


def test_for_a_batch_nearly_every_weight_moves(updates):
    relu = updates.of("relu")
    assert (updates.zero_batch[relu].mean(axis=1) < 0.2).all()
    assert (updates.zero_batch[relu, 0] == 0).all()


def test_relu_updates_the_first_layer_as_much_as_the_third_and_the_sigmoid_does_not(
    updates,
):
    shrinkage = {
        name: np.log(updates.gradient_rms[row, 0] / updates.gradient_rms[row, -2])
        for row, name in enumerate(updates.activations)
    }
    # With gains that keep the signal, tanh holds its gradients too.
    for name in ("relu", "tanh"):
        assert summarize(shrinkage[name] - shrinkage["sigmoid"]).low > 1


# --- errors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.difference_quotient(0.0, 0.0), "`step` must be positive"),
        (
            lambda: lesson.difference_quotient(0.0, 0.1, kind="centre"),
            "did you mean 'central'",
        ),
        (lambda: lesson.difference_quotient(0.0, 0.1, dtype="half"), "`dtype` must be"),
        (lambda: lesson.sweep_steps(math.nan), "`x` must be a finite number"),
        (lambda: lesson.check_gradient(0.0, 0.0), "`eps` must be positive"),
        (lambda: lesson.descend(1.0, learning_rate=0.0), "`learning_rate` must be pos"),
        (
            lambda: lesson.descend([1.0, 2.0, 3.0], target=[1.0, 2.0]),
            "`target` must be one number or 3 numbers",
        ),
        (lambda: lesson.saturated_share("relu", 0.0), "`scale` must be positive"),
        (lambda: lesson.saturated_share("relo", 1.0), "did you mean 'relu'"),
        (
            lambda: lesson.measure_exact_zeros(settings=[lesson.Setting(bias="big")]),
            "`bias` must be one of",
        ),
        (lambda: lesson.measure_exact_zeros(alpha=2.0), "`alpha` must be"),
        (lambda: lesson.track_zeros(steps=-1), "`steps` must be"),
        (lambda: lesson.measure_outcomes(alphas=(2.0,)), "`alphas` must be"),
        (lambda: lesson.map_gradcheck(side=0), "`side` must be"),
        (lambda: lesson.measure_updates(depth=0), "`depth` must be an integer"),
        (lambda: lesson.measure_stalls(5), "`seeds` must be a list of integers"),
        (
            lambda: lesson.backpropagate(
                lesson.SMALL_NETS["all gates open"], derivative_at_zero=-1.0
            ),
            "`derivative_at_zero` must be",
        ),
        (
            lambda: lesson.backpropagate(
                lesson.SMALL_NETS["all gates open"]._replace(target=math.nan)
            ),
            "`net.target` must be a finite number",
        ),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_unknown_formulas_and_inputs_are_named(answers):
    with pytest.raises(ValueError, match=r"did you mean 'torch.relu\(x\)'"):
        answers.derivative("torch.relu", 0.0)
    with pytest.raises(ValueError, match=r"`x` must be one of -inf, -1\.0"):
        answers.value("torch.relu(x)", 2.0)


def test_results_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        lesson.measure_stalls((0,)).seeds = ()
