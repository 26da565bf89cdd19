"""What is known of the schemes of `rectified.initialization`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Entry(NamedTuple):
    """What the schemes of one name have in common."""

    display_name: str
    gain: float
    divisor: Callable[[int, int], float]  # of the variance, from fan_in and fan_out
    distributions: tuple[str, ...]  # the first one is the default
    formula: str
    source: str


_SPREADS = ("normal", "uniform")
ENTRIES = {
    "pytorch": Entry(
        "PyTorch default",
        1 / math.sqrt(3),
        lambda fan_in, fan_out: fan_in,
        ("uniform",),
        r"\mathrm{Var}\,w = \frac{1}{3\,n_\mathrm{in}}",
        "torch.nn.Linear.reset_parameters: kaiming_uniform_ with a = sqrt(5)",
    ),
    "lecun": Entry(
        "LeCun",
        1.0,
        lambda fan_in, fan_out: fan_in,
        _SPREADS,
        r"\mathrm{Var}\,w = \frac{g^2}{n_\mathrm{in}},\ g = 1",
        "LeCun, Bottou, Orr and Müller (1998), Efficient backprop",
    ),
    "xavier": Entry(
        "Xavier",
        1.0,
        lambda fan_in, fan_out: (fan_in + fan_out) / 2,
        _SPREADS,
        r"\mathrm{Var}\,w = \frac{2 g^2}{n_\mathrm{in} + n_\mathrm{out}},\ g = 1",
        "Glorot and Bengio (2010), Understanding the difficulty of training deep "
        "feedforward neural networks, AISTATS",
    ),
    "he": Entry(
        "He",
        math.sqrt(2),
        lambda fan_in, fan_out: fan_in,
        _SPREADS,
        r"\mathrm{Var}\,w = \frac{g^2}{n_\mathrm{in}},\ g = \sqrt 2",
        "He, Zhang, Ren and Sun (2015), Delving deep into rectifiers, arXiv:1502.01852",
    ),
    "orthogonal": Entry(
        "Orthogonal",
        1.0,
        lambda fan_in, fan_out: max(fan_in, fan_out),
        ("orthogonal",),
        r"\mathrm{Var}\,w = \frac{g^2}{\max(n_\mathrm{in}, n_\mathrm{out})},\ g = 1",
        "Saxe, McClelland and Ganguli (2013), Exact solutions to the nonlinear "
        "dynamics of learning in deep linear neural networks, arXiv:1312.6120",
    ),
    "constant_std": Entry(
        "Constant spread",
        0.01,
        lambda fan_in, fan_out: 1,
        _SPREADS,
        r"\mathrm{Var}\,w = s^2,\ s = 0.01",
        "Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep "
        "convolutional neural networks, NIPS 25",
    ),
    "identity": Entry(
        "Identity",
        1.0,
        lambda fan_in, fan_out: max(fan_in, fan_out),
        ("identity",),
        r"W = g\,I,\ g = 1",
        "Le, Jaitly and Hinton (2015), A simple way to initialize recurrent networks "
        "of rectified linear units, arXiv:1504.00941",
    ),
}
