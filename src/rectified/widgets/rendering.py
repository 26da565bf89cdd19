"""Draw with matplotlib as fast as a slider moves.

A full draw (axes, ticks, labels) costs about 60 ms, the moving artists about 3 ms.
So the still part is drawn once and kept as a background; a change restores it, draws
only the artists that move, encodes once and hands over bytes.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from rectified.widgets.theme import THEMES, Theme, ThemeName, matplotlib_style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

Layout = Literal["wide", "narrow"]
CSS_DPI: Final = 100
NARROW_BELOW: Final = 560
# matplotlib's rc parameters are global, and JupyterLab may run the handlers of two
# figures on two threads (kernel subshells): one figure draws at a time.
_DRAWING = threading.Lock()


@dataclass(frozen=True)
class View:
    """What the picture is drawn for.

    Parameters
    ----------
    theme : {"light", "dark"}
        Colors.
    layout : {"wide", "narrow"}
        Panels side by side, or stacked for a phone.
    scale : float
        Device pixels per CSS pixel, from 1 to 2.
    """

    theme: ThemeName = "light"
    layout: Layout = "wide"
    scale: float = 2.0

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> View:
        """Read what a front end sent, replacing anything odd by the default."""
        theme = message.get("theme")
        layout = message.get("layout")
        scale = message.get("scale")
        return cls(
            theme="dark" if theme == "dark" else "light",
            layout="narrow" if layout == "narrow" else "wide",
            scale=min(max(float(scale), 1.0), 2.0) if scale else 2.0,
        )


@dataclass(frozen=True)
class Shown:
    """The answer to a change.

    Parameters
    ----------
    values : dict
        The values that were shown, within their limits.
    picture : bytes
        WebP image, empty if nothing could be drawn.
    finding : str
        What the picture shows, in words.
    message : str
        What was corrected or went wrong, in sentences; empty if nothing.
    reached : int, optional
        The training step that is shown while the one asked for is not trained yet.
    """

    values: dict[str, Any]
    picture: bytes
    finding: str
    message: str
    reached: int | None = None


class Renderer:
    """One figure with a still background and artists that move.

    Parameters
    ----------
    draw : callable
        Takes the empty figure and its theme, creates all artists, returns those that
        move.
    sizes : dict
        Width and height in CSS pixels for the layouts ``"wide"`` and ``"narrow"``.
    """

    def __init__(
        self,
        draw: Callable[[Figure, Theme], Iterable[Artist]],
        sizes: dict[Layout, tuple[int, int]],
    ) -> None:
        self._draw = draw
        self._sizes = sizes
        self._view: View | None = None

    def render(
        self, update: Callable[[], None], view: View, *, effort: int = 0
    ) -> bytes:
        """Return the picture after `update` as lossless WebP bytes.

        Parameters
        ----------
        update : callable
            Sets the data of the moving artists.
        view : View
            A view other than the last one draws everything anew.
        effort : int
            Compression effort from 0 (fast, for live use) to 4 (small, for the book).
        """
        import matplotlib as mpl

        with _DRAWING, mpl.rc_context(matplotlib_style(THEMES[view.theme])):
            if view != self._view:
                self._start(view)
                self._view = view
            update()
            # Moving artists are animated, and those do not mark the figure as stale:
            # a stale figure means that something still (a limit, a label) changed.
            if self.figure.stale:
                self._draw_background()
            self._canvas.restore_region(self._background)
            for artist in self._moving:
                if artist.axes is not None:
                    artist.axes.draw_artist(artist)
                else:
                    self.figure.draw_artist(artist)
            return _encode(np.asarray(self._canvas.buffer_rgba()), effort)

    def undefined(self) -> str:
        """Return the label of a moving line that holds NaN or infinity, or ''."""
        from matplotlib.lines import Line2D

        for artist in self._moving:
            if isinstance(artist, Line2D):
                # Masked entries are deliberate gaps; NaN and infinity are not.
                gaps = np.ma.getmaskarray(np.ma.array(artist.get_ydata(orig=True)))
                if not np.isfinite(np.asarray(artist.get_xydata())[~gaps]).all():
                    label = str(artist.get_label())
                    return label if not label.startswith("_") else "a line"
        return ""

    def _start(self, view: View) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        width, height = (side / CSS_DPI for side in self._sizes[view.layout])
        self.figure = Figure(
            figsize=(width, height), dpi=CSS_DPI * view.scale, layout="constrained"
        )
        self._canvas = FigureCanvasAgg(self.figure)
        moving = self._draw(self.figure, THEMES[view.theme])
        self._moving = sorted(moving, key=lambda artist: artist.get_zorder())
        for artist in self._moving:
            artist.set_animated(True)
        self._draw_background()
        # From here on the axes keep their place, so nothing jumps.
        self.figure.set_layout_engine("none")
        self._draw_background()

    def _draw_background(self) -> None:
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)


def panels(figure: Figure, count: int, *, ratios: tuple[float, ...] = ()) -> list[Any]:
    """Return `count` axes side by side, or stacked in a narrow figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Empty figure.
    count : int
        Number of panels.
    ratios : tuple of float
        Relative widths (heights when stacked); equal if empty.
    """
    narrow = figure.get_figwidth() * CSS_DPI < NARROW_BELOW
    shape = (count, 1) if narrow else (1, count)
    key = "height_ratios" if narrow else "width_ratios"
    grid = figure.subplots(*shape, squeeze=False, gridspec_kw={key: ratios or None})
    return list(grid.ravel())


def _encode(pixels: NDArray[np.uint8], effort: int) -> bytes:
    from PIL import Image

    height, width = pixels.shape[:2]
    image = Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1)
    if effort:
        # 256 colors chosen from the picture: half the bytes, and no error that an
        # eye could see in figures with few colors.
        image = image.convert("RGB").quantize(
            256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        image = image.convert("RGB")
    stream = io.BytesIO()
    quality = 80 if effort else 0
    image.save(stream, "WEBP", lossless=True, quality=quality, method=effort)
    return stream.getvalue()
