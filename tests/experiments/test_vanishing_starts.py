"""Experiments of lesson 04 on how networks start: centered, stable, told apart."""

import numpy as np
import pytest

from rectified import ensembles, initialization
from rectified.experiments import summarize
from rectified.experiments import vanishing as lesson
from rectified.experiments.vanishing import shattered
from rectified.experiments.vanishing.training import draw_networks

SEEDS = range(10)


# --- biases that center the sigmoid ---------------------------------------------


def test_a_centered_sigmoid_network_is_a_tanh_network_without_biases():
    scheme = initialization.get("xavier", gain=4.0)
    networks = draw_networks(
        (6, 7, 5, 3), activation="sigmoid", init=scheme, seeds=[0], centered=True
    )
    weights, biases = networks.network(0)
    _, as_tanh = lesson.as_tanh(
        [w.astype(float) for w in weights], [b.astype(float) for b in biases]
    )
    for bias in as_tanh:
        np.testing.assert_allclose(bias, 0, atol=1e-6)  # float32 weights
    # For inputs that put every unit at z = 0, it puts out 0.
    out = ensembles.forward(networks, np.zeros((1, 6)))
    np.testing.assert_allclose(out, 0, atol=1e-6)


def test_centering_changes_nothing_for_functions_that_are_0_at_0():
    for name in ("relu", "tanh", "silu"):
        plain, centered = (
            lesson.run_corridor(5, activation=name, bias=bias, seeds=(0,))
            for bias in ("zero", "centered")
        )
        np.testing.assert_array_equal(plain.gradient, centered.gradient)


def test_centered_sigmoids_follow_the_theory_of_tanh():
    scheme = initialization.get("xavier", gain=4.0)
    run = lesson.run_corridor(
        10,
        activation="sigmoid",
        init=scheme,
        bias="centered",
        width=128,
        seeds=SEEDS,
    )
    for measured, expected in (
        (run.rms, run.expected_rms),
        (run.gradient, run.expected_gradient),
    ):
        logs = np.log(measured)
        error = logs.std(axis=1, ddof=1) / len(SEEDS) ** 0.5
        # Five standard errors, and 1 / width per layer for what theory leaves out.
        assert (np.abs(logs.mean(axis=1) - np.log(expected)) < 5 * error + 0.08).all()
    # It tells inputs apart, which sigmoids with biases of 0 do not.
    zero = lesson.run_corridor(
        10, activation="sigmoid", init=scheme, width=128, seeds=SEEDS
    )
    assert summarize(run.input_share[-1] - zero.input_share[-1]).low > 0.3


@pytest.mark.parametrize(
    ("depth", "zero", "centered"), [(5, (0.6, 1), (0.8, 1)), (8, (0, 0.45), (0.5, 1))]
)
def test_four_times_xavier_needs_centered_biases_for_eight_layers(
    depth, zero, centered
):
    arms = [
        lesson.RescueArm("zero", "sigmoid", 4.0),
        lesson.RescueArm("centered", "sigmoid", 4.0, centered=True),
        lesson.RescueArm("usual", "sigmoid", 1.0),
    ]
    # The sizes of the figure.
    run = lesson.measure_rescue(SEEDS, arms=arms, depth=depth, width=32, steps=80)
    for arm, (low, high) in (
        ("zero", zero),
        ("centered", centered),
        ("usual", (0, 0.2)),
    ):
        accuracy = run.accuracy[run.of(arm)]
        assert accuracy.min() >= low
        assert accuracy.max() <= high
    gap = run.accuracy[run.of("centered")] - run.accuracy[run.of("zero")]
    assert summarize(gap).low > 0


# --- what the text says of the corridor -----------------------------------------


def test_sigmoids_with_large_weights_explode():
    scheme = initialization.get("constant_std", std=4.0)
    run = lesson.run_corridor(
        30, activation="sigmoid", init=scheme, width=48, seeds=SEEDS
    )
    assert run.gradient[0].min() > 100


@pytest.mark.parametrize(
    "help_", [{"normalization": "batch"}, {"residual": 0.1}, {"residual": 1.0}]
)
def test_normalization_and_skip_connections_stop_the_vanishing(help_):
    run = lesson.run_corridor(30, init="pytorch", width=48, seeds=SEEDS, **help_)
    assert run.gradient[0].min() > 0.5


def test_batch_normalization_lets_gradients_grow():
    run = lesson.run_corridor(
        30, init="pytorch", normalization="batch", width=48, seeds=SEEDS
    )
    assert run.gradient[0].min() > 10
    # The scale of the weights does not matter, but for the 1e-5 beside the variance.
    larger = lesson.run_corridor(
        30,
        init=initialization.get("lecun", gain=10.0, distribution="uniform"),
        normalization="batch",
        width=48,
        seeds=SEEDS,
    )
    ratio = np.log(larger.gradient[0]).mean() - np.log(run.gradient[0]).mean()
    assert abs(ratio) < 1


# --- stability ------------------------------------------------------------------


def test_stability_counts_rates_that_train():
    run = lesson.measure_stability(range(2), rates=(0.03, 1e6), depth=2)
    assert run.accuracy.shape == (len(lesson.STABILITY_ARMS), 2, 2)
    relu = run.of("ReLU, He")
    np.testing.assert_array_equal(run.diverged[relu], [[False] * 2, [True] * 2])
    np.testing.assert_array_equal(run.trained[relu], [0.5, 0.5])
    assert (run.accuracy[run.diverged] == 0).all()


def test_one_arm_of_stability_is_the_training_of_its_network():
    arm = lesson.StabilityArm("ReLU, He", "relu", "he")
    alone = lesson.measure_stability((3,), arms=[arm], rates=(0.01,), depth=2)
    together = lesson.measure_stability((3,), rates=(0.01, 0.03), depth=2)
    row = together.of("ReLU, He")
    np.testing.assert_allclose(alone.accuracy[0, 0], together.accuracy[row, 0])


# --- the map --------------------------------------------------------------------


def test_a_cell_of_the_map_keeps_its_loss():
    run = lesson.measure_trainability(range(2), depths=(1, 3), gains=[1.0, 1.4])
    assert run.loss.shape == (2, 2, len(run.record_steps), 2)
    assert run.record_steps[-1] == run.steps
    # It starts near guessing among ten classes and has learned in the end.
    np.testing.assert_allclose(run.loss[:, :, 0], np.log(10), atol=1)
    assert (run.loss[:, :, -1] < 1).all()


def test_predicted_ratios_are_powers_of_the_gain():
    ratios = lesson.predict_ratios(4, "relu", 2.0)
    np.testing.assert_allclose(ratios, 2.0 ** (np.arange(4) / 2))
    # And the same as the map's, which asks for each depth anew.
    run = lesson.measure_trainability((0,), depths=(1, 3), gains=[0.7], steps=1)
    expected = lesson.predict_ratios(3, "relu", 0.7)[[0, 2]]
    np.testing.assert_allclose(run.expected_ratio[:, 0], expected)


# --- shattered gradients --------------------------------------------------------


def test_the_deepest_of_many_depths_is_the_line_of_that_depth_with_other_outputs():
    kwargs = {"centered": True, "residual": 0.3, "width": 20, "n_points": 50}
    slopes = lesson.run_line_depths(6, **kwargs, seeds=(4,))
    assert slopes.shape == (6, 50, 1)
    shallow = lesson.run_line_depths(3, **kwargs, seeds=(4,))
    np.testing.assert_array_equal(slopes[:3], shallow)
    # Both read 20 units: the slopes of one lie in the span of the units' slopes.
    rngs = [np.random.default_rng(4)]
    *_, (_, da) = shattered._climb(6, True, 0.3, rngs, "relu", width=20, n_points=50)
    line = lesson.run_line(6, **kwargs, seeds=(4,))
    for slope in (slopes[-1, :, 0], line.slope[:, 0]):
        fit, *_ = np.linalg.lstsq(da[0], slope, rcond=None)
        np.testing.assert_allclose(da[0] @ fit, slope, atol=1e-9 * np.abs(slope).max())


def test_most_gates_of_deep_plain_networks_never_switch_along_the_line():
    for centered in (False, True):
        rngs = [np.random.default_rng(seed) for seed in SEEDS]
        *_, (a, _) = shattered._climb(
            24, centered, 0.0, rngs, "relu", width=100, n_points=256
        )
        gates = a > 0
        switching = (gates.any(axis=1) & ~gates.all(axis=1)).mean(axis=1)
        assert (switching == 1).all() if centered else (switching < 0.5).all()


def test_white_noise_forgets_at_once_and_brown_noise_slowly():
    white, brown = lesson.draw_noise(128, range(40))
    alike = lesson.autocorrelation(white, 4).mean(axis=1)
    # -1/128, and 1 / sqrt(128 * 40) of scatter, five times.
    np.testing.assert_allclose(alike[1:], 0, atol=0.08)
    assert lesson.autocorrelation(brown, 2)[1].mean() > 0.9
    np.testing.assert_allclose(np.diff(brown, axis=0), white[1:])
