"""The networks of `rectified.ensembles`: their parameters and how these are drawn.

Arrays have the network as their leading axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from rectified._ensemble_activations import (
    count_slopes,
    default_gain,
    default_slope,
    look_up,
)
from rectified._ensemble_checks import check_dtype, check_per_network, check_widths
from rectified._validate import FloatArray, check_seeds, problem
from rectified.activations import Activation

DRAWN_AT_ONCE = 100_000
"""Normal numbers that are drawn at a time, in float64; bounds the memory that takes."""


def count_values(widths: Sequence[int]) -> int:
    """Return the number of weights and biases of one network."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(widths))


def view_layers(values: FloatArray, widths: Sequence[int]) -> list[FloatArray]:
    """Return views of rows, (networks, fan_out, fan_in + 1) for each layer.

    The last column holds the biases: one matrix product with inputs that end in a
    row of ones then does the whole layer.
    """
    layers, start = [], 0
    for fan_in, fan_out in pairwise(widths):
        stop = start + (fan_in + 1) * fan_out
        layers.append(values[:, start:stop].reshape(-1, fan_out, fan_in + 1))
        start = stop
    return layers


@dataclass(frozen=True)
class Parameters:
    """Weights and biases of an ensemble of fully connected networks.

    Attributes
    ----------
    values : ndarray, shape (networks, values of one network)
        Each row holds one network: layer after layer a matrix (fan_out, fan_in + 1)
        whose last column is the bias, and then the slopes that "prelu" learns.
    widths : tuple of int
        Units per layer, inputs and outputs included.
    activation : str or rectified.activations.Activation
        Function after each hidden layer; none follows the output.
    negative_slope : ndarray, shape (networks,), optional
        Slopes of "leaky_relu" below 0, if they differ from network to network.
    """

    values: FloatArray
    widths: tuple[int, ...]
    activation: str | Activation
    negative_slope: FloatArray | None = None

    @property
    def weights(self) -> list[FloatArray]:
        """Views of shape (networks, fan_in, fan_out), one per layer."""
        layers = view_layers(self.values, self.widths)
        return [layer[:, :, :-1].swapaxes(1, 2) for layer in layers]

    @property
    def biases(self) -> list[FloatArray]:
        """Views of shape (networks, fan_out), one per layer."""
        return [layer[:, :, -1] for layer in view_layers(self.values, self.widths)]

    @property
    def slopes(self) -> FloatArray:
        """The slopes that "prelu" learns, (networks, 0 or 1 or hidden layers)."""
        return self.values[:, count_values(self.widths) :]

    def network(self, index: int) -> tuple[list[FloatArray], list[FloatArray]]:
        """Return weights (fan_in, fan_out) and biases (fan_out,) of one network."""
        return [w[index] for w in self.weights], [b[index] for b in self.biases]


def initialize(
    widths: Sequence[int],
    *,
    seeds: Iterable[int],
    activation: str | Activation = "relu",
    gain: ArrayLike | None = None,
    bias: ArrayLike = 0.0,
    bias_std: ArrayLike = 0.0,
    negative_slope: ArrayLike | None = None,
    shared_slope: bool = False,
    dtype: DTypeLike = np.float64,
) -> Parameters:
    """Draw initial weights, one network per seed.

    Weights are normal with standard deviation ``gain / sqrt(fan_in)``. A seed draws
    the same numbers whatever the other arguments, except `widths`.

    Parameters
    ----------
    widths : sequence of int
        Units per layer, inputs and outputs included; at least two numbers.
    seeds : iterable of int
        One network is drawn per seed.
    activation : str or rectified.activations.Activation
        Function after each hidden layer: a name from `rectified.activations`, or what
        `rectified.activations.get` returns.
    gain : float or array_like, shape (networks,), optional
        Gain of the weights of hidden layers, at least 0. Default: that of the
        activation, sqrt(2) for ReLU (He et al. 2015). The output layer has gain 1.
    bias : float or array_like, shape (networks,)
        Mean of the biases of hidden layers. Those of the output layer have mean 0.
    bias_std : float or array_like, shape (networks,)
        Standard deviation of all biases, normal; at least 0.
    negative_slope : float or array_like, shape (networks,), optional
        Slope below 0 of "leaky_relu" (default 0.01), or the one from which "prelu"
        starts to learn (default 0.25).
    shared_slope : bool
        Whether "prelu" learns one slope for the whole network; by default it learns
        one for each hidden layer.
    dtype : {float64, float32}
        Precision in which the drawn values are stored.

    Returns
    -------
    rectified.ensembles.Parameters

    Raises
    ------
    ValueError
        If a name is unknown, a number is out of range or a length is wrong.
    """
    shape, seeds = check_widths(widths), check_seeds("seeds", seeds)
    dtype, rule, n_networks = check_dtype(dtype), look_up(activation), len(seeds)
    slopes = default_slope(rule, negative_slope, n_networks)
    gains = default_gain(rule, slopes, n_networks)
    if gain is not None:
        gains = check_per_network("gain", gain, n_networks, minimum=0)
    means = check_per_network("bias", bias, n_networks)
    spreads = check_per_network("bias_std", bias_std, n_networks, minimum=0)
    n_slopes = count_slopes(rule, len(shape) - 2, shared_slope)
    n_drawn = count_values(shape)
    n_rows = max(1, DRAWN_AT_ONCE // n_drawn)
    values = np.empty((n_networks, n_drawn + n_slopes), dtype)
    for start in range(0, n_networks, n_rows):
        rows = slice(start, start + n_rows)
        rngs = [np.random.default_rng((seed, 1)) for seed in seeds[rows]]
        draws = np.stack([rng.standard_normal(n_drawn) for rng in rngs])
        layers = view_layers(values[rows], shape)
        _fill(layers, draws, gains[rows], means[rows], spreads[rows])
    if n_slopes and slopes is not None:  # learned, so they are part of the values
        values[:, -n_slopes:] = slopes[:, None]
    kept = None if rule.name == "prelu" or slopes is None else slopes.astype(dtype)
    return Parameters(values, shape, activation, kept)


def start_from(
    initial: Parameters | None,
    *,
    widths: tuple[int, ...],
    seeds: tuple[int, ...],
    activation: str | Activation,
    dtype: np.dtype[Any],
    **drawing: Any,
) -> Parameters:
    """Return a copy of `initial`, or what `initialize` draws; both are checked."""
    drawing = {key: value for key, value in drawing.items() if value is not None}
    if initial is None:
        return initialize(
            widths, seeds=seeds, activation=activation, dtype=dtype, **drawing
        )
    if drawing:
        rule = f"left out together with {', '.join(map(repr, drawing))}"
        raise problem("initial", rule, "both", "pass those to `initialize`")
    given = (*initial.widths, look_up(initial.activation).name, len(initial.values))
    asked = (*widths, look_up(activation).name, len(seeds))
    if given != asked:
        rule = f"of the widths, activation and number of seeds asked for, {asked}"
        raise problem("initial", rule, given, "change one or the other")
    n_values, n_hidden = count_values(widths), len(widths) - 2
    n_slopes = {count_slopes(look_up(activation), n_hidden, s) for s in (True, False)}
    allowed = [(len(seeds), n_values + n) for n in sorted(n_slopes)]
    if np.shape(initial.values) not in allowed:
        rule = f"an array of shape {' or '.join(map(str, allowed))} in its `values`"
        advice = "take those of `initialize`"
        raise problem("initial", rule, np.shape(initial.values), advice)
    # A copy, so that the caller's initial weights stay as they are.
    values = np.array(initial.values, dtype, order="C")
    slope = initial.negative_slope
    return Parameters(
        values, widths, activation, None if slope is None else slope.astype(dtype)
    )


def _fill(
    layers: Sequence[FloatArray],
    draws: FloatArray,
    gains: FloatArray,
    means: FloatArray,
    spreads: FloatArray,
) -> None:
    """Turn normal draws into weights and biases, layer after layer."""
    start = 0
    for depth, layer in enumerate(layers):
        n_networks, fan_out, columns = layer.shape
        middle = start + fan_out * (columns - 1)
        weights = draws[:, start:middle].reshape(n_networks, columns - 1, fan_out)
        biases = spreads[:, None] * draws[:, middle : middle + fan_out]
        is_output = depth == len(layers) - 1
        scale = (1.0 if is_output else gains[:, None, None]) / (columns - 1) ** 0.5
        layer[:, :, :-1] = (weights * scale).swapaxes(1, 2)
        layer[:, :, -1] = biases if is_output else biases + means[:, None]
        start = middle + fan_out
