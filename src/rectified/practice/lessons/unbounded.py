"""Lesson 07: what its predictions come out as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rectified.experiments import unbounded as experiment
from rectified.practice.lessons.unbounded_exercises import EXERCISES

__all__ = ["EXERCISES", "OUTCOMES"]


def _growth(figure: Any) -> Mapping[str, Any]:
    measured = np.array(figure._measured["tables"]["relu"]["middle"][0])
    layers = 1 + np.arange(measured.size)
    # Weights 1.5 times as large: layer L of ReLU is 1.5^L times as large, exactly.
    powers = measured + layers * np.log10(1.5)
    ends = {name: np.log10(end) for name, end in experiment.LARGEST.items()}
    if powers.max() > ends["float32"]:
        raise ValueError("float32 overflows in the figure; the explanation says not")
    return {
        "answer": np.stack([layers, powers], axis=1)[:100],
        "slope": np.polyfit(layers, powers, 1)[0],
        "float16": layers[powers > ends["float16"]][0],
        "deepest": layers[-1],
    }


def _clipping(figure: Any) -> Mapping[str, Any]:
    values, known = figure.values, figure.constants
    scale = int(np.argmin(np.abs(np.array(known["scales"]) - values["gain"])))
    clipped = int(np.argmin(np.abs(np.array(known["thresholds"]) - 1)))
    arms = {"plain": len(known["thresholds"]), "clipped": clipped}
    counts: dict[str, int] = {}
    works: dict[str, Any] = {}
    for name, row in arms.items():
        last = figure._measured["last"][scale][row]
        works[name] = np.array(figure._measured["learned"][scale][row]) == 3
        counts[name] = int(works[name].sum())
        counts[f"finite_{name}"] = sum(None not in seeds for seeds in last)
    counts["gained"] = int((works["clipped"] & ~works["plain"]).sum())
    counts["lost"] = int((works["plain"] & ~works["clipped"]).sum())
    gain = counts["clipped"] - counts["plain"]
    return {"answer": ("same", "more", "fewer")[int(np.sign(gain))], **counts}


def _zigzag(figure: Any) -> Mapping[str, Any]:
    seeds, found = range(8), dict[str, Any]()
    for name, size in (("one", 1), ("all", 64)):
        paths = [_draw_path(size, figure.values, seed) for seed in seeds]
        found |= {
            f"tied_{name}": np.mean([path.same_sign for path in paths]),
            f"detour_{name}": np.mean([path.detour for path in paths]),
            f"left_{name}": np.mean([p.distance[-1] / p.distance[0] for p in paths]),
        }
    answer = "stays" if found["tied_all"] > 0.5 else "straight"
    if answer == "straight" and found["left_all"] < found["left_one"] / 2:
        answer = "faster"
    return {"answer": answer, "seeds": len(seeds), **found}


def _draw_path(batch_size: int, values: Mapping[str, Any], seed: int) -> Any:
    setting: dict[str, Any] = {"mean": values["mean"], "seed": seed, "steps": 60}
    plain = experiment.draw_path(**setting, batch_size=batch_size)
    rate = values["rate"] * plain.learning_rate  # the figure's unit of the rate
    return experiment.draw_path(**setting, batch_size=batch_size, learning_rate=rate)


def _tanh(figure: Any) -> Mapping[str, Any]:
    known, found = figure.constants, figure._measured
    size = known["sizes"].index(32)
    tanh, relu = (list(known["functions"]).index(name) for name in ("tanh", "ReLU"))
    center, shifted = (known["means"].index(mean) for mean in (0, 1))
    return {
        "answer": found["condition"][tanh][size][shifted],
        "before": found["condition"][tanh][size][center],
        "relu": found["condition"][relu][size][center],
        "mean": found["outputMean"][tanh][shifted],
        "spread": found["outputStd"][tanh][shifted],
    }


def _race(figure: Any) -> Mapping[str, Any]:
    known, found = figure.constants, figure._measured
    looks, rates = np.array(found["looks"]), np.array(known["rates"])
    names, values = list(known["runners"]), figure.values
    table = found["curves"][known["depths"].index(int(values["depth"]))]
    reached = {
        name: np.array(table[names.index(name)]) >= values["goal"]
        for name in ("ReLU", "sigmoid")
    }  # (n_rates, n_looks, n_seeds)
    steps = {
        name: np.where(one.any(axis=1), looks[one.argmax(axis=1)], looks[-1])
        for name, one in reached.items()
    }
    relu, sigmoid = (steps[name].mean(axis=1) for name in ("ReLU", "sigmoid"))
    faster, best, shown = sigmoid < relu, relu.argmin(), np.abs(rates - 2.32).argmin()
    sides = (faster[:best].any(), faster[best:].any())
    answers = {(0, 0): "none", (1, 0): "small", (0, 1): "large", (1, 1): "most"}
    return {
        "answer": answers[int(sides[0]), int(sides[1])],
        "count": faster.sum(),
        "rates": rates.size,
        "from_rate": rates[faster].min(initial=rates[-1]),
        "shown": rates[shown],
        "relu_arrived": reached["ReLU"][shown].any(axis=0).sum(),
        "limit": looks[-1],
        "sigmoid": sigmoid[shown],
        "relu_best": relu[best],
    }


OUTCOMES: Final[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {
    "07-growth": _growth,
    "07-clipping": _clipping,
    "07-zigzag": _zigzag,
    "07-tanh": _tanh,
    "07-race": _race,
}
