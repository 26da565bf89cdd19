import copy
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

from rectified import _activation_functions as piecewise
from rectified.activations import NAMES, get, get_each

# Parameters other than the defaults move kinks, limits and bounds.
VARIANTS = [
    *((name, {}) for name in NAMES),
    ("leaky_relu", {"negative_slope": 0.2}),
    ("leaky_relu", {"negative_slope": -0.5}),
    ("leaky_relu", {"negative_slope": 0.0}),
    ("leaky_relu", {"negative_slope": 1.0}),
    ("prelu", {"negative_slope": 0.1}),
    ("elu", {"alpha": 0.5}),
    ("elu", {"alpha": 2.0}),
]
each_variant = pytest.mark.parametrize(
    "activation",
    [get(name, **settings) for name, settings in VARIANTS],
    ids=lambda a: " ".join([a.name, *map(str, a.parameters.values())]),
)
GRID = np.linspace(-12, 12, 4801)  # 200 steps per unit, so it holds every kink


def differentiate_with_torch(activation, z):
    """Return values and slopes at `z`, by torch and its autograd."""
    tensor = torch.from_numpy(z.copy()).requires_grad_()
    values = activation.torch_function(tensor)
    (slopes,) = torch.autograd.grad(values.sum(), tensor)
    return values.detach().numpy(), slopes.numpy()


# --- functions and derivatives ------------------------------------------------


def test_the_catalogue_lists_what_the_course_needs():
    assert set(NAMES) >= {
        *("relu", "leaky_relu", "prelu", "elu", "selu", "gelu", "gelu_tanh", "silu"),
        *("relu6", "softplus", "squared_relu", "hard_swish", "sigmoid", "tanh"),
        "identity",
    }
    assert [get(name).name for name in NAMES] == list(NAMES)


# Torch computes float32 with fast approximations, good to a few units of 6e-8, and
# the slope of tanh as 1 - tanh^2, which near 1 has an absolute error of rounding.
@pytest.mark.parametrize(
    ("dtype", "rtol", "atol"), [(np.float64, 1e-12, 1e-14), (np.float32, 1e-6, 2e-6)]
)
@each_variant
def test_functions_and_derivatives_equal_torch_and_its_autograd(
    activation, dtype, rtol, atol
):
    z = GRID.astype(dtype)
    values, slopes = differentiate_with_torch(activation, z)
    np.testing.assert_allclose(activation.function(z), values, rtol=rtol, atol=atol)
    np.testing.assert_allclose(activation.derivative(z), slopes, rtol=rtol, atol=atol)


# Torch has separate code for the last few elements of an array and for whole vectors.
@pytest.mark.parametrize("copies", [1, 64])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_variant
def test_derivatives_at_kinks_and_at_zero_are_those_of_autograd(
    activation, dtype, copies
):
    for point in (*activation.kinks, 0.0, -0.0):
        z = np.full(copies, point, dtype)
        slopes = differentiate_with_torch(activation, z)[1]
        np.testing.assert_allclose(activation.derivative(z), slopes, rtol=1e-6)
    at_kinks = dict(zip(activation.kinks, activation.derivative_at_kinks, strict=True))
    if 0.0 in at_kinks:
        assert at_kinks[0.0] == activation.derivative_at_zero


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("relu", 0.0),
        ("leaky_relu", 0.01),
        ("prelu", 0.25),
        ("elu", 1.0),
        ("selu", 1.7580993408473766),
        ("gelu", 0.5),
        ("gelu_tanh", 0.5),
        ("silu", 0.5),
        ("relu6", 0.0),
        ("softplus", 0.5),
        ("squared_relu", 0.0),
        ("hard_swish", 0.5),
        ("sigmoid", 0.25),
        ("tanh", 1.0),
        ("identity", 1.0),
    ],
)
def test_the_derivative_at_zero_is_stated(name, expected):
    assert get(name).derivative_at_zero == pytest.approx(expected, rel=1e-15)


def test_the_derivative_at_zero_of_an_elu_is_alpha():
    assert get("elu", alpha=2).derivative_at_zero == 2
    assert get("elu", alpha=0.5).derivative_at_zero == 0.5


@each_variant
def test_derivatives_equal_finite_differences_away_from_kinks(activation):
    step = 1e-5
    z = GRID + 0.0013  # at least 0.001 from every kink
    rise = activation.function(z + step) - activation.function(z - step)
    # The error is step^2 f''' / 6 plus rounding, 1e-15 of values up to 150, over step.
    np.testing.assert_allclose(
        activation.derivative(z), rise / (2 * step), rtol=1e-8, atol=1e-8
    )


@each_variant
def test_the_derivative_jumps_at_every_kink_and_nowhere_else(activation):
    z, step = np.append(GRID, activation.kinks), 1e-6
    jump = np.abs(activation.derivative(z + step) - activation.derivative(z - step))
    # |f''| is at most 2 where f is smooth, so f' changes by 4e-6 at most.
    jumps_at = np.unique(np.round(z[jump > 1e-5], 9))
    np.testing.assert_allclose(jumps_at, activation.kinks, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_variant
def test_large_pre_activations_give_finite_values_without_warnings(activation, dtype):
    z = np.concatenate([np.geomspace(1, 1e4, 200), [20, 88, 89, 709, 710, 745]])
    z = np.concatenate([-z, z]).astype(dtype)
    assert np.isfinite(activation.function(z)).all()
    assert np.isfinite(activation.derivative(z)).all()


@each_variant
def test_shape_and_precision_stay_and_the_input_too(activation):
    for function in (activation.function, activation.derivative):
        for dtype in (np.float64, np.float32):
            z = np.linspace(-2, 2, 24, dtype=dtype).reshape(2, 3, 4)
            before = z.copy()
            result = function(z)
            assert result.shape == z.shape
            assert result.dtype == dtype
            assert not np.shares_memory(result, z)
            np.testing.assert_array_equal(z, before)
            np.testing.assert_array_equal(function(z.T), result.T)
            assert function(z[:0]).shape == (0, 3, 4)


@each_variant
def test_lists_integers_and_single_numbers_count_as_float64(activation):
    for function in (activation.function, activation.derivative):
        expected = function(np.array([-2.0, 3.0]))
        np.testing.assert_array_equal(function([-2, 3]), expected)
        assert function([-2, 3]).dtype == np.float64
        assert function(3) == expected[1]
        assert np.ndim(function(3.0)) == 0


@each_variant
def test_nan_stays_nan(activation):
    assert np.isnan(activation.function(math.nan))


def test_the_tails_keep_their_digits():
    exact = {
        "sigmoid": (-40.0, math.exp(-40), math.exp(-40)),
        "softplus": (-40.0, math.exp(-40), math.exp(-40)),
        "silu": (-40.0, -40 * math.exp(-40), -39 * math.exp(-40)),
    }
    for name, (z, value, slope) in exact.items():
        # exp(-40) = 4e-18 is what the leading term neglects.
        assert get(name).function(z) == pytest.approx(value, rel=1e-14)
        assert get(name).derivative(z) == pytest.approx(slope, rel=1e-14)
    assert get("sigmoid").derivative(40.0) == pytest.approx(math.exp(-40), rel=1e-14)
    assert get("tanh").derivative(20.0) == pytest.approx(4 * math.exp(-40), rel=1e-14)
    phi = math.erfc(10 / math.sqrt(2)) / 2
    assert get("gelu").function(-10.0) == pytest.approx(-10 * phi, rel=1e-13)


def test_the_tanh_form_of_gelu_is_close_to_gelu():
    difference = get("gelu").function(GRID) - get("gelu_tanh").function(GRID)
    # The largest error, near |z| = 2.3, is 4.7e-4.
    assert 4e-4 < np.abs(difference).max() < 5e-4


def test_slopes_may_differ_from_network_to_network():
    z, slopes = np.full((3, 2, 1), -2.0), np.array([0.0, 0.1, 0.5]).reshape(3, 1, 1)
    expected = np.array([0.0, -0.2, -1.0])
    np.testing.assert_allclose(piecewise.leaky_relu(z, slopes)[:, 1, 0], expected)
    np.testing.assert_allclose(
        piecewise.elu(z, slopes)[:, 0, 0], slopes.ravel() * math.expm1(-2)
    )
    slope = piecewise.leaky_relu_derivative(z.astype(np.float32), slopes)
    np.testing.assert_allclose(slope[:, 0, 0], slopes.ravel(), rtol=1e-7)
    assert slope.dtype == np.float32


# --- bounds and saturation ----------------------------------------------------


@each_variant
def test_lower_and_upper_are_the_tightest_bounds(activation):
    values = activation.function(np.concatenate([np.linspace(-2, 0, 20001), GRID * 5]))
    for bound, extreme in (
        (activation.lower, values.min()),
        (activation.upper, values.max()),
    ):
        if math.isfinite(bound):
            # Between grid points the minimum of GELU is 1e-9 deeper.
            assert extreme == pytest.approx(bound, abs=1e-8)
        else:
            assert bound * extreme > 0
            assert abs(extreme) > 0.5
    assert activation.lower <= values.min() + 1e-15
    assert values.max() - 1e-15 <= activation.upper


@each_variant
def test_the_flags_tell_on_which_side_the_derivative_vanishes(activation):
    left, right = np.abs(activation.derivative([-50.0, 50.0])) < 1e-15
    assert (left, right) == (activation.saturates_left, activation.saturates_right)


@pytest.mark.parametrize("eps", [1e-9, 1e-3, 0.01, 0.2])
@each_variant
def test_saturation_intervals_hold_all_points_with_a_small_slope(activation, eps):
    intervals = activation.find_saturation(eps)
    z = np.random.default_rng(0).uniform(-30, 30, 20000)
    inside = np.zeros(z.size, bool)
    for low, high in intervals:
        inside |= (low < z) & (z < high)
    np.testing.assert_array_equal(inside, np.abs(activation.derivative(z)) < eps)
    assert activation.measure_saturated_fraction(z, eps) == np.mean(inside)
    flat = list(np.ravel(intervals))
    assert flat == sorted(flat)


def test_the_sigmoid_saturates_where_its_derivative_says():
    (_, low), (high, _) = get("sigmoid").find_saturation(0.01)
    # s (1 - s) = 0.01 at s = (1 + sqrt(0.96)) / 2.
    s = (1 + math.sqrt(0.96)) / 2
    assert high == pytest.approx(math.log(s / (1 - s)), rel=1e-11)
    assert low == -high


def test_relu_saturates_on_the_whole_left_side_and_the_identity_nowhere():
    assert get("relu").find_saturation() == ((-math.inf, 0.0),)
    assert get("relu6").find_saturation() == ((-math.inf, 0.0), (6.0, math.inf))
    assert get("identity").find_saturation() == ()
    assert get("leaky_relu", negative_slope=0.1).find_saturation(0.05) == ()


@pytest.mark.parametrize("name", ["gelu", "gelu_tanh", "silu", "hard_swish"])
def test_a_flat_place_around_a_minimum_is_found_however_narrow(name):
    low, high = get(name).find_saturation(1e-7)[1]
    assert 0 < high - low < 1e-6
    bottom = (low + high) / 2
    assert get(name).function(bottom) == pytest.approx(get(name).lower, rel=1e-12)


def test_the_saturated_fraction_of_gaussian_pre_activations_follows_the_normal_law():
    z = np.random.default_rng(0).normal(scale=3.0, size=100_000)
    (_, low), _ = get("sigmoid").find_saturation(0.01)
    expected = math.erfc(-low / (3 * math.sqrt(2)))
    error = math.sqrt(expected * (1 - expected) / z.size)
    measured = get("sigmoid").measure_saturated_fraction(z, 0.01)
    assert measured == pytest.approx(expected, abs=5 * error)


@each_variant
def test_nan_is_not_called_saturated(activation):
    assert activation.measure_saturated_fraction([math.nan, math.nan], 0.5) == 0


# --- moments and gain ---------------------------------------------------------


def phi(z):
    return math.erfc(-z / math.sqrt(2)) / 2


ROOT = math.sqrt(2 * math.pi)
# E f, E f^2 and E f'^2 for z ~ N(0, 1), by hand.
CLOSED_FORMS = {
    ("relu",): (1 / ROOT, 1 / 2, 1 / 2),
    ("leaky_relu", 0.01): (0.99 / ROOT, 1.0001 / 2, 1.0001 / 2),
    ("leaky_relu", -0.5): (1.5 / ROOT, 1.25 / 2, 1.25 / 2),
    ("prelu", 0.25): (0.75 / ROOT, 1.0625 / 2, 1.0625 / 2),
    ("squared_relu",): (1 / 2, 3 / 2, 2.0),
    ("identity",): (0.0, 1.0, 1.0),
    ("elu", 1.0): (
        1 / ROOT + math.exp(0.5) * phi(-1) - 1 / 2,
        1 + math.exp(2) * phi(-2) - 2 * math.exp(0.5) * phi(-1),
        1 / 2 + math.exp(2) * phi(-2),
    ),
}


@pytest.mark.parametrize("case", CLOSED_FORMS, ids=str)
def test_moments_equal_closed_forms(case):
    name, *values = case
    activation = get(name, **dict(zip(get(name).parameters, values, strict=True)))
    moments = activation.moments()
    mean, second, derivative = CLOSED_FORMS[case]
    assert moments.mean == pytest.approx(mean, rel=1e-12, abs=1e-15)
    assert moments.variance == pytest.approx(second - mean**2, rel=1e-12)
    assert moments.second_moment == pytest.approx(second, rel=1e-12)
    assert moments.derivative_second_moment == pytest.approx(derivative, rel=1e-12)


@pytest.mark.parametrize("variance", [0.01, 1.0, 9.0])
def test_the_mean_of_gelu_follows_from_integration_by_parts(variance):
    expected = variance / math.sqrt(2 * math.pi * (1 + variance))
    assert get("gelu").moments(variance).mean == pytest.approx(expected, rel=1e-12)


def test_selu_keeps_mean_zero_and_variance_one():
    moments = get("selu").moments()
    assert moments.mean == pytest.approx(0.0, abs=1e-14)
    assert moments.variance == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize("variance", [1e-6, 0.3, 1.0, 30.0, 1e6])
@each_variant
def test_moments_equal_sums_over_a_fine_grid(activation, variance):
    deviation = math.sqrt(variance)
    # Two scales, that of the Gaussian and that of the function, as one grid.
    coarse = deviation * np.linspace(-12, 12, 240_001)
    fine = np.linspace(-40, 40, 160_001)
    z = np.union1d(coarse, fine[np.abs(fine) < 12 * deviation])
    density = np.exp(-0.5 * np.square(z / deviation)) / (deviation * ROOT)
    values, slopes = activation.function(z), activation.derivative(z)
    moments = activation.moments(variance)
    for expected, measured in (
        (np.trapezoid(density * values, z), moments.mean),
        (np.trapezoid(density * values**2, z), moments.second_moment),
        (np.trapezoid(density * slopes**2, z), moments.derivative_second_moment),
    ):
        # Trapezoids of 1e-4 standard deviations are good to 1e-8; at a jump of f' one
        # of them may be wrong altogether, which costs 2e-4 * 0.4.
        scale = max(abs(expected), math.sqrt(moments.second_moment) * 1e-3)
        assert measured == pytest.approx(expected, abs=1e-4 * scale)


@pytest.mark.parametrize("variance", [0.25, 1.0, 4.0])
@each_variant
def test_moments_agree_with_random_draws(activation, variance):
    z = np.random.default_rng(1).normal(scale=math.sqrt(variance), size=100_000)
    values, slopes = activation.function(z), activation.derivative(z)
    moments = activation.moments(variance)
    for draws, expected in (
        (values, moments.mean),
        ((values - values.mean()) ** 2, moments.variance),
        (values**2, moments.second_moment),
        (slopes**2, moments.derivative_second_moment),
    ):
        error = draws.std() / math.sqrt(z.size)
        assert np.mean(draws) == pytest.approx(expected, abs=5 * error + 1e-12)


@each_variant
def test_extreme_variances_give_finite_moments(activation):
    for variance in (0, 1e-300, 1e-30, 1e30, 1e150):
        moments = activation.moments(variance)
        assert math.isfinite(moments.second_moment)
        assert math.isfinite(moments.derivative_second_moment)
        assert moments.variance >= 0
    at_zero = float(activation.function(0.0))
    assert activation.moments(0).mean == at_zero
    assert activation.moments(0).variance == 0


@each_variant
def test_the_gain_undoes_what_the_function_does_to_the_second_moment(activation):
    # Squared ReLU has the heaviest tail: E f^4 = 105 / 2.
    z = np.random.default_rng(2).standard_normal(200_000)
    squares = np.square(activation.gain * activation.function(z))
    error = squares.std() / math.sqrt(z.size)
    assert squares.mean() == pytest.approx(1.0, abs=5 * error)


@each_variant
def test_the_gain_of_torch_is_quoted_rightly(activation):
    name = {"identity": "linear"}.get(activation.name, activation.name)
    parameter = activation.parameters.get("negative_slope")
    if activation.torch_gain is None:
        with pytest.raises(ValueError, match="Unsupported nonlinearity"):
            torch.nn.init.calculate_gain(name, parameter)
    else:
        expected = torch.nn.init.calculate_gain(name, parameter)
        assert activation.torch_gain == pytest.approx(expected, rel=1e-12)


def test_the_gain_of_torch_preserves_variance_only_for_piecewise_linear_functions():
    for name in ("relu", "leaky_relu", "identity"):
        assert get(name).torch_gain == pytest.approx(get(name).gain, rel=1e-12)
    # Values of the published table of moments, to its digits.
    assert get("sigmoid").gain == pytest.approx(1.846, abs=5e-4)
    assert get("tanh").gain == pytest.approx(1.593, abs=5e-4)
    assert get("selu").gain == pytest.approx(1.0, rel=1e-12)


# --- the catalogue ------------------------------------------------------------


@each_variant
def test_texts_are_ready_to_be_shown(activation):
    assert activation.formula.startswith("f(z) = ")
    assert activation.derivative_formula.startswith("f'(z) = ")
    for text in (activation.formula, activation.derivative_formula):
        assert text.count("{") == text.count("}")
        assert "$" not in text
    assert any(f"({year})" in activation.source for year in range(1950, 2030))


def test_display_names_differ():
    assert len({get(name).display_name for name in NAMES}) == len(NAMES)


def test_the_same_arguments_give_the_same_object():
    leaky = get("leaky_relu", negative_slope=0.2)
    assert get("leaky_relu", negative_slope=0.2) is leaky
    assert copy.deepcopy(leaky) is leaky
    assert pickle.loads(pickle.dumps(leaky)) is leaky
    assert get("leaky_relu") is not leaky


def test_parameters_cannot_be_changed_behind_the_catalogues_back():
    with pytest.raises(TypeError):
        get("elu").parameters["alpha"] = 3.0
    with pytest.raises(AttributeError):
        get("relu").name = "mine"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("rellu", "'relu'"), ("GELU", "'gelu'"), ("sigmoyd", "'sigmoid'"), (3, "choose")],
)
def test_an_unknown_name_is_answered_with_the_nearest_ones(name, hint):
    with pytest.raises(ValueError, match=rf"`name` must be one of .*; .*{hint}"):
        get(name)


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("relu", {"negative_slope": 0.1}, "`parameters` must be empty for 'relu'"),
        ("leaky_relu", {"slope": 0.1}, "did you mean 'negative_slope'"),
        ("leaky_relu", {"negative_slope": math.nan}, "`negative_slope` must be a fin"),
        ("prelu", {"negative_slope": "steep"}, "`negative_slope` must be a finite"),
        ("elu", {"alpha": -1}, "`alpha` must be a finite number from 0 to inf"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(name, settings, message):
    with pytest.raises(ValueError, match=message):
        get(name, **settings)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: a.moments(-1.0), "`variance` must be a finite number from 0"),
        (lambda a: a.moments(math.inf), "`variance` must be a finite number"),
        (lambda a: a.find_saturation(0.0), "`eps` must be a finite number from 1e-12"),
        (lambda a: a.measure_saturated_fraction([], 0.1), "`z` must be non-empty"),
        (lambda a: a.measure_saturated_fraction([1.0], 2.0), "`eps` must be a finite"),
    ],
)
def test_questions_that_make_no_sense_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(get("relu"))


def test_the_catalogue_needs_neither_torch_nor_scipy_to_start():
    code = (
        "import sys; from rectified.activations import NAMES, get;"
        "[get(name) for name in NAMES]; get('relu').moments();"
        "print({'torch', 'scipy'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


# --- one for each layer -------------------------------------------------------


def test_one_activation_serves_all_layers_or_each_has_its_own():
    leaky = get("leaky_relu", negative_slope=0.2)
    assert get_each("tanh", 3) == (get("tanh"),) * 3
    assert get_each(leaky, 2) == (leaky, leaky)
    assert get_each(["relu", leaky], 2) == (get("relu"), leaky)
    assert get_each("relu", 0) == ()


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        (["relu"], "one name, or one for each of 2 layers"),
        (["relu", "rellu"], "did you mean 'relu'"),
        (None, "a name, an Activation, or a list of them, got None"),
    ],
)
def test_a_list_that_does_not_fit_the_layers_is_refused(activation, message):
    with pytest.raises(ValueError, match=message):
        get_each(activation, 2)
