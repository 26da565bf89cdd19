"""Recurrent networks: how gradients shrink and grow through time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._validate import check_choice, check_integer, check_number, check_seeds
from rectified.experiments.unbounded.recurrent_cells import CELLS, draw_recurrent

Floats = NDArray[np.floating]

N_SEQUENCES = 16


@dataclass(frozen=True)
class GradientThroughTime:
    """How the gradient shrinks or grows on its way back through time.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    cell : str
        A key of `CELLS`.
    noise : float
        Spread of what the inputs add to each pre-activation.
    ratio : ndarray, shape (n_seeds, steps + 1)
        Entry t: size of the loss gradient at the state t steps before the last one,
        relative to the last one.
    """

    seeds: tuple[int, ...]
    cell: str
    noise: float
    ratio: Floats


def measure_gradient_through_time(
    cell: str = "relu_identity",
    *,
    steps: int = 100,
    hidden: int = 64,
    noise: float = 0.1,
    seeds: Iterable[int] = range(3),
) -> GradientThroughTime:
    """Send a random gradient back through a fresh recurrent network.

    All units start at 1; the inputs add independent normal numbers to each
    pre-activation at each step. There are no biases.

    Parameters
    ----------
    cell : str
        A key of `CELLS`.
    steps : int
        Steps through time, from 1 to 500.
    hidden : int
        Units, from 8 to 512.
    noise : float
        Standard deviation of what the inputs add, from 0 to 1.
    seeds : iterable of int
        One network with 16 sequences per seed.

    Returns
    -------
    GradientThroughTime
    """
    entry = CELLS[check_choice("cell", cell, CELLS)]
    steps = check_integer("steps", steps, minimum=1, maximum=500)
    hidden = check_integer("hidden", hidden, minimum=8, maximum=512)
    noise = check_number("noise", noise, minimum=0.0, maximum=1.0)
    seeds = check_seeds("seeds", seeds)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    weights = np.stack([draw_recurrent(entry, hidden, rng) for rng in rngs])
    activation = activations.get(entry.activation)
    shape = (N_SEQUENCES, hidden)
    state: Floats = np.ones((len(seeds), *shape))
    slopes: list[Floats] = []
    for _ in range(steps):
        drive = np.stack([rng.standard_normal(shape) for rng in rngs])
        z = state @ weights + noise * drive
        state = activation.function(z)
        slopes.append(activation.derivative(z))
    gradient: Floats = np.stack([rng.standard_normal(shape) for rng in rngs])
    sizes = [_size(gradient)]
    for slope in reversed(slopes):
        gradient = (gradient * slope) @ weights.swapaxes(1, 2)
        sizes.append(_size(gradient))
    ratio = np.stack(sizes, axis=1)
    return GradientThroughTime(seeds, cell, noise, ratio / ratio[:, :1])


def _size(values: Floats) -> Floats:
    return np.asarray(np.sqrt(np.square(values).mean(axis=(1, 2))))


def predict_identity_ratio(steps: int, *, noise: float = 0.1) -> float:
    """Return the last ratio for "relu_identity" from the theory of random walks.

    A unit that starts at 1 adds up noise. Unless it would fall below 0 on the way, it
    passes the gradient on unchanged from the last step to the first. By the
    reflection principle a share ``2 Phi(-1 / (noise sqrt(steps)))`` of the units
    falls. The walk moves in steps, between which it cannot fall: Siegmund (1985),
    "Sequential Analysis", corrects for that by setting it off 0.5826 noise higher.

    Parameters
    ----------
    steps : int
        Steps through time, at least 1.
    noise : float
        Standard deviation of each step of the walk, from 0 to 1.

    Returns
    -------
    float
    """
    steps = check_integer("steps", steps, minimum=1)
    noise = check_number("noise", noise, minimum=0.0, maximum=1.0)
    if noise == 0:
        return 1.0
    distance = (1 + 0.5826 * noise) / (noise * math.sqrt(steps))
    return math.sqrt(math.erf(distance / math.sqrt(2)))
