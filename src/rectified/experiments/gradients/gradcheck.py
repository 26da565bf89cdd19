"""Where a check of gradients trips over the kink of a correct ReLU."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import (
    check_choice,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.experiments.gradients.differences import (
    PRECISIONS,
    difference_quotient,
    positive_share,
)

Floats = NDArray[np.float64]

EPS = (1e-6, 1e-4, 1e-2)
"""Steps that `measure_gradcheck` tries; the first is the default of gradcheck."""

RATIOS = (-2.0, -1.1, -0.9, -0.5, -0.25, 0.0, 0.25, 0.5, 0.9, 0.99, 1.1, 2.0)
"""Places that it tries, as multiples of the step."""

TOLERANCES = (1e-5, 1e-3)
"""Absolute and relative tolerance of gradcheck unless told otherwise."""


def check_gradient(x: float, eps: float = 1e-6, *, dtype: str = "float64") -> bool:
    """Return whether `torch.autograd.gradcheck` accepts ReLU's derivative at x.

    Parameters
    ----------
    x : float
        The place, a finite number.
    eps : float
        Step of the central difference that gradcheck compares with, positive.
    dtype : {"float64", "float32"}
        Precision of the input.

    Returns
    -------
    bool
    """
    return _run_gradcheck(np.array([check_number("x", x)]), _check_eps(eps), dtype)


def _check_eps(eps: float) -> float:
    step = check_number("eps", eps)
    if step <= 0:
        raise problem("eps", "positive", step, "try 1e-6, the default of gradcheck")
    return step


def _run_gradcheck(x: Floats, eps: float, dtype: str = "float64") -> bool:
    import torch

    number = getattr(torch, check_choice("dtype", dtype, PRECISIONS))
    gradcheck = torch.autograd.gradcheck
    places = torch.tensor(x, dtype=number, requires_grad=True)
    with warnings.catch_warnings():  # it warns of single precision before it fails
        warnings.simplefilter("ignore", UserWarning)
        return gradcheck(torch.relu, places, eps=eps, raise_exception=False)


def _differentiate(x: Floats) -> Floats:
    import torch

    places = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.relu(places).sum(), places)
    return np.asarray(slope.numpy())


@dataclass(frozen=True)
class GradcheckMeasurement:
    """Where `torch.autograd.gradcheck` accepts ReLU's derivative.

    Attributes
    ----------
    eps : ndarray, shape (n_eps,)
        Steps of the central difference that it compares with.
    ratios : ndarray, shape (n_ratios,)
        Places, as multiples of the step.
    numerical : ndarray, shape (n_eps, n_ratios)
        The central difference at each place.
    analytical : ndarray, shape (n_eps, n_ratios)
        The derivative from automatic differentiation.
    passes : ndarray of bool, shape (n_eps, n_ratios)
        What gradcheck says, with its own tolerances, in float64.
    predicted : ndarray of bool, shape (n_eps, n_ratios)
        Whether the derivative agrees within those tolerances with the share of the
        step that lies right of 0.
    passes_in_float32 : bool
        What it says at 1, far from the kink, with single precision and its own step.
    """

    eps: Floats
    ratios: Floats
    numerical: Floats
    analytical: Floats
    passes: NDArray[np.bool_]
    predicted: NDArray[np.bool_]
    passes_in_float32: bool


def measure_gradcheck() -> GradcheckMeasurement:
    """Try gradcheck at the places of `RATIOS` for the steps of `EPS`.

    Returns
    -------
    GradcheckMeasurement
    """
    eps, ratios = np.array(EPS)[:, None], np.array(RATIOS)
    places = eps * ratios
    analytical, share = _differentiate(places), positive_share(places, eps)
    absolute, relative = TOLERANCES
    passes = [
        [check_gradient(x, step) for x in row]
        for row, step in zip(places, EPS, strict=True)
    ]
    return GradcheckMeasurement(
        eps[:, 0],
        ratios,
        difference_quotient(places, eps),
        analytical,
        np.array(passes),
        np.abs(analytical - share) <= absolute + relative * share,
        check_gradient(1.0, dtype="float32"),
    )


@dataclass(frozen=True)
class GradcheckFailures:
    """How often gradcheck rejects ReLU at random inputs.

    Attributes
    ----------
    seeds : tuple of int
        One input vector per seed.
    n_inputs : int
        Length of each vector.
    eps : float
        Step of the central difference.
    failed : ndarray of bool, shape (n_seeds,)
        Whether gradcheck rejected the vector.
    expected : float
        Probability that at least one of the inputs is close enough to 0 to fail.
    """

    seeds: tuple[int, ...]
    n_inputs: int
    eps: float
    failed: NDArray[np.bool_]
    expected: float


def measure_failures(
    seeds: Iterable[int] = range(10), *, n_inputs: int = 50, eps: float = 1e-2
) -> GradcheckFailures:
    """Run gradcheck on vectors of standard normal numbers.

    Parameters
    ----------
    seeds : iterable of int
        One vector per seed.
    n_inputs : int
        Numbers per vector, from 1 to 500.
    eps : float
        Step of the central difference, from 1e-9 to 0.1.

    Returns
    -------
    GradcheckFailures
    """
    seeds = check_seeds("seeds", seeds)
    n_inputs = check_integer("n_inputs", n_inputs, minimum=1, maximum=500)
    eps = check_number("eps", eps, minimum=1e-9, maximum=0.1)
    vectors = [np.random.default_rng(seed).standard_normal(n_inputs) for seed in seeds]
    failed = np.array([not _run_gradcheck(x, eps) for x in vectors])
    # Within a step of 0, save for a sliver of the size of the tolerance, the central
    # difference is off by too much. The normal density is flat there.
    hit = 2 * eps / np.sqrt(2 * np.pi)
    expected = float(1 - (1 - hit) ** n_inputs)
    return GradcheckFailures(seeds, n_inputs, eps, failed, expected)
