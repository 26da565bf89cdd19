import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch

from rectified import ensembles
from rectified.datasets import CURVES, SEPARABLE, TASKS, evaluate_curve
from rectified.experiments import summarize
from rectified.experiments import what_is_relu as lesson

SEEDS = range(10)


# --- definition -----------------------------------------------------------------


def test_all_definitions_equal_torch_on_ordinary_numbers_of_all_shapes_and_types():
    result = lesson.measure_definition(SEEDS)
    assert result.n_values > 1000
    assert not result.n_different.any()
    assert not result.n_not_elementwise.any()


def test_the_definitions_part_at_the_edge_of_floating_point():
    result = lesson.measure_definition((0,))
    at_nan = {name: result.special(name, math.nan) for name in result.names}
    assert at_nan["piecewise"] == 0
    assert all(math.isnan(at_nan[name]) for name in ("max", "gate", "torch.relu"))
    assert math.isnan(result.special("gate", -math.inf))
    for name in ("piecewise", "max", "torch.relu"):
        assert result.special(name, -math.inf) == 0
    for name in result.names:
        assert result.special(name, math.inf) == math.inf
        assert result.special(name, 5e-324) == 5e-324  # subnormals survive
        assert result.special(name, -0.0) == 0
    # IEEE 754: a negative number times zero is negative zero.
    negative_zeros = dict(zip(result.names, result.n_negative_zeros, strict=True))
    assert negative_zeros["gate"] > 100
    assert negative_zeros["max"] == negative_zeros["piecewise"] == 0


def keep_the_running_maximum(x):
    """Agree with ReLU on single numbers, but look at the neighbors."""
    return np.maximum.accumulate(np.maximum(x, 0).ravel()).reshape(np.shape(x))


@pytest.mark.parametrize(
    ("wrong", "count"),
    [
        (lambda x: np.where(x > 0.5, x, 0), "n_different"),
        (lambda x: np.maximum(x, 0).astype("float64"), "n_different"),
        (lambda x: np.maximum(x, 0).ravel(), "n_different"),
        (keep_the_running_maximum, "n_not_elementwise"),
    ],
    ids=["threshold", "type", "shape", "neighbors"],
)
def test_a_wrong_definition_is_found_out(monkeypatch, wrong, count):
    target = "rectified.experiments.what_is_relu.definition.DEFINITIONS"
    monkeypatch.setattr(target, {**lesson.DEFINITIONS, "max": wrong})
    result = lesson.measure_definition((0,))
    assert getattr(result, count)[result.names.index("max")] > 0


# --- gate -----------------------------------------------------------------------


@pytest.mark.parametrize("preset", lesson.GATE_PRESETS)
@pytest.mark.parametrize(("weight", "bias"), [(1, 0), (-0.5, 1.2), (0, 1), (2, -4)])
def test_the_gate_is_relu_of_the_pre_activation(preset, weight, bias):
    x = lesson.GATE_PRESETS[preset]
    gate = lesson.gate(x, weight, bias)
    z = torch.tensor(x, dtype=torch.float64) * weight + bias
    z = torch.round(z, decimals=12)  # 1e-16 opens no gate
    np.testing.assert_array_equal(gate.pre_activation, z.numpy())
    np.testing.assert_array_equal(gate.output, torch.relu(z).numpy())
    np.testing.assert_array_equal(gate.mask, (z > 0).numpy())


def test_gate_presets_are_what_their_names_say():
    presets = {name: np.array(x) for name, x in lesson.GATE_PRESETS.items()}
    assert len(presets) == 8
    assert all(x.shape == (8,) and np.abs(x).max() <= 3 for x in presets.values())
    assert (presets["all negative"] < 0).all()
    assert (presets["all positive"] > 0).all()
    assert (presets["one zero"] == 0).sum() == 1
    assert np.abs(presets["tiny"]).max() < 0.05
    assert (presets["one peak"] > 0).sum() == 1


def test_the_gate_changes_nothing_positive_but_blocks_half_the_positive_inputs():
    result = lesson.measure_gate(SEEDS)
    assert not result.n_changed.any()
    assert not result.n_leaked.any()
    # A weight is negative half of the time: 0.5 with standard error 0.005 per seed.
    assert np.abs(result.blocked_inputs - 0.5).max() < 0.025
    share = result.n_open.sum() / result.n_values.sum()
    # 64 units per seed share their weights, so 640 independent draws at the least.
    assert share == pytest.approx(0.5, abs=5 * 0.5 / 640**0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "`x` must be non-empty"),
        (([[1.0]],), r"`x` must be an array of numbers with 1 dimension\(s\)"),
        (([1.0], math.inf), "`weight` must be a finite number, got inf"),
        (([1.0], 1.0, "high"), "`bias` must be a finite number, got 'high'"),
    ],
)
def test_a_bad_gate_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        lesson.gate(*arguments)


# --- graph ----------------------------------------------------------------------


def test_slopes_are_zero_and_one_to_rounding():
    result = lesson.measure_graph(SEEDS)
    assert not result.left.any()
    assert np.abs(result.right - 1).max() <= result.rounding < 1e-12


def test_the_drawn_angle_is_45_degrees_on_equal_scales_only():
    angles = dict(
        zip(lesson.measure_graph((0,)).scale_ratios, (26.565, 45, 63.435), strict=True)
    )
    result = lesson.measure_graph((0,))
    for ratio, angle in zip(result.scale_ratios, result.angles, strict=True):
        assert angle == pytest.approx(angles[ratio], abs=1e-3)


def test_at_zero_all_formulas_give_zero_and_their_derivatives_differ():
    result = lesson.measure_at_zero()
    assert not result.values.any()
    assert dict(zip(result.formulas, result.derivatives.tolist(), strict=True)) == {
        "torch.relu(x)": 0.0,
        "x if x > 0 else 0": 0.0,
        "x if x >= 0 else 0": 1.0,
        "x * (x > 0)": 0.0,
        "maximum(x, 0)": 0.5,
        "clamp(x, min=0)": 1.0,
    }


# --- hinges ---------------------------------------------------------------------


def test_the_grid_has_exact_zeros_and_ends():
    assert lesson.GRID.shape == (241,)
    assert lesson.GRID[[0, 120, 240]].tolist() == [-3.0, 0.0, 3.0]


def test_a_sum_of_hinges_is_a_network_with_one_hidden_layer():
    kinks, weights = np.array([-3.0, 0.5, 1.0]), np.array([1.0, -2.5, 0.3])
    hidden = torch.relu(
        torch.from_numpy(lesson.GRID)[:, None] - torch.from_numpy(kinks)
    )
    expected = (hidden @ torch.from_numpy(weights) - 0.7).numpy()
    result = lesson.hinge_sum(lesson.GRID, kinks, weights, offset=-0.7)
    np.testing.assert_allclose(result, expected, atol=1e-14)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("n_hinges", range(1, 9))
def test_no_change_of_weights_or_offset_fits_better(curve, n_hinges):
    fit = lesson.fit_hinges(curve, lesson.spread_kinks(n_hinges))
    residual = fit.fitted - evaluate_curve(curve, lesson.GRID)
    columns = [np.ones(241), *np.maximum(lesson.GRID - fit.kinks[:, None], 0)]
    # The normal equations: at the optimum the residual is orthogonal to each column.
    np.testing.assert_allclose(np.array(columns) @ residual, 0, atol=1e-10)
    assert fit.rms_error == pytest.approx(np.sqrt(np.mean(residual**2)), abs=1e-15)
    rebuilt = lesson.hinge_sum(lesson.GRID, fit.kinks, fit.weights, fit.offset)
    np.testing.assert_allclose(fit.fitted, rebuilt, atol=1e-12)


@pytest.mark.parametrize(("curve", "n_hinges"), [("absolute", 2), ("zigzag", 4)])
def test_kinks_in_the_right_places_rebuild_a_folded_line_exactly(curve, n_hinges):
    fit = lesson.fit_hinges(curve, lesson.spread_kinks(n_hinges))
    assert fit.rms_error < 1e-14
    expected = {"absolute": [-1, 2], "zigzag": np.array([1, -2, 2, -2]) * 2}[curve]
    np.testing.assert_allclose(fit.weights, expected, atol=1e-13)


def test_smooth_curves_converge_with_the_square_of_the_number_of_hinges():
    for curve in ("sine", "bump"):
        few, many = (
            lesson.fit_hinges(curve, lesson.spread_kinks(n)).rms_error for n in (12, 24)
        )
        # Theory (de Boor): error ~ h^2, so a factor of 4; the grid blurs it a little.
        assert few / many == pytest.approx(4, rel=0.25)


def test_no_number_of_hinges_makes_a_jump():
    errors = [
        lesson.fit_hinges("step", lesson.spread_kinks(n)).rms_error for n in (8, 32)
    ]
    assert min(errors) > 0.03


def test_two_hinges_in_one_place_share_the_weight():
    fit = lesson.fit_hinges("absolute", [-3.0, 0.0, 0.0])
    assert fit.rms_error < 1e-14
    assert fit.weights[1] == pytest.approx(fit.weights[2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.hinge_sum([0.0], [0, 1], [1]), r"`weights` must be as long as"),
        (lambda: lesson.fit_hinges("sinus", [0.0]), "did you mean 'sine'"),
        (lambda: lesson.fit_hinges("sine", []), "`kinks` must be non-empty"),
        (lambda: lesson.spread_kinks(0), "`n_hinges` must be an integer of at least 1"),
    ],
)
def test_bad_hinges_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- collapse -------------------------------------------------------------------


@pytest.mark.parametrize("hidden_layers", range(6))
def test_a_trained_linear_stack_equals_one_layer(hidden_layers):
    run = lesson.train_stack(
        "moons",
        hidden_layers=hidden_layers,
        activation="identity",
        seeds=(0, 1),
        steps=50,
    )
    weight, bias = lesson.collapse(run.training.parameters)
    points = np.array([task.points for task in run.tasks])
    single = np.einsum("npi,nio->npo", points, weight) + bias[:, None]
    stack = ensembles.forward(run.training.parameters, points)
    np.testing.assert_allclose(stack, single, atol=1e-11)
    assert weight.shape == (2, 2, 1)


def test_a_stack_with_relu_does_not_collapse():
    run = lesson.train_stack("moons", steps=0)
    with pytest.raises(ValueError, match="`parameters` must be a linear stack"):
        lesson.collapse(run.training.parameters)


def test_arms_with_different_activations_start_from_the_same_weights_and_points():
    linear, relu = (
        lesson.train_stack("xor", activation=a, seeds=(7,), steps=5)
        for a in ("identity", "relu")
    )
    np.testing.assert_array_equal(linear.tasks[0].points, relu.tasks[0].points)
    np.testing.assert_array_equal(
        linear.training.snapshots[0].values, relu.training.snapshots[0].values
    )
    assert linear.training.parameters.activation == "identity"
    assert relu.training.parameters.activation == "relu"


def test_fresh_accuracy_is_on_points_that_were_not_trained_on():
    run = lesson.train_stack("circles", seeds=(0, 1), steps=20, n_points=50)
    for task, fresh in zip(run.tasks, run.fresh_tasks, strict=True):
        assert not np.isin(fresh.points, task.points).any()
    assert sorted(run.fresh_accuracy) == [0, 5, 10, 20]
    points = np.array([task.points for task in run.fresh_tasks])
    logits = ensembles.forward(run.training.parameters, points)[:, :, 0]
    labels = np.array([task.labels for task in run.fresh_tasks])
    expected = ((logits > 0) == labels).mean(axis=1)
    np.testing.assert_array_equal(run.fresh_accuracy[20], expected)


def test_the_grid_of_outputs_has_the_second_input_along_its_rows():
    parameters = ensembles.initialize((2, 4, 1), seeds=(0, 1))
    axis, logits = lesson.evaluate_grid(parameters, resolution=5)
    assert logits.shape == (2, 5, 5)
    there = ensembles.forward(parameters, [[axis[3], axis[1]]])
    np.testing.assert_allclose(logits[:, 1, 3], there[:, 0, 0])


def test_linear_stacks_equal_one_layer_within_the_theory_of_rounding():
    result = lesson.measure_depth(SEEDS)
    assert (result.difference <= result.rounding).all()
    assert result.rounding.max() < 1e-9  # the bound says something
    assert result.relu_difference.min() > 0.01


@pytest.fixture(scope="module")
def study():
    return lesson.measure_collapse(SEEDS)


def test_relu_gains_on_every_task_that_no_line_separates_and_on_no_other(study):
    for task in TASKS:
        gain = summarize(study.gain(task))
        if task in SEPARABLE:
            # Less than one of the fresh points.
            assert abs(gain.mean) < 1 / study.n_points
        else:
            assert gain.low > 0
            assert summarize(study.fresh("relu", task)).low > 0.95


def test_a_line_cannot_solve_circles_and_xor(study):
    # Each side of a line through symmetric classes holds as many of both: 0.5. The
    # standard error over 10 seeds of 200 points is 0.011; five are allowed.
    for task in ("circles", "xor"):
        assert study.fresh("linear", task).mean() == pytest.approx(0.5, abs=0.056)


def test_non_linearity_without_training_or_units_is_not_enough(study):
    untrained = study.untrained_accuracy[study.arms.index("relu")]
    # A random network is right as often as wrong: 50 runs with an sd of about 0.15.
    assert untrained.mean() == pytest.approx(0.5, abs=5 * 0.15 / 50**0.5)
    gap = study.fresh("relu", "circles") - study.fresh("narrow", "circles")
    assert summarize(gap).low > 0


def test_relu_is_not_the_only_function_that_helps(study):
    for task in ("circles", "moons", "spirals", "xor"):
        gain = study.fresh("tanh", task) - study.fresh("linear", task)
        assert summarize(gain).low > 0


def test_each_arm_gets_the_rate_with_the_lowest_training_loss(study):
    for arm, task in ((0, "moons"), (1, "spirals")):
        column = study.tasks.index(task)
        losses = {
            rate: lesson.train_stack(
                task,
                activation=lesson.ARMS[arm].activation,
                seeds=SEEDS,
                learning_rate=rate,
                steps=200,
            )
            .training.loss[-1]
            .mean()
            for rate in lesson.RATES
        }
        best = study.best_rate[arm, column]
        # Single precision in the study, double here: rates may tie.
        assert losses[best] <= min(losses.values()) * (1 + 1e-3)


# --- regions --------------------------------------------------------------------


def test_counts_stay_below_the_bound_and_one_layer_comes_closest_to_it():
    result = lesson.measure_regions(seeds=SEEDS)
    bounds = np.array(result.bounds, dtype=float)[:, :, None]
    assert (result.activation_regions <= bounds).all()
    assert (result.linear_regions <= result.activation_regions).all()
    share = (result.activation_regions / bounds).mean(axis=2)
    assert (share[:, 0] > share[:, 1]).all()
    assert (share[:, 1] > share[:, 2]).all()


def test_depth_at_equal_units_adds_no_regions_in_random_networks():
    result = lesson.measure_regions(units=(32,), layers=(1, 4), seeds=SEEDS)
    shallow, deep = result.activation_regions[0]
    assert summarize(deep - shallow).high < 0


def test_region_counts_agree_with_an_earlier_independent_count():
    # 32 regions with sd 4 for 2-8-1 and 421 with sd 63 for 2-16-16-1, both from
    # 20 seeds on a fine grid in the same window with the same biases; five standard
    # errors of the difference of two such means.
    for units, layers, mean, sd in ((8, 1, 32, 4), (32, 2, 421, 63)):
        counts = lesson.measure_regions((units,), (layers,), SEEDS).activation_regions
        margin = 5 * sd * (1 / 10 + 1 / 20) ** 0.5
        assert counts.mean() == pytest.approx(mean, abs=margin)


def test_training_changes_the_regions_and_a_seed_fixes_them():
    before, after, again = (
        lesson.region_map(16, 2, seed=1, trained=t, steps=50)
        for t in (False, True, True)
    )
    assert not np.array_equal(before.areas[:5], after.areas[:5])
    np.testing.assert_array_equal(after.areas, again.areas)
    assert after.n_activation_regions == len(after.polygons)


def test_one_map_is_the_count_of_the_table():
    table = lesson.measure_regions((16,), (2,), seeds=(4,), trained=True, steps=20)
    single = lesson.region_map(16, 2, seed=4, trained=True, steps=20)
    assert table.activation_regions[0, 0, 0] == single.n_activation_regions
    assert table.linear_regions[0, 0, 0] == single.n_linear_regions


def test_layers_must_share_the_units_evenly():
    with pytest.raises(
        ValueError, match=r"`units` must be a multiple of `layers` \(3\)"
    ):
        lesson.region_map(16, 3)


def test_results_cannot_be_changed():
    result = lesson.measure_gate((0,))
    with pytest.raises(FrozenInstanceError):
        result.seeds = (1,)
    assert replace(result, seeds=(1,)).seeds == (1,)
