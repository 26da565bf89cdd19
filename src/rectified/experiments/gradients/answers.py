"""What libraries answer for ReLU and its derivative at 0, NaN and infinity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_choice, problem

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]

INPUTS = (-np.inf, -1.0, -0.0, 0.0, 1.0, 6.0, np.inf, np.nan)
"""Inputs at which every formula is evaluated."""

NUMPY_FORMULAS: Mapping[str, Callable[[Floats], Any]] = MappingProxyType(
    {
        "np.maximum(x, 0)": lambda x: np.maximum(x, 0),
        "np.fmax(x, 0)": lambda x: np.fmax(x, 0),
        "np.clip(x, 0, None)": lambda x: np.clip(x, 0, None),
        "np.where(x > 0, x, 0)": lambda x: np.where(x > 0, x, 0),
        "x * (x > 0)": lambda x: x * (x > 0),
        "(x + abs(x)) / 2": lambda x: (x + np.abs(x)) / 2,
        "max(0, x)": lambda x: [max(0.0, value) for value in x.tolist()],
        "max(x, 0)": lambda x: [max(value, 0.0) for value in x.tolist()],
    }
)
"""Formulas for ReLU in NumPy and plain Python; none of these differentiates."""


def _torch_formulas() -> Mapping[str, Callable[[Tensor], Tensor]]:
    import torch
    from torch.nn import functional

    zero = torch.zeros((), dtype=torch.float64)
    return {
        "torch.relu(x)": torch.relu,
        "F.threshold(x, 0, 0)": lambda x: functional.threshold(x, 0.0, 0.0),
        "torch.where(x > 0, x, 0)": lambda x: torch.where(x > 0, x, zero),
        "torch.where(x >= 0, x, 0)": lambda x: torch.where(x >= 0, x, zero),
        "x * (x > 0)": lambda x: x * (x > 0),
        "(x + abs(x)) / 2": lambda x: (x + x.abs()) / 2,
        "torch.maximum(x, 0)": lambda x: torch.maximum(x, zero),
        "torch.fmax(x, 0)": lambda x: torch.fmax(x, zero),
        "torch.clamp(x, min=0)": lambda x: torch.clamp(x, min=0),
        "F.relu6(x)": functional.relu6,
        "torch.clamp(x, 0, 6)": lambda x: torch.clamp(x, 0, 6),
        "F.leaky_relu(x)": functional.leaky_relu,
        "F.prelu(x, 0.25)": lambda x: functional.prelu(x, zero.reshape(1) + 0.25),
        "F.elu(x)": functional.elu,
        "F.gelu(x)": functional.gelu,
        "F.silu(x)": functional.silu,
        "relu(x) - relu(-x)": lambda x: torch.relu(x) - torch.relu(-x),
    }


@dataclass(frozen=True)
class Answers:
    """Values and derivatives of many formulas at the edge of floating point.

    Attributes
    ----------
    inputs : tuple of float
        `INPUTS`.
    formulas : tuple of str
        Formulas in PyTorch, the rows of the next three arrays.
    values, derivatives : ndarray, shape (n_formulas, n_inputs)
        Results in float64, and what automatic differentiation says of them.
    behind_nan : ndarray, shape (n_formulas,)
        Gradient at the input -1 if the gradient that arrives from above is NaN: 0 if
        the closed gate blocks even that.
    numpy_formulas : tuple of str
        `NUMPY_FORMULAS`, the rows of the last array.
    numpy_values : ndarray, shape (n_numpy_formulas, n_inputs)
        Their results.
    """

    inputs: tuple[float, ...]
    formulas: tuple[str, ...]
    values: Floats
    derivatives: Floats
    behind_nan: Floats
    numpy_formulas: tuple[str, ...]
    numpy_values: Floats

    @property
    def is_relu(self) -> NDArray[np.bool_]:
        """Which formulas in PyTorch are ReLU at -1, 1 and 6, (n_formulas,)."""
        ordinary = [self.inputs.index(x) for x in (-1.0, 1.0, 6.0)]
        return np.asarray((self.values[:, ordinary] == [0.0, 1.0, 6.0]).all(axis=1))

    def derivative(self, formula: str, x: float) -> float:
        """Return the derivative of one formula in PyTorch at one of the inputs."""
        row = self.formulas.index(check_choice("formula", formula, self.formulas))
        return float(self.derivatives[row, _find(x)])

    def value(self, formula: str, x: float) -> float:
        """Return the value of one formula, in PyTorch or NumPy, at one input."""
        known = (*self.formulas, *self.numpy_formulas)
        row = known.index(check_choice("formula", formula, known))
        return float(np.concatenate([self.values, self.numpy_values])[row, _find(x)])


def _find(x: float) -> int:
    """Return the number of an input; -0.0 differs from 0.0, and NaN is found too."""
    known = [repr(float(one)) for one in INPUTS]
    if repr(float(x)) not in known:
        raise problem("x", f"one of {', '.join(known)}", x, "choose one of those")
    return known.index(repr(float(x)))


def measure_answers() -> Answers:
    """Evaluate and differentiate every formula at every one of `INPUTS`.

    Returns
    -------
    Answers
    """
    formulas = _torch_formulas()
    rows = [_ask(formula) for formula in formulas.values()]
    values, derivatives, behind_nan = (np.array(row) for row in zip(*rows, strict=True))
    with np.errstate(invalid="ignore"):  # some formulas subtract or scale infinities
        x = np.array(INPUTS)
        numpy_values = np.array([f(x) for f in NUMPY_FORMULAS.values()], dtype=float)
    numpy_names = tuple(NUMPY_FORMULAS)
    names = tuple(formulas)
    return Answers(
        INPUTS, names, values, derivatives, behind_nan, numpy_names, numpy_values
    )


def _ask(formula: Callable[[Tensor], Tensor]) -> tuple[list[float], list[float], float]:
    import torch

    x = torch.tensor(INPUTS, dtype=torch.float64, requires_grad=True)
    y = formula(x)
    (slope,) = torch.autograd.grad(y, x, torch.ones_like(y))
    closed = torch.tensor([-1.0], dtype=torch.float64, requires_grad=True)
    poisoned = torch.full((1,), torch.nan, dtype=torch.float64)
    (behind,) = torch.autograd.grad(formula(closed), closed, poisoned)
    return y.tolist(), slope.tolist(), float(behind)


class CitedAnswer(NamedTuple):
    """What a library that the course does not install answers at 0.

    `derivative_at_nan` is None where the source does not say.
    """

    library: str
    formula: str
    derivative_at_zero: float
    derivative_at_nan: float | None
    source: str


_JAX_RUN = "run with jax 0.10.2"
_KERAS_RUN = "run with keras 3.15.1"

CITED = (
    CitedAnswer("JAX", "jax.nn.relu(x)", 0.0, 0.0, "documentation, and " + _JAX_RUN),
    CitedAnswer("JAX", "jax.nn.relu6(x)", 0.0, None, _JAX_RUN),
    CitedAnswer("JAX", "jnp.where(x > 0, x, 0)", 0.0, None, _JAX_RUN),
    CitedAnswer("JAX", "jnp.maximum(x, 0)", 0.5, 0.0, _JAX_RUN),
    CitedAnswer("JAX", "jnp.clip(x, 0)", 0.5, None, _JAX_RUN),
    CitedAnswer("JAX", "jax.nn.leaky_relu(x)", 1.0, None, _JAX_RUN),
    CitedAnswer("Keras", "keras.activations.relu(x)", 0.0, None, _KERAS_RUN),
    CitedAnswer("Keras", "keras.ops.maximum(x, 0)", 0.5, None, _KERAS_RUN),
    CitedAnswer("TensorFlow", "tf.nn.relu(x)", 0.0, 0.0, "relu_op_functor.h"),
    CitedAnswer("TensorFlow", "tf.maximum(x, 0)", 1.0, 0.0, "math_grad.py"),
)
"""Answers of other libraries, with where they come from.

JAX and Keras (on its PyTorch backend) were run once, elsewhere; TensorFlow was not run,
but its source was read.
"""
