"""Each disease is found in a network that has it, and none in a healthy one."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from rectified import probes
from rectified.probes import rules
from rectified.probes.findings import EXPLANATIONS
from tests.probes.patients import (
    HEALTHY,
    Pictures,
    Residual,
    digits,
    he,
    perceptron,
    recurrent,
    train,
    xavier,
)

SEEDS = range(4)


def examine(model, data=None, loss=F.cross_entropy):
    return probes.diagnose(model, [digits() if data is None else data], loss)


def names(diagnosis):
    return [finding.what for finding in diagnosis.findings]


def set_biases(model, value):
    for layer in model[:-1]:
        if isinstance(layer, nn.Linear):
            nn.init.constant_(layer.bias, value)
    return model


# --- no false alarms ----------------------------------------------------------


@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_is_found_in_a_healthy_network_before_training(name):
    for seed in SEEDS:
        torch.manual_seed(seed)
        diagnosis = examine(HEALTHY[name]())
        assert names(diagnosis) == []
        assert diagnosis.is_healthy


@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_is_found_in_a_healthy_network_after_training(name):
    torch.manual_seed(0)
    diagnosis = examine(train(HEALTHY[name]()))
    assert names(diagnosis) == []
    # It has learned: chance is ln 10 = 2.3.
    assert diagnosis.inspection.loss < 1.5


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_in_small_networks_on_the_plane_and_the_line(seed):
    torch.manual_seed(seed)
    x = torch.randn(200, 2)
    inside = (x.norm(dim=1, keepdim=True) < 1.1).float()
    model = nn.Sequential(
        nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1)
    )
    loss = F.binary_cross_entropy_with_logits
    assert names(examine(model, (x, inside), loss)) == []
    train(model, data=(x, inside), loss=loss, optimizer="sgd", rate=0.3, steps=400)
    assert names(examine(model, (x, inside), loss)) == []
    line = torch.linspace(-3, 3, 200)[:, None]
    model = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 1))
    data = (line, line.sin())
    train(model, data=data, loss=F.mse_loss)
    assert names(examine(model, data, F.mse_loss)) == []


def test_nothing_is_found_in_an_autoencoder_with_a_sigmoid_at_the_end():
    torch.manual_seed(0)
    x = digits(scaled=False)[0] / 16
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 64), nn.Sigmoid())
    train(model, data=(x, x), loss=F.mse_loss)
    assert names(examine(model, (x, x), F.mse_loss)) == []


# --- dead units ---------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_units_killed_by_biases_are_found_and_revived_by_zero_biases(seed):
    torch.manual_seed(seed)
    model = set_biases(perceptron(2), -9.0)
    (finding,) = examine(model).findings
    assert (finding.what, finding.where) == ("dead units", "`1`")
    assert "Initialize the biases with zero." in finding.remedies
    assert finding.lesson == "05_dying_relu"
    assert names(examine(set_biases(model, 0.0))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_units_that_hardly_ever_fire_are_found(seed):
    torch.manual_seed(seed)
    # Not all dead, but the second layer is silent on 99.5 % of the digits.
    diagnosis = examine(set_biases(perceptron(2), -3.0))
    assert names(diagnosis) == ["dead units"]
    assert diagnosis.findings[0].where == "`3`"
    assert diagnosis.inspection["3"].dead_fraction < 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_learning_rate_that_is_too_large_is_seen_in_dead_units_or_nan(seed):
    torch.manual_seed(seed)
    model = train(perceptron(2), optimizer="sgd", rate=3.0)
    assert names(examine(model))[0] in ("dead units", "values that are not finite")
    torch.manual_seed(seed)
    model = train(perceptron(2), optimizer="sgd", rate=0.3)
    assert names(examine(model)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_adam_with_a_large_learning_rate_kills_units_too(seed):
    torch.manual_seed(seed)
    assert "dead units" in names(examine(train(perceptron(2), rate=1.0)))


def test_only_the_first_dead_layer_is_reported():
    torch.manual_seed(0)
    model = perceptron(5)
    nn.init.constant_(model[4].bias, -20.0)
    diagnosis = examine(model)
    assert [finding.where for finding in diagnosis.findings] == ["`5`"]


def test_a_few_examples_do_not_make_a_dead_unit():
    torch.manual_seed(0)
    model = set_biases(perceptron(2), -9.0)
    x, y = digits()
    diagnosis = examine(model, (x[:29], y[:29]))
    assert names(diagnosis) == []
    assert "29 examples cannot show" in diagnosis.notes[0]
    assert names(examine(model, (x[:30], y[:30]))) == ["dead units"]


# --- unscaled inputs ----------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_unscaled_inputs_are_found_before_and_after_they_do_harm(seed):
    torch.manual_seed(seed)
    raw = digits(scaled=False)
    assert names(examine(perceptron(2), raw)) == ["unscaled inputs"]
    model = train(perceptron(2), data=raw, optimizer="sgd", rate=0.3)
    assert names(examine(model, raw))[:2] == ["unscaled inputs", "dead units"]


def test_inputs_that_the_model_itself_scales_are_fine():
    torch.manual_seed(0)
    model = nn.Sequential(nn.BatchNorm1d(64), *perceptron(2))
    assert names(examine(model, digits(scaled=False))) == []


@pytest.mark.parametrize("scale", [4.5, 5.5])
def test_one_large_feature_is_enough(scale):
    torch.manual_seed(0)
    x, y = digits()
    x = x.clone()
    x[:, 7] = scale * torch.randn(len(x)).sign()
    diagnosis = examine(perceptron(1), (x, y))
    found = [finding.evidence for finding in diagnosis.findings]
    assert [text[:10] for text in found] == ["1 of 64 in"] * (scale > 5)


def test_token_numbers_are_no_unscaled_inputs():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Embedding(1000, 8), nn.Linear(8, 8), nn.ReLU())
    model = nn.Sequential(*model, nn.Linear(8, 3))
    x = torch.randint(1000, (100, 5))
    data = (x, x[:, 0] % 3)
    loss = lambda output, target: F.cross_entropy(output.mean(1), target)  # noqa: E731
    assert names(examine(model, data, loss)) == []


# --- signals and gradients through the depth ----------------------------------


@pytest.mark.parametrize("act", [nn.ReLU, nn.LeakyReLU, nn.SiLU])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_default_weights_of_pytorch_make_a_deep_network_constant(act, seed):
    torch.manual_seed(seed)
    model = perceptron(10, act=act, init=None)
    diagnosis = examine(model)
    # About half of the units look dead; that they are constants is what is wrong.
    assert names(diagnosis) == ["vanishing gradients", "constant output"]
    assert "He for ReLU" in diagnosis.findings[1].remedies[0]
    assert names(examine(he(model))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_measured_decay_is_the_one_of_theory(seed):
    torch.manual_seed(seed)
    (finding,) = examine(he(perceptron(12, width=256), gain=1 / math.sqrt(3))).findings
    assert finding.what == "vanishing gradients"
    gain = float(re.search(r"factor of ([\d.e-]+) per", finding.evidence)[1])
    # 1 / sqrt(6) = 0.408; one network of width 256 scatters by some percent.
    assert gain == pytest.approx(1 / math.sqrt(6), rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_deep_sigmoid_networks_vanish_and_relu_mends_them(seed):
    torch.manual_seed(seed)
    model = perceptron(8, act=nn.Sigmoid, init=xavier)
    assert names(examine(model)) == ["vanishing gradients", "constant output"]
    assert names(examine(perceptron(8, act=nn.ReLU))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_that_are_too_large_explode(seed):
    torch.manual_seed(seed)
    model = perceptron(10)
    expected = ["exploding activations", "exploding gradients"]
    assert names(examine(he(model, gain=2.5))) == expected
    assert names(examine(he(model))) == []
    assert names(examine(he(perceptron(2), gain=8.0))) == expected[:1]


@pytest.mark.parametrize(
    ("act", "gain"), [(nn.Tanh, 8.0), (nn.Sigmoid, 16.0), (nn.Hardtanh, 8.0)]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_saturated_units_are_found(act, gain, seed):
    torch.manual_seed(seed)
    model = perceptron(2, act=act)
    assert names(examine(he(model, gain=gain))) == ["saturated units"] * 2
    assert names(examine(xavier(model))) == []


def test_normalization_and_residuals_cure_the_default_weights():
    torch.manual_seed(0)
    for norm in (nn.BatchNorm1d, nn.LayerNorm):
        assert names(examine(perceptron(10, init=None, norm=norm))) == []
    assert names(examine(Residual(10))) == []


def test_without_an_activation_in_sight_the_output_is_looked_at():
    torch.manual_seed(0)
    model = recurrent(nn.LSTM)
    nn.init.normal_(model.enter.weight, std=1e-3)
    (finding,) = examine(model).findings
    assert (finding.what, finding.where) == ("constant output", "the output")


def test_inputs_that_are_all_the_same_are_no_fault_of_the_network():
    torch.manual_seed(0)
    x, y = digits()
    assert names(examine(perceptron(2), (x[:1].expand(100, -1), y[:100]))) == []


# --- the output ---------------------------------------------------------------


def test_a_relu_after_the_logits_is_found():
    torch.manual_seed(0)
    model = nn.Sequential(*perceptron(2), nn.ReLU())
    (finding,) = examine(model).findings
    assert (finding.what, finding.where) == ("ReLU on the output", "`5`")
    assert "labels" in finding.evidence
    assert names(examine(model[:-1])) == []


def test_a_relu_at_the_end_is_judged_by_the_targets():
    torch.manual_seed(0)
    x = torch.randn(200, 3)
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1), nn.ReLU())
    model[2].bias.data.fill_(0.5)
    y = x.sum(1, keepdim=True)
    (finding,) = examine(model, (x, y), F.mse_loss).findings
    assert "the targets go down to -" in finding.evidence
    assert names(examine(model, (x, y.abs() + 0.1), F.mse_loss)) == []
    model[2].bias.data.fill_(-50)  # but not if it is dead
    diagnosis = examine(model, (x, y.abs() + 0.1), F.mse_loss)
    assert names(diagnosis) == ["ReLU on the output"]


# --- values that are not finite -----------------------------------------------


def test_the_first_place_that_is_not_finite_is_told_and_nothing_else():
    torch.manual_seed(0)
    model = perceptron(3)
    model[2].weight.data[3, 4] = math.nan
    (finding,) = examine(model).findings
    assert finding.what == "values that are not finite"
    assert finding.where == "the parameter `2.weight`"
    x, y = digits()
    x = x.clone()
    x[3, 3] = math.inf
    assert examine(perceptron(3), (x, y)).findings[0].where == "the batch"


def test_an_overflow_in_half_precision_is_traced_to_its_layer():
    torch.manual_seed(0)
    # Each layer multiplies by 8; float16 ends at 65,504, that is 8 ** 5.3.
    model = he(perceptron(12), gain=8 * math.sqrt(2)).half()
    x, y = digits()
    first, *others = examine(model, (x.half(), y)).findings
    assert first.what == "values that are not finite"
    layer = int(re.search(r"`(\d+)` \(Linear\)", first.where)[1]) // 2
    assert 4 <= layer <= 6
    assert [finding.what for finding in others] == ["exploding activations"]


def test_a_loss_that_is_not_finite_is_found():
    torch.manual_seed(0)
    loss = lambda output, target: F.cross_entropy(output * math.inf, target)  # noqa: E731
    assert examine(perceptron(1), loss=loss).findings[0].where == "the loss"


# --- how it is told -----------------------------------------------------------


def test_a_diagnosis_is_told_as_text_html_and_json():
    torch.manual_seed(0)
    diagnosis = examine(perceptron(10, init=None))
    text = str(diagnosis)
    assert text.startswith("2 findings on 600 examples.")
    assert max(map(len, text.splitlines())) <= 88
    page = diagnosis._repr_html_()
    assert page.count("<article") == page.count("</article>") == 2
    for finding in diagnosis.findings:
        assert finding.what.upper() in text
        for part in (finding.where, finding.lesson, *finding.remedies):
            assert part in " ".join(text.split())
    content = json.loads(json.dumps(diagnosis.to_dict(), allow_nan=False))
    assert [one["what"] for one in content["findings"]] == names(diagnosis)
    assert content["inspection"]["examples"] == 600
    healthy = str(examine(perceptron(1)))
    assert healthy == "Nothing is wrong that shows on 600 examples."


def test_every_kind_of_finding_is_explained_and_every_explanation_is_used():
    raised = re.findall(r'find\("(.+?)"', Path(rules.__file__).read_text("utf-8"))
    raised += ["vanishing gradients", "exploding gradients"]
    assert set(raised) == set(EXPLANATIONS)
    for explanation in EXPLANATIONS.values():
        assert explanation.remedies
        assert re.fullmatch(r"\d\d_[a-z_]+", explanation.lesson)


def test_a_model_is_examined_in_several_batches():
    torch.manual_seed(0)
    x, y = digits()
    model = Pictures(norm=True).eval()
    loader = list(zip(x.split(100), y.split(100), strict=True))
    whole, parts = examine(model), probes.diagnose(model, loader, F.cross_entropy)
    assert parts.inspection.batches == 6
    assert names(whole) == names(parts) == []
    assert parts.inspection.loss == pytest.approx(whole.inspection.loss, rel=1e-5)


def test_options_reach_inspect():
    torch.manual_seed(0)
    diagnosis = probes.diagnose(
        perceptron(1), [digits()], F.cross_entropy, learning_rate=0.1
    )
    assert np.isfinite(diagnosis.inspection.parameters[0].update_ratio)


@pytest.mark.parametrize("loader", [torch.zeros(40, 64), digits(), {"x": 1}])
def test_a_single_batch_is_no_loader(loader):
    with pytest.raises(ValueError, match=r"`loader`.*write \[\(inputs, target\)\]"):
        probes.diagnose(perceptron(1), loader, F.cross_entropy)


def test_a_loss_is_needed():
    with pytest.raises(ValueError, match="`loss` must be callable"):
        probes.diagnose(perceptron(1), [digits()], None)
