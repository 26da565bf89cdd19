"""`Explorable`: one figure that answers when its controls move."""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from rectified.widgets.checks import check_figure
from rectified.widgets.controls import Control, Values, fit_values, start_values
from rectified.widgets.rendering import Layout, Renderer, Shown, View
from rectified.widgets.sentences import (
    failed,
    find_undefined,
    not_finite,
    unknown_control,
)
from rectified.widgets.sources import find_sources, is_ours, script_paths
from rectified.widgets.theme import THEMES, Theme

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    from rectified.widgets.panel import Asked

_LOG = logging.getLogger(__name__)
_MEASURED: dict[type[Explorable], Mapping[str, Any]] = {}


class Explorable:
    """An interactive figure: controls, a picture, the finding in words.

    Subclass it, declare `controls`, and choose who draws. The kernel does if the class
    has `draw` and `update` (matplotlib). The front end does if the class names a
    `script`, a JavaScript module beside its Python module; that is several times
    faster. The first line of the class docstring is the figure's title.

    Parameters
    ----------
    **values
        Start values of controls, by name; values outside a control's limits are
        brought inside, and the figure says so.

    Raises
    ------
    TypeError
        If a name is not a control.

    Attributes
    ----------
    controls : dict of str to Control
        In the order shown.
    script, script_parts : str, tuple of str
        File name of the JavaScript module, or empty; files to be appended to it.
    constants : dict
        Numbers that the script needs from Python; `measurements` adds measured ones.
    size, narrow_size : tuple of int
        Width and height of the picture in CSS pixels, on a wide page and on a phone.
    frames : dict of str to int or None
        For figures drawn by the kernel: the controls (at most two) that move in the
        static book, and at how many values (None: all). A figure with one control
        needs no entry.
    computed_by : tuple of callable
        The experiments behind the figure; their source is shown with it.
    theme : Theme
        While `draw` and `update` run: the colors to draw with.
    prediction : Asked or None
        What the learner has to predict before the controls open.
    """

    controls: ClassVar[Mapping[str, Control]] = {}
    script: ClassVar[str] = ""
    script_parts: ClassVar[tuple[str, ...]] = ()
    constants: ClassVar[Mapping[str, Any]] = {}
    size: ClassVar[tuple[int, int]] = (720, 340)
    narrow_size: ClassVar[tuple[int, int]] = (340, 560)
    frames: ClassVar[Mapping[str, int | None]] = {}
    computed_by: ClassVar[tuple[Callable[..., Any], ...]] = ()
    theme: Theme = THEMES["light"]
    prediction: Asked | None = None

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        """Refuse a figure that nobody draws or that moves unknown controls."""
        super().__init_subclass__()
        check_figure(cls, abstract=abstract)

    def __init__(self, **values: Any) -> None:
        held = start_values(self.controls)
        for name in values:
            if name not in held:
                raise TypeError(unknown_control(type(self).__name__, name, held))
        self.values, self.message = self.fit(values)
        self.initial = self.values
        self._drawn: set[str] = set()

    # What a figure may define -------------------------------------------------------

    def measurements(self) -> Mapping[str, Any]:
        """Return what only a run can tell, in JSON types; a kernel runs it once."""
        return {}

    def compute(self, values: Values) -> Any:
        """Return the data of the picture: numbers only, no drawing."""
        return values

    if TYPE_CHECKING:

        def draw(self, figure: Figure) -> Iterable[Artist]:
            """Create all artists in the empty figure; return those that move."""

        def update(self, data: Any, values: Values) -> None:
            """Give the artists the data that `compute` returned."""

    def describe(self, data: Any, values: Values) -> str:
        """Return the finding at this setting, in words."""
        return self.title

    def settle(self, values: Values) -> Values:
        """Return values that fit together, for controls that depend on each other."""
        return values

    def press(self, name: str, values: Values) -> Values:
        """Return the values after the button `name` was pressed."""
        return values

    # What the engine offers ---------------------------------------------------------

    @property
    def title(self) -> str:
        """The figure's question: the first line of the class docstring."""
        return (inspect.getdoc(type(self)) or type(self).__name__).splitlines()[0]

    def fit(self, values: Mapping[str, Any]) -> tuple[Values, str]:
        """Return allowed values that fit together, and what had to be changed."""
        fitted, message = fit_values(self.controls, values)
        return self.settle(fitted), message

    def show(
        self,
        values: Mapping[str, Any],
        view: View | None = None,
        *,
        pressed: str = "",
        effort: int = 0,
        patience: float = math.inf,
    ) -> Shown:
        """Draw the figure at `values`; never raise.

        Parameters
        ----------
        values : dict
            Control values; brought inside their limits.
        view : View
            Theme, layout and resolution.
        pressed : str
            Name of a button that was pressed, or empty.
        effort, patience : int, float
            See `Renderer.render` and `TrainingRun.show`.

        Returns
        -------
        Shown
            Picture and words, or what went wrong.
        """
        fitted, message = dict(values), ""
        try:
            fitted, message = self.fit(values)
            if pressed in self.controls:
                fitted, message = self.fit(self.press(pressed, fitted))
            data = self.compute(fitted)
            undefined = find_undefined(data)
            if undefined:
                return Shown(fitted, b"", "", not_finite(undefined))
            picture = self.renderer.render(
                lambda: self.update(data, fitted), view or View(), effort=effort
            )
            undefined = self.renderer.undefined()
            if undefined:
                return Shown(fitted, b"", "", not_finite(undefined))
            return Shown(fitted, picture, self.describe(data, fitted), message)
        except Exception as error:
            # A figure never shows a traceback; whoever writes one finds it in the log.
            _LOG.debug("%s at %s", type(self).__name__, fitted, exc_info=True)
            return Shown(fitted, b"", "", failed(error))

    @property
    def _measured(self) -> Mapping[str, Any]:
        # A line copied from a figure, or its cell run again, shows it at once.
        if type(self) not in _MEASURED:
            _MEASURED[type(self)] = self.measurements()
        return _MEASURED[type(self)]

    @cached_property
    def renderer(self) -> Renderer:
        """The matplotlib figure behind this explorable."""
        sizes: dict[Layout, tuple[int, int]] = {
            "wide": self.size,
            "narrow": self.narrow_size,
        }
        return Renderer(self._draw_in, sizes)

    def close(self) -> None:
        """Let go of the picture's memory; the next look draws it anew."""
        for name in ("renderer", *self._drawn):
            vars(self).pop(name, None)

    def _draw_in(self, figure: Figure, theme: Theme) -> Iterable[Artist]:
        self.theme = theme
        before = set(vars(self))
        moving = self.draw(figure)
        self._drawn |= set(vars(self)) - before  # artists: each holds its figure
        return moving

    def spec(self) -> dict[str, Any]:
        """Return all that the front end needs to build the figure."""
        scripts = [path.read_text("utf-8") for path in script_paths(type(self))]
        return {
            "name": type(self).__name__,
            # Lessons say `import rectified as rc`.
            "call": ("rc." if is_ours(type(self)) else "") + type(self).__name__,
            "title": self.title,
            "controls": {name: c.spec() for name, c in self.controls.items()},
            "script": "\n".join(scripts),
            "constants": {**self.constants, **self._measured},
            "defaults": start_values(self.controls),
            "initial": self.initial,
            "size": list(self.size),
            "narrowSize": list(self.narrow_size),
            "sources": list(find_sources(type(self))),
            "host": "kernel",
            "prediction": self.prediction.spec() if self.prediction else None,
        }

    def _repr_mimebundle_(self, **kwargs: object) -> Any:
        from rectified.widgets import book, front_end

        if front_end.is_book_being_built():
            return {"text/html": book.mount(self), "text/plain": self.title}
        return self.widget._repr_mimebundle_(**kwargs)

    @cached_property
    def widget(self) -> Any:
        """The Jupyter widget, for example to place it in an ipywidgets box."""
        from rectified.widgets.kernel import KernelHost

        return KernelHost(self)
