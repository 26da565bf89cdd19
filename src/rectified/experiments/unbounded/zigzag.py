"""Two weights, inputs that are never negative, and the zig-zag between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_integer, check_number

Floats = NDArray[np.floating]

SOLUTION = (1.0, -1.0)
"""The weights to find. One must rise and the other fall."""

N_POINTS = 64


@dataclass(frozen=True)
class DescentPath:
    """The way of two weights from (0, 0) towards `SOLUTION`.

    Attributes
    ----------
    inputs : ndarray, shape (64, 2)
        The data; the target of each row x is ``x @ SOLUTION``.
    weights : ndarray, shape (n_steps + 1, 2)
        Before the first update and after each.
    learning_rate : float
        Step size.
    eigenvalues : ndarray, shape (2,)
        Of the mean of ``x x^T``, ascending: the curvatures of the valley.
    same_sign : float
        Share of the updates in which both weights moved in one direction.
    detour : float
        Length of the path over the straight distance between its ends.
    """

    inputs: Floats
    weights: Floats
    learning_rate: float
    eigenvalues: Floats
    same_sign: float
    detour: float

    @property
    def distance(self) -> Floats:
        """Distance from the solution after each update, shape (n_steps + 1,)."""
        return np.asarray(np.linalg.norm(self.weights - SOLUTION, axis=1))

    @property
    def condition(self) -> float:
        """Larger over smaller curvature."""
        return float(self.eigenvalues[1] / self.eigenvalues[0])


def draw_path(
    *,
    mean: float = 0.5,
    batch_size: int = 1,
    learning_rate: float | None = None,
    steps: int = 60,
    seed: int = 0,
) -> DescentPath:
    """Follow one linear unit with two weights while it learns.

    The loss is half the mean squared error; there is no bias. With one example per
    update, the gradient is the input times the error, so that inputs of one sign
    move both weights in one direction.

    Parameters
    ----------
    mean : float
        Inputs are uniform with standard deviation ``1 / sqrt(12)`` around it, from 0
        to 2. From 0.5 on, no input is negative.
    batch_size : int
        Examples per update, from 1 to 64; 64 is all of them.
    learning_rate : float, optional
        Positive step size. Default: the inverse of the sum of the curvatures.
    steps : int
        Number of updates.
    seed : int
        Draws the inputs and their order.

    Returns
    -------
    DescentPath

    Examples
    --------
    >>> draw_path(mean=0.5).same_sign
    1.0
    """
    mean = check_number("mean", mean, minimum=0.0, maximum=2.0)
    batch_size = check_integer("batch_size", batch_size, minimum=1, maximum=N_POINTS)
    steps = check_integer("steps", steps, minimum=1)
    rng = np.random.default_rng(check_integer("seed", seed))
    inputs = draw_inputs(mean, rng)
    eigenvalues = np.linalg.eigvalsh(inputs.T @ inputs / N_POINTS)
    rate = 1 / eigenvalues.sum() if learning_rate is None else learning_rate
    rate = check_number("learning_rate", rate, minimum=1e-9)
    weights = descend(inputs, np.array([rate]), (steps, batch_size), rng)[:, 0]
    moves = np.diff(weights, axis=0)
    # Close to the solution, the signs of the updates are rounding errors.
    moved = np.linalg.norm(weights[:-1] - SOLUTION, axis=1) > 1e-6
    length, straight = np.linalg.norm(moves, axis=1).sum(), weights[-1] - weights[0]
    return DescentPath(
        inputs,
        weights,
        rate,
        eigenvalues,
        same_sign=float((moves.prod(axis=1) > 0)[moved].mean()),
        detour=float(length / np.linalg.norm(straight)),
    )


def draw_inputs(mean: float, rng: np.random.Generator) -> Floats:
    """Return 64 points, uniform in a square of side 1 around (mean, mean)."""
    return mean + rng.uniform(-0.5, 0.5, (N_POINTS, 2))


def draw_order(rng: np.random.Generator, epochs: int) -> NDArray[np.int64]:
    """Return the order of the examples in each epoch, shape (epochs, 64).

    After `draw_inputs` with the same generator, these are the orders of `draw_path`:
    a batch takes the next examples of an epoch, and what is too little for a batch
    is left out.
    """
    return np.stack([rng.permutation(N_POINTS) for _ in range(epochs)])


def descend(
    inputs: Floats, rates: Floats, counts: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Follow one unit per learning rate, all with the same batches.

    Parameters
    ----------
    inputs : ndarray, shape (64, 2)
        The data.
    rates : ndarray, shape (n_rates,)
        Step sizes.
    counts : tuple of int
        Number of updates, and examples per update.
    rng : numpy.random.Generator
        Draws the order of the examples, anew in each epoch.

    Returns
    -------
    ndarray, shape (steps + 1, n_rates, 2)
        Weights before the first update and after each.
    """
    steps, batch_size = counts
    solution = np.array(SOLUTION)
    weights = np.zeros((steps + 1, rates.size, 2))
    order: list[int] = []
    with np.errstate(over="ignore", invalid="ignore"):  # a rate may be too large
        for step in range(steps):
            if len(order) < batch_size:
                order = rng.permutation(N_POINTS).tolist()
            chosen, order = inputs[order[:batch_size]], order[batch_size:]
            error = (weights[step] - solution) @ chosen.T
            weights[step + 1] = weights[step] - rates[:, None] * (
                error @ chosen / batch_size
            )
    return weights
