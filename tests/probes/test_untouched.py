"""A probe leaves the model, its gradients and the random numbers as they were."""

import copy
import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torch.utils.checkpoint import checkpoint

from rectified import probes
from tests.probes.test_zoo import call, make, some_loss
from tests.probes.zoo import ZOO

HOOKS = [
    name
    for name in vars(nn.Module())
    if "hook" in name and isinstance(getattr(nn.Module(), name), dict)
]


def photograph(model):
    """Return all that a probe could change, in a form that can be compared."""
    tensors = dict(model.named_parameters()) | dict(model.named_buffers())
    return {
        "values": {name: x.detach().clone() for name, x in tensors.items()},
        "objects": {name: id(x) for name, x in tensors.items()},
        "writes": {name: x._version for name, x in tensors.items()},
        "needs gradient": {name: x.requires_grad for name, x in tensors.items()},
        "gradients": {
            name: None if p.grad is None else (id(p.grad), p.grad.clone())
            for name, p in model.named_parameters()
        },
        "tensor hooks": {
            name: copy.copy(x._backward_hooks) for name, x in tensors.items()
        },
        "modes": [module.training for module in model.modules()],
        "hooks": [
            [len(getattr(module, name)) for name in HOOKS] for module in model.modules()
        ],
        "attributes": [list(vars(module)) for module in model.modules()],
        "random": torch.get_rng_state(),
        "python random": random.getstate(),
        "numpy random": np.random.get_state()[1],  # noqa: NPY002
        "gradients on": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "cast cache": torch.is_autocast_cache_enabled(),
        "modes of torch": torch._C._len_torch_function_stack(),
        "dispatch modes": torch._C._len_torch_dispatch_stack(),
    }


def assert_equal(one, other):
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_equal(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            assert_equal(*pair)
    elif isinstance(one, torch.Tensor | np.ndarray):
        # By their bytes: NaN equals NaN, and 0 is not -0.
        assert to_bytes(one) == to_bytes(other)
    else:
        assert one == other


def to_bytes(x):
    # NumPy has no bfloat16; float32 holds all of its numbers.
    is_tensor = isinstance(x, torch.Tensor)
    return (x.float().numpy() if is_tensor else x).tobytes()


class Restless(nn.Module):
    """Changes itself in every way that a forward pass can."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)
        self.norm = nn.BatchNorm2d(3)
        self.drop = nn.Dropout(0.5)
        self.dense = parametrizations.spectral_norm(nn.Linear(48, 4))
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("same", self.norm.running_mean)
        self.count = 0
        self.fails = False

    def forward(self, x):
        self.calls += 1
        self.count += 1
        self.latest = F.relu(self.norm(self.conv(x)), inplace=True)
        self.register_buffer("table", torch.arange(self.count))
        self.train()
        y = self.dense(self.drop(self.latest).flatten(1)) + torch.randn(4)
        if self.fails:
            raise ArithmeticError("on purpose")
        return torch.sigmoid(y)


def make_restless(training=True):
    torch.manual_seed(0)
    model = Restless()
    model(torch.randn(5, 1, 6, 6)).sum().backward()
    del model._buffers["table"], model.latest
    model._non_persistent_buffers_set.discard("table")
    model.train(training)
    return model


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("loss", [None, some_loss])
def test_a_model_that_changes_itself_is_as_it_was(training, loss):
    model = make_restless(training)
    before = photograph(model)
    x = torch.randn(5, 1, 6, 6)
    before["random"] = torch.get_rng_state()
    probes.inspect(model, [x, x, x], loss=loss)
    assert_equal(photograph(model), before)
    assert model.same is model.norm.running_mean
    assert model.count == 1


@pytest.mark.parametrize("loss", [None, some_loss])
def test_an_error_in_the_forward_pass_leaves_nothing_behind(loss):
    model = make_restless()
    model.fails = True
    x = torch.randn(5, 1, 6, 6)
    before = photograph(model)
    with pytest.raises(ArithmeticError, match="on purpose"):
        probes.inspect(model, x, loss=loss)
    assert_equal(photograph(model), before)


def fails(*_):
    raise ArithmeticError("on purpose")


class BackwardFails(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        fails()


@pytest.mark.parametrize(
    "loss",
    [fails, lambda output: BackwardFails.apply(output).sum(), lambda output: output],
    ids=["loss", "backward", "no number"],
)
def test_an_error_in_the_loss_leaves_nothing_behind(loss):
    model = make_restless()
    x = torch.randn(5, 1, 6, 6)
    before = photograph(model)
    with pytest.raises((ArithmeticError, ValueError)):
        probes.inspect(model, x, loss=loss)
    assert_equal(photograph(model), before)


def test_an_error_in_the_loader_leaves_nothing_behind():
    model = make_restless()
    before = photograph(model)

    def load():
        yield torch.randn(5, 1, 6, 6)
        fails()

    with pytest.raises(ArithmeticError):
        probes.inspect(model, load(), loss=some_loss)
    assert_equal(photograph(model), before)


def test_a_checkpoint_that_does_not_allow_this_backward_pass_leaves_nothing_behind():
    # The old kind of checkpoint would write to `Parameter.grad`; PyTorch raises.
    class Old(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x):
            return checkpoint(self.second, self.first(x), use_reentrant=True)

    model, x = Old(), torch.randn(5, 3)
    before = photograph(model)
    with pytest.raises(RuntimeError, match="use_reentrant"):
        probes.inspect(model, x, loss=some_loss)
    assert_equal(photograph(model), before)


def test_an_interrupt_leaves_nothing_behind():
    model = make_restless()
    x = torch.randn(5, 1, 6, 6)
    before = photograph(model)

    def interrupt(output):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        probes.inspect(model, x, loss=interrupt)
    assert_equal(photograph(model), before)


@pytest.mark.parametrize("name", ZOO)
def test_every_model_of_the_zoo_is_as_it_was(name):
    model, x = make(name)
    some_loss(call(model, x)).backward()
    before = photograph(model)
    probes.inspect(model, x, loss=some_loss)
    assert_equal(photograph(model), before)


def test_diagnose_leaves_a_model_as_it_was():
    model = make_restless()
    data = [(torch.randn(40, 1, 6, 6), torch.rand(40, 4))]
    before = photograph(model)
    probes.diagnose(model, data, nn.BCELoss())
    assert_equal(photograph(model), before)


def test_a_loader_that_shuffles_leaves_the_random_numbers_as_they_were():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    data = torch.utils.data.TensorDataset(torch.randn(20, 2), torch.randn(20, 3))
    loader = torch.utils.data.DataLoader(data, batch_size=6, shuffle=True)
    before = torch.get_rng_state()
    assert probes.inspect(model, loader, loss=nn.MSELoss()).examples == 20
    assert torch.equal(torch.get_rng_state(), before)


def test_training_goes_on_as_if_nobody_had_looked():
    weights = []
    for look in (False, True):
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 1)
        )
        descent = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
        for _ in range(5):
            x = torch.randn(10, 3)
            value = model(x).square().mean()
            if look:  # between the forward and the backward pass, to be unkind
                probes.inspect(model, x, loss=some_loss)
            value.backward()
            descent.step()
            descent.zero_grad()
        weights.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    assert torch.equal(*weights)


def test_gradients_still_flow_after_a_look_within_autocast():
    # Autocast keeps the weights that it has cast; cast without gradients, they would
    # stay without.
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    x = torch.randn(10, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        seen = probes.inspect(model, x)
        model(x).sum().backward()
    assert model[0].weight.grad is not None
    assert seen["1"].values == 10


def test_own_hooks_stay_and_run():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    calls = []
    model[0].register_forward_hook(lambda *_: calls.append("forward"))
    model[0].weight.register_hook(lambda gradient: calls.append("gradient"))
    probes.inspect(model, torch.randn(4, 2), loss=some_loss)
    assert calls == ["forward", "gradient"]
    assert len(model[0]._forward_hooks) == 1


def test_an_activation_that_the_caller_keeps_has_no_hook_left():
    kept = []

    def keep(module, inputs, output):
        kept.append(output)

    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    model[1].register_forward_hook(keep)
    probes.inspect(model, torch.randn(4, 2), loss=some_loss)
    assert not kept[0]._backward_hooks
