"""Piecewise activation functions and their derivatives, in NumPy.

Each function takes pre-activations `z` of any shape and returns an array of that
shape and precision, without overflow warnings. Parameters may be arrays that broadcast
against `z`, one value per network, say.

Memory traffic costs more than arithmetic here, so the longer formulas are computed in
place, in one new array.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import numpy as np
from numpy.typing import ArrayLike

from rectified._validate import FloatArray

Settings = ParamSpec("Settings")
Function = Callable[[ArrayLike], FloatArray]

# Klambauer et al. (2017): mean 0 and variance 1 are then a fixed point.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def on_floats(
    function: Callable[Concatenate[FloatArray, Settings], Any],
) -> Callable[Concatenate[ArrayLike, Settings], FloatArray]:
    """Let a function of floating-point arrays take lists and integers too."""

    @functools.wraps(function)
    def convert(
        z: ArrayLike, /, *args: Settings.args, **kwargs: Settings.kwargs
    ) -> FloatArray:
        array = np.asarray(z)
        if array.dtype.kind != "f":
            array = array.astype(np.float64)
        # One number becomes an array for a moment: the functions write in place.
        result: FloatArray = function(np.atleast_1d(array), *args, **kwargs)
        return result if array.ndim else result[0]

    return convert


def _choose(condition: Any, yes: Any, no: Any, like: FloatArray) -> FloatArray:
    """Return `np.where` in the precision of `like`, for numbers too."""
    dtype = like.dtype
    return np.where(condition, np.asarray(yes, dtype), np.asarray(no, dtype))


# --- piecewise linear ---------------------------------------------------------


@on_floats
def identity(z: FloatArray) -> FloatArray:
    """Return a copy of z."""
    return z.copy()


@on_floats
def identity_derivative(z: FloatArray) -> FloatArray:
    """Return 1."""
    return np.ones_like(z)


@on_floats
def relu(z: FloatArray) -> FloatArray:
    """Return max(0, z)."""
    return np.maximum(z, 0)


@on_floats
def relu_derivative(z: FloatArray) -> FloatArray:
    """Return 1 where z > 0, else 0."""
    return (z > 0).astype(z.dtype)


@on_floats
def leaky_relu(z: FloatArray, negative_slope: Any) -> FloatArray:
    """Return z where z > 0, else negative_slope * z."""
    return z * _choose(z > 0, 1, negative_slope, z)


@on_floats
def leaky_relu_derivative(z: FloatArray, negative_slope: Any) -> FloatArray:
    """Return 1 where z > 0, else negative_slope."""
    return _choose(z > 0, 1, negative_slope, z)


@on_floats
def relu6(z: FloatArray) -> FloatArray:
    """Return min(max(0, z), 6)."""
    return np.clip(z, 0, 6)


@on_floats
def relu6_derivative(z: FloatArray) -> FloatArray:
    """Return 1 where 0 < z < 6, else 0."""
    return ((z > 0) & (z < 6)).astype(z.dtype)


# --- piecewise, with curved parts -----------------------------------------------


@on_floats
def squared_relu(z: FloatArray) -> FloatArray:
    """Return max(0, z) squared."""
    result = np.maximum(z, 0)
    return np.square(result, out=result)


@on_floats
def squared_relu_derivative(z: FloatArray) -> FloatArray:
    """Return 2 max(0, z)."""
    return 2 * np.maximum(z, 0)


@on_floats
def elu(z: FloatArray, alpha: Any, scale: float = 1.0) -> FloatArray:
    """Return scale * z where z > 0, else scale * alpha * (exp(z) - 1)."""
    below = np.asarray(alpha, z.dtype) * np.expm1(np.minimum(z, 0))
    return scale * np.where(z > 0, z, below)


@on_floats
def elu_derivative(z: FloatArray, alpha: Any, scale: float = 1.0) -> FloatArray:
    """Return scale where z > 0, else scale * alpha * exp(z)."""
    below = np.asarray(alpha, z.dtype) * np.exp(np.minimum(z, 0))
    return scale * _choose(z > 0, 1, below, z)


@on_floats
def selu(z: FloatArray) -> FloatArray:
    """Return the ELU with the alpha and scale of self-normalizing networks."""
    return elu(z, SELU_ALPHA, SELU_SCALE)


@on_floats
def selu_derivative(z: FloatArray) -> FloatArray:
    """Return the derivative of `selu`."""
    return elu_derivative(z, SELU_ALPHA, SELU_SCALE)


@on_floats
def hard_swish(z: FloatArray) -> FloatArray:
    """Return z * min(max(0, z + 3), 6) / 6."""
    return z * (np.clip(z + 3, 0, 6) / 6)


@on_floats
def hard_swish_derivative(z: FloatArray) -> FloatArray:
    """Return 0 where z <= -3, 1 where z >= 3, else z / 3 + 1 / 2."""
    inside = np.clip(z, -3, 3) / 3 + 0.5
    return _choose(z <= -3, 0, _choose(z >= 3, 1, inside, z), z)
