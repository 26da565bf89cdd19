"""Forward and backward pass of many networks, in arrays that are used again and again.

Arrays have the network as their leading axis and the point as their last, so that
everything but the matrix products runs along contiguous memory. Here ``z`` is a
pre-activation and ``delta`` the gradient of the loss with respect to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rectified._ensemble_activations import Rule
from rectified._validate import FloatArray


class Passes:
    """Arrays for the passes of some networks on some points.

    Parameters
    ----------
    widths : sequence of int
        Units per layer, inputs and outputs included.
    dtype : dtype
        float32 or float64.
    n_networks, n_points : int
        Numbers of networks and of points per network.
    """

    def __init__(
        self,
        widths: Sequence[int],
        dtype: np.dtype[Any],
        n_networks: int,
        n_points: int,
    ) -> None:
        hidden = widths[1:-1]
        # The row of ones below the activations multiplies the biases.
        with_ones = [(n_networks, width + 1, n_points) for width in hidden]
        plain = [(n_networks, width, n_points) for width in hidden]
        self.activations = [np.ones(shape, dtype) for shape in with_ones]
        self.deltas = [np.empty(shape, dtype) for shape in plain]
        plain.append((n_networks, widths[-1], n_points))
        self.pre_activations = [np.empty(shape, dtype) for shape in plain]

    def forward(
        self, layers: Sequence[FloatArray], x: FloatArray, rule: Rule
    ) -> FloatArray:
        """Return the outputs, (networks, outputs, points).

        Parameters
        ----------
        layers : sequence of ndarray, shape (networks, fan_out, fan_in + 1)
            Weights and biases.
        x : ndarray, shape (1 or networks, features + 1, points)
            Inputs above a row of ones.
        rule : Rule
            Activation of the hidden layers.
        """
        np.matmul(layers[0], x, out=self.pre_activations[0])
        for depth, activation in enumerate(self.activations):
            rule.apply(depth, self.pre_activations[depth], activation[:, :-1])
            np.matmul(
                layers[depth + 1], activation, out=self.pre_activations[depth + 1]
            )
        return self.pre_activations[-1]

    def backward(
        self,
        layers: Sequence[FloatArray],
        x: FloatArray,
        delta: FloatArray,
        rule: Rule,
        gradients: Sequence[FloatArray],
    ) -> None:
        """Write the loss gradient of all weights and biases into `gradients`.

        Call `forward` first; `delta`, (networks, outputs, points), is the gradient at
        its result.
        """
        inputs = [x, *self.activations]
        for depth in range(len(layers) - 1, -1, -1):
            np.matmul(delta, inputs[depth].swapaxes(1, 2), out=gradients[depth])
            if depth:
                weights = layers[depth][:, :, :-1].swapaxes(1, 2)
                # One output: the product is an outer one, for which BLAS is slow.
                multiply = np.multiply if weights.shape[2] == 1 else np.matmul
                below = self.deltas[depth - 1]
                multiply(weights, delta, out=below)
                rule.pull_back(depth - 1, self.pre_activations[depth - 1], below)
                delta = below
