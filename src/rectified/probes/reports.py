"""The parts of what `inspect` returns: frozen dataclasses, one number per unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified.probes.statistics import Counts, Floats


class _Spreads:
    """Spread across inputs and across units, from mean and sd of each unit."""

    @property
    def _moments(self) -> tuple[Floats, Floats]:
        raise NotImplementedError

    @property
    def spread_across_inputs(self) -> float:
        """How much a unit varies from input to input: root mean square of its sd."""
        return _root_mean(np.square(self._moments[1]))

    @property
    def spread_across_units(self) -> float:
        """How much the units' means differ: their standard deviation."""
        mean = self._moments[0]
        known = mean[np.isfinite(mean)]
        return float(np.std(known)) if known.size else math.nan

    @property
    def input_share(self) -> float:
        """Share of the variance that comes from the input, from 0 to 1.

        By the law of total variance, the variance over all inputs and units is the
        sum of the two spreads squared. At 0, every unit is a constant.
        """
        inputs = self.spread_across_inputs**2
        total = inputs + self.spread_across_units**2
        return inputs / total if total > 0 else math.nan

    @property
    def rms(self) -> float:
        """Root mean square over inputs and units."""
        mean, sd = self._moments
        return _root_mean(np.square(mean) + np.square(sd))


@dataclass(frozen=True)
class SignalReport(_Spreads):
    """A tensor that enters or leaves the model.

    Attributes
    ----------
    mean, sd : ndarray of float64, shape (units,)
        Of each unit over all examples and positions.
    values : int
        Numbers per unit.
    non_finite : ndarray of int64, shape (units,)
        How many of them are NaN or infinite; the other statistics leave them out.
    """

    mean: Floats
    sd: Floats
    values: int
    non_finite: Counts

    @property
    def _moments(self) -> tuple[Floats, Floats]:
        return self.mean, self.sd


@dataclass(frozen=True)
class ActivationReport(_Spreads):
    """One activation in the model, unit by unit.

    A unit is a feature of the last axis, or a channel where the last layer before the
    activation was a convolution or a batch norm. Each statistic is over all examples,
    over all positions of an image or a sequence, and over all calls that share
    weights, and leaves out values that are not finite.

    Attributes
    ----------
    name : str
        Path of the module, with the function if it is not a module of its own; a
        number in brackets tells apart calls that follow different weights.
    function : str
        For example "relu".
    after : str
        Parameter that was used last before it; "" if there was none.
    calls : int
        How often it was called.
    values : int
        Numbers per unit.
    dead_unit : ndarray of bool, shape (units,)
        Whether the output is zero for every value on the data given.
    always_on_unit : ndarray of bool, shape (units,)
        Whether every pre-activation is positive.
    active_fraction : ndarray of float64, shape (units,)
        Share of pre-activations above zero.
    inactive_fraction : ndarray of float64, shape (units,)
        Share of pre-activations at or below zero.
    zero_fraction : ndarray of float64, shape (units,)
        Share of outputs that are exactly zero.
    saturated_fraction : ndarray of float64, shape (units,)
        Share of pre-activations in a flat tail of the function, where the slope stays
        below the threshold times the steepest slope. For ReLU the flat tail is
        everything up to zero; leaky ReLU has none.
    pre_activation_mean, pre_activation_sd : ndarray of float64, shape (units,)
        Over all values of the unit.
    activation_mean, activation_sd : ndarray of float64, shape (units,)
        The same of the output.
    gradient_norm : ndarray of float64, shape (units,)
        Norm of the loss's gradient with respect to the output: root of the sum of
        squares over a batch, averaged over batches as root mean square. NaN if there
        was no loss or no gradient reached the activation.
    non_finite : ndarray of int64, shape (units,)
        NaN and infinite values among pre-activations and outputs.
    """

    name: str
    function: str
    after: str
    calls: int
    values: int
    dead_unit: NDArray[np.bool_]
    always_on_unit: NDArray[np.bool_]
    active_fraction: Floats
    inactive_fraction: Floats
    zero_fraction: Floats
    saturated_fraction: Floats
    pre_activation_mean: Floats
    pre_activation_sd: Floats
    activation_mean: Floats
    activation_sd: Floats
    gradient_norm: Floats
    non_finite: Counts

    @property
    def _moments(self) -> tuple[Floats, Floats]:
        return self.pre_activation_mean, self.pre_activation_sd

    @property
    def units(self) -> int:
        """Number of units."""
        return self.dead_unit.size

    @property
    def dead_fraction(self) -> float:
        """Share of the units that are dead on the data given."""
        return float(self.dead_unit.mean())

    @property
    def total_gradient_norm(self) -> float:
        """Norm of the gradient of all units together."""
        return float(np.sqrt(np.square(self.gradient_norm).sum()))


@dataclass(frozen=True)
class ParameterReport:
    """One parameter of the model.

    Attributes
    ----------
    name : str
        As in ``model.named_parameters()``.
    shape : tuple of int
    norm : float
        Root of the sum of squares.
    gradient_norm : float
        The same of the loss's gradient, averaged over batches as root mean square.
        NaN if there was no loss or the loss does not depend on the parameter.
    update_ratio : float
        Length of one step of plain gradient descent over the length of the
        parameter, ``learning_rate * gradient_norm / norm``. NaN without a learning
        rate, infinite for a parameter that is zero.
    non_finite, gradient_non_finite : int
        NaN and infinite values in the parameter and in its gradients.
    """

    name: str
    shape: tuple[int, ...]
    norm: float
    gradient_norm: float
    update_ratio: float
    non_finite: int
    gradient_non_finite: int


def _root_mean(squares: Floats) -> float:
    known = squares[np.isfinite(squares)]
    return float(np.sqrt(known.mean())) if known.size else math.nan
