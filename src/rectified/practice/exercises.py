"""What an exercise asks for: arguments to try, a reference, and laws in words.

An exercise is data. `checking.examine` tries a learner's answer on many arguments,
which hypothesis makes and shrinks, and tells which law the smallest one breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np

from rectified.practice import wording

Returns = Literal["array", "tensor", "number"]
Check = Callable[..., Any]
"""Takes an exercise's arguments; returns where a law holds: a bool, or a mask."""


class Interval(NamedTuple):
    """An expected result of which only bounds are known, both allowed."""

    low: Any
    high: Any


class Unfit(Exception):
    """Raised by `Exercise.call`: it cannot use what came back, "it returned ..."."""


@dataclass(frozen=True)
class Law:
    """One property that an answer must have.

    Attributes
    ----------
    where : callable
        Of the arguments; returns for which of them, or for which entries of the
        result, the law says something.
    part : str
        For a reference with several results: the one that the law is about.
    """

    where: Check
    part: str = ""


@dataclass(frozen=True)
class Exercise:
    """What is checked.

    Attributes
    ----------
    arguments : callable
        Returns a dict of hypothesis strategies, one per argument, in the order of the
        call. (A function, because hypothesis is imported only when it is needed.)
    reference : callable
        Of the arguments; returns the expected result: an array, an `Interval`, or a
        dict of these if `call` returns several results.
    laws : dict of str to (callable or Law)
        Sentences, most basic first, and where each holds. Together they must cover
        whatever the reference says: an answer that obeys all laws is right.
    unpack : callable
        Of what the strategies made; returns the arguments. For arguments that must fit
        each other: one array is made and cut.
    call : callable
        ``call(answer, *arguments)``; by default the answer is called. For a class,
        or where a result has several parts (then it returns a dict); it raises `Unfit`
        if what it has got has no such parts.
    returns : {"array", "tensor", "number"}
        What the answer must return. Tensor exercises get float64 tensors for arrays.
    elementwise : bool
        Whether a result's entry depends on the arguments' entries in the same place
        only; a counter-example of one entry is then told without brackets.
    rtol, atol : float
        Tolerances of the comparison.
    names : dict of str to str
        What to call an argument in a sentence, if not by its name.
    """

    arguments: Callable[[], Mapping[str, Any]]
    reference: Callable[..., Any]
    laws: Mapping[str, Check | Law]
    unpack: Callable[..., Mapping[str, Any]] = field(default=lambda **made: made)
    call: Callable[..., Any] = field(default=lambda answer, *given: answer(*given))
    returns: Returns = "array"
    elementwise: bool = True
    rtol: float = 1e-6
    atol: float = 1e-9
    names: Mapping[str, str] = field(default_factory=dict)

    def examples(self) -> Any:
        """Return the strategy for dicts of arguments."""
        from hypothesis.strategies import fixed_dictionaries

        strategies = dict(self.arguments())
        # hypothesis shuffles the keys, and the answer is called in their order.
        return fixed_dictionaries(strategies).map(
            lambda made: self.unpack(**{name: made[name] for name in strategies})
        )

    def law(self, sentence: str) -> Law:
        """Return a law by its sentence."""
        law = self.laws[sentence]
        return law if isinstance(law, Law) else Law(law)


def name_results(
    results: Any, names: Sequence[str], wanted: str, kinds: Any = tuple
) -> dict[str, Any]:
    """Return the results of one call by name; what is wanted is said if it is not.

    Raises
    ------
    Unfit
        If `results` is not of one of the `kinds`, or has more or fewer members.
    """
    if results is None:
        return dict.fromkeys(names)
    if not isinstance(results, kinds) or len(results) != len(names):
        raise Unfit(wording.wrong_type(results, wanted))
    return dict(zip(names, results, strict=True))


# --- arguments to try -------------------------------------------------------------


def numbers(low: float = -8, high: float = 8, *, step: float = 0.25) -> Any:
    """Return a strategy for plain numbers, whole ones first when it shrinks.

    Parameters
    ----------
    low, high : float
        Limits, included; multiples of `step`.
    step : float
        Distance of neighboring numbers: a counter-example is easy to read.
    """
    from hypothesis import strategies as st

    ends = int(np.ceil(low)), int(np.floor(high))
    fine = st.integers(round(low / step), round(high / step)).map(lambda k: k * step)
    if ends[0] > ends[1]:
        return fine
    return st.one_of(st.integers(*ends).map(float), fine)


def arrays(
    *shape: int | tuple[int, int],
    elements: Any = None,
) -> Any:
    """Return a strategy for float64 arrays.

    Parameters
    ----------
    *shape : int or (int, int)
        Length of each axis, or its shortest and longest; without any, arrays of one
        to three axes with up to four entries each.
    elements : strategy, optional
        The numbers in it; by default `numbers()`.
    """
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp

    entries = numbers() if elements is None else elements
    if not shape:
        sizes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)
    else:
        ranges = [(n, n) if isinstance(n, int) else n for n in shape]
        sizes = st.tuples(*(st.integers(*ends) for ends in ranges))
    return hnp.arrays(np.float64, sizes, elements=entries)


@cache
def find(exercise_id: str) -> Exercise:
    """Return the exercise of an id such as ``"01-relu"``.

    Raises
    ------
    ValueError
        If there is none.
    """
    from rectified.practice import course

    known: Mapping[str, Exercise] = course.load_module(exercise_id).EXERCISES
    return course.find(exercise_id, known)
