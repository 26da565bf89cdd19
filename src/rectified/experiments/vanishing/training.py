"""Deep networks on the digits, started with any initialization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import activations, ensembles, initialization
from rectified.datasets import load_digits
from rectified.initialization import Scheme

Floats = NDArray[np.floating]


def draw_networks(
    widths: Sequence[int],
    *,
    activation: str,
    init: str | Scheme,
    seeds: Sequence[int],
    centered: bool = False,
) -> ensembles.Parameters:
    """Draw one network per seed for `rectified.ensembles`.

    Biases start at 0, but if `init` is "pytorch" as PyTorch starts them: uniform
    between -1 / sqrt(fan_in) and 1 / sqrt(fan_in).

    Parameters
    ----------
    widths : sequence of int
        Units per layer, inputs and outputs included.
    activation : str
        Function after each hidden layer.
    init : str or rectified.initialization.Scheme
        How the weights of all layers are drawn.
    seeds : sequence of int
        The same seed gives the same networks whatever the activation.
    centered : bool
        Whether biases start where they cancel what the function puts out for 0, as in
        `run_corridor`.

    Returns
    -------
    rectified.ensembles.Parameters
        In float32.
    """
    scheme = init if isinstance(init, Scheme) else initialization.get(init)
    networks = ensembles.initialize(
        widths, seeds=seeds, activation=activation, dtype=np.float32
    )
    rngs = [np.random.default_rng((seed, 3)) for seed in seeds]
    for weights, biases in zip(networks.weights, networks.biases, strict=True):
        _, fan_in, fan_out = weights.shape
        # Views: what is written here becomes the network.
        weights[:] = [scheme.draw(fan_in, fan_out, rng=rng) for rng in rngs]
        if scheme.name == "pytorch":
            draws = [rng.uniform(-1, 1, fan_out) for rng in rngs]
            biases[:] = np.array(draws) / math.sqrt(fan_in)
    if centered:
        at_zero = float(activations.get(activation).function(0.0))
        for weights, biases in zip(
            networks.weights[1:], networks.biases[1:], strict=True
        ):
            biases[:] = -at_zero * weights.sum(axis=1)
    return networks


@dataclass(frozen=True)
class DigitsRun:
    """One network per entry, trained on the digits.

    Attributes
    ----------
    steps : ndarray of int, shape (n_records,)
        Updates before each record.
    loss : ndarray, shape (n_records, n_networks)
        Cross-entropy on the batch of the next update; on all images in the end.
    accuracy : ndarray, shape (n_networks,)
        Share of test images classified correctly in the end; NaN if it diverged.
    first_gradient, last_gradient : ndarray, shape (n_networks,)
        Norms of the gradients of the first and of the last layer before training.
    dead : ndarray, shape (n_networks, depth)
        Share of units in each hidden layer whose pre-activation is at most 0 for all
        test images, before training.
    """

    steps: NDArray[np.int64]
    loss: Floats
    accuracy: Floats
    first_gradient: Floats
    last_gradient: Floats
    dead: Floats


def train_digits(
    initial: ensembles.Parameters,
    *,
    seeds: Sequence[int],
    learning_rate: ArrayLike,
    optimizer: str = "sgd",
    momentum: float | None = None,
    steps: int = 150,
    batch_size: int = 64,
    clip_norm: float | None = None,
) -> DigitsRun:
    """Train networks on the digits, each on the split of its seed.

    Parameters
    ----------
    initial : rectified.ensembles.Parameters
        Where to start, one network per seed.
    seeds : sequence of int
        Draw the split and the batches; they may repeat.
    learning_rate : float or array_like, shape (n_networks,)
        Positive.
    optimizer, momentum, steps, batch_size, clip_norm
        As in `rectified.ensembles.train`.

    Returns
    -------
    DigitsRun
    """
    train, test = _stack_digits(seeds)
    training = ensembles.train(
        *train,
        widths=initial.widths,
        activation=initial.activation,
        seeds=seeds,
        initial=initial,
        loss="cross_entropy",
        optimizer=optimizer,
        learning_rate=learning_rate,
        momentum=momentum,
        clip_norm=clip_norm,
        steps=steps,
        batch_size=batch_size,
        record={"loss": max(1, steps // 20), "gradient_norm": max(steps, 1)},
    )
    trained = ensembles.measure(
        training.parameters, *test, names=["accuracy"], loss="cross_entropy"
    )
    start = ensembles.measure(initial, test[0], names=["dead_fraction"])
    norms = training.records["gradient_norm"].values[0]
    return DigitsRun(
        training.records["loss"].steps,
        training.loss,
        np.where(training.finite, trained["accuracy"], np.nan),
        norms[:, 0],
        norms[:, -1],
        start["dead_fraction"],
    )


def _stack_digits(seeds: Sequence[int]) -> list[tuple[Floats, NDArray[np.int64]]]:
    """Return images and labels for training and for testing, a split per network."""
    digits = {seed: load_digits(seed=seed) for seed in set(seeds)}
    parts = (
        [getattr(digits[seed], part) for seed in seeds] for part in ("train", "test")
    )
    return [
        (np.stack([p.inputs for p in part]), np.stack([p.labels for p in part]))
        for part in parts
    ]


def choose_rate(run: DigitsRun, n_rates: int) -> tuple[int, slice]:
    """Return which rate has the lowest mean final loss, and where its networks are.

    Parameters
    ----------
    run : DigitsRun
        All seeds with the first rate, then all with the second, and so on.
    n_rates : int
        How many there are.

    Returns
    -------
    index : int
        The best rate. A rate at which a network diverged cannot win, unless all did.
    rows : slice
        Its networks, one per seed.
    """
    loss = np.nan_to_num(run.loss[-1], nan=np.inf, posinf=np.inf)
    means = loss.reshape(n_rates, -1).mean(axis=1)
    best, n_seeds = int(means.argmin()), loss.size // n_rates
    return best, slice(best * n_seeds, (best + 1) * n_seeds)
