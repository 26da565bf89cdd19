"""Backpropagation through gates, with every number on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified import activations
from rectified._validate import check_array, check_layers, check_number, problem

Floats = NDArray[np.floating]


class SmallNet(NamedTuple):
    """A network with one output, and one example for it.

    Attributes
    ----------
    weights : tuple of ndarray, each (fan_in, fan_out)
        One per layer.
    biases : tuple of ndarray, each (fan_out,)
        One per layer.
    x : ndarray, shape (n_inputs,)
        The input.
    target : float
        What the output should be.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    x: Floats
    target: float


def _make_net(x: tuple[float, float]) -> SmallNet:
    """Return the 2-2-2-1 net of `SMALL_NETS` with an input."""
    weights = ([[-0.5, 1.0], [1.0, 1.0]], [[-1.0, 0.5], [0.5, 0.5]], [[0.5], [0.5]])
    biases = ([-0.5, 0.0], [1.0, 0.5], [-0.5])
    return SmallNet(
        tuple(np.array(weight) for weight in weights),
        tuple(np.array(bias) for bias in biases),
        np.array(x),
        1.0,
    )


SMALL_NETS: Mapping[str, SmallNet] = MappingProxyType(
    {
        "all gates open": _make_net((1.0, 2.0)),
        "one gate closed in layer 1": _make_net((2.0, 1.0)),
        "one gate closed in layer 2": _make_net((-1.0, 2.0)),
        "layer 1 closed": _make_net((-1.0, -1.0)),
        "one gate exactly at 0": _make_net((1.0, 1.0)),
    }
)
"""One net of two inputs, two hidden layers of two units and one output, five inputs.

Its weights are multiples of 1/2, so that every number on the way is short and exact.
"""


class Step(NamedTuple):
    """One line of the calculation.

    Attributes
    ----------
    direction : str
        "forward" or "backward".
    layer : int
        From 1; the last is the output layer.
    name : str
        What is computed: "z", "mask", "a", "loss", "d_a", "d_z", "d_W", "d_b" or
        "d_x".
    values : ndarray
        The numbers.
    """

    direction: str
    layer: int
    name: str
    values: Floats


@dataclass(frozen=True)
class Backpropagation:
    """Every number of one forward and one backward pass.

    Lists have one array per layer. ``d_`` stands for the derivative of the loss with
    respect to what follows.

    Attributes
    ----------
    net : SmallNet
        The network and its example.
    pre_activations : tuple of ndarray, each (fan_out,)
        ``z = x W + b``; the last is the output.
    masks : tuple of ndarray, each (fan_out,)
        Derivative of the activation at z for the hidden layers: for ReLU 1 where the
        gate is open, 0 where it is closed and `derivative_at_zero` at exactly 0.
    activations : tuple of ndarray, each (fan_out,)
        Outputs of the hidden layers.
    loss : float
        Half the squared difference between output and target.
    d_activations : tuple of ndarray, each (fan_out,)
        Of the hidden layers.
    d_pre_activations : tuple of ndarray, each (fan_out,)
        Of all layers; of the last, it is output minus target.
    d_weights, d_biases : tuple of ndarray
        In the shapes of the weights and biases.
    d_x : ndarray, shape (n_inputs,)
        With respect to the input.
    """

    net: SmallNet
    pre_activations: tuple[Floats, ...]
    masks: tuple[Floats, ...]
    activations: tuple[Floats, ...]
    loss: float
    d_activations: tuple[Floats, ...]
    d_pre_activations: tuple[Floats, ...]
    d_weights: tuple[Floats, ...]
    d_biases: tuple[Floats, ...]
    d_x: Floats

    def list_steps(self) -> tuple[Step, ...]:
        """Return the calculation line by line, forward and then backward."""
        steps, n = [], len(self.pre_activations)
        for layer, z in enumerate(self.pre_activations, 1):
            steps.append(Step("forward", layer, "z", z))
            if layer < n:
                steps.append(Step("forward", layer, "mask", self.masks[layer - 1]))
                steps.append(Step("forward", layer, "a", self.activations[layer - 1]))
        steps.append(Step("forward", n, "loss", np.array(self.loss)))
        for layer in range(n, 0, -1):
            if layer < n:
                above = self.d_activations[layer - 1]
                steps.append(Step("backward", layer, "d_a", above))
            for name in ("pre_activations", "weights", "biases"):
                values = getattr(self, f"d_{name}")[layer - 1]
                short = {"pre_activations": "d_z", "weights": "d_W", "biases": "d_b"}
                steps.append(Step("backward", layer, short[name], values))
        return (*steps, Step("backward", 1, "d_x", self.d_x))


def backpropagate(
    net: SmallNet, *, activation: str = "relu", derivative_at_zero: float | None = None
) -> Backpropagation:
    """Run one example through a network and its loss back to every weight.

    Parameters
    ----------
    net : SmallNet
        With any number of layers and one output, for example from `SMALL_NETS`.
    activation : str
        Function after each hidden layer, a name of `rectified.activations`.
    derivative_at_zero : float, optional
        Derivative of the activation at exactly 0, between 0 and 1. Default: what
        PyTorch says.

    Returns
    -------
    Backpropagation

    Raises
    ------
    ValueError
        If shapes do not fit, a name is unknown or a number is out of range.
    """
    x = check_array("net.x", net.x, ndim=(1,))
    layers = check_layers(net.weights, net.biases, n_inputs=x.size)
    if layers[-1][1].size != 1:
        raise problem("net", "of one output", layers[-1][1].size, "drop the others")
    rule, target = activations.get(activation), check_number("net.target", net.target)
    at_zero = rule.derivative_at_zero
    if derivative_at_zero is not None:
        at_zero = check_number(
            "derivative_at_zero", derivative_at_zero, minimum=0, maximum=1
        )
    inputs: list[Floats] = [x]
    zs: list[Floats] = []
    masks: list[Floats] = []
    for weight, bias in layers:
        zs.append(inputs[-1] @ weight + bias)
        masks.append(np.where(zs[-1] == 0, at_zero, rule.derivative(zs[-1])))
        inputs.append(rule.function(zs[-1]))
    error = zs[-1] - target
    d_z, d_a, d_weights = [error], [], []
    for layer in range(len(layers) - 1, -1, -1):
        d_weights.append(np.outer(inputs[layer], d_z[-1]) + 0.0)
        d_a.append(layers[layer][0] @ d_z[-1])
        if layer:
            # Adding 0 turns the -0.0 behind a closed gate into 0.0.
            d_z.append(d_a[-1] * masks[layer - 1] + 0.0)
    back = [tuple(reversed(numbers)) for numbers in (d_a, d_z, d_weights)]
    return Backpropagation(
        net=net,
        pre_activations=tuple(zs),
        masks=tuple(masks[:-1]),
        activations=tuple(inputs[1:-1]),
        loss=float(error @ error / 2),
        d_activations=back[0][1:],
        d_pre_activations=back[1],
        d_weights=back[2],
        d_biases=back[1],
        d_x=back[0][0],
    )
