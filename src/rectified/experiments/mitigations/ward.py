"""The resuscitation ward: sick networks, and one treatment at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rectified._validate import (
    FloatArray,
    check_choice,
    check_integer,
    check_seeds,
    problem,
)
from rectified.datasets import load_digits
from rectified.experiments.mitigations.cases import PATIENTS, TREATMENTS
from rectified.experiments.mitigations.therapy import (
    BATCH_SIZE,
    Course,
    Data,
    carry_out,
)

CURED = 0.9
"""Share of the training images that a network must classify correctly in the end to
count as cured. A guess is right one time in ten, a healthy network nearly always."""


@dataclass(frozen=True)
class Outcome:
    """Networks during and after one treatment; the last axis is the seed.

    Attributes
    ----------
    accuracy_curve, loss_curve : ndarray, shape (n_looks, n_seeds)
        Share of training images classified correctly, and mean cross-entropy. A
        network that has diverged is never right, and its loss is NaN.
    dead_curve : ndarray, shape (n_looks, depth, n_seeds)
        Share of the units in each hidden layer whose pre-activation is at most 0 on
        all training images, so that a ReLU would be silent. NaN where the network
        has diverged.
    slope_curve : ndarray, shape (n_looks, depth, n_seeds)
        Slopes that PReLU learns from 0.25 on; no rows for other treatments.
    finite : ndarray of bool, shape (n_seeds,)
        Whether the network did not diverge.
    """

    accuracy_curve: FloatArray
    loss_curve: FloatArray
    dead_curve: FloatArray
    slope_curve: FloatArray
    finite: NDArray[np.bool_]

    @property
    def accuracy(self) -> FloatArray:
        """The accuracy in the end, shape (n_seeds,)."""
        return np.asarray(self.accuracy_curve[-1])

    @property
    def dead_fraction(self) -> FloatArray:
        """The share of dead units in the end, shape (depth, n_seeds)."""
        return np.asarray(self.dead_curve[-1])

    @property
    def slopes(self) -> FloatArray:
        """The slopes in the end, shape (n_seeds, depth)."""
        return np.asarray(self.slope_curve[-1].T)

    @property
    def cured(self) -> NDArray[np.bool_]:
        """Which networks classify at least `CURED` of the images, (n_seeds,)."""
        return np.asarray(self.finite & (self.accuracy >= CURED))


@dataclass(frozen=True)
class Ward:
    """All treatments of one patient.

    Attributes
    ----------
    seeds : tuple of int
        One network, split of the digits and order of the batches per seed.
    patient : str
        A key of `PATIENTS`.
    looks : ndarray of int, shape (n_looks,)
        Numbers of updates after which the networks were looked at.
    outcomes : mapping of str to Outcome
        By treatment.
    """

    seeds: tuple[int, ...]
    patient: str
    looks: NDArray[np.int64]
    outcomes: Mapping[str, Outcome]


def treat(
    patient: str = "high_rate",
    treatments: Sequence[str] = tuple(TREATMENTS),
    seeds: Iterable[int] = range(3),
    *,
    steps: int = 200,
    every: int | None = None,
    n_train: int = 400,
) -> Ward:
    """Give each treatment to fresh copies of one patient.

    Parameters
    ----------
    patient : str
        A key of `PATIENTS`.
    treatments : sequence of str
        Keys of `TREATMENTS`.
    seeds : iterable of int
        One network per seed; all treatments start from the same ones.
    steps : int
        Updates with 32 images each.
    every : int, optional
        Updates between two looks, a divisor of `steps`. Default: look at the start
        and in the end.
    n_train : int
        Training images, from 32 to 1437.

    Returns
    -------
    Ward
    """
    case = PATIENTS[check_choice("patient", patient, PATIENTS)]
    names = [check_choice("treatments", t, TREATMENTS) for t in treatments]
    seeds, steps = check_seeds("seeds", seeds), check_integer("steps", steps, minimum=1)
    every = steps if every is None else check_integer("every", every, minimum=1)
    if steps % every:
        raise problem("every", f"a divisor of {steps}", every, "or change `steps`")
    check_integer("n_train", n_train, minimum=BATCH_SIZE, maximum=1437)
    parts = [load_digits(seed=s, scaling="global", n_train=n_train) for s in seeds]
    data = Data(
        seeds,
        np.array([part.train.inputs for part in parts]),
        np.array([part.train.labels for part in parts]),
        np.arange(0, steps + 1, every),
    )
    courses = carry_out(case, {name: TREATMENTS[name] for name in names}, data)
    outcomes = {name: _tell(course) for name, course in courses.items()}
    return Ward(seeds, patient, data.looks, MappingProxyType(outcomes))


def _tell(course: Course) -> Outcome:
    return Outcome(
        course.accuracy,
        course.loss,
        course.dead_fraction.swapaxes(1, 2),
        course.slopes.swapaxes(1, 2),
        course.finite,
    )
