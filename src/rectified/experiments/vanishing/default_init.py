"""What stops a ten-layer network in PyTorch: its default weights, not ReLU."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_integer, check_seeds
from rectified.experiments.vanishing.training import (
    choose_rate,
    draw_networks,
    train_digits,
)

Floats = NDArray[np.float64]

INITS = ("pytorch", "he")
"""Initializations compared; "pytorch" draws biases too, "he" has them at 0."""

COMPARED = ("relu", "leaky_relu", "silu")
"""Functions compared: the accused and two that are said to do better."""

RATES = (0.01, 0.03, 0.1)
"""Learning rates from which each arm gets its own best one."""

MOMENTUM = 0.9
BATCH_SIZE = 32


@dataclass(frozen=True)
class DefaultInitMeasurement:
    """Ten-layer networks on the digits, by initialization and activation.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the split of the digits, the weights and the batches.
    inits, activations : tuple of str
        The first two axes below.
    depth, width, steps : int
        Hidden layers, units in each, and updates (SGD with momentum 0.9).
    best_rate : ndarray, shape (n_inits, n_activations)
        The member of `RATES` with the lowest mean loss in the end.
    accuracy : ndarray, shape (n_inits, n_activations, n_seeds)
        Share of test images classified correctly, at the best rate.
    best_accuracy : ndarray, shape (n_inits, n_activations, n_seeds)
        The highest accuracy over all rates, for each seed by itself.
    first_gradient, last_gradient : ndarray, shape (n_inits, n_activations, n_seeds)
        Norms of the gradients of the first and of the last layer before training.
    dead : ndarray, shape (n_inits, n_activations, depth, n_seeds)
        Share of units with z <= 0 for all test images before training.
    record_steps : ndarray of int, shape (n_records,)
        Updates before each entry of the loss.
    loss : ndarray, shape (n_inits, n_activations, n_records, n_seeds)
        Loss at the best rate, on batches; in the end on all training images.
    """

    seeds: tuple[int, ...]
    inits: tuple[str, ...]
    activations: tuple[str, ...]
    depth: int
    width: int
    steps: int
    best_rate: Floats
    accuracy: Floats
    best_accuracy: Floats
    first_gradient: Floats
    last_gradient: Floats
    dead: Floats
    record_steps: NDArray[np.int64]
    loss: Floats

    def of(self, init: str, activation: str) -> tuple[int, int]:
        """Return the row and column of one combination."""
        return (
            self.inits.index(check_choice("init", init, self.inits)),
            self.activations.index(
                check_choice("activation", activation, self.activations)
            ),
        )


def measure_default_init(
    seeds: Iterable[int] = range(2),
    *,
    inits: Sequence[str] = INITS,
    names: Sequence[str] = COMPARED,
    depth: int = 10,
    width: int = 64,
    steps: int = 120,
) -> DefaultInitMeasurement:
    """Train deep networks with PyTorch's default weights and with He's.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed, arm and learning rate.
    inits : sequence of str
        Names of `rectified.initialization`.
    names : sequence of str
        Names of `rectified.activations`.
    depth : int
        Hidden layers, from 1 to 50.
    width : int
        Units in each, from 2 to 256.
    steps : int
        Updates with 32 images each, from 1 to 10,000.

    Returns
    -------
    DefaultInitMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=1, maximum=50)
    width = check_integer("width", width, minimum=2, maximum=256)
    steps = check_integer("steps", steps, minimum=1, maximum=10_000)
    widths, shape = (64, *[width] * depth, 10), (len(inits), len(names))
    arms = [
        _train_arm(widths, init, name, seeds, steps=steps)
        for init in inits
        for name in names
    ]
    columns = {
        name: np.array([arm[name] for arm in arms]).reshape(
            *shape, *np.shape(arms[0][name])
        )
        for name in _MEASURED
    }
    return DefaultInitMeasurement(
        seeds=seeds,
        inits=tuple(inits),
        activations=tuple(names),
        depth=depth,
        width=width,
        steps=steps,
        record_steps=arms[0]["record_steps"],
        **columns,
    )


_MEASURED = (
    "best_rate",
    "accuracy",
    "best_accuracy",
    "first_gradient",
    "last_gradient",
    "dead",
    "loss",
)


def _train_arm(
    widths: Sequence[int],
    init: str,
    activation: str,
    seeds: tuple[int, ...],
    *,
    steps: int,
) -> dict[str, NDArray[Any]]:
    """Return the fields of `DefaultInitMeasurement` for one combination."""
    everyone, n_rates = seeds * len(RATES), len(RATES)
    run = train_digits(
        draw_networks(widths, activation=activation, init=init, seeds=everyone),
        seeds=everyone,
        learning_rate=np.repeat(RATES, len(seeds)),
        momentum=MOMENTUM,
        steps=steps,
        batch_size=BATCH_SIZE,
    )
    best, rows = choose_rate(run, n_rates)
    every_rate = np.nan_to_num(run.accuracy).reshape(n_rates, -1)
    return {
        "best_rate": np.array(RATES[best]),
        "accuracy": run.accuracy[rows],
        "best_accuracy": every_rate.max(axis=0),
        "first_gradient": run.first_gradient[rows],
        "last_gradient": run.last_gradient[rows],
        "dead": run.dead[rows].T,
        "loss": run.loss[:, rows],
        "record_steps": run.steps,
    }
