"""What `rectified.ensembles` can measure of networks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rectified._ensemble_losses import Loss
from rectified._validate import FloatArray

OF_ANSWERS = ("loss", "accuracy")
OF_UNITS = ("dead_fraction", "dead_units", "inactive_fraction")
OF_UPDATES = ("gradient_norm", "update_ratio")


def describe_shape(name: str, widths: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of one network's record."""
    if name in OF_ANSWERS:
        return ()
    if name == "dead_units":
        return (sum(widths[1:-1]),)
    return (len(widths) - (2 if name in OF_UNITS else 1),)


def measure_rows(
    names: Iterable[str],
    output: FloatArray,
    hidden: Sequence[FloatArray],
    target: FloatArray | None,
    loss: Loss,
) -> dict[str, FloatArray]:
    """Measure some networks on some points; the names are not those of updates.

    Parameters
    ----------
    names : iterable of str
        What to measure.
    output : ndarray, shape (networks, outputs, points)
        Outputs.
    hidden : sequence of ndarray, shape (networks, units, points)
        Pre-activations of the hidden layers.
    target : ndarray, shape (1 or networks, outputs, points), optional
        Needed for losses and accuracies only.
    loss : Loss
        What the answers are measured by.
    """
    # The maximum over the points is NaN if any of them is.
    tops = [z.max(axis=2) for z in hidden]
    found: dict[str, FloatArray] = {}
    for name in names:
        if target is not None and name in OF_ANSWERS:
            measure = loss.value if name == "loss" else loss.accuracy
            found[name] = measure(output, target)
        elif name == "dead_units":
            parts = [np.empty((len(output), 0), bool), *(top <= 0 for top in tops)]
            found[name] = np.concatenate(parts, axis=1)
        else:
            found[name] = np.empty((len(output), len(hidden)))
            for depth, (z, top) in enumerate(zip(hidden, tops, strict=True)):
                off = top <= 0 if name == "dead_fraction" else z <= 0
                share = off.reshape(len(off), -1).mean(axis=1)
                # A diverged network is neither dead nor alive.
                share[~np.isfinite(top).all(axis=1)] = np.nan
                found[name][:, depth] = share
    return found


def measure_norms(arrays: Sequence[FloatArray]) -> FloatArray:
    """Return the Euclidean norm per network and layer, (networks, layers)."""
    flat = [array.reshape(len(array), -1) for array in arrays]
    squares = [np.vecdot(rows, rows) for rows in flat]
    return np.asarray(np.sqrt(np.stack(squares, axis=1)))
