"""The face of `inspect`: what it takes, what it says, what it refuses."""

import html.parser
import itertools
import json
import math
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from rectified import probes


def make_model(*widths, act=nn.ReLU, seed=0):
    torch.manual_seed(seed)
    layers = []
    for fan_in, fan_out in itertools.pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out), act()]
    return nn.Sequential(*layers[:-1])


def make_data(rows=50, features=3, seed=1):
    rng = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, features, generator=rng)
    return x, x.sin().sum(1, keepdim=True)


# --- batches and loaders ------------------------------------------------------


def as_loader(x, y):
    return DataLoader(TensorDataset(x, y), batch_size=7)


def as_generator(x, y):
    return (pair for pair in zip(x.split(11), y.split(11), strict=True))


@pytest.mark.parametrize(("load", "batches"), [(as_loader, 8), (as_generator, 5)])
def test_batches_of_a_loader_count_as_one_batch(load, batches):
    model, (x, y) = make_model(3, 8, 5, 1), make_data()
    whole = probes.inspect(model, x)
    parts = probes.inspect(model, load(x, y))
    assert (parts.examples, parts.batches) == (
        50,
        math.ceil(50 / (11, 7)[load is as_loader]),
    )
    for one, other in zip(whole.activations, parts.activations, strict=True):
        assert one.values == other.values
        for name in ("dead_unit", "active_fraction", "zero_fraction"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        for name in ("pre_activation_mean", "pre_activation_sd", "activation_sd"):
            a, b = getattr(one, name), getattr(other, name)
            # float32 means of different batches, then float64.
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_a_unit_is_dead_only_if_silent_in_every_batch():
    model = nn.Sequential(nn.Linear(1, 2, bias=False), nn.ReLU())
    model[0].weight.data = torch.tensor([[1.0], [-1.0]])
    plus, minus = torch.ones(4, 1), -torch.ones(4, 1)
    assert probes.inspect(model, [plus, plus])["1"].dead_unit.tolist() == [False, True]
    assert not probes.inspect(model, [plus, minus])["1"].dead_unit.any()


def test_a_silent_unit_is_dead_even_if_its_output_is_minus_zero():
    model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU())
    model[0].weight.data.fill_(-0.0)
    assert probes.inspect(model, torch.ones(5, 1))["1"].dead_unit.all()


def test_gradient_norms_over_batches_are_root_mean_squares():
    model, (x, y) = make_model(3, 6, 1), make_data(20)
    both = probes.inspect(model, [(x[:10], y[:10]), (x[10:], y[10:])], loss=F.mse_loss)
    halves = [
        probes.inspect(model, x[part], target=y[part], loss=F.mse_loss)
        for part in (slice(10), slice(10, 20))
    ]
    for i, report in enumerate(both.parameters):
        norms = [half.parameters[i].gradient_norm for half in halves]
        expected = math.sqrt(np.mean(np.square(norms)))
        assert report.gradient_norm == pytest.approx(expected, rel=1e-6)
    norms = [half["1"].gradient_norm for half in halves]
    expected = np.sqrt(np.mean(np.square(norms), axis=0))
    np.testing.assert_allclose(both["1"].gradient_norm, expected, rtol=1e-6)
    assert both.loss == pytest.approx(np.mean([half.loss for half in halves]))


def test_the_gradient_of_an_activation_is_the_one_autograd_keeps():
    model, (x, y) = make_model(3, 6, 4, 1), make_data()
    a1 = model[1](model[0](x))
    a2 = model[3](model[2](a1))
    a1.retain_grad(), a2.retain_grad()
    F.mse_loss(model[4](a2), y).backward()
    seen = probes.inspect(model, x, target=y, loss=F.mse_loss)
    for name, kept in (("1", a1), ("3", a2)):
        expected = kept.grad.norm(dim=0)
        np.testing.assert_allclose(seen[name].gradient_norm, expected, rtol=1e-5)
        total = float(kept.grad.norm())
        assert seen[name].total_gradient_norm == pytest.approx(total, rel=1e-5)


def test_the_gradient_through_time_is_the_sum_over_steps():
    rnn = nn.RNN(2, 3, nonlinearity="relu")
    x = torch.randn(5, 4, 2, generator=torch.Generator().manual_seed(0))
    loss = lambda output: output[0].square().sum()  # noqa: E731
    seen = probes.inspect(rnn, x, loss=loss)["l0.relu"]
    state, states = torch.zeros(4, 3), []
    for step in x:
        z = step @ rnn.weight_ih_l0.T + rnn.bias_ih_l0
        state = (z + state @ rnn.weight_hh_l0.T + rnn.bias_hh_l0).relu()
        state.retain_grad()
        states.append(state)
    torch.stack(states).square().sum().backward()
    squares = sum(state.grad.square().sum(0) for state in states)
    np.testing.assert_allclose(seen.gradient_norm, squares.sqrt(), rtol=1e-5)


def test_gradients_too_small_for_squares_in_float32_are_right():
    model, (x, _) = make_model(3, 4, 1), make_data()
    plain = probes.inspect(model, x, loss=lambda y: y.sum())
    tiny = probes.inspect(model, x, loss=lambda y: y.sum() * 1e-30)
    for one, other in zip(plain.parameters, tiny.parameters, strict=True):
        assert other.gradient_norm == pytest.approx(1e-30 * one.gradient_norm, rel=1e-5)
    expected = 1e-30 * plain["1"].gradient_norm
    np.testing.assert_allclose(tiny["1"].gradient_norm, expected, rtol=1e-5)


# --- what the numbers mean ----------------------------------------------------


def test_the_two_spreads_add_up_to_the_variance_of_all_values():
    model, (x, _) = make_model(3, 7, 1), make_data()
    report = probes.inspect(model, x)["1"]
    z = model[0](x).detach().numpy().astype(np.float64)
    total = report.spread_across_inputs**2 + report.spread_across_units**2
    assert total == pytest.approx(z.var(), rel=1e-5)
    assert report.input_share == pytest.approx(z.var(0).mean() / z.var(), rel=1e-5)
    assert report.rms == pytest.approx(math.sqrt((z**2).mean()), rel=1e-5)


def test_half_of_the_units_behind_symmetric_weights_are_active():
    # Zero-mean Gaussian pre-activations are positive half of the time; 256 units x
    # 400 examples, correlated within a unit: sd of the mean below 0.5 / 16.
    torch.manual_seed(0)
    layer = nn.Linear(64, 256, bias=False)
    report = probes.inspect(nn.Sequential(layer, nn.ReLU()), torch.randn(400, 64))["1"]
    assert report.active_fraction.mean() == pytest.approx(0.5, abs=5 * 0.5 / 16 / 16)


@pytest.mark.parametrize(
    ("act", "edge"), [(nn.Tanh, 2.178), (nn.Sigmoid, 4.357), (nn.Hardtanh, 1.0)]
)
def test_the_saturated_share_of_gaussian_input_is_that_of_its_tails(act, edge):
    x = torch.randn(200_000, 1, generator=torch.Generator().manual_seed(0)) * 2
    report = probes.inspect(nn.Sequential(act()), x)["0"]
    expected = math.erfc(edge / 2 / math.sqrt(2))
    error = math.sqrt(expected * (1 - expected) / len(x))
    assert report.saturated_fraction[0] == pytest.approx(expected, abs=5 * error)


def test_a_stricter_threshold_finds_fewer_saturated_values():
    x = torch.randn(1000, 4) * 3
    shares = [
        probes.inspect(nn.Tanh(), x, saturation=t)["tanh"].saturated_fraction.mean()
        for t in (0.001, 0.05, 0.5)
    ]
    assert 0 < shares[0] < shares[1] < shares[2] < 1


def test_leaky_relu_is_never_saturated_and_its_units_never_dead():
    model = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.01))
    model[0].bias.data.fill_(-100)
    report = probes.inspect(model, make_data()[0])["1"]
    assert not report.saturated_fraction.any()
    assert not report.dead_unit.any()
    assert (report.inactive_fraction == 1).all()


def test_dropout_changes_what_is_measured_only_in_training_mode():
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 4), nn.ReLU())
    x = make_data()[0]
    first, second = (probes.inspect(model.train(), x)["2"] for _ in range(2))
    still = probes.inspect(model.eval(), x)
    # The random numbers are as before, so the same values are dropped again.
    assert np.array_equal(first.pre_activation_mean, second.pre_activation_mean)
    assert not np.array_equal(first.pre_activation_mean, still["2"].pre_activation_mean)
    assert not still.notes
    assert "dropout" in probes.inspect(model.train(), x).notes[0]


def test_batch_norm_uses_the_batch_in_training_and_its_own_numbers_in_evaluation():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.ReLU())
    x = make_data()[0] * 5 + 2
    training = probes.inspect(model.train(), x)
    np.testing.assert_allclose(training["1"].pre_activation_sd, 1, rtol=1e-4)
    evaluation = probes.inspect(model.eval(), x)["1"]
    np.testing.assert_allclose(
        evaluation.pre_activation_sd, x.numpy().std(0), rtol=1e-4
    )
    assert "batch norm" in training.notes[0]


def test_half_precision_and_autocast_are_measured_in_their_own_rounding():
    model, (x, _) = make_model(3, 64, 1), make_data(200)
    exact = probes.inspect(model, x)["1"].active_fraction
    with torch.autocast("cpu", torch.bfloat16):
        cast = probes.inspect(model, x, loss=lambda y: y.sum())
    # bfloat16 keeps 8 bits: a few values change sign near zero.
    np.testing.assert_allclose(cast["1"].active_fraction, exact, atol=0.03)
    assert np.isfinite(cast["1"].gradient_norm).all()
    model.half()
    half = probes.inspect(model, x.half(), loss=lambda y: y.sum())["1"]
    np.testing.assert_allclose(half.active_fraction, exact, atol=0.01)


# --- choices ------------------------------------------------------------------


class Looped(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.Linear(3, 3)

    def forward(self, x):
        for _ in range(4):
            x = F.relu(self.cell(x))
        return x


def test_calls_with_the_same_weights_are_one_or_on_request_several():
    model, (x, _) = Looped(), make_data()
    (one,) = probes.inspect(model, x).activations
    four = probes.inspect(model, [x, x], separate_calls=True).activations
    assert (one.name, one.calls, one.values) == ("relu", 4, 200)
    assert [part.name for part in four] == ["relu", "relu[2]", "relu[3]", "relu[4]"]
    assert [part.calls for part in four] == [2] * 4
    joint = np.mean([part.active_fraction for part in four], axis=0)
    np.testing.assert_allclose(one.active_fraction, joint, rtol=1e-12)


class Gate(nn.Module):
    """ReLU by arithmetic, which shows no activation."""

    def forward(self, x):
        return x * (x > 0)


def test_arithmetic_is_seen_if_its_module_is_named():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), Gate())
    x = make_data()[0]
    assert not probes.inspect(model, x).activations
    report = probes.inspect(model, x, also=[Gate], loss=lambda y: y.sum())["1"]
    expected = probes.inspect(nn.Sequential(model[0], nn.ReLU()), x)["1"]
    assert report.function == "Gate"
    np.testing.assert_array_equal(report.zero_fraction, expected.zero_fraction)
    np.testing.assert_allclose(report.gradient_norm, math.sqrt(50))


def test_a_named_module_counts_as_a_whole():
    class Squared(nn.Module):
        def forward(self, x):
            return F.relu(x).square()

    seen = probes.inspect(nn.Sequential(Squared()), make_data()[0], also=(Squared,))
    assert [report.function for report in seen.activations] == ["Squared"]


@pytest.mark.parametrize("axis", [1, -2, {"relu": 1}])
def test_the_axis_of_the_units_can_be_given(axis):
    class Mixed(nn.Module):
        def forward(self, x):
            return F.relu(x)

    x = torch.randn(8, 3, 5)
    assert probes.inspect(Mixed(), x)["relu"].units == 5
    assert probes.inspect(Mixed(), x, unit_axis=axis)["relu"].units == 3


# --- where the sight ends -----------------------------------------------------


def test_the_gates_of_an_lstm_are_named_as_unseen():
    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.out = nn.LSTM(3, 4), nn.Linear(4, 2)

        def forward(self, x):
            return self.out(self.lstm(x)[0]).relu()

    seen = probes.inspect(Reader(), torch.randn(5, 2, 3), loss=lambda y: y.sum())
    assert seen.notes == ("`lstm`: the gates of LSTM cannot be seen",)
    assert [report.name for report in seen.activations] == ["relu"]


def test_a_recurrent_layer_in_one_kernel_is_named_as_unseen(monkeypatch):
    # On a GPU, cuDNN runs all steps at once and no single operation shows.
    monkeypatch.setattr(
        "rectified.probes.capture.look_inside",
        lambda func, name, args, keywords: (func(*args, **keywords), {}),
    )
    seen = probes.inspect(nn.RNN(3, 4), torch.randn(5, 2, 3))
    assert not seen.activations
    assert "one kernel" in seen.notes[0]


def test_torchscript_is_named_as_unseen_and_left_as_it_was():
    inner = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.ReLU())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that TorchScript will go
        compiled = torch.jit.script(inner)
    model = nn.Sequential(nn.Linear(3, 3), compiled, nn.ReLU())
    before = {name: value.clone() for name, value in compiled.state_dict().items()}
    seen = probes.inspect(model, make_data()[0], loss=lambda y: y.sum())
    assert [report.name for report in seen.activations] == ["2"]
    assert any("`1`: TorchScript" in note for note in seen.notes)
    assert sum("TorchScript" in note for note in seen.notes) == 1
    for name, value in compiled.state_dict().items():
        assert torch.equal(value, before[name])


def test_activations_under_vmap_are_named_as_unseen():
    class Mapped(nn.Module):
        def forward(self, x):
            return torch.func.vmap(F.relu)(x)

    seen = probes.inspect(Mapped(), make_data()[0])
    assert not seen.activations
    assert "relu" in seen.notes[0]


def test_a_model_without_activations_or_parameters_is_fine():
    seen = probes.inspect(nn.Identity(), make_data()[0], loss=lambda y: y.sum())
    assert not seen.activations
    assert not seen.parameters
    assert seen.output.mean.size == 3


def test_a_frozen_model_has_no_gradients_but_all_else():
    model, (x, _) = make_model(3, 4, 1).requires_grad_(False), make_data()
    seen = probes.inspect(model, x, loss=lambda y: y.sum(), learning_rate=0.1)
    assert np.isnan(seen["1"].gradient_norm).all()
    assert math.isnan(seen.parameters[0].gradient_norm)
    assert math.isnan(seen.parameters[0].update_ratio)
    assert math.isfinite(seen.loss)


# --- values that are not finite -----------------------------------------------


def place_of(model, x, **options):
    return probes.inspect(model, x, **options).first_non_finite


def test_the_first_place_that_is_not_finite_is_named():
    x, y = make_data()
    assert place_of(make_model(3, 4, 4, 1), x) is None
    bad = x.clone()
    bad[3, 1] = math.nan
    assert place_of(make_model(3, 4, 1), bad) == "the batch"
    model = make_model(3, 4, 4, 1)
    model[2].weight.data[1, 2] = math.inf
    assert place_of(model, x) == "the parameter `2.weight`"
    model = make_model(3, 4, 4, 1)
    model[2].weight.data.fill_(1e38)
    model[0].bias.data.fill_(10)
    assert place_of(model, x) == "the output of `2` (Linear)"
    square_root = lambda output, target: (output - output).abs().sqrt().sum()  # noqa: E731
    model = make_model(3, 4, 1)
    place = place_of(model, x, target=y, loss=square_root)
    assert place == "the gradient of `0.weight`"
    logarithm = lambda output, target: (output - output - 1).log().sum()  # noqa: E731
    assert place_of(model, x, target=y, loss=logarithm) == "the loss"


def test_a_functional_overflow_is_found_at_the_next_activation():
    class Divides(nn.Module):
        def forward(self, x):
            return F.relu(x / 0.0)

    assert place_of(Divides(), make_data()[0]) == "the input of `relu`"


def test_minus_infinity_in_an_attention_mask_is_no_alarm():
    class Mask(nn.Module):
        def forward(self, x):
            return torch.zeros(5, 5).masked_fill(
                torch.ones(5, 5).triu(1) > 0, -math.inf
            )

    class Attends(nn.Module):
        def __init__(self):
            super().__init__()
            self.mask, self.attend = (
                Mask(),
                nn.MultiheadAttention(4, 2, batch_first=True),
            )

        def forward(self, x):
            return self.attend(x, x, x, attn_mask=self.mask(x))[0]

    assert place_of(Attends(), torch.randn(2, 5, 4)) is None


@pytest.mark.parametrize("value", [1e30, 3e38])
def test_large_but_finite_values_are_no_alarm(value):
    x = torch.full((10, 3), value)
    seen = probes.inspect(nn.Sequential(nn.Identity(), nn.ReLU()), x)
    assert seen.first_non_finite is None
    np.testing.assert_allclose(seen["1"].pre_activation_mean, value, rtol=1e-6)


def test_a_diverged_unit_is_neither_dead_nor_always_on():
    model = make_model(3, 4, 1)
    model[0].weight.data[1] = math.nan
    report = probes.inspect(model, make_data()[0])["1"]
    assert report.non_finite.tolist() == [0, 100, 0, 0]
    assert not report.dead_unit[1]
    assert not report.always_on_unit[1]
    assert np.isnan(report.active_fraction[1])
    assert np.isfinite(report.active_fraction[[0, 2, 3]]).all()
    assert np.isfinite(report.spread_across_units)


# --- the output ---------------------------------------------------------------


@pytest.mark.parametrize(
    "last",
    [
        lambda x: F.relu(x),
        lambda x: F.relu(x).squeeze(-1),
        lambda x: F.relu(x, inplace=True),
        lambda x: (F.relu(x), x),
        lambda x: {"out": F.relu(x)},
        lambda x: F.dropout(F.relu(x), 0.5, training=False),
    ],
)
def test_an_activation_at_the_output_is_noticed(last):
    model = _Ends(last)
    assert probes.inspect(model, make_data()[0]).output_activation == "relu"
    seen = probes.inspect(model, make_data()[0], loss=lambda y: _first(y).sum())
    assert seen.output_activation == "relu"


@pytest.mark.parametrize(
    "last",
    [
        lambda x: x,
        lambda x: F.relu(x) - 1,
        lambda x: F.relu(x).sub_(1),
        lambda x: F.relu(x) @ torch.ones(1, 1),
        lambda x: torch.cat([F.relu(x), x]),
    ],
)
def test_an_activation_before_the_output_is_not_taken_for_one(last):
    assert probes.inspect(_Ends(last), make_data()[0]).output_activation is None


class _Ends(nn.Module):
    def __init__(self, last):
        super().__init__()
        self.linear, self.last = nn.Linear(3, 1), last

    def forward(self, x):
        return self.last(self.linear(x))


def _first(output):
    if isinstance(output, dict):
        output = tuple(output.values())
    return output[0] if isinstance(output, tuple) else output


# --- texts --------------------------------------------------------------------


class _Checker(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.count = [], {}

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.count[tag] = self.count.get(tag, 0) + 1

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_report_is_told_as_text_html_and_json():
    model, (x, y) = make_model(3, 4, 1), make_data()
    seen = probes.inspect(model, x, target=y, loss=F.mse_loss, learning_rate=0.1)
    text = seen.summary()
    assert str(seen) == text
    assert "50 examples in 1 batch" in text.splitlines()[0]
    assert "0.weight" in text
    lines = text.splitlines()
    assert len({len(line) for line in lines if line.startswith(("0.", "2."))}) == 1
    checker = _Checker()
    checker.feed(seen._repr_html_())
    assert not checker.open
    assert checker.count["caption"] == checker.count["table"] == 2
    assert checker.count["th"] == 10 + 6 + 1 + 4
    content = json.loads(json.dumps(seen.to_dict(), allow_nan=False))
    assert content["activations"][0]["dead_unit"] == seen["1"].dead_unit.tolist()
    assert content["parameters"][0]["shape"] == [4, 3]
    assert content["inputs"]["values"] == 50


def test_names_are_escaped_in_html():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("<b>&", nn.ReLU())

        def forward(self, x):
            return getattr(self, "<b>&")(x)

    page = probes.inspect(Odd(), make_data()[0])._repr_html_()
    assert "&lt;b&gt;&amp;" in page
    assert "<b>" not in page


def test_an_unknown_name_is_answered_with_the_nearest():
    seen = probes.inspect(Looped(), make_data()[0])
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        seen["rellu"]


def test_shares_are_only_rounded_to_all_or_none_if_they_are():
    from rectified.probes.tables import write_number, write_share

    shares = [0, 1e-5, 0.05, 0.5, 0.123456, 0.99999, 1, math.nan]
    expected = ["0 %", "<0.1 %", "5 %", "50 %", "12.3 %", ">99.9 %", "100 %", "–"]
    assert [write_share(share) for share in shares] == expected
    assert [write_number(x) for x in (0, 1.23456, 1e-9, math.nan, math.inf)] == [
        "0",
        "1.23",
        "1e-09",
        "–",
        "inf",
    ]


# --- refusals -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (torch.zeros(0, 3), r"`batch` must be non-empty, got \(0, 3\)"),
        ([torch.zeros(4, 3), torch.zeros(0, 3)], "`batch` must be non-empty"),
        ([], "`batch` must be non-empty"),
        (iter(()), "`batch` must be non-empty"),
        ((), "`batch` must be made of tensors"),
        (np.zeros((4, 3)), "torch.as_tensor"),
        ("text", "got 'str'"),
        (3, "got 'int'"),
        (None, "got 'NoneType'"),
        ([(1, 2, 3)], r"put several inputs into one tuple"),
        ([4], "`batch` must be inputs"),
    ],
)
def test_a_batch_that_cannot_be_used_is_refused(batch, message):
    with pytest.raises(ValueError, match=message):
        probes.inspect(make_model(3, 4, 1), batch)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": lambda y: y}, r"`loss` must be a function that returns one number"),
        ({"loss": lambda y: 3.0}, "got 'float'"),
        ({"loss": lambda y: y.detach().sum()}, "do not detach"),
        ({"loss": 3}, "`loss` must be callable"),
        ({"learning_rate": -1.0}, "`learning_rate`"),
        ({"learning_rate": math.nan}, "`learning_rate`"),
        ({"saturation": 2}, "`saturation`"),
        ({"unit_axis": 7}, "`unit_axis`"),
        ({"unit_axis": 1.5}, "`unit_axis`"),
        ({"saturation": 0}, "`saturation`"),
        ({"also": [nn.ReLU()]}, "`also`"),
        ({"also": nn.ReLU}, "`also`"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        probes.inspect(make_model(3, 4, 1), make_data()[0], **options)


def test_a_target_beside_a_loader_is_refused():
    x, y = make_data()
    with pytest.raises(ValueError, match="yield"):
        probes.inspect(make_model(3, 4, 1), [x], target=y, loss=F.mse_loss)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda x: x, "got 'function'"),
        (nn.Linear, "got 'type'"),
        (nn.LazyLinear(3), "uninitialized"),
        (nn.Linear(3, 4, device="meta"), "meta device"),
    ],
)
def test_what_is_no_model_with_values_is_refused(model, message):
    with pytest.raises(ValueError, match=message):
        probes.inspect(model, make_data()[0])


# --- compiled models ----------------------------------------------------------


def test_a_compiled_model_is_seen_like_its_source():
    model, (x, _) = make_model(3, 4, 1), make_data()
    expected = probes.inspect(model, x, loss=lambda y: y.sum())
    compiled = torch.compile(model, backend="eager")
    compiled(x)
    seen = probes.inspect(compiled, x, loss=lambda y: y.sum())
    assert [report.name for report in seen.activations] == ["_orig_mod.1"]
    report = seen["_orig_mod.1"]
    np.testing.assert_array_equal(
        report.pre_activation_mean, expected["1"].pre_activation_mean
    )
    np.testing.assert_array_equal(report.gradient_norm, expected["1"].gradient_norm)


def test_an_output_of_one_number_per_example_is_one_unit():
    class Squeezes(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 1)

        def forward(self, x):
            return self.linear(x).squeeze(-1)

    x = make_data()[0]
    whole = probes.inspect(Squeezes(), x).output
    assert (whole.mean.size, whole.values) == (1, 50)
    parts = probes.inspect(Squeezes(), list(x.split(20)), unit_axis=-2).output
    assert parts.values == 50  # two batches of 20 and one of 10


# --- parameters of other kinds -----------------------------------------------------


@pytest.mark.parametrize("sparse", [False, True])
def test_the_gradient_of_an_embedding_may_be_sparse(sparse):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Embedding(10, 4, sparse=sparse), nn.Linear(4, 3), nn.ReLU()
    )
    words = torch.tensor([1, 1, 3])  # a word that comes twice gets both gradients
    seen = probes.inspect(model, words, loss=lambda y: y.square().sum())
    model(words).square().sum().backward()
    expected = float(model[0].weight.grad.to_dense().norm())
    assert seen.parameters[0].gradient_norm == pytest.approx(expected, rel=1e-5)


def test_a_parameter_with_two_places_is_one_parameter():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.read, self.write = nn.Embedding(10, 4), nn.Linear(4, 10, bias=False)
            self.write.weight = self.read.weight

        def forward(self, words):
            return F.relu(self.write(self.read(words)))

    model, words = Tied(), torch.arange(10)
    seen = probes.inspect(model, words, loss=lambda y: y.square().sum())
    model(words).square().sum().backward()
    (report,) = seen.parameters
    expected = float(model.read.weight.grad.norm())
    assert report.gradient_norm == pytest.approx(expected, rel=1e-5)


def test_complex_parameters_have_norms_too():
    model = nn.Linear(3, 4, dtype=torch.cfloat)
    x = torch.randn(5, 3, dtype=torch.cfloat)
    seen = probes.inspect(model, x, loss=lambda y: y.abs().sum())
    expected = float(model.weight.detach().abs().square().sum().sqrt())
    assert seen.parameters[0].norm == pytest.approx(expected, rel=1e-6)


def test_parameters_that_no_gradient_reaches_are_noted():
    class Detaches(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 1)

        def forward(self, x):
            return self.second(F.relu(self.first(x)).detach())

    seen = probes.inspect(Detaches(), make_data()[0], loss=lambda y: y.sum())
    expected = "no gradient reached 2 parameters, among them `first.weight`"
    assert seen.notes == (expected,)
    assert math.isnan(seen.parameters[0].gradient_norm)
    assert probes.inspect(Detaches(), make_data()[0]).notes == ()
