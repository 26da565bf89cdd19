"""Healthy networks of many kinds, and data for them."""

from __future__ import annotations

import math
from functools import cache, partial

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

N_DIGITS = 600


@cache
def digits(scaled=True):
    """Return 600 handwritten digits, standardized per pixel or from 0 to 16."""
    data = load_digits()
    x = torch.tensor(data.data[:N_DIGITS], dtype=torch.float32)
    if scaled:
        x = (x - x.mean(0)) / x.std(0).clamp(min=0.1)
    return x, torch.tensor(data.target[:N_DIGITS])


def he(model, gain=2**0.5):
    """Draw weights with standard deviation gain / sqrt(fan_in), and zero biases."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            fan_in = layer.weight[0].numel()
            nn.init.normal_(layer.weight, std=gain / math.sqrt(fan_in))
            nn.init.zeros_(layer.bias)
    return model


xavier = partial(he, gain=1.0)  # the same for square layers


def perceptron(depth, *, width=64, act=nn.ReLU, init=he, norm=None):
    """Build a network for digits with `depth` hidden layers."""
    layers, fan_in = [], 64
    for _ in range(depth):
        layers.append(nn.Linear(fan_in, width))
        layers += [norm(width)] if norm else []
        layers.append(act())
        fan_in = width
    model = nn.Sequential(*layers, nn.Linear(fan_in, 10))
    return init(model) if init else model


class Residual(nn.Module):
    """A residual network for digits."""

    def __init__(self, blocks=6, norm=True):
        super().__init__()
        self.enter, self.leave = nn.Linear(64, 64), nn.Linear(64, 10)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(64) if norm else nn.Identity(),
                nn.Linear(64, 128),
                nn.ReLU(),
                nn.Linear(128, 64),
            )
            for _ in range(blocks)
        )

    def forward(self, x):
        x = self.enter(x)
        for block in self.blocks:
            x = x + block(x)
        return self.leave(x)


class Pictures(nn.Module):
    """Convolutions over the 8 x 8 pixels of a digit."""

    def __init__(self, depth=3, norm=False):
        super().__init__()
        layers, fan_in = [], 1
        for _ in range(depth):
            layers.append(nn.Conv2d(fan_in, 16, 3, padding=1))
            layers += [nn.BatchNorm2d(16)] if norm else []
            layers.append(nn.ReLU(inplace=True))
            fan_in = 16
        self.features, self.leave = nn.Sequential(*layers), nn.Linear(256, 10)

    def forward(self, x):
        x = self.features(x.view(-1, 1, 8, 8))
        return self.leave(F.max_pool2d(x, 2).flatten(1))


class Rows(nn.Module):
    """Reads a digit row by row with a recurrent layer or a transformer."""

    def __init__(self, reader):
        super().__init__()
        self.enter, self.leave = nn.Linear(8, 32), nn.Linear(32, 10)
        self.reader = reader

    def forward(self, x):
        x = self.reader(self.enter(x.view(-1, 8, 8)))
        return self.leave(x[0][:, -1] if isinstance(x, tuple) else x.mean(1))


def transformer(layers, **options):
    """Build a transformer that reads digits."""
    options = {"batch_first": True, "dropout": 0.0} | options
    layer = nn.TransformerEncoderLayer(32, 4, 64, **options)
    return Rows(nn.TransformerEncoder(layer, layers, enable_nested_tensor=False))


def recurrent(kind, layers=1, **options):
    """Build a recurrent network that reads digits."""
    return Rows(kind(32, 32, layers, batch_first=True, **options))


HEALTHY = {
    "He, 1 layer": partial(perceptron, 1),
    "He, 2 layers": partial(perceptron, 2),
    "He, 5 layers": partial(perceptron, 5),
    "He, 10 layers": partial(perceptron, 10),
    "He, 20 layers": partial(perceptron, 20),
    "default, 1 layer": partial(perceptron, 1, init=None),
    "default, 3 layers": partial(perceptron, 3, init=None),
    "tanh, 2 layers": partial(perceptron, 2, act=nn.Tanh, init=xavier),
    "tanh, 20 layers": partial(perceptron, 20, act=nn.Tanh, init=xavier),
    "sigmoid, 2 layers": partial(perceptron, 2, act=nn.Sigmoid, init=xavier),
    "GELU": partial(perceptron, 5, act=nn.GELU),
    "SiLU": partial(perceptron, 5, act=nn.SiLU),
    "ELU": partial(perceptron, 5, act=nn.ELU, init=xavier),
    "leaky ReLU": partial(perceptron, 10, act=nn.LeakyReLU),
    "batch norm": partial(perceptron, 10, norm=nn.BatchNorm1d, init=None),
    "layer norm": partial(perceptron, 10, norm=nn.LayerNorm, init=None),
    "residual": Residual,
    "residual, no norm": partial(Residual, 12, norm=False),
    "convolutions": Pictures,
    "convolutions, He": lambda: he(Pictures(8)),
    "convolutions, batch norm": partial(Pictures, 6, norm=True),
    "transformer": partial(transformer, 4),
    "transformer, norm first": partial(
        transformer, 8, norm_first=True, activation="gelu"
    ),
    "RNN": partial(recurrent, nn.RNN, 2),
    "RNN, ReLU": partial(recurrent, nn.RNN, nonlinearity="relu"),
    "LSTM": partial(recurrent, nn.LSTM),
    "GRU": partial(recurrent, nn.GRU),
}
"""Networks for digits that learn, by name."""


def train(model, *, data=None, loss=F.cross_entropy, optimizer="adam", **options):
    """Train a model in place for 150 steps of 32 examples; return it."""
    x, y = digits() if data is None else data
    steps, rate = options.get("steps", 150), options.get("rate", 1e-3)
    make = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer]
    descent = make(model.parameters(), rate)
    for _ in range(steps):
        rows = torch.randint(len(x), (32,))
        value = loss(model(x[rows]), y[rows])
        descent.zero_grad()
        value.backward()
        descent.step()
    return model
