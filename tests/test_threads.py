"""Trainings use one thread, whatever the machine offers, and leave the rest alone."""

import pytest
from threadpoolctl import threadpool_info

from rectified._threads import one_thread
from rectified.ensembles import train


def threads():
    return {p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"}


def test_within_the_limit_there_is_one_thread_and_after_it_as_many_as_before():
    before = threads()
    with one_thread():
        assert threads() == {1}
    assert threads() == before


def test_an_error_gives_the_threads_back():
    before = threads()
    with pytest.raises(ZeroDivisionError), one_thread():
        _ = 1 / 0
    assert threads() == before


def test_a_training_runs_on_one_thread():
    seen = []
    train(
        [[-1.0], [1.0]],
        [0, 1],
        widths=(1, 4, 1),
        steps=2,
        on_step=lambda *_: seen.append(threads()),
    )
    assert seen == [{1}, {1}]
