"""Small PyTorch networks whose every layer is easy to find, hook and compare.

All draw their weights from their own generator: the same seed gives the same network,
and PyTorch's global random state stays as it is. With the default arguments, an `MLP`
or a `CNN` holds, up to rounding, the weights that the same layers made by hand would
hold after ``torch.manual_seed(seed)``.
"""

from __future__ import annotations

from rectified.networks.convolutional import CNN, ConvolutionalLayer
from rectified.networks.language import CharTransformer
from rectified.networks.parts import SquaredReLU, make_activation
from rectified.networks.perceptron import MLP, HiddenLayer
from rectified.networks.recurrent import RNN
from rectified.networks.transformer import (
    FeedForward,
    SelfAttention,
    TransformerBlock,
)

__all__ = [
    "CNN",
    "MLP",
    "RNN",
    "CharTransformer",
    "ConvolutionalLayer",
    "FeedForward",
    "HiddenLayer",
    "SelfAttention",
    "SquaredReLU",
    "TransformerBlock",
    "make_activation",
]
