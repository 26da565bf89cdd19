import math

import numpy as np
import pytest

from rectified.experiments import summarize

# 97.5 % points of Student's t from printed tables.
STUDENT = {
    1: 12.706,
    2: 4.303,
    3: 3.182,
    4: 2.776,
    5: 2.571,
    9: 2.262,
    19: 2.093,
    29: 2.045,
    119: 1.980,
}


@pytest.mark.parametrize(("degrees", "quantile"), STUDENT.items())
def test_the_interval_is_that_of_student(degrees, quantile):
    values = np.random.default_rng(degrees).standard_normal(degrees + 1)
    spread = summarize(values)
    half = quantile * values.std(ddof=1) / math.sqrt(degrees + 1)
    assert spread.mean == pytest.approx(values.mean())
    assert spread.sd == pytest.approx(values.std(ddof=1))
    # The tables have four digits, the expansion promises 0.005.
    assert spread.high - spread.mean == pytest.approx(half, rel=3e-3)
    assert spread.mean - spread.low == pytest.approx(half, rel=3e-3)


def test_the_interval_covers_the_mean_in_19_of_20_samples():
    draws = np.random.default_rng(0).standard_normal((2000, 10))
    covered = [(s.low <= 0 <= s.high) for s in map(summarize, draws)]
    # Standard error of a share of 0.95 from 2000 draws: 0.005; five are allowed.
    assert np.mean(covered) == pytest.approx(0.95, abs=0.025)


def test_one_seed_has_no_spread():
    spread = summarize([0.5])
    assert (spread.mean, spread.n) == (0.5, 1)
    assert np.isnan([spread.sd, spread.low, spread.high]).all()


@pytest.mark.parametrize("values", [[], [1.0, math.nan]])
def test_missing_values_are_an_error(values):
    with pytest.raises(ValueError, match="`values` must be"):
        summarize(values)
