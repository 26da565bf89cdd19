"""Which networks train at all: a map of depth and gain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import ensembles, initialization
from rectified._validate import check_array, check_integer, check_seeds, problem
from rectified.experiments.vanishing.training import train_digits

Floats = NDArray[np.float64]

MAP_DEPTHS = (1, 2, 4, 8, 16, 24)
"""Hidden layers, from the top of the map to the bottom."""

MAP_GAINS: Floats = np.sqrt(2) * np.geomspace(0.4, 2.5, 9)
"""Gains of the weights; the middle one is He's sqrt(2)."""

RATES = (0.01, 0.05)
"""Learning rates from which each cell gets its own best one."""

MOMENTUM = 0.9


@dataclass(frozen=True)
class TrainabilityMap:
    """Accuracy by depth and gain.

    Attributes
    ----------
    seeds : tuple of int
        One network per cell, rate and seed.
    activation : str
        Function after each hidden layer.
    depths : tuple of int
        Hidden layers, the rows.
    gains : ndarray, shape (n_gains,)
        Hidden weights have a standard deviation of ``gain / sqrt(fan_in)``, those of
        the outputs 1 / sqrt(fan_in); the columns.
    width, steps : int
        Units per layer and updates (SGD with momentum 0.9).
    accuracy : ndarray, shape (n_depths, n_gains, n_seeds)
        Share of test images classified correctly at the cell's best rate; 0 if every
        rate made a network diverge.
    record_steps : ndarray of int, shape (n_records,)
        Updates before each entry of the loss.
    loss : ndarray, shape (n_depths, n_gains, n_records, n_seeds)
        Cross-entropy at the cell's best rate, on batches; in the end on all training
        images. NaN or infinite where a network diverged.
    expected_ratio : ndarray, shape (n_depths, n_gains)
        Size of the gradient at the first hidden layer over that at the last, before
        training, from mean-field theory: ``(gain / sqrt(2))^(depth - 1)`` for ReLU.
    """

    seeds: tuple[int, ...]
    activation: str
    depths: tuple[int, ...]
    gains: Floats
    width: int
    steps: int
    accuracy: Floats
    record_steps: NDArray[np.int64]
    loss: Floats
    expected_ratio: Floats


def measure_trainability(
    seeds: Iterable[int] = (0,),
    *,
    activation: str = "relu",
    depths: Sequence[int] = MAP_DEPTHS,
    gains: ArrayLike = MAP_GAINS,
    width: int = 32,
    steps: int = 50,
) -> TrainabilityMap:
    """Train one network for each depth, gain, rate and seed on the digits.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws the split of the digits, the weights and the batches.
    activation : str
        A name of `rectified.activations`.
    depths : sequence of int
        Hidden layers, from 1 to 50.
    gains : array_like, shape (n_gains,)
        Positive.
    width : int
        Units per layer, from 2 to 256.
    steps : int
        Updates with 64 images each, from 1 to 10,000.

    Returns
    -------
    TrainabilityMap
    """
    seeds, factors = check_seeds("seeds", seeds), check_array("gains", gains, ndim=(1,))
    if factors.min() <= 0:
        raise problem("gains", "positive", float(factors.min()), "try 1.4142")
    width = check_integer("width", width, minimum=2, maximum=256)
    steps = check_integer("steps", steps, minimum=1, maximum=10_000)
    rows = []
    expected = np.empty((len(depths), len(factors)))
    for row, depth in enumerate(depths):
        n_layers = check_integer("depths", depth, minimum=1, maximum=50)
        widths = (64, *[width] * n_layers, 10)
        rows.append(_train_row(widths, activation, factors, seeds, steps=steps))
        for column, gain in enumerate(factors):
            scheme = initialization.get("lecun", gain=float(gain))
            theory = initialization.predict_propagation(
                [width] * (n_layers + 1), activation=activation, init=scheme
            )
            expected[row, column] = np.sqrt(theory.backward[0])
    accuracy, loss = (np.array([row[i] for row in rows]) for i in range(2))
    return TrainabilityMap(
        seeds=seeds,
        activation=activation,
        depths=tuple(depths),
        gains=factors,
        width=width,
        steps=steps,
        accuracy=accuracy,
        record_steps=rows[0][2],
        loss=loss,
        expected_ratio=expected,
    )


def _train_row(
    widths: Sequence[int],
    activation: str,
    gains: Floats,
    seeds: tuple[int, ...],
    *,
    steps: int,
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return accuracy, loss and its steps of one depth, from one ensemble."""
    # Axes: rates, gains, seeds. A seed draws the same network at every gain and rate.
    shape = (len(RATES), len(gains), len(seeds))
    rates, factors, draws = (
        np.broadcast_to(numbers, shape).ravel()
        for numbers in (
            np.array(RATES)[:, None, None],
            gains[:, None],
            np.array(seeds),
        )
    )
    everyone = tuple(draws.tolist())
    initial = ensembles.initialize(
        widths, seeds=everyone, activation=activation, gain=factors, dtype=np.float32
    )
    run = train_digits(
        initial, seeds=everyone, learning_rate=rates, momentum=MOMENTUM, steps=steps
    )
    loss = np.nan_to_num(run.loss[-1], nan=np.inf, posinf=np.inf).reshape(shape)
    best = loss.mean(axis=2).argmin(axis=0)
    accuracy = np.nan_to_num(run.accuracy).reshape(shape)
    columns = np.arange(len(gains))
    curves = run.loss.reshape(-1, *shape)[:, best, columns]
    return accuracy[best, columns], np.swapaxes(curves, 0, 1), run.steps
