"""Sick networks, and what may help them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

HE_GAIN = math.sqrt(2)


@dataclass(frozen=True)
class Patient:
    """A network that does not learn the digits.

    Attributes
    ----------
    depth : int
        Hidden layers of 32 units.
    learning_rate : float
        Step size of plain gradient descent.
    bias : float
        Initial bias of the hidden units.
    gain : float
        Hidden weights start with standard deviation ``gain / sqrt(fan_in)``.
    """

    depth: int
    learning_rate: float
    bias: float
    gain: float


PATIENTS: Mapping[str, Patient] = MappingProxyType(
    {
        "high_rate": Patient(2, 3.0, 0.0, HE_GAIN),
        "low_bias": Patient(2, 0.1, -3.0, HE_GAIN),
        "small_weights": Patient(7, 0.1, 0.0, 1 / math.sqrt(3)),
        "large_weights": Patient(2, 0.1, 0.0, 20.0),
    }
)
"""Four illnesses: a learning rate far too high; biases far too low; seven layers with
weights as small as PyTorch's default, in which the signal fades; and weights far too
large."""

CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "high_rate": "lower_rate",
        "low_bias": "zero_bias",
        "small_weights": "he_init",
        "large_weights": "he_init",
    }
)
"""The treatment that takes away the cause."""

TREATMENTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "none": {},
        "lower_rate": {"rate_factor": 0.1},
        "he_init": {"gain": HE_GAIN},
        "zero_bias": {"bias": 0.0},
        "leaky_relu": {"activation": "leaky_relu", "negative_slope": 0.01},
        "leaky_relu_0.2": {"activation": "leaky_relu", "negative_slope": 0.2},
        "prelu": {"activation": "prelu"},
        "elu": {"activation": "elu"},
        "gelu": {"activation": "gelu"},
        "silu": {"activation": "silu"},
        "batch_norm": {"norm": "batch"},
        "layer_norm": {"norm": "layer"},
        "residual": {"residual": True},
        "clipping": {"clip_norm": 1.0},
        "strict_clipping": {"clip_norm": 0.1},
        "adam": {"optimizer": "adam", "learning_rate": 0.001},
        "adam_same_rate": {"optimizer": "adam"},
    }
)
"""One change each. "adam" also takes Adam's usual learning rate, 0.001. Other
functions start from the same weights as ReLU. "he_init" and "zero_bias" change
nothing in patients whose weights or biases are already so."""
