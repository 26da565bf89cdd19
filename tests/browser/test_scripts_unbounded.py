"""The scripts of lesson 07 agree with its experiments."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

from rectified import (
    ClippingView,
    ConditioningView,
    ConvergenceView,
    ExplosionView,
    ZigZagView,
)
from rectified.experiments import unbounded as experiment
from rectified.explorables.unbounded import explosion, training, valley

pytestmark = pytest.mark.browser


def settings_of(**choices):
    """Every combination of the given values."""
    return [
        dict(zip(choices, point, strict=True))
        for point in itertools.product(*choices.values())
    ]


# --- explosion ------------------------------------------------------------------


def test_the_corridor_is_that_of_the_experiment_at_any_gain(compute):
    gains = ExplosionView.controls["gain"].choices()
    settings = settings_of(gain=gains[::6], other=list(explosion.OTHERS), depth=[150])
    answers = compute(ExplosionView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        names = ("relu", explosion.OTHERS[setting["other"]])
        found = experiment.measure_explosion(
            explosion.SEEDS, functions=names, scales=(setting["gain"],), depth=150
        )
        largest = np.log10(found.peak[:, 0])
        for part, expected in zip(("relu", "beside"), largest, strict=True):
            shown = answer["data"][part]
            # The script's table holds four digits of exponents up to 100.
            np.testing.assert_allclose(
                shown["middle"], expected.mean(axis=-1), atol=6e-3, rtol=6e-4
            )
        low, high = (answer["data"]["relu"][end] for end in ("low", "high"))
        np.testing.assert_allclose(low, largest[0].min(axis=-1), atol=6e-3, rtol=6e-4)
        np.testing.assert_allclose(high, largest[0].max(axis=-1), atol=6e-3, rtol=6e-4)


def test_the_corridor_says_where_its_largest_numbers_overflow(compute):
    settings = settings_of(gain=[1.3, 2.0, 2.5], depth=[10, 150])
    for setting, answer in zip(
        settings, compute(ExplosionView(), [dict(s) for s in settings]), strict=True
    ):
        middle = np.array(answer["data"]["relu"]["middle"])[: setting["depth"]]
        for name, found in zip(
            experiment.LARGEST, answer["data"]["reluOverflow"], strict=True
        ):
            most = math.log10(experiment.LARGEST[name])
            for kind, factor in (("value", 1), ("square", 2)):
                above = np.flatnonzero(factor * middle > most)
                assert found[kind] == (above[0] + 1 if above.size else None)


def test_the_theory_of_the_corridor_is_that_of_the_experiment(compute):
    gains = [1.3, 1.6, 2.0, 2.5]
    answers = compute(ExplosionView(), [{"gain": g, "depth": 150} for g in gains])
    for gain, answer in zip(gains, answers, strict=True):
        theory = np.array(answer["data"]["theory"])
        for dtype, largest in experiment.LARGEST.items():
            predicted, _ = experiment.predict_overflow(
                gain * math.sqrt(2), dtype, width=64, n_points=32
            )
            above = np.flatnonzero(theory > math.log10(largest))
            assert (above[0] + 1 if above.size else math.inf) == (
                predicted if predicted <= 150 else math.inf
            )


# --- clipping -------------------------------------------------------------------


def test_clipping_counts_what_the_experiment_counts(compute):
    found = experiment.measure_clipping(
        range(3),
        scales=training.CLIP_SCALES,
        thresholds=(*training.THRESHOLDS, np.inf),
        rates=training.CLIP_RATES,
        steps=50,
    )
    learned = np.rint(found.learned * 3)
    finite = np.isfinite(found.loss[..., -1]).sum(axis=-1)
    settings = settings_of(
        gain=list(training.CLIP_SCALES),
        threshold=list(training.THRESHOLDS),
        rate=list(training.CLIP_RATES)[::3],
    )
    answers = compute(ClippingView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        row = training.CLIP_SCALES.index(setting["gain"])
        column = training.CLIP_RATES.index(setting["rate"])
        for arm, place in (
            ("clipped", training.THRESHOLDS.index(setting["threshold"])),
            ("plain", len(training.THRESHOLDS)),
        ):
            data = answer["data"][arm]
            assert data["learned"] == learned[row, place].tolist()
            assert data["finite"] == finite[row, place].tolist()
            norms = found.norm[row, place, column, :, ::2]
            shown = np.array(data["norm"], dtype=float)
            norms = np.where(np.isfinite(norms), norms, np.nan)
            np.testing.assert_allclose(shown, norms, rtol=6e-3)


# --- the zig-zag ----------------------------------------------------------------


def test_the_path_is_that_of_the_experiment(compute):
    settings = settings_of(
        batch_size=[1, 2, 7, 33, 64],
        mean=[0.0, 0.5, 1.0],
        centered=[False, True],
        rate=[0.1, 0.7, 2.0],
        data=[1, 4],
        step=[60],
    )
    answers = compute(ZigZagView(), [dict(s) for s in settings])
    for setting, answer in zip(settings, answers, strict=True):
        mean = 0.0 if setting["centered"] else setting["mean"]
        plain = experiment.draw_path(mean=mean, seed=setting["data"] - 1)
        expected = experiment.draw_path(
            mean=mean,
            batch_size=setting["batch_size"],
            learning_rate=setting["rate"] / plain.eigenvalues.sum(),
            seed=setting["data"] - 1,
        )
        data = answer["data"]
        # A path that diverges grows its rounding errors with it.
        size = np.abs(expected.weights).max()
        np.testing.assert_allclose(
            data["path"], expected.weights, atol=1e-11 * size, rtol=1e-9
        )
        np.testing.assert_allclose(
            [data["low"], data["high"]], expected.eigenvalues, rtol=1e-9
        )
        assert data["detour"] == pytest.approx(expected.detour, rel=1e-6)
        assert data["left"] == pytest.approx(
            expected.distance[-1] / math.sqrt(2), rel=1e-6, abs=1e-12
        )
        if expected.distance.min() > 1e-4:  # else rounding decides which moves count
            share = data["same"] / data["made"]
            assert share == pytest.approx(expected.same_sign, abs=1e-9)


def test_what_the_examples_ask_for_are_their_gradients(compute):
    settings = settings_of(batch_size=[1, 8], mean=[0.5], data=[1, 2], step=[0, 9, 60])
    for setting, answer in zip(
        settings, compute(ZigZagView(), [dict(s) for s in settings]), strict=True
    ):
        inputs = np.array(answer["data"]["inputs"])
        weights = np.array(answer["data"]["path"][setting["step"]])
        error = inputs @ (weights - experiment.SOLUTION)
        asks = np.array(answer["data"]["asks"])
        np.testing.assert_allclose(asks, -error[:, None] * inputs, atol=1e-12)
        # No input is negative: both weights move together.
        assert (asks.prod(axis=1) >= 0).all()


# --- the valley -----------------------------------------------------------------


def test_the_valley_shows_what_was_measured(compute):
    found = experiment.measure_valleys(
        range(2), arms=("relu", "tanh"), n_features=(8, 64), means=(-1.0, 0.0, 2.0)
    )
    for row, label in enumerate(("ReLU", "tanh")):
        for size, n in enumerate((8, 64)):
            for place, mean in enumerate((-1.0, 0.0, 2.0)):
                setting = {"activation": label, "n": n, "mean": mean}
                (answer,) = compute(ConditioningView(), [setting])
                data = answer["data"]
                for name, table in (
                    ("kappa", found.condition.mean(axis=-1)),
                    ("predicted", found.predicted),
                    ("steps", found.steps.mean(axis=-1)),
                ):
                    expected = table[row, size, place]
                    # Four digits in the script's table.
                    assert data[name] == pytest.approx(expected, rel=1e-3)


def test_the_slice_through_the_valley_is_gradient_descent_at_the_best_rate(compute):
    for label in valley.FUNCTIONS:
        (answer,) = compute(ConditioningView(), [{"activation": label, "step": 60}])
        data = answer["data"]
        curvature = np.array([1.0, data["kappa"]])
        weights = np.array([1.0, 1 / math.sqrt(data["kappa"])])
        for place in data["path"]:
            np.testing.assert_allclose(place, weights, atol=1e-12)
            weights = weights - 2 / curvature.sum() * curvature * weights


# --- the race -------------------------------------------------------------------


def test_the_race_is_judged_as_the_experiment_judges_it(compute):
    found = experiment.measure_convergence(
        training.DEPTHS, range(3), rates=training.RACE_RATES, max_steps=120
    )
    for depth, race in zip(training.DEPTHS, found.races, strict=True):
        for goal in (0.5, 0.7, 0.9):
            judged = dataclasses.replace(race, goal=goal)
            for comparison in ConvergenceView.controls["comparison"].options:
                setting = {"depth": str(depth), "goal": goal, "comparison": comparison}
                (answer,) = compute(ConvergenceView(), [setting | {"rate": 0.232}])
                for row, runner in enumerate(race.runners):
                    data = answer["data"][row]
                    fair = comparison == "each at its own best"
                    steps = (
                        judged.fair(runner) if fair else judged.unfair(runner, 0.232)
                    )
                    shown = [math.inf if s is None else s for s in data["arrived"]]
                    assert shown == steps.tolist()
