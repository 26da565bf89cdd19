"""What the zeros of deep random networks are made of."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_integer, check_number, check_seeds
from rectified.datasets import load_digits

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DepthZeros:
    """What the zeros of deep random networks are made of.

    Layers are counted from 1, the first hidden one.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws images and weights.
    depth, width : int
        Hidden layers, and units in each.
    zeros : ndarray, shape (depth, n_seeds)
        Share of outputs that are exactly 0.
    dead, always_on : ndarray, shape (depth, n_seeds)
        Share of units that are 0 for all images, and for none.
    differs : ndarray, shape (depth, n_seeds)
        Probability that a unit is 0 for just one of two images.
    cosine : ndarray, shape (depth + 1, n_seeds)
        Mean cosine between the activations for two images; row 0 is the pixels.
    expected_differs : ndarray, shape (depth, n_seeds)
        What an infinitely wide network would show, given the pixels.
    expected_cosine : ndarray, shape (depth + 1, n_seeds)
        The same for the cosine.
    """

    seeds: tuple[int, ...]
    depth: int
    width: int
    zeros: Floats
    dead: Floats
    always_on: Floats
    differs: Floats
    cosine: Floats
    expected_differs: Floats
    expected_cosine: Floats


def measure_depth_zeros(
    seeds: Iterable[int] = range(5),
    *,
    depth: int = 20,
    width: int = 64,
    n_images: int = 150,
    bias: float = 0.0,
) -> DepthZeros:
    """Send digits through deep random ReLU networks and sort the units by their zeros.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws images and weights (He et al. 2015).
    depth : int
        Hidden layers, from 1 to 100.
    width : int
        Units per layer, from 2 to 1024.
    n_images : int
        Digits, each pixel standardized, from 10 to 1437.
    bias : float
        The same for every unit; the theory is for 0 and ignores it.

    Returns
    -------
    DepthZeros

    Notes
    -----
    In a wide layer two inputs at an angle t have different signs of z with probability
    t / pi, and cos t becomes (sin t + (pi - t) cos t) / pi: Cho and Saul (2009),
    Kernel methods for deep learning, the arc-cosine kernel of degree 1.
    """
    seeds, shift = check_seeds("seeds", seeds), check_number("bias", bias)
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    width = check_integer("width", width, minimum=2, maximum=1024)
    n_images = check_integer("n_images", n_images, minimum=10, maximum=1437)
    measured = np.empty((5, depth + 1, len(seeds)))
    expected = np.empty((2, depth + 1, len(seeds)))
    for column, seed in enumerate(seeds):
        a = load_digits(seed=seed, n_train=n_images).train.inputs.astype(np.float64)
        rng, cosines = np.random.default_rng((seed, 1)), _pair_cosines(a)
        for layer in range(depth + 1):
            measured[:, layer, column] = _describe(a)
            angle = np.arccos(np.clip(cosines, -1, 1))
            expected[:, layer, column] = cosines.mean(), angle.mean() / math.pi
            cosines = (np.sin(angle) + (math.pi - angle) * np.cos(angle)) / math.pi
            scale = math.sqrt(2 / a.shape[1])
            z = a @ (scale * rng.standard_normal((a.shape[1], width))) + shift
            a = np.maximum(z, 0)
    return DepthZeros(
        seeds=seeds,
        depth=depth,
        width=width,
        cosine=measured[0],
        zeros=measured[1, 1:],
        dead=measured[2, 1:],
        always_on=measured[3, 1:],
        differs=measured[4, 1:],
        expected_cosine=expected[0],
        expected_differs=expected[1, :-1],
    )


def _pair_cosines(a: Floats) -> Floats:
    """Return the cosine of every pair of rows, once; rows of zeros have none."""
    norms = np.linalg.norm(a, axis=1, keepdims=True)
    unit = a[norms[:, 0] > 0] / norms[norms[:, 0] > 0]
    return np.asarray((unit @ unit.T)[np.triu_indices(len(unit), 1)])


def _describe(a: Floats) -> tuple[float, ...]:
    """Return cosine, zeros, dead, always on and differs of one layer's outputs."""
    n, counts = len(a), (a == 0).sum(axis=0)
    pairs = 2 * counts * (n - counts) / (n * (n - 1))
    cosines = _pair_cosines(a)
    return (
        float(cosines.mean()) if cosines.size else math.nan,
        float(counts.mean() / n),
        float((counts == n).mean()),
        float((counts == 0).mean()),
        float(pairs.mean()),
    )
