"""Whether zeros save time: dense products against sparse ones, on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rectified._threads import one_thread
from rectified._validate import check_array, check_choice, check_integer, problem
from rectified.experiments.sparsity.products import METHODS, draw_activations, to_csr

SPARSITIES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Shares of zeros that `measure_cost` tries."""

ENOUGH = 0.001
"""Seconds that a timing should last at least; shorter calls are repeated."""


@dataclass(frozen=True)
class CostMeasurement:
    """Seconds for one product, on the machine that ran this.

    Attributes
    ----------
    methods : tuple of str
        Keys of `METHODS`, the first axis below.
    batch, fan_in, fan_out : int
        The product is (batch, fan_in) times (fan_in, fan_out).
    sparsities : ndarray, shape (n_sparsities,)
        Share of zeros in the first factor.
    seconds : ndarray, shape (n_methods, n_sparsities, rounds)
        Wall time of one product on one thread; the methods take turns in every round.
    dense_bytes : int
        Memory of the first factor as a dense array.
    csr_bytes : ndarray of int, shape (n_sparsities,)
        Memory of its numbers, columns and row starts in CSR.
    """

    methods: tuple[str, ...]
    batch: int
    fan_in: int
    fan_out: int
    sparsities: NDArray[np.float64]
    seconds: NDArray[np.float64]
    dense_bytes: int
    csr_bytes: NDArray[np.int64]

    @property
    def speedup(self) -> NDArray[np.float64]:
        """Dense time over the time of each method, (n_methods, n_sparsities).

        The shortest of all rounds counts: other programs can only add to a time.
        """
        shortest = self.seconds.min(axis=2)
        return np.asarray(shortest[self.methods.index("dense")] / shortest)

    def break_even(self, method: str) -> float:
        """Return the share of zeros from which a method is faster than dense.

        Interpolated between the sparsities that were measured: linearly in the
        logarithm of the speed-up. NaN if it never gets faster, the lowest sparsity
        if it always is.
        """
        row = self.methods.index(check_choice("method", method, self.methods))
        gain = np.log(self.speedup[row])
        slower = np.flatnonzero(gain < 0)
        if not slower.size:
            return float(self.sparsities[0])
        last = int(slower[-1])
        if last == len(gain) - 1:
            return float("nan")
        pair = slice(last, last + 2)
        return float(np.interp(0.0, gain[pair], self.sparsities[pair]))


def measure_cost(
    *,
    batch: int = 128,
    fan_in: int = 1024,
    fan_out: int = 1024,
    sparsities: ArrayLike = SPARSITIES,
    methods: Sequence[str] = tuple(METHODS),
    rounds: int = 5,
    seed: int = 0,
) -> CostMeasurement:
    """Time a layer's matrix product for several methods and shares of zeros.

    Parameters
    ----------
    batch : int
        Rows of activations, up to 4096; 1 is one input at a time.
    fan_in, fan_out : int
        Size of the layer, up to 4096.
    sparsities : array_like, shape (n_sparsities,)
        Increasing shares of zeros, from 0 to 1.
    methods : sequence of str
        Keys of `METHODS`; "dense" must be among them.
    rounds : int
        How often each is timed.
    seed : int
        Draws the matrices.

    Returns
    -------
    CostMeasurement
        The times are the machine's at this moment: they differ from run to run.

    Raises
    ------
    ValueError
        If a method is unknown, or a number is out of range.
    """
    shares = check_array("sparsities", sparsities, ndim=(1,))
    if (np.diff(shares) <= 0).any():
        raise problem("sparsities", "increasing", shares.tolist(), "sort them")
    names = tuple(check_choice("methods", name, METHODS) for name in methods)
    if "dense" not in names:
        raise problem("methods", "with 'dense' among them", names, "add it")
    batch = check_integer("batch", batch, minimum=1, maximum=4096)
    fan_in = check_integer("fan_in", fan_in, minimum=1, maximum=4096)
    fan_out = check_integer("fan_out", fan_out, minimum=1, maximum=4096)
    rounds = check_integer("rounds", rounds, minimum=1)
    rng = np.random.default_rng((seed, 1))
    weights = rng.standard_normal((fan_in, fan_out)).astype(np.float32)
    seconds = np.empty((len(names), len(shares), rounds))
    csr_bytes = []
    for column, share in enumerate(shares):
        a = draw_activations(batch, fan_in, float(share), seed=seed)
        csr = to_csr(a)
        csr_bytes.append(csr.data.nbytes + csr.indices.nbytes + csr.indptr.nbytes)
        calls = [METHODS[name](a, weights) for name in names]
        seconds[:, column] = _time_in_turns(calls, rounds)
    return CostMeasurement(
        names,
        batch,
        fan_in,
        fan_out,
        shares,
        seconds,
        4 * batch * fan_in,
        np.array(csr_bytes),
    )


def _time_in_turns(
    calls: Sequence[Callable[[], object]], rounds: int
) -> NDArray[np.float64]:
    """Return the seconds of every call in every round, (calls, rounds)."""
    repeats, seconds = [], np.empty((len(calls), rounds))
    # Dense products would use all cores, sparse ones cannot.
    with one_thread():
        for call in calls:
            call()  # the first run loads code and memory
            # Enough repeats that the clock's resolution does not matter.
            repeats.append(max(1, round(ENOUGH / max(_time(call, 1), ENOUGH / 1000))))
        for turn in range(rounds):
            for row, call in enumerate(calls):
                seconds[row, turn] = _time(call, repeats[row])
    return seconds


def _time(call: Callable[[], object], repeats: int) -> float:
    """Return the mean wall time of one call; never 0."""
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    total = time.perf_counter() - start
    return max(total, time.get_clock_info("perf_counter").resolution) / repeats
