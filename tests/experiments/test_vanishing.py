import math
from dataclasses import FrozenInstanceError
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from rectified import activations, ensembles, initialization
from rectified.experiments import summarize
from rectified.experiments import vanishing as lesson
from rectified.experiments.vanishing.layers import EPSILON, NORMALIZATIONS, Stack
from rectified.experiments.vanishing.training import draw_networks, train_digits

SEEDS = range(10)


def standard_error(values):
    return values.std(axis=-1, ddof=1) / values.shape[-1] ** 0.5


# --- the stack of layers --------------------------------------------------------


def normalize_in_torch(z, normalization):
    if normalization == "none":
        return z
    if normalization == "layer":
        return functional.layer_norm(z, z.shape[-1:], eps=EPSILON)
    if normalization == "center":
        return z - z.mean(dim=0)
    return functional.batch_norm(z, None, None, training=True, eps=EPSILON)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("residual", [0.0, 0.3])
@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_signals_and_gradients_are_those_of_torch(normalization, residual, name):
    rng = np.random.default_rng(0)
    stack = Stack(name, normalization=normalization, residual=residual)
    for _ in range(3):
        stack.add(rng.standard_normal((2, 6, 6)), rng.standard_normal((2, 1, 6)))
    x, enter = rng.standard_normal((2, 2, 5, 6))
    out = stack.forward(x)
    deltas, gradients = stack.backward(enter)
    for net in range(2):
        a, zs = torch.tensor(x[net]), []
        weights = [torch.tensor(w[net], requires_grad=True) for w in stack.weights]
        for weight, bias in zip(weights, stack.biases, strict=True):
            zs.append(a @ weight + torch.tensor(bias[net]))
            zs[-1].retain_grad()
            gate = normalize_in_torch(zs[-1], normalization)
            branch = activations.get(name).torch_function(gate)
            a = a + residual * branch if residual else branch
        a.backward(torch.tensor(enter[net]))
        np.testing.assert_allclose(out[net], a.detach().numpy(), atol=1e-12)
        for layer in range(3):
            for mine, theirs in (
                (deltas[layer][net], zs[layer].grad),
                (gradients[layer][net], weights[layer].grad),
            ):
                # Normalization over 5 inputs divides by spreads well below 1.
                np.testing.assert_allclose(mine, theirs.numpy(), atol=1e-10)


# --- the corridor ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "init"),
    [
        ("relu", "he"),
        ("relu", "pytorch"),
        ("leaky_relu", "he"),
        ("tanh", "xavier"),
        ("sigmoid", "xavier"),
        ("silu", "he"),
    ],
)
def test_spread_and_gradients_follow_mean_field_theory(name, init):
    run = lesson.run_corridor(10, activation=name, init=init, width=128, seeds=SEEDS)
    for measured, expected in (
        (run.rms, run.expected_rms),
        (run.gradient, run.expected_gradient),
    ):
        logs = np.log(measured)
        gap = np.abs(logs.mean(axis=1) - np.log(expected))
        # Five standard errors, and 1 / width per layer for what theory leaves out.
        allowed = 5 * standard_error(logs) + 10 / 128
        assert (gap < allowed).all()


def test_the_mean_square_of_a_layer_is_that_of_its_two_spreads_and_its_mean():
    rng = np.random.default_rng(3)
    run = lesson.run_corridor(1, width=16, n_inputs=30, seeds=(3,))
    x = rng.standard_normal((30, 16))
    z = x @ initialization.get("he").draw(16, 16, rng=rng)
    square = run.spread_inputs**2 + run.spread_units**2 + z.mean() ** 2
    assert square[0, 0] == pytest.approx(run.rms[0, 0] ** 2)
    assert run.rms[0, 0] == pytest.approx(np.sqrt((z**2).mean()))


def test_pytorch_default_layers_stop_telling_inputs_apart():
    default, he = (
        lesson.run_corridor(10, init=init, seeds=SEEDS) for init in ("pytorch", "he")
    )
    # 0.0003 in theory: 6^(-9/2).
    assert summarize(default.gradient[0]).high < 1e-3
    assert summarize(he.gradient[0]).low > 0.5
    # Biases keep the units apart while what they say of the input vanishes.
    assert summarize(default.input_share[-1]).high < 1e-4
    assert summarize(he.input_share[-1]).low > 0.05
    # So half the units are silent for all inputs, and the rest for none: constants.
    assert default.dead[-1].mean() == pytest.approx(0.5, abs=5 * 0.5 / 640**0.5)
    without = lesson.run_corridor(10, init="pytorch", bias="zero", seeds=SEEDS)
    assert summarize(without.input_share[-1] - default.input_share[-1]).low > 0.05


def test_skip_connections_and_normalization_hold_the_gradient():
    plain = lesson.run_corridor(30, init="xavier", seeds=SEEDS)
    assert summarize(np.log(plain.gradient[0])).high < math.log(1e-3)
    for kwargs in ({"residual": 0.1}, {"normalization": "batch"}):
        run = lesson.run_corridor(30, init="xavier", seeds=SEEDS, **kwargs)
        assert summarize(np.log(run.gradient[0])).low > math.log(0.5)
        assert np.isnan(run.expected_gradient).all()
    # ReLU adds positive branches: they grow faster than independent ones (sqrt 2).
    full = lesson.run_corridor(10, residual=1.0, seeds=SEEDS)
    growth = (full.rms[-1] / full.rms[4]) ** (1 / 5)
    assert summarize(growth).low > math.sqrt(2)


def test_overflow_and_silence_are_shown_and_not_raised():
    scheme = initialization.get("constant_std", std=1e30)
    run = lesson.run_corridor(20, init=scheme, seeds=(0,))
    assert not np.isfinite(run.rms[-1, 0])
    line = lesson.run_line(100, residual=100.0, width=10, n_points=5)
    assert not np.isfinite(line.size[-1, 0])
    # Two units per layer: sooner or later both are silent, and no gradient passes.
    quiet = lesson.measure_gains(SEEDS, names=("relu",), inits=("He",), width=2)
    assert (quiet.first == 0).sum() + np.isnan(quiet.first).sum() > 5


# --- gain per layer -------------------------------------------------------------


@pytest.fixture(scope="module")
def gains():
    return lesson.measure_gains(SEEDS, names=("sigmoid", "tanh", "relu", "silu"))


def test_the_gain_per_layer_is_that_of_theory(gains):
    gap = np.abs(gains.gain.mean(axis=2) - gains.expected)
    # Single networks of 64 units drift by 1 / 64 per layer at most; seeds do the rest.
    allowed = 5 * standard_error(gains.gain) + gains.expected / 32
    assert (gap < allowed).all()


@pytest.mark.parametrize(
    ("init", "name", "gain"),
    [
        ("He", "relu", 1.0),
        ("Xavier", "relu", math.sqrt(1 / 2)),
        ("PyTorch", "relu", math.sqrt(1 / 6)),
        ("Xavier", "sigmoid", 0.236),
        ("Xavier", "tanh", 0.96),
    ],
)
def test_what_the_course_says_of_gains_is_so(gains, init, name, gain):
    cell = gains.of(init, name)
    assert gains.gain[cell].mean() == pytest.approx(
        gain, abs=5 * standard_error(gains.gain[cell]) + 0.02
    )


def test_tanh_vanishes_less_than_relu_if_both_get_xaviers_weights(gains):
    tanh, relu, sigmoid = (
        gains.first[gains.of("Xavier", name)] for name in ("tanh", "relu", "sigmoid")
    )
    assert summarize(np.log(tanh / relu)).low > 0
    assert summarize(np.log(relu / sigmoid)).low > 0
    # And with He's weights ReLU's gradient neither vanishes nor explodes.
    he = np.log(gains.first[gains.of("He", "relu")])
    assert abs(he.mean()) < 5 * standard_error(he) + 30 / 64


def test_the_same_sigmoids_vanish_at_width_64_and_explode_at_256():
    narrow, wide = (
        lesson.measure_gains(
            SEEDS, names=("sigmoid",), inits=("N(0, 1)",), depth=15, width=width
        ).gain[0, 0]
        for width in (64, 256)
    )
    assert summarize(narrow).high < 1 < summarize(wide).low


# --- the chain of the textbooks -------------------------------------------------


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize(("weight", "bias"), [(1.0, 0.0), (-1.7, 0.4), (3.0, -1.0)])
def test_the_product_along_a_chain_is_that_of_autograd_and_within_the_bound(
    name, weight, bias
):
    chain = lesson.run_chain(6, activation=name, weight=weight, bias=bias)
    a = x = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    for _ in range(6):
        a = activations.get(name).torch_function(weight * a + bias)
    a.backward()
    assert chain.product[-1] == pytest.approx(x.grad.item(), abs=1e-15)
    assert (np.abs(chain.product) <= chain.bound * (1 + 1e-12)).all()


def test_a_quarter_to_the_nth_is_a_bound_for_weight_1_and_no_law():
    chain = lesson.run_chain(10)
    assert chain.bound[-1] == 0.25**10
    assert chain.product[-1] == pytest.approx(3.691e-7, rel=1e-3)
    # Weight 8 centered on the steepest place doubles the gradient ten times.
    assert lesson.run_chain(10, weight=8.0, bias=-4.0, x=0.5).product[-1] == 2**10
    np.testing.assert_allclose(lesson.sigmoid_bound(4, norm=2.0), [0.125, 0.25, 0.5, 1])


# --- PyTorch's default initialization -------------------------------------------


@pytest.fixture(scope="module")
def default_init():
    return lesson.measure_default_init(SEEDS)


def test_with_default_weights_ten_layers_stay_at_chance_whatever_the_function(
    default_init,
):
    for name in ("relu", "leaky_relu", "silu"):
        cell = default_init.of("pytorch", name)
        # The largest of ten classes holds 10.3 % of the test images; five standard
        # errors of a coin that knows as much would be 18 %.
        assert default_init.best_accuracy[cell].max() < 0.18
        assert summarize(default_init.first_gradient[cell]).high < 1e-3


def test_he_mends_all_three_functions(default_init):
    for name in ("relu", "leaky_relu", "silu"):
        cell = default_init.of("he", name)
        assert summarize(default_init.accuracy[cell]).low > 0.8
        gap = (
            default_init.accuracy[cell]
            - default_init.accuracy[default_init.of("pytorch", name)]
        )
        assert summarize(gap).low > 0.7


def test_leaky_and_silu_gain_nothing_over_relu_that_initialization_does_not(
    default_init,
):
    relu = default_init.of("pytorch", "relu")
    for name in ("leaky_relu", "silu"):
        other = default_init.of("pytorch", name)
        gap = default_init.best_accuracy[other] - default_init.best_accuracy[relu]
        assert abs(gap.mean()) < 0.02
    # Half of the units look dead, with SiLU too: they are constants, not dead ReLUs.
    dead = default_init.dead[:, :, -1].mean(axis=2)
    assert (np.abs(dead[default_init.inits.index("pytorch")] - 0.5) < 0.1).all()


def test_the_networks_start_as_pytorch_starts_them():
    networks = draw_networks(
        (64, 200, 10), activation="relu", init="pytorch", seeds=[0]
    )
    torch.manual_seed(0)
    for layer, (fan_in, fan_out) in enumerate(((64, 200), (200, 10))):
        linear = torch.nn.Linear(fan_in, fan_out)
        for mine, theirs in (
            (networks.weights[layer], linear.weight),
            (networks.biases[layer], linear.bias),
        ):
            bound = 1 / math.sqrt(fan_in)
            assert np.abs(mine).max() <= bound
            assert np.abs(mine).std() == pytest.approx(
                bound / math.sqrt(12), rel=5 / math.sqrt(mine.size)
            )
            assert theirs.abs().max().item() <= bound


def test_the_same_seed_starts_the_same_weights_for_every_function():
    relu, silu = (
        draw_networks((64, 8, 10), activation=name, init="he", seeds=[3, 4])
        for name in ("relu", "silu")
    )
    np.testing.assert_array_equal(relu.values, silu.values)
    assert not np.array_equal(relu.values[0], relu.values[1])


def test_a_run_that_diverges_has_no_accuracy():
    networks = draw_networks((64, 8, 10), activation="relu", init="he", seeds=[0, 0])
    run = train_digits(networks, seeds=[0, 0], learning_rate=[0.1, 1e9], steps=40)
    assert np.isfinite(run.accuracy).tolist() == [True, False]


# --- trainability ---------------------------------------------------------------


def test_the_deeper_the_network_the_narrower_the_gains_with_which_it_learns():
    gains = np.sqrt(2) * np.array([0.5, 1.0, 2.0])
    result = lesson.measure_trainability(SEEDS, depths=(1, 12), gains=gains)
    shallow, deep = result.accuracy
    # One hidden layer learns with any of them.
    assert summarize(shallow.min(axis=0)).low > 0.85
    for other in (0, 2):
        assert summarize(deep[1] - deep[other]).low > 0.1
        assert summarize(deep[other]).high < 0.25
    np.testing.assert_allclose(result.expected_ratio[:, 1], 1)
    # (gain / sqrt 2)^(depth - 1), from the last hidden layer to the first.
    np.testing.assert_allclose(result.expected_ratio[0], 1)
    np.testing.assert_allclose(result.expected_ratio[1], [0.5**11, 1, 2.0**11])


# --- the sigmoid's rescue -------------------------------------------------------


def test_a_sigmoid_network_is_a_tanh_network_with_a_quarter_of_the_weights():
    sigmoid = ensembles.initialize(
        (6, 7, 5, 3), seeds=(0,), activation="sigmoid", gain=4.0, bias_std=0.5
    )
    x = np.random.default_rng(0).standard_normal((20, 6))
    a, (weights, biases) = x, lesson.as_tanh(*sigmoid.network(0))
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        a = np.tanh(a @ weight + bias)
    expected = ensembles.forward(sigmoid, x)[0]
    np.testing.assert_allclose(a @ weights[-1] + biases[-1], expected, atol=1e-12)
    np.testing.assert_array_equal(weights[1], sigmoid.network(0)[0][1] / 4)


@pytest.fixture(scope="module")
def rescue():
    return lesson.measure_rescue(SEEDS)


def test_four_times_xavier_rescues_the_sigmoid(rescue):
    plain, rescued = (
        rescue.accuracy[rescue.of(arm)] for arm in ("sigmoid", "sigmoid, 4 × Xavier")
    )
    assert summarize(plain).high < 0.2
    assert summarize(rescued).low > 0.9
    for arm in ("tanh", "ReLU, He"):
        gap = rescue.accuracy[rescue.of(arm)] - rescued
        assert abs(gap.mean()) < 0.05


def test_larger_weights_make_the_sigmoids_gradient_shrink_less(rescue):
    rows = [
        rescue.of(name)
        for name in ("sigmoid", "sigmoid, 2 × Xavier", "sigmoid, 4 × Xavier")
    ]
    for low, high in pairwise(rows):
        assert summarize(np.log(rescue.ratio[high] / rescue.ratio[low])).low > 0
        assert rescue.expected_gain[low] < rescue.expected_gain[high] < 1


# --- shattered gradients --------------------------------------------------------


@pytest.mark.parametrize("residual", [0.0, 0.5])
def test_the_slope_along_the_line_is_that_of_its_output(residual):
    line = lesson.run_line(
        4,
        centered=False,
        residual=residual,
        activation="tanh",
        width=20,
        n_points=2001,
        seeds=SEEDS[:3],
    )
    step = line.t[1] - line.t[0]
    numeric = (line.output[2:] - line.output[:-2]) / (2 * step)
    # step^2 / 6 times third derivatives of up to some hundred.
    scale = np.abs(line.slope).max()
    np.testing.assert_allclose(numeric, line.slope[1:-1], atol=3e-3 * scale)


@pytest.fixture(scope="module")
def shattering():
    return lesson.measure_shattering(SEEDS)


def test_centered_gradients_of_deep_networks_are_white_noise(shattering):
    for depth in (24, 50):
        noise = shattering.correlation[shattering.of("centered", depth)]
        # White noise of 256 points: -1/256, and 1/16 of scatter in each seed; centers
        # and kinks of one network make its slopes somewhat alike.
        assert abs(noise.mean()) < 0.15
        plain = shattering.correlation[shattering.of("plain", depth)]
        assert summarize(plain - noise).low > 0.4


def test_shallow_gradients_are_smooth_and_lose_it_layer_by_layer(shattering):
    row, _ = shattering.of("centered", 1)
    means = shattering.correlation[row].mean(axis=1)
    assert means[0] > 0.95
    assert (np.diff(means[:5]) < 0.01).all()


def test_skip_connections_keep_gradients_smooth_at_the_price_of_growth(shattering):
    cells = [shattering.of(f"centered, residual {w}", 50) for w in ("0.1", "0.3", "1")]
    noise = shattering.correlation[shattering.of("centered", 50)]
    for cell in cells:
        assert summarize(shattering.correlation[cell] - noise).low > 0.3
    correlation = [shattering.correlation[cell].mean() for cell in cells]
    growth = [np.log(shattering.growth[cell]).mean() for cell in cells]
    assert correlation[0] > correlation[1] > correlation[2]
    assert growth[0] < growth[1] < growth[2]
    # Theory for centered branches of variance w^2 (1 - 1 / pi) times the input's: each
    # block multiplies the second moment by about 1 + w^2, plus a positive mean.
    assert growth[0] > 49 / 2 * math.log(1 + 0.1**2 * (1 - 1 / math.pi))


def test_the_autocorrelation_of_known_signals():
    t = np.arange(400)
    wave = np.sin(2 * np.pi * t / 40)
    noise = np.random.default_rng(0).standard_normal(400)
    result = lesson.autocorrelation(np.stack([wave, noise, np.ones(400)], axis=1), 21)
    np.testing.assert_allclose(result[0], [1, 1, np.nan])
    # One of 40 points of a wave is 9 degrees; the last 20 points have no partner.
    assert result[1, 0] == pytest.approx(math.cos(math.radians(9)), abs=0.01)
    assert result[20, 0] == pytest.approx(-1, abs=0.06)
    assert np.abs(result[1:, 1]).max() < 5 / 20
    assert np.isnan(result[:, 2]).all()


# --- errors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.run_corridor(0), "`depth` must be an integer from 1 to 100"),
        (lambda: lesson.run_corridor(init="hee"), "did you mean 'he'"),
        (lambda: lesson.run_corridor(activation="relo"), "did you mean 'relu'"),
        (
            lambda: lesson.run_corridor(normalization="batchnorm"),
            "did you mean 'batch'",
        ),
        (lambda: lesson.run_corridor(residual=-1.0), "`residual` must be"),
        (lambda: lesson.run_corridor(bias="none"), "`bias` must be one of"),
        (lambda: lesson.measure_gains(inits=["xavier"]), "did you mean 'Xavier'"),
        (lambda: lesson.measure_gains(depth=5), "`depth` must be"),
        (lambda: lesson.run_chain(weight=1e9), "`weight` must be"),
        (lambda: lesson.run_chain(activation="gelu"), "`activation` must be one of"),
        (lambda: lesson.sigmoid_bound(3, norm=1e9), "`norm` must be at most 4000"),
        (lambda: lesson.measure_trainability(gains=[0.0]), "`gains` must be positive"),
        (lambda: lesson.measure_default_init(steps=0), "`steps` must be"),
        (lambda: lesson.measure_rescue([]), "`seeds` must be non-empty"),
        (lambda: lesson.run_line(n_points=2), "`n_points` must be"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_results_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        lesson.run_corridor(1, seeds=(0,)).seeds = ()
