"""Learning rate times bias: where in this plane do units die?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import ensembles
from rectified._validate import check_array, check_integer, check_seeds
from rectified.experiments.dying.life import (
    UnitLives,
    choose_activation,
    scatter_points,
    watch_units,
)

Floats = NDArray[np.floating]

RATES: Floats = np.geomspace(0.01, 31.6, 24)
BIASES: Floats = np.linspace(-4.0, 1.0, 24)
"""The rows and columns of the diagram."""

WIDTHS = (2, 8, 8, 1)
BATCH_SIZE = 10


@dataclass(frozen=True)
class PhaseDiagram:
    """One network per cell, after training; rows are rates, columns are biases.

    Attributes
    ----------
    seed : int
        Draws the data, and with row and column each network.
    rates : ndarray, shape (n_rates,)
        Step sizes.
    biases : ndarray, shape (n_biases,)
        Initial biases of all hidden units.
    widths : tuple of int
        Units per layer.
    negative_slope : float
        Slope of the activation below 0.
    optimizer : str
        Update rule.
    steps, batch_size : int
        Updates, and points per update.
    dead_fraction : ndarray, shape (n_rates, n_biases)
        Share of the units that are silent on all training points (for Leaky ReLU:
        whose pre-activations are all negative), averaged over hidden layers. NaN
        where the network diverged.
    accuracy : ndarray, shape (n_rates, n_biases)
        Share of training points classified correctly.
    finite : ndarray of bool, shape (n_rates, n_biases)
        Whether the network did not diverge.
    """

    seed: int
    rates: Floats
    biases: Floats
    widths: tuple[int, ...]
    negative_slope: float
    optimizer: str
    steps: int
    batch_size: int
    dead_fraction: Floats
    accuracy: Floats
    finite: NDArray[np.bool_]

    def seed_of(self, row: int, column: int) -> int:
        """Return the seed that drew the network of a cell."""
        return self.seed * self.dead_fraction.size + row * self.biases.size + column

    @property
    def dead_area(self) -> float:
        """Share of the cells with more than half of the units dead."""
        return float((self.dead_fraction > 0.5).mean())

    @property
    def learned_area(self) -> float:
        """Share of the cells with an accuracy above 0.9."""
        return float((self.accuracy > 0.9).mean())


def draw_phase_diagram(
    rates: ArrayLike = RATES,
    biases: ArrayLike = BIASES,
    *,
    seed: int = 0,
    widths: Sequence[int] = WIDTHS,
    negative_slope: float = 0.0,
    optimizer: str = "sgd",
    steps: int = 200,
    batch_size: int = BATCH_SIZE,
    on_step: ensembles.OnStep | None = None,
) -> PhaseDiagram:
    """Train one network per cell, all at once.

    All cells share the data; weights and batches are drawn anew for each.

    Parameters
    ----------
    rates, biases : array_like, shapes (n_rates,) and (n_biases,)
        Step sizes, and initial biases of the hidden units.
    seed : int
        Another seed gives other data and other networks.
    widths : sequence of int
        Units per layer: 2, then hidden widths, then 1.
    negative_slope : float
        Slope of the units below 0; 0 makes them ReLUs.
    optimizer : {"sgd", "adam", "adamw"}
        Update rule.
    steps, batch_size : int
        Updates, and points of the 200 in each.
    on_step : callable, optional
        Called as ``on_step(step, losses)`` after each update; returning True stops.

    Returns
    -------
    PhaseDiagram
    """
    rows = check_array("rates", rates, ndim=(1,))
    columns = check_array("biases", biases, ndim=(1,))
    (seed,) = check_seeds("seed", (seed,))
    n_cells = rows.size * columns.size
    rate, bias = np.meshgrid(rows, columns, indexing="ij")
    x, y = scatter_points((seed,))
    last = max(check_integer("steps", steps), 1)
    run = ensembles.train(
        x[0],
        y[0],
        widths=widths,
        seeds=range(seed * n_cells, (seed + 1) * n_cells),
        optimizer=optimizer,
        learning_rate=rate.ravel(),
        bias=bias.ravel(),
        steps=steps,
        batch_size=batch_size,
        record={"accuracy": last, "dead_fraction": last},
        on_step=on_step,
        **choose_activation(negative_slope),
    )
    dead = run.records["dead_fraction"].values[-1].mean(axis=1)
    return PhaseDiagram(
        seed,
        rows,
        columns,
        run.parameters.widths,
        float(negative_slope),
        optimizer,
        run.steps,
        batch_size,
        dead.reshape(rate.shape),
        run.accuracy[-1].reshape(rate.shape),
        run.finite.reshape(rate.shape),
    )


def replay_cell(diagram: PhaseDiagram, row: int, column: int) -> UnitLives:
    """Train the network of one cell again and keep all of its steps.

    Parameters
    ----------
    diagram : PhaseDiagram
        At most 500 steps and hidden layers of at most 64 units.
    row, column : int
        The cell; the row counts rates, the column biases.

    Returns
    -------
    UnitLives
    """
    row = check_integer("row", row, maximum=diagram.rates.size - 1)
    column = check_integer("column", column, maximum=diagram.biases.size - 1)
    return watch_units(
        float(diagram.rates[row]),
        bias=float(diagram.biases[column]),
        seed=diagram.seed_of(row, column),
        data_seed=diagram.seed,
        widths=diagram.widths,
        steps=diagram.steps,
        batch_size=diagram.batch_size,
        optimizer=diagram.optimizer,
        negative_slope=diagram.negative_slope,
    )
