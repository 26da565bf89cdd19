from itertools import pairwise, repeat

import numpy as np
import pytest
import torch
from torch.nn import functional

from rectified import activations, ensembles
from rectified.datasets import load_digits
from rectified.experiments import mitigations as lesson
from rectified.experiments import summarize
from rectified.experiments.mitigations.therapy import draw_batches

SEEDS = range(10)
GUESS = 183 / 1797 + 0.01  # the most frequent digit, in a part of the images


# --- networks with norms and residual connections -------------------------------


def run_torch(networks, index, x):
    """Return PyTorch's output, with gradients required for all values."""
    values = []
    h = torch.from_numpy(x)
    for depth, layer in enumerate(networks.layers):
        parts = [torch.from_numpy(p[index].copy()).requires_grad_() for p in layer]
        values += parts
        weight, bias, scale, shift = parts
        z = h @ weight + bias
        if depth == len(networks.layers) - 1:
            return z, values
        if networks.norm == "batch":
            z = functional.batch_norm(z, None, None, scale[0], shift[0], training=True)
        if networks.norm == "layer":
            z = functional.layer_norm(z, z.shape[1:], scale[0], shift[0])
        a = torch.relu(z)
        h = a + h if networks.residual and depth else a
    raise AssertionError


def draw_blocks(norm, residual, n_networks=2):
    parameters = ensembles.initialize(
        (5, 7, 7, 7, 3), seeds=range(n_networks), bias_std=0.3
    )
    networks = lesson.build_blocks(parameters, norm=norm, residual=residual)
    rng = np.random.default_rng(1)
    for layer in networks.layers:  # scales and shifts that are not 1 and 0
        layer.scale[:] += 0.3 * rng.standard_normal(layer.scale.shape)
        layer.shift[:] += 0.3 * rng.standard_normal(layer.shift.shape)
    return networks


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("norm", lesson.NORMS)
def test_outputs_and_gradients_equal_those_of_torch(norm, residual):
    networks = draw_blocks(norm, residual)
    rng = np.random.default_rng(2)
    x, delta = rng.standard_normal((2, 11, 5)), rng.standard_normal((2, 11, 3))
    passed = lesson.run_blocks(networks, x)
    gradient = lesson.find_gradient(networks, passed, delta)
    for index in range(2):
        output, values = run_torch(networks, index, x[index])
        # Rounding of some hundred products of numbers near 1, with room to spare.
        np.testing.assert_allclose(
            passed.output[index], output.detach().numpy(), atol=1e-12
        )
        found = torch.autograd.grad(
            (output * torch.from_numpy(delta[index])).sum(), values, allow_unused=True
        )
        parts = [
            np.zeros(v.numel()) if g is None else g.numpy().ravel()
            for v, g in zip(values, found, strict=True)
        ]
        np.testing.assert_allclose(gradient[index], np.concatenate(parts), atol=1e-11)


def test_without_norm_and_residual_training_equals_that_of_the_ensemble():
    digits = load_digits(seed=0, n_train=64).train
    start = ensembles.initialize((64, 8, 8, 10), seeds=(3, 4))
    x, y = np.stack([digits.inputs] * 2).astype(float), np.stack([digits.labels] * 2)
    everything = repeat(np.tile(np.arange(64), (2, 1)))
    rates = np.array([0.1, 0.3])
    trained = lesson.train_blocks(
        lesson.build_blocks(start),
        x,
        y,
        batches=everything,
        learning_rate=rates,
        steps=20,
    )
    plain = ensembles.train(
        x,
        y,
        widths=start.widths,
        seeds=(3, 4),
        initial=start,
        loss="cross_entropy",
        optimizer="sgd",
        learning_rate=rates,
        steps=20,
        dtype=np.float64,
    ).parameters
    expected = lesson.build_blocks(plain)
    # Double precision; 20 steps multiply its rounding by a few powers of ten.
    np.testing.assert_allclose(trained.values, expected.values, atol=1e-10)
    assert not np.array_equal(trained.values, lesson.build_blocks(start).values)


def test_nan_in_one_network_never_touches_another():
    networks = draw_blocks("layer", True)
    x = np.random.default_rng(0).standard_normal((2, 6, 5))
    alone = lesson.run_blocks(networks, x).output[1]
    networks.values[0] = np.nan
    np.testing.assert_array_equal(lesson.run_blocks(networks, x).output[1], alone)


def test_batches_visit_every_point_once_per_epoch():
    batches = draw_batches((0, 1), 64)
    epoch = np.concatenate([next(batches), next(batches)], axis=1)
    assert (np.sort(epoch, axis=1) == np.arange(64)).all()
    assert not np.array_equal(epoch[0], epoch[1])


# --- the ward -------------------------------------------------------------------


@pytest.fixture(scope="module")
def high_rate():
    return lesson.treat("high_rate", seeds=SEEDS).outcomes


@pytest.fixture(scope="module")
def low_bias():
    return lesson.treat("low_bias", seeds=SEEDS).outcomes


@pytest.fixture(scope="module")
def small_weights():
    names = ("none", "he_init", "leaky_relu", "elu", "gelu", "batch_norm", "residual")
    return lesson.treat("small_weights", (*names, "clipping"), seeds=SEEDS).outcomes


def test_every_patient_is_sick(high_rate, low_bias, small_weights):
    for outcomes in (high_rate, low_bias, small_weights):
        assert outcomes["none"].accuracy.max() < GUESS
        assert outcomes["none"].finite.mean() >= 0.8
    for outcomes in (high_rate, low_bias):
        # NaN: one or two networks diverge instead.
        assert np.nanmedian(outcomes["none"].dead_fraction[1]) > 0.9


def test_a_treatment_that_changes_nothing_changes_nothing(high_rate, low_bias):
    for outcomes, names in (
        (high_rate, ("he_init", "zero_bias")),
        (low_bias, ("he_init",)),
    ):
        for name in names:
            found, none = outcomes[name], outcomes["none"]
            np.testing.assert_array_equal(found.accuracy, none.accuracy)
            np.testing.assert_array_equal(found.dead_fraction, none.dead_fraction)


@pytest.mark.parametrize(
    "name", ["lower_rate", "strict_clipping", "batch_norm", "adam"]
)
def test_these_cure_a_high_rate(high_rate, name):
    outcome = high_rate[name]
    assert outcome.finite.all()
    assert summarize(outcome.accuracy).low > 0.9
    assert summarize(outcome.dead_fraction[0]).high < 0.05


def test_lowering_the_rate_leaves_no_unit_dead(high_rate):
    assert summarize(high_rate["lower_rate"].dead_fraction.mean(axis=0)).high < 0.02


def test_at_the_rate_that_kills_relu_leaky_units_diverge_instead(high_rate):
    # ReLU's death is a fuse. Leaky units have none, and their numbers overflow: in most
    # networks, for the others it is a matter of time.
    names = ("leaky_relu", "leaky_relu_0.2", "prelu", "elu")
    assert np.mean([high_rate[name].finite.mean() for name in names]) < 0.4
    assert high_rate["none"].finite.mean() >= 0.8
    for name in ("leaky_relu", "prelu", "elu", "gelu", "silu", "residual"):
        assert high_rate[name].accuracy.max() < 0.2


def test_adam_at_the_same_rate_and_layer_norm_do_not_cure_a_high_rate(high_rate):
    for name in ("adam_same_rate", "layer_norm"):
        assert high_rate[name].accuracy.max() < 0.2


@pytest.mark.parametrize("name", ["zero_bias", "batch_norm", "layer_norm"])
def test_these_cure_low_biases(low_bias, name):
    assert summarize(low_bias[name].accuracy).low > 0.95
    assert summarize(low_bias[name].dead_fraction[0]).high < 0.05


def test_a_lower_rate_clipping_and_adam_do_not_cure_low_biases(low_bias):
    for name in ("lower_rate", "clipping", "strict_clipping", "adam"):
        assert low_bias[name].accuracy.max() < GUESS
        np.testing.assert_array_equal(
            low_bias[name].dead_fraction[0], low_bias["none"].dead_fraction[0]
        )


def test_a_slope_of_a_hundredth_does_not_cure_low_biases_and_a_fifth_does(low_bias):
    assert summarize(low_bias["leaky_relu"].accuracy).high < 0.2
    assert summarize(low_bias["leaky_relu_0.2"].accuracy).low > 0.7
    assert summarize(low_bias["elu"].accuracy).low > 0.8
    # It lets gradients through; units stay on the negative side.
    stayed = low_bias["leaky_relu_0.2"].dead_fraction[0]
    assert summarize(stayed / low_bias["none"].dead_fraction[0]).low > 0.7


def test_prelu_learns_slopes_far_from_where_it_began(low_bias):
    outcome = low_bias["prelu"]
    assert outcome.slopes.shape == (10, 2)
    # Medians, since the slopes of a few networks diverge.
    assert np.nanmedian(outcome.slopes[:, 0]) > 0.4
    assert np.median(outcome.accuracy) > 0.7
    assert low_bias["elu"].slopes.shape == (10, 0)


def test_a_fading_signal_is_cured_by_weights_norms_and_shortcuts(small_weights):
    for name in ("he_init", "batch_norm", "residual"):
        assert np.median(small_weights[name].accuracy) > 0.7
    for name in ("leaky_relu", "gelu", "clipping"):
        assert small_weights[name].accuracy.max() < GUESS
    assert summarize(small_weights["elu"].accuracy).high < 0.4


# --- leaky ----------------------------------------------------------------------


def test_the_larger_the_slope_the_sooner_a_network_with_low_biases_learns():
    result = lesson.measure_leaky((0.0, 0.01, 0.03, 0.1, 0.3), SEEDS, steps=1000)
    # By theory ReLU never learns where all units of the second layer are dead, and
    # balanced classes then give exactly one half.
    lost = result.start_negative_fraction[0, 1] == 1
    assert lost.sum() >= 5
    assert np.isinf(result.steps[0, lost]).all()
    assert (result.accuracy[0, lost] == 0.5).all()
    steps = np.minimum(result.steps, 2000)
    for slow, fast in pairwise(steps[1:]):
        assert summarize(slow / fast).low > 1.2
    assert result.finite.all()


def test_a_slope_does_not_move_units_to_the_positive_side():
    result = lesson.measure_leaky((0.01, 0.1), SEEDS)
    before, after = result.start_negative_fraction[:, 0], result.negative_fraction[:, 0]
    assert summarize((before - after).ravel()).high < 0.1


def test_slope_zero_is_relu():
    leaky = lesson.measure_leaky((0.0,), SEEDS, bias=0.0, steps=50)
    relu = lesson.measure_leaky((0.0, 0.5), SEEDS, bias=0.0, steps=50)
    np.testing.assert_array_equal(leaky.accuracy[0], relu.accuracy[0])
    assert (leaky.steps < 50).all()


def test_leaky_units_are_as_unbounded_as_relu():
    result = lesson.measure_leaky_growth(seeds=SEEDS)
    # The logarithm of the squared size of a layer of 128 units has a standard
    # deviation of about sqrt(5 / 128) and a mean of minus half its square (Hanin
    # and Nica 2020): 20 layers, 10 seeds, five standard errors, for the root.
    for growth in (result.growth, result.gradient_growth):
        gap = np.log(growth).mean(axis=1) - np.log(result.predicted)
        error = 0.5 * (5 / 128) ** 0.5 / (20 * 10) ** 0.5
        assert (np.abs(gap + 5 / 128 / 4) < 5 * error).all()
    assert (np.diff(result.predicted) > 0).all()
    # The same weights with the largest slope grow more than with ReLU.
    assert summarize(result.growth[-1] - result.growth[0]).low > 0


# --- the race -------------------------------------------------------------------


@pytest.fixture(scope="module")
def race():
    runners = ("relu", "leaky_relu", "gelu", "tanh", "sigmoid", "sigmoid_gain_4")
    return lesson.run_race(runners, seeds=SEEDS)


def test_everyone_runs_at_the_rate_with_the_fewest_steps(race):
    for row, best in enumerate(race.best):
        means = np.minimum(race.steps[row], race.max_steps).mean(axis=1)
        assert means[best] == means.min()
    # No best rate is at the end of the grid but sigmoid's, whose is not beyond 4.
    for row, best in enumerate(race.best):
        assert best > 0
        if not race.runners[row].startswith("sigmoid"):
            assert best < len(race.rates) - 1


def test_in_the_fair_race_relu_beats_sigmoid_and_loses_to_tanh(race):
    relu = race.fair("relu")
    assert summarize(race.fair("sigmoid") / relu).low > 1.2
    assert summarize(race.fair("sigmoid_gain_4") / relu).mean > 1
    assert summarize(race.fair("tanh") / relu).high < 1
    matched, plain = race.fair("sigmoid_gain_4"), race.fair("sigmoid")
    assert summarize(matched - plain).high < 0


def test_relatives_of_relu_need_as_many_steps(race):
    relu = race.fair("relu")
    for runner in ("leaky_relu", "gelu"):
        # Ratios scatter by a quarter over seeds; half of that is a large effect.
        ratio = summarize(race.fair(runner) / relu)
        assert ratio.low < 1.1
        assert ratio.high > 0.9


def test_in_the_unfair_race_sigmoid_never_arrives(race):
    assert np.isinf(race.unfair("sigmoid", 0.1)).all()
    assert np.isfinite(race.unfair("relu", 0.1)).all()
    ratio = race.unfair("tanh", 0.1) / race.unfair("relu", 0.1)
    assert 0.6 < np.median(ratio) < 1.2


def test_the_race_looks_at_the_same_accuracy_as_a_direct_training(race):
    seed = race.seeds[2]
    digits = load_digits(seed=seed, scaling="global")
    row, column = race.runners.index("tanh"), int(np.flatnonzero(race.rates == 0.3)[0])
    first = int(race.steps[row, column, 2])
    run = ensembles.train(
        digits.train.inputs,
        digits.train.labels,
        widths=(64, 32, 32, 10),
        activation="tanh",
        gain=1.0,
        seeds=(seed,),
        loss="cross_entropy",
        optimizer="sgd",
        learning_rate=0.3,
        batch_size=32,
        steps=first,
        snapshots=(first - 5, first),
    )
    before, after = (
        (ensembles.forward(p, digits.test.inputs)[0].argmax(1) == digits.test.labels)
        for p in run.snapshots.values()
    )
    # One image of 360 may fall on the other side by rounding.
    assert before.mean() - 1 / 360 < race.goal <= after.mean() + 1 / 360
    np.testing.assert_allclose(
        race.curves[row, column, first // 5, 2], after.mean(), atol=1 / 360
    )


def test_a_shifted_runner_is_its_function_plus_a_constant():
    z = np.linspace(-3, 3, 13)
    runner = lesson.RUNNERS["relu_centered"]
    function, relu = runner.build(), activations.get("relu")
    np.testing.assert_allclose(
        function.function(z), relu.function(z) - 1 / np.sqrt(2 * np.pi), atol=1e-7
    )
    np.testing.assert_array_equal(function.derivative(z), relu.derivative(z))
    assert function.function(z.astype(np.float32)).dtype == np.float32


# --- bad input ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.treat("high_rat"), "did you mean 'high_rate'"),
        (lambda: lesson.treat(treatments=("batchnorm",)), "did you mean 'batch_norm'"),
        (lambda: lesson.treat(n_train=5), "`n_train` must be an integer from 32"),
        (lambda: lesson.treat(seeds=()), "`seeds` must be non-empty"),
        (lambda: lesson.measure_leaky((2.0,)), "`slopes` must be from 0 to 1"),
        (lambda: lesson.measure_leaky_growth(gain=9), "`gain` must be a finite number"),
        (lambda: lesson.run_race(("rely",)), "did you mean 'relu'"),
        (lambda: lesson.run_race(max_steps=7), "`max_steps` must be a multiple of 5"),
        (lambda: lesson.run_race(scaling="unti"), "did you mean 'unit'"),
        (
            lambda: lesson.build_blocks(
                ensembles.initialize((2, 3, 4, 1), seeds=(0,)), residual=True
            ),
            "`parameters` must be with hidden layers of one width",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_rate_that_was_not_run_is_named(race):
    with pytest.raises(ValueError, match="`rate` must be one of"):
        race.unfair("relu", 0.07)
