"""What a lower learning rate and a learned slope do for the patients of the ward."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._validate import FloatArray, check_seeds
from rectified.experiments.mitigations.cases import PATIENTS
from rectified.experiments.mitigations.ward import Outcome, treat


@dataclass(frozen=True)
class LowerRateMeasurement:
    """Patients at their own learning rate and at a tenth of it.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    patients : tuple of str
        Keys of `PATIENTS`.
    rates : ndarray, shape (n_patients, 2)
        The patient's learning rate, and a tenth of it.
    dead_fraction : ndarray, shape (n_patients, 2, n_seeds)
        Share of all hidden units that are silent on all training images after the
        last update.
    start_dead_fraction : ndarray, shape (n_patients, n_seeds)
        The same before the first one.
    largest_rise : ndarray, shape (n_patients, 2, n_seeds)
        By how much the loss on all training images grew in the worst single update.
    accuracy : ndarray, shape (n_patients, 2, n_seeds)
        Share of training images classified correctly after the last update.
    """

    seeds: tuple[int, ...]
    patients: tuple[str, ...]
    rates: FloatArray
    dead_fraction: FloatArray
    start_dead_fraction: FloatArray
    largest_rise: FloatArray
    accuracy: FloatArray


def measure_lower_rate(seeds: Iterable[int] = range(3)) -> LowerRateMeasurement:
    """Follow two patients through 100 updates, looking after each.

    One has a learning rate that is too high, one has biases that are too low.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed; both rates start from the same ones.

    Returns
    -------
    LowerRateMeasurement
    """
    seeds, names = check_seeds("seeds", seeds), ("high_rate", "low_bias")
    arms = ("none", "lower_rate")
    wards = [treat(name, arms, seeds, steps=100, every=1) for name in names]
    outcomes = [[ward.outcomes[arm] for arm in arms] for ward in wards]
    rates = [PATIENTS[name].learning_rate * np.array([1, 0.1]) for name in names]
    return LowerRateMeasurement(
        seeds,
        names,
        np.array(rates),
        np.array([[one.dead_fraction.mean(axis=0) for one in row] for row in outcomes]),
        np.array([row[0].dead_curve[0].mean(axis=0) for row in outcomes]),
        np.array([[_largest_rise(one) for one in row] for row in outcomes]),
        np.array([[one.accuracy for one in row] for row in outcomes]),
    )


def _largest_rise(outcome: Outcome) -> FloatArray:
    rises = np.diff(outcome.loss_curve, axis=0).max(axis=0)
    return np.asarray(np.maximum(rises, 0))


@dataclass(frozen=True)
class PreluMeasurement:
    """Patients with ReLU, and with a slope below zero that is learned.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    patients : tuple of str
        Keys of `PATIENTS`.
    accuracy : ndarray, shape (n_patients, 2, n_seeds)
        Share of training images classified correctly, with ReLU and with PReLU. A
        network that has diverged is never right.
    cured : ndarray of bool, shape (n_patients, n_seeds)
        Whether the network with PReLU is cured.
    finite : ndarray of bool, shape (n_patients, n_seeds)
        Whether it did not diverge.
    slopes : ndarray, shape (n_seeds, 2)
        What it has learned in the two layers of "low_bias", from 0.25 on.
    """

    seeds: tuple[int, ...]
    patients: tuple[str, ...]
    accuracy: FloatArray
    cured: NDArray[np.bool_]
    finite: NDArray[np.bool_]
    slopes: FloatArray


def measure_prelu(
    seeds: Iterable[int] = range(3), *, steps: int = 400
) -> PreluMeasurement:
    """Give PReLU to every patient.

    Parameters
    ----------
    seeds : iterable of int
        One network per seed; ReLU and PReLU start from the same weights.
    steps : int
        Number of updates.

    Returns
    -------
    PreluMeasurement
    """
    seeds, names = check_seeds("seeds", seeds), tuple(PATIENTS)
    wards = {n: treat(n, ("none", "prelu"), seeds, steps=steps).outcomes for n in names}
    treated = [wards[name]["prelu"] for name in names]
    return PreluMeasurement(
        seeds,
        names,
        np.array([[one.accuracy for one in wards[name].values()] for name in names]),
        np.array([one.cured for one in treated]),
        np.array([one.finite for one in treated]),
        wards["low_bias"]["prelu"].slopes,
    )
