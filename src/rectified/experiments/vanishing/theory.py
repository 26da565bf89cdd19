"""Mean-field theory of equally wide networks, and of sigmoids that are centered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rectified import initialization
from rectified.initialization import Scheme

Floats = NDArray[np.floating]


def predict_corridor(
    depth: int,
    width: int,
    activation: str,
    *,
    scheme: Scheme,
    bias_std: float = 0.0,
    centered: bool = False,
) -> tuple[Floats, Floats]:
    """Predict spread and gradient in every layer, in the limit of infinite width.

    Parameters
    ----------
    depth, width : int
        Hidden layers, and units in each (and features of the inputs).
    activation : str
        A name of `rectified.activations`.
    scheme : rectified.initialization.Scheme
        How weights are drawn; any but "identity".
    bias_std : float
        Standard deviation of the biases.
    centered : bool
        Whether biases cancel what the function puts out for 0, as `run_corridor` has
        it. That changes the sigmoid only, and makes it a tanh.

    Returns
    -------
    rms, gradient : ndarray, shape (depth,)
        Root mean square of the pre-activations, and of the gradient there relative to
        the last layer.

    Notes
    -----
    With sigmoid(z) - 1/2 = tanh(z / 2) / 2, the halves u = z / 2 of the pre-activations
    are those of a tanh network with W / 4, whose inputs are doubled.
    """
    as_tanh = centered and activation == "sigmoid"
    theory = initialization.predict_propagation(
        [width] * (depth + 1),
        activation="tanh" if as_tanh else activation,
        init=replace(scheme, gain=scheme.gain / 4) if as_tanh else scheme,
        bias_std=bias_std,
        input_second_moment=4.0 if as_tanh else 1.0,
    )
    rms = np.sqrt(theory.forward) * (2 if as_tanh else 1)
    return rms, np.sqrt(theory.backward)


def predict_ratios(depth: int, activation: str, gain: float) -> Floats:
    """Predict what is left of a gradient in networks of every depth up to one.

    Parameters
    ----------
    depth : int
        Hidden layers of the deepest network.
    activation : str
        A name of `rectified.activations`.
    gain : float
        Weights have a standard deviation of ``gain / sqrt(fan_in)``.

    Returns
    -------
    ndarray, shape (depth,)
        Gradient at the first hidden layer over that at the last, in networks of 1, 2
        up to `depth` hidden layers.

    Examples
    --------
    >>> predict_ratios(3, "relu", 2**0.5 / 10).round(6).tolist()
    [1.0, 0.1, 0.01]
    """
    _, gradient = predict_corridor(depth, 1, activation, scheme=scheme_of_gain(gain))
    return np.asarray(gradient[0] / gradient)


def scheme_of_gain(gain: float) -> Scheme:
    """Return weights with a standard deviation of ``gain / sqrt(fan_in)``."""
    return initialization.get("lecun", gain=gain)
