"""Smooth activation functions and their derivatives, in NumPy.

The counterpart of `rectified._activation_functions`.
"""

from __future__ import annotations

import math

import numpy as np

from rectified._activation_functions import on_floats
from rectified._validate import FloatArray

# The cubic term with which Hendrycks and Gimpel (2016) approximate the normal
# distribution function.
GELU_CUBIC = 0.044715


@on_floats
def sigmoid(z: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-z))."""
    result = np.negative(z)
    with np.errstate(over="ignore"):  # 1 / inf is the right answer
        np.exp(result, out=result)
    result += 1
    return np.reciprocal(result, out=result)


@on_floats
def sigmoid_derivative(z: FloatArray) -> FloatArray:
    """Return s (1 - s) where s = sigmoid(z), as e / (1 + e)^2 where e = exp(-|z|).

    That keeps its digits in both tails, and exp is faster than cosh.
    """
    result = np.negative(np.abs(z))
    np.exp(result, out=result)
    divisor = result + 1
    divisor *= divisor
    result /= divisor
    return result


@on_floats
def tanh(z: FloatArray) -> FloatArray:
    """Return the hyperbolic tangent of z."""
    return np.tanh(z)


@on_floats
def tanh_derivative(z: FloatArray) -> FloatArray:
    """Return 1 - tanh(z)^2 as 4 s (1 - s) where s = sigmoid(2 z)."""
    with np.errstate(over="ignore"):  # an infinite argument is in the tail
        result = sigmoid_derivative(2 * z)
    result *= 4
    return result


@on_floats
def softplus(z: FloatArray) -> FloatArray:
    """Return log(1 + exp(z))."""
    result = np.negative(np.abs(z))
    np.log1p(np.exp(result, out=result), out=result)
    result += np.maximum(z, 0)
    return result


softplus_derivative = sigmoid


@on_floats
def silu(z: FloatArray) -> FloatArray:
    """Return z * sigmoid(z)."""
    result = sigmoid(z)
    result *= z
    return result


@on_floats
def silu_derivative(z: FloatArray) -> FloatArray:
    """Return s + z s', where s = sigmoid(z)."""
    result = sigmoid_derivative(z)
    result *= z
    result += sigmoid(z)
    return result


def _normal_cdf(z: FloatArray) -> FloatArray:
    # Imported here: SciPy takes a fifth of a second, and only GELU needs it.
    from scipy.special import ndtr  # type: ignore[import-untyped]

    result: FloatArray = ndtr(z)
    return result


@on_floats
def gelu(z: FloatArray) -> FloatArray:
    """Return z * Phi(z); Phi is the standard normal distribution function."""
    result = _normal_cdf(z)
    result *= z
    return result


@on_floats
def gelu_derivative(z: FloatArray) -> FloatArray:
    """Return Phi(z) + z phi(z); phi is the standard normal density."""
    result = np.square(z)
    result *= -0.5
    np.exp(result, out=result)
    result *= z
    result /= math.sqrt(2 * math.pi)
    result += _normal_cdf(z)
    return result


def _gelu_argument(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return 2 sqrt(2 / pi) (z + 0.044715 z^3) and its derivative.

    The sigmoid of the argument is the approximation of Phi. Beyond |z| = 30 it is 0
    or 1 whatever the argument; the clip keeps the cube from overflowing.
    """
    square = np.square(np.clip(z, -30, 30))
    factor = 2 * math.sqrt(2 / math.pi)
    slope = factor * (1 + 3 * GELU_CUBIC * square)
    return factor * z * (1 + GELU_CUBIC * square), slope


@on_floats
def gelu_tanh(z: FloatArray) -> FloatArray:
    """Return z (1 + tanh u) / 2, where u = sqrt(2 / pi) (z + 0.044715 z^3)."""
    return z * sigmoid(_gelu_argument(z)[0])


@on_floats
def gelu_tanh_derivative(z: FloatArray) -> FloatArray:
    """Return the derivative of `gelu_tanh`."""
    argument, slope = _gelu_argument(z)
    return sigmoid(argument) + z * slope * sigmoid_derivative(argument)
