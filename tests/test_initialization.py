import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.nn import init

from rectified import activations
from rectified.initialization import NAMES, get, predict_propagation

RANDOM = [name for name in NAMES if name != "identity"]
FANS = (120, 80)


def generator(seed):
    return torch.Generator().manual_seed(seed)


# --- weights ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("pytorch", 1 / (3 * 120)),
        ("lecun", 1 / 120),
        ("xavier", 2 / (120 + 80)),
        ("he", 2 / 120),
        ("orthogonal", 1 / 120),
        ("constant_std", 0.01**2),
        ("identity", 1 / 120),
    ],
)
def test_the_predicted_variance_is_the_published_one(name, variance):
    assert get(name).predict_variance(*FANS) == pytest.approx(variance, rel=1e-14)
    gain = get(name).predict_gain(*FANS)
    assert gain == pytest.approx(math.sqrt(120 * variance), rel=1e-14)


def test_the_default_of_pytorch_has_gain_one_over_root_three_at_any_width():
    for fans in ((1, 1), (10, 300), (300, 10)):
        gain = get("pytorch").predict_gain(*fans)
        assert gain == pytest.approx(1 / math.sqrt(3), rel=1e-14)


VARIANTS = [
    *((name, {}) for name in NAMES),
    ("lecun", {"gain": 1.7}),
    ("orthogonal", {"gain": 0.5}),
    ("identity", {"gain": 0.9}),
    ("constant_std", {"std": 1.0}),
    ("he", {"distribution": "uniform"}),
    ("xavier", {"distribution": "uniform"}),
    ("constant_std", {"distribution": "uniform", "std": 0.3}),
]
each_variant = pytest.mark.parametrize(("name", "settings"), VARIANTS)


def fill(scheme, fan_in, fan_out, seed=0):
    """Return weights that torch drew, in the package's shape (fan_in, fan_out)."""
    weight = torch.empty(fan_out, fan_in, dtype=torch.float64)
    assert scheme.fill_(weight, generator=generator(seed)) is weight
    return weight.numpy().T


def draw(scheme, fan_in, fan_out, seed=0):
    return scheme.draw(fan_in, fan_out, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("sampler", [draw, fill])
@each_variant
def test_samplers_draw_weights_of_the_predicted_variance(name, settings, sampler):
    scheme = get(name, **settings)
    weight = sampler(scheme, *FANS)
    assert weight.shape == FANS
    assert weight.dtype == np.float64
    variance = scheme.predict_variance(*FANS)
    # The relative error of a mean of squares is sqrt(2 / n) for normal weights, and
    # less for all others.
    error = math.sqrt(2 / weight.size)
    assert np.mean(weight**2) == pytest.approx(variance, rel=5 * error)
    if name != "identity":
        error = math.sqrt(variance / weight.size)
        assert weight.mean() == pytest.approx(0.0, abs=5 * error)


@pytest.mark.parametrize("sampler", [draw, fill])
@pytest.mark.parametrize("name", ["lecun", "xavier", "he", "constant_std"])
def test_the_distribution_is_the_one_asked_for(name, sampler):
    for distribution, kurtosis in (("normal", 3.0), ("uniform", 1.8)):
        scheme = get(name, distribution=distribution)
        weight = sampler(scheme, *FANS) / math.sqrt(scheme.predict_variance(*FANS))
        # The variance of w^4 is 96 for normal weights, so its error is 0.1 here.
        assert np.mean(weight**4) == pytest.approx(kurtosis, abs=0.5)
        assert (np.abs(weight).max() <= math.sqrt(3)) == (distribution == "uniform")
    assert get(name).distribution == "normal"


@pytest.mark.parametrize("sampler", [draw, fill])
@pytest.mark.parametrize("fans", [(30, 30), (50, 20), (20, 50)])
def test_orthogonal_weights_keep_lengths_up_to_the_gain(fans, sampler):
    weight = sampler(get("orthogonal", gain=0.7), *fans)
    short = weight.T @ weight if fans[0] >= fans[1] else weight @ weight.T
    np.testing.assert_allclose(short, 0.49 * np.eye(min(fans)), atol=1e-14)


def test_orthogonal_weights_favor_no_direction():
    corners = [draw(get("orthogonal"), 3, 3, seed)[0, 0] for seed in range(2000)]
    # For a random rotation of 3 dimensions each entry is uniform on [-1, 1].
    assert np.mean(corners) == pytest.approx(0, abs=5 / math.sqrt(3 * 2000))
    assert np.mean(np.square(corners)) == pytest.approx(1 / 3, abs=0.035)


def test_the_identity_passes_signals_on_and_fills_up_with_zeros():
    np.testing.assert_array_equal(draw(get("identity"), 3, 3), np.eye(3))
    np.testing.assert_array_equal(fill(get("identity", gain=2), 2, 3), 2 * np.eye(2, 3))


TORCH_INITIALIZERS = {
    ("pytorch",): lambda w, **g: init.kaiming_uniform_(w, a=math.sqrt(5), **g),
    ("he",): lambda w, **g: init.kaiming_normal_(w, nonlinearity="relu", **g),
    ("he", "uniform"): lambda w, **g: init.kaiming_uniform_(w, **g),
    ("lecun",): lambda w, **g: init.kaiming_normal_(w, nonlinearity="linear", **g),
    ("xavier",): init.xavier_normal_,
    ("xavier", "uniform"): init.xavier_uniform_,
    ("orthogonal",): init.orthogonal_,
    ("constant_std",): lambda w, **g: init.normal_(w, std=0.01, **g),
}


@pytest.mark.parametrize("shape", [(7, 5), (5, 7), (6, 4, 3, 3)])
@pytest.mark.parametrize("case", TORCH_INITIALIZERS, ids=str)
def test_filling_a_tensor_equals_the_initializer_of_torch(case, shape):
    name, *distribution = case
    scheme = get(name, distribution=distribution[0] if distribution else None)
    ours, theirs = torch.empty(shape), torch.empty(shape)
    scheme.fill_(ours, generator=generator(3))
    TORCH_INITIALIZERS[case](theirs, generator=generator(3))
    torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    "make",
    [lambda: torch.nn.Linear(11, 4), lambda: torch.nn.Conv2d(2, 3, 3)],
    ids=["linear", "convolution"],
)
def test_the_pytorch_scheme_is_what_a_new_layer_holds(make):
    with torch.random.fork_rng():
        torch.manual_seed(5)
        layer = make()
    weight = torch.empty_like(layer.weight)
    get("pytorch").fill_(weight, generator=generator(5))
    torch.testing.assert_close(weight, layer.weight.detach(), rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_filling_a_parameter_leaves_no_trace_for_autograd(name):
    layer = torch.nn.Linear(3, 3)
    get(name, **({"std": 2.0} if name == "constant_std" else {})).fill_(
        layer.weight, generator=generator(0)
    )
    assert layer.weight.requires_grad
    assert layer.weight.is_leaf


@pytest.mark.parametrize("sampler", [draw, fill])
@pytest.mark.parametrize("name", RANDOM)
def test_the_seed_decides_the_weights(name, sampler):
    same = [sampler(get(name), 4, 5, seed=1) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    assert (same[0] != sampler(get(name), 4, 5, seed=2)).all()


@pytest.mark.parametrize("name", NAMES)
def test_schemes_are_ready_to_be_shown(name):
    scheme = get(name)
    assert scheme.display_name
    assert scheme.source
    assert scheme.formula.count("{") == scheme.formula.count("}")


# --- signals ------------------------------------------------------------------


def measure_propagation(widths, names, scheme, *, seed, bias_std=0.0, batch=64):
    """Measure what `predict_propagation` predicts, in one random torch network."""
    rng = np.random.default_rng(seed)
    signal = torch.from_numpy(rng.standard_normal((batch, widths[0])))
    pre_activations = []
    for index in range(len(widths) - 1):
        if index:
            function = activations.get(names[index - 1]).torch_function
            signal = function(pre_activations[-1])
        weight = scheme.draw(widths[index], widths[index + 1], rng=rng)
        bias = bias_std * rng.standard_normal(widths[index + 1])
        signal = signal @ torch.from_numpy(weight) + torch.from_numpy(bias)
        pre_activations.append(signal.requires_grad_())
    # Random gradients at the top, independent of the forward pass.
    top = torch.from_numpy(rng.standard_normal((batch, widths[-1])))
    gradients = torch.autograd.grad(signal, pre_activations, top)
    forward = [z.detach().square().mean().item() for z in pre_activations]
    backward = [g.square().mean().item() for g in gradients]
    return np.array(forward), np.array(backward) / top.square().mean().item()


def five_standard_errors(samples):
    return 5 * np.std(samples, axis=0, ddof=1) / math.sqrt(len(samples))


# Gain of the gradient per layer at width 256, from an independent calculation: the
# geometric mean over layers 6 to 45 of 50, to four digits.
GAINS = [
    ("sigmoid", get("xavier"), 0.2361),
    ("sigmoid", get("constant_std", std=1.0), 1.246),
    ("tanh", get("xavier"), 0.9734),
    ("tanh", get("he"), 1.051),
    ("relu", get("xavier"), 0.7071),
    ("relu", get("he"), 1.0),
    ("relu", get("pytorch"), 0.4082),
    ("leaky_relu", get("he"), 1.0),
    ("gelu", get("xavier"), 0.5001),
    ("silu", get("he"), 0.7136),
    ("elu", get("lecun"), 0.9532),
]


def average_gain(gains):
    """Return the geometric mean over layers 6 to 25, past the first transient."""
    return np.exp(np.log(gains[5:25]).mean())


@pytest.mark.parametrize(("name", "scheme", "expected"), GAINS)
def test_the_predicted_gain_of_the_gradient_is_that_of_wide_networks(
    name, scheme, expected
):
    widths = [256] * 31
    predicted = predict_propagation(widths, activation=name, init=scheme).backward_gain
    long = predict_propagation([256] * 52, activation=name, init=scheme).backward_gain
    assert np.exp(np.log(long[5:45]).mean()) == pytest.approx(expected, rel=5e-4)
    measured = []
    for seed in range(10):
        backward = measure_propagation(widths, [name] * 29, scheme, seed=seed)[1]
        measured.append(average_gain(np.sqrt(backward[:-1] / backward[1:])))
    # Finite width biases the geometric mean by up to 5 / (4 width) per layer.
    allowed = five_standard_errors(measured) + 1.25 / 256
    assert np.mean(measured) == pytest.approx(average_gain(predicted), abs=allowed)


@pytest.mark.parametrize("scheme", [get("xavier"), get("orthogonal"), get("pytorch")])
@pytest.mark.parametrize("bias_std", [0.0, 0.5])
def test_predictions_hold_layer_by_layer_for_unequal_widths_and_mixed_activations(
    scheme, bias_std
):
    widths, names = (200, 400, 300, 150, 250), ("relu", "tanh", "silu")
    predicted = predict_propagation(
        widths, activation=names, init=scheme, bias_std=bias_std
    )
    samples = [
        measure_propagation(widths, names, scheme, seed=seed, bias_std=bias_std)
        for seed in range(20)
    ]
    forward, backward = (np.array(part) for part in zip(*samples, strict=True))
    # The theory neglects terms of order 1 / width.
    for measured, expected in (
        (forward, predicted.forward),
        (backward, predicted.backward),
    ):
        allowed = five_standard_errors(measured) + expected * 2 / min(widths)
        assert (np.abs(measured.mean(axis=0) - expected) < allowed).all()


def test_he_keeps_relu_signals_and_gradients_exactly_and_the_default_does_not():
    he = predict_propagation([64] * 21, activation="relu", init="he")
    np.testing.assert_allclose(he.forward, 2.0, rtol=1e-12)
    np.testing.assert_allclose(he.backward, 1.0, rtol=1e-12)
    default = predict_propagation([64] * 21, activation="relu", init="pytorch")
    np.testing.assert_allclose(default.backward_gain, 1 / math.sqrt(6), rtol=1e-12)
    np.testing.assert_allclose(default.forward[-1], 6.0**-19 / 3, rtol=1e-10)


def test_the_gain_of_an_activation_makes_it_keep_unit_pre_activations():
    for name in activations.NAMES:
        gain = activations.get(name).gain
        scheme = get("lecun", gain=gain)
        # Inputs as large as activations, so that already the first layer has q = 1.
        result = predict_propagation(
            [50] * 6, activation=name, init=scheme, input_second_moment=1 / gain**2
        )
        np.testing.assert_allclose(result.forward, 1.0, rtol=1e-9)


def test_the_backward_second_moment_is_the_product_of_the_gains_above():
    result = predict_propagation((8, 16, 32, 4), activation="tanh", init="xavier")
    assert result.forward.shape == result.backward.shape == (3,)
    first, second = result.backward_gain
    expected = [(first * second) ** 2, second**2, 1.0]
    np.testing.assert_allclose(result.backward, expected, rtol=1e-14)


def test_an_exploding_prediction_ends_in_infinity_without_a_warning():
    scheme = get("constant_std", std=1.0)
    result = predict_propagation([64] * 12, activation="squared_relu", init=scheme)
    assert np.isinf(result.forward[-1])
    assert np.isfinite(result.forward[:5]).all()
    assert np.isnan(result.backward_gain[-1])
    assert result.backward[-1] == 1


def test_a_vanishing_prediction_ends_in_zero_without_a_warning():
    scheme = get("constant_std", std=1e-3)
    result = predict_propagation([64] * 400, activation="relu", init=scheme)
    assert result.forward[-1] == 0
    assert result.backward[0] == 0


def test_a_network_without_hidden_layers_has_no_gain():
    result = predict_propagation((10, 3), init="lecun")
    np.testing.assert_allclose(result.forward, [1.0])
    assert result.backward_gain.shape == (0,)


# --- bad input ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("hee", {}, "`name` must be one of .*did you mean 'he'"),
        ("he", {"std": 1.0}, "`std` must be left out for 'he', got 1.0; pass `gain`"),
        ("pytorch", {"gain": 2.0}, "`gain` must be left out for 'pytorch'"),
        ("constant_std", {"gain": 2.0}, "`gain` must be left out .*pass `std`"),
        ("he", {"gain": -1.0}, "`gain` must be a finite number from 0 to inf"),
        ("constant_std", {"std": math.inf}, "`std` must be a finite number"),
        ("he", {"distribution": "unifrom"}, "did you mean 'uniform'"),
        ("orthogonal", {"distribution": "normal"}, "`distribution` must be one of"),
    ],
)
def test_schemes_that_make_no_sense_are_refused(name, settings, message):
    with pytest.raises(ValueError, match=message):
        get(name, **settings)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.predict_variance(0, 3), "`fan_in` must be an integer of at least"),
        (lambda s: s.predict_gain(3, -1), "`fan_out` must be an integer of at least 1"),
        (lambda s: draw(s, 2.5, 1), "`fan_in` must be an integer of at least 1"),
        (
            lambda s: s.fill_(torch.empty(3), generator=generator(0)),
            r"`weight` must be a tensor of shape \(fan_out, fan_in\), got \(3,\)",
        ),
        (
            lambda s: get("identity").fill_(
                torch.empty(3, 3, 1), generator=generator(0)
            ),
            "`weight` must be a tensor of shape",
        ),
    ],
)
def test_layers_that_make_no_sense_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(get("he"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"widths": (3,)}, "`widths` must be at least two integers"),
        ({"widths": (3, -4, 1)}, "`widths` must be an integer of at least 1, got -4"),
        ({"activation": "rellu"}, "did you mean 'relu'"),
        ({"activation": ["relu"]}, "one for each of 2 layers"),
        ({"init": "kaiming"}, "`init` must be one of"),
        ({"init": "identity"}, "`init` must be random"),
        ({"bias_std": -1}, "`bias_std` must be a finite number from 0"),
        ({"input_second_moment": math.nan}, "`input_second_moment` must be a finite"),
    ],
)
def test_predictions_that_make_no_sense_are_refused(change, message):
    arguments = {"widths": (3, 4, 4, 1), **change}
    with pytest.raises(ValueError, match=message):
        predict_propagation(arguments.pop("widths"), **arguments)


def test_predictions_do_not_need_torch():
    code = (
        "import sys; from rectified.initialization import predict_propagation;"
        "predict_propagation([9] * 9); print('torch' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"
