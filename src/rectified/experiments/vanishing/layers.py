"""A stack of equally wide layers, many networks at once, forward and backward.

Arrays are (networks, inputs, units). The experiments on signals need what
`rectified.ensembles` does not have: normalization and residual connections, without
training.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rectified import activations

Floats = NDArray[np.floating]

NORMALIZATIONS = ("none", "center", "batch", "layer")
EPSILON = 1e-5
"""Added to a variance before its root is taken, as PyTorch does."""


class Stack:
    """Layers ``a -> f(norm(a W + b))``, or ``a -> a + residual * f(...)``.

    Parameters
    ----------
    activation : str
        A name of `rectified.activations`.
    normalization : {"none", "center", "batch", "layer"}
        Of the pre-activations: see `run_corridor`.
    residual : float
        Weight of the layer beside its skip connection; 0 for no skip connection.
    """

    def __init__(
        self, activation: str, *, normalization: str = "none", residual: float = 0.0
    ) -> None:
        self.rule = activations.get(activation)
        self.normalization, self.residual = normalization, residual
        self.weights: list[Floats] = []
        self.biases: list[Floats] = []
        self.inputs: list[Floats] = []
        self.pre_activations: list[Floats] = []
        self.normalized: list[Floats] = []

    def add(self, weights: Floats, biases: Floats) -> None:
        """Add weights (networks, fan_in, units) and biases (networks, 1, units)."""
        self.weights.append(weights)
        self.biases.append(biases)

    def forward(self, x: Floats) -> Floats:
        """Return the outputs of the last layer; keep what every layer saw."""
        self.inputs, self.pre_activations, self.normalized = [], [], []
        for weights, biases in zip(self.weights, self.biases, strict=True):
            z = x @ weights + biases
            gate = self._normalize(z)
            self.inputs.append(x)
            self.pre_activations.append(z)
            self.normalized.append(gate)
            out = self.rule.function(gate)
            x = x + self.residual * out if self.residual else out
        return x

    def backward(self, delta: Floats) -> tuple[list[Floats], list[Floats]]:
        """Return gradients at all pre-activations and of all weights.

        Parameters
        ----------
        delta : ndarray, shape (networks, inputs, units)
            Gradient that enters at the outputs of the last layer's function: the skip
            connection around that layer gets it, too.

        Returns
        -------
        pre_activations : list of ndarray, shape (networks, inputs, units)
        weights : list of ndarray, shape (networks, fan_in, units)
            Summed over the inputs.
        """
        deltas: list[Floats] = []
        gradients: list[Floats] = []
        for layer in range(len(self.weights) - 1, -1, -1):
            gate = self.normalized[layer]
            branch: Floats = delta * self.rule.derivative(gate) * (self.residual or 1.0)
            branch = self._denormalize(branch, layer)
            deltas.append(branch)
            gradients.append(self.inputs[layer].swapaxes(1, 2) @ branch)
            below = branch @ self.weights[layer].swapaxes(1, 2)
            delta = delta + below if self.residual else below
        return deltas[::-1], gradients[::-1]

    def _normalize(self, z: Floats) -> Floats:
        if self.normalization == "none":
            return z
        axis = 2 if self.normalization == "layer" else 1
        centered: Floats = z - z.mean(axis=axis, keepdims=True)
        if self.normalization == "center":
            return centered
        variance = np.square(centered).mean(axis=axis, keepdims=True)
        return np.asarray(centered / np.sqrt(variance + EPSILON))

    def _denormalize(self, delta: Floats, layer: int) -> Floats:
        """Turn the gradient after the normalization into the one before it."""
        if self.normalization == "none":
            return delta
        axis = 2 if self.normalization == "layer" else 1
        centered: Floats = delta - delta.mean(axis=axis, keepdims=True)
        if self.normalization == "center":
            return centered
        gate, z = self.normalized[layer], self.pre_activations[layer]
        along = gate * (delta * gate).mean(axis=axis, keepdims=True)
        root = np.sqrt(z.var(axis=axis, keepdims=True) + EPSILON)
        return np.asarray((centered - along) / root)
