"""A recurrent network, one step at a time."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from rectified._validate import check_integer, problem
from rectified.activations import Activation
from rectified.initialization import Scheme, as_scheme
from rectified.networks.parts import (
    BiasInit,
    LayerFactory,
    check_axis,
    make_activation,
)


class RNN(nn.Module):
    """A simple recurrent network that reads a sequence and then answers once.

    The state follows h[t] = f(W x[t] + b + U h[t - 1]) from h = 0 before the first
    step; the answer is linear in the last state.

    Parameters
    ----------
    n_inputs, n_units, n_outputs : int
        Features per step, units of the state, and numbers in the answer.
    activation : str or Activation
        The function f.
    init : str or Scheme
        How the input weights W and the output weights are drawn.
    recurrent_init : str or Scheme, optional
        How the recurrent weights U are drawn, or "identity". Default: like `init`.
    bias_init : {"pytorch", "zeros"}, float or None
        As in `rectified.networks.MLP`.
    seed : int or torch.Generator
        Source of the weights.

    Attributes
    ----------
    input, recurrent, output : torch.nn.Linear
        The weights W with the bias b, U without a bias, and the output layer.
    activation_fn : torch.nn.Module
        The function f, called once per step; `recurrent` is not called in the first.

    Raises
    ------
    ValueError
        If a size is not a positive integer or a name is unknown.

    Notes
    -----
    Rectified units with ``recurrent_init="identity"`` and ``bias_init="zeros"`` are the
    IRNN of Le, Jaitly and Hinton (2015), arXiv:1504.00941, who draw the other weights
    with standard deviation 0.001: ``init=initialization.get("constant_std",
    std=0.001)``. `torch.nn.RNN` computes the same, but draws all its weights from
    U(-b, b) with b = 1 / sqrt(n_units) and has a second, redundant bias.

    Examples
    --------
    >>> model = RNN(8, 64, 10, activation="relu", recurrent_init="identity", seed=0)
    >>> model(torch.zeros(5, 30, 8)).shape
    torch.Size([5, 10])
    """

    def __init__(
        self,
        n_inputs: int,
        n_units: int,
        n_outputs: int,
        *,
        activation: str | Activation = "tanh",
        init: str | Scheme = "pytorch",
        recurrent_init: str | Scheme | None = None,
        bias_init: BiasInit = "pytorch",
        seed: int | torch.Generator,
    ) -> None:
        super().__init__()
        n_inputs = check_integer("n_inputs", n_inputs, minimum=1)
        n_units = check_integer("n_units", n_units, minimum=1)
        n_outputs = check_integer("n_outputs", n_outputs, minimum=1)
        factory = LayerFactory.from_arguments(init, bias_init, seed)
        scheme = factory.scheme
        if recurrent_init is not None:
            scheme = as_scheme("recurrent_init", recurrent_init)
        self.input = factory.linear(n_inputs, n_units)
        # One bias is enough for both sums.
        recurrent = replace(factory, scheme=scheme, bias_init=None)
        self.recurrent = recurrent.linear(n_units, n_units)
        self.activation_fn = make_activation(activation)
        self.output = factory.linear(n_units, n_outputs)

    def run(self, x: Tensor) -> list[Tensor]:
        """Return the state after each step.

        Parameters
        ----------
        x : Tensor, shape (n, steps, n_inputs)
            Sequences of at least one step.

        Returns
        -------
        list of Tensor, each of shape (n, n_units)
            They are part of the graph: ``retain_grad()`` shows how far back the
            gradient reaches.
        """
        check_axis(x, -1, self.input.in_features, ndim=(3,))
        if not x.shape[1]:
            rule = "sequences of at least one step"
            raise problem("x", rule, tuple(x.shape), "drop empty sequences")
        # The input's part of all steps is one large product; unbind because gradients
        # of single slices would each fill a whole tensor.
        first, *later = self.input(x).unbind(1)
        states = [self.activation_fn(first)]  # U h = 0 before the first step
        for projected in later:
            z = projected + self.recurrent(states[-1])
            states.append(self.activation_fn(z))
        return states

    def forward(self, x: Tensor) -> Tensor:
        """Return the answers.

        Parameters
        ----------
        x : Tensor, shape (n, steps, n_inputs)
            Sequences of at least one step.

        Returns
        -------
        Tensor, shape (n, n_outputs)
        """
        answers: Tensor = self.output(self.run(x)[-1])
        return answers
