"""What may be handed to a probe: one batch, or a loader of batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from rectified._validate import problem


def is_one_batch(data: object) -> bool:
    """Tell a batch (tensor, tuple of tensors, mapping) from a loader of batches."""
    return isinstance(data, Tensor | tuple | Mapping)


def iterate(data: Any, target: Any, device: torch.device | None) -> Iterator[Any]:
    """Yield (inputs, target) of each batch, on the device of the model."""
    if is_one_batch(data):
        yield prepare(data, device), prepare(target, device)
        return
    if not isinstance(data, Iterable) or isinstance(data, str) or _is_array(data):
        rule = "a tensor, a tuple or dict of arguments, or an iterable of batches"
        advice = "convert numbers with torch.as_tensor"
        raise problem("batch", rule, type(data).__name__, advice)
    if target is not None:
        advice = "yield (inputs, target) pairs from the loader instead"
        raise problem("target", "left out with a loader", type(target).__name__, advice)
    is_empty = True
    for item in data:
        is_empty = False
        inputs, goal = split_pair(item)
        yield prepare(inputs, device), prepare(goal, device)
    if is_empty:
        raise problem("batch", "non-empty", data, "yield at least one batch")


def split_pair(item: Any) -> tuple[Any, Any]:
    """Return inputs and target of what a loader yields; the target may be None."""
    if isinstance(item, Tensor | Mapping | PackedSequence):
        return item, None
    if isinstance(item, list | tuple) and len(item) in (1, 2):
        return item[0], item[1] if len(item) == 2 else None
    rule = "inputs, or an (inputs, target) pair, from each step of the loader"
    advice = "put several inputs into one tuple: ((first, second), target)"
    raise problem("batch", rule, type(item).__name__, advice)


def prepare(data: Any, device: torch.device | None) -> Any:
    """Return `data` with every tensor on `device` and fit for a backward pass."""
    if isinstance(data, Tensor):
        data = data.clone() if data.is_inference() else data
        return data if device is None else data.to(device)
    if isinstance(data, PackedSequence):
        return data if device is None else data.to(device)  # type: ignore[arg-type]
    if isinstance(data, Mapping):
        return {key: prepare(value, device) for key, value in data.items()}
    if isinstance(data, list | tuple) and type(data) in (list, tuple):
        return type(data)(prepare(value, device) for value in data)
    return data


def run(model: nn.Module, inputs: Any) -> Any:
    """Call the model: a tuple holds its arguments, a mapping its keyword arguments."""
    if isinstance(inputs, Mapping):
        return model(**inputs)
    if type(inputs) in (tuple, list):
        return model(*inputs)
    return model(inputs)


def find_tensors(data: Any) -> Iterator[Tensor]:
    """Yield the tensors in nested tuples, lists, mappings and dataclasses."""
    if isinstance(data, Tensor):
        yield data
    elif isinstance(data, Mapping):
        yield from find_tensors(list(data.values()))
    elif isinstance(data, list | tuple):
        for one in data:
            yield from find_tensors(one)
    elif hasattr(data, "__dataclass_fields__"):
        yield from find_tensors(list(vars(data).values()))


def count_examples(inputs: Any) -> tuple[int, bool]:
    """Return the length of the first tensor, and whether it has no other axis."""
    first = next(find_tensors(inputs), None)
    if first is None:
        advice = "pass the tensors that the model takes"
        raise problem("batch", "made of tensors", type(inputs).__name__, advice)
    if not first.numel():
        advice = "pass at least one example"
        raise problem("batch", "non-empty", tuple(first.shape), advice)
    return (first.shape[0] if first.ndim else 1), first.ndim < 2


def find_device(model: nn.Module) -> torch.device | None:
    """Return where the model lives, or None if it has no single place."""
    devices = {tensor.device for tensor in (*model.parameters(), *model.buffers())}
    return devices.pop() if len(devices) == 1 else None


def _is_array(data: object) -> bool:
    return hasattr(data, "__array__")
