from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch

from rectified import ensembles
from rectified.datasets import WINDOW
from rectified.experiments import dying as lesson
from rectified.experiments import summarize
from rectified.experiments.dying.life import choose_activation

SEEDS = range(10)


# --- one step -------------------------------------------------------------------


def test_the_worked_example_dies_from_four_thirteenths_on():
    step = lesson.find_fatal_rates()
    # By hand: dw = (1 * 1 + 2 * 2) / 2, db = (1 + 2) / 2; the input 2 is the last one.
    w, b = Fraction(5, 2), Fraction(3, 2)
    assert step.gradient == (w, b)
    assert step.fatal_from == pytest.approx(float(2 / (2 * w + b)), abs=1e-15)
    assert step.fatal_from == pytest.approx(4 / 13, abs=1e-15)
    assert step.fatal_to == np.inf


def test_the_dead_unit_never_moves_again_and_the_living_one_learns():
    below, above = (lesson.train_unit(4 / 13 + d, steps=50) for d in (-0.001, 0.001))
    assert not below.dead[:5].any()
    assert below.loss[5] < 1e-3 * below.loss[0]
    assert above.dead[1:].all()
    assert (above.weight[1:] == above.weight[1]).all()
    assert (above.bias[1:] == above.bias[1]).all()


def test_the_fatal_rate_is_far_below_the_limit_of_stability_without_relu():
    step = lesson.find_fatal_rates()
    # Eigenvalues of [[5/2, 3/2], [3/2, 1]], the curvature of the linear unit.
    largest = (3.5 + (3.5**2 - 4 * 0.25) ** 0.5) / 2
    assert step.stable_below == pytest.approx(2 / largest, rel=1e-12)
    assert step.fatal_from < 0.6 * step.stable_below
    rates = (0.99 * step.stable_below, 1.01 * step.stable_below)
    calm, wild = (lesson.train_unit(r, negative_slope=1.0, steps=900) for r in rates)
    assert calm.loss[-1] < 1e-3 * calm.loss[0]
    assert wild.loss[-1] > 10 * wild.loss[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_fatal_rates_agree_with_steps_of_torch(seed):
    rng = np.random.default_rng(seed)
    x, weight, bias = rng.standard_normal(4), *rng.standard_normal(2)
    step = lesson.find_fatal_rates(x, weight=weight, bias=bias)
    w, b = (
        torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (weight, bias)
    )
    points = torch.from_numpy(x)
    loss = (torch.relu(w * points + b) ** 2).mean() / 2
    dw, db = torch.autograd.grad(loss, (w, b))
    np.testing.assert_allclose(step.gradient, (dw.item(), db.item()), atol=1e-14)
    rates = np.geomspace(1e-3, 1e3, 200)
    z = (weight - rates * dw.item()) * x[:, None] + (bias - rates * db.item())
    alive = (weight * x + bias > 0).any()
    fatal = (step.fatal_from <= rates) & (rates <= step.fatal_to)
    np.testing.assert_array_equal(fatal, alive & (z <= 0).all(axis=0))


def test_a_unit_that_is_dead_already_has_no_fatal_rate():
    step = lesson.find_fatal_rates([1.0, 2.0], weight=-1.0)
    assert np.isnan([step.fatal_from, step.fatal_to]).all()


def test_torch_takes_the_same_path():
    path = lesson.train_unit(0.25, inputs=[1.0, -0.5], bias=0.3, steps=5)
    w, b = torch.tensor([1.0, 0.3], dtype=torch.float64).requires_grad_(), None
    optimizer = torch.optim.SGD([w], lr=0.25)
    x = torch.tensor([1.0, -0.5], dtype=torch.float64)
    for step in range(5):
        loss = (torch.relu(w[0] * x + w[1]) ** 2).mean() / 2
        assert path.loss[step] == pytest.approx(loss.item(), abs=1e-15)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    b = w.detach().numpy()
    np.testing.assert_allclose([path.weight[-1], path.bias[-1]], b, atol=1e-14)


# --- life and death -------------------------------------------------------------


@pytest.fixture(scope="module")
def lives():
    return lesson.watch_units(3.0, seed=0)


def test_a_unit_is_dead_only_if_silent_on_all_points(lives):
    np.testing.assert_array_equal(lives.dead, lives.activity == 0)
    assert lives.activity.shape == (201, 64)
    assert lives.layer.tolist() == [1] * 32 + [2] * 32


def test_every_death_and_revival_is_a_change_of_state(lives):
    changes = np.diff(lives.dead.astype(int), axis=0)
    for events, sign in ((lives.deaths, 1), (lives.revivals, -1)):
        assert len(events) == (changes == sign).sum() > 0
        assert (changes[events[:, 0] - 1, events[:, 1]] == sign).all()
    assert (lives.layer[lives.revivals[:, 1]] == 2).all()


def test_the_fatal_update_pushes_all_pre_activations_below_zero(lives):
    unit = int(np.flatnonzero(lives.dead[-1] & ~lives.dead[0])[0])
    update = lesson.find_fatal_update(lives, unit)
    assert update.before.max() > 0 >= update.after.max()
    assert lives.dead[update.step :, unit].all()
    healthy = int(np.flatnonzero(~lives.dead.any(axis=0))[0])
    assert lesson.find_fatal_update(lives, healthy) is None


def test_the_record_of_a_life_agrees_with_what_the_ensemble_recorded(lives):
    x, y = lesson.scatter_points((0,))
    run = ensembles.train(
        x,
        y,
        widths=lives.widths,
        seeds=(0,),
        optimizer="sgd",
        learning_rate=3.0,
        steps=200,
        batch_size=32,
        record=("dead_units",),
        snapshots=(200,),
    )
    recorded = run.records["dead_units"].values[:, 0].astype(bool)
    # Two ways to sum the same products may differ where z is 0 up to rounding.
    assert (recorded == lives.dead).mean() > 0.999
    found = ensembles.measure(run.snapshots[200], x, y, names=("loss", "accuracy"))
    assert lives.loss[-1] == pytest.approx(found["loss"][0], abs=1e-5)
    assert lives.accuracy[-1] == pytest.approx(found["accuracy"][0])


def test_leaky_units_are_evaluated_with_their_slope():
    lives = lesson.watch_units(0.1, widths=(2, 4, 1), negative_slope=0.3, steps=3)
    x, _ = lesson.scatter_points((0,))
    initial = ensembles.initialize(
        (2, 4, 1), seeds=(0,), dtype=np.float32, **choose_activation(0.3)
    )
    z = x[0] @ initial.weights[0][0] + initial.biases[0][0]
    np.testing.assert_allclose(lives.pre_activation[0], z, atol=1e-5)  # float32
    logit = np.where(z > 0, z, 0.3 * z) @ initial.weights[1][0] + initial.biases[1][0]
    loss = np.log1p(np.exp(-np.abs(logit))) + np.maximum(logit, 0)
    labels = lesson.scatter_points((0,))[1][0]
    expected = (loss[:, 0] - labels * logit[:, 0]).mean()
    assert lives.loss[0] == pytest.approx(expected, abs=1e-5)


def test_most_units_of_the_first_layer_that_die_do_so_early():
    # 20 seeds, since a few networks diverge at rate 10 and do not count.
    result = lesson.measure_death_times((1.0, 3.0, 10.0), range(20))
    calm, high, fatal = (fraction[:, 0] for fraction in result.dead_fraction)
    # Rate 1 kills one unit of 640 or so; five standard errors of such a count.
    assert calm[-1].mean() < 1 / 640 + 5 * 1 / 640
    for dead in (high, fatal):
        dead = dead[:, dead[-1] > 0]  # neither unharmed nor diverged (NaN)
        assert dead.shape[1] >= 10
        assert summarize(dead[50] / dead[-1]).low > 0.8
        assert summarize(dead[-1]).low > 0.15
    gap = (fatal - high)[20]
    assert summarize(gap[np.isfinite(gap)]).low > 0


# --- causes ---------------------------------------------------------------------


def test_dead_units_at_the_start_follow_rayleighs_distribution():
    result = lesson.measure_dead_at_start(seeds=SEEDS)
    n = result.n_units * len(result.seeds)
    error = np.sqrt(result.predicted * (1 - result.predicted) / n)
    # Five standard errors of a binomial share; the gaps of the rim cost below 1e-4.
    gap = np.abs(result.dead_fraction.mean(axis=1) - result.predicted)
    assert (gap <= 5 * error + 1e-4).all()
    assert not result.dead_fraction[result.biases >= 0].any()


def measure_inner_radius(points):
    """Return the radius of a disc around 0 inside the hull of the points."""
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    return (points @ [np.cos(angle), np.sin(angle)]).max(axis=0).min()


def test_the_theory_of_the_disc_holds_for_the_training_points():
    biases = (-4.0, -3.0, -2.0, -1.0)
    result = lesson.measure_cause("bias", biases, seeds=range(40), steps=0)
    points, _ = lesson.scatter_points(tuple(range(40)))
    radii = [measure_inner_radius(p) for p in points]
    for bias, dead in zip(biases, result.start_dead_fraction[:, 0], strict=True):
        low = lesson.predict_dead_at_start(bias, radius=2.5)
        high = lesson.predict_dead_at_start(bias, radius=min(radii))
        error = 5 * (0.25 / dead.size / 32) ** 0.5  # of 1280 units
        assert low - error <= dead.mean() <= high + error


def test_a_high_learning_rate_kills_digits_networks_and_a_tenth_of_it_does_not():
    result = lesson.measure_cause("learning_rate", (0.3, 3.0), SEEDS, task="digits")
    healthy, sick = result.dead_fraction
    assert result.finite.mean() >= 0.9
    # A handful of 64 units in the worst of ten networks, against nearly all of them
    # (NaN: a network may diverge instead).
    assert healthy.max() < 0.1
    assert np.nanmedian(sick, axis=1).min() > 0.85
    assert summarize(result.accuracy[0]).low > 0.95
    # One answer for all is right one time in ten; a network or two may do better.
    assert summarize(result.accuracy[1]).high < 0.15


def test_low_biases_kill_before_training_and_training_does_not_help():
    result = lesson.measure_cause("bias", (-3.0, 0.0), SEEDS)
    before, after = result.start_dead_fraction[0], result.dead_fraction[0]
    assert summarize(before[0]).low > 0.4
    np.testing.assert_array_equal(after[0], before[0])  # the first layer stays as it is
    # By theory, a network with a dead layer gives one answer to balanced classes.
    lost = result.start_dead_fraction[0, 1] == 1
    assert lost.sum() >= 5
    assert (result.accuracy[0, lost] == 0.5).all()
    assert summarize(result.accuracy[1]).low > 0.95


def test_unscaled_inputs_are_as_deadly_as_a_high_rate():
    result = lesson.measure_cause("input_scale", (1.0, 10.0), SEEDS, task="digits")
    assert result.dead_fraction[0].max() < 0.1
    gap = summarize(result.dead_fraction[1, 0] - result.dead_fraction[0, 0])
    assert gap.low > 0.2
    # Few networks escape.
    assert result.accuracy[1].mean() < 0.9 < result.accuracy[0].min()


def test_inputs_off_center_silence_up_to_half_of_the_first_layer_at_once():
    shifts = (0.0, 3.0, 30.0, 1000.0)
    result = lesson.measure_cause("input_shift", shifts, SEEDS, steps=0)
    dead = result.start_dead_fraction[:, 0].mean(axis=1)
    assert (np.diff(dead) >= 0).all()
    # Far off, all points look alike, and the sign of w x decides: one half, with five
    # standard errors of 320 units.
    assert dead[-1] == pytest.approx(0.5, abs=5 * (0.25 / 320) ** 0.5)
    after = lesson.measure_cause("input_shift", (0.0, 3.0), SEEDS, task="digits")
    assert summarize(after.dead_fraction[1, 0] - after.dead_fraction[0, 0]).low > 0.5


def test_large_weights_kill_together_with_a_large_rate():
    alone, joint = (
        lesson.measure_cause("gain", (2**0.5, 6.0), SEEDS, learning_rate=rate)
        for rate in (0.1, 1.0)
    )
    assert (alone.dead_fraction[1, 0] == 0).all()
    assert summarize(joint.dead_fraction[1, 0] - joint.dead_fraction[0, 0]).low > 0
    assert summarize(joint.accuracy[0] - joint.accuracy[1]).low > 0


# --- phase diagram --------------------------------------------------------------


@pytest.fixture(scope="module")
def diagrams():
    return [lesson.draw_phase_diagram(seed=seed) for seed in SEEDS]


def test_the_phase_diagram_has_the_same_regions_for_every_seed(diagrams):
    areas = summarize([d.dead_area for d in diagrams])
    learned = summarize([d.learned_area for d in diagrams])
    # The spread over seeds: a few cells of 576.
    assert areas.sd < 0.03
    assert learned.sd < 0.03
    assert 0.5 < areas.mean < 0.65
    assert 0.2 < learned.mean < 0.3
    for diagram in diagrams:
        calm = (diagram.rates > 0.1) & (diagram.rates < 0.7)
        middle = np.abs(diagram.biases) < 0.6
        assert diagram.accuracy[np.ix_(calm, middle)].mean() > 0.95
        assert diagram.accuracy[:, diagram.biases < -3.3].mean() < 0.6
        assert diagram.accuracy[diagram.rates > 20].mean() < 0.6
        assert diagram.finite.mean() > 0.95


def test_a_positive_bias_does_not_protect_from_a_high_rate(diagrams):
    high = diagrams[0].rates > 5
    cells = [d.dead_fraction[high][:, d.biases > 0.4] for d in diagrams]
    assert summarize([np.nanmean(c) for c in cells]).low > 0.5  # NaN: diverged


@pytest.mark.parametrize("cell", [(0, 0), (12, 20), (20, 20), (17, 22), (5, 12)])
def test_a_cell_can_be_replayed(diagrams, cell):
    diagram = diagrams[3]
    lives = lesson.replay_cell(diagram, *cell)
    dead = np.mean([lives.dead[-1, lives.layer == layer].mean() for layer in (1, 2)])
    # The same numbers in another order of summation: a unit may sit on the border.
    assert dead == pytest.approx(diagram.dead_fraction[cell], abs=1 / 16)
    assert lives.accuracy[-1] == pytest.approx(diagram.accuracy[cell], abs=0.02)


def test_leaky_units_move_the_border_but_not_at_high_rates():
    rates, biases = [0.3, 10.0], [-2.0, -1.5]
    found = [
        np.array(
            [
                lesson.draw_phase_diagram(
                    np.repeat(rates, 5), biases, seed=seed, negative_slope=slope
                )
                .accuracy.reshape(2, -1)
                .mean(axis=1)
                for seed in SEEDS
            ]
        )
        for slope in (0.0, 0.2)
    ]
    gain = found[1] - found[0]
    assert summarize(gain[:, 0]).low > 0.1
    assert summarize(gain[:, 1]).high < 0.1


def test_a_diagram_can_be_stopped():
    heard = []
    diagram = lesson.draw_phase_diagram(
        [0.1, 1.0], [0.0], on_step=lambda step, _: heard.append(step) or step == 7
    )
    assert heard == list(range(1, 8))
    assert diagram.steps == 7


# --- dead or quiet --------------------------------------------------------------


def test_no_unit_of_the_first_layer_is_silent_on_the_whole_plane():
    result = lesson.measure_quiet(3.0, SEEDS)
    first, second = result.silent_on("plane")
    # By theory: only weights of exactly 0 would silence it.
    assert not first.any()
    assert summarize(result.silent_on("data")[0]).low > 0
    # The second layer has units that nothing can wake.
    assert summarize(second).low > 0
    assert result.counts.sum(axis=0).tolist() == [[16] * 10] * 2


def test_fewer_units_are_silent_on_more_points():
    result = lesson.measure_quiet(3.0, SEEDS)
    sizes = ("batch", "data", "window", "plane")
    silent = np.array([result.silent_on(size) for size in sizes])
    assert (np.diff(silent, axis=0) <= 0).all()
    assert summarize(silent[1, 0] - silent[2, 0]).low > 0  # quiet on the data only


def test_a_batch_overstates_the_dead():
    result = lesson.measure_batch_bias(seeds=SEEDS)
    one, eight, batch, everything = result.silent_fraction
    assert one.mean() == pytest.approx(0.5, abs=0.1)  # half the units, by symmetry
    assert (one >= eight).all()
    assert (eight >= batch).all()
    assert (batch >= everything).all()
    assert summarize(everything[0]).high < 0.01
    assert summarize(eight.mean(axis=0) / everything.mean(axis=0).mean()).low > 1.2


def draw_layers(rng, widths=(2, 6, 6, 6, 1)):
    weights = [rng.standard_normal(w) for w in pairwise(widths)]
    return weights, [rng.standard_normal(n) - 1 for n in widths[1:]]


def fire(weights, biases, points):
    """Return which hidden units fire on some point, with PyTorch."""
    h, found = torch.from_numpy(points), []
    for weight, bias in list(zip(weights, biases, strict=True))[:-1]:
        z = h @ torch.from_numpy(weight) + torch.from_numpy(bias)
        found.append((z > 0).any(dim=0).numpy())
        h = torch.relu(z)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_reaches_agree_with_a_search_of_many_points(seed):
    rng = np.random.default_rng(seed)
    weights, biases = draw_layers(rng)
    data = rng.uniform(-1, 1, (30, 2))
    reach = lesson.classify_units(weights, biases, data=data, batch=data[:3])
    axis = np.linspace(-WINDOW, WINDOW, 301)
    window = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    angle = np.linspace(0, 2 * np.pi, 360)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    far = np.concatenate([radius * ring for radius in np.geomspace(1, 1e6, 200)])
    sets = (data[:3], data, np.concatenate([data, window]))
    for code, points in enumerate((*sets, np.concatenate([*sets, far]))):
        for layer, found in zip(
            reach.layers, fire(weights, biases, points), strict=True
        ):
            # A grid may miss a small region, but what it finds must be known.
            assert (layer[found] <= code).all()
            if code < 2:
                np.testing.assert_array_equal(layer <= code, found)
    assert not (reach.layers[0] > 3).any()
    assert not (reach.layers[1] == lesson.REACHES.index("undecided")).any()


def test_the_exact_search_of_the_second_layer_finds_what_a_grid_misses():
    # Two lines that meet at (1000, 0.5); z is positive only near there.
    first = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    offset = np.array([-1000.0, 1000.0, -0.5, 0.5])
    weight, bias = -np.ones((4, 1)), np.array([0.01])
    assert lesson.find_second_layer(first, offset, weight, bias).tolist() == [True]
    assert lesson.find_second_layer(first, offset, weight, -bias).tolist() == [False]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_pre_activation_exceeds_its_bound(seed):
    rng = np.random.default_rng(seed)
    weights, biases = draw_layers(rng)
    weights[0][:, :2] = 0  # two units whose bound is finite
    weights[1][2:] = -np.abs(weights[1][2:])
    bounds = lesson.bound_pre_activations(weights, biases)
    h = 100 * rng.standard_normal((5000, 2))
    for weight, bias, bound in zip(weights, biases, bounds, strict=True):
        z = h @ weight + bias
        assert (z <= bound + 1e-9).all()
        h = np.maximum(z, 0)
    np.testing.assert_array_equal(bounds[0][:2], biases[0][:2])
    assert np.isinf(bounds[0][2:]).all()
    assert np.isfinite(bounds[1]).all()


# --- revival --------------------------------------------------------------------


@pytest.mark.parametrize("training", ["sgd", "full_batch", "weight_decay", "low_bias"])
def test_under_plain_descent_no_dead_unit_of_the_first_layer_revives(training):
    result = lesson.measure_revival(training, range(16))
    assert result.ever_dead[0].sum() > 50  # the statement is about something
    # By theory, not one: no gradient, and the inputs stay.
    assert result.revived[0].sum() == result.revivals[0].sum() == 0
    np.testing.assert_array_equal(result.ever_dead[0], result.dead_in_the_end[0])


def test_that_also_holds_for_digits():
    result = lesson.measure_revival(
        "sgd", SEEDS, task="digits", learning_rate=1.0, steps=60
    )
    assert result.ever_dead[0].sum() > 100
    assert result.revived[0].sum() == 0
    assert summarize(result.revived[1] / result.ever_dead[1]).low > 0.5


@pytest.mark.parametrize("training", ["sgd", "full_batch", "weight_decay", "momentum"])
def test_deeper_units_often_revive(training):
    result = lesson.measure_revival(training, range(16))
    assert summarize(result.revived[1] / result.ever_dead[1]).low > 0.3


def test_momentum_carries_dead_units_of_the_first_layer_back_to_life():
    result = lesson.measure_revival("momentum", range(16))
    died = result.ever_dead[0] > 0
    assert summarize(result.revived[0, died] / result.ever_dead[0, died]).low > 0.05


def test_under_a_low_bias_next_to_nothing_revives():
    result = lesson.measure_revival("low_bias", range(16))
    assert result.revived[1].sum() / result.ever_dead[1].sum() < 0.05


def test_a_small_slope_revives_few_units_of_the_first_layer():
    result = lesson.measure_revival("leaky", range(16))
    share = result.revived[0].sum() / result.ever_dead[0].sum()
    assert 0 < share < 0.3


# --- cost -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def cost():
    return lesson.measure_cost(seeds=SEEDS)


def test_a_wide_network_does_without_most_of_its_units(cost):
    wide = cost.accuracy[cost.widths.index(32)]
    assert (wide[cost.shares <= 0.75] > 0.95).all()


def test_a_narrow_network_does_not(cost):
    narrow = cost.accuracy[cost.widths.index(8)]
    assert (narrow[cost.shares <= 0.25] > 0.95).all()
    for share in (0.75, 0.875):
        (lost,) = narrow[cost.shares == share]
        assert summarize(1 - lost).low > 0.05


def test_death_slows_down_what_it_does_not_prevent(cost):
    wide = cost.steps[cost.widths.index(32)]
    healthy, most = wide[cost.shares == 0][0], wide[cost.shares == 0.75][0]
    assert summarize(most / healthy).low > 1.2


def test_a_dead_layer_leaves_one_answer_for_all(cost):
    assert (cost.accuracy[:, cost.shares == 1] == 0.5).all()
    assert np.isinf(cost.steps[:, cost.shares == 1]).all()
    first_only = lesson.measure_cost((1.0,), seeds=SEEDS, layers=(1,))
    assert (first_only.accuracy == 0.5).all()


# --- bad input ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.measure_cause("biases"), "did you mean 'bias'"),
        (lambda: lesson.measure_cause(task="circle"), "did you mean 'circles'"),
        (lambda: lesson.measure_cause(seeds=3), "`seeds` must be a list of integers"),
        (lambda: lesson.measure_revival("sdg"), "did you mean 'sgd'"),
        (lambda: lesson.measure_cost((1.5,)), "`shares` must be from 0 to 1"),
        (lambda: lesson.watch_units(widths=(3, 8, 1)), "`widths` must be 2, then"),
        (lambda: lesson.watch_units(learning_rate=-1), "`learning_rate` must be"),
        (lambda: lesson.watch_units(steps=501), "`steps` must be an integer from 1"),
        (lambda: lesson.train_unit(np.nan), "`learning_rate` must be a finite number"),
        (lambda: lesson.find_fatal_rates([]), "`inputs` must be non-empty"),
        (lambda: lesson.predict_dead_at_start(-1, radius=0), "`radius` must be"),
        (
            lambda: lesson.classify_units(
                [[[1.0], [0.0]], [[1.0]]], [[0.0], [0.0]], data=[[9, 9]], batch=[[0, 0]]
            ),
            "`data` must be within the window",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
