"""Which calls of PyTorch's functions are activations, and what is known about them.

A function is recognized by its name, so `torch.relu`, `F.relu`, `Tensor.relu` and
`Tensor.relu_` are all "relu".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import torch
from torch import Tensor

RECTIFIERS: Final = frozenset({"relu", "relu6"})
"""Activations that are zero for every negative input."""

SIGMOIDAL: Final = frozenset({"sigmoid", "tanh", "hardsigmoid", "hardtanh", "softsign"})
"""Activations that are flat on both sides."""

_SMOOTH: Final = frozenset(
    "celu elu gelu log_sigmoid mish selu sigmoid silu softplus softsign tanh".split()
)
_EDGES: Final[Mapping[str, tuple[float, float]]] = {
    "relu": (0.0, math.inf),
    "relu6": (0.0, 6.0),
    "hardsigmoid": (-3.0, 3.0),
    "hardswish": (-3.0, math.inf),
}
_NOWHERE_FLAT: Final = frozenset({"leaky_relu", "prelu", "rrelu", "tanhshrink"})
ACTIVATIONS: Final = _SMOOTH | _EDGES.keys() | _NOWHERE_FLAT | {"hardtanh", "threshold"}
"""Names of the recognized functions, without leading and trailing underscores."""

_OTHER_NAMES: Final = {"special_expit": "sigmoid", "sigmoid_": "sigmoid"}
_CLAMPS: Final = frozenset({"clamp", "clip", "clamp_min"})
_MAXIMA: Final = frozenset({"maximum", "max"})

RECURRENT: Final = frozenset({"rnn_relu", "rnn_tanh", "rnn_relu_cell", "rnn_tanh_cell"})
"""Recurrent layers whose activations show one level below, unless a GPU fuses them."""

OPAQUE: Final = {"lstm": "LSTM", "gru": "GRU", "lstm_cell": "LSTM", "gru_cell": "GRU"}
"""Recurrent layers whose gates stay inside a kernel."""

# Functions after which the units lie on axis 1 (after the examples), with the number
# of further axes; None where any number may follow.
_CHANNELS_SECOND: Final[Mapping[str, int | None]] = {
    **{f"conv{n}d": n for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": n for n in (1, 2, 3)},
    **dict.fromkeys(("batch_norm", "instance_norm", "group_norm")),
}
_WEIGHTED: Final = frozenset({"linear", "matmul", "mm", "addmm", "bilinear", "einsum"})
_UNITS_LAST: Final = (_WEIGHTED | RECURRENT | OPAQUE.keys()) | {
    "bmm",
    "embedding",
    "layer_norm",
    "rms_norm",
    "multi_head_attention_forward",
}


def get_input(args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
    """Return the first argument of a call, however it was passed."""
    return args[0] if args else keywords.get("input", keywords.get("self"))


def recognize(
    name: str, args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> str | None:
    """Return which activation a call computes, or None if it computes none.

    Besides the activations that carry their own name, these are "relu":
    ``clamp(x, min=0)`` in each spelling, and ``maximum(x, zeros)``; and
    ``clamp(x, 0, 6)`` is "relu6". Other bounds serve other purposes too often.
    """
    x = get_input(args, keywords)
    if not isinstance(x, Tensor) or x.is_complex():
        return None
    plain = _OTHER_NAMES.get(name, name).strip("_")
    if plain in ACTIVATIONS:
        return plain
    if not x.is_floating_point():
        return None  # bounds of whole numbers are indices
    if plain in _CLAMPS:
        return _recognize_clamp(args, keywords)
    if plain in _MAXIMA:
        other = args[1] if len(args) > 1 else keywords.get("other")
        return "relu" if isinstance(other, Tensor) and not other.any() else None
    return None


def _recognize_clamp(args: tuple[Any, ...], keywords: Mapping[str, Any]) -> str | None:
    low, high = (*args[1:3], None, None)[:2]
    bounds = keywords.get("min", low), keywords.get("max", high)
    if any(isinstance(bound, Tensor) for bound in bounds) or bounds[0] != 0:
        return None
    return {None: "relu", math.inf: "relu", 6: "relu6"}.get(bounds[1])


def find_tails(
    function: Callable[..., Tensor],
    activation: str,
    args: tuple[Any, ...],
    keywords: Mapping[str, Any],
    threshold: float,
) -> tuple[float, float]:
    """Return where an activation is flat: up to the first bound, and from the second.

    Flat means that the slope stays below `threshold` times the steepest slope from
    there on, towards minus or plus infinity. A bound is infinite if there is no such
    tail: GELU has only the left one, leaky ReLU has none.
    """
    if activation in _EDGES:
        return _EDGES[activation]
    rest = {key: value for key, value in keywords.items() if key not in _NOT_SHAPE}
    if activation == "hardtanh":
        low, high = (*args[1:3], -1.0, 1.0)[:2] if len(args) > 2 else (-1.0, 1.0)
        return float(rest.get("min_val", low)), float(rest.get("max_val", high))
    if activation == "threshold":
        return float(rest.get("threshold", args[1] if len(args) > 1 else 0.0)), math.inf
    if activation not in _SMOOTH:
        return -math.inf, math.inf
    shape = tuple(item for item in args[1:] if not isinstance(item, Tensor))
    return _measure_tails(function, shape, tuple(sorted(rest.items())), threshold)


_NOT_SHAPE: Final = frozenset({"input", "self", "inplace", "out"})


@cache
def _measure_tails(
    function: Callable[..., Tensor],
    args: tuple[Any, ...],
    keywords: tuple[tuple[str, Any], ...],
    threshold: float,
) -> tuple[float, float]:
    # Spacing 0.005 at zero, widening in proportion to x, out to 80,000.
    grid = torch.linspace(-12, 12, 4801, dtype=torch.float64, device="cpu").sinh()
    grid.requires_grad_()
    with torch.enable_grad():
        values = function(grid.clone(), *args, **dict(keywords))
        (slope,) = torch.autograd.grad(values.sum(), grid)
    x, slope = grid.detach(), slope.abs() / slope.abs().max()
    left = _cross(x, slope, threshold)
    right = -_cross(-x.flip(0), slope.flip(0), threshold)
    return left, right


def _cross(x: Tensor, slope: Tensor, threshold: float) -> float:
    """Return where the slope first reaches the threshold; -inf if it starts steep."""
    if slope[0] > 1e-6:
        return -math.inf
    at = int(torch.argmax((slope >= threshold).to(torch.uint8)))
    share = (threshold - slope[at - 1]) / (slope[at] - slope[at - 1])
    return float(x[at - 1] + share * (x[at] - x[at - 1]))


def follow_layout(name: str, x: Any, axis: int) -> int:
    """Return the axis that holds the units after a call, given the one before.

    It is 1 after convolutions and batch norm, -1 after matrix products and layer
    norm, 0 after a convolution of a single example.
    """
    if name in _CHANNELS_SECOND:
        further = _CHANNELS_SECOND[name]
        return 0 if further and x.ndim == further + 1 else 1
    return -1 if name.strip("_") in _UNITS_LAST else axis


def has_layout(name: str) -> bool:
    """Tell whether a function belongs to a layer of a network."""
    return name in _CHANNELS_SECOND or name.strip("_") in _UNITS_LAST


def is_weighted(name: str) -> bool:
    """Tell whether a function multiplies its first argument by weights."""
    plain = name.strip("_")
    return plain.startswith("conv") or plain in _WEIGHTED | RECURRENT | OPAQUE.keys()
