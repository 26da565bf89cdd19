import math
from dataclasses import FrozenInstanceError, replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from rectified import ensembles
from rectified.datasets import load_digits
from rectified.experiments import sparsity as lesson
from rectified.experiments import summarize
from rectified.experiments.sparsity.training import _Networks

SEEDS = range(10)


# --- zeros in one layer ---------------------------------------------------------


def test_the_share_of_zeros_is_the_normal_distribution_function():
    result = lesson.measure_zeros(SEEDS)
    error = result.share.std(axis=2, ddof=1) / len(SEEDS) ** 0.5
    gap = np.abs(result.share.mean(axis=2) - result.expected)
    # Five standard errors from the spread over seeds; one value in all at the least,
    # because far out in the tails no seed has any zero and the spread is 0.
    assert (gap <= 5 * error + 1 / result.n_values).all()
    ratio = torch.tensor(-result.biases / result.gains[:, None])
    np.testing.assert_allclose(
        result.expected, torch.special.ndtr(ratio).numpy(), atol=1e-15
    )


def test_without_bias_half_the_units_are_silent_at_any_scale():
    result = lesson.measure_zeros(SEEDS)
    at_zero = result.biases == 0
    assert (result.expected[:, at_zero] == 0.5).all()
    # The same layers at every scale: a factor does not change a sign.
    assert (np.ptp(result.share[:, at_zero], axis=0) == 0).all()


# --- zeros in depth -------------------------------------------------------------


@pytest.fixture(scope="module")
def depth_zeros():
    return lesson.measure_depth_zeros(SEEDS)


def test_in_depth_half_stay_zero_but_they_tell_less_and_less_of_the_input(depth_zeros):
    assert depth_zeros.zeros.mean(axis=1) == pytest.approx(0.5, abs=0.1)
    constant = depth_zeros.dead + depth_zeros.always_on
    assert summarize(constant[0]).high < 0.02
    assert summarize(constant[-1]).low > 0.3
    assert summarize(depth_zeros.differs[0] - depth_zeros.differs[-1]).low > 0.3
    assert summarize(depth_zeros.cosine[-1] - depth_zeros.cosine[0]).low > 0.8


def test_angles_between_images_shrink_as_the_arc_cosine_kernel_says(depth_zeros):
    for measured, expected in (
        (depth_zeros.cosine, depth_zeros.expected_cosine),
        (depth_zeros.differs, depth_zeros.expected_differs),
    ):
        gap = measured - expected
        error = gap.std(axis=1, ddof=1) / len(SEEDS) ** 0.5
        # Theory is for infinite width. At width 64, deviations of relative size 1/64
        # per layer may add up over 20 layers, to 0.3 of 1 - cosine, which is 0.05.
        assert (np.abs(gap.mean(axis=1)) < 5 * error + 0.02).all()


def test_the_shares_of_units_are_counted_as_defined():
    result = lesson.measure_depth_zeros((3,), depth=1, n_images=20)
    images = load_digits(seed=3, n_train=20).train.inputs
    weights = np.random.default_rng((3, 1)).standard_normal((64, 64)) * (2 / 64) ** 0.5
    off = images @ weights <= 0
    assert result.zeros[0, 0] == pytest.approx(off.mean())
    assert result.dead[0, 0] == pytest.approx(off.all(axis=0).mean())
    assert result.always_on[0, 0] == pytest.approx((~off).all(axis=0).mean())
    pairs = [(off[i] != off[j]).mean() for i in range(20) for j in range(20) if i != j]
    assert result.differs[0, 0] == pytest.approx(np.mean(pairs))


# --- zeros in training ----------------------------------------------------------


@pytest.fixture(scope="module")
def trained():
    return lesson.measure_training(SEEDS)


def change(result, arm):
    """Return how zeros changed in each layer, (2, n_seeds)."""
    zeros = result.zeros[result.arms.index(arm)]
    return zeros[-1] - zeros[0]


def test_ordinary_training_makes_activations_less_sparse(trained):
    for arm in (lesson.Arm("sgd", 0.1), lesson.Arm("adam", 1e-3)):
        for layer in change(trained, arm):
            assert summarize(layer).high < 0


def test_an_l1_penalty_or_a_high_rate_of_adam_makes_them_more_sparse(trained):
    strengths = [change(trained, lesson.Arm("sgd", 0.1, l1)) for l1 in (0, 1e-3, 1e-2)]
    for weaker, stronger in pairwise(strengths):
        for low, high in zip(weaker, stronger, strict=True):
            assert summarize(high - low).low > 0
    for layer in strengths[-1]:
        assert summarize(layer).low > 0.05
    gap = change(trained, lesson.Arm("adam", 1e-2)) - change(
        trained, lesson.Arm("adam", 1e-3)
    )
    for layer in gap:
        assert summarize(layer).low > 0.05


def test_sparsity_by_l1_costs_little_accuracy(trained):
    plain, sparse = (
        trained.test_accuracy[trained.arms.index(lesson.Arm("sgd", 0.1, l1)), -1]
        for l1 in (0.0, 1e-2)
    )
    # At most two of the 100 points of accuracy, within the interval over seeds.
    assert summarize(sparse - plain).low > -0.02
    assert plain.mean() > 0.94


def test_zeros_and_accuracies_are_shares_and_all_arms_start_alike(trained):
    for shares in (trained.zeros, trained.dead, trained.accuracy):
        assert ((shares >= 0) & (shares <= 1)).all()
    assert (trained.dead <= trained.zeros).all()
    assert (np.ptp(trained.zeros[:, 0], axis=0) == 0).all()
    assert trained.steps[[0, -1]].tolist() == [0, 200]


def train_in_torch(arm, weights, batches):
    layers = [torch.tensor(w, requires_grad=True) for w in weights]
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[arm.optimizer]
    optimizer = make(layers, lr=arm.learning_rate)
    for x, labels in batches:
        a, penalty = torch.tensor(x), 0.0
        for layer in layers[:-1]:
            a = torch.relu(a @ layer[:-1] + layer[-1])
            penalty = penalty + a.sum() / len(x)
        logits = a @ layers[-1][:-1] + layers[-1][-1]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
        optimizer.zero_grad()
        (loss + arm.l1 * penalty).backward()
        optimizer.step()
    return [layer.detach().numpy() for layer in layers]


def test_the_training_is_that_of_torch():
    arms = [*lesson.ARMS, lesson.Arm("adam", 1e-3, 1e-2)]
    networks = _Networks.draw(arms, (64, 16, 12, 10), seed=0)
    start = [[w[i].copy() for w in networks.weights] for i in range(len(arms))]
    part = load_digits(seed=0, scaling="global").train
    batches = [
        (part.inputs[i : i + 32], part.labels[i : i + 32]) for i in range(0, 320, 32)
    ]
    for batch in batches:
        networks.update(*batch)
    for i, arm in enumerate(arms):
        expected = train_in_torch(arm, start[i], batches)
        for mine, theirs in zip(networks.weights, expected, strict=True):
            # Single precision. Adam divides by small numbers: a gradient of 1e-6 with
            # an error of 1e-8 moves a weight by 1 % of the rate too much or too little.
            tolerance = 2e-6 if arm.optimizer == "sgd" else 0.05 * arm.learning_rate
            np.testing.assert_allclose(mine[i], theirs, atol=tolerance)


# --- cost -----------------------------------------------------------------------


@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.97, 1.0])
def test_all_methods_give_the_dense_product(sparsity):
    a = lesson.draw_activations(7, 40, sparsity, seed=1)
    weights = np.random.default_rng(0).standard_normal((40, 5)).astype(np.float32)
    expected = a.astype(np.float64) @ weights
    assert (a == 0).mean() == pytest.approx(sparsity, abs=1 / a.size)
    assert a.min() >= 0
    for name in ("dense", "csr", "csr with conversion", "gather"):
        product = lesson.METHODS[name](a, weights)()
        # 40 sums of numbers of about 1 in single precision.
        np.testing.assert_allclose(product, expected, atol=40 * 2e-7 * 5)
    kept = max(1, round(np.count_nonzero(a) / 7))
    pruned = lesson.METHODS["pruned"](a, weights)()
    np.testing.assert_allclose(pruned, a[:, :kept] @ weights[:kept], atol=1e-5)


def test_a_cost_measurement_has_a_time_for_every_method_and_share_of_zeros():
    result = lesson.measure_cost(
        batch=8, fan_in=64, fan_out=32, sparsities=(0.0, 0.5, 0.9), rounds=2
    )
    assert result.seconds.shape == (5, 3, 2)
    assert (result.seconds > 0).all()
    assert np.isfinite(result.speedup).all()
    assert (result.speedup[result.methods.index("dense")] == 1).all()
    # Number and column, 4 bytes each, and the starts of 8 rows and the end.
    stored = np.array([512, 256, 51])
    np.testing.assert_array_equal(result.csr_bytes, 8 * stored + 4 * 9)
    assert result.dense_bytes == 4 * 512


def make_cost(dense, other, sparsities=(0.0, 0.5, 0.9)):
    times = np.stack([np.broadcast_to(dense, 3), other])
    empty = lesson.measure_cost(
        batch=1, fan_in=1, fan_out=1, methods=("dense", "csr"), rounds=1
    )
    # A second round, disturbed in all places, must not change anything.
    seconds = np.stack([times, 7 * times], axis=2)
    return replace(empty, sparsities=np.array(sparsities), seconds=seconds)


def test_break_even_lies_between_the_shares_where_the_faster_method_changes():
    cost = make_cost(1.0, [4.0, 2.0, 0.5])
    np.testing.assert_allclose(cost.speedup, [[1, 1, 1], [0.25, 0.5, 2]])
    assert cost.break_even("csr") == pytest.approx(0.7)  # halfway in the logarithm
    assert make_cost(1.0, [0.9, 0.5, 0.1]).break_even("csr") == 0.0
    assert math.isnan(make_cost(1.0, [9.0, 5.0, 1.1]).break_even("csr"))


# --- representation -------------------------------------------------------------


def test_the_effective_rank_counts_equal_directions():
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.standard_normal((50, 50)))[0]
    for rank in (1, 3, 10):
        rows = np.concatenate([basis[:rank], -basis[:rank]])
        assert lesson.effective_rank(rows) == pytest.approx(rank)
    assert lesson.effective_rank(np.ones((5, 3))) == 0
    assert 1 < lesson.effective_rank([[9, 0], [-9, 0], [0, 1], [0, -1]]) < 2


def test_the_active_share_is_1_for_equal_and_1_in_n_for_single_units():
    assert lesson.active_share(np.ones((4, 8))) == pytest.approx(1)
    assert lesson.active_share(np.eye(8)) == pytest.approx(1 / 8)
    assert lesson.active_share(np.zeros((2, 8))) == 0
    # Half-normal numbers: (2 / pi) / 1, so 1 / pi if half of them are 0.
    normal = np.random.default_rng(0).standard_normal((200, 500))
    assert lesson.active_share(np.maximum(normal, 0)) == pytest.approx(
        1 / math.pi, abs=0.01
    )


def test_the_probe_reads_linear_classes_and_only_those():
    rng = np.random.default_rng(0)
    x, new = rng.standard_normal((2, 1000, 2))
    straight, crossed = (lambda z: z @ [1.0, 2.0] > 0), (lambda z: z.prod(axis=1) > 0)
    assert lesson.probe_accuracy(x, straight(x), new, straight(new)) > 0.97
    # A line gets at most three of four equal quadrants right; five standard errors.
    guess = lesson.probe_accuracy(x, crossed(x), new, crossed(new))
    assert guess < 0.75 + 5 * (0.75 * 0.25 / 1000) ** 0.5
    # A feature that is always 0 does no harm.
    padded, unseen = (np.column_stack([z, np.zeros(1000)]) for z in (x, new))
    assert lesson.probe_accuracy(padded, straight(x), unseen, straight(new)) > 0.97


@pytest.fixture(scope="module")
def representation():
    return lesson.measure_representation(SEEDS, names=("relu", "leaky_relu", "tanh"))


def test_zeros_make_the_learned_features_neither_more_nor_less_informative(
    representation,
):
    relu = representation.of("relu")
    assert representation.zeros[relu, 1].mean() == pytest.approx(0.5, abs=0.1)
    for name in ("leaky_relu", "tanh"):
        row = representation.of(name)
        assert not representation.zeros[row].any()
        assert representation.probe[row, 1].mean() > 0.95
        # Less than two of 100 points: the standard error of 360 test images is 0.9.
        gap = representation.probe[relu, 1] - representation.probe[row, 1]
        assert abs(gap.mean()) < 0.02
    # Leaky ReLU has the same shape without zeros: no difference beyond the spread.
    gap = (
        representation.probe[relu, 1]
        - representation.probe[representation.of("leaky_relu"), 1]
    )
    assert abs(gap.mean()) < 5 * gap.std(ddof=1) / len(SEEDS) ** 0.5


def test_compactness_comes_from_the_shape_and_not_from_the_zeros(representation):
    relu, leaky, tanh = (
        representation.of(name) for name in ("relu", "leaky_relu", "tanh")
    )
    active = representation.active[:, 1]
    assert summarize(active[tanh] - active[relu]).low > 0.3
    assert abs((active[leaky] - active[relu]).mean()) < 0.05
    rank = representation.rank[:, 1]
    assert abs((rank[leaky] - rank[relu]).mean()) < 3


def test_features_of_the_last_layer_are_those_before_the_outputs():
    network = ensembles.initialize((64, 5, 4, 10), seeds=(0,), bias_std=0.3)
    x = load_digits(seed=0).test.inputs
    features = lesson.last_hidden(network, x)
    assert features.shape == (360, 4)
    weights, biases = network.network(0)
    np.testing.assert_allclose(
        features @ weights[-1] + biases[-1], ensembles.forward(network, x)[0], atol=1e-5
    )


def test_random_features_tell_most_at_middling_sparsity():
    result = lesson.measure_random_features(SEEDS)
    assert (np.diff(result.zeros.mean(axis=1)) < 0).all()
    zeros, probe = result.zeros.mean(axis=1), result.probe
    best = int(probe.mean(axis=1).argmax())
    assert 0.2 < zeros[best] < 0.8
    for row, share in enumerate(zeros):
        if share > 0.95 or share < 0.05:
            assert summarize(probe[best] - probe[row]).low > 0


# --- overfitting ----------------------------------------------------------------


@pytest.fixture(scope="module")
def overfitting():
    return lesson.measure_overfitting(SEEDS)


def test_at_equal_budget_relu_has_memorized_more_and_so_does_worse(overfitting):
    relu, sigmoid = (overfitting.at_equal_budget(n) for n in ("relu", "sigmoid"))
    assert summarize(sigmoid - relu).low > 0.05
    fit = dict(
        zip(overfitting.activations, overfitting.accuracy[:, 1, -1], strict=True)
    )
    assert summarize(fit["relu"] - fit["sigmoid"]).low > 0.1


def test_relu_memorizes_faster_than_tanh_and_the_sigmoid(overfitting):
    # 64 % of the labels are right: whatever fits 80 % has memorized wrong ones.
    steps = {name: overfitting.steps_to(name, 0.8) for name in overfitting.activations}
    assert np.isfinite(steps["relu"]).all()
    gap = steps["tanh"] - steps["relu"]
    assert summarize(gap[np.isfinite(gap)]).low > 0
    assert np.isnan(steps["sigmoid"]).sum() >= 8  # not within the budget


def test_with_everything_tuned_relu_does_not_overfit_less(overfitting):
    tuned = {name: overfitting.tuned(name) for name in overfitting.activations}
    # The claim would need ReLU ahead: no function's interval allows that by 3 points.
    for name in ("leaky_relu", "tanh", "sigmoid"):
        assert summarize(tuned["relu"] - tuned[name]).high < 0.03


def test_at_equal_fit_the_differences_are_small(overfitting):
    relu = overfitting.at_equal_fit("relu")
    assert np.isfinite(relu).all()
    for name in ("leaky_relu", "gelu", "tanh", "sigmoid"):
        gap = overfitting.at_equal_fit(name) - relu
        # A third of what equal budget seems to show between sigmoid and ReLU.
        assert abs(gap.mean()) < 0.05


def test_stopping_early_and_reading_off_is_done_on_each_seeds_own_curve():
    base = lesson.measure_overfitting((0, 1), names=("relu",), steps=20, every=10)
    accuracy = np.zeros((1, 3, 3, 2))
    accuracy[0, :, :, 0] = 0.1, 0.5, 0.9
    accuracy[0, :, :, 1] = 0.1, 0.7, 0.6  # falls back
    test = np.arange(18.0).reshape(1, 3, 3, 2)
    validation = np.zeros((1, 3, 3, 2))
    validation[0, 1, 0, 0] = validation[0, 1, 2, 1] = 1.0
    made = replace(base, accuracy=accuracy, validation=validation, test=test)
    assert base.steps.tolist() == [0, 10, 20]
    np.testing.assert_allclose(made.steps_to("relu", 0.7), [15, 10])
    np.testing.assert_allclose(made.at_equal_fit("relu", 0.7), [15, 15])
    assert np.isnan(made.steps_to("relu", 0.8)).tolist() == [False, True]
    np.testing.assert_array_equal(made.tuned("relu"), [6, 11])
    np.testing.assert_array_equal(made.at_equal_budget("relu"), [10, 11])


# --- errors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lesson.zero_share(0.0, 0.0), "`scale` must be positive"),
        (lambda: lesson.measure_zeros(fan_in=1), "`fan_in` must be an integer"),
        (lambda: lesson.measure_depth_zeros(depth=0), "`depth` must be an integer"),
        (
            lambda: lesson.measure_training(arms=[lesson.Arm("rmsprop", 0.1)]),
            "`optimizer` must be one of",
        ),
        (
            lambda: lesson.measure_training(arms=[lesson.Arm("sgd", 0.0)]),
            "`learning_rate` must be positive",
        ),
        (
            lambda: lesson.measure_training(arms=[lesson.Arm("sgd", 0.1, -1.0)]),
            "`l1` must be",
        ),
        (lambda: lesson.measure_training(arms=[]), "`arms` must be non-empty"),
        (lambda: lesson.draw_activations(2, 2, 1.5), "`sparsity` must be a number"),
        (
            lambda: lesson.measure_cost(sparsities=[0.5, 0.1]),
            "`sparsities` must be inc",
        ),
        (lambda: lesson.measure_cost(methods=["csr"]), "with 'dense' among them"),
        (
            lambda: lesson.measure_cost(methods=["dense", "crs"]),
            "did you mean 'csr'",
        ),
        (lambda: lesson.effective_rank([1.0, 2.0]), "`features` must be an array"),
        (
            lambda: lesson.measure_overfitting(label_noise=2.0),
            "`label_noise` must be a finite number from 0 to 1",
        ),
        (lambda: lesson.measure_overfitting(names=[]), "`names` must be non-empty"),
        (lambda: lesson.measure_representation(names=["relo"]), "did you mean 'relu'"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_results_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        lesson.measure_zeros((0,)).seeds = ()
