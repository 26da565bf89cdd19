"""How many outputs are exactly 0, in a random layer and over the course of training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rectified._validate import check_seeds
from rectified.experiments.sparsity.training import SparseTraining, measure_training
from rectified.experiments.sparsity.zeros import ZeroMeasurement, measure_zeros


@dataclass(frozen=True)
class SparsityMeasurement:
    """Zeros of ReLU at the start and after training.

    Attributes
    ----------
    layer : ZeroMeasurement
        One random layer, for several biases.
    training : SparseTraining
        Networks that learn the digits.
    """

    layer: ZeroMeasurement
    training: SparseTraining


def measure_sparsity(seeds: Iterable[int] = range(3)) -> SparsityMeasurement:
    """Count the zeros of random layers, and of networks before and after training.

    Parameters
    ----------
    seeds : iterable of int
        Each seed draws layers, data and networks.

    Returns
    -------
    SparsityMeasurement
    """
    chosen = check_seeds("seeds", seeds)
    return SparsityMeasurement(measure_zeros(chosen), measure_training(chosen))
