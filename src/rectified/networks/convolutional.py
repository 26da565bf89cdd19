"""A small convolutional network."""

from __future__ import annotations

from collections.abc import Sequence

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
)


class ConvolutionalLayer(nn.Module):
    """A 3 x 3 convolution, batch normalization if asked for, an activation.

    Attributes
    ----------
    convolution : torch.nn.Conv2d
        Its output is the pre-activation, if no normalization follows.
    normalization : torch.nn.BatchNorm2d or None
        Its output is then the pre-activation.
    activation_fn : torch.nn.Module
        A module of its own in every layer.
    """

    def __init__(
        self,
        convolution: nn.Conv2d,
        normalization: nn.Module | None,
        activation_fn: nn.Module,
    ) -> None:
        super().__init__()
        self.convolution = convolution
        self.normalization = normalization
        self.activation_fn = activation_fn

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels_in, height, width) to (n, channels_out, ...)."""
        z = self.convolution(x)
        activation: Tensor = self.activation_fn(apply(self.normalization, z))
        return activation


class CNN(nn.Module):
    """Convolutions, of which all but the first halve the image, then a linear layer.

    Parameters
    ----------
    image_shape : tuple of int
        Channels, height and width of an image; (1, 8, 8) for the digits.
    n_outputs : int
        Number of classes, or of numbers to predict.
    channels : sequence of int
        Channels after each convolution; at least one number.
    activation : str, Activation, or a sequence of them
        Function after each convolution, one for all or one for each.
    init : str or Scheme
        How all weights are drawn; see `rectified.initialization`.
    bias_init : {"pytorch", "zeros"}, float or None
        As in `rectified.networks.MLP`.
    batch_normalization : bool
        Whether to normalize each channel between convolution and activation.
    seed : int or torch.Generator
        Source of the weights.

    Attributes
    ----------
    hidden : torch.nn.ModuleList of ConvolutionalLayer
        For hooks: ``model.hidden[0].convolution``, ``model.hidden[0].activation_fn``.
    output : torch.nn.Linear
        The last layer, on all pixels of all channels.

    Raises
    ------
    ValueError
        If a size is not a positive integer, a name is unknown, or the number of
        activations does not fit.

    Examples
    --------
    >>> CNN(seed=0)(torch.zeros(5, 1, 8, 8)).shape
    torch.Size([5, 10])
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (1, 8, 8),
        n_outputs: int = 10,
        *,
        channels: Sequence[int] = (16, 32),
        activation: str | Activation | Sequence[str | Activation] = "relu",
        init: str | Scheme = "pytorch",
        bias_init: BiasInit = "pytorch",
        batch_normalization: bool = False,
        seed: int | torch.Generator,
    ) -> None:
        super().__init__()
        sizes = [check_integer("image_shape", n, minimum=1) for n in image_shape]
        if len(sizes) != 3:
            rule = "three integers (channels, height, width)"
            raise problem(
                "image_shape", rule, image_shape, "gray images have 1 channel"
            )
        n_outputs = check_integer("n_outputs", n_outputs, minimum=1)
        outs = [check_integer("channels", n, minimum=1) for n in channels]
        if not outs:
            raise problem("channels", "non-empty", channels, "try (16, 32)")
        factory = LayerFactory.from_arguments(init, bias_init, seed)
        functions = get_each(activation, len(outs))
        n_in, *image = sizes
        self.image_shape = tuple(sizes)
        self.hidden = nn.ModuleList()
        for index, (n_out, function) in enumerate(zip(outs, functions, strict=True)):
            stride = 2 if index else 1
            layer = ConvolutionalLayer(
                factory.convolution(n_in, n_out, stride=stride),
                nn.BatchNorm2d(n_out) if batch_normalization else None,
                make_activation(function),
            )
            self.hidden.append(layer)
            n_in, image = n_out, [-(-side // stride) for side in image]  # rounded up
        self.output = factory.linear(n_in * image[0] * image[1], n_outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs.

        Parameters
        ----------
        x : Tensor, shape (n, channels, height, width)
            Images of the size that the network was made for.

        Returns
        -------
        Tensor, shape (n, n_outputs)
        """
        for axis, size in enumerate(self.image_shape, start=1):
            check_axis(x, axis, size, ndim=(4,))
        for layer in self.hidden:
            x = layer(x)
        outputs: Tensor = self.output(x.flatten(1))
        return outputs
