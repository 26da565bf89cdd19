"""What the makers of data share: random numbers and labels for two parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_integer


def spawn_parts(seed: int) -> list[np.random.Generator]:
    """Return one generator for the training part and one for the test part.

    They share no numbers, so the test part stays the same however many training
    examples are drawn.
    """
    return np.random.default_rng(check_integer("seed", seed)).spawn(2)


def draw_labels(
    rng: np.random.Generator, count: int, n_classes: int
) -> NDArray[np.int64]:
    """Return labels in random order; class sizes differ by at most one."""
    return rng.permutation(np.arange(count, dtype=np.int64) % n_classes)
