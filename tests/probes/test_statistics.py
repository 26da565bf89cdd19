"""Statistics per unit against plain NumPy in float64, and their merging."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from rectified.probes import functions, statistics
from rectified.probes.statistics import merge, read, sum_squares

RELU = (0.0, math.inf)
NOWHERE = (-math.inf, math.inf)
KINDS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def expect(x, tails):
    """Compute a reading of an array (values, units), column by column."""
    rows = []
    for column in np.asarray(x, np.float64).T:
        finite = column[np.isfinite(column)]
        rows.append(
            (
                finite.size,
                column.size - finite.size,
                finite.mean() if finite.size else np.nan,
                ((finite - finite.mean()) ** 2).sum() if finite.size else 0,
                (finite > 0).sum(),
                ((finite <= tails[0]) | (finite >= tails[1])).sum(),
                (finite == 0).sum(),
            )
        )
    return np.array(rows, np.float64).T


def check(x, tails, *, rtol, axis=-1, rows=None):
    """Compare both ways to read `x`, for pre-activations and for outputs."""
    before, after = read(x, axis, tails), read(x, axis)
    finite, bad, mean, squares, positive, flat, zero = expect(rows, tails)
    for reading in (before, after):
        np.testing.assert_array_equal(reading.finite, finite)
        np.testing.assert_array_equal(reading.non_finite, bad)
        np.testing.assert_allclose(reading.mean, mean, rtol=rtol, atol=1e-12)
        np.testing.assert_allclose(reading.squares, squares, rtol=rtol, atol=1e-12)
    np.testing.assert_array_equal(before.positive, positive)
    np.testing.assert_array_equal(before.flat, flat)
    np.testing.assert_array_equal(after.zero, zero)


@pytest.mark.parametrize(
    "tails", [RELU, (-1.0, 1.0), (-math.inf, math.inf), (0.0, 0.5)]
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_reading_is_what_numpy_counts(kind, tails):
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(200, 7))).to(kind)
    x[::3] = 0.0
    check(x, tails, rtol=1e-5, rows=x.double().numpy())


@pytest.mark.parametrize("axis", [0, 1, 2, 3])
def test_units_may_be_on_any_axis(axis):
    x = torch.randn(3, 4, 5, 6, generator=torch.Generator().manual_seed(0))
    rows = np.moveaxis(x.numpy(), axis, -1).reshape(-1, x.shape[axis])
    check(x, RELU, rtol=1e-5, axis=axis, rows=rows)


@pytest.mark.parametrize("make", [lambda x: x.t(), lambda x: x[::2, 1:], lambda x: -x])
def test_memory_layout_does_not_matter(make):
    x = make(torch.randn(8, 6, generator=torch.Generator().manual_seed(0)))
    check(x, RELU, rtol=1e-5, rows=x.numpy())


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_counted_and_left_out(bad):
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    x[7, 1] = bad
    x[:, 2] = bad
    check(x, (-1.0, 1.0), rtol=1e-6, rows=x.numpy())


@pytest.mark.parametrize("scale", [1e-40, 1e-25, 1e-15, 1e15, 1e25, 1e37])
def test_squares_that_float32_cannot_hold_are_still_right(scale):
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0)) * scale
    rows = x.double().numpy()
    check(x, RELU, rtol=1e-5, rows=rows)
    np.testing.assert_allclose(sum_squares(x, -1), (rows**2).sum(0), rtol=1e-5)


def test_a_small_spread_around_a_large_mean_is_not_lost():
    # Sums of squares would lose it: 1e4 squared has no room for 1e-2 in float32.
    x = 1e4 + torch.randn(1000, 3, generator=torch.Generator().manual_seed(0)) * 0.05
    check(x, RELU, rtol=1e-3, rows=x.double().numpy())


def test_more_ones_than_float32_can_count_are_counted():
    x = torch.ones(1, 1).expand(2**24 + 3, 1)
    assert read(x, -1, RELU).positive.tolist() == [2**24 + 3]
    assert read(x - 1, -1).zero.tolist() == [2**24 + 3]


def test_one_number_is_one_value_of_one_unit():
    reading = read(torch.tensor(3.0), 0, RELU)
    assert (reading.finite.tolist(), reading.mean.tolist()) == ([1], [3.0])


@pytest.mark.parametrize("tails", [None, RELU, (-1.0, 1.0)])
def test_nothing_is_computed_on_another_device(tails):
    # On "meta" a mix of devices raises, as it does on a GPU.
    x = torch.empty(5, 3, device="meta")
    assert statistics.measure(x, -1, tails).device.type == "meta"


cuts = st.lists(st.integers(0, 40), max_size=6)
values = st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, math.nan, math.inf])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(values, values), min_size=1, max_size=40), cuts)
def test_batches_merge_into_what_all_values_at_once_give(numbers, cuts):
    x = torch.tensor(numbers, dtype=torch.float64)
    whole = read(x, -1, RELU)
    bounds = [0, *sorted(min(cut, len(x)) for cut in cuts), len(x)]
    parts = [x[a:b] for a, b in itertools.pairwise(bounds) if a < b]
    merged = read(parts[0], -1, RELU)
    for part in parts[1:]:
        merged = merge(merged, read(part, -1, RELU))
    for name in ("finite", "non_finite", "positive", "flat"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(whole, name))
    known = whole.finite > 0
    # 40 values of up to 1e6 in float64: rounding of 40 * 1e6 * 2e-16.
    close = {"rtol": 1e-9, "atol": 1e-8}
    np.testing.assert_allclose(merged.mean[known], whole.mean[known], **close)
    scale = np.maximum(whole.squares, 1e12 * 2e-16 * 40)
    assert (np.abs(merged.squares - whole.squares)[known] <= 1e-3 * scale[known]).all()


# --- which functions are activations, and where they are flat -----------------


def logit(p):
    return math.log(p / (1 - p))


def sigmoid_edge(t):
    # 4 s (1 - s) = t
    return logit((1 - math.sqrt(1 - t)) / 2)


@pytest.mark.parametrize("t", [0.01, 0.05, 0.2])
@pytest.mark.parametrize(
    ("function", "name", "left", "right"),
    [
        (torch.sigmoid, "sigmoid", sigmoid_edge, lambda t: -sigmoid_edge(t)),
        (
            torch.tanh,
            "tanh",
            lambda t: -math.acosh(t**-0.5),
            lambda t: math.acosh(t**-0.5),
        ),
        (F.softplus, "softplus", logit, None),
        (F.elu, "elu", math.log, None),
        # SELU's steepest slope is scale * alpha, just left of zero.
        (F.selu, "selu", math.log, None),
        (F.softsign, "softsign", lambda t: 1 - t**-0.5, lambda t: t**-0.5 - 1),
        (F.logsigmoid, "log_sigmoid", None, lambda t: -logit(t)),
    ],
)
def test_flat_tails_begin_where_theory_says(function, name, left, right, t):
    low, high = functions.find_tails(function, name, (), {}, t)
    # The slope is measured on a grid of spacing 0.005 near zero, wider further out.
    assert low == (pytest.approx(left(t), rel=2e-3) if left else -math.inf)
    assert high == (pytest.approx(right(t), rel=2e-3) if right else math.inf)


@pytest.mark.parametrize("name", ["gelu", "silu", "mish"])
def test_gated_activations_are_flat_on_the_left_only(name):
    function = getattr(F, name)
    low, high = functions.find_tails(function, name, (), {}, 0.05)
    z = torch.linspace(-30, low, 2001, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(function(z).sum(), z)
    x = torch.linspace(-5, 5, 10001, dtype=torch.float64, requires_grad=True)
    (all_slopes,) = torch.autograd.grad(function(x).sum(), x)
    steepest = float(all_slopes.abs().max())
    assert high == math.inf
    assert float(slope.abs().max()) == pytest.approx(0.05 * steepest, rel=1e-2)


@pytest.mark.parametrize(
    ("function", "name", "args", "expected"),
    [
        (F.relu, "relu", (), (0, math.inf)),
        (F.relu6, "relu6", (), (0, 6)),
        (F.hardtanh, "hardtanh", (), (-1, 1)),
        (F.hardtanh, "hardtanh", (-2, 3), (-2, 3)),
        (F.hardsigmoid, "hardsigmoid", (), (-3, 3)),
        (F.hardswish, "hardswish", (), (-3, math.inf)),
        (F.threshold, "threshold", (0.5, 0.0), (0.5, math.inf)),
        (F.leaky_relu, "leaky_relu", (0.01,), (-math.inf, math.inf)),
        (torch.prelu, "prelu", (torch.ones(1),), (-math.inf, math.inf)),
    ],
)
def test_flat_tails_of_piecewise_linear_functions_are_exact(
    function, name, args, expected
):
    args = (torch.zeros(1), *args)
    assert functions.find_tails(function, name, args, {}, 0.05) == expected


def test_the_parameters_of_an_activation_move_its_tail():
    x = torch.zeros(1)
    one = functions.find_tails(F.elu, "elu", (x,), {"alpha": 1.0}, 0.05)[0]
    # Left of zero the slope is alpha e^z, and alpha = 0.5 leaves the steepest at 1.
    half = functions.find_tails(F.elu, "elu", (x,), {"alpha": 0.5}, 0.05)[0]
    assert half - one == pytest.approx(math.log(2), rel=2e-3)


@pytest.mark.parametrize(
    ("name", "args", "keywords", "expected"),
    [
        ("relu", (), {}, "relu"),
        ("relu_", (), {}, "relu"),
        ("_threshold", (0.0, 0.0), {}, "threshold"),
        ("special_expit", (), {}, "sigmoid"),
        ("clamp", (0,), {}, "relu"),
        ("clamp", (0.0, None), {}, "relu"),
        ("clamp_", (), {"min": 0}, "relu"),
        ("clip", (), {"min": 0, "max": 6}, "relu6"),
        ("clamp_min", (0,), {}, "relu"),
        ("clamp", (1e-6,), {}, None),
        ("clamp", (-1, 1), {}, None),
        ("clamp", (), {"max": 0}, None),
        ("clamp", (0, 255), {}, None),
        ("maximum", (torch.zeros(3),), {}, "relu"),
        ("maximum", (torch.ones(3),), {}, None),
        ("max", (), {}, None),
        ("max", (1,), {}, None),
        ("softmax", (-1,), {}, None),
        ("dropout", (), {}, None),
        ("relu_backward", (), {}, None),
    ],
)
def test_a_call_is_recognized_by_its_name_and_arguments(name, args, keywords, expected):
    assert functions.recognize(name, (torch.zeros(3), *args), keywords) == expected
    named = {"input": torch.zeros(3), **keywords}
    if not args:
        assert functions.recognize(name, (), named) == expected


@pytest.mark.parametrize(
    "x", [torch.arange(3), torch.arange(3) > 1, torch.zeros(3, dtype=torch.cfloat), 3.0]
)
def test_bounds_of_whole_numbers_are_no_activation(x):
    assert functions.recognize("clamp", (x, 0), {}) is None
