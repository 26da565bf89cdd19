"""`TrainingRun`: a figure of a training that goes on while the learner watches.

Nothing runs in the background. A picture is a function of the settings and of the
training step; the steps up to it are trained when it is asked for, a slice of time
per request, and kept. While the training is behind, the front end shows how far it
got and asks again. So Stop and every other control answer after one slice at most,
and a figure that is gone leaves no thread or task behind.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from rectified._threads import one_thread
from rectified.widgets.controls import Control, Slider, Values
from rectified.widgets.explorable import Explorable
from rectified.widgets.rendering import Shown, View
from rectified.widgets.sentences import ended_early, find_undefined, not_finite

_KEPT: Final = 8  # trainings of other settings, for going back and forth


@dataclass
class Run:
    """A training as far as it has got.

    Attributes
    ----------
    moments : list
        What `train` has yielded, from before the first update up to `step`.
    step : int
        Updates made at the moment to show.
    ended : str
        Why the training ended before its last step, a sentence; empty if it did not.
    """

    moments: list[Any]
    step: int
    ended: str = ""

    @property
    def moment(self) -> Any:
        """The moment to show."""
        return self.moments[-1]


@dataclass
class _Record:
    """Moments of one setting, and the generator that makes the next ones."""

    source: Iterator[Any]
    moments: list[Any] = field(default_factory=list)
    ended: str = ""

    def extend(self, step: int, deadline: float) -> None:
        """Train up to `step`, but not past `deadline`; make one moment at least."""
        while len(self.moments) <= step and not self.ended:
            moment = next(self.source, None)
            undefined = "" if moment is None else find_undefined(moment)
            if moment is None or undefined:
                self.ended = ended_early(len(self.moments), undefined)
                if not self.moments:
                    raise ValueError(not_finite(undefined) if undefined else self.ended)
            else:
                self.moments.append(moment)
            if time.perf_counter() > deadline:
                return


class TrainingRun(Explorable, abstract=True):
    """A figure of a training, with a control for the training step.

    Subclass it like `Explorable`, but write `train` instead of `compute`. The control
    "step" is added after the others: it can be played, stepped and dragged.

    Attributes
    ----------
    steps : int
        Updates of a whole training.
    start_step : int or None
        Where the figure starts (None: at the end).
    """

    steps: ClassVar[int] = 200
    start_step: ClassVar[int | None] = None

    def __init_subclass__(cls) -> None:
        """Add the control of the training step."""
        start = cls.steps if cls.start_step is None else cls.start_step
        step = Slider(0, cls.steps, 1, start=start, label="training step", play=True)
        controls: dict[str, Control] = {**cls.controls, "step": step}
        cls.controls = controls
        super().__init_subclass__()

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._records: OrderedDict[str, _Record] = OrderedDict()
        self._deadline = math.inf
        self._computed: list[Run] = []  # in the present call of `show`

    def train(self, values: Values) -> Iterator[Any]:
        """Yield the moment before the first update, then one after each.

        A moment is a dict or a dataclass of what the picture needs. Where one holds
        NaN or infinity, the training ends, and the figure says so.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method `train`")

    def compute(self, values: Values) -> Run:
        """Return the training up to the step asked for, as far as time allows."""
        record = self._find_record(values)
        with one_thread():
            record.extend(values["step"], self._deadline)
        reached = min(values["step"], len(record.moments) - 1)
        run = Run(record.moments[: reached + 1], reached, record.ended)
        self._computed.append(run)
        return run

    def _find_record(self, values: Values) -> _Record:
        settings = {name: value for name, value in values.items() if name != "step"}
        key = repr(settings)
        if key in self._records:
            record = self._records.pop(key)
        else:
            record = _Record(iter(self.train(settings)))
        self._records[key] = record  # the newest comes last
        while len(self._records) > _KEPT:
            self._records.popitem(last=False)
        return record

    def show(
        self,
        values: Mapping[str, Any],
        view: View | None = None,
        *,
        pressed: str = "",
        effort: int = 0,
        patience: float = math.inf,
    ) -> Shown:
        """Draw the training at `values`, or as far as it gets in `patience` seconds."""
        self._deadline = time.perf_counter() + patience
        self._computed.clear()
        shown = super().show(values, view, pressed=pressed, effort=effort)
        run = self._computed[-1] if self._computed else None
        if run is None:  # it failed, and is begun anew when asked for again
            self._records.clear()
        if run is None or not shown.picture or run.step == shown.values["step"]:
            return shown
        if run.ended:
            at_end = shown.values | {"step": run.step}
            return replace(shown, values=at_end, message=shown.message or run.ended)
        return replace(shown, reached=run.step)

    def close(self) -> None:
        """Let go of all trainings, and of the picture."""
        self._records.clear()
        super().close()
