"""What the figures and claims of lesson 05 add to its experiments."""

import numpy as np
import pytest
import torch

from rectified import ensembles
from rectified.experiments import dying as lesson
from rectified.experiments import summarize
from rectified.experiments.dying.permanence import evaluate, follow_layer

SEEDS = range(10)


# --- permanence -----------------------------------------------------------------


@pytest.fixture(scope="module")
def permanence():
    return lesson.measure_permanence(SEEDS)


def test_a_dead_unit_under_plain_descent_does_not_move_at_all(permanence):
    row = permanence.arms.index("sgd")
    assert (permanence.ever_dead[row] > 0).all()  # the statement is about something
    # Its gradient is a sum of exact zeros, in both layers.
    assert not permanence.weight_change[row].any()
    # The data stand still; the outputs of the first layer do not.
    assert not permanence.input_change[:, 0].any()
    assert (permanence.input_change[row, 1] > 0.01).all()


def test_momentum_and_decay_move_even_the_dead(permanence):
    for arm in ("momentum", "weight_decay"):
        row = permanence.arms.index(arm)
        died = permanence.ever_dead[row] > 0
        assert (permanence.weight_change[row][died] > 0).all()
    assert permanence.of("momentum", 1)[1].sum() > 0
    assert permanence.of("weight_decay", 1)[1].sum() == 0


def test_two_ways_to_follow_units_count_the_same(permanence):
    found = lesson.measure_revival("sgd", SEEDS, steps=200)
    died, revived = permanence.of("sgd", 2)
    np.testing.assert_array_equal(died, found.ever_dead[1])
    np.testing.assert_array_equal(revived, found.revived[1])


def test_states_and_inputs_agree_with_torch():
    networks = ensembles.initialize((2, 5, 4, 1), seeds=(3,), bias=-1.0)
    x, _ = lesson.scatter_points((3,))
    weights, biases = networks.network(0)
    h = torch.from_numpy(x[0])
    for weight, bias, (_, given, state) in zip(
        weights, biases, evaluate(networks, x), strict=False
    ):
        np.testing.assert_allclose(given[0], h.numpy(), atol=1e-12)
        z = h @ torch.from_numpy(weight.copy()) + torch.from_numpy(bias.copy())
        np.testing.assert_array_equal(state[0] == 0, (z <= 0).all(dim=0).numpy())
        h = torch.relu(z)


def test_a_history_written_by_hand_is_counted_as_it_should_be():
    def moment(weight, inputs, state):
        return np.full((1, 2, 2), weight), np.full((1, 3, 1), inputs), np.array([state])

    history = [
        moment(1.0, 0.0, [1, 0]),
        moment(3.0, 0.5, [0, 1]),  # the second unit is back, moved by 2
        moment(3.0, 4.5, [0, 1]),  # the first one is dead, unmoved
        moment(9.0, 4.5, [-1, -1]),  # diverged: not dead, not revived
    ]
    died, revived, moved, fed = follow_layer(history)
    assert (died.tolist(), revived.tolist()) == ([2], [1])
    assert (moved.tolist(), fed.tolist()) == ([2.0], [4.0])


# --- revival over time, and in deeper networks --------------------------------------


def test_counts_over_time_end_at_the_totals_and_never_fall():
    found = lesson.measure_revival("sgd", range(4), depth=3)
    assert found.ever_dead_by.shape == (301, 3, 4)
    for total, by in (
        (found.ever_dead, found.ever_dead_by),
        (found.revived, found.revived_by),
    ):
        np.testing.assert_array_equal(by[-1], total)
        assert (np.diff(by, axis=0) >= 0).all()
    np.testing.assert_array_equal(found.dead_at[-1], found.dead_in_the_end)
    # Whoever has died is dead now, or has come back at least once.
    assert (found.ever_dead_by - found.dead_at <= found.revived_by).all()


@pytest.mark.parametrize(
    ("arm", "rate"), [("sgd", 2.0), ("full_batch", 2.0), ("weight_decay", 2.0)]
)
@pytest.mark.parametrize("seeds", [range(10), range(100, 110)])
def test_with_three_layers_the_first_stays_dead_and_the_others_do_not(arm, rate, seeds):
    found = lesson.measure_revival(arm, seeds, depth=3, learning_rate=rate)
    assert found.ever_dead[0].sum() > 20
    assert found.revived[0].sum() == 0
    for layer in (1, 2):
        assert found.revived[layer].sum() > 0.25 * found.ever_dead[layer].sum()


def test_under_a_low_bias_the_last_layer_is_dead_and_nobody_comes_back():
    found = lesson.measure_revival("low_bias", SEEDS, depth=3)
    assert (found.dead_at[:, 2] == 32).all()
    assert not found.revived.any()


# --- causes ---------------------------------------------------------------------


def test_the_first_update_is_between_the_start_and_a_training_of_one_step():
    whole = lesson.measure_cause("learning_rate", (0.1, 10.0), SEEDS, steps=50)
    one = lesson.measure_cause("learning_rate", (0.1, 10.0), SEEDS, steps=1)
    np.testing.assert_array_equal(
        whole.first_step_dead_fraction, one.first_step_dead_fraction
    )
    np.testing.assert_array_equal(one.first_step_dead_fraction, one.dead_fraction)
    none = lesson.measure_cause("learning_rate", (10.0,), SEEDS, steps=0)
    np.testing.assert_array_equal(
        none.first_step_dead_fraction, none.start_dead_fraction
    )


def test_on_circles_a_high_rate_needs_more_than_one_update():
    found = lesson.measure_cause("learning_rate", (0.1, 1.0, 3.16), SEEDS)
    assert not found.start_dead_fraction[:, 0].any()
    assert found.first_step_dead_fraction[:, 0].mean() < 0.02
    calm, border, sick = found.dead_fraction[:, 0].mean(axis=1)
    assert calm == 0
    assert border < 0.05
    assert sick > 0.3


@pytest.mark.parametrize("seeds", [range(10), range(100, 110)])
def test_one_decade_of_the_rate_lies_between_nobody_and_half(seeds):
    found = lesson.measure_cause("learning_rate", (1.0, 10.0), seeds)
    calm, sick = np.nanmean(found.dead_fraction[:, 0], axis=1)  # NaN: diverged
    assert calm < 0.05
    assert 0.35 < sick < 0.75


@pytest.mark.parametrize("task", ["circles", "digits"])
def test_training_mends_nothing_in_a_first_layer_that_starts_dead(task):
    found = lesson.measure_cause("bias", (-4, -3, -2, -1, 0, 1), range(5), task=task)
    before, after = found.start_dead_fraction[:, 0], found.dead_fraction[:, 0]
    assert (after >= before).all()
    assert np.abs(after - before).max() < 0.05


def test_inputs_far_off_center_leave_next_to_nobody_alive_on_digits():
    found = lesson.measure_cause("input_shift", (4.0,), range(5), task="digits")
    assert found.start_dead_fraction[0, 0].mean() > 0.2
    assert found.dead_fraction[0, 0].min() > 0.9


@pytest.mark.parametrize("cause", ["gain", "input_scale"])
def test_scales_are_harmless_at_first(cause):
    values = (1.0, 10.0) if cause == "input_scale" else (2**0.5, 10 * 2**0.5)
    for task in ("circles", "digits"):
        found = lesson.measure_cause(cause, values, range(5), task=task)
        # Both only rescale z, and so leave its sign: not one unit more is dead.
        start = found.start_dead_fraction
        np.testing.assert_array_equal(start[0], start[1])
        calm, sick = found.dead_fraction.mean(axis=1)
        assert summarize(sick - calm).low > 0


# --- phase diagram over time --------------------------------------------------------


@pytest.fixture(scope="module")
def histories():
    return [lesson.follow_phase_diagram((0, 20, 200), seed=seed) for seed in SEEDS]


def test_the_last_moment_is_the_phase_diagram(histories):
    for seed in (0, 7):
        diagram = lesson.draw_phase_diagram(seed=seed)
        found = histories[seed]
        # The same weights measured in groups of another size: rounding of float32.
        np.testing.assert_allclose(
            found.dead_fraction[-1].mean(axis=0), diagram.dead_fraction, atol=1e-6
        )
        np.testing.assert_allclose(found.accuracy[-1], diagram.accuracy, atol=0.011)


@pytest.mark.parametrize("cell", [(3, 20), (15, 15), (20, 5)])
def test_a_replayed_cell_passes_through_the_same_moments(histories, cell):
    lives = lesson.replay_cell(lesson.draw_phase_diagram(seed=2), *cell)
    found = histories[2]
    for row, step in enumerate(found.moments):
        shares = [lives.dead[step, lives.layer == layer].mean() for layer in (1, 2)]
        # One of 8 units may sit on the border.
        np.testing.assert_allclose(
            found.dead_fraction[(row, slice(None), *cell)], shares, atol=0.126
        )
        assert found.loss[(row, *cell)] == pytest.approx(lives.loss[step], rel=1e-3)


def area(found, moment):
    return (np.nan_to_num(found.dead_fraction[moment].mean(axis=0)) > 0.5).mean()


def test_most_of_the_desert_is_there_after_twenty_updates(histories):
    for found in histories:
        assert area(found, 0) < 0.5
        assert area(found, 1) > 0.9 * area(found, 2)


def test_with_a_third_of_its_units_dead_a_network_may_learn_all_or_nothing(histories):
    for found in histories:
        dead = found.dead_fraction[-1].mean(axis=0)
        some = (dead >= 0.25) & (dead <= 0.5)
        accuracy = found.accuracy[-1][some]
        assert (accuracy > 0.95).sum() >= 10
        assert (accuracy < 0.7).sum() >= 10


def test_under_adam_the_safe_rates_end_lower(histories):
    def end(found):
        healthy = np.abs(found.biases) <= 0.5
        share = (found.accuracy[-1][:, healthy] > 0.9).mean(axis=1)
        return found.rates[share > 0.8].max()

    for seed, found in enumerate(histories):
        adam = lesson.follow_phase_diagram((200,), seed=seed, optimizer="adam")
        assert end(adam) < end(found)


# --- cost -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def cost():
    return lesson.measure_cost(np.linspace(0, 1, 9), (4, 8, 16, 32), SEEDS)


def test_the_living_are_those_without_a_deadly_bias(cost):
    for row, networks in enumerate(cost.networks):
        alive = (networks.biases[0] > -1e5).sum(axis=1)
        counted = np.repeat(cost.living[row], len(cost.seeds))
        np.testing.assert_array_equal(alive, counted)


def test_how_many_live_counts_and_not_which_share_died(cost):
    mean = cost.fresh_accuracy.mean(axis=2)
    assert (cost.fresh_accuracy[cost.living >= 4] >= 0.95).all()
    for living in (1, 2, 3):
        found = mean[cost.living == living]
        assert found.size >= 2
        assert np.ptp(found) < 0.1
    assert mean[cost.living == 2].max() < 0.85 < mean[cost.living == 3].min()


def test_wide_networks_do_not_notice_three_quarters_and_narrow_ones_fail(cost):
    at = cost.shares == 0.75
    for width, row in zip(cost.widths, cost.fresh_accuracy[:, at][:, 0], strict=True):
        assert (row > 0.95).all() if width >= 16 else row.mean() < 0.85


def test_the_dead_cost_updates_before_they_cost_accuracy(cost):
    wide, half = cost.widths.index(32), cost.shares == 0.5
    assert (cost.fresh_accuracy[wide, half] > 0.99).all()
    slower = cost.steps[wide, half][0] / cost.steps[wide, 0]
    assert summarize(np.log(slower)).low > 0


def test_fresh_points_are_not_the_training_points(cost):
    assert (cost.accuracy != cost.fresh_accuracy).any()
    assert np.abs(cost.accuracy - cost.fresh_accuracy).max() < 0.2


# --- claims ---------------------------------------------------------------------


def test_a_comparison_is_what_the_causes_measure():
    found = lesson.compare_biases(range(3))
    cause = lesson.measure_cause("bias", (0.0, -3.0), range(3), task="digits")
    np.testing.assert_array_equal(found.dead_fraction[1], cause.dead_fraction)
    np.testing.assert_array_equal(found.accuracy[1], cause.accuracy)
    assert found.tasks == ("circles", "digits")
    assert lesson.compare_rates(range(2)).values == (0.1, 3.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.measure_permanence(arms=("sdg",)), "did you mean 'sgd'"),
        (lambda: lesson.measure_permanence(steps=0), "`steps` must be an integer"),
        (lambda: lesson.measure_revival(depth=5), "`depth` must be an integer"),
        (lambda: lesson.follow_phase_diagram((-1,)), "`moments` must be"),
        (lambda: lesson.follow_phase_diagram(rates=[[1.0]]), "`rates` must be"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
