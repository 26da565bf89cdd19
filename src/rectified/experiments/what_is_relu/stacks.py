"""Stacked linear layers collapse into one; ReLU between them prevents it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from rectified import ensembles
from rectified._validate import (
    FloatArray,
    check_choice,
    check_integer,
    check_seeds,
    problem,
)
from rectified.datasets import WINDOW, Task, make_task
from rectified.ensembles import Parameters, Training

SNAPSHOTS = (5, *range(0, 401, 10))
"""Numbers of updates after which a stack is kept for the figures."""

FRESH = 1_000_000
"""Added to a seed to draw fresh points from the same task."""


@dataclass(frozen=True)
class StackRun:
    """Stacks of layers trained on a task, one network and one data set per seed.

    Attributes
    ----------
    tasks, fresh_tasks : tuple of Task
        The points each network was trained on, and new points of the same kind.
    training : rectified.ensembles.Training
        Loss and accuracy after every update, and snapshots.
    fresh_accuracy : dict of int to ndarray, shape (n_seeds,)
        Share of fresh points classified correctly at each snapshot.
    """

    tasks: tuple[Task, ...]
    fresh_tasks: tuple[Task, ...]
    training: Training
    fresh_accuracy: dict[int, FloatArray]


def train_stack(
    task: str,
    *,
    hidden_layers: int = 2,
    activation: str = "relu",
    seeds: Iterable[int] = (0,),
    width: int = 16,
    learning_rate: ArrayLike = 0.02,
    steps: int = 400,
    n_points: int = 200,
    dtype: DTypeLike = np.float64,
) -> StackRun:
    """Train a stack of layers to tell two classes apart.

    A seed fixes the data and the initial weights whatever the activation, so arms
    that differ only in the activation start from the same place.

    Parameters
    ----------
    task : {"circles", "moons", "spirals", "xor", "halves"}
        A task of `rectified.datasets`.
    hidden_layers : int
        Number of hidden layers, from 0 (one linear layer) to 8.
    activation : {"relu", "identity", "tanh"}
        Function after each hidden layer; "identity" makes the stack linear.
    seeds : iterable of int
        One network and data set per seed.
    width : int
        Units per hidden layer.
    learning_rate : float or array_like, shape (n_seeds,)
        Step size of Adam.
    steps : int
        Number of full-batch updates. Snapshots are kept at those of `SNAPSHOTS` up
        to it and at the end.
    n_points : int
        Number of training points; as many fresh ones.
    dtype : {float64, float32}
        Precision of the training.

    Returns
    -------
    StackRun
    """
    seeds = check_seeds("seeds", seeds)
    n_hidden = check_integer("hidden_layers", hidden_layers, maximum=8)
    tasks = tuple(make_task(task, n_points=n_points, seed=s) for s in seeds)
    fresh = tuple(make_task(task, n_points=n_points, seed=s + FRESH) for s in seeds)
    widths = (2, *[check_integer("width", width, minimum=1)] * n_hidden, 1)
    # Drawn with ReLU's gain in every arm: the arms differ in the function alone.
    initial = ensembles.initialize(widths, seeds=seeds)
    check_choice("activation", activation, ensembles.ACTIVATIONS)
    training = ensembles.train(
        [t.points for t in tasks],
        [t.labels for t in tasks],
        widths=widths,
        activation=activation,
        seeds=seeds,
        initial=replace(initial, activation=activation),
        learning_rate=learning_rate,
        steps=steps,
        dtype=dtype,
        snapshots=sorted({s for s in SNAPSHOTS if s <= steps} | {steps}),
    )
    accuracy = {
        step: measure_accuracy(parameters, fresh)
        for step, parameters in training.snapshots.items()
    }
    return StackRun(tasks, fresh, training, accuracy)


def measure_accuracy(parameters: Parameters, tasks: Sequence[Task]) -> FloatArray:
    """Return the share of points that each network classifies correctly.

    Parameters
    ----------
    parameters : Parameters
        One network per task.
    tasks : sequence of Task

    Returns
    -------
    ndarray, shape (networks,)
    """
    logits = ensembles.forward(parameters, [task.points for task in tasks])[:, :, 0]
    labels = np.array([task.labels for task in tasks])
    return np.asarray(((logits > 0) == (labels == 1)).mean(axis=1))


def evaluate_grid(
    parameters: Parameters, resolution: int = 61
) -> tuple[FloatArray, FloatArray]:
    """Return the output on a square grid that covers the window.

    Parameters
    ----------
    parameters : Parameters
        Networks with two inputs and one output.
    resolution : int
        Points per side.

    Returns
    -------
    axis : ndarray, shape (resolution,)
        Coordinates along either side, -3 to 3.
    logits : ndarray, shape (networks, resolution, resolution)
        Rows follow the second input, columns the first. Positive means class 1.
    """
    resolution = check_integer("resolution", resolution, minimum=2, maximum=1000)
    axis = np.linspace(-WINDOW, WINDOW, resolution)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return axis, ensembles.forward(parameters, points).reshape(
        -1, resolution, resolution
    )


def collapse(parameters: Parameters) -> tuple[FloatArray, FloatArray]:
    """Multiply a stack of linear layers out into one layer.

    Parameters
    ----------
    parameters : Parameters
        With activation "identity".

    Returns
    -------
    weight : ndarray, shape (networks, inputs, outputs)
        The product of all weights.
    bias : ndarray, shape (networks, outputs)
        What the biases add up to.

    Raises
    ------
    ValueError
        If the activation is not the identity: no single layer does the same then.
    """
    if parameters.activation != "identity":
        rule = "a linear stack (activation 'identity')"
        raise problem("parameters", rule, parameters.activation, "train a linear one")
    weight, bias = parameters.weights[0], parameters.biases[0]
    for w, b in zip(parameters.weights[1:], parameters.biases[1:], strict=True):
        weight, bias = weight @ w, (bias[:, None] @ w)[:, 0] + b
    return weight, bias
