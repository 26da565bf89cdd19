"""See every activation of a forward pass, with the name of the module that calls it.

A `TorchFunctionMode` sees the calls of PyTorch's functions, so it makes no difference
whether a model applies `nn.ReLU`, `F.relu` or `x.clamp(min=0)`. Hooks on the modules
tell where in the model each call is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from rectified._validate import problem
from rectified.probes.flow import Flow
from rectified.probes.functions import (
    OPAQUE,
    RECURRENT,
    find_tails,
    get_input,
    recognize,
)
from rectified.probes.recurrent import look_inside
from rectified.probes.sites import (
    Call,
    Catalogue,
    Settings,
    Site,
    count_units,
    is_real,
)
from rectified.probes.statistics import Reading, Tails, read


class Recorder(TorchFunctionMode):
    """Collects what happens at each activation while it is active.

    Parameters
    ----------
    model : nn.Module
        The model that will run.
    settings : Settings
        What to record.
    """

    def __init__(self, model: nn.Module, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.flow = Flow(model)
        self.catalogue = Catalogue(settings.separate_calls)
        self.notes: dict[str, None] = {}  # a set that keeps its order
        self.first_non_finite: str | None = None
        self.path: list[tuple[str, nn.Module]] = []
        self.handles: list[RemovableHandle] = []
        self.muted = 0  # depth of modules that are recorded as a whole
        self.start_forward(None)

    def start_forward(self, examples: int | None) -> None:
        """Forget the previous forward pass, but not its statistics."""
        self.catalogue.start_forward()
        self.flow.start(examples)
        self.last: tuple[Site, Tensor, int | None] | None = None
        self.path.clear()
        self.muted = 0

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run one function of PyTorch, and record it if it is an activation."""
        keywords = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "__get__":  # a property: `weight.T` uses the weight, `.shape` not
            name = getattr(getattr(func, "__self__", None), "__name__", "")
            if name not in ("T", "mT", "data"):
                return func(*args, **keywords)
        activation = None if self.muted else recognize(name, args, keywords)
        if activation:
            x = get_input(args, keywords)
            if is_real(x):
                return self._run_activation(func, activation, args, keywords)
            if x.numel():
                self.note(f"{activation} on a tensor of an unusual kind was not seen")
        if self.flow.follow(name, args, keywords):
            self.catalogue.use_weights()
        if name in RECURRENT and not self.muted:
            return self._run_recurrent(func, name, args, keywords)
        if name in OPAQUE:
            self.note(f"the gates of {OPAQUE[name]} cannot be seen")
        return func(*args, **keywords)

    def _run_activation(
        self,
        func: Callable[..., Any],
        activation: str,
        args: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        x = get_input(args, keywords)
        threshold = self.settings.saturation
        tails = find_tails(func, activation, args, keywords, threshold)
        # Read the input first: the function may overwrite it.
        call = self.begin(activation, x, tails)
        result = func(*args, **keywords)
        if isinstance(result, Tensor) and result.shape == x.shape:
            self.end(call, [result])
        return result

    def _run_recurrent(
        self,
        func: Callable[..., Any],
        name: str,
        args: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        function = name.split("_")[1]
        result, layers = look_inside(func, function, args, keywords)
        plain = getattr(torch, function)
        tails = find_tails(plain, function, (), {}, self.settings.saturation)
        for layer, steps in layers.items():
            call = self.begin(function, torch.cat(steps.before), tails, part=layer)
            self.end(call, steps.after)
        if not layers:
            self.note("the steps of nn.RNN, one kernel on this device, cannot be seen")
        return result

    def begin(self, function: str, x: Tensor, tails: Tails, part: str = "") -> Call:
        """Read what goes into an activation that is about to be called."""
        owner, module = self.path[-1] if self.path else ("", None)
        # A module such as nn.ReLU needs no function's name after its own.
        is_activation = type(module).__module__ == "torch.nn.modules.activation"
        is_whole = is_activation or isinstance(module, self.settings.also)
        parts = (owner, part, "" if owner and is_whole else function)
        name = ".".join(filter(None, parts))
        axis = self._choose_axis(name, x)
        signal = read(x, axis, tails)
        self.check(f"the input of `{name}`", signal)
        return Call(name, function, axis, tails, signal)

    def _choose_axis(self, name: str, x: Tensor) -> int | None:
        """Return the axis that the caller named, or else the one that is likely."""
        axis = self.settings.unit_axis
        if isinstance(axis, Mapping):
            axis = axis.get(name)
        if axis is None:
            return self.flow.find_axis(x)
        if not -x.ndim <= axis < x.ndim:
            rule = f"an axis of `{name}`, which has {x.ndim}"
            raise problem("unit_axis", rule, axis, "leave it out or name activations")
        return axis % x.ndim

    def end(self, call: Call, results: list[Tensor]) -> None:
        """Record a call with what came out: one tensor, or one for each time step."""
        whole = results[0] if len(results) == 1 else torch.cat(results)
        output = read(whole, call.axis)
        self.check(f"the output of `{call.name}`", output)
        site = self.catalogue.find(
            self.path[-1][0] if self.path else "",
            call.function,
            self.flow.weights,
            name=call.name,
            units=count_units(whole, call.axis),
            tails=call.tails,
        )
        site.add(call.signal, output, calls=len(results))
        for result in results:
            if self.settings.with_gradients and result.requires_grad:
                add = partial(site.add_gradient, call.axis)
                handle = result.register_hook(add)  # type: ignore[no-untyped-call]
                self.handles.append(handle)
        self.last = site, results[-1], _version(results[-1])

    def check(self, place: str, reading: Reading) -> None:
        """Remember the first place where a value is not finite."""
        if self.first_non_finite is None and reading.non_finite.any():
            self.first_non_finite = place

    def check_tensors(self, place: str, tensors: Iterable[Tensor]) -> None:
        """Do the same for whole tensors."""
        if self.first_non_finite is None:
            real = [x for x in tensors if is_real(x) and x.is_floating_point()]
            if not all(bool(x.isfinite().all()) for x in real):
                self.first_non_finite = place

    def note(self, sentence: str) -> None:
        """Keep a remark on the module that runs; each one once."""
        owner = self.path[-1][0] if self.path else ""
        self.notes[f"`{owner}`: {sentence}" if owner else sentence] = None

    def find_source(self, output: Tensor) -> str | None:
        """Return the name of the activation whose output this is, if it is one."""
        if self.last is None or output.is_meta:
            return None
        site, result, version = self.last
        is_same = result is output or (
            result.numel() == output.numel()
            and result.untyped_storage().data_ptr()
            == output.untyped_storage().data_ptr()
        )
        return site.name if is_same and _version(result) == version else None

    def remove_hooks(self) -> None:
        """Remove the hooks from the activations, in case the model keeps them."""
        for handle in self.handles:
            handle.remove()
        self.handles.clear()
        self.last = None


def _version(x: Tensor) -> int | None:
    """Return a number that changes when `x` is written to."""
    return None if x.is_inference() else x._version
