"""Experiments: pure functions of parameters and seeds, one package per lesson.

Each returns a frozen dataclass of named arrays. `summarize` turns the values of
several seeds into a mean with its spread.
"""

from rectified.experiments.spread import Spread, summarize

__all__ = ["Spread", "summarize"]
