"""Models that are hard to see into, each with a plain second way to compute it.

`trace` returns what goes into and comes out of each activation, by name, computed
without hooks or modes. Several calls that count as one activation are a list.
"""

from __future__ import annotations

import contextlib
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torch.nn.utils.rnn import pack_sequence
from torch.utils.checkpoint import checkpoint

X = 4  # features of the usual input


def vectors(rows=9):
    return torch.randn(rows, X)


class Animal(nn.Module):
    """A model, the input it takes, and where its units are."""

    axis = -1

    @staticmethod
    def make_input():
        return vectors()


def relu(z):
    """ReLU by other means than the functions that are watched."""
    return torch.where(z > 0, z, torch.zeros_like(z))


def pair(z, f=relu):
    return z.clone(), f(z)


# --- the same function, called in every way -----------------------------------


class OneLayer(Animal):
    name = "relu"

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(X, 6)

    def trace(self, x):
        return {self.name: [pair(self.linear(x))]}


class FunctionalRelu(OneLayer):
    def forward(self, x):
        return F.relu(self.linear(x))


class FunctionalReluInPlace(OneLayer):
    def forward(self, x):
        return F.relu(self.linear(x), inplace=True)


class TorchRelu(OneLayer):
    def forward(self, x):
        return torch.relu(self.linear(x)).sum(1)


class KeywordRelu(OneLayer):
    def forward(self, x):
        return torch.relu(input=self.linear(x))


class MethodRelu(OneLayer):
    def forward(self, x):
        return self.linear(x).relu() * 2


class MethodReluInPlace(OneLayer):
    def forward(self, x):
        z = self.linear(x)
        z.relu_()
        return z


class TorchReluInPlace(OneLayer):
    def forward(self, x):
        return torch.relu_(self.linear(x))


class ClampMethod(OneLayer):
    def forward(self, x):
        return self.linear(x).clamp(min=0)


class ClampFunction(OneLayer):
    def forward(self, x):
        return torch.clamp(self.linear(x), 0)


class ClampMin(OneLayer):
    def forward(self, x):
        return torch.clamp_min(self.linear(x), 0.0)


class ClampInPlace(OneLayer):
    def forward(self, x):
        return self.linear(x).clamp_(0, None)


class Clip(OneLayer):
    def forward(self, x):
        return self.linear(x).clip(min=0)


class MaximumWithZero(OneLayer):
    def forward(self, x):
        return torch.maximum(self.linear(x), torch.zeros(()))


class MaxWithZeros(OneLayer):
    def forward(self, x):
        z = self.linear(x)
        return torch.max(z, torch.zeros_like(z))


class Bounded(OneLayer):
    name = "relu6"

    def forward(self, x):
        return self.linear(9 * x).clamp(0, 6)

    def trace(self, x):
        z = self.linear(9 * x)
        return {"relu6": [(z, torch.where(z > 6, 6 * torch.ones_like(z), relu(z)))]}


class ModuleRelu(OneLayer):
    name = "act"

    def __init__(self):
        super().__init__()
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.linear(x))


class ModuleReluInPlace(ModuleRelu):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU(inplace=True)


class ModuleMadeInForward(OneLayer):
    def forward(self, x):
        return nn.ReLU()(self.linear(x))


class ReluOfAView(OneLayer):
    def forward(self, x):
        z = self.linear(x)
        z[:, :2].relu_()
        return z

    def trace(self, x):
        return {"relu": [pair(self.linear(x)[:, :2])]}


class ReluOfATranspose(OneLayer):
    def forward(self, x):
        return self.linear(x).unsqueeze(1).transpose(0, 1).relu()

    def trace(self, x):
        return {"relu": [pair(self.linear(x)[None])]}


class ChosenFromADict(OneLayer):
    def forward(self, x):
        functions = {"a": lambda z: partial(torch.threshold, threshold=0, value=0)(z)}
        return functions["a"](self.linear(x))

    name = "threshold"


class FromOwnAutogradFunction(OneLayer):
    class Rectify(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z.clamp(min=0)

        @staticmethod
        def backward(ctx, gradient):
            (z,) = ctx.saved_tensors
            return gradient * (z > 0)

    def forward(self, x):
        return self.Rectify.apply(self.linear(x))


class DirectForward(ModuleRelu):
    """Calls `forward`, which runs no hooks."""

    name = "relu"

    def forward(self, x):
        return self.act.forward(self.linear.forward(x))


# --- several layers, shared and reused modules --------------------------------


class Perceptron(nn.Sequential):
    axis = -1
    make_input = staticmethod(vectors)

    def __init__(self):
        layers = [nn.Linear(X, 6), nn.ReLU(), nn.Linear(6, 5), nn.Tanh()]
        super().__init__(*layers, nn.Linear(5, 2))

    def trace(self, x):
        first = pair(self[0](x))
        return {"1": [first], "3": [pair(self[2](first[1]), tanh)]}


def tanh(z):
    """Hyperbolic tangent, by its relation to the sigmoid."""
    return 2 / (1 + torch.exp(-2 * z)) - 1


class ReusedRelu(Animal):
    """One nn.ReLU between several layers: its units differ from call to call."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(X, X) for _ in range(3)])
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x.mean()

    def trace(self, x):
        found = {}
        for number, layer in enumerate(self.layers, start=1):
            found["act" if number == 1 else f"act[{number}]"] = [pair(layer(x))]
            x = relu(layer(x))
        return found


class FunctionalInALoop(ReusedRelu):
    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        return x

    def trace(self, x):
        found = super().trace(x)
        return {name.replace("act", "relu"): pairs for name, pairs in found.items()}


class SharedLayer(Animal):
    """One layer applied three times: its units are the same in each call."""

    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(X, X), nn.ReLU())

    def forward(self, x):
        return self.block(self.block(self.block(x)))

    def trace(self, x):
        pairs = []
        for _ in range(3):
            pairs.append(pair(self.block[0](x)))
            x = pairs[-1][1]
        return {"block.1": pairs}


class RepeatedInSequential(SharedLayer):
    def __init__(self):
        super().__init__()
        self.all = nn.Sequential(self.block, self.block, self.block)

    def forward(self, x):
        return self.all(x)


class TwiceAfterTheSameLayer(OneLayer):
    """Two activations after one layer are two, not one called twice."""

    def forward(self, x):
        z = self.linear(x)
        return F.relu(z) + F.relu(-z)

    def trace(self, x):
        z = self.linear(x)
        return {"relu": [pair(z)], "relu[2]": [pair(-z)]}


class FunctionalWeights(Animal):
    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(X, 6))
        self.second = nn.Parameter(torch.randn(3, 6))

    def forward(self, x):
        return F.relu(F.relu(x @ self.first) @ self.second.T)

    def trace(self, x):
        z = x @ self.first
        return {"relu": [pair(z)], "relu[2]": [pair(relu(z) @ self.second.T)]}


class HandmadeRecurrence(Animal):
    def __init__(self):
        super().__init__()
        self.enter, self.stay = nn.Linear(X, 5), nn.Linear(5, 5)

    @staticmethod
    def make_input():
        return torch.randn(7, 3, X)

    def forward(self, x):
        state = torch.zeros(x.shape[1], 5)
        for step in x:
            state = F.relu(self.enter(step) + self.stay(state))
        return state

    def trace(self, x):
        state, pairs = torch.zeros(x.shape[1], 5), []
        for step in x:
            pairs.append(pair(self.enter(step) + self.stay(state)))
            state = pairs[-1][1]
        return {"relu": pairs}


class DictOfModules(Animal):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleDict({"a": nn.Linear(X, 3), "b": nn.Linear(X, 3)})
        self.act = nn.ModuleDict({"a": nn.ReLU(), "b": nn.LeakyReLU(0.2)})

    def forward(self, x):
        return {key: self.act[key](part(x)) for key, part in self.parts.items()}

    def trace(self, x):
        a, b = self.parts["a"](x), self.parts["b"](x)
        return {"act.a": [pair(a)], "act.b": [(b, torch.where(b > 0, b, 0.2 * b))]}


class CallsItself(Animal):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(X, X)

    def forward(self, x, depth=2):
        x = F.relu(self.linear(x))
        return self(x, depth - 1) if depth else x

    def trace(self, x):
        pairs = []
        for _ in range(3):
            pairs.append(pair(self.linear(x)))
            x = pairs[-1][1]
        return {"relu": pairs}


# --- control flow -------------------------------------------------------------


class Branches(Animal):
    def __init__(self):
        super().__init__()
        self.plus, self.minus = nn.Linear(X, 3), nn.Linear(X, 3)

    def forward(self, x):
        if x.sum() > 0:
            return torch.sigmoid(self.plus(x))
        return F.relu(self.minus(x))

    @staticmethod
    def make_input():
        return vectors().abs()

    def trace(self, x):
        return {"sigmoid": [pair(self.plus(x), lambda z: 1 / (1 + torch.exp(-z)))]}


class RecoversFromAnError(Animal):
    class Fails(nn.Module):
        def forward(self, x):
            raise ArithmeticError

    def __init__(self):
        super().__init__()
        self.inner = nn.ModuleDict({"fails": self.Fails(), "linear": nn.Linear(X, 3)})

    def forward(self, x):
        with contextlib.suppress(ArithmeticError):
            return self.inner["fails"](x)
        return F.relu(self.inner["linear"](x))

    def trace(self, x):
        return {"relu": [pair(self.inner["linear"](x))]}


class Checkpointed(ModuleRelu):
    """Runs its forward pass again during the backward pass."""

    def forward(self, x):
        return checkpoint(lambda x: self.act(self.linear(x)), x, use_reentrant=False)


class EmptyExpert(Animal):
    """Sends every example to the first expert, none to the second."""

    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList([nn.Linear(X, 3), nn.Linear(X, 3)])

    def forward(self, x):
        shares = (x, x[:0])
        return torch.cat(
            [F.relu(e(s)) for e, s in zip(self.experts, shares, strict=True)]
        )

    def trace(self, x):
        return {"relu": [pair(self.experts[0](x))]}


# --- images, sequences, attention ---------------------------------------------


class Convolutions(Animal):
    axis = 1

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)
        self.norm = nn.BatchNorm2d(3)
        self.act = nn.ReLU(inplace=True)
        self.skip = nn.Conv2d(3, 3, 1)

    @staticmethod
    def make_input():
        return torch.randn(5, 2, 6, 6)

    def forward(self, x):
        x = self.act(self.norm(self.conv(x)))
        x = self.act(self.skip(x) + x)
        return F.max_pool2d(x, 2).flatten(1)

    def trace(self, x):
        z = self.conv(x)
        mean, var = z.mean((0, 2, 3)), z.var((0, 2, 3), correction=0)
        shape = (1, 3, 1, 1)
        z = (z - mean.view(shape)) / torch.sqrt(var.view(shape) + self.norm.eps)
        a = relu(z)
        return {"act": [pair(z)], "act[2]": [pair(self.skip(a) + a)]}


class ConvolutionOfOneImage(Animal):
    axis = 0

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)

    @staticmethod
    def make_input():
        return torch.randn(2, 6, 6)

    def forward(self, x):
        return self.conv(x).relu()

    def trace(self, x):
        return {"relu": [pair(self.conv(x))]}


class ConvolutionInTime(ConvolutionOfOneImage):
    axis = 1

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 3, 3)

    @staticmethod
    def make_input():
        return torch.randn(4, 2, 9)


class ChannelsLast(Animal):
    """Convolution, then dense layers on the last axis, as in ConvNeXt."""

    def __init__(self):
        super().__init__()
        self.conv, self.dense = nn.Conv2d(2, 4, 3), nn.Linear(4, 7)

    @staticmethod
    def make_input():
        return torch.randn(5, 2, 6, 6)

    def forward(self, x):
        return F.relu(self.dense(self.conv(x).permute(0, 2, 3, 1)))

    def trace(self, x):
        return {"relu": [pair(self.dense(self.conv(x).permute(0, 2, 3, 1)))]}


class Attention(Animal):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(X)
        self.attend = nn.MultiheadAttention(X, 2, batch_first=True)
        self.wide, self.back = nn.Linear(X, 8), nn.Linear(8, X)

    @staticmethod
    def make_input():
        return torch.randn(3, 5, X)

    def forward(self, x):
        y = self.norm(x)
        x = x + self.attend(y, y, y, need_weights=False)[0]
        return x + self.back(F.gelu(self.wide(x)))

    def trace(self, x):
        y = self.norm(x)
        x = x + self.attend(y, y, y)[0]
        z = self.wide(x)
        return {"gelu": [(z, z * torch.special.ndtr(z))]}


class Encoder(Animal):
    """Has a fused fast path, in which no activation shows."""

    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(X, 2, 8, 0.0, batch_first=True)
        self.eval()

    make_input = staticmethod(Attention.make_input)

    def forward(self, x):
        return self.layer(x)

    def trace(self, x):
        one = self.layer
        x = one.norm1(x + one.self_attn(x, x, x)[0])
        return {"layer.relu": [pair(one.linear1(x))]}


class Gated(Animal):
    def __init__(self):
        super().__init__()
        self.gate, self.up = nn.Linear(X, 5), nn.Linear(X, 5)

    def forward(self, x):
        return F.silu(self.gate(x)) * self.up(x)

    def trace(self, x):
        return {"silu": [pair(self.gate(x), lambda z: z / (1 + torch.exp(-z)))]}


class SqueezeAndExcite(Animal):
    axis = 1

    def __init__(self):
        super().__init__()
        self.conv, self.gate = nn.Conv2d(2, 4, 3), nn.Linear(4, 4)

    make_input = staticmethod(Convolutions.make_input)

    def forward(self, x):
        z = self.conv(x)
        return z * torch.sigmoid(self.gate(z.mean((2, 3))))[:, :, None, None]

    def trace(self, x):
        z = self.gate(self.conv(x).mean((2, 3)))
        return {"sigmoid": [pair(z, lambda z: 1 / (1 + torch.exp(-z)))]}


class SquaredRelu(OneLayer):
    def forward(self, x):
        return F.relu(self.linear(x)).square()


# --- recurrent layers of PyTorch ----------------------------------------------


class Recurrent(Animal):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(X, 5, 2, nonlinearity="relu", bidirectional=True)

    @staticmethod
    def make_input():
        return torch.randn(6, 3, X)

    def forward(self, x):
        return self.rnn(x)

    def trace(self, x):
        found = {}
        for layer in range(2):
            sides = []
            for end in ("", "_reverse"):
                w, u, b, c = (
                    getattr(self.rnn, f"{kind}_l{layer}{end}")
                    for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                )
                state, pairs = torch.zeros(x.shape[1], 5), []
                for step in x.flip(0) if end else x:
                    pairs.append(pair(step @ w.T + b + state @ u.T + c))
                    state = pairs[-1][1]
                found[f"rnn.l{layer}{end}.relu"] = pairs
                states = torch.stack([a for _, a in pairs])
                sides.append(states.flip(0) if end else states)
            x = torch.cat(sides, -1)
        return found


class RecurrentBatchFirst(Recurrent):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(
            X, 5, 2, nonlinearity="relu", bidirectional=True, batch_first=True
        )

    @staticmethod
    def make_input():
        return torch.randn(3, 6, X)

    def trace(self, x):
        return super().trace(x.transpose(0, 1))


class RecurrentCell(Animal):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(X, 5, nonlinearity="relu")

    make_input = staticmethod(Recurrent.make_input)

    def forward(self, x):
        state = None
        for step in x:
            state = self.cell(step, state)
        return state

    def trace(self, x):
        w, u = self.cell.weight_ih, self.cell.weight_hh
        b, c = self.cell.bias_ih, self.cell.bias_hh
        state, pairs = torch.zeros(x.shape[1], 5), []
        for step in x:
            pairs.append(pair(step @ w.T + b + state @ u.T + c))
            state = pairs[-1][1]
        return {"cell.relu": pairs}


class Packed(Animal):
    """Sequences of different lengths."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(X, 5, nonlinearity="relu")

    @staticmethod
    def make_input():
        return pack_sequence([torch.randn(5, X), torch.randn(3, X), torch.randn(1, X)])

    def forward(self, x):
        return self.rnn(x)[1]

    def trace(self, packed):
        w, u = self.rnn.weight_ih_l0, self.rnn.weight_hh_l0
        b, c = self.rnn.bias_ih_l0, self.rnn.bias_hh_l0
        state, pairs = torch.zeros(packed.batch_sizes[0], 5), []
        for step in packed.data.split(packed.batch_sizes.tolist()):
            z = step @ w.T + b + state[: len(step)] @ u.T + c
            pairs.append(pair(z))
            state = pairs[-1][1]
        return {"rnn.l0.relu": pairs}


# --- inputs, outputs and parameters of other kinds ----------------------------


class SeveralInputs(OneLayer):
    @staticmethod
    def make_input():
        return vectors(), vectors()

    def forward(self, x, y):
        return (F.relu(self.linear(x + y)), None)

    def trace(self, x, y):
        return {"relu": [pair(self.linear(x + y))]}


class NamedInputs(SeveralInputs):
    @staticmethod
    def make_input():
        return {"y": vectors(), "x": vectors()}


class OneVector(OneLayer):
    @staticmethod
    def make_input():
        return torch.randn(X)

    def forward(self, x):
        return F.relu(self.linear(x))


class OneNumberEach(Animal):
    """Drops the axis of its only unit, which leaves one number per example."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(X, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x).squeeze(-1))

    def trace(self, x):
        return {"sigmoid": [pair(self.linear(x), lambda z: 1 / (1 + torch.exp(-z)))]}


class WeightNorm(FunctionalRelu):
    def __init__(self):
        super().__init__()
        self.linear = parametrizations.weight_norm(self.linear)


class DoublePrecision(FunctionalRelu):
    def __init__(self):
        super().__init__()
        self.double()

    @staticmethod
    def make_input():
        return vectors().double()


class HalfPrecision(FunctionalRelu):
    def __init__(self):
        super().__init__()
        self.bfloat16()

    @staticmethod
    def make_input():
        return vectors().bfloat16()


class Frozen(ModuleRelu):
    def __init__(self):
        super().__init__()
        self.requires_grad_(False)
        self.free = nn.Linear(6, 2)

    def forward(self, x):
        return self.free(super().forward(x))


class Embedded(Animal):
    def __init__(self):
        super().__init__()
        self.embed, self.dense = nn.Embedding(11, X), nn.Linear(X, 3)

    @staticmethod
    def make_input():
        return torch.randint(11, (5, 7))

    def forward(self, x):
        return F.relu(self.dense(self.embed(x)))

    def trace(self, x):
        return {"relu": [pair(self.dense(self.embed.weight[x]))]}


ZOO = {
    kind.__name__: kind
    for kind in list(globals().values())
    if isinstance(kind, type)
    and issubclass(kind, nn.Module)
    and kind not in (Animal, OneLayer)
    and hasattr(kind, "trace")
}
"""All of them, by name."""
