"""What the figures of lesson 05 show, and what its text says about them."""

import numpy as np
import pytest
import torch

from rectified import CausesView, DeadOrQuietView, UnitLifeView, ensembles
from rectified.experiments import dying as experiment
from rectified.explorables.dying.fates import STEPS, UNITS
from rectified.widgets import View

FAST = View(scale=1)


def moments(figure, **values):
    return figure.compute(figure.values | values).moments


# --- life and death of a unit -----------------------------------------------------


@pytest.fixture(scope="module")
def start():
    figure = UnitLifeView()
    return figure, moments(figure)


def retrain(rate, seed, steps):
    """Train the figure's network with PyTorch; return pre-activations per step."""
    points, labels = experiment.scatter_points((seed,))
    shape = (2, UNITS, UNITS, 1)
    weights, biases = ensembles.initialize(shape, seeds=(seed,)).network(0)
    layers = [
        torch.tensor(np.array(a), dtype=torch.float64, requires_grad=True)
        for pair in zip(weights, biases, strict=True)
        for a in pair
    ]
    optimizer = torch.optim.SGD(layers, lr=rate)
    x = torch.from_numpy(points[0])
    y = torch.from_numpy(labels[0]).double()

    def forward(inputs):
        h, stages = inputs, []
        for weight, bias in zip(layers[::2], layers[1::2], strict=True):
            stages.append(h @ weight + bias)
            h = torch.relu(stages[-1])
        return stages

    history = [torch.cat(forward(x)[:-1], dim=1).detach().numpy()]
    for _ in range(steps):
        logit = forward(x)[-1][:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logit, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(torch.cat(forward(x)[:-1], dim=1).detach().numpy())
    return history


def test_the_raster_is_that_of_a_training_by_torch():
    lives = experiment.watch_units(1.0, seed=4, steps=20, batch_size=200)
    for step, z in enumerate(retrain(1.0, 4, 20)):
        # float32 against float64 over 20 steps.
        np.testing.assert_allclose(lives.pre_activation[step], z, atol=1e-3)


def test_the_unit_shown_first_fires_everywhere_and_dies_in_one_update(start):
    figure, seen = start
    unit = figure.values["unit"] - 1
    activity = [moment.activity[unit] for moment in seen]
    assert activity[14] == 1  # before update 15
    assert not any(activity[15:])
    assert seen[-1].accuracy == 1


def test_deaths_in_the_first_layer_come_early_and_last(start):
    _, seen = start
    dead = np.array([moment.dead for moment in seen])
    first, second = dead[:, :UNITS], dead[:, UNITS:]
    assert not first[0].any()
    assert (first[1:] >= first[:-1]).all()  # orange stays orange
    assert (first[30] == first[-1]).all()  # early: 30 of 100 updates
    assert (second[1:] < second[:-1]).any()  # orange bars end


def test_a_lower_rate_spares_the_first_layer():
    figure = UnitLifeView()
    last = moments(figure, rate=0.3)[-1]
    assert not last.dead[:UNITS].any()
    low = moments(figure, rate=0.0949, bias=-3)
    assert low[0].dead[:UNITS].mean() > 0.3


def test_the_finding_counts_the_dead_and_tells_the_fate(start):
    figure, seen = start
    for step in (0, 14, 15, 60, STEPS):
        finding = figure.show(figure.values | {"step": step}, FAST).finding
        first = seen[step].dead[:UNITS].sum()
        second = seen[step].dead[UNITS:].sum()
        assert f"{first} of {UNITS} units are dead in the first" in finding
        assert f"{second} in the second" in finding
        assert ("silenced by update 15" in finding) == (step >= 15)


def test_the_histogram_shows_all_points_before_and_after(start):
    figure, seen = start
    figure.show(figure.values, FAST)
    unit = figure.values["unit"] - 1
    before, after = (
        np.histogram(seen[step].pre_activation, bins=24, range=(-5, 5))[0]
        for step in (14, 15)
    )
    assert seen[14].pre_activation.max() > 0 >= seen[15].pre_activation.max()
    drawn = [np.asarray(line.get_ydata()) for line in figure.steps_of]
    for counts, heights in zip((before, after), drawn, strict=True):
        np.testing.assert_allclose(heights / heights.sum(), counts / counts.sum())
    assert seen[14].activity[unit] == (seen[14].pre_activation > 0).mean()


@pytest.mark.parametrize("seed", UnitLifeView.controls["seed"].choices())
@pytest.mark.parametrize("bias", [-4.0, 0.0, 1.0])
def test_no_network_of_the_figure_diverges(seed, bias):
    lives = experiment.watch_units(3.0, bias=bias, seed=int(seed), steps=STEPS)
    assert np.isfinite(lives.pre_activation).all()


# --- what the text says about the others ------------------------------------------


def test_the_unit_shown_first_is_dead_but_not_on_all_of_the_square():
    figure = DeadOrQuietView()
    reach = dict(zip(figure.constants["layers"], measured_reach(figure), strict=True))
    (_, first), (_, second) = reach.items()
    window, plane = (experiment.REACHES.index(name) for name in ("window", "plane"))
    assert first[3 - 1] == window  # the units 3 and 4 of the text
    assert first[4 - 1] == plane
    assert (first > 0).mean() > 0.5  # most are silent on a batch of 4
    assert second.max() > plane


def measured_reach(figure):
    found = experiment.measure_quiet(
        figure.values["rate"], (4,), batch_size=figure.values["batch"], width=16
    )
    return found.reaches[0].layers


def test_no_unit_of_the_first_layer_is_silent_everywhere_at_any_rate():
    nowhere = experiment.REACHES.index("nowhere")
    for network in DeadOrQuietView().measurements()["networks"]:
        assert nowhere not in network["reach"][0]
        assert network["weights"][0]


def test_only_bias_and_shift_silence_the_first_layer_before_the_first_update():
    measured = CausesView().measurements()["measured"]
    for causes in measured.values():
        killers = {name for name, c in causes.items() if max(c["dead"][0][0]) > 5}
        assert killers == {"bias", "shift"}


def test_the_step_by_hand_kills_from_four_thirteenths_on():
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    for rate, dies in ((0.99 * 4 / 13, False), (1.01 * 4 / 13, True)):
        unit = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
        loss = torch.relu(unit[0] * x + unit[1]).square().mean() / 2
        (gradient,) = torch.autograd.grad(loss, unit)
        assert gradient.tolist() == [2.5, 1.5]
        moved = (unit - rate * gradient).detach()
        assert ((moved[0] * x + moved[1] <= 0).all().item()) == dies
    step = experiment.find_fatal_rates()
    assert 1.8 < step.stable_below / step.fatal_from < 2  # "nearly twice"
