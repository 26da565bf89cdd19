import numpy as np
import pytest

from rectified.datasets import make_memory_task


@pytest.mark.parametrize("n_features", [1, 2])
def test_sequences_have_the_shape_asked_for(n_features):
    task = make_memory_task(30, seed=0, n_train=70, n_test=20, n_features=n_features)
    assert task.train.inputs.shape == (70, 30, n_features)
    assert task.test.inputs.shape == (20, 30, n_features)


def test_the_first_step_is_the_label_and_is_marked():
    part = make_memory_task(30, seed=0).train
    np.testing.assert_array_equal(part.inputs[:, 0, 0], 2 * part.labels - 1)
    assert (part.inputs[:, 0, 1] == 1).all()
    assert (part.inputs[:, 1:, 1] == 0).all()


def test_later_steps_know_nothing_of_the_label():
    part = make_memory_task(40, seed=0, n_train=4000).train
    later = part.inputs[:, 1:, 0]
    signs = 2.0 * part.labels - 1.0
    # Covariance of independent numbers: its standard error is sd / sqrt(n).
    covariances = signs @ later / 4000
    assert np.abs(covariances).max() < 5 * 3**-0.5 / 4000**0.5


@pytest.mark.parametrize("noise", [0.01, 0.5, 1.0])
def test_noise_is_uniform_up_to_its_bound(noise):
    later = make_memory_task(20, seed=0, noise=noise).train.inputs[:, 1:, 0]
    assert np.abs(later).max() <= np.float32(noise)
    # 38,000 draws: the variance of a uniform is known, its square has kurtosis 1.8.
    error = 5 * (0.8 / later.size) ** 0.5
    assert later.var() == pytest.approx(noise**2 / 3, rel=error)


def test_noise_scales_and_changes_nothing_else():
    weak, strong = (make_memory_task(9, seed=4, noise=n).train for n in (0.25, 1.0))
    np.testing.assert_array_equal(weak.labels, strong.labels)
    np.testing.assert_allclose(
        4 * weak.inputs[:, 1:, 0], strong.inputs[:, 1:, 0], atol=1e-6
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"length": 1}, "`length` must be an integer of at least 2, got 1"),
        ({"length": 3.0}, "`length` must be an integer of at least 2, got 3.0"),
        ({"n_features": 3}, "`n_features` must be an integer from 1 to 2, got 3"),
        ({"noise": 0}, "`noise` must be a finite number from 0.01 to 1, got 0.0"),
        ({"noise": "loud"}, "`noise` must be a finite number.*, got 'loud'"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_memory_task(**{"length": 9, "seed": 0, **arguments})
