"""How often a pre-activation is exactly 0, and what ReLU'(0) changes then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, check_integer, check_number, check_seeds
from rectified.datasets import SCALINGS, DigitPart, load_digits

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]

ARCHITECTURES = ("convolutional", "fully connected")
BIASES = ("none", "zero", "random")
PRECISIONS = ("float32", "float16", "bfloat16")
CHANNELS = (1, 8, 16)
WIDTHS = (64, 64, 64)


class Setting(NamedTuple):
    """What may make a pre-activation exactly 0.

    Attributes
    ----------
    architecture : {"convolutional", "fully connected"}
        Two 3 x 3 convolutions with 8 and 16 channels and zero padding, or two layers
        of 64 units; either with ReLU, and with ten outputs above.
    scaling : {"feature", "global", "unit", "raw"}
        How the digits are scaled, see `rectified.datasets.load_digits`.
    bias : {"none", "zero", "random"}
        No biases, biases that start at 0, or biases from N(0, 0.1^2).
    precision : {"float32", "float16", "bfloat16"}
        Inputs, weights and pre-activations are rounded to it; sums are taken in
        float32, as graphics cards do.
    """

    architecture: str = "convolutional"
    scaling: str = "unit"
    bias: str = "none"
    precision: str = "float32"


SETTINGS = tuple(
    Setting(*choice)
    for choice in product(ARCHITECTURES, ("unit", "feature"), BIASES, PRECISIONS)
)
"""The settings that `measure_exact_zeros` compares unless told otherwise."""


@dataclass(frozen=True)
class ExactZeros:
    """How often z is exactly 0, and what that does to the gradients.

    Attributes
    ----------
    seeds : tuple of int
        Each seed draws the images and the weights.
    settings : tuple of Setting
        The rows below.
    n_values : ndarray of int, shape (n_settings, 2)
        Pre-activations in each of the two hidden layers, per seed.
    zeros : ndarray, shape (n_settings, 2, n_seeds)
        Share of them that are exactly 0.
    alpha : float
        The derivative at 0 that is compared with 0.
    weight_change, bias_change : ndarray, shape (n_settings, n_seeds)
        Size of the change of the loss gradient if ReLU'(0) is `alpha` instead of 0,
        relative to the gradient; all hidden layers' weights, or biases, together. NaN
        for biases that do not exist.
    """

    seeds: tuple[int, ...]
    settings: tuple[Setting, ...]
    n_values: NDArray[np.int64]
    zeros: Floats
    alpha: float
    weight_change: Floats
    bias_change: Floats


def measure_exact_zeros(
    seeds: Iterable[int] = range(2),
    *,
    settings: Sequence[Setting] = SETTINGS,
    n_images: int = 128,
    alpha: float = 1.0,
) -> ExactZeros:
    """Count exact zeros in networks before training, and differentiate with both.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws images and weights (He et al. 2015).
    settings : sequence of Setting
        What to compare.
    n_images : int
        Digits per seed, from 10 to 1437.
    alpha : float
        The other derivative at 0, from 0 to 1.

    Returns
    -------
    ExactZeros
    """
    seeds, chosen = check_seeds("seeds", seeds), tuple(map(check_setting, settings))
    n_images = check_integer("n_images", n_images, minimum=10, maximum=1437)
    alpha = check_number("alpha", alpha, minimum=0, maximum=1)
    n_values = np.empty((len(chosen), 2), dtype=np.int64)
    zeros = np.empty((len(chosen), 2, len(seeds)))
    weight_change, bias_change = np.empty((2, len(chosen), len(seeds)))
    for column, seed in enumerate(seeds):
        parts = {
            scaling: load_digits(seed=seed, scaling=scaling, n_train=n_images).train
            for scaling in {setting.scaling for setting in chosen}
        }
        for row, setting in enumerate(chosen):
            one = _measure(setting, parts[setting.scaling], seed, alpha)
            n_values[row], zeros[row, :, column] = one.n_values, one.zeros
            weight_change[row, column] = one.weight_change
            bias_change[row, column] = one.bias_change
    return ExactZeros(seeds, chosen, n_values, zeros, alpha, weight_change, bias_change)


def check_setting(setting: Setting) -> Setting:
    """Return the setting if all of its names are known."""
    check_choice("architecture", setting.architecture, ARCHITECTURES)
    check_choice("scaling", setting.scaling, SCALINGS)
    check_choice("bias", setting.bias, BIASES)
    check_choice("precision", setting.precision, PRECISIONS)
    return setting


class _Measured(NamedTuple):
    n_values: list[int]
    zeros: list[float]
    weight_change: float
    bias_change: float


def _measure(setting: Setting, part: DigitPart, seed: int, alpha: float) -> _Measured:
    import torch

    weights, biases = draw_parameters(setting, seed)
    images = part.images if setting.architecture == ARCHITECTURES[0] else part.inputs
    x, labels = torch.from_numpy(images), torch.from_numpy(part.labels)
    hidden = weights[:-1] + biases
    runs = []
    for at_zero in (0.0, alpha):
        logits, zs = forward(x, weights, biases, setting, at_zero)
        loss = torch.nn.functional.cross_entropy(logits, labels)
        runs.append((torch.autograd.grad(loss, hidden), zs))
    (low, zs), (high, _) = runs
    n = len(weights) - 1
    return _Measured(
        [z.numel() for z in zs],
        [float((z == 0).double().mean()) for z in zs],
        relative_change(low[:n], high[:n]),
        relative_change(low[n:], high[n:]) if biases else float("nan"),
    )


def draw_parameters(setting: Setting, seed: int) -> tuple[list[Tensor], list[Tensor]]:
    """Return weights of three layers, and biases of the two hidden ones, if any."""
    import torch

    rng = np.random.default_rng((seed, 1))
    shapes: list[tuple[int, ...]]
    if setting.architecture == ARCHITECTURES[0]:
        shapes = [(n, m, 3, 3) for m, n in pairwise(CHANNELS)]
        shapes.append((10, CHANNELS[-1] * 64))
    else:
        shapes = [(n, m) for m, n in pairwise((*WIDTHS, 10))]
    weights = [
        rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:])) for shape in shapes
    ]
    scale = 0.1 if setting.bias == "random" else 0.0
    biases = [scale * rng.standard_normal(shape[0]) for shape in shapes[:-1]]
    if setting.bias == "none":
        biases = []
    as_tensors = [
        [torch.tensor(array, dtype=torch.float32, requires_grad=True) for array in some]
        for some in (weights, biases)
    ]
    return as_tensors[0], as_tensors[1]


def forward(
    x: Tensor,
    weights: Sequence[Tensor],
    biases: Sequence[Tensor],
    setting: Setting,
    at_zero: float,
) -> tuple[Tensor, list[Tensor]]:
    """Return the outputs and the pre-activations of the hidden layers."""
    import torch
    from torch.nn import functional

    number = getattr(torch, setting.precision)

    def rounded(values: Tensor) -> Tensor:
        return values.to(number).to(torch.float32)

    zs = []
    for layer, weight in enumerate(weights[:-1]):
        bias = rounded(biases[layer]) if biases else None
        if weight.ndim == 4:
            z = functional.conv2d(rounded(x), rounded(weight), bias, padding=1)
        else:
            z = functional.linear(rounded(x), rounded(weight), bias)
        zs.append(rounded(z))
        # Adds nothing to the value, but `at_zero` to the derivative where z is 0.
        x = torch.relu(zs[-1]) + at_zero * zs[-1] * (zs[-1] == 0)
    return functional.linear(x.flatten(1), weights[-1]), zs


def relative_change(low: Sequence[Tensor], high: Sequence[Tensor]) -> float:
    """Return the size of `high` - `low` relative to that of `low`."""
    change = sum(float((h - g).square().sum()) for g, h in zip(low, high, strict=True))
    size = sum(float(g.square().sum()) for g in low)
    return float(np.sqrt(change / size))
