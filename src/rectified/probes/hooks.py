"""Hooks that tell a `Recorder` which module runs; they go when the block ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from rectified.probes.capture import Recorder
from rectified.probes.sites import Call, is_real

_NOT_FLAT: Final = (-math.inf, math.inf)


@contextmanager
def attached(model: nn.Module, recorder: Recorder) -> Iterator[None]:
    """Have every module of `model` report to `recorder` within the block."""
    handles: list[RemovableHandle] = []
    try:
        for name, module in model.named_modules():
            if isinstance(module, torch.jit.ScriptModule):  # takes no hooks
                _note_script(recorder, name)
                continue
            watch = _Watch(recorder, name)
            handles.append(module.register_forward_pre_hook(watch.enter, prepend=True))
            # Also called when the forward raises, which a model may catch.
            leave = module.register_forward_hook(watch.leave, always_call=True)
            handles.append(leave)
        yield
    finally:
        for handle in handles:
            handle.remove()
        recorder.remove_hooks()


def _note_script(recorder: Recorder, name: str) -> None:
    """Say that nothing inside a compiled module can be seen, once for all inside."""
    outer = f"`{name}`" if name else "the model"
    parts = [".".join(name.split(".")[:n]) for n in range(name.count(".") + 1)]
    known = [f"`{part}`" if part else "the model" for part in parts]
    sentence = "{}: TorchScript, whose inside cannot be seen"
    if not any(sentence.format(one) in recorder.notes for one in known):
        recorder.notes[sentence.format(outer)] = None


class _Watch:
    """The two hooks of one module."""

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder, self.name = recorder, name
        self.calls: list[Call | None] = []  # a module may call itself

    def enter(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Note that the module runs, and read its input if it is an activation."""
        recorder = self.recorder
        recorder.path.append((self.name, module))
        self.calls.append(None)
        if not isinstance(module, recorder.settings.also):
            return
        if not recorder.muted and inputs and is_real(inputs[0]):
            function = type(module).__name__
            self.calls[-1] = recorder.begin(function, inputs[0], _NOT_FLAT)
        recorder.muted += 1

    def leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        """Note that the module is done; `output` is None if it raised."""
        recorder, call = self.recorder, self.calls.pop()
        if call and is_real(output):
            recorder.end(call, [output])
        elif recorder.first_non_finite is None:
            self._check(module, output)
        recorder.muted -= isinstance(module, recorder.settings.also)
        recorder.path.pop()

    def _check(self, module: nn.Module, output: Any) -> None:
        """Note if the module put out NaN or plus infinity.

        Minus infinity is how attention masks say "not this one".
        """
        tensors = output if isinstance(output, list | tuple) else (output,)
        for x in tensors:
            if not is_real(x) or not x.is_floating_point() or x.is_meta:
                continue
            # The sum is quick to tell that all is well.
            if float(x.detach().sum()) < math.inf:
                continue
            if bool((x.isnan() | (x == math.inf)).any()):
                owner = f"`{self.name}`" if self.name else "the model"
                kind = type(module).__name__
                self.recorder.first_non_finite = f"the output of {owner} ({kind})"
