"""The update rules of `rectified.ensembles`, with PyTorch's definitions.

Values and gradients hold one network per row, settings one number per row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from rectified._ensemble_checks import check_per_network
from rectified._validate import FloatArray, check_choice, problem

CLIP_EPSILON = 1e-6
"""Added to the norm by `torch.nn.utils.clip_grad_norm_`."""


class Settings(NamedTuple):
    """An update rule and its numbers, (networks, 1); None where it does without."""

    optimizer: str
    learning_rate: FloatArray
    momentum: FloatArray | None = None
    weight_decay: FloatArray | None = None
    clip_norm: FloatArray | None = None

    @property
    def n_states(self) -> int:
        """Arrays of the size of the values that are kept from step to step."""
        return int(self.momentum is not None) if self.optimizer == "sgd" else 2

    def make(self, values: FloatArray, rows: slice) -> Optimizer:
        """Return an optimizer for some rows of the values."""
        arrays: dict[str, Any] = self._asdict()
        name = arrays.pop("optimizer")
        own: dict[str, Any] = {
            k: None if array is None else array[rows] for k, array in arrays.items()
        }
        return OPTIMIZERS[name](values[rows], Settings(name, **own))


class Optimizer(Protocol):
    """Something that changes values in place, one step at a time."""

    def step(self, gradient: FloatArray) -> None:
        """Update the values; the gradient is spoiled."""


def clip(gradient: FloatArray, clip_norm: FloatArray | None) -> None:
    """Shorten each row that is longer than its limit, in place."""
    if clip_norm is not None:
        norm = np.sqrt(np.vecdot(gradient, gradient))[:, None]
        gradient *= np.minimum(clip_norm / (norm + CLIP_EPSILON), 1)


class Sgd:
    """Gradient descent, with momentum and weight decay if set."""

    def __init__(self, values: FloatArray, settings: Settings) -> None:
        self.values, self.settings = values, settings
        self.momentum, self.velocity = settings.momentum, np.zeros(0, values.dtype)
        if self.momentum is not None:
            self.velocity = np.zeros_like(values)

    def step(self, gradient: FloatArray) -> None:
        """Update the values; the gradient is spoiled."""
        clip(gradient, self.settings.clip_norm)
        if self.settings.weight_decay is not None:
            gradient += self.settings.weight_decay * self.values
        direction = gradient
        if self.momentum is not None:
            self.velocity *= self.momentum
            self.velocity += gradient
            direction = self.velocity
        self.values -= np.multiply(direction, self.settings.learning_rate, out=gradient)


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1) with PyTorch's default settings."""

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, values: FloatArray, settings: Settings) -> None:
        self.values, self.settings, self.count = values, settings, 0
        self.mean, self.square = np.zeros_like(values), np.zeros_like(values)

    def step(self, gradient: FloatArray) -> None:
        """Update the values; the gradient is spoiled."""
        clip(gradient, self.settings.clip_norm)
        self.decay(gradient)
        self.count += 1
        change = gradient - self.mean
        change *= 1 - self.beta1
        self.mean += change
        np.square(gradient, out=gradient)
        gradient *= 1 - self.beta2
        self.square *= self.beta2
        self.square += gradient
        root = np.sqrt(self.square, out=gradient)
        root /= (1 - self.beta2**self.count) ** 0.5
        root += self.epsilon
        np.divide(self.mean, root, out=change)
        change *= self.settings.learning_rate / (1 - self.beta1**self.count)
        self.values -= change

    def decay(self, gradient: FloatArray) -> None:
        """Add the gradient of the squared norm of the values."""
        if self.settings.weight_decay is not None:
            gradient += self.settings.weight_decay * self.values


class AdamW(Adam):
    """Adam whose weight decay bypasses the moments (Loshchilov and Hutter 2019)."""

    def decay(self, gradient: FloatArray) -> None:
        """Shrink the values themselves."""
        if self.settings.weight_decay is not None:
            rate = self.settings.learning_rate * self.settings.weight_decay
            self.values *= 1 - rate


OPTIMIZERS: Mapping[str, Callable[[FloatArray, Settings], Optimizer]] = {
    "sgd": Sgd,
    "adam": Adam,
    "adamw": AdamW,
}


def check_settings(
    n_networks: int,
    dtype: np.dtype[Any],
    *,
    optimizer: str,
    momentum: ArrayLike | None,
    **others: ArrayLike | None,
) -> Settings:
    """Return settings from the arguments of `train`."""
    name = check_choice("optimizer", optimizer, OPTIMIZERS)
    largest = float(np.finfo(dtype).max)
    rules: dict[str, dict[str, Any]] = {
        "learning_rate": {"positive": True, "maximum": largest},
        "momentum": {"minimum": 0, "maximum": 1},
        "weight_decay": {"minimum": 0, "maximum": largest},
        "clip_norm": {"positive": True, "infinite": True},
    }
    if momentum is not None and name != "sgd":
        rule, advice = f"left out for {name!r}", "it belongs to 'sgd'"
        raise problem("momentum", rule, momentum, advice)
    checked = {
        key: check_per_network(key, value, n_networks, **rules[key])
        for key, value in {"momentum": momentum, **others}.items()
        if value is not None
    }
    arrays = {key: array.astype(dtype)[:, None] for key, array in checked.items()}
    return Settings(name, **arrays)
