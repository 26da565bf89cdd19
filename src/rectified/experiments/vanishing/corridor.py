"""The signal corridor: how signals and gradients travel through a deep random net."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import initialization
from rectified._validate import (
    check_choice,
    check_integer,
    check_number,
    check_seeds,
    problem,
)
from rectified.experiments.vanishing.layers import NORMALIZATIONS, Stack
from rectified.experiments.vanishing.theory import predict_corridor
from rectified.initialization import Scheme

Floats = NDArray[np.floating]

BIASES = ("default", "zero", "centered")


@dataclass(frozen=True)
class Corridor:
    """Spread and gradients in every hidden layer of random networks.

    Layers are counted from 1, the first one after the inputs. The pre-activations of
    a layer form a table of inputs times units; its mean square is the sum of
    `spread_inputs` squared, `spread_units` squared and the square of its mean.

    Attributes
    ----------
    seeds : tuple of int
        One network, with inputs of its own, per seed.
    depth, width : int
        Hidden layers, and units in each (and features of the inputs).
    rms : ndarray, shape (depth, n_seeds)
        Root mean square of the pre-activations.
    spread_inputs : ndarray, shape (depth, n_seeds)
        Standard deviation across inputs, root mean square over units: what the layer
        still tells about the input.
    spread_units : ndarray, shape (depth, n_seeds)
        Standard deviation across units of their mean over inputs.
    gradient : ndarray, shape (depth, n_seeds)
        Root mean square of the gradient at the pre-activations, relative to that of
        the last layer, where a random normal gradient enters.
    weight_gradient : ndarray, shape (depth, n_seeds)
        Frobenius norm of the gradient of each layer's weights, for the mean over
        inputs.
    dead : ndarray, shape (depth, n_seeds)
        Share of units whose pre-activation, normalized if there is a normalization,
        is at most 0 for every input.
    expected_rms, expected_gradient : ndarray, shape (depth,)
        Mean-field theory for infinite width; NaN for networks with normalization or
        residual connections, which it does not describe.
    """

    seeds: tuple[int, ...]
    depth: int
    width: int
    rms: Floats
    spread_inputs: Floats
    spread_units: Floats
    gradient: Floats
    weight_gradient: Floats
    dead: Floats
    expected_rms: Floats
    expected_gradient: Floats

    @property
    def input_share(self) -> Floats:
        """Share of the layer's variance that inputs explain, (depth, n_seeds)."""
        inputs, units = self.spread_inputs**2, self.spread_units**2
        return np.asarray(inputs / (inputs + units))


def run_corridor(
    depth: int = 20,
    *,
    activation: str = "relu",
    init: str | Scheme = "he",
    bias: str = "default",
    normalization: str = "none",
    residual: float = 0.0,
    width: int = 64,
    n_inputs: int = 64,
    seeds: Iterable[int] = range(5),
) -> Corridor:
    """Send standard normal inputs up a random network and gradients back down.

    Parameters
    ----------
    depth : int
        Hidden layers, from 1 to 100.
    activation : str
        Function after each layer, a name of `rectified.activations`.
    init : str or rectified.initialization.Scheme
        How weights are drawn.
    bias : {"default", "zero", "centered"}
        PyTorch draws biases from U(-1, 1) / sqrt(fan_in) if `init` is "pytorch"; all
        others, and "zero", have none. With "centered", the bias of a unit cancels what
        it gets if all units below put out f(0): minus 1/2 times the sum of its weights
        for the sigmoid, and 0 for functions with f(0) = 0.
    normalization : {"none", "center", "batch", "layer"}
        What is done to pre-activations before the function: nothing, subtract each
        unit's mean over the inputs, and divide by its standard deviation too, or both
        for each input over the units.
    residual : float
        0 for a plain stack. Otherwise each layer adds its input to its output, which
        counts with this weight: ``a + residual * f(z)``.
    width : int
        Units per layer, from 2 to 1024.
    n_inputs : int
        Inputs, from 2 to 4096.
    seeds : iterable of int
        One network per seed.

    Returns
    -------
    Corridor
        Infinite or NaN where numbers overflow float64, or no gradient enters.

    Raises
    ------
    ValueError
        If a name is unknown or a number is out of range.
    """
    seeds = check_seeds("seeds", seeds)
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    width = check_integer("width", width, minimum=2, maximum=1024)
    n_inputs = check_integer("n_inputs", n_inputs, minimum=2, maximum=4096)
    check_choice("normalization", normalization, NORMALIZATIONS)
    residual = check_number("residual", residual, minimum=0)
    scheme = init if isinstance(init, Scheme) else initialization.get(init)
    check_choice("bias", bias, BIASES)
    has_bias = bias == "default" and scheme.name == "pytorch"
    stack = Stack(activation, normalization=normalization, residual=residual)
    at_zero = float(stack.rule.function(0.0)) if bias == "centered" else 0.0
    rngs = [np.random.default_rng(seed) for seed in seeds]
    x = np.stack([rng.standard_normal((n_inputs, width)) for rng in rngs])
    for layer in range(depth):
        weights = np.stack([scheme.draw(width, width, rng=rng) for rng in rngs])
        # The inputs have mean 0 already.
        biases = -at_zero * min(layer, 1) * weights.sum(axis=1, keepdims=True)
        if has_bias:
            draws = [rng.uniform(-1, 1, (1, width)) for rng in rngs]
            biases = np.stack(draws) / math.sqrt(width)
        stack.add(weights, biases)
    enter = np.stack([rng.standard_normal((n_inputs, width)) for rng in rngs])
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        rows = _measure(stack, x, enter)
    expected = np.full((2, depth), np.nan)
    if normalization == "none" and not residual and scheme.distribution != "identity":
        bias_std = 1 / math.sqrt(3 * width) if has_bias else 0.0
        expected[:] = predict_corridor(
            depth,
            width,
            activation,
            scheme=scheme,
            bias_std=bias_std,
            centered=bias == "centered",
        )
    # The rows come in the order of the fields.
    return Corridor(seeds, depth, width, *(*rows, *expected))


def _measure(stack: Stack, x: Floats, enter: Floats) -> Floats:
    """Return the six measured rows of `Corridor`, each (depth, n_seeds)."""
    stack.forward(x)
    deltas, weight_gradients = stack.backward(enter)
    top = _rms(deltas[-1])
    rows = []
    for z, gate, delta, weights in zip(
        stack.pre_activations,
        stack.normalized,
        deltas,
        weight_gradients,
        strict=True,
    ):
        rows.append(
            (
                _rms(z),
                np.sqrt(z.var(axis=1).mean(axis=1)),
                z.mean(axis=1).std(axis=1),
                _rms(delta) / top,
                np.sqrt(np.square(weights).sum(axis=(1, 2))) / x.shape[1],
                (gate <= 0).all(axis=1).mean(axis=1),
            )
        )
    return np.array(rows).swapaxes(0, 1)


def _rms(values: Floats) -> Floats:
    return np.asarray(np.sqrt(np.square(values).mean(axis=(1, 2))))


def sigmoid_bound(depth: int, *, norm: float = 1.0) -> Floats:
    """Return the largest factor that sigmoids leave of a gradient, layer by layer.

    Parameters
    ----------
    depth : int
        Layers, from 1 to 100.
    norm : float
        Largest factor by which a weight matrix stretches a vector (its spectral
        norm); 1 for the chain of single units in the textbooks.

    Returns
    -------
    ndarray, shape (depth,)
        ``(norm / 4)^k`` for k = depth - 1 down to 0: from the first layer to the
        last, as in `Corridor.gradient`.

    Examples
    --------
    >>> sigmoid_bound(3).tolist()
    [0.0625, 0.25, 1.0]
    """
    depth = check_integer("depth", depth, minimum=1, maximum=100)
    factor = check_number("norm", norm, minimum=0) / 4
    if factor > 1e3:
        raise problem("norm", "at most 4000", norm, "such weights would overflow")
    return np.asarray(factor ** np.arange(depth - 1, -1, -1.0))
