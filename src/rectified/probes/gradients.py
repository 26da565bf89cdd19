"""Norms of parameters and of their gradients, without touching `Parameter.grad`."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from rectified._validate import problem
from rectified.probes.reports import ParameterReport


class Gradients:
    """Gradients of a loss with respect to the parameters of a model."""

    def __init__(self, model: nn.Module) -> None:
        self.parameters = dict(model.named_parameters())
        self.trained = {n: p for n, p in self.parameters.items() if p.requires_grad}
        self.squares: dict[str, list[float]] = {name: [] for name in self.trained}
        self.non_finite = dict.fromkeys(self.parameters, 0)
        self.norms = {name: _norm(p) for name, p in self.parameters.items()}

    def find_bad_parameter(self) -> str | None:
        """Return in words the first parameter that is not finite, if any."""
        bad = [name for name, norm in self.norms.items() if not math.isfinite(norm)]
        return f"the parameter `{bad[0]}`" if bad else None

    def add(self, loss: Any) -> float:
        """Run the backward pass of one batch and return the loss."""
        if not isinstance(loss, Tensor) or loss.numel() != 1:
            got = tuple(loss.shape) if isinstance(loss, Tensor) else type(loss).__name__
            advice = "average it over the batch"
            raise problem("loss", "a function that returns one number", got, advice)
        if self.trained and not loss.requires_grad:
            advice = "do not detach the output or leave PyTorch on the way"
            rule = "a function of the model's output"
            raise problem("loss", rule, "a number without a gradient", advice)
        if self.trained:
            wanted = list(self.trained.values())
            # Unlike `loss.backward()`, this leaves what `Parameter.grad` holds.
            found = torch.autograd.grad(loss.reshape(()), wanted, allow_unused=True)
            for name, gradient in zip(self.trained, found, strict=True):
                if gradient is not None:
                    norm = _norm(gradient)
                    self.squares[name].append(norm**2)
                    if not math.isfinite(norm):
                        self.non_finite[name] += _count_non_finite(gradient)
        return float(loss.detach())

    def find_unreached(self) -> list[str]:
        """Return the parameters that no gradient has reached in any batch."""
        return [name for name, squares in self.squares.items() if not squares]

    def report(self, learning_rate: float | None) -> tuple[ParameterReport, ...]:
        """Return norms and ratios of every parameter, in the model's order."""
        return tuple(
            self._report(name, parameter, learning_rate)
            for name, parameter in self.parameters.items()
        )

    def _report(
        self, name: str, parameter: Tensor, learning_rate: float | None
    ) -> ParameterReport:
        squares = self.squares.get(name)
        gradient = math.sqrt(math.fsum(squares) / len(squares)) if squares else math.nan
        norm = self.norms[name]
        ratio = math.nan
        if learning_rate is not None and not math.isnan(gradient):
            step = learning_rate * gradient
            ratio = step / norm if norm else math.inf if step else math.nan
        return ParameterReport(
            name=name,
            shape=tuple(parameter.shape),
            norm=norm,
            gradient_norm=gradient,
            update_ratio=ratio,
            non_finite=0 if math.isfinite(norm) else _count_non_finite(parameter),
            gradient_non_finite=self.non_finite[name],
        )


def _norm(x: Tensor) -> float:
    """Return the root of the sum of squares, accurate for tiny and huge numbers."""
    x = _values(x)
    kind = torch.float64 if x.dtype == torch.float64 else torch.float32
    norm = float(torch.linalg.vector_norm(x, dtype=kind))
    # Squares below 1e-38 vanish in float32, those above 1e38 overflow.
    if not 1e-12 < norm < math.inf:
        norm = float(torch.linalg.vector_norm(x.to("cpu", torch.float64)))
    return norm


def _count_non_finite(x: Tensor) -> int:
    return int((~_values(x).isfinite()).sum())


def _values(x: Tensor) -> Tensor:
    """Return the numbers of a tensor, also of a sparse or a complex one."""
    x = x.detach()
    x = x.coalesce().values() if x.is_sparse else x
    return torch.view_as_real(x) if x.is_complex() else x
