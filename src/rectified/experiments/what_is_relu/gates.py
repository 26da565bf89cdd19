"""ReLU as a gate: it lets a number through if it is positive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._validate import check_array, check_number, check_seeds
from rectified.experiments.what_is_relu.definition import relu_torch

Floats = NDArray[np.float64]

GATE_PRESETS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "spread": (-2.8, -2.0, -1.2, -0.4, 0.4, 1.2, 2.0, 2.8),
        "alternating": (2.0, -2.0, 1.5, -1.5, 1.0, -1.0, 0.5, -0.5),
        "all negative": (-0.2, -0.6, -1.0, -1.4, -1.8, -2.2, -2.6, -3.0),
        "all positive": (0.2, 0.6, 1.0, 1.4, 1.8, 2.2, 2.6, 3.0),
        "one zero": (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0),
        "all zero": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        "tiny": (-0.04, -0.03, -0.02, -0.01, 0.01, 0.02, 0.03, 0.04),
        "one peak": (-1.0, -1.0, -1.0, 3.0, -1.0, -1.0, -1.0, -1.0),
    }
)
"""Named inputs for the gate: eight vectors of eight numbers in [-3, 3]."""


@dataclass(frozen=True)
class Gate:
    """What happens to a vector at the gate; all arrays have the input's shape.

    Attributes
    ----------
    pre_activation : ndarray of float64
        ``weight * x + bias``, what the gate looks at.
    mask : ndarray of bool
        True where the pre-activation is positive and the gate is open.
    output : ndarray of float64
        The pre-activation where the gate is open, 0 elsewhere.
    """

    pre_activation: Floats
    mask: NDArray[np.bool_]
    output: Floats


def gate(x: ArrayLike, weight: float = 1.0, bias: float = 0.0) -> Gate:
    """Send a vector through one unit's weight, bias and gate.

    Parameters
    ----------
    x : array_like, shape (n,)
        Inputs.
    weight, bias : float
        Finite numbers, the same for every input.

    Returns
    -------
    Gate

    Examples
    --------
    >>> gate([-1.0, 0.0, 2.0], weight=1.0, bias=0.5).output
    array([0. , 0.5, 2.5])
    """
    x = check_array("x", x, ndim=(1,))
    z = check_number("weight", weight) * x + check_number("bias", bias)
    # Steps of 0.1 are not exact in binary: 1e-16 must not open a gate.
    z = np.round(z, 12)
    mask = z > 0
    return Gate(pre_activation=z, mask=mask, output=np.where(mask, z, 0.0))


@dataclass(frozen=True)
class GateMeasurement:
    """What the gate does to a layer; all arrays have one entry per seed.

    Attributes
    ----------
    seeds : tuple of int
        Seeds of the random layers and inputs.
    n_values : ndarray of int
        Pre-activations that reached the gate.
    n_open : ndarray of int
        How many of them were positive.
    n_changed : ndarray of int
        Positive pre-activations that came out changed.
    n_leaked : ndarray of int
        Other pre-activations that came out as anything but 0.
    blocked_inputs : ndarray of float64
        Share of the positive inputs x that a unit with a random weight w and no bias
        blocks, because w x is not positive.
    """

    seeds: tuple[int, ...]
    n_values: NDArray[np.int64]
    n_open: NDArray[np.int64]
    n_changed: NDArray[np.int64]
    n_leaked: NDArray[np.int64]
    blocked_inputs: Floats


def measure_gate(seeds: Iterable[int] = range(10)) -> GateMeasurement:
    """Send random inputs through random layers and compare both sides of the gate.

    Each seed draws 256 inputs with 32 features, a layer of 64 units (He et al. 2015)
    that `torch.relu` follows, and 10,000 pairs of a positive input and a weight.

    Parameters
    ----------
    seeds : iterable of int
        One layer per seed.

    Returns
    -------
    GateMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    rows = [_measure_layer(np.random.default_rng(seed)) for seed in seeds]
    n_values, n_open, n_changed, n_leaked, blocked = map(
        np.array, zip(*rows, strict=True)
    )
    return GateMeasurement(seeds, n_values, n_open, n_changed, n_leaked, blocked)


def _measure_layer(rng: np.random.Generator) -> tuple[int, int, int, int, float]:
    x, weights = rng.standard_normal((256, 32)), rng.standard_normal((32, 64)) / 4
    z = x @ weights
    output, is_open = relu_torch(z), z > 0
    positive_inputs, weight = (
        np.abs(rng.standard_normal(10_000)),
        rng.standard_normal(10_000),
    )
    return (
        z.size,
        int(is_open.sum()),
        int((output[is_open] != z[is_open]).sum()),
        int((output[~is_open] != 0).sum()),
        float((relu_torch(weight * positive_inputs) == 0).mean()),
    )
