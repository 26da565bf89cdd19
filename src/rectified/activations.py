"""A catalogue of activation functions: NumPy, PyTorch, formulas, facts, sources.

>>> relu = get("relu")
>>> relu.function([-1.0, 2.0]).tolist(), relu.derivative([-1.0, 2.0]).tolist()
([0.0, 2.0], [0.0, 1.0])
>>> get("leaky_relu", negative_slope=0.2).function(-1.0)
np.float64(-0.2)
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

from rectified import _activation_rectifiers as rectifiers
from rectified import _activation_smooth as smooth
from rectified._activation import Activation
from rectified._activation_moments import MAX_VARIANCE, Moments
from rectified._validate import check_choice, check_integer, check_number, problem

__all__ = ["MAX_VARIANCE", "NAMES", "Activation", "Moments", "get", "get_each"]

_ENTRIES: dict[str, Callable[..., Activation]] = {
    "relu": rectifiers.relu,
    "leaky_relu": rectifiers.leaky_relu,
    "prelu": rectifiers.prelu,
    "elu": rectifiers.elu,
    "selu": rectifiers.selu,
    "gelu": smooth.gelu,
    "gelu_tanh": smooth.gelu_tanh,
    "silu": smooth.silu,
    "relu6": rectifiers.relu6,
    "softplus": smooth.softplus,
    "squared_relu": rectifiers.squared_relu,
    "hard_swish": rectifiers.hard_swish,
    "sigmoid": smooth.sigmoid,
    "tanh": smooth.tanh,
    "identity": rectifiers.identity,
}

_MINIMA = {"alpha": 0.0}

NAMES: tuple[str, ...] = tuple(_ENTRIES)
"""Names of all activations, in the order in which the course lists them."""


def get(name: str, **parameters: float) -> Activation:
    """Return an activation function and what is known of it.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    **parameters : float
        `negative_slope` of "leaky_relu" (default 0.01) and "prelu" (0.25, from where
        PyTorch starts to learn it), `alpha` of "elu" (1). The others have none.

    Returns
    -------
    Activation
        The same object for the same arguments.

    Raises
    ------
    ValueError
        If the name is unknown (the message lists the nearest ones), the function has no
        such parameter, or its value is not a finite number in range.
    """
    entry = _ENTRIES[check_choice("name", name, _ENTRIES)]
    known = inspect.signature(entry).parameters
    for key, value in parameters.items():
        if not known:
            raise problem("parameters", f"empty for {name!r}", key, "leave it out")
        check_choice("parameters", key, known)
        parameters[key] = check_number(key, value, minimum=_MINIMA.get(key, -math.inf))
    return _build(entry, **parameters)


def get_each(
    activation: str | Activation | Sequence[str | Activation], n_layers: int
) -> tuple[Activation, ...]:
    """Return the activation of each of several layers.

    Parameters
    ----------
    activation : str, Activation, or a sequence of them
        One for all layers, or one for each.
    n_layers : int
        Number of layers, at least 0.

    Returns
    -------
    tuple of Activation, length n_layers

    Raises
    ------
    ValueError
        If a name is unknown or the sequence has another length.

    Examples
    --------
    >>> [one.display_name for one in get_each(["relu", "tanh"], 2)]
    ['ReLU', 'Tanh']
    """
    n_layers = check_integer("n_layers", n_layers)
    single = isinstance(activation, str | Activation)
    each: Any = [activation] * n_layers if single else activation
    if not isinstance(each, Sequence):
        rule = "a name, an Activation, or a list of them"
        raise problem("activation", rule, activation, "try 'relu'")
    if len(each) != n_layers:
        rule = f"one name, or one for each of {n_layers} layers"
        raise problem("activation", rule, activation, "add or drop names")
    return tuple(_as_activation(one) for one in each)


def _as_activation(value: str | Activation) -> Activation:
    if isinstance(value, Activation):
        return value
    return get(check_choice("activation", value, NAMES))


@functools.lru_cache(maxsize=256)
def _build(entry: Callable[..., Activation], **parameters: float) -> Activation:
    return entry(**parameters)
