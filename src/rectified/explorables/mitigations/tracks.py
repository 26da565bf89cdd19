"""Trainings that several settings of a figure look at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
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
    ahead : int
        How many to make at a time. Each picture costs more than a few moments, so
        that a training of one moment per picture would take far longer than it must.
    """

    def __init__(self, source: Iterator[T], ahead: int = 1) -> None:
        self.seen: list[T] = []
        self.rest, self.ahead = source, ahead

    def __iter__(self) -> Iterator[T]:
        at = 0
        while True:
            if at == len(self.seen):
                made = list(islice(self.rest, self.ahead))
                self.seen += made
                if len(made) < self.ahead:
                    self.rest = iter(())  # lets go of networks and data
                if not made:
                    return
            yield self.seen[at]
            at += 1
