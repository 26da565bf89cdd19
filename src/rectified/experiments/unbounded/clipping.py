"""Training with and without clipped gradients, at many learning rates at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rectified import ensembles
from rectified._validate import FloatArray, check_array, check_integer, check_seeds
from rectified.datasets import load_digits
from rectified.experiments.unbounded.stability import find_norms

CLIPPED_SCALES = (1.0, 1.2, 1.4, 1.6)
"""Multiples of He's weights."""

THRESHOLDS = (0.1, 0.316, 1.0, 3.16, 10.0, math.inf)
"""Largest norms of a gradient; the last one does not clip."""

GUESS = math.log(10)
"""Loss of a guess among ten digits."""

RATES = (0.001, 0.00316, 0.01, 0.0316, 0.1, 0.316, 1.0)
"""Learning rates."""


@dataclass(frozen=True)
class Clipping:
    """Trainings from large weights, at several thresholds and learning rates.

    Attributes
    ----------
    seeds : tuple of int
        One network, split of the digits and order of the batches per seed.
    scales, thresholds, rates : ndarray
        Multiples of He's weights, largest norms, learning rates.
    loss : ndarray, shape (n_scales, n_thresholds, n_rates, n_seeds, steps + 1)
        Cross-entropy on the next batch, and in the end on all images. A guess costs
        ln 10 = 2.3. NaN or infinite after a network diverged.
    norm : ndarray, shape (n_scales, n_thresholds, n_rates, n_seeds, steps)
        Length of the gradient of each update, before clipping.
    """

    seeds: tuple[int, ...]
    scales: FloatArray
    thresholds: FloatArray
    rates: FloatArray
    loss: FloatArray
    norm: FloatArray

    @property
    def learned(self) -> FloatArray:
        """Share of the seeds that end clearly below the loss of a guess.

        Shape (n_scales, n_thresholds, n_rates). A dead network that only knows how
        frequent each digit is ends less than 0.01 below a guess; 0.1 count as learned.
        """
        return np.asarray((self.loss[..., -1] < GUESS - 0.1).mean(axis=-1))


def measure_clipping(
    seeds: Iterable[int] = range(3),
    *,
    scales: Sequence[float] = CLIPPED_SCALES,
    thresholds: Sequence[float] = THRESHOLDS,
    rates: Sequence[float] = RATES,
    depth: int = 10,
    steps: int = 60,
) -> Clipping:
    """Train every combination of weights, threshold and learning rate on the digits.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed; all settings share its draws.
    scales : sequence of float
        Multiples of He's weights.
    thresholds : sequence of float
        Longer gradients are shortened to that; infinity does not clip.
    rates : sequence of float
        Step sizes of plain gradient descent.
    depth : int
        Hidden layers of 32 ReLUs, from 1 to 20.
    steps : int
        Updates with 16 images each.

    Returns
    -------
    Clipping
    """
    axes = [
        check_array(name, values, ndim=(1,), finite=False)
        for name, values in (
            ("scales", scales),
            ("thresholds", thresholds),
            ("rates", rates),
        )
    ]
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=1, maximum=20)
    steps = check_integer("steps", steps, minimum=1)
    shape = (*(axis.size for axis in axes), len(seeds))
    grid = np.meshgrid(*axes, seeds, indexing="ij")
    scale, threshold, rate, seed = (part.ravel() for part in grid)
    split = {s: load_digits(seed=s, scaling="global", n_train=500).train for s in seeds}
    run = ensembles.train(
        [split[s].inputs for s in seed.tolist()],
        [split[s].labels for s in seed.tolist()],
        widths=(64, *[32] * depth, 10),
        seeds=seed.astype(int).tolist(),
        gain=scale * math.sqrt(2),
        clip_norm=threshold,
        learning_rate=rate,
        loss="cross_entropy",
        optimizer="sgd",
        steps=steps,
        batch_size=16,
        record={"loss": 1, "gradient_norm": 1},
    )
    first, second, third = axes
    return Clipping(
        seeds,
        first,
        second,
        third,
        loss=run.loss.T.reshape(*shape, -1).astype(np.float64),
        norm=find_norms(run).T.reshape(*shape, -1),
    )
