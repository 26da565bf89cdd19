"""Entries of `rectified.activations` that are straight for z > 0, or nearly so."""

from __future__ import annotations

import functools
import math
from types import MappingProxyType
from typing import Any

from rectified import _activation_functions as numpy_functions
from rectified._activation import Activation, from_torch, make_entry


def relu() -> Activation:
    return make_entry(
        "relu",
        "relu",
        functions=numpy_functions,
        display_name="ReLU",
        formula=r"f(z) = \max(0, z)",
        derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{ else } 0",
        lower=0.0,
        saturates_left=True,
        kinks=(0.0,),
        torch_gain=math.sqrt(2),
        source="Nair and Hinton (2010), Rectified linear units improve restricted "
        "Boltzmann machines, ICML",
    )


def leaky_relu(negative_slope: float = 0.01) -> Activation:
    return _leaky(
        "leaky_relu",
        negative_slope,
        display_name="Leaky ReLU",
        torch_function=from_torch("leaky_relu", negative_slope=negative_slope),
        torch_gain=math.sqrt(2 / (1 + negative_slope**2)),
        source="Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural "
        "network acoustic models, ICML workshop",
    )


def prelu(negative_slope: float = 0.25) -> Activation:
    def call(z: Any) -> Any:
        from torch.nn.functional import prelu

        return prelu(z, z.new_tensor([negative_slope]))

    return _leaky(
        "prelu",
        negative_slope,
        display_name="PReLU",
        torch_function=call,
        source="He, Zhang, Ren and Sun (2015), Delving deep into rectifiers, "
        "arXiv:1502.01852",
    )


def _leaky(name: str, negative_slope: float, **facts: Any) -> Activation:
    slope = {"negative_slope": negative_slope}
    leaky_relu_derivative = numpy_functions.leaky_relu_derivative
    return Activation(
        name=name,
        parameters=MappingProxyType(slope),
        function=functools.partial(numpy_functions.leaky_relu, **slope),
        derivative=functools.partial(leaky_relu_derivative, **slope),
        formula=r"f(z) = z \text{ if } z > 0 \text{ else } \alpha z",
        derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{ else } \alpha",
        lower=-math.inf if negative_slope > 0 else 0.0,
        saturates_left=negative_slope == 0,
        kinks=() if negative_slope == 1 else (0.0,),
        **facts,
    )


def elu(alpha: float = 1.0) -> Activation:
    return Activation(
        name="elu",
        display_name="ELU",
        parameters=MappingProxyType({"alpha": alpha}),
        function=functools.partial(numpy_functions.elu, alpha=alpha),
        derivative=functools.partial(numpy_functions.elu_derivative, alpha=alpha),
        torch_function=from_torch("elu", alpha=alpha),
        formula=r"f(z) = z \text{ if } z > 0 \text{ else } \alpha (e^z - 1)",
        derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{ else } \alpha e^z",
        lower=-alpha,
        saturates_left=True,
        kinks=() if alpha == 1 else (0.0,),
        source="Clevert, Unterthiner and Hochreiter (2015), Fast and accurate deep "
        "network learning by exponential linear units, arXiv:1511.07289",
    )


def selu() -> Activation:
    alpha, scale = numpy_functions.SELU_ALPHA, numpy_functions.SELU_SCALE
    return make_entry(
        "selu",
        "selu",
        functions=numpy_functions,
        display_name="SELU",
        formula=r"f(z) = \lambda z \text{ if } z > 0 \text{ else } "
        r"\lambda \alpha (e^z - 1),\ \lambda = 1.0507,\ \alpha = 1.6733",
        derivative_formula=r"f'(z) = \lambda \text{ if } z > 0 \text{ else } "
        r"\lambda \alpha e^z",
        lower=-scale * alpha,
        saturates_left=True,
        kinks=(0.0,),
        torch_gain=3 / 4,
        source="Klambauer, Unterthiner, Mayr and Hochreiter (2017), Self-normalizing "
        "neural networks, arXiv:1706.02515",
    )


def relu6() -> Activation:
    return make_entry(
        "relu6",
        "relu6",
        functions=numpy_functions,
        display_name="ReLU6",
        formula=r"f(z) = \min(\max(0, z), 6)",
        derivative_formula=r"f'(z) = 1 \text{ if } 0 < z < 6 \text{ else } 0",
        lower=0.0,
        upper=6.0,
        saturates_left=True,
        saturates_right=True,
        kinks=(0.0, 6.0),
        source="Krizhevsky (2010), Convolutional deep belief networks on CIFAR-10, "
        "technical report",
    )


def _torch_squared_relu(z: Any) -> Any:
    return z.relu().square()


def squared_relu() -> Activation:
    return make_entry(
        "squared_relu",
        _torch_squared_relu,
        functions=numpy_functions,
        display_name="Squared ReLU",
        formula=r"f(z) = \max(0, z)^2",
        derivative_formula=r"f'(z) = 2 \max(0, z)",
        lower=0.0,
        saturates_left=True,
        source="So et al. (2021), Primer: searching for efficient transformers for "
        "language modeling, arXiv:2109.08668",
    )


def hard_swish() -> Activation:
    return make_entry(
        "hard_swish",
        "hardswish",
        functions=numpy_functions,
        display_name="Hard swish",
        formula=r"f(z) = z \min(\max(0, z + 3), 6) / 6",
        derivative_formula=r"f'(z) = 0 \text{ if } z < -3,\ 1 \text{ if } z > 3,\ "
        r"\text{else } z / 3 + 1 / 2",
        lower=-3 / 8,
        saturates_left=True,
        kinks=(-3.0, 3.0),
        source="Howard et al. (2019), Searching for MobileNetV3, arXiv:1905.02244",
    )


def _torch_identity(z: Any) -> Any:
    return z


def identity() -> Activation:
    return make_entry(
        "identity",
        _torch_identity,
        functions=numpy_functions,
        display_name="Identity",
        formula="f(z) = z",
        derivative_formula="f'(z) = 1",
        torch_gain=1.0,
        source="Widrow and Hoff (1960), Adaptive switching circuits, IRE WESCON",
    )
