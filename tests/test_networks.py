import copy
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from rectified import activations, initialization
from rectified.networks import (
    CNN,
    MLP,
    RNN,
    CharTransformer,
    SquaredReLU,
    TransformerBlock,
    make_activation,
)

MAKERS = {
    "mlp": lambda **options: MLP((6, 5, 5, 3), **options),
    "cnn": lambda **options: CNN((1, 8, 8), 3, channels=(4, 5), **options),
    "rnn": lambda **options: RNN(6, 5, 3, **options),
    "transformer": lambda **options: TransformerBlock(8, heads=2, **options),
    "language": lambda **options: CharTransformer(
        7, width=8, heads=2, context=9, **options
    ),
}
each_network = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def make_inputs(model, n=4, seed=0, dtype=None):
    """Return random inputs that fit one of MAKERS."""
    generator = torch.Generator().manual_seed(seed)
    if isinstance(model, CharTransformer):
        return torch.randint(0, 7, (n, 9), generator=generator)
    shape = {MLP: (6,), CNN: (1, 8, 8), RNN: (7, 6), TransformerBlock: (9, 8)}
    return torch.randn(n, *shape[type(model)], generator=generator, dtype=dtype)


def count_parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def list_layers(model):
    return [m for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]


def make_by_hand(make):
    """Make a plain torch model right after seeding torch's global generator with 3."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return make()


# --- what all networks have in common -----------------------------------------


@each_network
def test_the_seed_decides_all_parameters(make):
    first, second, other = make(seed=1), make(seed=1), make(seed=2)
    for name, parameter in first.named_parameters():
        assert torch.equal(parameter, second.state_dict()[name])
    pairs = zip(list_layers(first), list_layers(other), strict=True)
    assert all((a.weight != b.weight).all() for a, b in pairs)


@each_network
def test_making_a_network_leaves_the_global_generators_alone(make):
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002
    make(seed=1)
    after = torch.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002
    assert torch.equal(before[0], after[0])
    assert before[1] == after[1]


@each_network
def test_one_generator_may_serve_several_networks(make):
    generator = torch.Generator().manual_seed(1)
    models = make(seed=generator), make(seed=generator), make(seed=1)
    first, second, alone = (list_layers(model)[0].weight for model in models)
    assert torch.equal(first, alone)
    assert (first != second).all()


@each_network
@pytest.mark.parametrize("activation", activations.NAMES)
def test_gradients_reach_every_parameter_with_every_activation(make, activation):
    model = make(seed=0, activation=activation)
    model(make_inputs(model, n=16)).square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


@each_network
def test_every_activation_is_a_module_of_its_own_that_hooks_see(make):
    model = make(seed=0, activation="relu")
    modules = [m for m in model.modules() if isinstance(m, nn.ReLU)]
    seen = []
    for module in modules:
        module.register_forward_hook(lambda module, _, out: seen.append((module, out)))
    model(make_inputs(model))
    depth = {MLP: 2, CNN: 2, RNN: 1, TransformerBlock: 1, CharTransformer: 2}
    assert len(modules) == depth[type(model)]
    calls = 7 if isinstance(model, RNN) else 1  # an RNN calls it in each of 7 steps
    assert [module for module, _ in seen] == [m for m in modules for _ in range(calls)]
    assert all((out >= 0).all() for _, out in seen)


@each_network
def test_copies_and_saved_states_compute_the_same(make):
    model, other = make(seed=0), make(seed=5)
    x = make_inputs(model)
    assert torch.equal(copy.deepcopy(model)(x), model(x))
    other.load_state_dict(model.state_dict())
    assert torch.equal(other(x), model(x))


@each_network
@pytest.mark.parametrize("scheme", ["pytorch", "xavier", "he", "orthogonal"])
def test_weights_have_the_variance_that_the_scheme_predicts(make, scheme):
    models = [make(seed=seed, init=scheme) for seed in range(40)]
    scheme = initialization.get(scheme)
    for layers in zip(*map(list_layers, models), strict=True):
        weight = torch.stack([layer.weight for layer in layers]).detach()
        kernel = math.prod(weight.shape[3:])
        fan_out, fan_in = weight.shape[1] * kernel, weight.shape[2] * kernel
        if scheme.name == "orthogonal":
            fan_out = weight.shape[1]  # the kernel is part of the input only
        variance = scheme.predict_variance(fan_in, fan_out)
        error = math.sqrt(2 / weight.numel())
        assert weight.square().mean().item() == pytest.approx(variance, rel=5 * error)


@each_network
def test_biases_start_as_asked(make):
    def biases(**options):
        layers = list_layers(make(seed=0, **options))
        return [layer.bias for layer in layers if layer.bias is not None]

    assert all((bias == 0).all() for bias in biases(bias_init="zeros"))
    assert all((bias == -0.5).all() for bias in biases(bias_init=-0.5))
    assert biases(bias_init=None) == []
    for layer in list_layers(make(seed=0)):
        if layer.bias is not None:
            bound = 1 / math.sqrt(layer.weight[0].numel())
            assert 0.3 * bound < layer.bias.abs().max() <= bound


@each_network
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "rellu"}, "`activation` must be one of .*did you mean 'relu'"),
        ({"init": "hee"}, "`init` must be one of .*did you mean 'he'"),
        ({"bias_init": "zero"}, "`bias_init` must be one of .*did you mean 'zeros'"),
        ({"bias_init": math.nan}, "`bias_init` must be a finite number, got nan"),
        ({"seed": -1}, "`seed` must be an integer of at least 0, got -1"),
        ({"seed": 0.5}, "`seed` must be an integer of at least 0, got 0.5"),
    ],
)
def test_options_that_make_no_sense_are_refused(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(**{"seed": 0, **options})


# --- activations as modules ---------------------------------------------------


@pytest.mark.parametrize("name", activations.NAMES)
def test_an_activation_module_computes_the_function_of_the_catalogue(name):
    z = torch.linspace(-8, 8, 101, dtype=torch.float64)
    values = make_activation(name).double()(z).detach().numpy()
    expected = activations.get(name).function(z.numpy())
    np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-14)


def test_an_activation_module_takes_its_parameters_from_the_catalogue():
    z = torch.tensor([-2.0])
    steep = activations.get("leaky_relu", negative_slope=0.5)
    assert make_activation(steep)(z).item() == -1.0
    learned = make_activation(activations.get("prelu", negative_slope=0.1))
    assert learned.weight.item() == pytest.approx(0.1)
    flat = make_activation(activations.get("elu", alpha=0.5))
    assert flat(z).item() == pytest.approx(0.5 * math.expm1(-2))


def test_a_learner_sees_the_modules_of_torch():
    shown = str(MLP((2, 3, 3, 1), activation=["relu", "gelu_tanh"], seed=0))
    assert "(activation_fn): ReLU()" in shown
    assert "(activation_fn): GELU(approximate='tanh')" in shown
    assert isinstance(make_activation("squared_relu"), SquaredReLU)


# --- multilayer perceptron ----------------------------------------------------


def plain_mlp():
    return nn.Sequential(
        nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)
    )


def test_by_default_an_mlp_is_what_plain_torch_makes_from_the_same_seed():
    x = torch.randn(10, 6, generator=torch.Generator().manual_seed(0))
    # Bounds are computed in another order, so the last digit may differ.
    torch.testing.assert_close(
        MLP((6, 5, 4, 3), seed=3)(x), make_by_hand(plain_mlp)(x), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(
    ("options", "per_hidden_unit"),
    [
        ({}, 1),
        ({"bias_init": None}, 0),
        ({"normalization": "batch"}, 3),
        ({"normalization": "layer"}, 3),
        ({"normalization": "rms"}, 2),
    ],
)
def test_an_mlp_has_the_expected_number_of_parameters(options, per_hidden_unit):
    widths = (6, 5, 4, 3)
    model = MLP(widths, seed=0, **options)
    weights = sum(a * b for a, b in pairwise(widths))
    biases_of_output = 0 if options == {"bias_init": None} else 3
    expected = weights + per_hidden_unit * (5 + 4) + biases_of_output
    assert count_parameters(model) == expected
    assert model.depth == 2
    assert model.widths == widths
    # A PReLU learns one slope per layer.
    assert count_parameters(MLP(widths, activation="prelu", seed=0, **options)) == (
        expected + 2
    )


def test_an_mlp_computes_what_numpy_does_with_its_weights():
    names = ["tanh", "squared_relu", "gelu"]
    model = MLP((6, 5, 4, 7, 3), activation=names, seed=0).double()
    x = make_inputs(model, dtype=torch.float64)
    signal = x.numpy()
    for layer, name in zip(model.hidden, names, strict=True):
        weight, bias = (p.detach().numpy() for p in layer.linear.parameters())
        signal = activations.get(name).function(signal @ weight.T + bias)
    weight, bias = (p.detach().numpy() for p in model.output.parameters())
    expected = signal @ weight.T + bias
    np.testing.assert_allclose(model(x).detach().numpy(), expected, rtol=1e-12)


def test_an_mlp_without_hidden_layers_is_linear():
    model = MLP((6, 3), seed=0)
    x = make_inputs(model)
    assert torch.equal(model(x), model.output(x))
    assert model.depth == 0


def test_an_mlp_takes_one_example_or_a_batch_of_sequences():
    model = MLP((6, 5, 3), seed=0)
    x = torch.randn(2, 7, 6, generator=torch.Generator().manual_seed(0))
    assert model(x).shape == (2, 7, 3)
    torch.testing.assert_close(model(x)[1, 4], model(x[1, 4]))


def pre_activations(model, x):
    """Return what enters each activation."""
    seen = []
    for layer in model.hidden:
        layer.activation_fn.register_forward_pre_hook(lambda _, z: seen.append(z[0]))
    model(x)
    return [z.detach() for z in seen]


def assert_all_near(values, expected, tolerance):
    assert (values - expected).abs().max() < tolerance


def test_normalizations_sit_between_the_weights_and_the_activation():
    x = 5 + 3 * torch.randn(50, 6, generator=torch.Generator().manual_seed(0))
    # An epsilon of 1e-5 beside variances from 1e-3 on takes 1 % at most.
    for axis, normalization in ((0, "batch"), (1, "layer")):
        model = MLP((6, 20, 20, 3), normalization=normalization, seed=0)
        for z in pre_activations(model, x):
            assert_all_near(z.mean(axis), 0, 1e-5)
            assert_all_near(z.var(axis, correction=0), 1, 0.02)
    for z in pre_activations(MLP((6, 20, 20, 3), normalization="rms", seed=0), x):
        assert_all_near(z.square().mean(1), 1, 1e-3)


@pytest.mark.parametrize(
    ("normalization", "module"),
    [("batch", nn.BatchNorm1d), ("layer", nn.LayerNorm), ("rms", nn.RMSNorm)],
)
def test_a_normalized_mlp_equals_plain_torch(normalization, module):
    model = MLP((6, 5, 3), normalization=normalization, activation="silu", seed=0)
    plain = nn.Sequential(nn.Linear(6, 5), module(5), nn.SiLU(), nn.Linear(5, 3))
    plain[0].load_state_dict(model.hidden[0].linear.state_dict())
    plain[3].load_state_dict(model.output.state_dict())
    x = make_inputs(model, n=8)
    for mode in (True, False):  # batch normalization differs between the two
        torch.testing.assert_close(model.train(mode)(x), plain.train(mode)(x))


@pytest.mark.parametrize("normalization", [None, "batch", "layer", "rms"])
def test_a_residual_layer_adds_its_input_to_its_output(normalization):
    options = {"normalization": normalization, "activation": "tanh", "seed": 0}
    model = MLP((6, 5, 5, 4, 4, 3), residual=True, **options)
    assert [layer.skips for layer in model.hidden] == [False, True, False, True]
    signal = make_inputs(model, n=8)
    expected = signal
    for layer in model.hidden:
        z = layer.linear(expected)
        branch = torch.tanh(z if normalization is None else layer.normalization(z))
        expected = expected + branch if layer.skips else branch
    torch.testing.assert_close(model(signal), model.output(expected))
    assert "skips=True" in str(model)


def test_a_residual_network_of_zero_weights_passes_its_input_on():
    zero = initialization.get("constant_std", std=0.0)
    options = {"init": zero, "bias_init": "zeros", "activation": "relu", "seed": 0}
    model = MLP((5, 5, 5, 5, 1), residual=True, **options)
    x = torch.randn(4, 5, generator=torch.Generator().manual_seed(0))
    for layer in model.hidden:
        assert torch.equal(layer(x), x)


def test_a_deep_residual_network_hands_gradients_down_where_a_plain_one_does_not():
    norms = {}
    for residual in (False, True):
        model = MLP((20,) * 31 + (1,), residual=residual, activation="tanh", seed=0)
        x = torch.randn(8, 20, generator=torch.Generator().manual_seed(0))
        model(x).sum().backward()
        norms[residual] = model.hidden[0].linear.weight.grad.norm().item()
    # The default's gain of 0.58 per layer makes 0.58^30 = 8e-8 of it.
    assert norms[False] < 1e-5 * norms[True]


# --- convolutional network ----------------------------------------------------


def plain_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 4 * 4, 10),
    )


def test_by_default_a_cnn_is_what_plain_torch_makes_from_the_same_seed():
    model, plain = CNN(seed=3), make_by_hand(plain_cnn)
    x = make_inputs(model)
    torch.testing.assert_close(model(x), plain(x), rtol=1e-5, atol=1e-6)
    assert count_parameters(model) == count_parameters(plain) == 9930


@pytest.mark.parametrize(
    ("image", "channels", "features"),
    [
        ((1, 24, 24), (4, 8, 8), 8 * 6 * 6),
        ((1, 129, 15), (4, 8), 8 * 65 * 8),
        ((3, 5, 4), (2,), 2 * 5 * 4),
        ((1, 1, 1), (2, 2), 2),
    ],
)
def test_a_cnn_fits_images_of_any_size(image, channels, features):
    model = CNN(image, 4, channels=channels, seed=0)
    assert model.output.in_features == features
    assert model(torch.zeros(2, *image)).shape == (2, 4)


def test_a_cnn_normalizes_each_channel_before_the_activation():
    model = CNN(batch_normalization=True, activation=["relu", "tanh"], seed=0)
    x = 3 + torch.randn(50, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    for z in pre_activations(model, x):
        assert_all_near(z.mean((0, 2, 3)), 0, 1e-5)
        assert_all_near(z.var((0, 2, 3), correction=0), 1, 0.02)
    assert isinstance(model.hidden[1].activation_fn, nn.Tanh)


# --- recurrent network --------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_an_rnn_equals_the_one_of_torch_with_its_weights(activation):
    model = RNN(6, 5, 3, activation=activation, seed=0).double()
    plain = nn.RNN(6, 5, nonlinearity=activation, batch_first=True).double()
    with torch.no_grad():
        plain.weight_ih_l0.copy_(model.input.weight)
        plain.weight_hh_l0.copy_(model.recurrent.weight)
        plain.bias_ih_l0.copy_(model.input.bias)
        plain.bias_hh_l0.zero_()
    x = make_inputs(model, dtype=torch.float64)
    states, last = plain(x)
    torch.testing.assert_close(torch.stack(model.run(x), 1), states)
    torch.testing.assert_close(model(x), model.output(last[0]))
    model(x).sum().backward()
    model.output(plain(x)[1][0]).sum().backward()
    torch.testing.assert_close(model.recurrent.weight.grad, plain.weight_hh_l0.grad)
    torch.testing.assert_close(model.input.weight.grad, plain.weight_ih_l0.grad)
    assert count_parameters(model) == 6 * 5 + 5 + 5 * 5 + 5 * 3 + 3


def test_an_irnn_remembers_its_first_step_and_hands_the_whole_gradient_back():
    model = RNN(
        2, 5, 3, activation="relu", recurrent_init="identity", bias_init="zeros", seed=0
    )
    assert torch.equal(model.recurrent.weight.detach(), torch.eye(5))
    x = torch.zeros(4, 100, 2)
    x[:, 0] = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    states = model.run(x)
    states[0].retain_grad()
    states[-1].sum().backward()
    assert torch.equal(states[-1], states[0])
    active = (states[0] > 0).float()
    assert torch.equal(states[0].grad, active)
    assert 0 < active.mean() < 1


def test_the_recurrent_weights_may_have_a_scheme_of_their_own():
    small = initialization.get("constant_std", std=0.001)
    scaled = initialization.get("identity", gain=0.5)
    model = RNN(6, 50, 3, init=small, recurrent_init=scaled, seed=0)
    assert torch.equal(model.recurrent.weight.detach(), 0.5 * torch.eye(50))
    assert model.input.weight.std().item() == pytest.approx(0.001, rel=0.25)
    assert model.output.weight.std().item() == pytest.approx(0.001, rel=0.35)


def test_an_rnn_reads_sequences_of_any_length():
    model = RNN(6, 5, 3, seed=0)
    assert len(model.run(torch.zeros(2, 1, 6))) == 1
    assert model(torch.zeros(2, 40, 6)).shape == (2, 3)


# --- transformer --------------------------------------------------------------


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(
    ("activation", "function"),
    [("relu", nn.functional.relu), ("gelu", nn.functional.gelu)],
)
def test_a_transformer_block_equals_the_one_of_torch(activation, function, causal):
    block = TransformerBlock(8, heads=2, activation=activation, causal=causal, seed=0)
    plain = nn.TransformerEncoderLayer(
        8, 2, 32, dropout=0.0, activation=function, batch_first=True, norm_first=True
    )
    pairs = {
        "self_attn.in_proj_": block.attention.query_key_value,
        "self_attn.out_proj.": block.attention.projection,
        "linear1.": block.ffn.up,
        "linear2.": block.ffn.down,
        "norm1.": block.attention_norm,
        "norm2.": block.ffn_norm,
    }
    state = {
        name + kind: getattr(module, kind)
        for name, module in pairs.items()
        for kind in ("weight", "bias")
    }
    plain.load_state_dict(state)
    mask = nn.Transformer.generate_square_subsequent_mask(9) if causal else None
    x = make_inputs(block)
    torch.testing.assert_close(block(x), plain(x, src_mask=mask))
    assert count_parameters(block) == count_parameters(plain)


@pytest.mark.parametrize("normalization", ["layer", "rms", None])
def test_a_block_normalizes_before_each_part_and_adds_what_comes_out(normalization):
    block = TransformerBlock(8, heads=2, normalization=normalization, seed=0)
    x = make_inputs(block)
    norms = block.attention_norm, block.ffn_norm
    first, second = (norm or nn.Identity() for norm in norms)
    middle = x + block.attention(first(x))
    expected = middle + block.ffn.down(torch.relu(block.ffn.up(second(middle))))
    torch.testing.assert_close(block(x), expected)
    kind = {"layer": nn.LayerNorm, "rms": nn.RMSNorm, None: type(None)}[normalization]
    assert all(isinstance(norm, kind) for norm in norms)


def test_only_relu_like_activations_leave_exact_zeros_in_the_feed_forward_network():
    x = torch.randn(8, 20, 48, generator=torch.Generator().manual_seed(0))
    shares = {}
    for activation in ("relu", "squared_relu", "gelu", "silu"):
        ffn = TransformerBlock(48, activation=activation, seed=0).ffn
        zeros = ffn.activation_fn(ffn.up(x)) == 0
        shares[activation] = zeros.float().mean().item()
    # 192 units with random weights: half of them, to within 5 / (2 sqrt(192)).
    assert shares["relu"] == pytest.approx(0.5, abs=0.18)
    assert shares["squared_relu"] == shares["relu"]
    assert shares["gelu"] == shares["silu"] == 0


def test_a_character_is_predicted_from_those_before_it_only():
    model = MAKERS["language"](seed=0)
    codes = make_inputs(model)
    changed = codes.clone()
    changed[:, 5] = (changed[:, 5] + 1) % 7
    before, after = model(codes), model(changed)
    assert torch.equal(before[:, :5], after[:, :5])
    # From the change on, every prediction may and does use it.
    assert ((before - after)[:, 5:].abs().amax(-1) > 0).all()


def test_a_language_model_tells_places_apart():
    model = MAKERS["language"](seed=0)
    logits = model(torch.zeros(1, 9, dtype=torch.int64))[0]
    assert (logits[1:] - logits[:-1]).abs().amax(-1).min() > 0


def test_a_language_model_has_the_expected_number_of_parameters():
    model = CharTransformer(96, width=48, depth=2, ffn_width=192, context=48, seed=0)
    block = (4 * 48 * 48 + 4 * 48) + (2 * 48 * 192 + 192 + 48) + 2 * 2 * 48
    expected = (96 + 48) * 48 + 2 * block + 2 * 48 + (48 * 96 + 96)
    assert count_parameters(model) == expected
    assert model(torch.zeros(2, 30, dtype=torch.int64)).shape == (2, 30, 96)


def test_the_blocks_of_a_language_model_may_differ_in_their_activation():
    model = CharTransformer(96, activation=["relu", "gelu"], seed=0)
    kinds = [type(block.ffn.activation_fn) for block in model.blocks]
    assert kinds == [nn.ReLU, nn.GELU]
    first, second = (block.ffn.up.weight for block in model.blocks)
    assert (first != second).all()


# --- bad input ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP((3,), seed=0), r"`widths` must be at least two integers .*\(3,\)"),
        (
            lambda: MLP((3, -8, 1), seed=0),
            "`widths` must be an integer .* got -8",
        ),
        (
            lambda: MLP((3, 0, 1), seed=0),
            "`widths` must be an integer .* got 0",
        ),
        (lambda: MLP((3, 2.5, 1), seed=0), "`widths` must be an integer of at least 1"),
        (
            lambda: MLP((3, 4, 4, 1), activation=["relu"], seed=0),
            "`activation` must be one name, or one for each of 2 layers",
        ),
        (
            lambda: MLP((3, 4, 1), normalization="batchnorm", seed=0),
            "`normalization` must be one of .*did you mean 'batch'",
        ),
        (lambda: MLP((3, 4, 5, 5), residual=True, seed=0), "`residual` must be False"),
        (lambda: CNN((8, 8), seed=0), "`image_shape` must be three integers"),
        (
            lambda: CNN((1, 0, 8), seed=0),
            "`image_shape` must be an integer of",
        ),
        (
            lambda: CNN(n_outputs=0, seed=0),
            "`n_outputs` must be an integer of",
        ),
        (lambda: CNN(channels=(), seed=0), "`channels` must be non-empty"),
        (lambda: CNN(init="identity", seed=0), "`weight` must be a tensor of shape"),
        (lambda: RNN(3, -1, 2, seed=0), "`n_units` must be an integer of at least 1"),
        (
            lambda: RNN(3, 4, 2, recurrent_init="identty", seed=0),
            "`recurrent_init` must be one of .*did you mean 'identity'",
        ),
        (
            lambda: TransformerBlock(10, heads=4, seed=0),
            "`heads` must be a divisor of `width`, which is 10, got 4",
        ),
        (
            lambda: TransformerBlock(8, ffn_width=0, seed=0),
            "`ffn_width` must be an integer of at least 1",
        ),
        (
            lambda: TransformerBlock(8, normalization="batch", seed=0),
            "`normalization` must be one of 'layer', 'rms'",
        ),
        (lambda: CharTransformer(0, seed=0), "`n_characters` must be an integer of at"),
        (
            lambda: CharTransformer(9, depth=0, seed=0),
            "`depth` must be an integer",
        ),
    ],
)
def test_networks_that_make_no_sense_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (
            "mlp",
            (4, 7),
            "`x` must be a tensor of 1 or 2 or 3 dimensions with 6",
        ),
        ("cnn", (4, 8, 8), "`x` must be a tensor of 4 dimensions with 1 entries"),
        ("cnn", (4, 1, 8, 9), "with 8 entries on axis 3"),
        ("rnn", (4, 6), "`x` must be a tensor of 3 dimensions with 6 entries"),
        ("rnn", (4, 0, 6), "`x` must be sequences of at least one step"),
        ("transformer", (4, 9, 7), "with 8 entries on axis -1"),
        ("language", (4, 10), "`codes` must be a tensor .* with at most 9 steps"),
        ("language", (9,), "`codes` must be a tensor of shape"),
    ],
)
def test_inputs_of_another_shape_are_refused(name, shape, message):
    model = MAKERS[name](seed=0)
    dtype = torch.int64 if name == "language" else None
    with pytest.raises(ValueError, match=message):
        model(torch.zeros(shape, dtype=dtype))
