"""What the figures of lesson 04 hold, against theory and against each other."""

import math

import numpy as np
import pytest

from rectified import (
    CorridorView,
    DefaultInitView,
    RescueView,
    ShatteredView,
    TrainabilityView,
    initialization,
)
from rectified.explorables.vanishing.corridor import WIDTH
from rectified.widgets import rounded


@pytest.fixture(scope="module")
def default_init():
    return DefaultInitView().measurements()


@pytest.fixture(scope="module")
def trainability():
    return TrainabilityView().measurements()


@pytest.fixture(scope="module")
def rescue():
    return RescueView().measurements()


@pytest.fixture(scope="module")
def shattered():
    return ShatteredView().measurements()


# --- tables and controls --------------------------------------------------------


def test_every_setting_has_a_place_in_its_table(
    default_init, trainability, rescue, shattered
):
    for figure, control, listed in (
        (DefaultInitView, "depth", default_init["depths"]),
        (TrainabilityView, "depth", trainability["depths"]),
        (TrainabilityView, "gain", trainability["gains"]),
        (TrainabilityView, "activation", list(trainability["maps"])),
        (RescueView, "depth", rescue["depths"]),
        (RescueView, "factor", rescue["factors"]),
        (ShatteredView, "network", list(shattered["networks"])),
    ):
        assert figure.controls[control].choices() == listed
    steps = DefaultInitView.controls["step"]
    assert default_init["steps"][0] == steps.low
    assert default_init["steps"][-1] == steps.high
    assert set(default_init["steps"]) <= set(steps.choices())
    depths = ShatteredView.controls["depth"].choices()
    for each in shattered["networks"].values():
        assert len(each["slope"]) == len(each["alike"]) == len(depths)


# --- the corridor ---------------------------------------------------------------


def test_the_corridors_weights_are_those_of_pytorch_and_of_he():
    inits = CorridorView.constants["inits"]
    default, he = inits["PyTorch default"], inits["He"]
    # torch.nn.Linear: uniform, weights and biases alike within 1 / sqrt(fan_in).
    assert default["distribution"] == "uniform"
    assert default["scale"] == pytest.approx(1 / math.sqrt(WIDTH))
    assert default["bias"] == pytest.approx(1 / math.sqrt(WIDTH))
    assert default["std"] == pytest.approx(1 / math.sqrt(3 * WIDTH))
    assert he["std"] == he["scale"] == pytest.approx(math.sqrt(2 / WIDTH))
    assert [name for name, init in inits.items() if init["bias"]] == ["PyTorch default"]
    assert initialization.get("pytorch").gain == pytest.approx(3**-0.5)


# --- ten layers -----------------------------------------------------------------


def test_ten_layers_stay_at_guessing_until_the_weights_are_hes(default_init):
    accuracy = np.array(default_init["accuracy"])
    pytorch, he = accuracy[default_init["depths"].index(10)]
    # The largest class holds 10.3 % of the test images.
    assert pytorch.max() < 0.15
    assert he.min() > 0.5
    # With two layers, the default does no harm.
    assert accuracy[0].min() > 0.85


def test_the_bands_hold_their_means(default_init):
    low, mean, high = (np.array(default_init[k]) for k in ("low", "loss", "high"))
    assert (low <= mean * 1.01).all()
    assert (mean <= high * 1.01).all()


# --- the map --------------------------------------------------------------------


def test_the_dashed_lines_are_where_theory_has_a_hundredth_and_a_hundred(trainability):
    left, right = trainability["maps"]["ReLU"]["borders"]
    for line, sign in ((left, -1), (right, 1)):
        assert line
        for gain, depth in line:
            # (gain / sqrt 2)^(depth - 1), rounded to four digits.
            log = (depth - 1) * math.log10(gain / math.sqrt(2))
            assert log == pytest.approx(2 * sign, abs=0.02)


def test_between_the_dashed_lines_more_networks_learn_than_outside(trainability):
    each = trainability["maps"]["ReLU"]
    accuracy = np.array(each["accuracy"]).mean(axis=-1)
    expected = np.array(each["expected"])
    deep = np.array(trainability["depths"]) >= 7
    inside = (expected > 0.01) & (expected < 100) & deep[:, None]
    outside = ~inside & deep[:, None]
    assert accuracy[inside].mean() > accuracy[outside].mean() + 0.1
    # Nothing learns beyond a factor of a thousand.
    beyond = deep[:, None] & (np.abs(np.log10(expected)) > 3)
    assert accuracy[beyond].max() < 0.3


def test_the_region_of_relu_narrows_with_depth_and_that_of_tanh_is_wider(trainability):
    widths = {
        name: (np.array(each["accuracy"]).mean(axis=-1) > 0.4).sum(axis=1)
        for name, each in trainability["maps"].items()
    }
    assert (np.diff(widths["ReLU"]) <= 0).all()
    assert widths["ReLU"][-1] < widths["ReLU"][0]
    assert (widths["tanh"][1:] > widths["ReLU"][1:]).all()
    # The sigmoid learns with one hidden layer, and hardly with more.
    assert widths["sigmoid"].tolist() == [len(trainability["gains"]), 0, 0, 0]


# --- the rescue -----------------------------------------------------------------


def test_larger_weights_rescue_five_layers_and_centered_ones_eight(rescue):
    accuracy = np.array(rescue["accuracy"])  # depths, kinds, factors, seeds
    five, eight = (accuracy[rescue["depths"].index(depth)] for depth in (5, 8))
    four = rescue["factors"].index(4)
    assert five[0, 0].max() < 0.15 < 0.5 < five[0, four].min()
    assert eight[0, four].max() < 0.3
    assert eight[1, four].min() > 0.7


def test_the_gain_of_a_centered_sigmoid_is_a_quarter_per_factor_below_4(rescue):
    centered = np.array(rescue["expected"][1])
    # tanh with less than Xavier's weights shrinks signals until its slope is 1.
    np.testing.assert_allclose(centered[:3], [0.25, 0.5, 0.75], atol=1e-2)
    uncentered = np.array(rescue["expected"][0])
    assert (uncentered < centered).all()


# --- shattered gradients --------------------------------------------------------


def test_centered_gradients_turn_white_and_skip_connections_prevent_it(shattered):
    alike = {
        name: np.array(each["alike"])[:, 1]
        for name, each in shattered["networks"].items()
    }
    white, brown = (
        shattered["noises"][f"{color} noise"]["alike"][1]
        for color in ("white", "brown")
    )
    plain, centered, skips = alike.values()
    assert abs(centered[23] - white) < 0.2
    assert centered[0] > 0.9
    assert min(plain[23], skips[49]) > 0.5
    assert skips[23] == pytest.approx(brown, abs=0.1)


def test_what_is_shown_is_the_shape_of_the_slope(shattered):
    for each in shattered["networks"].values():
        slope = np.array(each["slope"])
        np.testing.assert_allclose(slope.mean(axis=1), 0, atol=1e-2)
        np.testing.assert_allclose(slope.std(axis=1), 1, atol=1e-2)


def test_measuring_twice_gives_the_same(rescue):
    assert RescueView().measurements() == rescue
    assert rescue["expected"] == rounded(rescue["expected"], 3)
