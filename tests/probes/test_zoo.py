"""Every model of the zoo: what `inspect` says is what plain loops count."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import PackedSequence

from rectified import probes
from tests.probes.zoo import ZOO


def make(name, seed=0):
    torch.manual_seed(seed)
    model = ZOO[name]()
    return model, model.make_input()


def call(function, x):
    if isinstance(x, Mapping):
        return function(**x)
    if isinstance(x, tuple) and not isinstance(x, PackedSequence):
        return function(*x)
    return function(x)


def some_loss(output):
    """Return a number that depends on all that a model puts out."""
    if isinstance(output, Mapping):
        output = tuple(output.values())
    if isinstance(output, tuple):
        return sum(some_loss(one) for one in output if one is not None)
    return (output * torch.linspace(0.5, 2, output.numel()).view(output.shape)).sum()


def trace(model, x):
    """Return {name: (z, a)} as arrays of shape (values, units)."""
    with torch.no_grad():
        found = call(model.trace, x)
    return {
        name: tuple(
            np.concatenate([to_rows(pair[side], model.axis) for pair in pairs])
            for side in (0, 1)
        )
        for name, pairs in found.items()
    }


def to_rows(x, axis):
    x = x.double().numpy()
    if x.ndim == 1:
        return x[None]
    # Where a convolution ends in a dense layer, units are on the last axis.
    axis = axis if x.ndim > 2 or axis == 0 else -1
    return np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])


def count_by_hand(column_z, column_a):
    """Count in a plain loop over the values of one unit."""
    positive = zero = 0
    for z, a in zip(column_z, column_a, strict=True):
        positive += bool(z > 0)
        zero += bool(a == 0)
    return positive, zero


@pytest.mark.parametrize("name", ZOO)
def test_what_is_seen_is_what_plain_loops_count(name):
    model, x = make(name)
    expected = trace(model, x)
    seen = probes.inspect(model, x, loss=some_loss)
    assert [report.name for report in seen.activations] == list(expected)
    # The two ways add up the same products in another order.
    tolerance = {"HalfPrecision": 1e-2}.get(name, 2e-6)
    for report in seen.activations:
        z, a = expected[report.name]
        assert (report.values, report.units) == z.shape
        for unit in range(report.units):
            positive, zero = count_by_hand(z[:, unit], a[:, unit])
            n = len(z)
            assert report.active_fraction[unit] == positive / n
            assert report.inactive_fraction[unit] == (n - positive) / n
            assert report.zero_fraction[unit] == zero / n
            assert report.dead_unit[unit] == (zero == n)
            assert report.always_on_unit[unit] == (positive == n)
        close = {"rtol": tolerance, "atol": tolerance}
        np.testing.assert_allclose(report.pre_activation_mean, z.mean(0), **close)
        np.testing.assert_allclose(report.pre_activation_sd, z.std(0), **close)
        np.testing.assert_allclose(report.activation_mean, a.mean(0), **close)
        np.testing.assert_allclose(report.activation_sd, a.std(0), **close)
        assert not report.non_finite.any()


@pytest.mark.parametrize("name", ZOO)
def test_it_makes_no_difference_whether_gradients_are_on(name):
    model, x = make(name)
    with torch.no_grad():
        without = probes.inspect(model, x)
    with torch.inference_mode():
        x = x if isinstance(x, PackedSequence) else call_each(torch.clone, x)
        inference = probes.inspect(model, x, loss=some_loss)
    for one, other in zip(without.activations, inference.activations, strict=True):
        np.testing.assert_array_equal(one.active_fraction, other.active_fraction)
        np.testing.assert_array_equal(one.pre_activation_sd, other.pre_activation_sd)


def call_each(function, x):
    if isinstance(x, Mapping):
        return {key: function(value) for key, value in x.items()}
    return tuple(map(function, x)) if isinstance(x, tuple) else function(x)


@pytest.mark.parametrize("name", sorted(ZOO.keys() - {"Frozen", "HalfPrecision"}))
def test_the_gradients_are_those_of_a_plain_backward_pass(name):
    model, x = make(name)
    seen = probes.inspect(model, x, loss=some_loss, learning_rate=0.5)
    some_loss(call(model, x)).backward()
    for report in seen.parameters:
        parameter = model.get_parameter(report.name)
        norm = float(parameter.detach().double().norm())
        assert report.norm == pytest.approx(norm, rel=1e-6)
        if parameter.grad is None:  # the branch not taken
            assert np.isnan(report.gradient_norm)
            continue
        gradient = float(parameter.grad.double().norm())
        assert report.gradient_norm == pytest.approx(gradient, rel=1e-5)
        ratio = 0.5 * gradient / norm if norm else np.inf
        assert report.update_ratio == pytest.approx(ratio, rel=1e-5)
