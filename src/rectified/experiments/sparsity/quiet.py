"""Dead or only quiet: how many units are silent on a few images, and on all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import ensembles
from rectified._validate import check_array, check_integer, check_seeds
from rectified.datasets import Digits, load_digits

Floats = NDArray[np.floating]

NETWORKS = ("untrained", "SGD, rate 0.1", "Adam, rate 0.01")
"""Networks that `measure_silence` looks at."""

SHIFTS: NDArray[np.float64] = np.linspace(-3.0, 1.0, 9)
"""Numbers that it adds to all biases."""

N_SHOWN = 128
"""Images of which it says one by one which units they switch on."""

_TRAINING = {NETWORKS[1]: ("sgd", 0.1), NETWORKS[2]: ("adam", 0.01)}


@dataclass(frozen=True)
class Silence:
    """On which images each hidden unit of several networks fires.

    The axes of the arrays are: network, shift of the biases, layer, unit.

    Attributes
    ----------
    networks : tuple of str
        See `NETWORKS`.
    shifts : ndarray, shape (n_shifts,)
        Added to the biases of both hidden layers.
    n_train, n_test : int
        Numbers of images.
    fires : ndarray of bool, shape (n_networks, n_shifts, 2, units, N_SHOWN)
        Whether the output is positive for each of the first training images.
    first : ndarray of int, shape (n_networks, n_shifts, 2, units)
        Position, from 1, of the first training image on which the unit fires; 0 if
        there is none.
    on_train, on_test : ndarray of int, shape (n_networks, n_shifts, 2, units)
        Number of images on which it fires.
    """

    networks: tuple[str, ...]
    shifts: NDArray[np.float64]
    n_train: int
    n_test: int
    fires: NDArray[np.bool_]
    first: NDArray[np.int64]
    on_train: NDArray[np.int64]
    on_test: NDArray[np.int64]


def measure_silence(
    seed: int = 0, *, shifts: ArrayLike = SHIFTS, width: int = 64, steps: int = 200
) -> Silence:
    """Look for images of digits on which the units of 64-width-width-10 networks fire.

    Parameters
    ----------
    seed : int
        Draws the split of the digits, the weights and the batches.
    shifts : array_like, shape (n_shifts,)
        Added to all hidden biases, after training.
    width : int
        Units per hidden layer, from 2 to 512.
    steps : int
        Updates of the trained networks, with 64 images each.

    Returns
    -------
    Silence
    """
    (seed,) = check_seeds("seed", (seed,))
    moves = check_array("shifts", shifts, ndim=(1,))
    width = check_integer("width", width, minimum=2, maximum=512)
    digits = load_digits(seed=seed, scaling="global")
    parts = digits.train.inputs, digits.test.inputs
    networks = _make_networks(digits, seed, check_integer("steps", steps), width)
    fires, first, counts = [], [], []
    for network in networks:
        for shift in moves:
            on, seen = (_fire(network, part, float(shift)) for part in parts)
            fires.append(on[:, :, :N_SHOWN])
            first.append(np.where(on.any(axis=2), on.argmax(axis=2) + 1, 0))
            counts.append([on.sum(axis=2), seen.sum(axis=2)])
    shape = (len(networks), len(moves), 2, width)
    on_train, on_test = np.array(counts).swapaxes(0, 1).reshape(2, *shape)
    return Silence(
        networks=NETWORKS,
        shifts=moves,
        n_train=len(parts[0]),
        n_test=len(parts[1]),
        fires=np.array(fires).reshape(*shape, -1),
        first=np.array(first).reshape(shape),
        on_train=on_train,
        on_test=on_test,
    )


def silent_on_batches(on_train: ArrayLike, n_train: int) -> NDArray[np.float64]:
    """Return the share of units that are silent on a batch, for every batch size.

    Parameters
    ----------
    on_train : array_like of int, shape (units,)
        Number of training images on which each unit fires.
    n_train : int
        Number of training images.

    Returns
    -------
    ndarray, shape (n_train + 1,)
        Expectation over all batches of 0, 1, ... images drawn without replacement: a
        unit that fires on k of N images is silent on n of them with probability
        ``(N - k) / N * (N - k - 1) / (N - 1) * ...``, n factors.

    Examples
    --------
    >>> silent_on_batches([1, 3], 4).round(3).tolist()
    [1.0, 0.5, 0.25, 0.125, 0.0]
    """
    n = check_integer("n_train", n_train, minimum=1)
    counts = check_array("on_train", on_train, ndim=(1,))[:, None]
    taken = np.arange(n)
    factors = np.maximum(n - counts - taken, 0) / (n - taken)
    silent = np.cumprod(np.concatenate([np.ones_like(counts), factors], axis=1), axis=1)
    return np.asarray(silent.mean(axis=0))


def _make_networks(
    digits: Digits, seed: int, steps: int, width: int
) -> list[ensembles.Parameters]:
    widths = (64, width, width, 10)
    networks = [ensembles.initialize(widths, seeds=(seed,))]
    for optimizer, rate in _TRAINING.values():
        run = ensembles.train(
            digits.train.inputs[None],
            digits.train.labels[None],
            widths=widths,
            seeds=(seed,),
            loss="cross_entropy",
            optimizer=optimizer,
            learning_rate=rate,
            steps=steps,
            batch_size=64,
            record=(),
        )
        networks.append(run.parameters)
    return networks


def _fire(network: ensembles.Parameters, x: Floats, shift: float) -> NDArray[np.bool_]:
    """Return whether each unit of both hidden layers fires, (2, units, n_images)."""
    fires, a = [], x
    weights, biases = network.network(0)
    for weight, bias in list(zip(weights, biases, strict=True))[:-1]:
        a = np.maximum(a @ weight + bias + np.float32(shift), 0)
        fires.append(a.T > 0)
    return np.array(fires)
