"""One example ties the signs of a unit's weight gradients; a batch unties them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._validate import check_choice, check_integer, check_seeds
from rectified.datasets import load_digits

Floats = NDArray[np.floating]

FUNCTIONS = ("relu", "sigmoid", "leaky_relu", "elu", "gelu", "tanh")
"""Functions that are compared: the outputs of the first two are never negative."""

BATCH_SIZES = (1, 2, 8, 64)
WIDTH, CLASSES = 64, 10


@dataclass(frozen=True)
class SignTies:
    """How many units pull all their weights in one direction.

    Attributes
    ----------
    seeds : tuple of int
        One network and one split of the digits per seed.
    functions : tuple of str
        Activation functions.
    batch_sizes : tuple of int
        Examples per gradient.
    tied : ndarray, shape (n_functions, n_batch_sizes, n_seeds)
        Share of the units of the second layer whose incoming weights get gradients
        of one sign. Zeros have no sign; units whose gradient is all zero do not
        count.
    """

    seeds: tuple[int, ...]
    functions: tuple[str, ...]
    batch_sizes: tuple[int, ...]
    tied: Floats

    def of(self, function: str, batch_size: int) -> Floats:
        """Return the shares for one function and batch size, shape (n_seeds,)."""
        row = self.functions.index(function)
        return np.asarray(self.tied[row, self.batch_sizes.index(batch_size)])


def measure_sign_ties(
    functions: Sequence[str] = FUNCTIONS,
    batch_sizes: Sequence[int] = BATCH_SIZES,
    seeds: Iterable[int] = range(3),
    *,
    n_batches: int = 10,
) -> SignTies:
    """Compare the signs of the gradients in the second layer of fresh networks.

    The gradient of a weight is the input times the error of the unit, summed over the
    batch. If no input is negative, one example gives all weights of a unit the sign
    of its error (LeCun et al. 1998, "Efficient BackProp"). The networks are
    64-64-64-10, classify digits and are not trained. ReLU, ELU, GELU and Leaky ReLU
    start with weights of gain sqrt(2), the others with gain 1.

    Parameters
    ----------
    functions : sequence of str
        Names in `rectified.activations`.
    batch_sizes : sequence of int
        Examples per gradient, from 1 to 1437.
    seeds : iterable of int
        One network per seed.
    n_batches : int
        Batches per network, over which the share is averaged.

    Returns
    -------
    SignTies
    """
    names = tuple(check_choice("functions", f, activations.NAMES) for f in functions)
    sizes = tuple(
        check_integer("batch_sizes", size, minimum=1, maximum=1437)
        for size in batch_sizes
    )
    seeds = check_seeds("seeds", seeds)
    n_batches = check_integer("n_batches", n_batches, minimum=1)
    tied = np.empty((len(names), len(sizes), len(seeds)))
    for column, seed in enumerate(seeds):
        part = load_digits(seed=seed).train
        for row, name in enumerate(names):
            signs = _signed_gradients(name, part.inputs, part.labels, seed)
            rng = np.random.default_rng((seed, 3))
            for middle, size in enumerate(sizes):
                chosen = rng.integers(0, len(part.labels), (n_batches, size))
                tied[row, middle, column] = _share_tied(*signs, chosen)
    return SignTies(seeds, names, sizes, tied)


def _signed_gradients(
    name: str, inputs: NDArray[np.float32], labels: NDArray[np.int64], seed: int
) -> tuple[Floats, Floats]:
    """Return the inputs and the errors of the second layer, (n_points, WIDTH) each."""
    rng = np.random.default_rng((seed, 1))
    activation = activations.get(name)
    gain = 1.0 if name in ("sigmoid", "tanh") else 2**0.5
    first, second = rng.standard_normal((2, WIDTH, WIDTH)) * gain / WIDTH**0.5
    last = rng.standard_normal((WIDTH, CLASSES)) / WIDTH**0.5
    hidden = activation.function(inputs.astype(np.float64) @ first)
    z = hidden @ second
    logits = activation.function(z) @ last
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = shares / shares.sum(axis=1, keepdims=True) - np.eye(CLASSES)[labels]
    return hidden, error @ last.T * activation.derivative(z)


def _share_tied(hidden: Floats, errors: Floats, chosen: NDArray[np.int64]) -> float:
    """Return the share of units with gradients of one sign, over several batches."""
    gradient = hidden[chosen].swapaxes(1, 2) @ errors[chosen]
    rises, falls = (gradient > 0).any(axis=1), (gradient < 0).any(axis=1)
    return float((rises ^ falls).sum() / max((rises | falls).sum(), 1))
