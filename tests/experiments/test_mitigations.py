from itertools import pairwise, repeat

import numpy as np
import pytest
import torch
from torch.nn import functional

from rectified import activations, ensembles
from rectified.datasets import load_digits, make_task
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
    return lesson.treat("small_weights", seeds=SEEDS).outcomes


@pytest.fixture(scope="module")
def large_weights():
    return lesson.treat("large_weights", seeds=SEEDS).outcomes


def test_every_patient_is_sick(high_rate, low_bias, small_weights, large_weights):
    for outcomes in (high_rate, low_bias, small_weights, large_weights):
        assert outcomes["none"].accuracy.max() < 0.25
        assert not outcomes["none"].cured.any()
        assert outcomes["none"].finite.all()
    for outcomes in (high_rate, low_bias, large_weights):
        assert outcomes["none"].accuracy.max() < 0.2
        assert np.median(outcomes["none"].dead_fraction[1]) > 0.8


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
        assert small_weights[name].accuracy.max() < 0.25
    assert not small_weights["elu"].cured.any()


def test_large_weights_are_cured_by_smaller_ones_and_not_by_another_function(
    large_weights,
):
    assert large_weights["he_init"].cured.all()
    assert large_weights["lower_rate"].cured.mean() >= 0.7
    for name in ("leaky_relu", "prelu", "elu", "gelu", "silu"):
        assert large_weights[name].accuracy.max() < 0.4
    assert not large_weights["leaky_relu"].finite.any()
    # Norms and clipping stop the dying, and are slow: better, but not cured in time.
    for name in ("batch_norm", "layer_norm", "strict_clipping"):
        assert summarize(large_weights[name].dead_fraction[0]).high < 0.05
        assert not large_weights[name].cured.any()


def test_the_signs_tell_the_illnesses_apart(
    high_rate, low_bias, small_weights, large_weights
):
    """What lesson 06 asks first: is a unit silent before training, or only after?"""
    first = {
        name: outcomes["none"].dead_curve[0].mean(axis=0)
        for name, outcomes in (
            ("high_rate", high_rate),
            ("low_bias", low_bias),
            ("small_weights", small_weights),
            ("large_weights", large_weights),
        )
    }
    assert first["low_bias"].min() > 0.6
    for name in ("high_rate", "small_weights", "large_weights"):
        assert first[name].max() < 0.2
    assert small_weights["none"].dead_fraction.mean(axis=0).max() < 0.4
    guess = np.log(10)
    assert large_weights["none"].loss_curve[0].min() > 20 * guess
    for outcomes in (high_rate, low_bias, small_weights):
        assert abs(outcomes["none"].loss_curve[0].mean() - guess) < 0.6


def test_no_function_cures_every_patient_and_batch_norm_cures_three(
    high_rate, low_bias, small_weights, large_weights
):
    wards = (high_rate, low_bias, small_weights, large_weights)
    for name in ("leaky_relu", "elu", "gelu"):
        assert not any(ward[name].cured.all() for ward in wards)
    cured = [ward["batch_norm"].cured.all() for ward in wards]
    assert cured == [True, True, True, False]


def test_treatments_given_together_are_those_given_alone():
    names = ("none", "lower_rate", "strict_clipping", "prelu", "layer_norm", "adam")
    together = lesson.treat("low_bias", names, (3, 5), steps=20, every=5)
    for name in names:
        alone = lesson.treat("low_bias", (name,), (3, 5), steps=20, every=5)
        for field in ("accuracy_curve", "loss_curve", "dead_curve", "slope_curve"):
            # The same products in another stack: rounding of float32, a few steps.
            np.testing.assert_allclose(
                getattr(together.outcomes[name], field),
                getattr(alone.outcomes[name], field),
                atol=1e-4,
            )


@pytest.mark.parametrize("name", ["none", "adam", "batch_norm"])
def test_looking_changes_nothing(name):
    often = lesson.treat("low_bias", (name,), (1, 2), steps=40, every=4)
    once = lesson.treat("low_bias", (name,), (1, 2), steps=40)
    assert often.looks.tolist() == list(range(0, 41, 4))
    assert once.looks.tolist() == [0, 40]
    for field in ("accuracy_curve", "loss_curve", "dead_curve"):
        many, few = (getattr(w.outcomes[name], field) for w in (often, once))
        np.testing.assert_allclose(many[[0, -1]], few, atol=1e-5)


@pytest.mark.parametrize("name", ["none", "batch_norm"])
def test_the_loss_is_that_of_torch(name):
    (seed,) = seeds = (4,)
    ward = lesson.treat("high_rate", (name,), seeds, steps=1)
    digits = load_digits(seed=seed, scaling="global", n_train=400).train
    start = ensembles.initialize(
        (64, 32, 32, 10), seeds=seeds, gain=2**0.5, dtype=np.float32
    )
    norm = "batch" if name == "batch_norm" else "none"
    output = lesson.run_blocks(
        lesson.build_blocks(start, norm=norm), digits.inputs[None]
    ).output[0]
    expected = functional.cross_entropy(
        torch.from_numpy(output), torch.from_numpy(digits.labels)
    )
    found = ward.outcomes[name].loss_curve[0, 0]
    # Means of 400 losses in float32.
    assert found == pytest.approx(float(expected), rel=1e-4)


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


def test_watching_leaky_networks_changes_nothing():
    slopes, setting = (0.01, 0.1), {"bias": -3.0, "learning_rate": 0.3}
    moments = list(lesson.watch_leaky(slopes, (0, 1), steps=60, **setting))
    whole = lesson.measure_leaky(slopes, (0, 1), steps=60, **setting)
    assert len(moments) == 61
    np.testing.assert_array_equal(moments[-1].accuracy, whole.accuracy)
    np.testing.assert_array_equal(moments[0].below, whole.start_negative_fraction)
    np.testing.assert_array_equal(moments[-1].below, whole.negative_fraction)
    assert all(moments[k] is moments[k - k % 5] for k in range(61))
    for moment in moments:
        assert (moment.slopes == np.array(slopes)[:, None, None]).all()
        assert moment.finite.all()


def test_units_rise_if_they_were_below_zero_and_are_not_now():
    first, *_, last = lesson.watch_leaky(
        (0.316,), range(4), bias=-3, learning_rate=0.3, steps=200
    )
    assert (first.risen == 0).all()
    gone = (first.below - last.below) / first.below
    # Others may have sunk, so that more have risen than are missing.
    assert (last.risen >= gone - 1e-9).all()
    assert last.risen[0, 1].mean() > 0.2


def test_learned_slopes_start_where_they_are_told_and_follow_their_gradient():
    # Steps so small that five of them go straight on.
    first, *_, fifth = lesson.watch_leaky(
        (0.1,), (3,), bias=-2, learning_rate=1e-3, learned=True, steps=5
    )
    assert np.allclose(first.slopes, 0.1)
    task = make_task("circles", noise=0, seed=3)
    start = ensembles.initialize(
        (2, 32, 32, 1), seeds=(3,), gain=2**0.5, bias=-2.0, dtype=np.float64
    )
    slopes = [torch.tensor(0.1, dtype=torch.float64, requires_grad=True) for _ in "ab"]
    h = torch.from_numpy(task.points).double()
    (*weights, last), (*biases, end) = start.network(0)
    for weight, bias, slope in zip(weights, biases, slopes, strict=True):
        z = h @ torch.from_numpy(weight.copy()) + torch.from_numpy(bias.copy())
        h = functional.prelu(z, slope.reshape(1))
    out = h @ torch.from_numpy(last.copy()) + torch.from_numpy(end.copy())
    target = torch.from_numpy(task.labels).double()
    functional.binary_cross_entropy_with_logits(out[:, 0], target).backward()
    change = [-5e-3 * float(slope.grad) for slope in slopes]
    np.testing.assert_allclose(fifth.slopes[0, :, 0] - 0.1, change, rtol=0.05)


def test_a_network_that_diverged_counts_as_zero_and_not_as_nan():
    *_, last = lesson.watch_leaky((0.3,), (0,), bias=0, learning_rate=100.0, steps=50)
    assert not last.finite.any()
    for values in (last.accuracy, last.below, last.risen, last.slopes):
        assert (values == 0).all()


def test_a_fixed_slope_of_a_hundredth_raises_hardly_any_unit_of_the_first_layer():
    *_, last = lesson.watch_leaky((0.01,), SEEDS, bias=-3, learning_rate=0.1)
    assert last.risen[0, 0].max() < 0.05
    assert last.risen[0].mean() < 0.1
    assert last.finite.all()


# --- what the verdicts rest on --------------------------------------------------


def test_the_gradient_at_the_first_layer_is_that_of_torch():
    seeds = (2, 7)
    found = lesson.measure_leaky_gradient(seeds, n_inputs=5).first_layer
    for arm, (slope, bias) in enumerate(((0.0, -3.0), (0.01, -3.0), (0.0, 0.0))):
        for column, seed in enumerate(seeds):
            digits = load_digits(seed=seed, scaling="global", n_train=400).train
            start = ensembles.initialize(
                (64, 32, 32, 10), seeds=(seed,), gain=2**0.5, bias=bias
            )
            weights, biases = start.network(0)
            parts = [torch.from_numpy(a.copy()) for a in (*weights, *biases)]
            first, second, third, *shifts = parts
            for part in (first, shifts[0]):
                part.requires_grad_()
            h = torch.from_numpy(digits.inputs).double()
            h = functional.leaky_relu(h @ first + shifts[0], slope)
            h = functional.leaky_relu(h @ second + shifts[1], slope)
            labels = torch.from_numpy(digits.labels)
            functional.cross_entropy(h @ third + shifts[2], labels).backward()
            square = first.grad.square().sum() + shifts[0].grad.square().sum()
            # float32 in the experiment.
            expected = float(square) ** 0.5
            assert found[arm, column] == pytest.approx(expected, rel=1e-3, abs=1e-12)


def test_the_largest_rise_is_that_of_the_loss_between_two_looks():
    result = lesson.measure_lower_rate((0, 1))
    ward = lesson.treat("high_rate", ("none",), (0, 1), steps=100, every=1)
    losses = ward.outcomes["none"].loss_curve
    assert result.largest_rise[0, 0].tolist() == (
        np.maximum.reduce(losses[1:] - losses[:-1]).tolist()
    )
    np.testing.assert_allclose(result.rates, [[3.0, 0.3], [0.1, 0.01]])


def test_leaky_and_relu_share_their_best_of_the_rates(race):
    result = lesson.measure_leaky_performance(range(3), depths=(2,), rates=(0.1, 0.3))
    direct = lesson.run_race(("relu", "leaky_relu"), rates=(0.1, 0.3), seeds=range(3))
    final = direct.curves[:, :, -1].mean(axis=2).max(axis=1)
    np.testing.assert_allclose(result.accuracy[0].mean(axis=1), final)
    assert result.n_test == 360


def test_learned_slopes_leave_the_range_from_zero_to_one():
    slopes = lesson.measure_prelu(SEEDS).slopes
    assert np.isfinite(slopes).all()
    assert slopes.max() > 1
    assert slopes.min() < 0


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


def test_watching_the_race_changes_nothing():
    runners = ("relu", "prelu", "tanh")
    setting = {"rates": (0.1, 0.5), "seeds": (0, 3), "depth": 1, "max_steps": 20}
    setting["n_train"] = 300
    moments = list(lesson.watch_race(runners, **setting))
    whole = lesson.run_race(runners, **setting)
    assert [moment.looked for moment in moments[3:9]] == [0, 0, 5, 5, 5, 5]
    rare = list(lesson.watch_race(runners, every=10, **setting))
    assert [moment.looked for moment in rare[8:12]] == [0, 0, 10, 10]
    np.testing.assert_array_equal(rare[10].accuracy, moments[10].accuracy)
    assert len(moments) == 21
    curves = np.array([moments[look].accuracy for look in whole.looks.tolist()])
    np.testing.assert_array_equal(np.moveaxis(curves, 0, 2), whole.curves)


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
        (lambda: lesson.treat(every=7), "`every` must be a divisor of 200"),
        (
            lambda: next(lesson.watch_leaky((2.0,))),
            "`slopes` must be from 0 to 1",
        ),
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
