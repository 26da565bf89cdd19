"""Ensembles against an independent loop: each network alone, with torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rectified import activations
from rectified.datasets import make_task
from rectified.ensembles import ACTIVATIONS, forward, initialize, train


class SquaredReLU(nn.Module):
    def forward(self, z):
        return nn.functional.relu(z) ** 2


MODULES = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "prelu": nn.PReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
    "silu": nn.SiLU,
    "relu6": nn.ReLU6,
    "softplus": nn.Softplus,
    "squared_relu": SquaredReLU,
    "hard_swish": nn.Hardswish,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "identity": nn.Identity,
}
LOSSES = {
    "logistic": nn.BCEWithLogitsLoss,
    "cross_entropy": nn.CrossEntropyLoss,
    "squared": nn.MSELoss,
}
OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


def build(parameters, index, make_module=None):
    """Build one network of an ensemble as an ordinary torch model."""
    make_module = make_module or MODULES[parameters.activation]
    modules, shared = [], make_module()
    slopes = parameters.slopes[index]
    weights, biases = parameters.network(index)
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        linear = nn.Linear(*weight.shape, dtype=torch.from_numpy(bias).dtype)
        activation = shared if len(slopes) == 1 else make_module()
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight.T.copy()))
            linear.bias.copy_(torch.from_numpy(bias.copy()))
            if isinstance(activation, nn.PReLU) and layer < len(weights) - 1:
                activation.to(linear.weight.dtype)
                activation.weight.fill_(slopes[layer % len(slopes)])
        modules += [linear, activation]
    return nn.Sequential(*modules[:-1])


def flatten(model):
    """Return the values of a torch model in the order of `Parameters.values`."""
    parts, slopes = [], {}
    for module in model:
        if isinstance(module, nn.Linear):
            both = torch.cat([module.weight, module.bias[:, None]], dim=1)
            parts.append(both.detach().numpy().ravel())
        elif isinstance(module, nn.PReLU):
            slopes[id(module)] = module.weight.detach().numpy()
    return np.concatenate([*parts, *slopes.values()])


def descend(model, batches, *, loss, optimizer, clip_norm=None, **options):
    """Train one model on a list of (x, y); return its loss before each step."""
    rule = OPTIMIZERS[optimizer](model.parameters(), **options)
    measure, losses = LOSSES[loss](), []
    for x, y in batches:
        rule.zero_grad()
        value = measure(model(x), y)
        value.backward()
        if clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        rule.step()
        losses.append(value.item())
    return losses


def make_data(loss, n_outputs=1, seed=0, n_points=30):
    """Return inputs, and targets as torch wants them."""
    points = make_task("moons", n_points=n_points, seed=seed).points
    angle = np.arctan2(points[:, 1], points[:, 0])
    if loss == "cross_entropy":
        return points, np.floor((angle / (2 * np.pi) + 0.5) * n_outputs).astype(int)
    shifts = np.arange(n_outputs)
    waves = np.sin(2 * angle[:, None] + shifts)
    return points, waves if loss == "squared" else (waves > 0).astype(float)


def as_tensors(x, y):
    return torch.from_numpy(x), torch.from_numpy(y)


def cut_batches(x, y, *, steps, size, seed):
    """Return the batches that a seed stands for, by the documented recipe."""
    if size is None:
        return [as_tensors(x, y)] * steps
    rng, batches, n_epochs = np.random.default_rng((seed, 2)), [], 1000 // len(x)
    while len(batches) < steps:
        orders = rng.permuted(np.tile(np.arange(len(x)), (n_epochs, 1)), axis=1)
        for order in orders:
            cuts = [order[i : i + size] for i in range(0, len(x), size)]
            batches += [as_tensors(x[cut], y[cut]) for cut in cuts]
    return batches[:steps]


def assert_equal_to_torch(start, x, y, *, seeds, options, each, steps=12):
    """Train an ensemble and each network alone, and compare."""
    size = options.pop("batch_size", None)
    result = train(
        x,
        y,
        widths=start.widths,
        activation=start.activation,
        seeds=seeds,
        initial=start,
        steps=steps,
        batch_size=size,
        dtype=np.float64,
        **options,
        **each,
    )
    values = result.parameters.values
    for index, seed in enumerate(seeds):
        own = {key: float(value[index]) for key, value in each.items()}
        own["lr"] = own.pop("learning_rate")
        model = build(start, index)
        batches = cut_batches(x, y, steps=steps, size=size, seed=seed)
        losses = descend(model, batches, **options, **own)
        # float64 keeps 16 digits; sums in another order cost a few. Where a gradient
        # is rounding alone (1e-17), Adam divides it by its epsilon (1e-8).
        np.testing.assert_allclose(result.loss[:-1, index], losses, rtol=1e-9)
        np.testing.assert_allclose(values[index], flatten(model), rtol=1e-8, atol=1e-9)


def test_the_oracle_knows_every_activation():
    assert set(MODULES) == set(ACTIVATIONS) == set(activations.NAMES)


@pytest.mark.parametrize("activation", MODULES)
@pytest.mark.parametrize(("optimizer", "rate"), [("sgd", 0.05), ("adam", 0.02)])
@pytest.mark.parametrize(("loss", "n_outputs"), [(name, 3) for name in LOSSES])
def test_every_activation_optimizer_and_loss_equals_torch(
    activation, optimizer, rate, loss, n_outputs
):
    start = initialize(
        (2, 6, 5, n_outputs), seeds=range(2), activation=activation, bias_std=0.3
    )
    assert_equal_to_torch(
        start,
        *make_data(loss, n_outputs),
        seeds=range(2),
        options={"loss": loss, "optimizer": optimizer},
        each={"learning_rate": rate * np.array([0.5, 1.0])},
    )


NUMBERS = {
    "learning_rate": st.floats(0.001, 0.05),
    "weight_decay": st.floats(0, 0.3),
    "clip_norm": st.floats(0.01, 2),
    "momentum": st.floats(0, 0.95),
}


@st.composite
def trainings(draw):
    """Draw a start and options; every number differs between the networks."""
    loss = draw(st.sampled_from([*LOSSES]))
    optimizer = draw(st.sampled_from([*OPTIMIZERS]))
    n_outputs = draw(st.integers(2 if loss == "cross_entropy" else 1, 4))
    hidden = draw(st.lists(st.integers(1, 7), max_size=3))
    seeds = draw(st.lists(st.integers(0, 99), min_size=1, max_size=3))
    known = ["clip_norm", "weight_decay"] + ["momentum"] * (optimizer == "sgd")
    names = {"learning_rate", *draw(st.sets(st.sampled_from(known)))}
    if optimizer == "adamw":
        names.add("weight_decay")  # in torch its default is not 0
    each = {name: [draw(NUMBERS[name]) for _ in seeds] for name in sorted(names)}
    options = {"loss": loss, "optimizer": optimizer}
    options["batch_size"] = draw(st.sampled_from([None, 7, 10]))
    start = initialize(
        (2, *hidden, n_outputs),
        seeds=seeds,
        activation=draw(st.sampled_from([*MODULES])),
        shared_slope=draw(st.booleans()),
        gain=[draw(st.floats(0.3, 1.5)) for _ in seeds],
        bias=[draw(st.floats(-1, 1)) for _ in seeds],
        bias_std=0.2,
    )
    return start, make_data(loss, n_outputs), seeds, options, each


@settings(max_examples=150, deadline=None, derandomize=True)
@given(trainings())
def test_any_training_equals_torch(training):
    start, data, seeds, options, each = training
    assert_equal_to_torch(start, *data, seeds=seeds, options=options, each=each)


@pytest.mark.parametrize("size", [None, 8])
def test_slopes_that_differ_from_network_to_network_equal_torch(size):
    slopes = [0.0, 0.1, 0.7]
    x, y = make_data("logistic")
    start = initialize(
        (2, 6, 5, 1), seeds=range(3), activation="leaky_relu", negative_slope=slopes
    )
    result = train(
        x,
        y,
        widths=(2, 6, 5, 1),
        activation="leaky_relu",
        negative_slope=slopes,
        seeds=range(3),
        steps=15,
        batch_size=size,
        dtype=np.float64,
    )
    for index, slope in enumerate(slopes):
        model = build(start, index, lambda slope=slope: nn.LeakyReLU(slope))
        batches = cut_batches(x, y, steps=15, size=size, seed=index)
        descend(model, batches, loss="logistic", optimizer="adam", lr=0.02)
        trained = result.parameters.values[index]
        np.testing.assert_allclose(trained, flatten(model), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(("shared", "n_slopes"), [(False, 2), (True, 1)])
def test_learned_slopes_equal_torch_for_the_network_or_for_each_layer(shared, n_slopes):
    start = initialize(
        (2, 6, 5, 1),
        seeds=range(2),
        activation="prelu",
        negative_slope=[0.1, 0.4],
        shared_slope=shared,
    )
    assert start.slopes.tolist() == [[0.1] * n_slopes, [0.4] * n_slopes]
    assert_equal_to_torch(
        start,
        *make_data("squared"),
        seeds=range(2),
        options={"loss": "squared", "optimizer": "sgd", "batch_size": 7},
        each={"learning_rate": [0.05, 0.1], "weight_decay": [0.0, 0.01]},
    )


def test_a_setting_of_the_catalogue_passes_through():
    alpha = 0.3
    activation = activations.get("elu", alpha=alpha)
    start = initialize((2, 5, 1), seeds=(4,), activation=activation)
    x, y = make_data("logistic")
    options = {"activation": activation, "initial": start, "dtype": np.float64}
    result = train(x, y, widths=(2, 5, 1), seeds=(4,), steps=10, **options)
    model = build(start, 0, lambda: nn.ELU(alpha))
    descend(model, [as_tensors(x, y)] * 10, loss="logistic", optimizer="adam", lr=0.02)
    trained = result.parameters.values[0]
    np.testing.assert_allclose(trained, flatten(model), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_set_of_points_for_each_network_equals_torch(loss):
    sets = [make_data(loss, 3, seed=seed) for seed in (0, 1)]
    x, y = (np.stack(arrays) for arrays in zip(*sets, strict=True))
    start = initialize((2, 7, 3), seeds=(3, 8))
    options = {"loss": loss, "initial": start, "dtype": np.float64}
    result = train(
        x, y, widths=(2, 7, 3), seeds=(3, 8), steps=12, batch_size=8, **options
    )
    for index, seed in enumerate((3, 8)):
        model = build(start, index)
        batches = cut_batches(*sets[index], steps=12, size=8, seed=seed)
        descend(model, batches, loss=loss, optimizer="adam", lr=0.02)
        trained = result.parameters.values[index]
        np.testing.assert_allclose(trained, flatten(model), rtol=1e-8, atol=1e-9)
        inputs, targets = as_tensors(*sets[index])
        on_all = LOSSES[loss]()(model(inputs), targets).item()
        assert result.loss[-1, index] == pytest.approx(on_all, rel=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_single_precision_equals_torch_in_single_precision(loss):
    x, y = make_data(loss, 2)
    start = initialize((2, 6, 5, 2), seeds=(0,), dtype=np.float32)
    result = train(x, y, widths=(2, 6, 5, 2), steps=20, initial=start, loss=loss)
    assert result.parameters.values.dtype == np.float32
    inputs, targets = as_tensors(x, y)
    targets = targets if loss == "cross_entropy" else targets.float()
    batches = [(inputs.float(), targets)] * 20
    losses = descend(build(start, 0), batches, loss=loss, optimizer="adam", lr=0.02)
    # 7 digits, and Adam divides small numbers by small numbers.
    np.testing.assert_allclose(result.loss[:-1, 0], losses, rtol=1e-4)


@pytest.mark.parametrize("activation", MODULES)
def test_forward_equals_torch(activation):
    parameters = initialize(
        (2, 8, 3), seeds=range(2), activation=activation, bias_std=0.5
    )
    x = np.random.default_rng(0).standard_normal((9, 2))
    for index, output in enumerate(forward(parameters, x)):
        expected = build(parameters, index)(torch.from_numpy(x)).detach().numpy()
        # Two sums of up to 9 terms in another order.
        np.testing.assert_allclose(output, expected, rtol=1e-10, atol=1e-13)


def count_off(model, x):
    """Return which units are off at which points, for each hidden layer."""
    off, signal = [], torch.from_numpy(x)
    for module in model[:-1]:
        if not isinstance(module, nn.Linear):
            off.append((signal <= 0).numpy())
        signal = module(signal)
    return off


def test_records_of_units_equal_a_count_in_torch():
    x, y = make_data("logistic")
    names = ["dead_fraction", "dead_units", "inactive_fraction", "accuracy"]
    result = train(
        x,
        y,
        widths=(2, 6, 5, 1),
        seeds=range(4),
        bias=[-3, -2, -1, 0],
        steps=6,
        batch_size=8,
        record=names,
        snapshots=range(7),
        dtype=np.float64,
    )
    records = {name: result.records[name].values for name in names}
    dead_seen = set()
    for step, parameters in result.snapshots.items():
        for index in range(4):
            model = build(parameters, index)
            off = count_off(model, x)
            dead = [layer.all(axis=0) for layer in off]
            dead_seen |= {int(layer.sum()) for layer in dead}
            units = records["dead_units"][step, index]
            np.testing.assert_array_equal(units, np.concatenate(dead))
            shares = [layer.mean() for layer in dead]
            np.testing.assert_allclose(records["dead_fraction"][step, index], shares)
            shares = [layer.mean() for layer in off]
            found = records["inactive_fraction"][step, index]
            np.testing.assert_allclose(found, shares)
    assert len(dead_seen) > 3  # the biases made for variety
    right = (build(parameters, 3)(torch.from_numpy(x)).detach().numpy() > 0) == (y > 0)
    assert records["accuracy"][-1, 3] == pytest.approx(right.mean())


def test_records_of_updates_equal_torch():
    x, y = make_data("cross_entropy", 3)
    start = initialize((2, 6, 5, 3), seeds=(0,))
    result = train(
        x,
        y,
        widths=(2, 6, 5, 3),
        initial=start,
        loss="cross_entropy",
        optimizer="sgd",
        learning_rate=0.1,
        clip_norm=0.2,
        steps=5,
        record=["gradient_norm", "update_ratio"],
        dtype=np.float64,
    )
    model, measure = build(start, 0), nn.CrossEntropyLoss()
    rule = torch.optim.SGD(model.parameters(), lr=0.1)
    inputs, targets = as_tensors(x, y)
    linears = [module for module in model if isinstance(module, nn.Linear)]
    for step in range(5):
        rule.zero_grad()
        measure(model(inputs), targets).backward()
        both = [(m.weight.grad.norm() ** 2 + m.bias.grad.norm() ** 2) for m in linears]
        nn.utils.clip_grad_norm_(model.parameters(), 0.2)
        before = [m.weight.detach().clone() for m in linears]
        rule.step()
        ratios = [
            ((m.weight - old).norm() / old.norm()).item()
            for m, old in zip(linears, before, strict=True)
        ]
        norms = [one.sqrt().item() for one in both]
        records = {name: r.values[step, 0] for name, r in result.records.items()}
        np.testing.assert_allclose(records["gradient_norm"], norms, rtol=1e-10)
        np.testing.assert_allclose(records["update_ratio"], ratios, rtol=1e-8)
    assert result.records["gradient_norm"].steps.tolist() == [0, 1, 2, 3, 4]
