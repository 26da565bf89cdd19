"""How much memory a training takes, and how many networks to serve at a time.

Networks are trained in groups: the arrays of the passes exist for one group only, so
they stay in the processor's cache, and the memory they take does not grow with the
number of networks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rectified._ensemble_data import Batches, count_epochs
from rectified._ensemble_measures import describe_shape
from rectified._ensemble_networks import DRAWN_AT_ONCE, count_values
from rectified._ensemble_records import count_records
from rectified._validate import check_number, problem

MEGABYTE = 1_000_000
GROUP_BYTES = 8 * MEGABYTE
"""Most bytes of one group's arrays. Training is fastest from 5 to 20 MB: smaller groups
cost more calls, larger ones leave the cache."""

GENERATOR_BYTES = 3000  # one random number generator, with what Python adds
WIDE_TEMPORARIES = 8  # of a hidden layer's size, in the costliest activation function
OUTPUT_TEMPORARIES = 8  # of the output's size, in a loss


class Demand(NamedTuple):
    """What decides how much memory a training takes."""

    widths: tuple[int, ...]
    itemsize: int  # bytes of a number
    batches: Batches
    n_copies: int  # of all values: the result, the optimizer's, the snapshots
    every: Mapping[str, int]
    steps: int

    @property
    def n_networks(self) -> int:
        """Number of networks."""
        return len(self.batches.seeds)

    @property
    def n_points(self) -> int:
        """Number of points per network."""
        return self.batches.inputs.n_points

    @property
    def n_values(self) -> int:
        """Most numbers that one network can have."""
        return count_values(self.widths) + len(self.widths) - 2


class Groups(NamedTuple):
    """Numbers of networks served at a time, and the bytes that all arrays take."""

    training: int
    measuring: int
    total: int


def count_pass_bytes(widths: Sequence[int], n_points: int, itemsize: int) -> int:
    """Return the bytes of one network's arrays in the passes on so many points."""
    hidden, n_outputs = widths[1:-1], widths[-1]
    rows = 3 * sum(hidden) + len(hidden) + WIDE_TEMPORARIES * max(hidden, default=0)
    rows += (2 + OUTPUT_TEMPORARIES) * n_outputs + 2 * (widths[0] + 1)
    return rows * n_points * itemsize


def plan_groups(demand: Demand, max_megabytes: float) -> Groups:
    """Return the sizes of the groups, or raise if they do not fit."""
    limit = int(check_number("max_megabytes", max_megabytes) * MEGABYTE)
    fixed = count_fixed_bytes(demand)
    ones = (
        count_step_bytes(demand),
        count_pass_bytes(demand.widths, demand.n_points, demand.itemsize),
    )
    # The data are checked and the weights are drawn before any pass.
    before = max(count_checking_bytes(demand.batches), count_drawing_bytes(demand))
    needed = max(fixed + sum(ones), before)
    if needed > limit:
        rule = f"at least {math.ceil(needed / MEGABYTE)} for this training"
        advice = "train fewer networks at once, record less, or raise it"
        raise problem("max_megabytes", rule, max_megabytes, advice)
    free = (limit - fixed) // 2
    training, measuring = (
        split_evenly(demand.n_networks, min(GROUP_BYTES, free) // one) for one in ones
    )
    total = fixed + training * ones[0] + measuring * ones[1]
    return Groups(training, measuring, max(total, before))


def count_step_bytes(demand: Demand) -> int:
    """Return the bytes of one network's arrays in an update."""
    d, n_points = demand, demand.n_points
    size = d.batches.size or n_points
    step = count_pass_bytes(d.widths, size, d.itemsize)
    if n_points % size:  # the last batch of an epoch has arrays of its own
        step += count_pass_bytes(d.widths, n_points % size, d.itemsize)
    return step + 4 * d.n_values * d.itemsize  # the gradient, what the update computes


def count_fixed_bytes(demand: Demand) -> int:
    """Return the bytes of all that lives as long as the training."""
    d, tables = demand, (demand.batches.inputs, demand.batches.targets)
    values = d.n_networks * d.n_values * d.itemsize * d.n_copies
    records = sum(
        count_records(every, d.steps) * d.n_networks * 8 * _size(name, d)
        for name, every in d.every.items()
    )
    shuffles = 0
    if d.batches.size is not None:
        orders = 8 * d.n_points * count_epochs(d.n_points)
        shuffles = d.n_networks * (orders + GENERATOR_BYTES)
    return values + records + shuffles + sum(table.values.nbytes for table in tables)


def count_checking_bytes(batches: Batches) -> int:
    """Return the bytes at the peak of checking the data.

    One float64 copy, one bool for each number, one more float64 copy of classes.
    """
    x, y = batches.inputs.values, batches.targets.values
    return max(x.nbytes + 9 * x.size, x.nbytes + y.nbytes + 18 * y.size)


def count_drawing_bytes(demand: Demand) -> int:
    """Return the bytes of the data and the values while the values are drawn."""
    d = demand
    tables = d.batches.inputs.values.nbytes + d.batches.targets.values.nbytes
    values = d.n_networks * d.n_values * d.itemsize
    drawn = max(d.n_values, min(DRAWN_AT_ONCE, d.n_networks * d.n_values))
    # The draws, their stack, and two copies of what becomes of a layer.
    return tables + values + 4 * 8 * drawn + d.n_networks * GENERATOR_BYTES


def _size(name: str, demand: Demand) -> int:
    size = 1
    for length in describe_shape(name, demand.widths):
        size *= length
    return size


def split_evenly(n_networks: int, largest: int) -> int:
    """Return the size of equal groups of at most `largest` networks."""
    n_groups = -(-n_networks // max(largest, 1))
    return -(-n_networks // n_groups)
