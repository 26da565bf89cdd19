"""Whether exact zeros survive training, and whether ReLU'(0) decides its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_integer, check_number, check_seeds
from rectified.datasets import DigitPart, load_digits
from rectified.experiments.gradients.exact_zeros import (
    ARCHITECTURES,
    SETTINGS,
    Setting,
    check_setting,
    draw_parameters,
    forward,
    relative_change,
)

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]

MOST_ZEROS = Setting(bias="zero")
"""The setting in which the gradients of the biases differ most before training."""

RATE = 0.1
"""Learning rate of the plain gradient descent below."""


@dataclass(frozen=True)
class ZerosInTraining:
    """Exact zeros before the first and after every step of gradient descent.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the images and the weights.
    settings : tuple of Setting
        The rows below.
    steps : int
        Number of steps.
    alpha : float
        The derivative at 0 that is compared with 0; training uses 0.
    n_values : ndarray of int, shape (n_settings, 2)
        Pre-activations in each of the two hidden layers, per seed.
    zeros : ndarray, shape (n_settings, steps + 1, 2, n_seeds)
        Share of them that are exactly 0.
    weight_change, bias_change : ndarray, shape (n_settings, steps + 1, n_seeds)
        Size of the change of the loss gradient at these weights if ReLU'(0) is
        `alpha` instead of 0, relative to the gradient. NaN without biases.
    """

    seeds: tuple[int, ...]
    settings: tuple[Setting, ...]
    steps: int
    alpha: float
    n_values: NDArray[np.int64]
    zeros: Floats
    weight_change: Floats
    bias_change: Floats


def track_zeros(
    seeds: Iterable[int] = range(3),
    *,
    settings: Sequence[Setting] = SETTINGS,
    steps: int = 4,
    n_images: int = 64,
    alpha: float = 1.0,
) -> ZerosInTraining:
    """Count exact zeros during the first steps of training on digits.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws images and weights (He et al. 2015).
    settings : sequence of Setting
        What to compare.
    steps : int
        Steps of gradient descent on all images at once, from 0 to 100.
    n_images : int
        Digits per seed, from 10 to 1437.
    alpha : float
        The other derivative at 0, from 0 to 1.

    Returns
    -------
    ZerosInTraining
    """
    seeds, chosen = check_seeds("seeds", seeds), tuple(map(check_setting, settings))
    steps = check_integer("steps", steps, maximum=100)
    n_images = check_integer("n_images", n_images, minimum=10, maximum=1437)
    alpha = check_number("alpha", alpha, minimum=0, maximum=1)
    shape = (len(chosen), steps + 1, len(seeds))
    n_values = np.empty((len(chosen), 2), dtype=np.int64)
    zeros = np.empty((*shape[:2], 2, len(seeds)))
    weight_change, bias_change = np.empty((2, *shape))
    for column, seed in enumerate(seeds):
        for row, setting in enumerate(chosen):
            run = _Run(setting, seed, n_images)
            for step in range(steps + 1):
                low, zs = run.differentiate(0.0)
                high, _ = run.differentiate(alpha)
                n = len(run.weights) - 1
                weight_change[row, step, column] = relative_change(low[:n], high[:n])
                bias_change[row, step, column] = (
                    relative_change(low[n + 1 :], high[n + 1 :])
                    if run.biases
                    else np.nan
                )
                n_values[row] = [z.numel() for z in zs]
                zeros[row, step, :, column] = [
                    float((z == 0).double().mean()) for z in zs
                ]
                run.descend(low)
    return ZerosInTraining(
        seeds, chosen, steps, alpha, n_values, zeros, weight_change, bias_change
    )


class _Run:
    """One network in training on one set of images."""

    def __init__(self, setting: Setting, seed: int, n_images: int) -> None:
        import torch

        data = load_digits(seed=seed, scaling=setting.scaling, n_train=n_images)
        self.setting, self.test = setting, data.test
        self.weights, self.biases = draw_parameters(setting, seed)
        self.x = torch.from_numpy(self._inputs(data.train))
        self.labels = torch.from_numpy(data.train.labels)

    def _inputs(self, part: DigitPart) -> NDArray[np.float32]:
        flat = self.setting.architecture != ARCHITECTURES[0]
        return part.inputs if flat else part.images

    def differentiate(self, at_zero: float) -> tuple[tuple[Tensor, ...], list[Tensor]]:
        """Return the gradients of all parameters, and the hidden pre-activations."""
        import torch

        logits, zs = forward(self.x, self.weights, self.biases, self.setting, at_zero)
        loss = torch.nn.functional.cross_entropy(logits, self.labels)
        return torch.autograd.grad(loss, [*self.weights, *self.biases]), zs

    def descend(self, gradients: Sequence[Tensor]) -> None:
        import torch

        with torch.no_grad():
            for tensor, gradient in zip(
                [*self.weights, *self.biases], gradients, strict=True
            ):
                tensor -= RATE * gradient

    def score(self) -> float:
        """Return the share of test images that are classified correctly."""
        import torch

        with torch.no_grad():
            x = torch.from_numpy(self._inputs(self.test))
            logits, _ = forward(x, self.weights, self.biases, self.setting, 0.0)
        labels = torch.from_numpy(self.test.labels)
        return float((logits.argmax(dim=1) == labels).double().mean())


@dataclass(frozen=True)
class Outcomes:
    """How training ends with different derivatives at 0.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the images and the weights, the same for all derivatives.
    alphas : tuple of float
        Values of ReLU'(0), the rows below.
    steps : int
        Steps of gradient descent.
    accuracy : ndarray, shape (n_alphas, n_seeds)
        Share of test images classified correctly.
    """

    seeds: tuple[int, ...]
    alphas: tuple[float, ...]
    steps: int
    accuracy: Floats


def measure_outcomes(
    seeds: Iterable[int] = range(10),
    *,
    alphas: Sequence[float] = (0.0, 0.5, 1.0),
    setting: Setting = MOST_ZEROS,
    steps: int = 60,
) -> Outcomes:
    """Train the same networks with different derivatives at 0.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws images and weights.
    alphas : sequence of float
        Values of ReLU'(0), from 0 to 1.
    setting : Setting
        What to train.
    steps : int
        Steps of gradient descent on 64 images at once, from 1 to 1000.

    Returns
    -------
    Outcomes
    """
    seeds, setting = check_seeds("seeds", seeds), check_setting(setting)
    steps = check_integer("steps", steps, minimum=1, maximum=1000)
    tried = [check_number("alphas", a, minimum=0, maximum=1) for a in alphas]
    accuracy = np.empty((len(tried), len(seeds)))
    for column, seed in enumerate(seeds):
        for row, alpha in enumerate(tried):
            run = _Run(setting, seed, 64)
            for _ in range(steps):
                run.descend(run.differentiate(alpha)[0])
            accuracy[row, column] = run.score()
    return Outcomes(seeds, tuple(tried), steps, accuracy)
