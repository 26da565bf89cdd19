"""Look inside a model: what each unit does on given data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import nn
from torch.nn.parameter import is_lazy

from rectified._validate import check_integer, check_number, problem
from rectified.probes.batches import find_device, iterate
from rectified.probes.inspection import Inspection
from rectified.probes.running import Loss, Run
from rectified.probes.sites import Settings


def inspect(
    model: nn.Module,
    batch: Any,
    *,
    target: Any = None,
    loss: Loss | None = None,
    learning_rate: float | None = None,
    saturation: float = 0.05,
    separate_calls: bool = False,
    unit_axis: int | Mapping[str, int] | None = None,
    also: Iterable[type[nn.Module]] = (),
) -> Inspection:
    """Measure every activation and parameter of a model on given data.

    Activations are seen however the model calls them: as modules, as functions or as
    methods, in place or not, and in the layers of `nn.RNN` on a CPU. What is not
    seen: arithmetic such as ``x * (x > 0)`` (name such a module in `also`), the gates
    of LSTM and GRU, GLU, attention weights, and whatever TorchScript has compiled.
    Modules compiled by `torch.compile` are run uncompiled.

    The model runs in the mode that it is in: in training mode, dropout drops values
    and batch norm uses the statistics of each batch. Afterwards the model is as it
    was: mode, parameters, buffers, gradients, hooks and attributes; and so are the
    random numbers of PyTorch, on the CPU and on the model's GPUs. Hooks of your own
    run, as in any forward or backward pass.

    Parameters
    ----------
    model : nn.Module
        Any model whose parameters hold values.
    batch : Tensor, tuple, mapping or iterable
        One batch: a tensor, a tuple of arguments or a mapping of keyword arguments.
        Anything else, such as a list or a `DataLoader`, is a loader: it yields
        batches or ``(inputs, target)`` pairs, and all batches count as one.
        Tensors are moved to the model's device.
    target : optional
        What the loss compares the output with; loaders yield their own.
    loss : callable, optional
        ``loss(output, target)``, or ``loss(output)`` without a target; returns one
        number. Without it, no gradients are measured.
    learning_rate : float, optional
        For the update-to-weight ratios of plain gradient descent.
    saturation : float
        Saturated means: in a tail of the activation whose slope stays below this
        share of its steepest slope. From 1e-6 to 1.
    separate_calls : bool
        Whether each call of a module that is called several times in a forward pass
        gets a report of its own. By default, calls with the same weights are one.
    unit_axis : int or mapping of str to int, optional
        Axis of the units, for all or for named activations, where the rule fails:
        axis 1 after a convolution or batch norm, else the last one.
    also : iterable of module classes
        Modules to be treated as activations, input and output as a whole.

    Returns
    -------
    Inspection

    Raises
    ------
    ValueError
        If the batch is empty or no batch at all, if the model has parameters without
        values, or if the loss does not return one number.

    Examples
    --------
    >>> import torch
    >>> _ = torch.manual_seed(0)
    >>> model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    >>> inspect(model, torch.randn(100, 2))["1"].dead_unit.tolist()
    [False, False, False, False]
    """
    settings = Settings(
        saturation=check_number("saturation", saturation, minimum=1e-6, maximum=1),
        unit_axis=_check_axis(unit_axis),
        separate_calls=separate_calls,
        also=_check_classes(also),
        with_gradients=loss is not None,
    )
    if learning_rate is not None:
        learning_rate = check_number("learning_rate", learning_rate, minimum=0)
    _check_model(model)
    if loss is not None:
        check_loss(loss)
    with Run(model, settings, loss).prepared() as run:
        for inputs, goal in iterate(batch, target, find_device(model)):
            run.add(inputs, goal)
    return run.report(learning_rate)


def _check_axis(
    axis: int | Mapping[str, int] | None,
) -> int | Mapping[str, int] | None:
    if isinstance(axis, Mapping):
        for one in axis.values():
            check_integer("unit_axis", one, minimum=-99)
        return dict(axis)
    return None if axis is None else check_integer("unit_axis", axis, minimum=-99)


def _check_classes(also: Any) -> tuple[type[nn.Module], ...]:
    rule = "a list of module classes"
    if not isinstance(also, Iterable):
        raise problem("also", rule, also, "write [Class] for a single one")
    classes = tuple(also)
    for one in classes:
        if not (isinstance(one, type) and issubclass(one, nn.Module)):
            raise problem("also", rule, one, "name the class, not the module")
    return classes


def check_loss(loss: object) -> None:
    """Raise unless `loss` can be called."""
    if not callable(loss):
        advice = "pass a function such as torch.nn.functional.cross_entropy"
        raise problem("loss", "callable", type(loss).__name__, advice)


def _check_model(model: object) -> None:
    """Raise unless `model` is a module whose parameters hold values."""
    if not isinstance(model, nn.Module):
        advice = "pass the model itself, not its output or its class"
        raise problem("model", "a torch.nn.Module", type(model).__name__, advice)
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        if is_lazy(tensor) or tensor.is_meta:
            state = "uninitialized" if is_lazy(tensor) else "on the meta device"
            advice = "run a batch through the model, or load its weights, first"
            raise problem("model", "filled with values", f"{name} {state}", advice)
