"""The figures of lesson 03 that the front end draws agree with their experiments."""

import itertools
import re

import numpy as np
import pytest
from scipy import stats

from rectified import (
    LabelNoiseView,
    QuietView,
    RepresentationView,
    SparsityTrainingView,
    ZerosView,
)
from rectified.experiments import sparsity as experiment
from rectified.explorables.sparsity import label_noise, representation, training

pytestmark = pytest.mark.browser

# Sums of 48 products in another order, over eight layers.
ROUNDING = 1e-9


def test_the_zeros_view_computes_what_the_layer_experiment_computes(compute):
    settings = [
        {"bias": bias, "scale": scale, "input_mean": mean, "layer": layer} | drawn
        for bias, scale, mean, layer, drawn in itertools.product(
            (-2, -0.3, 0, 2),
            (0.5, 1, 1.5),
            (0, 2),
            (1, 4, 8),
            [{"distribution": name} for name in experiment.DISTRIBUTIONS],
        )
    ]
    draw = experiment.draw_layers()
    answers = compute(ZerosView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        layer = setting["layer"] - 1
        asked = {k: v for k, v in setting.items() if k != "layer"}
        expected = experiment.count_layer_zeros(draw, **asked)
        data = answer["data"]
        z = expected.pre_activations[layer].ravel()
        np.testing.assert_allclose(data["z"], z, atol=ROUNDING * (1 + abs(z).max()))
        found = [
            [one[k] for one in data["layers"]] for k in ("zeros", "dead", "always")
        ]
        measured = [expected.zeros, expected.dead, expected.always_on]
        # Sums of hundredths may be 0 but for rounding: two values of 3072.
        np.testing.assert_allclose(found, measured, atol=2.1 / 3072)
        theory = [one["expected"] for one in data["theory"]]
        np.testing.assert_allclose(theory, expected.expected, atol=1e-12)
        said = float(re.search(r"([\d.]+)% of the outputs", answer["finding"])[1])
        assert said == pytest.approx(100 * data["counted"]["zeros"], abs=0.051)


def test_the_normal_distribution_of_the_zeros_view_is_that_of_scipy(compute):
    scales, biases = ZerosView.controls["scale"], ZerosView.controls["bias"]
    settings = [
        {"bias": bias, "scale": scale}
        for bias in biases.choices()
        for scale in (scales.low, scales.high)
    ]
    for setting, answer in zip(
        settings, compute(ZerosView(), [dict(s) for s in settings]), strict=True
    ):
        spread = setting["scale"] * 2**0.5
        first = answer["data"]["theory"][0]
        assert first["spread"] == pytest.approx(spread)
        share = stats.norm.cdf(-setting["bias"] / spread)
        assert first["expected"] == pytest.approx(share, rel=1e-13)


def test_the_quiet_view_sorts_units_as_their_images_say(compute):
    found = experiment.measure_silence()
    settings = [
        {"batch": batch, "network": network, "layer": layer, "shift": shift}
        for batch in (1, 32, 128)
        for network in experiment.NETWORKS
        for layer in (1, 2)
        for shift in (-3, -1.5, 1)
    ]
    answers = compute(QuietView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        place = (
            found.networks.index(setting["network"]),
            found.shifts.tolist().index(setting["shift"]),
            setting["layer"] - 1,
        )
        alive = found.on_train[place] > 0
        fires = found.fires[place][:, : setting["batch"]].any(axis=1)
        counts = answer["data"]["counts"]
        assert counts["fires"] == fires.sum()
        assert counts["quiet"] == (alive & ~fires).sum()
        assert counts["dead"] == (~alive).sum()
        assert counts["revived"] == (~alive & (found.on_test[place] > 0)).sum()
        expected = experiment.silent_on_batches(found.on_train[place], found.n_train)
        np.testing.assert_allclose(answer["data"]["mean"], expected[1:], atol=1e-10)
        here = answer["data"]["here"]
        assert here[setting["batch"] - 1] == pytest.approx((~fires).mean())
        assert here[-1] == pytest.approx((~alive).mean())
        assert f"{(~fires).sum()} of 64 units" in answer["finding"]


def test_the_training_view_quotes_the_measured_means(compute):
    arms = [
        experiment.Arm(*optimizer, penalty)
        for optimizer in training.OPTIMIZERS.values()
        for penalty in training.PENALTIES.values()
    ]
    found = experiment.measure_training(
        training.SEEDS, arms=arms, steps=training.STEPS, every=training.EVERY
    )
    settings = [
        {"optimizer": optimizer, "penalty": penalty, "step": step}
        for optimizer in training.OPTIMIZERS
        for penalty in training.PENALTIES
        for step in (0, 100, 200)
    ]
    answers = compute(SparsityTrainingView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        rate = training.OPTIMIZERS[setting["optimizer"]]
        arm = arms.index(experiment.Arm(*rate, training.PENALTIES[setting["penalty"]]))
        now = found.steps.tolist().index(setting["step"])
        data = answer["data"]
        for layer in (0, 1):
            zeros = found.zeros[arm, now, layer]
            at, mean, sd = data["layers"][layer][data["now"]]
            assert at == setting["step"]
            # Four digits are sent.
            assert mean == pytest.approx(zeros.mean(), rel=1e-3)
            assert sd == pytest.approx(zeros.std(ddof=1), rel=1e-3)
        test = found.test_accuracy[arm, now].mean()
        assert data["test"][data["now"]][1] == pytest.approx(test, rel=1e-3)
        assert (
            f"{100 * data['test'][data['now']][1]:.1f}% of fresh" in answer["finding"]
        )


def test_the_representation_view_shows_every_measure_of_every_function(compute):
    learned = experiment.measure_representation(representation.SEEDS)
    chance = experiment.measure_random_features(
        representation.RANDOM_SEEDS, biases=representation.BIASES
    )
    settings = [
        {"measure": measure, "trained": trained, "bias": bias}
        for measure in representation.MEASURES
        for trained in (False, True)
        for bias in (-6, -1.5, 3)
    ]
    answers = compute(RepresentationView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        field, data = representation.MEASURES[setting["measure"]], answer["data"]
        values = getattr(learned, field)[:, int(setting["trained"])]
        shown = [row["values"] for row in data["rows"]]
        np.testing.assert_allclose(shown, values, rtol=1e-3)
        curve = [one["mean"] for one in data["curve"]]
        means = getattr(chance, field).mean(axis=1)
        np.testing.assert_allclose(curve, means, rtol=1e-3, atol=1e-9)
        assert chance.biases[data["chosen"]] == setting["bias"]


def test_the_label_noise_view_compares_what_the_experiment_compares(compute):
    settings = [
        {"comparison": how, "noise": noise}
        for how in experiment.COMPARISONS
        for noise in (0, 40)
    ]
    answers = compute(LabelNoiseView(), [dict(s) for s in settings])
    runs = {
        noise: experiment.measure_overfitting(
            label_noise.SEEDS,
            names=label_noise.NAMES,
            label_noise=noise / 100,
            every=20,
            width=32,
        )
        for noise in (0, 40)
    }
    for setting, answer in zip(settings, answers, strict=True):
        run, how = runs[setting["noise"]], setting["comparison"]
        means = []
        for name, arm in zip(label_noise.NAMES, answer["data"]["arms"], strict=True):
            np.testing.assert_allclose(arm["values"], run.compare(how, name), rtol=1e-3)
            assert arm["stop"] == pytest.approx(run.stops(how, name).mean(), rel=1e-3)
            means.append(run.compare(how, name).mean())
        place = sorted(means, reverse=True).index(means[0]) + 1
        said = "ReLU is ahead" if place == 1 else f"ReLU comes in at place {place}"
        assert said in answer["finding"]
