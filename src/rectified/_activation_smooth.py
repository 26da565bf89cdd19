"""Entries of `rectified.activations` that are smooth everywhere."""

from __future__ import annotations

from rectified import _activation_smooth_functions as numpy_functions
from rectified._activation import Activation, from_torch, make_entry


def gelu() -> Activation:
    return make_entry(
        "gelu",
        "gelu",
        functions=numpy_functions,
        display_name="GELU",
        formula=r"f(z) = z\,\Phi(z)",
        derivative_formula=r"f'(z) = \Phi(z) + z\,\varphi(z)",
        lower=-0.16997120747990369,
        saturates_left=True,
        source="Hendrycks and Gimpel (2016), Gaussian error linear units, "
        "arXiv:1606.08415",
    )


def gelu_tanh() -> Activation:
    return make_entry(
        "gelu_tanh",
        from_torch("gelu", approximate="tanh"),
        functions=numpy_functions,
        display_name="GELU (tanh)",
        formula=r"f(z) = \tfrac12 z (1 + \tanh u),\ "
        r"u = \sqrt{2 / \pi}\,(z + 0.044715 z^3)",
        derivative_formula=r"f'(z) = \tfrac12 (1 + \tanh u) + \tfrac12 z "
        r"(1 - \tanh^2 u) \sqrt{2 / \pi}\,(1 + 0.134145 z^2)",
        lower=-0.17004075057125412,
        saturates_left=True,
        source="Hendrycks and Gimpel (2016), Gaussian error linear units, "
        "arXiv:1606.08415",
    )


def silu() -> Activation:
    return make_entry(
        "silu",
        "silu",
        functions=numpy_functions,
        display_name="SiLU",
        formula=r"f(z) = z\,\sigma(z)",
        derivative_formula=r"f'(z) = \sigma(z) + z\,\sigma(z) (1 - \sigma(z))",
        lower=-0.27846454276107380,
        saturates_left=True,
        source="Elfwing, Uchibe and Doya (2018), Sigmoid-weighted linear units for "
        "neural network function approximation in reinforcement learning, "
        "arXiv:1702.03118",
    )


def softplus() -> Activation:
    return make_entry(
        "softplus",
        "softplus",
        functions=numpy_functions,
        display_name="Softplus",
        formula=r"f(z) = \log(1 + e^z)",
        derivative_formula=r"f'(z) = \sigma(z)",
        lower=0.0,
        saturates_left=True,
        source="Dugas, Bengio, Belisle, Nadeau and Garcia (2000), Incorporating "
        "second-order functional knowledge for better option pricing, NIPS 13",
    )


def sigmoid() -> Activation:
    return make_entry(
        "sigmoid",
        "sigmoid",
        functions=numpy_functions,
        display_name="Sigmoid",
        formula=r"f(z) = \sigma(z) = 1 / (1 + e^{-z})",
        derivative_formula=r"f'(z) = \sigma(z) (1 - \sigma(z))",
        lower=0.0,
        upper=1.0,
        saturates_left=True,
        saturates_right=True,
        torch_gain=1.0,
        source="Rumelhart, Hinton and Williams (1986), Learning representations by "
        "back-propagating errors, Nature 323",
    )


def tanh() -> Activation:
    return make_entry(
        "tanh",
        "tanh",
        functions=numpy_functions,
        display_name="Tanh",
        formula=r"f(z) = \tanh z",
        derivative_formula=r"f'(z) = 1 - \tanh^2 z",
        lower=-1.0,
        upper=1.0,
        saturates_left=True,
        saturates_right=True,
        torch_gain=5 / 3,
        source="LeCun, Bottou, Orr and Müller (1998), Efficient backprop, in Neural "
        "networks: tricks of the trade, Springer",
    )
