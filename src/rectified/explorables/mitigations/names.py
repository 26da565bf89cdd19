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

SHORT_PATIENT_NAMES: Final = {
    "high_rate": "high rate",
    "low_bias": "low biases",
    "small_weights": "small weights",
    "large_weights": "large weights",
}
"""The same for tables, which have little room."""

SHORT_TREATMENT_NAMES: Final = {
    "lower_rate": "rate ÷ 10",
    "he_init": "He's weights",
    "zero_bias": "biases 0",
    "leaky_relu": "Leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "batch_norm": "batch norm",
    "layer_norm": "layer norm",
    "residual": "residual",
    "strict_clipping": "clipping",
    "adam": "Adam",
}
