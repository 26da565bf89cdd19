"""The spread of a statistic over seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rectified._validate import check_array

# 97.5 % points of Student's t for 1, 2 and 3 degrees of freedom, where the expansion
# in `_t_quantile` is too coarse.
_SMALL = {1: 12.706, 2: 4.303, 3: 3.182}


@dataclass(frozen=True)
class Spread:
    """Mean of a statistic over seeds and how sure it is.

    Attributes
    ----------
    mean, sd : float
        Mean and standard deviation (with n - 1) over seeds.
    low, high : float
        95 % confidence interval of the mean, from Student's t distribution.
    n : int
        Number of seeds. With one seed, `sd`, `low` and `high` are NaN.
    """

    mean: float
    sd: float
    low: float
    high: float
    n: int


def _t_quantile(degrees: int) -> float:
    """97.5 % point of Student's t distribution, to within 0.005."""
    if degrees in _SMALL:
        return _SMALL[degrees]
    z = 1.959964
    # Cornish-Fisher expansion around the normal quantile: Abramowitz and Stegun
    # (1964), formula 26.7.5.
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(sum(term / degrees**power for power, term in enumerate(terms)))


def summarize(values: ArrayLike) -> Spread:
    """Return mean, standard deviation and 95 % interval of one value per seed.

    Parameters
    ----------
    values : array_like, shape (n_seeds,)
        Finite numbers.

    Returns
    -------
    Spread

    Examples
    --------
    >>> spread = summarize([1.0, 2.0, 3.0])
    >>> spread.mean, spread.sd
    (2.0, 1.0)
    """
    numbers = check_array("values", values, ndim=(1,))
    n, mean = numbers.size, float(np.mean(numbers))
    if n == 1:
        return Spread(mean, math.nan, math.nan, math.nan, n)
    sd = float(np.std(numbers, ddof=1))
    half = _t_quantile(n - 1) * sd / math.sqrt(n)
    return Spread(mean, sd, mean - half, mean + half, n)
