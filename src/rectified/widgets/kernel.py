"""The live host: an anywidget whose pictures the kernel draws on request.

The front end keeps at most a few requests under way and only the newest state
waiting (see ``explorable.js``), so the kernel never works off a backlog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import anywidget
import traitlets

from rectified.widgets import front_end
from rectified.widgets.rendering import View

if TYPE_CHECKING:
    from rectified.widgets.explorable import Explorable
    from rectified.widgets.panel import Asked, Panel


PATIENCE: Final = 0.03
"""Seconds of training per picture: the longest that a click on Stop has to wait."""


class KernelHost(anywidget.AnyWidget):
    """Connect one explorable to its front end in Jupyter.

    Parameters
    ----------
    explorable : Explorable
        The figure to show.

    Attributes
    ----------
    values : dict
        The control values; setting them moves the figure, and they follow the
        learner's changes shortly after the controls come to rest.
    """

    _esm: ClassVar[str] = front_end.module()
    _css: ClassVar[str] = front_end.style()
    _spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    # The first picture travels with the model: while later cells still run, the
    # kernel could not answer a request for it.
    _first = traitlets.Dict().tag(sync=True)
    # Answers to the prediction: a page that is loaded again finds them here.
    _records = traitlets.Dict().tag(sync=True)
    # A new figure starts with the theme and resolution that the last one reported.
    _last_view: ClassVar[View] = View()

    def __init__(self, explorable: Explorable) -> None:
        self._explorable = explorable
        self._viewers: set[str] = set()
        asked = explorable.prediction
        super().__init__(
            _records=asked.records() if asked else {},
            _spec=explorable.spec(),
            values=explorable.values,
            message=explorable.message,
            _first=self._first_picture(),
        )
        self.on_msg(self._answer)

    def _first_picture(self) -> dict[str, Any]:
        if self._explorable.script:
            return {}
        view = KernelHost._last_view
        shown = self._explorable.show(self._explorable.values, view, patience=PATIENCE)
        words = {"finding": shown.finding, "message": shown.message}
        return {"picture": shown.picture, "layout": view.layout, **words}

    @traitlets.validate("values")
    def _fit(self, proposal: dict[str, Any]) -> dict[str, Any]:
        values, _ = self._explorable.fit(proposal["value"])
        self._explorable.values = values
        return values

    def _answer(self, _: object, request: dict[str, Any], __: object) -> None:
        if request.get("kind") == "record" and self._explorable.prediction:
            _keep(self, self._explorable.prediction, request)
            return
        viewer = str(request.get("viewer"))
        if request.get("kind") == "closed":
            self._viewers.discard(viewer)
            if not self._viewers:
                self._explorable.close()
        if request.get("kind") != "show":
            return
        self._viewers.add(viewer)
        KernelHost._last_view = view = View.from_message(request)
        shown = self._explorable.show(
            request["values"],
            view,
            pressed=request.get("pressed", ""),
            patience=PATIENCE,
        )
        answer = {
            "kind": "shown",
            "viewer": viewer,
            "serial": request.get("serial"),
            "values": shown.values,
            "finding": shown.finding,
            "message": shown.message or request.get("message", ""),
            "reached": shown.reached,
        }
        self.send(answer, buffers=[shown.picture])


class PanelHost(anywidget.AnyWidget):
    """Connect a panel to its front end in Jupyter.

    Parameters
    ----------
    panel : Panel
        What to show.
    """

    _esm: ClassVar[str] = front_end.module()
    _css: ClassVar[str] = front_end.style()
    _spec = traitlets.Dict().tag(sync=True)
    _records = traitlets.Dict().tag(sync=True)

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        spec = {"kind": panel.kind, "host": "kernel", **panel.spec()}
        super().__init__(_spec=spec, _records=panel.records())
        self.on_msg(self._answer)

    def _answer(self, _: object, request: dict[str, Any], __: object) -> None:
        if request.get("kind") == "record":
            _keep(self, self._panel, request)


def _keep(host: KernelHost | PanelHost, asked: Asked, request: dict[str, Any]) -> None:
    """Let `asked` keep an answer, and confirm it to the front end."""
    answer = asked.answer(request["event"])
    host._records = asked.records()
    host.send({"kind": "recorded", "serial": request.get("serial"), **answer})
