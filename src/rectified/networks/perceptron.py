"""Fully connected networks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from rectified._validate import check_integer, problem
from rectified.activations import Activation, get_each
from rectified.initialization import Scheme
from rectified.networks.parts import (
    BiasInit,
    LayerFactory,
    apply,
    check_axis,
    make_activation,
    make_normalization,
)


class HiddenLayer(nn.Module):
    """A fully connected layer, its normalization if any, its activation.

    Attributes
    ----------
    linear : torch.nn.Linear
        Its output is the pre-activation, if no normalization follows.
    normalization : torch.nn.Module or None
        Its output is then the pre-activation.
    activation_fn : torch.nn.Module
        A module of its own in every layer.
    skips : bool
        Whether the layer adds its input to its output.
    """

    def __init__(
        self,
        linear: nn.Linear,
        normalization: nn.Module | None,
        activation_fn: nn.Module,
        *,
        skips: bool,
    ) -> None:
        super().__init__()
        self.linear = linear
        self.normalization = normalization
        self.activation_fn = activation_fn
        self.skips = skips

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., fan_in) to (..., fan_out)."""
        z = self.linear(x)
        activation: Tensor = self.activation_fn(apply(self.normalization, z))
        return x + activation if self.skips else activation

    def extra_repr(self) -> str:
        """Tell about the skip connection, which is no module."""
        return "skips=True" if self.skips else ""


class MLP(nn.Module):
    """A multilayer perceptron: hidden layers, then a linear output layer.

    Parameters
    ----------
    widths : sequence of int
        Units per layer, inputs and outputs included; at least two numbers.
    activation : str, Activation, or a sequence of them
        Function after each hidden layer, one for all or one for each; see
        `rectified.activations`.
    init : str or Scheme
        How all weights are drawn; see `rectified.initialization`.
    bias_init : {"pytorch", "zeros"}, float or None
        "pytorch" draws from U(-b, b) with b = 1 / sqrt(fan_in), as `torch.nn.Linear`
        does; a number is the value of all biases; None leaves biases out.
    normalization : {"batch", "layer", "rms"}, optional
        Between each hidden layer's weights and its activation. With "batch", inputs
        must have two dimensions.
    residual : bool
        Whether hidden layers whose input is as wide as their output add their input to
        their output: x + f(W x + b).
    seed : int or torch.Generator
        Source of the weights.

    Attributes
    ----------
    hidden : torch.nn.ModuleList of HiddenLayer
        For hooks: ``model.hidden[0].linear``, ``model.hidden[0].activation_fn``.
    output : torch.nn.Linear
        The last layer; nothing follows it.
    widths : tuple of int
        As passed.

    Raises
    ------
    ValueError
        If a width is not positive, a name is unknown, the number of activations does
        not fit, or `residual` finds no layer to skip.

    Notes
    -----
    Sources: Ioffe and Szegedy (2015), arXiv:1502.03167, for batch normalization before
    the activation; Ba, Kiros and Hinton (2016), arXiv:1607.06450, for layer
    normalization; Zhang and Sennrich (2019), arXiv:1910.07467, for "rms"; He, Zhang,
    Ren and Sun (2015), arXiv:1512.03385, for residual connections.

    Examples
    --------
    >>> model = MLP((2, 8, 8, 1), activation="relu", init="he", seed=0)
    >>> model(torch.zeros(5, 2)).shape
    torch.Size([5, 1])
    """

    def __init__(
        self,
        widths: Sequence[int],
        *,
        activation: str | Activation | Sequence[str | Activation] = "relu",
        init: str | Scheme = "pytorch",
        bias_init: BiasInit = "pytorch",
        normalization: str | None = None,
        residual: bool = False,
        seed: int | torch.Generator,
    ) -> None:
        super().__init__()
        self.widths = tuple(check_integer("widths", w, minimum=1) for w in widths)
        if len(self.widths) < 2:
            rule = "at least two integers (inputs and outputs)"
            raise problem("widths", rule, self.widths, "add the missing layer")
        factory = LayerFactory.from_arguments(init, bias_init, seed)
        fans = list(pairwise(self.widths[:-1]))
        if residual and not any(fan_in == fan_out for fan_in, fan_out in fans):
            rule = "False without two equal neighbors among all widths but the last"
            raise problem("residual", rule, residual, "make hidden layers equally wide")
        allowed = ("batch", "layer", "rms")
        self.hidden = nn.ModuleList(
            HiddenLayer(
                factory.linear(fan_in, fan_out),
                make_normalization(normalization, fan_out, allowed=allowed),
                make_activation(function),
                skips=residual and fan_in == fan_out,
            )
            for function, (fan_in, fan_out) in zip(
                get_each(activation, len(fans)), fans, strict=True
            )
        )
        self.output = factory.linear(*self.widths[-2:])

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs.

        Parameters
        ----------
        x : Tensor, shape (n, inputs) or (n, steps, inputs)
            Examples, with an axis between if there is no batch normalization.

        Returns
        -------
        Tensor, shape (n, outputs) or (n, steps, outputs)
        """
        check_axis(x, -1, self.widths[0], ndim=(1, 2, 3))
        for layer in self.hidden:
            x = layer(x)
        outputs: Tensor = self.output(x)
        return outputs
