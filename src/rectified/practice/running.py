"""Call a learner's code so that whatever it does, the notebook lives on.

The calls run on a thread of their own. If one of them does not come back, an exception
is raised inside it (`PyThreadState_SetAsyncExc`); unlike a signal, that works on
Windows too. What the code prints is kept, up to a limit.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import TextIOBase
from typing import Any, Final

_POLL: Final = 0.02  # s between two looks at the clock
_INSIST: Final = 1.5  # s; a bare `except:` may swallow what is raised
_KEPT: Final = 2000  # characters of what the code prints


class TimeUp(BaseException):
    """Raised inside learner's code that runs for too long."""


class NotInTime(Exception):
    """A call did not come back; `alive` says whether it could be stopped."""

    def __init__(self, *, alive: bool) -> None:
        super().__init__("the call did not come back")
        self.alive = alive


class Sink(TextIOBase):
    """Keep the beginning of what is printed while it is open, and count the rest."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.size = 0
        self.is_open = False

    def write(self, text: str) -> int:
        """Take `text`; forget what exceeds the limit."""
        if self.is_open:
            if self.size < _KEPT:
                self._parts.append(text[: _KEPT - self.size])
            self.size += len(text)
        return len(text)

    @property
    def text(self) -> str:
        """What was printed, or its beginning."""
        return "".join(self._parts)


class Runner:
    """Run a job that calls learner's code again and again.

    Parameters
    ----------
    limit : float
        Seconds that one call may take.

    Attributes
    ----------
    printed : Sink
        What the calls printed.
    """

    def __init__(self, limit: float = 2.0) -> None:
        self.limit = limit
        self.printed = Sink()
        self._began: float | None = None
        self._late = False

    def call(self, code: Callable[..., Any], *arguments: Any) -> Any:
        """Call learner's code; only from within `run`, which watches the time."""
        if self._late:
            raise TimeUp
        self._began = time.monotonic()
        self.printed.is_open = True  # a warning of our own code is not theirs
        try:
            return code(*arguments)
        finally:
            self.printed.is_open = False
            self._began = None

    def run(self, job: Callable[[], Any]) -> Any:
        """Return what `job` returns or raises.

        Raises
        ------
        NotInTime
            If one of its calls exceeded the limit.
        KeyboardInterrupt
            If the learner interrupted the kernel; the job is stopped first.
        """
        answer: dict[str, Any] = {}
        thread = threading.Thread(target=_work, args=(job, answer), daemon=True)
        # Redirected on this thread: one that cannot be stopped would never undo it.
        with redirect_stdout(self.printed), redirect_stderr(self.printed):
            thread.start()
            try:
                self._watch(thread)
            except KeyboardInterrupt:
                self._late = True
                _stop(thread)
                raise
            alive = _stop(thread) if self._late else False
        if self._late:
            raise NotInTime(alive=alive)
        if "raised" in answer:
            raise answer["raised"]
        return answer["value"]

    def _watch(self, thread: threading.Thread) -> None:
        """Wait for the thread, or until one of its calls takes too long."""
        while thread.is_alive() and not self._late:
            thread.join(_POLL)
            began = self._began
            if began is not None:
                self._late = time.monotonic() - began > self.limit


def _work(job: Callable[[], Any], answer: dict[str, Any]) -> None:
    try:
        answer["value"] = job()
    except BaseException as error:
        answer["raised"] = error


def _stop(thread: threading.Thread) -> bool:
    """Raise inside the thread until it ends; tell whether it is still alive."""
    raise_inside = ctypes.pythonapi.PyThreadState_SetAsyncExc
    end = time.monotonic() + _INSIST
    while thread.is_alive() and time.monotonic() < end:
        raise_inside(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp))
        thread.join(_POLL)
    return thread.is_alive()
