"""Parts that the networks share: activations, normalizations, layers with weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from rectified._validate import check_choice, check_integer, check_number, problem
from rectified.activations import Activation, get_each
from rectified.initialization import Scheme, as_scheme

BIAS_INITS: Final = ("pytorch", "zeros")

BiasInit = str | float | None
"""A name in `BIAS_INITS`, one value for all biases, or None for no biases."""


class SquaredReLU(nn.Module):
    """Squared ReLU, which `torch.nn` lacks."""

    def forward(self, z: Tensor) -> Tensor:
        """Return max(0, z) squared, in the shape of `z`."""
        return nn.functional.relu(z).square()


_MODULES: Final[dict[str, Callable[..., nn.Module]]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "prelu": lambda negative_slope: nn.PReLU(init=negative_slope),
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
    "silu": nn.SiLU,
    "relu6": nn.ReLU6,
    "softplus": nn.Softplus,
    "squared_relu": SquaredReLU,
    "hard_swish": nn.Hardswish,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "identity": nn.Identity,
}

_NORMALIZATIONS: Final[dict[str, Callable[[int], nn.Module]]] = {
    "batch": nn.BatchNorm1d,
    "layer": nn.LayerNorm,
    "rms": nn.RMSNorm,
}


def make_activation(activation: str | Activation) -> nn.Module:
    """Return a new module that applies an activation.

    Parameters
    ----------
    activation : str or Activation
        As in `rectified.activations`. PReLU gets one slope to learn.

    Returns
    -------
    torch.nn.Module
        The one of `torch.nn` where there is one.

    Raises
    ------
    ValueError
        If the name is unknown; the message lists the nearest ones.

    Examples
    --------
    >>> make_activation("relu")
    ReLU()
    """
    (known,) = get_each(activation, 1)
    return _MODULES[known.name](**known.parameters)


def make_normalization(
    normalization: str | None, n_features: int, *, allowed: tuple[str, ...]
) -> nn.Module | None:
    """Return a new normalization over the last axis, or None for none."""
    if normalization is None:
        return None
    return _NORMALIZATIONS[check_choice("normalization", normalization, allowed)](
        n_features
    )


def apply(module: nn.Module | None, x: Tensor) -> Tensor:
    """Return what a module makes of `x`; None stands for no module."""
    return x if module is None else module(x)


def make_generator(seed: int | torch.Generator) -> torch.Generator:
    """Return a generator of its own for a seed; a generator stays what it is."""
    if isinstance(seed, torch.Generator):
        return seed
    return torch.Generator().manual_seed(check_integer("seed", seed))


def check_axis(x: Tensor, axis: int, size: int, *, ndim: tuple[int, ...]) -> None:
    """Raise unless the input `x` has an allowed rank and `size` entries on `axis`."""
    if x.ndim not in ndim or x.shape[axis] != size:
        ranks = " or ".join(map(str, ndim))
        rule = f"a tensor of {ranks} dimensions with {size} entries on axis {axis}"
        raise problem("x", rule, tuple(x.shape), "reshape it (this is its shape)")


@dataclass(frozen=True)
class LayerFactory:
    """Makes layers whose parameters come from one generator.

    A layer draws its weights first, then its biases, in the order in which layers are
    made; PyTorch does the same, so both get the same numbers from the same seed.

    Attributes
    ----------
    scheme : Scheme
        How weights are drawn.
    bias_init : str, float or None
        "pytorch", one value for all biases, or None for no biases.
    generator : torch.Generator
        Source of all randomness.
    """

    scheme: Scheme
    bias_init: BiasInit
    generator: torch.Generator

    @classmethod
    def from_arguments(
        cls, init: str | Scheme, bias_init: BiasInit, seed: int | torch.Generator
    ) -> LayerFactory:
        """Check what a user passed on to a network."""
        if isinstance(bias_init, str):
            check_choice("bias_init", bias_init, BIAS_INITS)
            bias_init = 0.0 if bias_init == "zeros" else bias_init
        elif bias_init is not None:
            bias_init = check_number("bias_init", bias_init)
        return cls(as_scheme("init", init), bias_init, make_generator(seed))

    # On the "meta" device a layer has no memory, so PyTorch draws nothing for it from
    # its global generator.

    def linear(self, in_features: int, out_features: int) -> nn.Linear:
        """Return a fully connected layer."""
        bias = self.bias_init is not None
        layer = nn.Linear(in_features, out_features, bias=bias, device="meta")
        self._fill(layer.to_empty(device="cpu"))
        return layer

    def convolution(self, n_in: int, n_out: int, *, stride: int) -> nn.Conv2d:
        """Return a 3 x 3 convolution that pads with zeros."""
        bias = self.bias_init is not None
        layer = nn.Conv2d(
            n_in, n_out, 3, stride=stride, padding=1, bias=bias, device="meta"
        )
        self._fill(layer.to_empty(device="cpu"))
        return layer

    def embedding(self, n_entries: int, n_features: int, *, std: float) -> nn.Embedding:
        """Return a table of normal vectors."""
        layer = nn.Embedding(n_entries, n_features, device="meta")
        with torch.no_grad():
            weight = layer.to_empty(device="cpu").weight
            weight.normal_(0, std, generator=self.generator)
        return layer

    def _fill(self, layer: nn.Linear | nn.Conv2d) -> None:
        self.scheme.fill_(layer.weight, generator=self.generator)
        if layer.bias is None:
            return
        with torch.no_grad():
            if isinstance(self.bias_init, float):
                layer.bias.fill_(self.bias_init)
            else:
                bound = 1 / math.sqrt(layer.weight[0].numel())  # 1 / sqrt(fan_in)
                layer.bias.uniform_(-bound, bound, generator=self.generator)
