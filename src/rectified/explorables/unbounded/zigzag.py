"""Two weights on their way to the solution, one batch after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from rectified.experiments.unbounded import (
    SOLUTION,
    draw_inputs,
    draw_order,
    draw_path,
    measure_sign_ties,
)
from rectified.widgets import Explorable, Slider, Table, Toggle

STEPS: Final = 60
N_SETS: Final = 4


class ZigZagView(Explorable):
    """Why does the path zig-zag?"""

    script = "zigzag.js"
    computed_by: ClassVar = (draw_path,)
    constants: ClassVar = {"solution": list(SOLUTION), "steps": STEPS}
    controls: ClassVar = {
        "batch_size": Slider(1, 64, 1, start=1, label="batch size", unit="examples"),
        "mean": Slider(0, 1, 0.05, start=0.5, label="mean of the inputs"),
        "centered": Toggle("center the inputs"),
        "rate": Slider(
            0.1, 2, 0.1, start=0.5, label="learning rate, times 1/(λ₁ + λ₂)"
        ),
        "data": Slider(1, N_SETS, 1, start=2, label="data set"),
        "step": Slider(0, STEPS, 1, start=25, label="training step", play=True),
    }
    size = (740, 400)
    narrow_size = (340, 700)

    def measurements(self) -> Mapping[str, Any]:
        """Draw the inputs around 0 and the order of the examples."""
        sets = []
        for seed in range(N_SETS):
            rng = np.random.default_rng(seed)
            noise = draw_inputs(0.0, rng)
            order = draw_order(rng, STEPS)
            sets.append({"noise": noise.tolist(), "order": order.tolist()})
        return {"sets": sets}


_SHOWN: Final = {
    "relu": "ReLU",
    "sigmoid": "sigmoid",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "tanh": "tanh",
}


def tied_signs() -> Table:
    """Return a table of the units whose weight gradients all share one sign."""
    found = measure_sign_ties(tuple(_SHOWN), seeds=range(10))
    rows = []
    for row, name in enumerate(found.functions):
        shares = found.tied[row]
        cells = [
            f"{share.mean():.0%} ± {share.std(ddof=1):.0%}" for share in shares
        ]  # (n_batch_sizes, n_seeds)
        rows.append([_SHOWN[name], *cells])
    sizes = [f"{n} example" + "s" * (n > 1) for n in found.batch_sizes]
    caption = (
        "Units of a fresh network whose weight gradients all have one sign "
        "(digits, second layer, 10 seeds)."
    )
    return Table(caption, ["outputs of", *sizes], rows)
