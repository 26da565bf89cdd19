"""The networks of `rectified.ensembles`: their parameters, forward and backward pass.

Arrays have the network as their leading axis; ``z`` is a pre-activation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rectified._validate import (
    FloatArray,
    check_array,
    check_choice,
    check_integer,
    check_seeds,
    problem,
)


class Activation(NamedTuple):
    """What training needs to know of an activation function."""

    function: Callable[[FloatArray], FloatArray]
    derivative: Callable[[FloatArray], Any]
    gain: float


ACTIVATIONS: Mapping[str, Activation] = {
    "relu": Activation(lambda z: np.maximum(z, 0), lambda z: z > 0, 2**0.5),
    "identity": Activation(lambda z: z, lambda z: 1, 1.0),
    "tanh": Activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2, 1.0),
}
"""Function, derivative and weight gain of each activation by name."""


class Layers(NamedTuple):
    """One array per layer; views into the rows of a flat array."""

    weights: list[FloatArray]  # (networks, fan_in, fan_out)
    biases: list[FloatArray]  # (networks, 1, fan_out)


def count_values(widths: Sequence[int]) -> int:
    """Return the number of weights and biases of one network."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(widths))


def view_layers(values: FloatArray, widths: Sequence[int]) -> Layers:
    """Return views of a flat array (networks, values of one network)."""
    layers, start = Layers([], []), 0
    for fan_in, fan_out in pairwise(widths):
        middle = start + fan_in * fan_out
        layers.weights.append(values[:, start:middle].reshape(-1, fan_in, fan_out))
        start = middle + fan_out
        layers.biases.append(values[:, middle:start].reshape(-1, 1, fan_out))
    return layers


@dataclass(frozen=True)
class Parameters:
    """Weights and biases of an ensemble of fully connected networks.

    Attributes
    ----------
    values : ndarray, shape (networks, values of one network)
        Each row holds one network: the weights and then the biases of the first
        layer, of the second, and so on.
    widths : tuple of int
        Units per layer, inputs and outputs included.
    activation : str
        Name of the function after each hidden layer; none follows the output.
    """

    values: FloatArray
    widths: tuple[int, ...]
    activation: str

    @property
    def weights(self) -> list[FloatArray]:
        """Views of shape (networks, fan_in, fan_out), one per layer."""
        return view_layers(self.values, self.widths).weights

    @property
    def biases(self) -> list[FloatArray]:
        """Views of shape (networks, fan_out), one per layer."""
        layers = view_layers(self.values, self.widths)
        return [bias[:, 0] for bias in layers.biases]

    def network(self, index: int) -> tuple[list[FloatArray], list[FloatArray]]:
        """Return weights (fan_in, fan_out) and biases (fan_out,) of one network."""
        return [w[index] for w in self.weights], [b[index] for b in self.biases]


def forward_pass(
    layers: Layers, x: FloatArray, activation: Activation
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return the input and the pre-activation of every layer.

    The last pre-activation is the output: (networks, points, outputs).
    """
    inputs: list[FloatArray] = [x]
    pre_activations: list[FloatArray] = []
    for weight, bias in zip(*layers, strict=True):
        if pre_activations:
            inputs.append(activation.function(pre_activations[-1]))
        z = inputs[-1] @ weight
        z += bias
        pre_activations.append(z)
    return inputs, pre_activations


def backward_pass(
    layers: Layers,
    passed: tuple[list[FloatArray], list[FloatArray]],
    delta: FloatArray,
    activation: Activation,
    gradients: Layers,
) -> None:
    """Write the loss gradient into `gradients`, given `delta` at the output."""
    inputs, pre_activations = passed
    # A product with ones sums over the points several times faster than np.sum.
    ones = np.ones((1, delta.shape[1]), delta.dtype)
    for layer in range(len(inputs) - 1, -1, -1):
        transposed = inputs[layer].swapaxes(-1, -2)
        np.matmul(transposed, delta, out=gradients.weights[layer])
        np.matmul(ones, delta, out=gradients.biases[layer])
        if layer:
            delta = delta @ layers.weights[layer].swapaxes(-1, -2)
            delta *= activation.derivative(pre_activations[layer - 1])


def initialize(
    widths: Sequence[int],
    *,
    seeds: Iterable[int],
    activation: str = "relu",
    bias_std: float = 0.0,
) -> Parameters:
    """Draw initial weights, one network per seed.

    Weights are normal with standard deviation ``gain / sqrt(fan_in)``. The gain
    belongs to the activation that follows: sqrt(2) for ReLU (He et al. 2015), 1 for
    the others and for the output layer.

    Parameters
    ----------
    widths : sequence of int
        Units per layer, inputs and outputs included; at least two numbers.
    seeds : iterable of int
        One network is drawn per seed.
    activation : {"relu", "identity", "tanh"}
        Function after each hidden layer.
    bias_std : float
        Standard deviation of the normal biases; 0 sets them all to 0.

    Returns
    -------
    rectified.ensembles.Parameters
    """
    shape = tuple(check_integer("widths", width, minimum=1) for width in widths)
    if len(shape) < 2:
        rule = "at least two integers (inputs and outputs)"
        raise problem("widths", rule, shape, "add the missing layer")
    gain = ACTIVATIONS[check_choice("activation", activation, ACTIVATIONS)].gain
    rngs = [np.random.default_rng((seed, 1)) for seed in check_seeds("seeds", seeds)]
    values = np.stack([rng.standard_normal(count_values(shape)) for rng in rngs])
    layers = view_layers(values, shape)
    gains = [gain] * (len(shape) - 2) + [1.0]
    for weight, bias, g in zip(*layers, gains, strict=True):
        weight *= g / weight.shape[1] ** 0.5
        bias *= bias_std
    return Parameters(values, shape, activation)


def forward(parameters: Parameters, x: ArrayLike) -> FloatArray:
    """Return every network's output.

    Parameters
    ----------
    parameters : Parameters
        The ensemble.
    x : array_like, shape (points, features) or (networks, points, features)
        Inputs, shared by all networks or one set for each.

    Returns
    -------
    ndarray, shape (networks, points, outputs)
    """
    inputs = check_inputs(x, parameters)
    layers = view_layers(parameters.values, parameters.widths)
    activation = ACTIVATIONS[parameters.activation]
    return forward_pass(layers, inputs, activation)[1][-1]


def check_inputs(x: ArrayLike, parameters: Parameters) -> FloatArray:
    inputs = check_array("x", x, ndim=(2, 3))
    n_features, n_networks = parameters.widths[0], len(parameters.values)
    if inputs.shape[-1] != n_features:
        rule = f"an array with {n_features} values on its last axis"
        raise problem("x", rule, inputs.shape, "match the first of `widths`")
    if inputs.ndim == 3 and len(inputs) != n_networks:
        rule = f"one set of points for each of {n_networks} networks"
        raise problem("x", rule, inputs.shape, "drop the first axis to share points")
    return inputs.astype(parameters.values.dtype, copy=False)
