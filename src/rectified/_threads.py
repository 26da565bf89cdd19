"""One thread for small matrices: more cost them far more than they gain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute matrix products of NumPy on one thread, and restore the number after.

    Two threads make the largest networks of the course 1.7 times as fast at most, and
    the small ones up to 26 times as slow on a busy machine.
    """
    with _find_libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _find_libraries() -> Any:
    # Looking for them takes milliseconds, so it is done once: NumPy's is loaded by now.
    import numpy  # noqa: F401
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
