"""How compact and how informative the activations of a layer are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rectified._validate import check_array

RIDGE = 1e-3
"""Penalty of the linear probe, relative to the mean variance of the features."""


def effective_rank(features: ArrayLike) -> float:
    """Return how many directions the features spread over.

    Parameters
    ----------
    features : array_like, shape (n_examples, n_features)

    Returns
    -------
    float
        Exponential of the entropy of the singular values of the centered features,
        scaled to sum to 1: from 1 to the rank, and 0 if nothing varies. Roy and
        Vetterli (2007), "The effective rank: a measure of effective dimensionality".

    Examples
    --------
    >>> round(effective_rank([[1, 0], [-1, 0], [0, 1], [0, -1]]), 6)
    2.0
    """
    matrix = check_array("features", features, ndim=(2,))
    singular = np.linalg.svd(matrix - matrix.mean(axis=0), compute_uv=False)
    singular = singular[singular > singular[0] * 1e-12]
    if not singular.size:
        return 0.0
    shares = singular / singular.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def probe_accuracy(
    features: ArrayLike,
    labels: ArrayLike,
    test_features: ArrayLike,
    test_labels: ArrayLike,
) -> float:
    """Return how well a linear map reads the class off the features.

    Parameters
    ----------
    features, test_features : array_like, shape (n_examples, n_features)
        The probe is fitted to the first and judged by the second.
    labels, test_labels : array_like, shape (n_examples,)
        Classes.

    Returns
    -------
    float
        Share of test examples whose class has the largest answer of a ridge
        regression to one-hot targets.
    """
    x, y = check_array("features", features, ndim=(2,)), np.asarray(labels)
    new = check_array("test_features", test_features, ndim=(2,))
    classes = np.unique(y)
    center = x.mean(axis=0)
    x, new = x - center, new - center
    gram = x.T @ x
    # A feature that never varies gets weight 0 instead of a singular matrix.
    penalty = max(RIDGE * float(np.trace(gram)) / len(gram), np.finfo(float).tiny)
    weights = np.linalg.solve(
        gram + penalty * np.eye(len(gram)), x.T @ (y[:, None] == classes)
    )
    shares = (y[:, None] == classes).mean(axis=0)
    answers = classes[(new @ weights + shares).argmax(axis=1)]
    return float((answers == np.asarray(test_labels)).mean())


def active_share(features: ArrayLike) -> float:
    """Return the effective share of units that carry an example, from 0 to 1.

    Parameters
    ----------
    features : array_like, shape (n_examples, n_features)

    Returns
    -------
    float
        Mean of ``(sum |a|)^2 / (n sum a^2)`` over the examples: 1 if all units are
        equally strong, 1 / n if one carries everything, the measure of Treves and
        Rolls (1991). Examples without any activity count as 0.
    """
    a = np.abs(check_array("features", features, ndim=(2,)))
    square = np.square(a).sum(axis=1)
    ratio = np.square(a.sum(axis=1)) / np.where(square > 0, square, 1)
    return float(ratio.mean() / a.shape[1])
