import numpy as np
import pytest

from rectified import activations
from rectified.ensembles import Parameters, initialize, measure, train

USUAL = {
    "x": np.eye(4, 2),
    "y": [0, 1, 0, 1],
    "widths": (2, 3, 1),
    "seeds": (0, 1),
    "steps": 10,
}
CLASSES = {"loss": "cross_entropy", "widths": (2, 3, 3)}
PRELU = initialize((2, 3, 1), seeds=(0, 1), activation="prelu")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": [[1.0, 2.0, 3.0]]}, "`x` must be an array with 2 values on its last"),
        ({"x": [[1.0, np.inf]]}, "`x` must be finite, got inf"),
        ({"x": np.zeros((0, 2))}, "`x` must be non-empty"),
        ({"x": np.zeros((3, 4, 2))}, "`x` must be one set of points for each of 2"),
        ({"x": np.full((4, 2), 1e39)}, "`x` must be within the range of float32"),
        ({"x": "points"}, "`x` must be an array of numbers"),
        ({"y": [0, 1, 1]}, "`y` must be targets for 4 points"),
        ({"y": []}, "`y` must be non-empty"),
        ({"y": [[0, 1, 0, 1]]}, r"`y` must be targets .*or \(2, 4\), got \(1, 4\)"),
        ({"y": np.zeros((4, 2))}, "`y` must be targets for 4 points"),
        ({"y": [0, 1, 2, 1]}, "`y` must be 0 or 1 everywhere, got 2.0; relabel"),
        ({"y": [0, 1, np.nan, 1]}, "`y` must be finite, got nan"),
        ({**CLASSES, "y": [0, 1, 2, 3]}, "`y` must be a class from 0 to 2 everywhere"),
        ({**CLASSES, "y": [0, 1, 2, -1]}, "got -1.0; count the classes from 0"),
        ({**CLASSES, "y": [0, 1, 2, 0.5]}, "`y` must be a class from 0 to 2"),
        ({**CLASSES, "y": np.eye(4, 3)}, "`y` must be targets for 4 points"),
        ({"loss": "cross_entropy"}, "`widths` must be of at least two outputs, got 1"),
        ({"loss": "squared", "y": [0, 0, 0, 1e39]}, "`y` must be within the range of"),
        ({"widths": (2,)}, "`widths` must be at least two integers"),
        ({"widths": 2}, "`widths` must be a sequence of integers"),
        ({"widths": (2, -3, 1)}, "`widths` must be an integer of at least 1, got -3"),
        ({"widths": (2, 3.5, 1)}, "`widths` must be an integer of at least 1, got 3.5"),
        ({"seeds": ()}, "`seeds` must be non-empty"),
        ({"seeds": (0, -1)}, "`seeds` must be an integer of at least 0, got -1"),
        ({"seeds": 5}, r"`seeds` must be a list of integers, got 5; write range\(5\)"),
        ({"activation": "rleu"}, "`activation` must be one of .*did you mean 'relu'"),
        ({"optimizer": "Adam"}, "`optimizer` must be one of .*did you mean 'adam"),
        ({"loss": "mse"}, "`loss` must be one of .*'squared', got 'mse'"),
        ({"learning_rate": 0}, "`learning_rate` must be positive, got 0.0"),
        ({"learning_rate": np.nan}, "`learning_rate` must be finite, got nan"),
        ({"learning_rate": np.inf}, "`learning_rate` must be finite, got inf"),
        ({"learning_rate": [1, 1, 1]}, "`learning_rate` must be one number or 2"),
        ({"learning_rate": 1e39}, r"`learning_rate` must be from -inf to 3.40282e\+38"),
        ({"momentum": 0.9}, "`momentum` must be left out for 'adam'"),
        ({"momentum": 1.5, "optimizer": "sgd"}, "`momentum` must be from 0 to 1"),
        ({"weight_decay": [0, -1]}, "`weight_decay` must be from 0 to"),
        ({"clip_norm": 0}, "`clip_norm` must be positive, got 0.0"),
        ({"clip_norm": np.nan}, "`clip_norm` must be from -inf to inf, got nan"),
        ({"gain": -1}, "`gain` must be from 0 to inf, got -1.0"),
        ({"bias": np.nan}, "`bias` must be finite"),
        ({"bias_std": -1}, "`bias_std` must be from 0 to inf, got -1.0"),
        ({"negative_slope": 0.1}, "`negative_slope` must be left out for 'relu'"),
        ({"steps": -1}, "`steps` must be an integer of at least 0, got -1"),
        ({"batch_size": 5}, "`batch_size` must be an integer from 1 to 4, got 5"),
        ({"batch_size": 0}, "`batch_size` must be an integer from 1 to 4, got 0"),
        ({"snapshots": (11,)}, "`snapshots` must be an integer from 0 to 10, got 11"),
        ({"record": "loss"}, r"`record` must be a list of names .*write \['loss'\]"),
        ({"record": ["los"]}, "`record` must be one of .*did you mean 'loss'"),
        ({"record": {"loss": 0}}, "`record` must be an integer of at least 1, got 0"),
        ({"dtype": "float16"}, "`dtype` must be float32 or float64, got 'float16'"),
        ({"dtype": "single precision"}, "`dtype` must be float32 or float64"),
        ({"max_megabytes": 0}, "`max_megabytes` must be at least 1 for this training"),
        ({"max_megabytes": np.nan}, "`max_megabytes` must be a finite number"),
        ({"initial": initialize((2, 4, 1), seeds=(0,))}, "`initial` must be of the"),
        ({"initial": PRELU}, "`initial` must be of the widths, activation"),
        ({"initial": PRELU, "gain": 1}, "`initial` must be left out together with"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        train(**{**USUAL, **arguments})


def test_values_that_do_not_fit_the_widths_are_refused():
    start = initialize((2, 3, 1), seeds=(0, 1))
    short = Parameters(start.values[:, :-1], start.widths, "relu")
    with pytest.raises(ValueError, match="`initial` must be an array of shape"):
        train(**USUAL, initial=short)


def test_prelu_needs_slopes_to_learn():
    start = initialize((2, 3, 1), seeds=(0, 1))
    renamed = Parameters(start.values, start.widths, "prelu")
    with pytest.raises(ValueError, match="`initial` must be an array of shape"):
        train(**USUAL, activation="prelu", initial=renamed)


def test_what_is_measured_is_checked():
    start = initialize((2, 3, 1), seeds=(0, 1))
    with pytest.raises(ValueError, match=r"`names` must be one of .*'dead_fraction'"):
        measure(start, np.eye(4, 2), names=["gradient_norm"])
    with pytest.raises(ValueError, match="`y` must be given for 'loss' and 'accuracy'"):
        measure(start, np.eye(4, 2), names=["loss"])


def test_settings_that_switch_nothing_on_are_accepted():
    plain = train(**USUAL, optimizer="sgd")
    off = train(
        **USUAL, optimizer="sgd", momentum=0, weight_decay=0, clip_norm=np.inf, bias=0
    )
    np.testing.assert_array_equal(plain.parameters.values, off.parameters.values)


def test_an_activation_object_and_its_name_do_the_same():
    named = train(**USUAL, activation="tanh")
    given = train(**USUAL, activation=activations.get("tanh"))
    np.testing.assert_array_equal(named.parameters.values, given.parameters.values)
