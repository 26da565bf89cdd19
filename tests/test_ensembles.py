from dataclasses import replace

import numpy as np
import pytest

from rectified import activations
from rectified.datasets import make_task
from rectified.ensembles import Parameters, begin, forward, initialize, measure, train

WIDTHS = (2, 6, 5, 1)


def make_data(loss="logistic", seed=0):
    task = make_task("moons", n_points=30, seed=seed)
    y = task.labels if loss == "logistic" else np.sin(task.points).sum(axis=1)
    return task.points, y


def test_snapshots_hold_the_parameters_after_that_many_updates():
    x, y = make_data()
    options = {"widths": WIDTHS, "seeds": (0, 1), "dtype": np.float64}
    result = train(x, y, steps=9, snapshots=(0, 4, 9), **options)
    assert sorted(result.snapshots) == [0, 4, 9]
    drawn = initialize(WIDTHS, seeds=(0, 1)).values
    shorter = train(x, y, steps=4, **options).parameters.values
    np.testing.assert_array_equal(result.snapshots[0].values, drawn)
    np.testing.assert_array_equal(result.snapshots[4].values, shorter)
    np.testing.assert_array_equal(result.snapshots[9].values, result.parameters.values)


def test_accuracy_counts_the_points_on_the_right_side():
    x, y = make_data()
    result = train(x, y, widths=WIDTHS, seeds=range(4), steps=5)
    logits = forward(result.parameters, x)[:, :, 0]
    by_hand = [
        np.mean([(z > 0) == (t == 1) for z, t in zip(n, y, strict=True)])
        for n in logits
    ]
    np.testing.assert_allclose(result.accuracy[-1], by_hand, rtol=1e-6)
    assert result.loss.shape == result.accuracy.shape == (6, 4)


def test_accuracy_of_several_classes_counts_the_largest_logits():
    x, _ = make_data()
    y = np.arange(30) % 3
    result = train(x, y, widths=(2, 5, 3), seeds=(1, 2), loss="cross_entropy", steps=5)
    logits = forward(result.parameters, x)
    by_hand = [
        np.mean([max(range(3), key=z.__getitem__) == t for z, t in zip(n, y, strict=1)])
        for n in logits
    ]
    np.testing.assert_allclose(result.accuracy[-1], by_hand, rtol=1e-6)


@pytest.mark.parametrize(("loss", "n_outputs"), [("logistic", 1), ("cross_entropy", 2)])
def test_a_network_that_has_diverged_is_never_right(loss, n_outputs):
    start = initialize((1, 2, n_outputs), seeds=(0,))
    start.values[:] = np.nan
    found = measure(start, [[1.0], [2.0]], [0, 1], names=["accuracy"], loss=loss)
    assert found["accuracy"].tolist() == [0.0]


def test_a_network_that_has_diverged_has_neither_dead_nor_living_units():
    start = initialize((1, 2, 1), seeds=(0, 1))
    start.values[1] = np.inf
    names = ["dead_fraction", "inactive_fraction"]
    for values in measure(start, [[-1.0], [2.0]], names=names).values():
        assert np.isfinite(values[0]).all()
        assert np.isnan(values[1]).all()


def test_the_initial_weights_of_the_caller_stay_as_they_are():
    x, y = make_data()
    start = initialize(WIDTHS, seeds=(0,))
    before = start.values.copy()
    train(x, y, widths=WIDTHS, initial=start, steps=3, dtype=np.float64)
    np.testing.assert_array_equal(start.values, before)


def test_training_can_be_watched_and_stopped():
    x, y = make_data()
    seen = []

    def watch(step, loss):
        seen.append((step, loss.copy()))
        return np.bool_(step == 3)  # as a comparison of losses would give

    result = train(x, y, widths=WIDTHS, seeds=(0, 1), steps=100, on_step=watch)
    assert [step for step, _ in seen] == [1, 2, 3]
    assert result.steps == 3
    assert len(result.loss) == 4
    np.testing.assert_array_equal([loss for _, loss in seen], result.loss[:3])


def test_a_stopped_training_is_a_shorter_training():
    x, y = make_data()
    options = {"widths": WIDTHS, "seeds": (0, 1), "batch_size": 7}
    stopped = train(x, y, steps=50, on_step=lambda step, _: step == 6, **options)
    short = train(x, y, steps=6, **options)
    np.testing.assert_array_equal(stopped.parameters.values, short.parameters.values)
    np.testing.assert_array_equal(stopped.loss, short.loss)


def test_a_training_can_be_taken_one_update_at_a_time():
    x, y = make_data()
    options = {"widths": WIDTHS, "seeds": (0, 1), "steps": 9, "batch_size": 7}
    options |= {"record": ["loss", "dead_fraction"]}
    whole = train(x, y, snapshots=range(10), **options)
    for step, state in enumerate(begin(x, y, **options)):
        assert state.step == step
        values = whole.snapshots[step].values
        np.testing.assert_array_equal(state.parameters.values, values)
        dead = whole.records["dead_fraction"].values[step]
        np.testing.assert_array_equal(state.latest("dead_fraction"), dead)
    np.testing.assert_array_equal(state.finish().loss, whole.loss)


def test_a_training_that_is_left_halfway_keeps_what_it_has():
    x, y = make_data()
    descent = begin(x, y, widths=WIDTHS, seeds=(0,), steps=50, batch_size=7)
    for state in descent:
        if state.step == 4:
            state.stop()
    shorter = train(x, y, widths=WIDTHS, seeds=(0,), steps=4, batch_size=7)
    np.testing.assert_array_equal(descent.finish().loss, shorter.loss)


def test_what_is_watched_does_not_change_the_training():
    x, y = make_data()
    options = {"widths": WIDTHS, "seeds": (0, 1), "batch_size": 7, "steps": 10}
    names = ["dead_units", "gradient_norm", "update_ratio", "loss"]
    silent = train(x, y, record=(), **options)
    loud = train(x, y, record=names, on_step=lambda *_: None, **options)
    np.testing.assert_array_equal(silent.parameters.values, loud.parameters.values)
    assert silent.records == {}


def test_records_come_at_the_steps_asked_for_and_at_the_end():
    x, y = make_data()
    every = {"loss": 4, "dead_fraction": 5, "gradient_norm": 5, "accuracy": 100}
    result = train(x, y, widths=WIDTHS, seeds=(0, 1), steps=10, record=every)
    steps = {name: record.steps.tolist() for name, record in result.records.items()}
    assert steps == {
        "loss": [0, 4, 8, 10],
        "dead_fraction": [0, 5, 10],
        "gradient_norm": [0, 5],  # none after the last update: there is no next one
        "accuracy": [0, 10],
    }
    dense = train(x, y, widths=WIDTHS, seeds=(0, 1), steps=10, record=[*every])
    for name, record in result.records.items():
        rows = dense.records[name].values[record.steps]
        np.testing.assert_array_equal(record.values, rows)


def test_records_have_the_documented_shapes():
    x, y = make_data()
    names = ["loss", "dead_fraction", "dead_units", "gradient_norm", "update_ratio"]
    result = train(x, y, widths=WIDTHS, seeds=range(4), steps=3, record=names)
    shapes = {name: result.records[name].values.shape for name in names}
    assert shapes == {
        "loss": (4, 4),
        "dead_fraction": (4, 4, 2),
        "dead_units": (4, 4, 11),
        "gradient_norm": (3, 4, 3),
        "update_ratio": (3, 4, 3),
    }
    assert result.records["dead_units"].values.dtype == bool


def test_a_network_without_hidden_layers_has_no_units_to_record():
    x, y = make_data()
    names = ["dead_fraction", "dead_units", "inactive_fraction", "loss"]
    result = train(x, y, widths=(2, 1), activation="prelu", steps=3, record=names)
    for name in names[:-1]:
        assert result.records[name].values.shape == (4, 1, 0)
    assert result.loss[-1] < result.loss[0]


def test_measuring_new_points_equals_the_records_of_a_training_on_them():
    x, y = make_data()
    names = ["loss", "accuracy", "dead_fraction", "dead_units", "inactive_fraction"]
    result = train(x, y, widths=WIDTHS, seeds=range(3), steps=4, record=names)
    found = measure(result.parameters, x, y, names=names)
    for name in names:
        last = result.records[name].values[-1]
        np.testing.assert_array_equal(found[name], last)


def test_a_grid_of_settings_trains_each_cell_as_if_alone():
    x, y = make_data()
    rates, biases = np.meshgrid([0.01, 0.1, 1.0], [-2.0, 0.0])
    options = {"widths": WIDTHS, "optimizer": "sgd", "steps": 8, "batch_size": 7}
    grid = train(
        x, y, seeds=[5] * 6, learning_rate=rates.ravel(), bias=biases.ravel(), **options
    )
    for cell, (rate, bias) in enumerate(zip(rates.flat, biases.flat, strict=True)):
        alone = train(x, y, seeds=[5], learning_rate=rate, bias=bias, **options)
        values = grid.parameters.values[cell]
        np.testing.assert_array_equal(values, alone.parameters.values[0])


@pytest.mark.parametrize(
    ("activation", "gain"),
    [("relu", 2**0.5), ("identity", 1.0), ("tanh", activations.get("tanh").gain)],
)
def test_initial_weights_have_the_promised_spread(activation, gain):
    parameters = initialize(
        (50, 80, 60, 40), seeds=range(5), activation=activation, bias=2, bias_std=0.3
    )
    for layer, (weight, bias) in enumerate(
        zip(parameters.weights, parameters.biases, strict=True)
    ):
        expected = (1.0 if layer == 2 else gain) / weight.shape[1] ** 0.5
        centered = bias - (0 if layer == 2 else 2)
        # The standard error of an sd from n draws is sd / sqrt(2 n); five are allowed.
        for values, spread in ((weight, expected), (centered, 0.3)):
            margin = 5 * spread / (2 * values.size) ** 0.5
            assert (values**2).mean() ** 0.5 == pytest.approx(spread, abs=margin)


def test_the_gain_of_leaky_relu_follows_each_networks_slope():
    slopes = [0.0, 0.2, 0.9]
    parameters = initialize(
        (3, 4, 1), seeds=[7] * 3, activation="leaky_relu", negative_slope=slopes
    )
    gains = [activations.get("leaky_relu", negative_slope=s).gain for s in slopes]
    ratios = parameters.weights[0] / parameters.weights[0][0]
    expected = np.array(gains)[:, None, None] / gains[0]
    np.testing.assert_allclose(ratios, np.broadcast_to(expected, ratios.shape))


def test_a_gain_scales_the_hidden_layers_of_its_network_only():
    plain = initialize(WIDTHS, seeds=[3, 3], gain=1.0)
    scaled = initialize(WIDTHS, seeds=[3, 3], gain=[1.0, 2.5])
    np.testing.assert_array_equal(scaled.values[0], plain.values[0])
    for layer, factor in enumerate((2.5, 2.5, 1)):
        expected = factor * plain.weights[layer][1]
        np.testing.assert_allclose(scaled.weights[layer][1], expected, rtol=1e-14)


def test_a_seed_draws_the_same_network_in_any_company_and_precision():
    many = initialize(WIDTHS, seeds=range(200), bias_std=0.1)
    few = initialize(WIDTHS, seeds=(150, 3), bias_std=0.1, dtype=np.float32)
    expected = many.values[[150, 3]].astype(np.float32)
    np.testing.assert_array_equal(few.values, expected)


def test_weights_and_biases_are_views_into_one_row_per_network():
    parameters = Parameters(np.arange(26.0).reshape(2, 13), (2, 3, 1), "relu")
    first, second = parameters.weights
    np.testing.assert_array_equal(first[0], [[0, 3, 6], [1, 4, 7]])
    np.testing.assert_array_equal(parameters.biases[0][0], [2, 5, 8])
    np.testing.assert_array_equal(second[1], [[22], [23], [24]])
    np.testing.assert_array_equal(parameters.biases[1], [[12], [25]])
    assert np.shares_memory(first, parameters.values)
    assert parameters.slopes.shape == (2, 0)
    weights, biases = parameters.network(1)
    np.testing.assert_array_equal(weights[0], first[1])
    np.testing.assert_array_equal(biases[1], [25])


def test_other_bytes_in_the_same_shape_train_the_same():
    x, y = make_data()
    start = initialize(WIDTHS, seeds=range(3))
    strided = replace(start, values=np.asfortranarray(start.values))
    options = {"widths": WIDTHS, "seeds": range(3), "steps": 4}
    plain = train(x.tolist(), y.tolist(), initial=start, **options)
    other = train(np.asfortranarray(x), y[:, None], initial=strided, **options)
    np.testing.assert_array_equal(plain.parameters.values, other.parameters.values)


def test_rounding_changes_a_loss_less_than_another_seed_does():
    x, y = make_data()
    options = {"widths": (2, 8, 8, 1), "seeds": range(20), "steps": 200}
    single, double = (
        train(x, y, dtype=dtype, batch_size=10, **options).loss[-1]
        for dtype in (np.float32, np.float64)
    )
    assert np.abs(single - double).mean() < 0.1 * double.std()


def test_asking_for_what_was_not_recorded_tells_how_to_record_it():
    x, y = make_data()
    result = train(x, y, widths=WIDTHS, steps=1, record=["loss"])
    with pytest.raises(ValueError, match="`record` must be asked to keep 'accuracy'"):
        _ = result.accuracy


def test_diverged_networks_are_marked():
    x, y = make_data("squared")
    options = {"widths": WIDTHS, "loss": "squared", "optimizer": "sgd"}
    result = train(x, y, seeds=(0, 0), learning_rate=[1e-3, 1e6], steps=50, **options)
    assert result.finite.tolist() == [True, False]
