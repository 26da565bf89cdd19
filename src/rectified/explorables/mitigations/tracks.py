"""Trainings that several settings of a figure look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Track(Generic[T]):
    """What an iterator yields, kept, so that it can be walked again and further.

    A figure's settings are of two kinds: those of the training, and those that choose
    what is shown of it. Only the first need another training.

    Parameters
    ----------
    source : iterator
        Makes the moments, one after the other, as they are asked for.
    """

    def __init__(self, source: Iterator[T]) -> None:
        self.seen: list[T] = []
        self.rest = source

    def __iter__(self) -> Iterator[T]:
        at = 0
        while True:
            if at == len(self.seen):
                try:
                    self.seen.append(next(self.rest))
                except StopIteration:
                    self.rest = iter(())  # lets go of networks and data
                    return
            yield self.seen[at]
            at += 1
