"""What the figures of this lesson call patients and treatments."""

from __future__ import annotations

from typing import Final

PATIENT_NAMES: Final = {
    "high_rate": "learning rate too high",
    "low_bias": "biases too low",
    "small_weights": "weights too small, 7 layers",
    "large_weights": "weights too large",
}
"""Patients of the ward, in the order shown."""

TREATMENT_NAMES: Final = {
    "lower_rate": "learning rate ÷ 10",
    "he_init": "He's initial weights",
    "zero_bias": "biases start at 0",
    "leaky_relu": "Leaky ReLU, slope 0.01",
    "prelu": "PReLU, learned slope",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "batch_norm": "batch norm",
    "layer_norm": "layer norm",
    "residual": "residual connections",
    "strict_clipping": "gradient clipping at 0.1",
    "adam": "Adam, rate 0.001",
}
"""Treatments, in the order shown."""
