"""How many learning rates train a deep network: what "stable" can mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import initialization
from rectified._validate import check_choice, check_integer, check_seeds
from rectified.experiments.vanishing.training import draw_networks, train_digits

Floats = NDArray[np.float64]


class StabilityArm(NamedTuple):
    """A function, and how its networks start.

    Attributes
    ----------
    name : str
        For legends.
    activation, init : str
        Names of `rectified.activations` and of `rectified.initialization`.
    factor : float
        By which the weights exceed those of `init`.
    centered : bool
        Whether biases cancel what the function puts out for 0, as in `run_corridor`.
    """

    name: str
    activation: str
    init: str
    factor: float = 1.0
    centered: bool = False


STABILITY_ARMS = (
    StabilityArm("ReLU, PyTorch default", "relu", "pytorch"),
    StabilityArm("ReLU, He", "relu", "he"),
    StabilityArm("tanh, PyTorch default", "tanh", "pytorch"),
    StabilityArm("tanh, Xavier", "tanh", "xavier"),
    StabilityArm("sigmoid, PyTorch default", "sigmoid", "pytorch"),
    StabilityArm("sigmoid, Xavier", "sigmoid", "xavier"),
    StabilityArm("sigmoid, 4 × Xavier, centered", "sigmoid", "xavier", 4.0, True),
)
"""What `measure_stability` compares: each function as PyTorch starts it, the sigmoid
with the weights that textbooks give it, and each function with weights made for it."""

STABILITY_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
"""Learning rates, half a decade apart."""

MOMENTUM = 0.9
BATCH_SIZE = 32


@dataclass(frozen=True)
class StabilityMeasurement:
    """Deep networks on the digits at many learning rates.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the split of the digits, the weights and the batches.
    arms : tuple of StabilityArm
        The first axis below.
    rates : tuple of float
        Learning rates, the second axis below.
    depth, width, steps : int
        Hidden layers, units in each, and updates (SGD with momentum 0.9).
    accuracy : ndarray, shape (n_arms, n_rates, n_seeds)
        Share of test images classified correctly; 0 if the network diverged.
    diverged : ndarray of bool, shape (n_arms, n_rates, n_seeds)
        Whether a weight became infinite or NaN.
    """

    seeds: tuple[int, ...]
    arms: tuple[StabilityArm, ...]
    rates: tuple[float, ...]
    depth: int
    width: int
    steps: int
    accuracy: Floats
    diverged: NDArray[np.bool_]

    def of(self, arm: str) -> int:
        """Return the row of one arm, by its name."""
        names = tuple(one.name for one in self.arms)
        return names.index(check_choice("arm", arm, names))

    @property
    def trained(self) -> Floats:
        """Share of rates that got most test images right, (n_arms, n_seeds)."""
        return np.asarray((self.accuracy > 0.5).mean(axis=1))


def measure_stability(
    seeds: Iterable[int] = range(2),
    *,
    arms: Sequence[StabilityArm] = STABILITY_ARMS,
    rates: Sequence[float] = STABILITY_RATES,
    depth: int = 10,
    width: int = 32,
    steps: int = 100,
) -> StabilityMeasurement:
    """Train deep networks of every arm at every learning rate on the digits.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed, arm and learning rate.
    arms : sequence of StabilityArm
        What to compare.
    rates : sequence of float
        Learning rates, positive.
    depth : int
        Hidden layers, from 1 to 50.
    width : int
        Units in each, from 2 to 256.
    steps : int
        Updates with 32 images each, from 1 to 10,000.

    Returns
    -------
    StabilityMeasurement
    """
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=1, maximum=50)
    width = check_integer("width", width, minimum=2, maximum=256)
    steps = check_integer("steps", steps, minimum=1, maximum=10_000)
    everyone, shape = seeds * len(rates), (len(rates), len(seeds))
    accuracy = np.empty((len(arms), *shape))
    for row, arm in enumerate(arms):
        scheme = initialization.get(arm.init)
        if arm.factor != 1:
            scheme = initialization.get(arm.init, gain=arm.factor * scheme.gain)
        initial = draw_networks(
            (64, *[width] * depth, 10),
            activation=arm.activation,
            init=scheme,
            seeds=everyone,
            centered=arm.centered,
        )
        run = train_digits(
            initial,
            seeds=everyone,
            learning_rate=np.repeat(rates, len(seeds)),
            momentum=MOMENTUM,
            steps=steps,
            batch_size=BATCH_SIZE,
        )
        accuracy[row] = run.accuracy.reshape(shape)
    diverged = np.isnan(accuracy)
    return StabilityMeasurement(
        seeds,
        tuple(arms),
        tuple(rates),
        depth,
        width,
        steps,
        np.where(diverged, 0.0, accuracy),
        diverged,
    )
