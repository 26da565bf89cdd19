"""Many small networks of one shape, trained at once.

The leading axis of every array is the network. One `numpy.matmul` then serves all
networks, and the gradients are written out by hand, so each step costs a few array
operations whatever the number of networks. No value of one network enters another,
not even NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from rectified._ensemble_descent import (
    LOSSES,
    OPTIMIZERS,
    Batch,
    Optimizer,
    Score,
    draw_batches,
)
from rectified._ensemble_networks import (
    ACTIVATIONS,
    Parameters,
    backward_pass,
    check_inputs,
    forward,
    forward_pass,
    initialize,
    view_layers,
)
from rectified._validate import (
    FloatArray,
    check_array,
    check_choice,
    check_integer,
    check_seeds,
    problem,
)

__all__ = ["ACTIVATIONS", "Parameters", "Training", "forward", "initialize", "train"]

OnStep = Callable[[int, FloatArray], bool | None]


@dataclass(frozen=True)
class Training:
    """What `train` returns.

    Attributes
    ----------
    parameters : Parameters
        After the last update.
    loss : ndarray, shape (steps + 1, networks)
        Row ``t`` is the loss after ``t`` updates. It covers all points; with
        mini-batches, only the last row does, the others cover the batch of the next
        update.
    accuracy : ndarray, shape (steps + 1, networks)
        Share of points classified correctly, on the same points as the loss. NaN
        for the squared loss.
    snapshots : dict of int to Parameters
        Parameters after each requested number of updates.
    steps : int
        Updates made; fewer than asked for if `on_step` stopped the training.
    """

    parameters: Parameters
    loss: FloatArray
    accuracy: FloatArray
    snapshots: dict[int, Parameters]
    steps: int


def train(
    x: ArrayLike,
    y: ArrayLike,
    *,
    widths: Sequence[int],
    activation: str = "relu",
    seeds: Iterable[int] = (0,),
    learning_rate: ArrayLike = 0.02,
    optimizer: str = "adam",
    loss: str = "logistic",
    steps: int = 300,
    batch_size: int | None = None,
    snapshots: Iterable[int] = (),
    initial: Parameters | None = None,
    dtype: DTypeLike = np.float64,
    on_step: OnStep | None = None,
) -> Training:
    """Train one network per seed, all at once.

    Parameters
    ----------
    x : array_like, shape (points, features) or (networks, points, features)
        Inputs, shared by all networks or one set for each.
    y : array_like, shape (points,) or (networks, points)
        Classes 0 and 1 for the logistic loss, any numbers for the squared loss. A
        last axis may hold several outputs.
    widths : sequence of int
        Units per layer, inputs and outputs included, for example (2, 16, 16, 1).
    activation : {"relu", "identity", "tanh"}
        Function after each hidden layer.
    seeds : iterable of int
        One network per seed; the seed draws its weights and its mini-batches.
    learning_rate : float or array_like, shape (networks,)
        Positive step size, one for all networks or one for each.
    optimizer : {"adam", "sgd"}
        Update rule; Adam has PyTorch's default settings.
    loss : {"logistic", "squared"}
        Mean binary cross-entropy of logits, or mean squared error.
    steps : int
        Number of updates.
    batch_size : int, optional
        Points per update, drawn anew each epoch. Default: all points.
    snapshots : iterable of int
        Numbers of updates after which to keep a copy of the parameters.
    initial : Parameters, optional
        Start from these weights instead of those that `initialize` draws.
    dtype : {float64, float32}
        Precision of the computation.
    on_step : callable, optional
        Called as ``on_step(step, loss)`` after each update, with the loss before
        it; returning True stops the training.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If shapes disagree, a name is unknown or a number is out of range.

    Examples
    --------
    >>> x = [[-1.0], [1.0]]
    >>> result = train(x, [0, 1], widths=(1, 4, 1), seeds=range(3), steps=50)
    >>> result.accuracy[-1].tolist()
    [1.0, 1.0, 1.0]
    """
    seeds = check_seeds("seeds", seeds)
    start = initialize(widths, seeds=seeds, activation=activation)
    if initial is not None:
        start = _check_initial(initial, start)
    # astype copies, so that the caller's initial weights stay as they are.
    parameters = replace(start, values=start.values.astype(dtype))
    data = _check_data(x, y, parameters, loss)
    rates = _check_rates(learning_rate, parameters)
    make_optimizer = OPTIMIZERS[check_choice("optimizer", optimizer, OPTIMIZERS)]
    steps = check_integer("steps", steps)
    if batch_size is not None:
        n_points = data[0].shape[-2]
        check_integer("batch_size", batch_size, minimum=1, maximum=n_points)
    with np.errstate(over="ignore", invalid="ignore"):  # a network may diverge
        return _descend(
            parameters,
            data,
            draw_batches(data, seeds, batch_size),
            update=make_optimizer(parameters.values, rates),
            score=LOSSES[loss],
            steps=steps,
            wanted={check_integer("snapshots", s, maximum=steps) for s in snapshots},
            on_step=on_step,
        )


def _descend(
    parameters: Parameters,
    data: Batch,
    batches: Iterator[Batch],
    *,
    update: Optimizer,
    score: Callable[[FloatArray, FloatArray], Score],
    steps: int,
    wanted: set[int],
    on_step: OnStep | None,
) -> Training:
    """Run the training loop of `train`; the arguments have been checked."""
    rule = ACTIVATIONS[parameters.activation]
    layers = view_layers(parameters.values, parameters.widths)
    gradient = np.empty_like(parameters.values)
    gradients = view_layers(gradient, parameters.widths)
    history: list[tuple[FloatArray, FloatArray]] = []
    snapshots: dict[int, Parameters] = {}
    for step in range(steps + 1):
        if step in wanted:
            snapshots[step] = replace(parameters, values=parameters.values.copy())
        told = on_step(step, history[-1][0]) if on_step and step else None
        stop = step == steps or bool(told)
        inputs, targets = data if stop else next(batches)
        passed = forward_pass(layers, inputs, rule)
        scored = score(passed[1][-1], targets)
        history.append((scored.loss, scored.accuracy))
        if stop:
            break
        backward_pass(layers, passed, scored.delta, rule, gradients)
        update.step(gradient)
    losses, accuracies = (np.array(rows) for rows in zip(*history, strict=True))
    return Training(parameters, losses, accuracies, snapshots, step)


def _check_initial(initial: Parameters, drawn: Parameters) -> Parameters:
    given = (*initial.widths, initial.activation, len(initial.values))
    asked = (*drawn.widths, drawn.activation, len(drawn.values))
    if given != asked:
        rule = f"of the widths, activation and number of seeds asked for, {asked}"
        raise problem("initial", rule, given, "change one or the other")
    return initial


def _check_data(x: ArrayLike, y: ArrayLike, parameters: Parameters, loss: str) -> Batch:
    """Return inputs, and targets of shape (1 or networks, points, outputs)."""
    inputs = check_inputs(x, parameters)
    n_outputs, n_points = parameters.widths[-1], inputs.shape[-2]
    targets = check_array("y", y, ndim=(1, 2, 3))
    allowed = (*inputs.shape[:-1], n_outputs)
    if targets.size not in (n_points * n_outputs, int(np.prod(allowed))):
        rule = f"targets for {n_points} points with {n_outputs} output(s)"
        raise problem("y", rule, targets.shape, "give one target per point and output")
    if check_choice("loss", loss, LOSSES) == "logistic":
        strange = targets[(targets != 0) & (targets != 1)]
        if strange.size:
            advice = "relabel the classes or use loss='squared'"
            raise problem("y", "0 or 1 everywhere", float(strange[0]), advice)
    dtype = parameters.values.dtype
    return inputs, targets.reshape(-1, n_points, n_outputs).astype(dtype)


def _check_rates(learning_rate: ArrayLike, parameters: Parameters) -> FloatArray:
    """Return learning rates of shape (1 or networks, 1)."""
    rates = check_array("learning_rate", learning_rate, ndim=(0, 1))
    n_networks = len(parameters.values)
    if rates.size not in (1, n_networks):
        rule = f"one number or {n_networks} numbers"
        raise problem("learning_rate", rule, rates.size, "give one for each network")
    if rates.min() <= 0:
        lowest = float(rates.min())
        raise problem("learning_rate", "positive", lowest, "try 0.01")
    return rates.reshape(-1, 1).astype(parameters.values.dtype)
