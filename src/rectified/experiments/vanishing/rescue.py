"""The sigmoid's rescue: weights four times Xavier's turn it into tanh."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import initialization
from rectified._validate import check_choice, check_integer, check_seeds
from rectified.experiments.vanishing.theory import predict_corridor
from rectified.experiments.vanishing.training import (
    choose_rate,
    draw_networks,
    train_digits,
)

Floats = NDArray[np.float64]


class RescueArm(NamedTuple):
    """A function, and how its networks start.

    Attributes
    ----------
    name : str
        For legends.
    activation : str
        A name of `rectified.activations`.
    factor : float
        By which the weights exceed Xavier's.
    centered : bool
        Whether biases cancel what the function puts out for 0, as in `run_corridor`.
    """

    name: str
    activation: str
    factor: float
    centered: bool = False


RESCUE_ARMS = (
    RescueArm("sigmoid", "sigmoid", 1.0),
    RescueArm("sigmoid, 2 × Xavier", "sigmoid", 2.0),
    RescueArm("sigmoid, 4 × Xavier", "sigmoid", 4.0),
    RescueArm("sigmoid, 8 × Xavier", "sigmoid", 8.0),
    RescueArm("sigmoid, 4 × Xavier, centered", "sigmoid", 4.0, True),
    RescueArm("tanh", "tanh", 1.0),
    RescueArm("ReLU, He", "relu", 2**0.5),
)
"""What `measure_rescue` compares unless told otherwise."""

RATES = (0.03, 0.1, 0.3)
"""Learning rates from which each arm gets its own best one."""

MOMENTUM = 0.9


@dataclass(frozen=True)
class RescueMeasurement:
    """Deep sigmoid networks with larger and larger weights, next to tanh and ReLU.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the split of the digits, the weights and the batches.
    arms : tuple of RescueArm
        The first axis below.
    depth, width, steps : int
        Hidden layers, units in each, and updates (SGD with momentum 0.9).
    best_rate : ndarray, shape (n_arms,)
        The member of `RATES` with the lowest mean loss in the end.
    accuracy : ndarray, shape (n_arms, n_seeds)
        Share of test images classified correctly, at the best rate.
    ratio : ndarray, shape (n_arms, n_seeds)
        Norm of the gradient of the first layer over that of the last, before
        training.
    expected_gain : ndarray, shape (n_arms,)
        Factor of the gradient per layer deep in a wide network, from mean-field
        theory.
    """

    seeds: tuple[int, ...]
    arms: tuple[RescueArm, ...]
    depth: int
    width: int
    steps: int
    best_rate: Floats
    accuracy: Floats
    ratio: Floats
    expected_gain: Floats

    def of(self, arm: str) -> int:
        """Return the row of one arm, by its name."""
        names = tuple(one.name for one in self.arms)
        return names.index(check_choice("arm", arm, names))


def measure_rescue(
    seeds: Iterable[int] = range(2),
    *,
    arms: Sequence[RescueArm] = RESCUE_ARMS,
    depth: int = 4,
    width: int = 64,
    steps: int = 120,
) -> RescueMeasurement:
    """Train deep networks of every arm on the digits.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed, arm and learning rate.
    arms : sequence of RescueArm
        What to compare.
    depth : int
        Hidden layers, from 1 to 50.
    width : int
        Units in each, from 2 to 256.
    steps : int
        Updates with 64 images each, from 1 to 10,000.

    Returns
    -------
    RescueMeasurement

    Notes
    -----
    sigmoid(z) = 1/2 + tanh(z / 2) / 2. So weights W between sigmoids do what W / 4 does
    between tanh, but for a shift of the biases: see `as_tanh`.
    """
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=1, maximum=50)
    width = check_integer("width", width, minimum=2, maximum=256)
    steps = check_integer("steps", steps, minimum=1, maximum=10_000)
    everyone = seeds * len(RATES)
    best_rate, expected = np.empty((2, len(arms)))
    accuracy, ratio = np.empty((2, len(arms), len(seeds)))
    for row, arm in enumerate(arms):
        scheme = initialization.get("xavier", gain=arm.factor)
        widths = (64, *[width] * depth, 10)
        initial = draw_networks(
            widths,
            activation=arm.activation,
            init=scheme,
            seeds=everyone,
            centered=arm.centered,
        )
        run = train_digits(
            initial,
            seeds=everyone,
            learning_rate=np.repeat(RATES, len(seeds)),
            momentum=MOMENTUM,
            steps=steps,
        )
        best, rows = choose_rate(run, len(RATES))
        best_rate[row], accuracy[row] = RATES[best], run.accuracy[rows]
        ratio[row] = run.first_gradient[rows] / run.last_gradient[rows]
        _, gradient = predict_corridor(
            40, width, arm.activation, scheme=scheme, centered=arm.centered
        )
        expected[row] = gradient[-2]
    sizes = depth, width, steps
    return RescueMeasurement(
        seeds, tuple(arms), *sizes, best_rate, accuracy, ratio, expected
    )


def as_tanh(
    weights: list[Floats], biases: list[Floats]
) -> tuple[list[Floats], list[Floats]]:
    """Return a tanh network with the outputs of a sigmoid network.

    Parameters
    ----------
    weights : list of ndarray, each (fan_in, fan_out)
        Of a network with the sigmoid after each hidden layer.
    biases : list of ndarray, each (fan_out,)
        One for each layer.

    Returns
    -------
    weights, biases : list of ndarray
        The first layer is halved, the layers between two functions are divided by
        four, the last is halved; biases take up the mean 1/2 of the sigmoid.
    """
    new_weights, new_biases = [], []
    last = len(weights) - 1
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        inside = 1.0 if layer == last else 0.5  # tanh looks at z / 2
        outside = 0.5 if layer else 1.0  # and the sigmoid puts out half of it
        shift = weight.sum(axis=0) / 2 if layer else 0.0
        new_weights.append(inside * outside * weight)
        new_biases.append(inside * (bias + shift))
    return new_weights, new_biases
