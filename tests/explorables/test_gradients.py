"""What lesson 02 says in its figures and its prose, held against theory and seeds."""

import math

import numpy as np
import pytest

from rectified import activations, at_zero_outcomes, gradient_answers
from rectified.experiments import gradients as experiment
from rectified.experiments import summarize
from rectified.explorables.gradients.measured import ExactZeroView, GradcheckView

SEEDS = range(10)


# --- measurements that a script draws -------------------------------------------


@pytest.fixture(scope="module")
def zeros():
    return ExactZeroView().measurements()


def test_every_choice_of_the_zero_figure_has_its_numbers(zeros):
    controls = ExactZeroView.controls
    names = [controls[n].choices() for n in ("layers", "inputs", "bias", "precision")]
    assert len(zeros) == math.prod(map(len, names))
    for key, found in zeros.items():
        for part, allowed in zip(key.split("|"), names, strict=True):
            assert part in allowed
        assert len(found["zeros"]) == controls["step"].high + 1
        assert np.isfinite(found["zeros"]).all()


def test_a_count_of_zeros_is_a_whole_number_of_pre_activations(zeros):
    for found in zeros.values():
        for layer, n_values in enumerate(found["values"]):
            shares = np.array(found["zeros"])[:, layer]  # step, seed
            counts = shares * n_values / shares.shape[1]
            # Shares are rounded to four digits.
            np.testing.assert_allclose(counts, counts.round(), rtol=1e-3, atol=1e-3)


def test_the_numbers_for_the_browser_are_few(zeros):
    import json

    # The budget of a figure in the book is 600 kB.
    for numbers in (zeros, GradcheckView().measurements()):
        assert len(json.dumps(numbers)) < 100_000


def test_every_stop_of_the_gradcheck_sliders_was_measured():
    found = GradcheckView().measurements()
    for name in ("distance", "eps"):
        np.testing.assert_allclose(
            found["grid"], GradcheckView.controls[name].choices(), rtol=1e-9
        )
    for table in found["tables"].values():
        assert {len(row) for row in table["passes"]} == {len(found["grid"])}
        assert np.isfinite(table["numerical"]).all()


# --- tables ---------------------------------------------------------------------


def test_the_table_of_answers_is_measured_where_it_says_so():
    import torch

    rows = {(row[0], row[1]): row[2:] for row in gradient_answers().rows}
    for formula, function in {
        "torch.relu(x)": torch.relu,
        "torch.clamp(x, min=0)": lambda x: torch.clamp(x, min=0),
    }.items():
        shown = []
        for place in (0.0, math.nan):
            x = torch.tensor(place, requires_grad=True)
            function(x).backward()
            shown.append(f"{x.grad.item():g}")
        assert rows["PyTorch", formula][:2] == shown
        assert rows["PyTorch", formula][3] == "measured"
    assert rows["NumPy", "np.fmax(x, 0)"][2] == "0"
    libraries = {library for library, _ in rows}
    assert libraries == {"PyTorch", "NumPy", "JAX", "Keras", "TensorFlow"}
    for (library, _), cells in rows.items():
        cited = library in {"JAX", "Keras", "TensorFlow"}
        assert cells[-1].startswith("cited: " if cited else "measured")


def test_each_library_has_more_than_one_answer_at_0():
    rows = gradient_answers().rows
    for library in ("PyTorch", "JAX", "Keras", "TensorFlow"):
        assert len({row[2] for row in rows if row[0] == library}) > 1


def test_the_table_of_outcomes_shows_three_equal_ends():
    means = {row[1].split("%")[0] for row in at_zero_outcomes().rows}
    # They differ by less than one of 360 images on average.
    assert max(map(float, means)) - min(map(float, means)) < 100 / 360


# --- sentences of the lesson ----------------------------------------------------


@pytest.mark.parametrize("x", [-1.5, 0.5, 0.7, 1.0, 2.0])
def test_tanh_has_a_best_step_neither_large_nor_tiny(x):
    sweep = experiment.sweep_steps(x, activation="tanh", steps=[1e-12, 1e-5, 1.0])
    tiny, good, large = np.abs(sweep.central - sweep.derivative)
    assert good < tiny / 100
    assert good < large / 100


def test_at_1_the_quotient_goes_wild_below_the_gaps_of_numbers():
    steps = np.geomspace(1e-17, 1e-15, 30)
    sweep = experiment.sweep_steps(1.0, steps=steps)
    assert np.abs(sweep.central - 1).max() > 0.1


def test_of_one_closed_layer_the_biases_above_still_move():
    run = experiment.backpropagate(experiment.SMALL_NETS["layer 1 closed"])
    assert not run.d_weights[0].any()
    assert not run.d_weights[1].any()
    assert not run.d_x.any()
    assert run.d_biases[1].all()


def count_arrivals(name, rate, target=0.8):
    run = experiment.descend(
        experiment.STARTS,
        activation=name,
        learning_rate=rate,
        target=target,
        steps=200,
    )
    return int((run.arrived >= 0).sum())


@pytest.mark.parametrize("target", [0.6, 0.7, 0.8, 0.9])
def test_a_larger_rate_fills_the_row_of_the_sigmoid_and_empties_that_of_relu(target):
    rates = (0.1, 1.0, 10.0, 31.6)
    sigmoid = [count_arrivals("sigmoid", rate, target) for rate in rates]
    assert sigmoid == sorted(sigmoid)
    assert sigmoid[-1] > 0.8 * len(experiment.STARTS)
    relu = [count_arrivals("relu", rate, target) for rate in (1.0, 1.78, 31.6)]
    assert relu == sorted(relu, reverse=True)
    assert relu[0] == 16  # of 33 starts, all that are positive
    assert relu[-1] == 0
    assert sigmoid[-1] > relu[0]


@pytest.mark.parametrize("rate", [0.316, 0.562, 1.0])
def test_leaky_relu_comes_back_from_starts_that_relu_never_leaves(rate):
    assert count_arrivals("leaky_relu", rate) > count_arrivals("relu", rate)


def test_at_spread_1_relu_is_flat_most_often_and_at_10_least_often():
    names = ("sigmoid", "tanh")
    for name in names:
        assert experiment.saturated_share(name, 1.0) < 0.05
        assert experiment.saturated_share(name, 10.0) > 0.7
    assert experiment.saturated_share("relu", 1.0) == 0.5
    assert experiment.saturated_share("relu", 10.0) == 0.5
    assert experiment.saturated_share("sigmoid", 1.0, threshold=0.26) == 1.0


@pytest.mark.parametrize("name", ["gelu", "silu"])
def test_a_narrow_flat_strip_surrounds_the_minimum_left_of_0(name):
    rule = activations.get(name)
    [(low, high)] = [
        (low, high)
        for low, high in rule.find_saturation(0.05)
        if np.isfinite(low) and np.isfinite(high)
    ]
    assert high < 0
    assert high - low < 0.5  # of 16 units on the axis
    assert rule.derivative(low) * rule.derivative(high) < 0


def test_tanh_keeps_gradients_alive_no_worse_than_relu():
    for seeds in (SEEDS, range(100, 110)):
        result = experiment.measure_updates(seeds)
        kept = result.gradient_rms[:, 0] / result.gradient_rms[:, -2]
        gap = np.log(kept[result.of("tanh")] / kept[result.of("relu")])
        assert summarize(gap).high > 0
        inner = result.zero_single[result.of("relu"), 1:-1]
        assert (inner > 0.5).all()
        assert result.zero_batch[result.of("relu"), 1:-1].mean() < 0.2


def test_the_inputs_of_the_exercise_fail_and_its_solution_passes():
    import torch

    rng = torch.Generator().manual_seed(0)
    inputs = torch.randn(400, dtype=torch.float64, generator=rng)
    check = torch.autograd.gradcheck
    options = {"eps": 0.01, "raise_exception": False}
    assert not check(torch.relu, inputs.clone().requires_grad_(), **options)
    safe = inputs + 0.02 * inputs.sign()
    assert check(torch.relu, safe.requires_grad_(), **options)
