"""Look inside PyTorch's recurrent layers.

`nn.RNN` makes one call for all layers and time steps. On a CPU, that call runs
``relu`` or ``tanh`` once per layer, direction and step, which a `TorchDispatchMode`
sees. On a GPU the steps are one kernel of cuDNN, and nothing can be seen. The gates of
`nn.LSTM` and `nn.GRU` are not shown anywhere, since on a CPU too they may be fused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


@dataclass
class Steps:
    """Pre-activations and activations of one layer and direction, step by step."""

    before: list[Tensor] = field(default_factory=list)
    after: list[Tensor] = field(default_factory=list)


class _Steps(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Keeps what goes into and comes out of each call of one function."""

    def __init__(self, function: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.name = f"aten::{function}"
        self.all = Steps()

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run one operation."""
        result = func(*args, **(kwargs or {}))
        if func._schema.name == self.name:  # type: ignore[attr-defined]
            self.all.before.append(args[0])
            self.all.after.append(result)
        return result


def look_inside(
    func: Callable[..., Any],
    function: str,
    args: tuple[Any, ...],
    keywords: Mapping[str, Any],
) -> tuple[Any, dict[str, Steps]]:
    """Run a recurrent layer and return its result and what its layers did.

    Parameters
    ----------
    func : callable
        One of PyTorch's functions whose names are in `RECURRENT`.
    function : {"relu", "tanh"}
        The activation it applies.
    args, keywords
        Arguments of the call.

    Returns
    -------
    result
        What `func` returns.
    layers : dict of str to Steps
        Keys are as in the names of the weights, for example "l0" and "l0_reverse";
        "" for a cell. Empty if the call was one kernel.
    """
    with _Steps(function) as mode:
        result = func(*args, **keywords)
    names = _name_layers(args)
    before, after = mode.all.before, mode.all.after
    n_steps, rest = divmod(len(after), len(names))
    if rest or not n_steps:
        return result, {}
    # A layer runs through all steps before the next one begins.
    cuts = [slice(i * n_steps, (i + 1) * n_steps) for i in range(len(names))]
    steps = [Steps(before[cut], after[cut]) for cut in cuts]
    return result, dict(zip(names, steps, strict=True))


def _name_layers(args: tuple[Any, ...]) -> list[str]:
    """Return the layers that a call runs, in order."""
    places = [i for i, arg in enumerate(args) if isinstance(arg, list | tuple)]
    if not places:
        return [""]  # a cell
    # The weights are followed by has_biases, num_layers, dropout, train, bidirectional.
    n_layers, is_bidirectional = args[places[0] + 2], args[places[0] + 5]
    ends = ("", "_reverse") if is_bidirectional else ("",)
    return [f"l{layer}{end}" for layer in range(n_layers) for end in ends]
