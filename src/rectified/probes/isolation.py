"""Run a model and leave it, and the random numbers to come, as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn


@contextmanager
def undisturbed(model: nn.Module) -> Iterator[None]:
    """Undo within `model` whatever running it changes, also after an error.

    Buffers (the running statistics of batch norm, for example) are replaced by copies
    for as long as the block lasts. Attributes that get another value get their old
    one back. The random numbers of PyTorch, on the CPU and on the model's GPUs,
    continue as if the block had not run.

    Two things cannot be undone: a list or dictionary of the model that grows in
    place, and a parameter that the model itself writes to.
    """
    devices = {p.device for p in model.parameters() if p.device.type == "cuda"}
    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(sorted(devices, key=str)))
        stack.enter_context(_restored_state(model))
        stack.enter_context(_no_cast_cache())
        if any(_is_compiled(module) for module in model.modules()):
            # A compiled module hides what runs inside; its source code does not.
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


@contextmanager
def _restored_state(model: nn.Module) -> Iterator[None]:
    copies: dict[int, Tensor] = {}
    states = [
        (module, dict(vars(module)), [dict(members) for members in _members(module)])
        for module in model.modules()
        if not isinstance(module, torch.jit.ScriptModule)
    ]
    try:
        for module, _, _ in states:
            for name, buffer in module._buffers.items():
                if buffer is not None:
                    # A buffer that two modules share stays shared.
                    copy = copies.setdefault(id(buffer), buffer.detach().clone())
                    module._buffers[name] = copy
        with _restored_scripts(model):
            yield
    finally:
        for module, attributes, members in states:
            for name in vars(module).keys() - attributes.keys():
                del vars(module)[name]
            vars(module).update(attributes)
            for now, before in zip(_members(module), members, strict=True):
                now.clear()
                now.update(before)


def _members(module: nn.Module) -> tuple[dict[str, Any], ...]:
    return module._parameters, module._buffers, module._modules


@contextmanager
def _restored_scripts(model: nn.Module) -> Iterator[None]:
    """Restore buffers of TorchScript modules, which cannot be replaced, in place."""
    buffers = [
        buffer
        for module in model.modules()
        if isinstance(module, torch.jit.ScriptModule)
        for buffer in module.buffers(recurse=False)
    ]
    copies = [buffer.detach().clone() for buffer in buffers]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, copy in zip(buffers, copies, strict=True):
                buffer.copy_(copy)


@contextmanager
def _no_cast_cache() -> Iterator[None]:
    """Keep autocast from reusing weights that it has cast here, without gradients."""
    was_on = torch.is_autocast_cache_enabled()
    torch.set_autocast_cache_enabled(False)
    try:
        yield
    finally:
        torch.set_autocast_cache_enabled(was_on)


def _is_compiled(module: nn.Module) -> bool:
    return type(module).__name__ == "OptimizedModule" or (
        module._compiled_call_impl is not None
    )
