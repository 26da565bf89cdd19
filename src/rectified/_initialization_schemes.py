"""The schemes of `rectified.initialization`: their variance, and how to draw them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rectified._initialization_catalogue import ENTRIES
from rectified._validate import check_choice, check_integer, check_number, problem

if TYPE_CHECKING:
    import torch

NAMES: tuple[str, ...] = tuple(ENTRIES)
"""Names of all schemes."""


@dataclass(frozen=True)
class Scheme:
    """A way to draw initial weights; `get` makes it.

    Attributes
    ----------
    name : str
        One of `NAMES`.
    gain : float
        Factor of the weights; for "constant_std" their standard deviation.
    distribution : {"normal", "uniform", "orthogonal", "identity"}
        How the weights are spread.
    """

    name: str
    gain: float
    distribution: str

    @property
    def display_name(self) -> str:
        """For titles and legends, for example "PyTorch default"."""
        return ENTRIES[self.name].display_name

    @property
    def formula(self) -> str:
        """Variance of a weight, with the default gain, as LaTeX without dollars."""
        return ENTRIES[self.name].formula

    @property
    def source(self) -> str:
        """Where it comes from."""
        return ENTRIES[self.name].source

    def predict_variance(self, fan_in: int, fan_out: int) -> float:
        """Return the variance of each weight (all of them have mean 0).

        For "identity", where nothing is random, the mean square of the weights.

        Parameters
        ----------
        fan_in, fan_out : int
            Inputs and outputs of each unit, at least 1. For a convolution: channels
            times the size of the kernel.
        """
        fan_in = check_integer("fan_in", fan_in, minimum=1)
        fan_out = check_integer("fan_out", fan_out, minimum=1)
        return self.gain**2 / ENTRIES[self.name].divisor(fan_in, fan_out)

    def predict_gain(self, fan_in: int, fan_out: int) -> float:
        """Return sqrt(fan_in Var w), the factor from one layer's rms to the next.

        Without an activation function between them, that is; ReLU needs sqrt(2).
        """
        return math.sqrt(fan_in * self.predict_variance(fan_in, fan_out))

    def draw(
        self, fan_in: int, fan_out: int, *, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Draw the weights of one layer.

        Parameters
        ----------
        fan_in, fan_out : int
            Inputs and outputs of the layer, at least 1.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        ndarray of float64, shape (fan_in, fan_out)
            For use as ``activation @ weights``; PyTorch stores the transpose.
        """
        deviation = math.sqrt(self.predict_variance(fan_in, fan_out))
        shape = (fan_in, fan_out)
        if self.distribution == "normal":
            return rng.normal(scale=deviation, size=shape)
        if self.distribution == "uniform":
            bound = math.sqrt(3) * deviation
            return rng.uniform(-bound, bound, size=shape)
        if self.distribution == "identity":
            return self.gain * np.eye(*shape)
        return self.gain * _draw_orthogonal(shape, rng)

    def fill_(
        self, weight: torch.Tensor, *, generator: torch.Generator
    ) -> torch.Tensor:
        """Overwrite a tensor with initial weights, in place, and return it.

        Parameters
        ----------
        weight : torch.Tensor, shape (fan_out, fan_in, ...)
            As in `torch.nn.Linear` and the convolutions.
        generator : torch.Generator
            Source of randomness.

        Raises
        ------
        ValueError
            If `weight` has fewer than two axes, or more for "identity".
        """
        import torch
        from torch.nn import init

        if weight.ndim < 2 or (self.distribution == "identity" and weight.ndim > 2):
            rule = "a tensor of shape (fan_out, fan_in)"
            raise problem("weight", rule, tuple(weight.shape), "fill biases yourself")
        kernel = math.prod(weight.shape[2:])
        fan_in, fan_out = weight.shape[1] * kernel, weight.shape[0] * kernel
        deviation = math.sqrt(self.predict_variance(fan_in, fan_out))
        with torch.no_grad():
            if self.distribution == "normal":
                return weight.normal_(0, deviation, generator=generator)
            if self.distribution == "uniform":
                bound = math.sqrt(3) * deviation
                return weight.uniform_(-bound, bound, generator=generator)
            if self.distribution == "identity":
                return init.eye_(weight).mul_(self.gain)
            return init.orthogonal_(weight, self.gain, generator=generator)


def _draw_orthogonal(
    shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw a matrix whose columns or rows, whichever are fewer, are orthonormal."""
    tall = rng.standard_normal((max(shape), min(shape)))
    q, r = np.linalg.qr(tall)
    # QR alone does not draw all rotations equally often: Mezzadri (2007), How to
    # generate random matrices from the classical compact groups.
    q *= np.sign(np.diag(r))
    return q if shape[0] >= shape[1] else q.T


def get(
    name: str,
    *,
    gain: float | None = None,
    std: float | None = None,
    distribution: str | None = None,
) -> Scheme:
    """Return a scheme for initial weights.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    gain : float, optional
        Factor of the weights, at least 0: 1 by default, sqrt(2) for "he". PyTorch's
        default has a fixed one, 1 / sqrt(3).
    std : float, optional
        Standard deviation of the weights, for "constant_std" only, where it is 0.01
        by default.
    distribution : {"normal", "uniform"}, optional
        For "lecun", "xavier", "he" and "constant_std". Default: "normal". The variance
        is the same for both.

    Returns
    -------
    Scheme

    Raises
    ------
    ValueError
        If the name is unknown (the message lists the nearest ones), a number is
        negative, or the scheme has no such parameter.

    Examples
    --------
    >>> get("constant_std", std=1.0).draw(2, 3, rng=np.random.default_rng(0)).shape
    (2, 3)
    """
    entry = ENTRIES[check_choice("name", name, ENTRIES)]
    if std is not None and name != "constant_std":
        raise problem("std", f"left out for {name!r}", std, "pass `gain`")
    if gain is not None and name in ("pytorch", "constant_std"):
        advice = "pass `std`" if name == "constant_std" else "use 'lecun' with a gain"
        raise problem("gain", f"left out for {name!r}", gain, advice)
    if distribution is not None:
        check_choice("distribution", distribution, entry.distributions)
    factor = entry.gain
    for key, value in (("gain", gain), ("std", std)):
        if value is not None:
            factor = check_number(key, value, minimum=0)
    return Scheme(name, factor, distribution or entry.distributions[0])


def as_scheme(name: str, value: str | Scheme) -> Scheme:
    """Return the scheme that an argument called `name` means, or raise."""
    return value if isinstance(value, Scheme) else get(check_choice(name, value, NAMES))
