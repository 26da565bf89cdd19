"""Whether zeros make a learned representation more compact or more informative."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified import activations, ensembles
from rectified._validate import check_array, check_choice, check_integer, check_seeds
from rectified.datasets import Digits, load_digits
from rectified.experiments.sparsity.features import (
    active_share,
    effective_rank,
    probe_accuracy,
)

Floats = NDArray[np.floating]

COMPARED = ("relu", "leaky_relu", "gelu", "tanh", "identity")
"""Functions compared unless others are named."""

RATES = (3e-3, 1e-2, 3e-2)
"""Learning rates of Adam from which each function gets its own best one."""


@dataclass(frozen=True)
class RepresentationMeasurement:
    """The last hidden layer of trained networks, per activation function.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the split of the digits, the weights and the batches.
    activations : tuple of str
        The first axis below.
    steps : int
        Updates. The second axis below is before and after them.
    best_rate : ndarray, shape (n_activations,)
        The member of `RATES` with the lowest mean training loss in the end.
    zeros : ndarray, shape (n_activations, 2, n_seeds)
        Share of activations that are exactly 0, over the test images.
    active : ndarray, shape (n_activations, 2, n_seeds)
        `active_share`.
    rank : ndarray, shape (n_activations, 2, n_seeds)
        `effective_rank`.
    probe : ndarray, shape (n_activations, 2, n_seeds)
        `probe_accuracy` of a new linear layer on the test images.
    accuracy : ndarray, shape (n_activations, 2, n_seeds)
        Share of test images that the network itself classifies correctly.
    """

    seeds: tuple[int, ...]
    activations: tuple[str, ...]
    steps: int
    best_rate: Floats
    zeros: Floats
    active: Floats
    rank: Floats
    probe: Floats
    accuracy: Floats

    def of(self, activation: str) -> int:
        """Return the row of one function."""
        return self.activations.index(
            check_choice("activation", activation, self.activations)
        )


def measure_representation(
    seeds: Iterable[int] = range(2),
    *,
    names: Sequence[str] = COMPARED,
    steps: int = 150,
    width: int = 64,
) -> RepresentationMeasurement:
    """Train 64-width-width-10 networks on the digits and look at their last layer.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed, function and learning rate.
    names : sequence of str
        Names of `rectified.activations`.
    steps : int
        Updates of Adam with 64 images each.
    width : int
        Units per hidden layer, from 2 to 512.

    Returns
    -------
    RepresentationMeasurement
    """
    chosen, steps = check_seeds("seeds", seeds), check_integer("steps", steps)
    width = check_integer("width", width, minimum=2, maximum=512)
    return _measure(chosen, tuple(names), steps, width)


# Several claims and a figure ask for the same networks.
@lru_cache(maxsize=4)
def _measure(
    seeds: tuple[int, ...], names: tuple[str, ...], steps: int, width: int
) -> RepresentationMeasurement:
    digits = [load_digits(seed=seed) for seed in seeds]
    best_rate = np.empty(len(names))
    table = np.empty((5, len(names), 2, len(seeds)))
    for row, name in enumerate(names):
        rate, before, after = _train(name, digits, seeds, steps, width=width)
        best_rate[row] = rate
        for moment, nets in enumerate((before, after)):
            for column, parts in enumerate(digits):
                table[:, row, moment, column] = _describe(nets, column, parts)
    best_rate.flags.writeable = table.flags.writeable = False
    return RepresentationMeasurement(seeds, names, steps, best_rate, *table)


def _train(
    name: str,
    digits: Sequence[Digits],
    seeds: tuple[int, ...],
    steps: int,
    *,
    width: int,
) -> tuple[float, list[ensembles.Parameters], list[ensembles.Parameters]]:
    """Return the best rate, and every seed's network before and after training."""
    n = len(seeds)
    inputs, labels = (
        np.stack([getattr(d.train, field) for d in digits] * len(RATES))
        for field in ("inputs", "labels")
    )
    training = ensembles.train(
        inputs,
        labels,
        widths=(64, width, width, 10),
        activation=name,
        seeds=seeds * len(RATES),
        loss="cross_entropy",
        learning_rate=np.repeat(RATES, n),
        steps=steps,
        batch_size=64,
        record={"loss": max(steps, 1)},
        snapshots=(0, steps),
    )
    losses = np.nan_to_num(training.loss[-1], nan=np.inf).reshape(len(RATES), n)
    best = int(losses.mean(axis=1).argmin())
    before, after = (training.snapshots[step] for step in (0, steps))
    return RATES[best], _pick(before, best * n, n), _pick(after, best * n, n)


def _pick(
    parameters: ensembles.Parameters, first: int, n: int
) -> list[ensembles.Parameters]:
    """Return networks `first` to `first + n`, each by itself."""
    return [
        ensembles.Parameters(
            parameters.values[i : i + 1], parameters.widths, parameters.activation
        )
        for i in range(first, first + n)
    ]


def last_hidden(network: ensembles.Parameters, x: ArrayLike) -> Floats:
    """Return the activations of the last hidden layer of a single network.

    Parameters
    ----------
    network : rectified.ensembles.Parameters
        Of one network, with an activation function that is not learned.
    x : array_like, shape (n_examples, n_inputs)

    Returns
    -------
    ndarray, shape (n_examples, units)
    """
    a = np.asarray(check_array("x", x, ndim=(2,)), dtype=network.values.dtype)
    rule = activations.get_each(network.activation, 1)[0]
    for weight, bias in zip(*network.network(0), strict=True):
        hidden, a = a, rule.function(a @ weight + bias)
    return hidden


def _describe(
    nets: Sequence[ensembles.Parameters], index: int, digits: Digits
) -> tuple[float, ...]:
    """Return zeros, active share, rank, probe and accuracy of one network."""
    train, test = digits.train, digits.test
    features, seen = (last_hidden(nets[index], part.inputs) for part in (test, train))
    logits = ensembles.forward(nets[index], test.inputs)[0]
    return (
        float((features == 0).mean()),
        active_share(features),
        effective_rank(features),
        probe_accuracy(seen, train.labels, features, test.labels),
        float((logits.argmax(axis=1) == test.labels).mean()),
    )
