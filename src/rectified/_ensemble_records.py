"""What `rectified.ensembles` keeps of a training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified._ensemble_measures import (
    OF_ANSWERS,
    OF_UNITS,
    OF_UPDATES,
    describe_shape,
)
from rectified._ensemble_networks import Parameters
from rectified._validate import FloatArray, check_choice, check_integer, problem

NAMES = (*OF_ANSWERS, *OF_UNITS, *OF_UPDATES)


@dataclass(frozen=True)
class Record:
    """One quantity over the course of a training.

    Attributes
    ----------
    steps : ndarray of int, shape (records,)
        Numbers of updates made before each record.
    values : ndarray, shape (records, networks) or (records, networks, layers or units)
        The records.
    """

    steps: NDArray[np.int64]
    values: FloatArray


@dataclass(frozen=True)
class Training:
    """What `train` returns.

    Attributes
    ----------
    parameters : Parameters
        After the last update.
    records : dict of str to Record
        What was asked for, by name.
    snapshots : dict of int to Parameters
        Parameters after each requested number of updates.
    steps : int
        Updates made; fewer than asked for if `on_step` stopped the training.
    """

    parameters: Parameters
    records: dict[str, Record]
    snapshots: dict[int, Parameters]
    steps: int

    @property
    def loss(self) -> FloatArray:
        """Recorded losses, (records, networks)."""
        return self._find("loss").values

    @property
    def accuracy(self) -> FloatArray:
        """Recorded shares of points classified correctly, (records, networks)."""
        return self._find("accuracy").values

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Which networks have not diverged, (networks,)."""
        return np.asarray(np.isfinite(self.parameters.values).all(axis=1))

    def _find(self, name: str) -> Record:
        if name not in self.records:
            rule = f"asked to keep {name!r}"
            raise problem("record", rule, tuple(self.records), f"add {name!r} to it")
        return self.records[name]


def check_record(record: Iterable[str] | Mapping[str, int]) -> dict[str, int]:
    """Return the number of steps from record to record, by name."""
    if isinstance(record, str):
        advice = f"write [{record!r}]"
        raise problem("record", "a list of names or a mapping", record, advice)
    pairs = record.items() if isinstance(record, Mapping) else ((n, 1) for n in record)
    return {
        check_choice("record", name, NAMES): check_integer("record", every, minimum=1)
        for name, every in pairs
    }


def count_records(every: int, steps: int) -> int:
    """Return how many records a full training makes at most."""
    return steps // every + 2


class Recorder:
    """Arrays for the records of a training, filled as it goes on.

    Parameters
    ----------
    every : dict of str to int
        Number of steps from record to record, by name.
    steps : int
        Number of updates of the training.
    n_networks : int
        Number of networks.
    widths : sequence of int
        Units per layer.
    """

    def __init__(
        self,
        every: dict[str, int],
        *,
        steps: int,
        n_networks: int,
        widths: Sequence[int],
    ) -> None:
        self.every = every
        self.steps: dict[str, list[int]] = {name: [] for name in every}
        self.arrays = {
            name: np.empty(
                (count_records(k, steps), n_networks, *describe_shape(name, widths)),
                bool if name == "dead_units" else np.float64,
            )
            for name, k in every.items()
        }

    def due(self, step: int, names: Iterable[str], *, last: bool = False) -> list[str]:
        """Return which of the names to record after `step` updates."""
        asked = [name for name in names if name in self.every]
        return [name for name in asked if last or step % self.every[name] == 0]

    def put(self, name: str, step: int, rows: slice, values: FloatArray) -> None:
        """Keep the record of some networks."""
        kept = self.steps[name]
        if not kept or kept[-1] != step:
            kept.append(step)
        self.arrays[name][len(kept) - 1, rows] = values

    def latest(self, name: str) -> FloatArray:
        """Return the newest record, (networks, ...), or an empty array."""
        kept = self.steps.get(name)
        return self.arrays[name][len(kept) - 1].copy() if kept else np.empty(0)

    def finish(self) -> dict[str, Record]:
        """Return what has been recorded."""
        return {
            name: Record(np.array(steps, np.int64), self.arrays[name][: len(steps)])
            for name, steps in self.steps.items()
        }
