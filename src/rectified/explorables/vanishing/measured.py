"""What deep networks learn, measured once; the front end draws it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np

from rectified.experiments import vanishing as experiment
from rectified.experiments.vanishing import RescueArm
from rectified.widgets import Explorable, Select, Slider, Toggle, rounded

COMPARED: Final = {"ReLU": "relu", "Leaky ReLU": "leaky_relu", "SiLU": "silu"}
MAPPED: Final = {"ReLU": "relu", "tanh": "tanh", "sigmoid": "sigmoid"}
DEFAULT_DEPTHS: Final = (2, 6, 10)
MAP_DEPTHS: Final = (1, 4, 7, 10)
MAP_GAINS: Final = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
RESCUE_DEPTHS: Final = (2, 5, 8)
RESCUE_FACTORS: Final = (1, 2, 3, 4, 5, 6)


class DefaultInitView(Explorable):
    """What stops a ten-layer network: ReLU, or the weights it starts with?"""

    script = "default_init.js"
    computed_by: ClassVar = (experiment.measure_default_init,)
    controls: ClassVar = {
        "init": Select(("PyTorch default", "He"), label="initial weights"),
        "activation": Select(("all three", *COMPARED), label="activation"),
        "depth": Slider(2, 10, 4, start=10, label="hidden layers"),
        "step": Slider(0, 100, 5, start=100, label="training steps", play=True),
    }
    size = (740, 360)
    narrow_size = (340, 680)

    def measurements(self) -> dict[str, Any]:
        """Return losses and accuracies of three networks per setting."""
        runs = [
            experiment.measure_default_init(range(3), depth=depth, width=48, steps=100)
            for depth in DEFAULT_DEPTHS
        ]
        # Axes: depths, initializations, functions, seeds (and steps).
        loss = np.array([run.loss for run in runs])
        return {
            "depths": list(DEFAULT_DEPTHS),
            "names": list(COMPARED),
            "steps": runs[0].record_steps.tolist(),
            "loss": rounded(loss.mean(axis=-1), 3),
            "low": rounded(loss.min(axis=-1), 3),
            "high": rounded(loss.max(axis=-1), 3),
            "accuracy": rounded([run.accuracy for run in runs], 3),
            "rate": rounded([run.best_rate for run in runs], 2),
        }


class TrainabilityView(Explorable):
    """Which networks train at all, by depth and gain?"""

    script = "trainability.js"
    computed_by: ClassVar = (experiment.measure_trainability,)
    controls: ClassVar = {
        "activation": Select(tuple(MAPPED), label="activation"),
        "gain": Slider(0.5, 3.5, 0.5, start=0.5, label="gain of the weights"),
        "depth": Slider(1, 10, 3, start=10, label="hidden layers"),
    }
    size = (740, 370)
    narrow_size = (340, 700)

    def measurements(self) -> dict[str, Any]:
        """Return a map for each function, with its losses and what theory predicts."""
        maps = {
            name: experiment.measure_trainability(
                range(2),
                activation=activation,
                depths=MAP_DEPTHS,
                gains=MAP_GAINS,
                steps=36,
            )
            for name, activation in MAPPED.items()
        }
        return {
            "gains": list(MAP_GAINS),
            "depths": list(MAP_DEPTHS),
            "steps": maps["ReLU"].record_steps.tolist(),
            "maps": {
                name: {
                    "accuracy": rounded(each.accuracy, 3),
                    "loss": rounded(np.moveaxis(each.loss, 2, 3), 3),
                    "expected": rounded(each.expected_ratio, 3),
                    "borders": _borders(MAPPED[name]),
                }
                for name, each in maps.items()
            },
        }


def _borders(activation: str) -> list[list[list[float]]]:
    """Return where theory has the gradient change a hundredfold on its way down.

    Two lines of (gain, depth), for the hundredth part and for a hundred times.
    """
    lines: list[list[list[float]]] = []
    for sign in (-1, 1):
        line = []
        for gain in np.linspace(0.25, 3.75, 71):
            # In powers of 100, interpolated between whole depths.
            powers = sign * np.log(experiment.predict_ratios(16, activation, gain))
            powers /= np.log(100)
            if powers.max() > 1:
                after = int((powers > 1).argmax())
                step = powers[after] - powers[after - 1]
                line.append([gain, after + (1 - powers[after - 1]) / step])
        lines.append(rounded(line))
    return lines


class RescueView(Explorable):
    """Can larger weights rescue the sigmoid?"""

    script = "rescue.js"
    computed_by: ClassVar = (experiment.measure_rescue, experiment.as_tanh)
    controls: ClassVar = {
        "factor": Slider(1, 6, 1, start=1, label="weights × Xavier"),
        "depth": Slider(2, 8, 3, start=5, label="hidden layers"),
        "centered": Toggle("biases center the sigmoid"),
    }
    size = (740, 360)
    narrow_size = (340, 690)

    def measurements(self) -> dict[str, Any]:
        """Return accuracies for each depth, factor and kind of biases."""
        arms = [
            RescueArm(f"{factor} {centered}", "sigmoid", factor, centered)
            for centered in (False, True)
            for factor in RESCUE_FACTORS
        ]
        others = [arm for arm in experiment.RESCUE_ARMS if arm.activation != "sigmoid"]
        runs = [
            experiment.measure_rescue(
                range(2), arms=[*arms, *others], depth=depth, width=32, steps=80
            )
            for depth in RESCUE_DEPTHS
        ]
        accuracy = np.array([run.accuracy for run in runs])
        shape = (len(runs), 2, len(RESCUE_FACTORS), -1)
        return {
            "factors": list(RESCUE_FACTORS),
            "depths": list(RESCUE_DEPTHS),
            "accuracy": rounded(accuracy[:, : len(arms)].reshape(shape), 3),
            "others": {
                arm.name: rounded(accuracy[:, len(arms) + row].mean(axis=1), 3)
                for row, arm in enumerate(others)
            },
            "expected": rounded(
                runs[0].expected_gain[: len(arms)].reshape(2, len(RESCUE_FACTORS)), 3
            ),
        }


class ShatteredView(Explorable):
    """Do neighboring inputs get similar gradients?"""

    script = "shattered.js"
    computed_by: ClassVar = (experiment.run_line_depths, experiment.autocorrelation)
    arms: ClassVar = {
        "plain": (False, 0.0),
        "centered": (True, 0.0),
        "centered, with skip connections": (True, 0.3),
    }
    controls: ClassVar = {
        "network": Select(tuple(arms), label="network"),
        "depth": Slider(1, 50, 1, start=24, label="hidden layers", play=True),
        "noise": Select(("nothing", "white noise", "brown noise"), label="beside it"),
    }
    size = (740, 360)
    narrow_size = (340, 680)
    n_points, n_lags, seeds = 128, 16, range(5)

    def measurements(self) -> dict[str, Any]:
        """Return slopes of one network, and how alike they are in five of them."""
        noises = experiment.draw_noise(self.n_points, range(40))
        return {
            "span": experiment.SPAN,
            "networks": {name: self._measure(*arm) for name, arm in self.arms.items()},
            "noises": {
                name: {
                    "slope": rounded(_standardize(noise[:, 0]), 3),
                    "alike": rounded(self._alike(noise).mean(axis=1), 3),
                }
                for name, noise in zip(
                    ("white noise", "brown noise"), noises, strict=True
                )
            },
        }

    def _measure(self, centered: bool, residual: float) -> dict[str, Any]:
        slopes = experiment.run_line_depths(
            50,
            centered=centered,
            residual=residual,
            n_points=self.n_points,
            seeds=self.seeds,
        )
        alike = np.array([self._alike(slope) for slope in slopes])
        return {
            "slope": rounded([_standardize(slope[:, 0]) for slope in slopes], 3),
            "alike": rounded(alike.mean(axis=2), 3),
            "low": rounded(alike.min(axis=2), 3),
            "high": rounded(alike.max(axis=2), 3),
        }

    def _alike(self, slopes: Any) -> Any:
        return experiment.autocorrelation(slopes, self.n_lags)


def _standardize(slope: Any) -> Any:
    """Return a slope with mean 0 and standard deviation 1: only its shape counts."""
    return (slope - slope.mean()) / slope.std()
