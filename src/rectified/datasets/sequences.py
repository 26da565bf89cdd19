"""Sequences that ask for memory: what was the first bit?

The course makes these numbers up: no rights of others, no files. The task is a plain
member of the family that S. Hochreiter and J. Schmidhuber (1997), "Long Short-Term
Memory", Neural Computation 9, 1735-1780, used to test recurrent networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import check_integer, check_number
from rectified.datasets._draws import draw_labels, spawn_parts


@dataclass(frozen=True)
class SequencePart:
    """Training or test part of the memory task.

    Attributes
    ----------
    inputs : ndarray of float32, shape (n, length, n_features)
        Feature 0 is the signal: -1 or 1 at the first step, noise afterwards.
        Feature 1, if there is one, marks the first step: 1 there, 0 afterwards.
    labels : ndarray of int64, shape (n,)
        The first bit: 0 if the signal begins with -1, 1 if it begins with 1. Class
        sizes differ by at most one.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class MemoryTask:
    """What `make_memory_task` returns.

    Attributes
    ----------
    train, test : SequencePart
        Drawn independently of each other.
    """

    train: SequencePart
    test: SequencePart


def make_memory_task(
    length: int,
    *,
    seed: int,
    n_train: int = 2000,
    n_test: int = 500,
    n_features: int = 2,
    noise: float = 1.0,
) -> MemoryTask:
    """Make sequences whose label is their first bit, and nothing else.

    A network that reads them step by step must carry one bit through
    ``length - 1`` steps of noise. A guess is right half the time.

    Parameters
    ----------
    length : int
        Steps of each sequence, at least 2.
    seed : int
        The same seed gives the same sequences.
    n_train, n_test : int
        Number of sequences in each part, at least 2.
    n_features : {1, 2}
        1 for the signal only, 2 for the signal and a mark at the first step.
    noise : float
        After the first step the signal is uniform from ``-noise`` to ``noise``,
        where `noise` is from 0.01 to 1.

    Returns
    -------
    MemoryTask

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> task = make_memory_task(30, seed=0, n_train=100)
    >>> task.train.inputs.shape, task.test.inputs.shape
    ((100, 30, 2), (500, 30, 2))
    >>> first = task.train.inputs[:, 0, 0]
    >>> ((first > 0) == task.train.labels).all().item()
    True
    """
    length = check_integer("length", length, minimum=2)
    counts = (
        check_integer("n_train", n_train, minimum=2),
        check_integer("n_test", n_test, minimum=2),
    )
    n_features = check_integer("n_features", n_features, minimum=1, maximum=2)
    noise = check_number("noise", noise, minimum=0.01, maximum=1.0)
    parts = []
    for rng, count in zip(spawn_parts(seed), counts, strict=True):
        labels = draw_labels(rng, count, 2)
        inputs = np.zeros((count, length, n_features), dtype=np.float32)
        inputs[:, :, 0] = rng.uniform(-noise, noise, (count, length))
        inputs[:, 0, 0] = 2 * labels - 1
        inputs[:, 0, 1:] = 1.0
        parts.append(SequencePart(inputs, labels))
    return MemoryTask(*parts)
