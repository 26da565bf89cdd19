"""The losses of `rectified.ensembles`.

Outputs have the shape (networks, outputs, points), targets that or (1, outputs,
points). Each network's loss is a mean over its points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from rectified._validate import FloatArray

Measure = Callable[[FloatArray, FloatArray], FloatArray]


class Loss(NamedTuple):
    """What training needs to know of a loss."""

    value: Measure  # (networks,)
    accuracy: Measure  # (networks,); a network whose output is NaN is never right
    delta: Measure  # gradient of the value with respect to the outputs


def _average(values: FloatArray) -> FloatArray:
    rows = values.reshape(len(values), -1)
    return np.asarray(np.add.reduce(rows, axis=1) / rows.shape[1])  # mean, but faster


def _n_terms(output: FloatArray) -> int:
    return int(output.shape[1] * output.shape[2])


def _logistic(output: FloatArray, target: FloatArray) -> FloatArray:
    # log(1 + exp(z)) - z t; exp(-|z|) cannot overflow, and log1p keeps the digits of
    # confident answers.
    softplus = np.log1p(np.exp(-np.abs(output))) + np.maximum(output, 0)
    return _average(softplus - output * target)


def _logistic_accuracy(output: FloatArray, target: FloatArray) -> FloatArray:
    right = (output > 0) == (target > 0.5)
    right &= output == output  # not NaN
    return _average(right)


def _logistic_delta(output: FloatArray, target: FloatArray) -> FloatArray:
    probability = np.exp(-output)  # 1 / (1 + inf) is the right answer
    probability += 1
    np.reciprocal(probability, out=probability)
    probability -= target
    probability /= _n_terms(output)
    return probability


def _squared(output: FloatArray, target: FloatArray) -> FloatArray:
    return _average(np.square(output - target))


def _no_accuracy(output: FloatArray, target: FloatArray) -> FloatArray:
    return np.full(len(output), np.nan)


def _squared_delta(output: FloatArray, target: FloatArray) -> FloatArray:
    error = output - target
    error *= 2 / _n_terms(output)
    return error


def _cross_entropy(output: FloatArray, target: FloatArray) -> FloatArray:
    shifted = output - output.max(axis=1, keepdims=True)  # exp cannot overflow
    log_total = np.log(np.exp(shifted).sum(axis=1))
    return _average(log_total - (shifted * target).sum(axis=1))


def _cross_entropy_accuracy(output: FloatArray, target: FloatArray) -> FloatArray:
    right = output.argmax(axis=1) == target.argmax(axis=1)
    right &= ~np.isnan(output).any(axis=1)
    return _average(right)


def _cross_entropy_delta(output: FloatArray, target: FloatArray) -> FloatArray:
    probability: FloatArray = output - output.max(axis=1, keepdims=True)
    np.exp(probability, out=probability)
    probability /= probability.sum(axis=1, keepdims=True)
    probability -= target
    probability /= output.shape[2]
    return probability


LOSSES: Mapping[str, Loss] = {
    "logistic": Loss(_logistic, _logistic_accuracy, _logistic_delta),
    "cross_entropy": Loss(
        _cross_entropy, _cross_entropy_accuracy, _cross_entropy_delta
    ),
    "squared": Loss(_squared, _no_accuracy, _squared_delta),
}
"""Binary cross-entropy of logits, cross-entropy of logits, and squared error."""
