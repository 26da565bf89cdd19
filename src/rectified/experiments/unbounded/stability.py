"""Exploding signals and gradients in training, and what clipping does about them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import (
    FloatArray,
    check_array,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.datasets import DigitPart, load_digits

GAINS = (math.sqrt(2), 1.7, 2.0, 2.5)
WIDTH = 64


@dataclass(frozen=True)
class Stability:
    """Deep networks with weights of several gains, with and without clipping.

    The first axis of the arrays, if they have one of length 2, is without and with
    clipping.

    Attributes
    ----------
    seeds : tuple of int
        One network and split of the digits per seed.
    gains : ndarray, shape (n_gains,)
        Hidden weights start with standard deviation ``gain / sqrt(fan_in)``.
    depth : int
        Hidden layers.
    clip_norm : float
        Largest norm of a clipped gradient.
    start_loss : ndarray, shape (n_gains, n_seeds)
        Cross-entropy before the first update. A guess costs ln 10 = 2.3.
    start_gradient : ndarray, shape (n_gains, n_seeds)
        Norm of the gradient of the first update, before clipping.
    tanh_gradient : ndarray, shape (n_gains, n_seeds)
        The same with tanh in place of ReLU, from the same weights.
    gradient_norm : ndarray, shape (2, steps, n_gains, n_seeds)
        Norm of the gradient of every update, before clipping.
    accuracy : ndarray, shape (2, n_gains, n_seeds)
        Share of training images classified correctly in the end.
    finite : ndarray of bool, shape (2, n_gains, n_seeds)
        Whether the network did not diverge.
    """

    seeds: tuple[int, ...]
    gains: FloatArray
    depth: int
    clip_norm: float
    start_loss: FloatArray
    start_gradient: FloatArray
    tanh_gradient: FloatArray
    gradient_norm: FloatArray
    accuracy: FloatArray
    finite: NDArray[np.bool_]


def measure_stability(
    gains: Sequence[float] = GAINS,
    seeds: Iterable[int] = range(3),
    *,
    depth: int = 10,
    clip_norm: float = 1.0,
    learning_rate: float = 0.03,
    steps: int = 100,
) -> Stability:
    """Train networks on the digits from weights that are too large.

    Parameters
    ----------
    gains : sequence of float
        Gains of the hidden weights, from 0.5 to 5; sqrt(2) keeps the signal.
    seeds : iterable of int
        One network per seed; all gains share its draws.
    depth : int
        Hidden layers of 64 units, from 1 to 20.
    clip_norm : float
        Gradients longer than that are shortened to it, in the second half of the
        networks.
    learning_rate : float
        Step size of plain gradient descent.
    steps : int
        Updates with 32 images each.

    Returns
    -------
    Stability
    """
    tried = check_array("gains", gains, ndim=(1,))
    strange = tried[(tried < 0.5) | (tried > 5)]
    if strange.size:
        advice = "choose gains in that range"
        raise problem("gains", "from 0.5 to 5", float(strange[0]), advice)
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=1, maximum=20)
    clip_norm = check_number("clip_norm", clip_norm, minimum=1e-9)
    steps = check_integer("steps", steps, minimum=1)
    digits = [load_digits(seed=s, scaling="global", n_train=500).train for s in seeds]
    every = np.repeat(tried, len(seeds))
    setting: dict[str, Any] = {
        "widths": (64, *[WIDTH] * depth, 10),
        "learning_rate": learning_rate,
    }
    run = _train(
        digits,
        seeds,
        steps=steps,
        gain=np.tile(every, 2),
        clip_norm=np.repeat([math.inf, clip_norm], every.size),
        **setting,
    )
    tanh = _train(digits, seeds, steps=1, gain=every, activation="tanh", **setting)
    shape = (2, tried.size, len(seeds))
    total = find_norms(run).reshape(-1, *shape)
    return Stability(
        seeds,
        tried,
        depth,
        clip_norm,
        start_loss=run.loss[0].reshape(shape)[0],
        start_gradient=total[0, 0],
        tanh_gradient=find_norms(tanh)[0].reshape(shape[1:]),
        gradient_norm=total.swapaxes(0, 1),
        accuracy=run.accuracy[-1].reshape(shape),
        finite=run.finite.reshape(shape),
    )


def _train(
    digits: Sequence[DigitPart], seeds: tuple[int, ...], **setting: Any
) -> ensembles.Training:
    """Train one network for each gain of `setting`, on the seeds' digits in turn."""
    copies, last = len(setting["gain"]) // len(seeds), setting["steps"]
    return ensembles.train(
        [part.inputs for part in digits] * copies,
        [part.labels for part in digits] * copies,
        seeds=seeds * copies,
        loss="cross_entropy",
        optimizer="sgd",
        batch_size=32,
        record={"loss": last, "accuracy": last, "gradient_norm": 1},
        **setting,
    )


def find_norms(run: ensembles.Training) -> FloatArray:
    """Return the length of each update's whole gradient, (steps, networks).

    Parameters
    ----------
    run : Training
        With a record of "gradient_norm" at every step.
    """
    norms = run.records["gradient_norm"].values.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # the squares may overflow
        return np.asarray(np.sqrt(np.square(norms).sum(axis=2)))
