"""Many small networks of one shape, trained at once.

The leading axis of every array is the network. One `numpy.matmul` then serves many
networks, and the gradients are written out by hand, so each step costs a few array
operations whatever the number of networks. No value of one network enters another,
not even NaN.

A phase diagram is one call: make a grid of settings and train one network for each.

>>> import numpy as np
>>> rates, biases = np.meshgrid([0.03, 0.3, 3.0], [-2.0, 0.0])
>>> result = train(
...     [[-1.0], [1.0]],
...     [0, 1],
...     widths=(1, 8, 1),
...     seeds=range(6),
...     learning_rate=rates.ravel(),
...     bias=biases.ravel(),
...     optimizer="sgd",
...     steps=50,
...     record=["dead_fraction"],
... )
>>> dead = result.records["dead_fraction"]
>>> dead.steps[-1], dead.values.shape  # records, networks, hidden layers
(np.int64(50), (51, 6, 1))
>>> dead.values[-1].reshape(rates.shape).shape
(2, 3)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from rectified import activations
from rectified._ensemble_descent import Descent, OnStep
from rectified._ensemble_groups import forward, measure
from rectified._ensemble_networks import Parameters, initialize
from rectified._ensemble_records import Record, Training
from rectified._ensemble_start import prepare
from rectified._threads import one_thread
from rectified.activations import Activation

__all__ = [
    "ACTIVATIONS",
    "Descent",
    "OnStep",
    "Parameters",
    "Record",
    "Training",
    "begin",
    "forward",
    "initialize",
    "measure",
    "train",
]

ACTIVATIONS = activations.NAMES
"""Names of the functions that hidden layers can have."""


def train(
    x: ArrayLike,
    y: ArrayLike,
    *,
    widths: Sequence[int],
    activation: str | Activation = "relu",
    seeds: Iterable[int] = (0,),
    loss: str = "logistic",
    optimizer: str = "adam",
    learning_rate: ArrayLike = 0.02,
    momentum: ArrayLike | None = None,
    weight_decay: ArrayLike | None = None,
    clip_norm: ArrayLike | None = None,
    gain: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    bias_std: ArrayLike | None = None,
    negative_slope: ArrayLike | None = None,
    shared_slope: bool = False,
    initial: Parameters | None = None,
    steps: int = 300,
    batch_size: int | None = None,
    record: Iterable[str] | Mapping[str, int] = ("loss", "accuracy"),
    snapshots: Iterable[int] = (),
    on_step: OnStep | None = None,
    dtype: DTypeLike = np.float32,
    max_megabytes: float = 500,
) -> Training:
    """Train one network per seed, all at once.

    Each network is trained as PyTorch would train it, except for rounding. What is
    said to have the shape (networks,) may also be one number for all.

    Parameters
    ----------
    x : array_like, shape (points, features) or (networks, points, features)
        Inputs, shared by all networks or one set for each.
    y : array_like, shape (points,) or (networks, points)
        Classes 0 and 1 for the logistic loss, 0 to C - 1 for the cross-entropy of C
        outputs, any numbers for the squared loss. For the logistic and squared loss,
        a last axis may hold several outputs.
    widths : sequence of int
        Units per layer, inputs and outputs included, for example (2, 16, 16, 1).
    activation : str or rectified.activations.Activation
        Function after each hidden layer: a name from `rectified.activations`, or what
        `rectified.activations.get` returns. "prelu" learns its slopes.
    seeds : iterable of int
        One network per seed; the seed draws its weights and its mini-batches.
    loss : {"logistic", "cross_entropy", "squared"}
        Mean binary cross-entropy of logits, mean cross-entropy of logits, or mean
        squared error.
    optimizer : {"sgd", "adam", "adamw"}
        Update rule, as in `torch.optim`; Adam's other settings are PyTorch's default.
    learning_rate : float or array_like, shape (networks,)
        Positive step size.
    momentum : float or array_like, shape (networks,), optional
        From 0 to 1, for "sgd" only. Default: 0.
    weight_decay : float or array_like, shape (networks,), optional
        At least 0. Applies to all weights, biases and learned slopes. Default: 0.
    clip_norm : float or array_like, shape (networks,), optional
        Largest norm of a network's gradient, which is shortened if it is longer;
        infinity for no limit. Default: no limit.
    gain, bias, bias_std, negative_slope, shared_slope
        How to draw the networks, see `initialize`.
    initial : Parameters, optional
        Start from these weights instead of those that `initialize` draws.
    steps : int
        Number of updates.
    batch_size : int, optional
        Points per update, in a new random order each epoch. Default: all points.
    record : iterable of str, or mapping of str to int
        What to record; a mapping tells after how many steps each. Any of

        - "loss", "accuracy": of each network on the points of the next update, and in
          the end on all points. The squared loss has no accuracy (NaN).
        - "dead_fraction": share of the units in each hidden layer whose pre-activation
          is at most 0 on all points, so that a ReLU is silent; NaN where a network
          has diverged. "dead_units": which units, layer after layer (bool, of no
          meaning where "dead_fraction" is NaN).
        - "inactive_fraction": share of the pre-activations in each hidden layer, over
          all units and points, that are at most 0.
        - "gradient_norm": Euclidean norm of each layer's gradient (weights and
          biases) before clipping and weight decay, for the next update.
        - "update_ratio": norm of the change of each layer's weights in the next
          update, divided by the norm of the weights before it.
    snapshots : iterable of int
        Numbers of updates after which to keep a copy of the parameters.
    on_step : callable, optional
        Called as ``on_step(step, loss)`` after each update, with the last recorded
        loss of each network (an empty array if none is); returning True stops the
        training.
    dtype : {float32, float64}
        Precision of the computation. float32 takes half the time in wide networks;
        its rounding changes a result less than another seed does. Take float64 where
        the last digits of a single network matter.
    max_megabytes : float
        Most memory (10^6 bytes) that the call may take beside the arguments, the
        result included. Only a training whose results or single networks are large
        needs more than a few; it is refused if it would need more than this.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If shapes disagree, a name is unknown, a number is out of range, or the
        training needs more memory than `max_megabytes`.

    Examples
    --------
    >>> x = [[-1.0], [1.0]]
    >>> result = train(x, [0, 1], widths=(1, 4, 1), seeds=range(3), steps=50)
    >>> result.accuracy[-1].tolist()
    [1.0, 1.0, 1.0]
    """
    descent = begin(
        x,
        y,
        widths=widths,
        activation=activation,
        seeds=seeds,
        loss=loss,
        optimizer=optimizer,
        learning_rate=learning_rate,
        momentum=momentum,
        weight_decay=weight_decay,
        clip_norm=clip_norm,
        gain=gain,
        bias=bias,
        bias_std=bias_std,
        negative_slope=negative_slope,
        shared_slope=shared_slope,
        initial=initial,
        steps=steps,
        batch_size=batch_size,
        record=record,
        snapshots=snapshots,
        dtype=dtype,
        max_megabytes=max_megabytes,
    )
    with one_thread():
        for state in descent:
            if on_step and state.step and on_step(state.step, state.latest("loss")):
                state.stop()
    return descent.finish()


def begin(x: ArrayLike, y: ArrayLike, **options: Any) -> Descent:
    """Begin a training, to be iterated one update at a time.

    `train` does nothing else than to iterate. Use this to look inside after each
    update, or to share the time with something else.

    Parameters
    ----------
    x, y : array_like
        As in `train`.
    **options
        The other arguments of `train`, except `on_step`.

    Returns
    -------
    Descent

    Raises
    ------
    ValueError
        As `train` does.

    Examples
    --------
    >>> descent = begin([[-1.0], [1.0]], [0, 1], widths=(1, 4, 1), steps=50)
    >>> losses = [state.latest("loss")[0] for state in descent if state.step]
    >>> bool(losses[-1] < losses[0]), len(losses)
    (True, 50)
    """
    defaults = {k: v for k, v in (train.__kwdefaults__ or {}).items() if k != "on_step"}
    return prepare(x, y, **{**defaults, **options})
