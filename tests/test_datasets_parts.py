"""What all data sets with a training and a test part have in common."""

import subprocess
import sys
import time
from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest

from rectified.datasets import (
    load_digits,
    load_text,
    make_boxes,
    make_memory_task,
    make_vowels,
)

MAKERS = {
    "boxes": lambda seed, **sizes: make_boxes(seed=seed, **sizes),
    "digits": lambda seed, **sizes: load_digits(seed=seed, **sizes),
    "memory": lambda seed, **sizes: make_memory_task(12, seed=seed, **sizes),
    "vowels": lambda seed, **sizes: make_vowels(seed=seed, **sizes),
}
SMALL = {"n_train": 60, "n_test": 41}
all_makers = pytest.mark.parametrize("name", MAKERS)


def arrays(data):
    """Return every array inside a data set, by its dotted name."""
    found = {}
    for field in fields(data):
        value = getattr(data, field.name)
        if is_dataclass(value):
            inner = arrays(value)
            found |= {f"{field.name}.{name}": array for name, array in inner.items()}
        elif isinstance(value, np.ndarray):
            found[field.name] = value
    return found


def network_inputs(part):
    return part.images if hasattr(part, "boxes") else part.inputs


def unlike(arrays, others):
    """Return the names of those arrays that differ."""
    return {name for name in arrays if not np.array_equal(arrays[name], others[name])}


@all_makers
def test_a_seed_fixes_every_number_and_another_seed_changes_them(name):
    first, again, other = (arrays(MAKERS[name](s, **SMALL)) for s in (1, 1, 2))
    assert unlike(first, again) == set()
    assert unlike(first, other) == set(first)


def test_a_seed_fixes_the_text_and_its_batches():
    first, again, other = (load_text(seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.train, again.train)
    assert not np.array_equal(first.train[:1000], other.train[:1000])
    one, same, new = (next(first.batches(seed=seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, new)


@all_makers
def test_parts_have_the_sizes_asked_for_and_every_array_fits(name):
    data = MAKERS[name](0, **SMALL)
    for part, size in ((data.train, 60), (data.test, 41)):
        assert {len(array) for array in arrays(part).values()} == {size}
        inputs = network_inputs(part)
        assert inputs.dtype == np.float32
        assert part.labels.dtype == np.int64
        assert np.isfinite(inputs).all()


@all_makers
def test_no_example_is_in_both_parts_or_twice_in_one(name):
    data = MAKERS[name](0, n_train=500, n_test=300)
    both = np.concatenate([network_inputs(data.train), network_inputs(data.test)])
    assert len(np.unique(both.reshape(800, -1), axis=0)) == 800


@all_makers
def test_the_test_part_stays_the_same_when_the_training_part_grows(name):
    small, large = (MAKERS[name](0, n_train=n, n_test=41) for n in (60, 80))
    # Inputs of some sets are scaled by what the training part measures.
    scaled = {"digits": {"inputs"}, "vowels": {"inputs"}}.get(name, set())
    assert unlike(arrays(small.test), arrays(large.test)) == scaled


@pytest.mark.parametrize(("name", "classes"), [("boxes", 2), ("memory", 2)])
def test_two_classes_are_balanced_and_in_random_order(name, classes):
    labels = MAKERS[name](0, n_train=501).train.labels
    assert sorted(np.bincount(labels).tolist()) == [250, 251]
    # Neighbors agree in half of 500 cases, give or take five standard errors.
    assert abs((labels[1:] == labels[:-1]).mean() - 0.5) < 5 * 0.5 / 500**0.5


def test_vowels_are_balanced():
    labels = make_vowels(seed=0, n_train=63, n_test=10).train.labels
    assert sorted(np.bincount(labels).tolist()) == [12, 12, 13, 13, 13]


@all_makers
def test_nobody_can_replace_a_field_by_mistake(name):
    data = MAKERS[name](0, **SMALL)
    with pytest.raises(FrozenInstanceError):
        data.train = data.test


@pytest.mark.parametrize("seed", [-1, 0.5, None, True])
@all_makers
def test_a_seed_is_a_whole_number(name, seed):
    with pytest.raises(ValueError, match="`seed` must be an integer of at least 0"):
        MAKERS[name](seed)


@pytest.mark.parametrize("argument", ["n_train", "n_test"])
@all_makers
def test_a_part_that_is_too_small_is_refused(name, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be an integer .*got 1;"):
        MAKERS[name](0, **{argument: 1})


def test_importing_the_data_sets_imports_nothing_heavy():
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    code = f"import rectified.datasets\n{report}"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "numpy" in loaded
    assert not {"sklearn", "scipy", "joblib", "pydoc_data", "torch"} & set(loaded)


def cpu_seconds(work):
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize(
    ("name", "numbers_per_example"),
    [("boxes", 24 * 24), ("memory", 12), ("vowels", 2048)],
)
def test_making_data_costs_little_more_than_drawing_its_noise(
    name, numbers_per_example
):
    # Measured: up to 7 times as much. A loop over samples in Python costs hundreds.
    rng, size = np.random.default_rng(0), (2000, numbers_per_example)
    noise = cpu_seconds(lambda: rng.standard_normal(size))
    sizes = {"n_train": 1900, "n_test": 100}
    assert cpu_seconds(lambda: MAKERS[name](0, **sizes)) < 40 * noise
