"""The phase diagram moment by moment: how the desert spreads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import ensembles
from rectified._validate import check_array, check_integer, check_seeds
from rectified.experiments.dying.life import choose_activation, scatter_points
from rectified.experiments.dying.phase import BATCH_SIZE, BIASES, RATES, WIDTHS

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class PhaseHistory:
    """The networks of a `phase.PhaseDiagram` at several moments of their training.

    Attributes
    ----------
    rates, biases : ndarray, shapes (n_rates,) and (n_biases,)
        Rows and columns.
    moments : ndarray of int, shape (n_moments,)
        Numbers of updates.
    dead_fraction : ndarray, shape (n_moments, 2, n_rates, n_biases)
        Share of dead units in each hidden layer. NaN where the network has diverged.
    accuracy, loss : ndarray, shape (n_moments, n_rates, n_biases)
        On all training points; not finite where the network has diverged.
    """

    rates: Floats
    biases: Floats
    moments: NDArray[np.int64]
    dead_fraction: Floats
    accuracy: Floats
    loss: Floats


def follow_phase_diagram(
    moments: Iterable[int] = range(0, 201, 10),
    rates: ArrayLike = RATES,
    biases: ArrayLike = BIASES,
    *,
    seed: int = 0,
    optimizer: str = "sgd",
    negative_slope: float = 0.0,
) -> PhaseHistory:
    """Train the networks of `phase.draw_phase_diagram` and measure them on the way.

    Parameters
    ----------
    moments : iterable of int
        Numbers of updates after which to measure; the largest ends the training.
    rates, biases : array_like, shapes (n_rates,) and (n_biases,)
        Step sizes, and initial biases of the hidden units.
    seed : int
        Draws the data and the networks, as there.
    optimizer : {"sgd", "adam", "adamw"}
        Update rule.
    negative_slope : float
        Slope of the units below 0; 0 makes them ReLUs.

    Returns
    -------
    PhaseHistory
    """
    rows = check_array("rates", rates, ndim=(1,))
    columns = check_array("biases", biases, ndim=(1,))
    times = np.array(sorted({check_integer("moments", m) for m in moments}))
    (seed,) = check_seeds("seed", (seed,))
    rate, bias = np.meshgrid(rows, columns, indexing="ij")
    x, y = scatter_points((seed,))
    run = ensembles.train(
        x[0],
        y[0],
        widths=WIDTHS,
        seeds=range(seed * rate.size, (seed + 1) * rate.size),
        optimizer=optimizer,
        learning_rate=rate.ravel(),
        bias=bias.ravel(),
        steps=int(times[-1]),
        batch_size=BATCH_SIZE,
        record=(),
        snapshots=times.tolist(),
        **choose_activation(negative_slope),
    )
    names = ("dead_fraction", "accuracy", "loss")
    found = [
        ensembles.measure(run.snapshots[m], x[0], y[0], names=names)
        for m in times.tolist()
    ]
    dead, accuracy, loss = (np.array([one[name] for one in found]) for name in names)
    shape = (times.size, *rate.shape)
    return PhaseHistory(
        rows,
        columns,
        times,
        np.moveaxis(dead, -1, 1).reshape(times.size, 2, *rate.shape),
        accuracy.reshape(shape),
        loss.reshape(shape),
    )
