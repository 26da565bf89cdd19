"""What stands beside figures: panels such as a quiz, and questions before a figure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Protocol


class Asked(Protocol):
    """A question that is asked before a figure can be moved."""

    def spec(self) -> dict[str, Any]:
        """Return all that the front end needs."""

    def records(self) -> dict[str, Any]:
        """Return what is known of the learner's answers, by item."""

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what the learner did; return what to tell the front end."""


class Panel:
    """Something to use in a page: shown by the front end in both hosts.

    Subclass it and name a `kind` that the front end knows.
    """

    kind: ClassVar[str]
    title: str

    def spec(self) -> dict[str, Any]:
        """Return all that the front end needs, as JSON types."""
        raise NotImplementedError

    def records(self) -> dict[str, Any]:
        """Return what is known of the learner's answers, by item."""
        return {}

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return what to tell the front end after it has sent `message`."""
        raise NotImplementedError

    def fallback(self) -> str:
        """Return HTML for readers of the book without JavaScript."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: object) -> Any:
        from rectified.widgets import book, front_end

        if front_end.is_book_being_built():
            return {"text/html": book.mount_panel(self), "text/plain": str(self)}
        return self.widget._repr_mimebundle_(**kwargs)

    @cached_property
    def widget(self) -> Any:
        """The Jupyter widget."""
        from rectified.widgets.kernel import PanelHost

        return PanelHost(self)
