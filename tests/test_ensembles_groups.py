"""Groups of networks: what they share (memory) and what they must not (numbers)."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from rectified import _ensemble_memory as memory
from rectified import _ensemble_start
from rectified.datasets import make_task
from rectified.ensembles import forward, initialize, measure, train

WIDTHS = (2, 6, 5, 1)
OPTIONS = {
    "plain": {},
    "sgd": {"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.01},
    "clipped": {"clip_norm": 0.3, "optimizer": "adamw", "weight_decay": 0.01},
    "leaky": {"activation": "leaky_relu", "negative_slope": np.linspace(0, 0.9, 10)},
    "prelu": {"activation": "prelu", "shared_slope": True},
    "gelu": {"activation": "gelu"},
    "softplus": {"activation": "softplus"},
    "classes": {"loss": "cross_entropy", "widths": (2, 6, 5, 3)},
    "squared": {"loss": "squared", "activation": "tanh"},
    "own points": {"n_sets": 10},
}
NAMES = ["loss", "accuracy", "dead_fraction", "dead_units", "inactive_fraction"]
NAMES += ["gradient_norm", "update_ratio"]


def make_data(loss="logistic", n_sets=1):
    """Return points that all networks share, or a set for each."""
    tasks = [make_task("circles", n_points=40, seed=seed) for seed in range(n_sets)]
    x = np.squeeze([task.points for task in tasks])
    return x, np.squeeze([t.labels for t in tasks]) + (loss == "cross_entropy")


def train_networks(seeds, *, n_sets=1, loss="logistic", **options):
    options = {"widths": WIDTHS, "steps": 12, "record": NAMES, "loss": loss, **options}
    return train(*make_data(loss, n_sets), seeds=seeds, **options)


def assert_same(one, other, rows=slice(None)):
    """Compare two trainings bit for bit."""
    np.testing.assert_array_equal(
        one.parameters.values[rows], other.parameters.values[rows]
    )
    for name, record in one.records.items():
        np.testing.assert_array_equal(
            record.values[:, rows], other.records[name].values[:, rows], err_msg=name
        )


@pytest.mark.parametrize("size", [1, 4, 7])
@pytest.mark.parametrize("batch_size", [None, 15])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_the_size_of_the_groups_changes_no_bit(
    monkeypatch, options, dtype, batch_size, size
):
    arguments = {**options, "batch_size": batch_size, "dtype": dtype}
    together = train_networks(range(10), **arguments)
    real = memory.plan_groups

    def plan(*args):
        return real(*args)._replace(training=size, measuring=max(1, size - 1))

    monkeypatch.setattr(_ensemble_start, "plan_groups", plan)
    assert_same(train_networks(range(10), **arguments), together)


def test_small_groups_are_made_where_one_would_not_fit(monkeypatch):
    sizes = []
    real = memory.plan_groups

    def plan(*args):
        sizes.append(real(*args))
        return sizes[-1]

    monkeypatch.setattr(_ensemble_start, "plan_groups", plan)
    roomy = train_networks(range(64))
    tight = train_networks(range(64), max_megabytes=1.5)
    assert sizes[0].training == 64 > sizes[1].training
    assert_same(tight, roomy)


def test_measuring_and_forward_take_groups_too(monkeypatch):
    parameters = initialize(WIDTHS, seeds=range(20), bias_std=0.3)
    x, y = make_data()
    outputs, found = forward(parameters, x), measure(parameters, x, y, names=NAMES[:5])
    monkeypatch.setattr("rectified._ensemble_groups.GROUP_BYTES", 1)
    np.testing.assert_array_equal(forward(parameters, x), outputs)
    for name, values in measure(parameters, x, y, names=NAMES[:5]).items():
        np.testing.assert_array_equal(values, found[name])


@pytest.mark.parametrize("batch_size", [None, 15])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e30])
def test_a_network_that_diverges_changes_no_bit_of_another(options, batch_size, poison):
    start = initialize(
        options.get("widths", WIDTHS),
        seeds=range(10),
        activation=options.get("activation", "relu"),
        negative_slope=options.get("negative_slope"),
        shared_slope=options.get("shared_slope", False),
    )
    sick = replace(start, values=start.values.copy())
    sick.values[[1, 3, 8]] = poison
    drawing = ("negative_slope", "shared_slope")
    arguments = {key: value for key, value in options.items() if key not in drawing}
    arguments |= {"batch_size": batch_size}
    healthy = train_networks(range(10), initial=start, **arguments)
    result = train_networks(range(10), initial=sick, **arguments)
    assert healthy.finite.all()
    assert_same(result, healthy, rows=[0, 2, 4, 5, 6, 7, 9])
    if np.isnan(poison):
        assert np.flatnonzero(~result.finite).tolist() == [1, 3, 8]


def test_a_learning_rate_that_is_far_too_high_overflows_without_a_warning():
    rates = [1e-3, 1e6]
    result = train_networks(
        (0, 0), learning_rate=rates, loss="squared", optimizer="sgd", steps=50
    )
    assert result.finite.tolist() == [True, False]
    alone = train_networks(
        (0,), learning_rate=1e-3, loss="squared", optimizer="sgd", steps=50
    )
    assert_same(alone, result, rows=[0])


LARGE = {
    "tiny networks": {"widths": (2, 8, 8, 1), "seeds": range(2304), "batch_size": 32},
    "full batch": {"widths": (2, 16, 16, 1), "seeds": range(200)},
    "wide": {"widths": (2, 256, 256, 1), "seeds": range(20), "batch_size": 32},
    "sgd": {"widths": (2, 64, 64, 1), "seeds": range(60), "optimizer": "sgd"},
    "gelu": {"widths": (2, 32, 32, 1), "seeds": range(50), "activation": "gelu_tanh"},
    "odd batches": {
        "widths": (2, 64, 64, 1),
        "seeds": range(9),
        "activation": "gelu_tanh",
        "batch_size": 101,
    },
    "classes": {"widths": (2, 32, 100), "seeds": range(30), "loss": "cross_entropy"},
    "records": {"widths": (2, 64, 1), "seeds": range(99), "record": NAMES},
    "snapshots": {"widths": (2, 64, 64, 1), "seeds": range(40), "snapshots": range(6)},
}


def measure_peak(monkeypatch, x, y, **options):
    """Return the planned and the true peak of memory in MB, and the training."""
    plans, real = [], memory.plan_groups

    def plan(*args):
        plans.append(real(*args))
        return plans[-1]

    monkeypatch.setattr(_ensemble_start, "plan_groups", plan)
    tracemalloc.start()
    try:
        result = train(x, y, **options)
        return plans[0].total / 1e6, tracemalloc.get_traced_memory()[1] / 1e6, result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("options", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("n_points", [200, 5000])
def test_a_training_takes_no_more_memory_than_planned(monkeypatch, options, n_points):
    if n_points == 5000:
        options = {**options, "seeds": options["seeds"][:20]}
    task = make_task("circles", n_points=n_points, seed=1)
    planned, peak, _ = measure_peak(
        monkeypatch, task.points, task.labels, steps=5, **options
    )
    assert peak <= planned <= 500
    assert planned < 6 * peak + 1  # a bound, not a guess


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_data_of_each_networks_own_are_planned_for(monkeypatch, loss):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((40, 2000, 64), dtype=np.float32)
    y = rng.integers(50, size=(40, 2000))
    y = np.repeat(y[:, :, None], 50, axis=2) if loss == "squared" else y
    options = {"widths": (64, 8, 50), "seeds": range(40), "loss": loss, "steps": 2}
    planned, peak, _ = measure_peak(monkeypatch, x, y, batch_size=32, **options)
    assert peak <= planned < 2 * peak


def test_drawing_a_wide_network_is_planned_for(monkeypatch):
    options = {"widths": (2, 1000, 1000, 1), "seeds": range(3), "optimizer": "sgd"}
    planned, peak, _ = measure_peak(
        monkeypatch, [[0.0, 1.0]], [1], steps=1, record=(), **options
    )
    assert peak <= planned < 2 * peak


def test_records_are_planned_for(monkeypatch):
    task = make_task("circles", n_points=20, seed=1)
    options = {"widths": (2, 1, 1, 1, 1), "seeds": range(200), "steps": 600}
    names = ["gradient_norm", "update_ratio"]
    planned, peak, _ = measure_peak(
        monkeypatch, task.points, task.labels, record=names, **options
    )
    assert 200 * 600 * 8 * 8 / 1e6 < peak <= planned < 2 * peak


def test_the_most_that_the_default_allows_stays_below_500_megabytes(monkeypatch):
    task = make_task("circles", n_points=200, seed=1)
    # 4 of 25 snapshots more would be refused.
    options = {"widths": (2, 100, 100, 1), "seeds": range(440), "steps": 25}
    arguments = {**options, "batch_size": 32, "snapshots": range(22)}
    planned, peak, result = measure_peak(
        monkeypatch, task.points, task.labels, **arguments
    )
    assert 430 < peak <= planned <= 500
    del result
    with pytest.raises(ValueError, match="`max_megabytes` must be at least 5"):
        train(task.points, task.labels, **{**arguments, "snapshots": range(26)})


def test_memory_does_not_grow_with_the_number_of_networks_beyond_what_they_are(
    monkeypatch,
):
    task = make_task("circles", n_points=200, seed=1)
    options = {"widths": (2, 32, 32, 1), "steps": 2, "record": ()}
    few, many = (
        measure_peak(monkeypatch, task.points, task.labels, seeds=range(n), **options)
        for n in (200, 800)
    )
    values = 3 * 4 * many[2].parameters.values.shape[1] / 1e6  # with Adam's moments
    # 20 % for lists, views and records of each network.
    assert many[1] - few[1] < 1.2 * 600 * values
