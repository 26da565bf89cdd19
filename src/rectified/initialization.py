"""Random initial weights, and what they do to signals in a wide deep network.

>>> round(get("he").predict_gain(fan_in=50, fan_out=10), 4)
1.4142
>>> round(get("pytorch").predict_gain(fan_in=50, fan_out=10), 4)
0.5774
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rectified._initialization_schemes import NAMES, Scheme, as_scheme, get
from rectified._validate import check_integer, check_number, problem
from rectified.activations import MAX_VARIANCE, Activation, get_each

__all__ = [
    "NAMES",
    "Propagation",
    "Scheme",
    "as_scheme",
    "get",
    "predict_propagation",
]


@dataclass(frozen=True)
class Propagation:
    """How signals travel through a wide random network, by mean-field theory.

    Layers are counted from 1, the first one after the inputs, to L, the outputs; entry
    ``l - 1`` of an array is about layer ``l``.

    Attributes
    ----------
    forward : ndarray, shape (L,)
        Second moment q of the pre-activations. Beyond 1e150 it counts as infinite.
    backward_gain : ndarray, shape (L - 1,)
        rms of the loss gradient at the pre-activations of a layer, as a multiple of
        that of the next layer. NaN where `forward` is beyond 1e150.
    backward : ndarray, shape (L,)
        Second moment of that gradient, relative to the outputs, where it is 1. NaN
        below a layer whose gain is NaN.
    """

    forward: NDArray[np.float64]
    backward_gain: NDArray[np.float64]
    backward: NDArray[np.float64]


def predict_propagation(
    widths: Sequence[int],
    *,
    activation: str | Activation | Sequence[str | Activation] = "relu",
    init: str | Scheme = "he",
    bias_std: float = 0.0,
    input_second_moment: float = 1.0,
) -> Propagation:
    """Predict the size of signals and gradients in each layer of a random network.

    Parameters
    ----------
    widths : sequence of int
        Units per layer, inputs and outputs included; at least two numbers.
    activation : str, Activation, or a sequence of them
        Function after each hidden layer, one for all or one for each.
    init : str or Scheme
        How the weights are drawn; any but "identity".
    bias_std : float
        Standard deviation of normal biases.
    input_second_moment : float
        Mean square of the inputs, positive: 1 for standardized data.

    Returns
    -------
    Propagation

    Raises
    ------
    ValueError
        If a name is unknown, or a number or length out of range.

    Notes
    -----
    With z ~ N(0, 1), hidden activation f and weights of layer l of variance v:
    q(l + 1) = fan_in v E f(sqrt(q(l)) z)^2 + bias_std^2, and the squared gain of the
    gradient is fan_out v E f'(sqrt(q(l)) z)^2. The theory is exact for infinite width
    and assumes that the gradient's weights are independent of the forward pass:
    Poole et al. (2016), arXiv:1606.05340, and Schoenholz et al. (2017),
    arXiv:1611.01232. At finite width, single networks scatter, the more the deeper.

    Examples
    --------
    >>> predict_propagation([256] * 4, activation="relu", init="he").forward.round(12)
    array([2., 2., 2.])
    """
    shape = tuple(check_integer("widths", width, minimum=1) for width in widths)
    if len(shape) < 2:
        rule = "at least two integers (inputs and outputs)"
        raise problem("widths", rule, shape, "add the missing layer")
    scheme = as_scheme("init", init)
    if scheme.name == "identity":
        raise problem("init", "random", scheme.name, "try 'orthogonal'")
    floor = check_number("bias_std", bias_std, minimum=0) ** 2
    second_moment = check_number(
        "input_second_moment", input_second_moment, minimum=0, maximum=MAX_VARIANCE
    )
    (first_in, first_out), *layers = pairwise(shape)
    variance = scheme.predict_variance(first_in, first_out)
    forward = [first_in * variance * second_moment + floor]
    gains = []
    for function, (fan_in, fan_out) in zip(
        get_each(activation, len(layers)), layers, strict=True
    ):
        if forward[-1] > MAX_VARIANCE:
            forward.append(math.inf)
            gains.append(math.nan)
            continue
        variance = scheme.predict_variance(fan_in, fan_out)
        moments = function.moments(forward[-1])
        forward.append(fan_in * variance * moments.second_moment + floor)
        gains.append(math.sqrt(fan_out * variance * moments.derivative_second_moment))
    backward_gain = np.array(gains)
    backward = np.cumprod([1.0, *np.square(backward_gain[::-1])])[::-1]
    return Propagation(np.array(forward), backward_gain, backward)
