"""The linear regions of a real network, counted exactly."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from rectified.datasets import WINDOW
from rectified.experiments import what_is_relu as experiment
from rectified.regions import RegionMap, find_regions
from rectified.widgets import Explorable, Select, Slider, Toggle, Values, panels

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

LAYERS: Final = (1, 2, 4)
SEEDS: Final = tuple(range(5))


class RegionsView(Explorable):
    """Into how many pieces does a network cut the plane?"""

    controls: ClassVar = {
        "units": Slider(8, 32, 8, start=16, label="hidden units in total"),
        "layers": Select(tuple(map(str, LAYERS)), label="hidden layers"),
        "trained": Toggle("trained on circles"),
        "seed": Slider(0, 4, 1, start=0, label="seed"),
    }
    computed_by: ClassVar = (experiment.region_map, find_regions)
    frames: ClassVar = {"units": None, "layers": None}
    size = (720, 370)
    narrow_size = (340, 640)

    def compute(self, values: Values) -> tuple[RegionMap, experiment.RegionCounts]:
        """Return this network's regions, and the counts of its relatives."""
        key = values["units"], values["trained"]
        layers = int(values["layers"])
        return _regions(*key, layers, values["seed"]), _counts(*key)

    def draw(self, figure: Figure) -> Iterable[Artist]:
        """Create the map, and the counts beside their bounds."""
        from matplotlib.collections import PolyCollection
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.lines import Line2D

        plane, counts = panels(figure, 2, ratios=(1, 1))
        side = (-WINDOW, WINDOW)
        plane.set(xlim=side, ylim=side, aspect="equal", xlabel="first input")
        plane.set_ylabel("second input")
        plane.grid(visible=False)
        theme = self.theme
        shades = [theme.orange_fill, theme.surface, theme.blue_fill]
        self.cells = PolyCollection(
            [], edgecolors=theme.muted, linewidths=0.6, clip_on=True,
            cmap=LinearSegmentedColormap.from_list("output", shades),
        )  # fmt: skip
        plane.add_collection(self.cells)
        counts.set(
            xlim=(-0.6, 2.6), ylim=(3, 4e6), yscale="log", xlabel="hidden layers"
        )
        counts.set_xticks(range(len(LAYERS)), LAYERS)
        self.bounds = counts.plot(
            [], [], "_", color=theme.orange, markersize=40, markeredgewidth=3
        )[0]
        self.dots = counts.plot([], [], "o", color=theme.gray)[0]
        self.here = counts.plot([], [], "D", color=theme.blue, markersize=9)[0]
        names = ["upper bound, whole plane", "5 networks", "this network"]
        handles = [Line2D([], [], color=theme.orange, lw=3), self.dots, self.here]
        counts.legend(handles, names, loc="upper left", frameon=False)
        self.heading = plane.set_title(" ")
        counts.set_title("Pieces in the square")
        return [self.cells, self.bounds, self.dots, self.here, self.heading]

    def update(
        self, data: tuple[RegionMap, experiment.RegionCounts], values: Values
    ) -> None:
        """Show the map of this network and the counts for its number of units."""
        regions, counts = data
        column = LAYERS.index(int(values["layers"]))
        self.cells.set_verts(regions.polygons)
        middle = np.array([corners.mean(axis=0) for corners in regions.polygons])
        height = (middle * regions.slopes).sum(axis=1) + regions.offsets
        self.cells.set_array(height)
        # The few regions far from zero would leave all others pale.
        reach = float(np.quantile(np.abs(height), 0.85)) or 1.0
        self.cells.set_clim(-reach, reach)
        self.bounds.set_data(range(len(LAYERS)), counts.bounds[0])
        jitter = np.linspace(-0.12, 0.12, len(SEEDS))
        across = np.arange(len(LAYERS))[:, None] + jitter
        self.dots.set_data(across.ravel(), counts.activation_regions[0].ravel())
        place = column + jitter[values["seed"]]
        self.here.set_data([place], [regions.n_activation_regions])
        self.heading.set_text(f"{regions.n_activation_regions} pieces")

    def describe(
        self, data: tuple[RegionMap, experiment.RegionCounts], values: Values
    ) -> str:
        """Compare this network's count with the bound and with other depths."""
        regions, counts = data
        bound = counts.bounds[0][LAYERS.index(int(values["layers"]))]
        means = counts.activation_regions[0].mean(axis=1)
        per_depth = ", ".join(f"{mean:.0f}" for mean in means)
        state = "trained" if values["trained"] else "untrained"
        return (
            f"This {state} network with {values['units']} units cuts the square into "
            f"{regions.n_activation_regions} pieces, in which it takes "
            f"{regions.n_linear_regions} different slopes; the whole plane can hold at "
            f"most {bound:,}. Five networks with 1, 2 and 4 layers of the same units "
            f"have {per_depth} pieces on average. The bluer, the higher the output."
        )


@lru_cache(maxsize=128)
def _regions(units: int, trained: bool, layers: int, seed: int) -> RegionMap:
    return experiment.region_map(units, layers, seed=seed, trained=trained)


@lru_cache(maxsize=16)
def _counts(units: int, trained: bool) -> experiment.RegionCounts:
    return experiment.measure_regions((units,), LAYERS, SEEDS, trained=trained)
