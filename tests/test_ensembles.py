from dataclasses import replace

import numpy as np
import pytest
import torch

from rectified import ensembles
from rectified.datasets import make_task
from rectified.ensembles import Parameters, forward, initialize, train

TORCH_ACTIVATIONS = {
    "relu": torch.nn.ReLU,
    "identity": torch.nn.Identity,
    "tanh": torch.nn.Tanh,
}
TORCH_OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
TORCH_LOSSES = {
    "logistic": torch.nn.BCEWithLogitsLoss,
    "squared": torch.nn.MSELoss,
}
WIDTHS = (2, 6, 5, 1)


def build_torch_model(parameters, index):
    """Build one network of an ensemble as an ordinary torch model."""
    modules = []
    for weight, bias in zip(*parameters.network(index), strict=True):
        linear = torch.nn.Linear(*weight.shape).to(torch.from_numpy(weight).dtype)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight.T.copy()))
            linear.bias.copy_(torch.from_numpy(bias.copy()))
        modules += [linear, TORCH_ACTIVATIONS[parameters.activation]()]
    return torch.nn.Sequential(*modules[:-1])


def train_with_torch(model, batches, *, loss, optimizer, learning_rate):
    """Train one torch model on a list of (x, y); return its loss before each step."""
    descent = TORCH_OPTIMIZERS[optimizer](model.parameters(), lr=learning_rate)
    measure, losses = TORCH_LOSSES[loss](), []
    for x, y in batches:
        descent.zero_grad()
        value = measure(model(torch.from_numpy(x)), torch.from_numpy(y))
        value.backward()
        descent.step()
        losses.append(value.item())
    return losses


def flatten(model):
    parts = []
    for module in model:
        if isinstance(module, torch.nn.Linear):
            parts += [module.weight.detach().numpy().T, module.bias.detach().numpy()]
    return np.concatenate([part.ravel() for part in parts])


def make_data(loss, seed=0, dtype=np.float64):
    task = make_task("moons", n_points=30, seed=seed)
    y = task.labels if loss == "logistic" else np.sin(task.points).sum(axis=1)
    return task.points.astype(dtype), y[:, None].astype(dtype)


@pytest.mark.parametrize("loss", TORCH_LOSSES)
@pytest.mark.parametrize(("optimizer", "rate"), [("sgd", 0.1), ("adam", 0.02)])
@pytest.mark.parametrize("activation", TORCH_ACTIVATIONS)
def test_training_equals_separate_torch_trainings(loss, optimizer, rate, activation):
    x, y = make_data(loss)
    rates = rate * np.array([0.5, 1.0, 2.0])
    start = initialize(WIDTHS, seeds=range(3), activation=activation, bias_std=0.3)
    result = train(
        x,
        y,
        widths=WIDTHS,
        activation=activation,
        seeds=range(3),
        learning_rate=rates,
        optimizer=optimizer,
        loss=loss,
        steps=20,
        initial=start,
    )
    for index in range(3):
        model = build_torch_model(start, index)
        losses = train_with_torch(
            model,
            [(x, y)] * 20,
            loss=loss,
            optimizer=optimizer,
            learning_rate=float(rates[index]),
        )
        # float64 keeps 16 digits; 20 steps of sums in another order cost a few.
        trained = result.parameters.values[index]
        np.testing.assert_allclose(result.loss[:-1, index], losses, rtol=1e-10)
        np.testing.assert_allclose(trained, flatten(model), rtol=1e-8, atol=1e-11)


def test_mini_batches_equal_separate_torch_trainings_on_the_same_batches():
    x, y = make_data("logistic")
    start = initialize(WIDTHS, seeds=(3, 8))
    arguments = {"widths": WIDTHS, "seeds": (3, 8), "steps": 12, "batch_size": 8}
    result = train(x, y, learning_rate=0.05, **arguments)
    for index, seed in enumerate((3, 8)):
        rng, batches = np.random.default_rng((seed, 2)), []
        while len(batches) < 12:
            order = rng.permutation(30)
            cuts = [order[start : start + 8] for start in range(0, 30, 8)]
            batches += [(x[cut], y[cut]) for cut in cuts]
        model = build_torch_model(start, index)
        losses = train_with_torch(
            model, batches[:12], loss="logistic", optimizer="adam", learning_rate=0.05
        )
        trained = result.parameters.values[index]
        np.testing.assert_allclose(result.loss[:-1, index], losses, rtol=1e-10)
        np.testing.assert_allclose(trained, flatten(model), rtol=1e-8, atol=1e-11)
        on_all = TORCH_LOSSES["logistic"]()(
            model(torch.from_numpy(x)), torch.from_numpy(y)
        )
        assert result.loss[-1, index] == pytest.approx(on_all.item(), rel=1e-10)


def test_single_precision_equals_torch_in_single_precision():
    x, y = make_data("logistic", dtype=np.float32)
    start = initialize(WIDTHS, seeds=(0,))
    result = train(x, y, widths=WIDTHS, steps=20, initial=start, dtype=np.float32)
    assert result.parameters.values.dtype == np.float32
    single = replace(start, values=start.values.astype(np.float32))
    model = build_torch_model(single, 0)
    losses = train_with_torch(
        model, [(x, y)] * 20, loss="logistic", optimizer="adam", learning_rate=0.02
    )
    # 7 digits, and Adam divides small numbers by small numbers.
    np.testing.assert_allclose(result.loss[:-1, 0], losses, rtol=1e-4)


def test_several_outputs_and_a_set_of_points_per_network_equal_torch():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 15, 3)), rng.standard_normal((2, 15, 2))
    start = initialize((3, 7, 2), seeds=range(2))
    arguments = {"widths": (3, 7, 2), "seeds": range(2), "loss": "squared"}
    result = train(x, y, steps=10, optimizer="sgd", initial=start, **arguments)
    for index in range(2):
        model = build_torch_model(start, index)
        train_with_torch(
            model,
            [(x[index], y[index])] * 10,
            loss="squared",
            optimizer="sgd",
            learning_rate=0.02,
        )
        trained = result.parameters.values[index]
        np.testing.assert_allclose(trained, flatten(model), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("batch_size", [None, 7])
def test_a_network_trains_the_same_alone_and_in_company(batch_size):
    x, y = make_data("logistic")
    options = {"widths": WIDTHS, "steps": 30, "batch_size": batch_size}
    together = train(x, y, seeds=(4, 5, 6), **options)
    alone = train(x, y, seeds=(5,), **options)
    # matmul may sum in another order for another number of networks.
    np.testing.assert_allclose(
        together.parameters.values[1], alone.parameters.values[0], rtol=1e-9
    )


@pytest.mark.parametrize("optimizer", TORCH_OPTIMIZERS)
def test_a_network_that_diverges_touches_no_other(optimizer):
    x, y = make_data("squared")
    start = initialize(WIDTHS, seeds=range(3))
    broken = replace(start, values=start.values.copy())
    broken.values[1] = np.nan
    options = {
        "widths": WIDTHS,
        "seeds": range(3),
        "loss": "squared",
        "optimizer": optimizer,
        "steps": 15,
    }
    healthy = train(x, y, initial=start, **options)
    result = train(x, y, initial=broken, **options)
    assert np.isnan(result.loss[:, 1]).all()
    for index in (0, 2):
        expected = healthy.parameters.values[index]
        np.testing.assert_array_equal(result.parameters.values[index], expected)


def test_a_learning_rate_that_is_far_too_high_overflows_without_a_warning():
    x, y = make_data("squared")
    rates, seeds = [1e-3, 1e6], (0, 0)
    options = {"widths": WIDTHS, "loss": "squared", "optimizer": "sgd"}
    result = train(x, y, seeds=seeds, learning_rate=rates, steps=50, **options)
    assert np.isfinite(result.loss[-1, 0])
    assert not np.isfinite(result.loss[-1, 1])


def test_snapshots_hold_the_parameters_after_that_many_updates():
    x, y = make_data("logistic")
    result = train(x, y, widths=WIDTHS, seeds=(0, 1), steps=9, snapshots=(0, 4, 9))
    assert sorted(result.snapshots) == [0, 4, 9]
    drawn = initialize(WIDTHS, seeds=(0, 1)).values
    shorter = train(x, y, widths=WIDTHS, seeds=(0, 1), steps=4).parameters.values
    np.testing.assert_array_equal(result.snapshots[0].values, drawn)
    np.testing.assert_array_equal(result.snapshots[4].values, shorter)
    np.testing.assert_array_equal(result.snapshots[9].values, result.parameters.values)


def test_accuracy_counts_the_points_on_the_right_side():
    x, y = make_data("logistic")
    result = train(x, y, widths=WIDTHS, seeds=range(4), steps=5)
    logits = forward(result.parameters, x)
    by_hand = [
        np.mean([(z > 0) == (t == 1) for z, t in zip(n, y, strict=True)])
        for n in logits
    ]
    np.testing.assert_allclose(result.accuracy[-1], by_hand)
    assert result.loss.shape == result.accuracy.shape == (6, 4)


def test_the_initial_weights_of_the_caller_stay_as_they_are():
    x, y = make_data("logistic")
    start = initialize(WIDTHS, seeds=(0,))
    before = start.values.copy()
    train(x, y, widths=WIDTHS, initial=start, steps=3)
    np.testing.assert_array_equal(start.values, before)


def test_mini_batches_come_from_each_networks_own_points():
    sets = [make_data("logistic", seed=seed) for seed in (0, 1)]
    x, y = (np.stack(arrays) for arrays in zip(*sets, strict=True))
    options = {"widths": WIDTHS, "steps": 12, "batch_size": 8}
    together = train(x, y, seeds=(3, 8), **options)
    for index, seed in enumerate((3, 8)):
        alone = train(*sets[index], seeds=(seed,), **options).parameters.values[0]
        np.testing.assert_allclose(together.parameters.values[index], alone, rtol=1e-9)


def test_training_can_be_watched_and_stopped():
    x, y = make_data("logistic")
    seen = []

    def watch(step, loss):
        seen.append((step, loss.copy()))
        return np.bool_(step == 3)  # as a comparison of losses would give

    result = train(x, y, widths=WIDTHS, seeds=(0, 1), steps=100, on_step=watch)
    assert [step for step, _ in seen] == [1, 2, 3]
    assert result.steps == 3
    assert len(result.loss) == 4
    np.testing.assert_array_equal([loss for _, loss in seen], result.loss[:3])


def test_forward_equals_torch():
    parameters = initialize((2, 8, 3), seeds=range(2), bias_std=0.5)
    x = np.random.default_rng(0).standard_normal((9, 2))
    for index, output in enumerate(forward(parameters, x)):
        expected = build_torch_model(parameters, index)(torch.from_numpy(x))
        np.testing.assert_allclose(output, expected.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize(("activation", "gain"), [("relu", 2**0.5), ("identity", 1.0)])
def test_initial_weights_have_the_promised_spread(activation, gain):
    parameters = initialize(
        (50, 80, 60, 40), seeds=range(5), activation=activation, bias_std=0.3
    )
    for layer, (weight, bias) in enumerate(
        zip(parameters.weights, parameters.biases, strict=True)
    ):
        expected = (1.0 if layer == 2 else gain) / weight.shape[1] ** 0.5
        # The standard error of an sd from n draws is sd / sqrt(2 n); five are allowed.
        for values, spread in ((weight, expected), (bias, 0.3)):
            margin = 5 * spread / (2 * values.size) ** 0.5
            assert values.std() == pytest.approx(spread, abs=margin)


def test_derivatives_in_the_table_equal_finite_differences():
    z = np.linspace(-2, 2, 41) + 0.01  # no point on the kink
    for rule in ensembles.ACTIVATIONS.values():
        slope = (rule.function(z + 1e-6) - rule.function(z - 1e-6)) / 2e-6
        # Central differences: 1e-12 from the third derivative, 1e-10 from rounding.
        np.testing.assert_allclose(
            rule.derivative(z) * np.ones_like(z), slope, atol=1e-9
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": [[1.0, 2.0, 3.0]]}, "`x` must be an array with 2 values on its last"),
        ({"x": [[1.0, np.inf]]}, "`x` must be finite, got inf"),
        ({"x": np.zeros((0, 2))}, "`x` must be non-empty"),
        ({"x": np.zeros((3, 4, 2))}, "`x` must be one set of points for each of 2"),
        ({"y": [0, 1, 1]}, "`y` must be targets for 4 points"),
        ({"y": [0, 1, 2, 1]}, "`y` must be 0 or 1 everywhere, got 2.0; relabel"),
        ({"widths": (2,)}, "`widths` must be at least two integers"),
        ({"widths": (2, -3, 1)}, "`widths` must be an integer of at least 1, got -3"),
        ({"seeds": ()}, "`seeds` must be non-empty"),
        ({"seeds": 5}, r"`seeds` must be a list of integers, got 5; write range\(5\)"),
        ({"activation": "rleu"}, "`activation` must be one of .*did you mean 'relu'"),
        ({"optimizer": "Adam"}, "`optimizer` must be one of .*did you mean 'adam'"),
        ({"loss": "mse"}, "`loss` must be one of 'logistic', 'squared', got 'mse'"),
        ({"learning_rate": 0}, "`learning_rate` must be positive, got 0.0"),
        ({"learning_rate": np.nan}, "`learning_rate` must be finite, got nan"),
        ({"learning_rate": [1, 1, 1]}, "`learning_rate` must be one number or 2"),
        ({"steps": -1}, "`steps` must be an integer of at least 0, got -1"),
        ({"batch_size": 5}, "`batch_size` must be an integer from 1 to 4, got 5"),
        ({"snapshots": (11,)}, "`snapshots` must be an integer from 0 to 10, got 11"),
        ({"initial": initialize((2, 4, 1), seeds=(0,))}, "`initial` must be of the"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    usual = {
        "x": np.eye(4, 2),
        "y": [0, 1, 0, 1],
        "widths": (2, 3, 1),
        "seeds": (0, 1),
        "steps": 10,
    }
    with pytest.raises(ValueError, match=message):
        train(**{**usual, **arguments})


def test_weights_are_views_into_one_row_per_network():
    parameters = Parameters(np.arange(26.0).reshape(2, 13), (2, 3, 1), "relu")
    first, second = parameters.weights
    np.testing.assert_array_equal(first[0], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(parameters.biases[0][0], [6, 7, 8])
    np.testing.assert_array_equal(second[1], [[22], [23], [24]])
    np.testing.assert_array_equal(parameters.biases[1], [[12], [25]])
    assert np.shares_memory(first, parameters.values)
