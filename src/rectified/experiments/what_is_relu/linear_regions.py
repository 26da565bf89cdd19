"""How many linear pieces a real network has, next to how many it could have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rectified import ensembles
from rectified._validate import check_integer, check_seeds, problem
from rectified.datasets import make_task
from rectified.ensembles import Parameters
from rectified.regions import RegionMap, count_bound, find_regions

BIAS_STD = 0.5
"""Spread of the initial biases; with zero biases all kinks meet in the origin."""


def _make_networks(
    units: int, layers: int, seeds: tuple[int, ...], trained: bool, steps: int
) -> Parameters:
    units = check_integer("units", units, minimum=1, maximum=256)
    layers = check_integer("layers", layers, minimum=1, maximum=8)
    if units % layers:
        rule = f"a multiple of `layers` ({layers})"
        raise problem("units", rule, units, "choose layers that divide the units")
    widths = (2, *[units // layers] * layers, 1)
    initial = ensembles.initialize(widths, seeds=seeds, bias_std=BIAS_STD)
    if not trained:
        return initial
    tasks = [make_task("circles", seed=seed) for seed in seeds]
    points, labels = [t.points for t in tasks], [t.labels for t in tasks]
    return ensembles.train(
        points,
        labels,
        widths=widths,
        seeds=seeds,
        initial=initial,
        steps=steps,
        record=(),
        dtype=np.float64,  # regions are cut out of the exact weights
    ).parameters


def region_map(
    units: int = 16,
    layers: int = 2,
    *,
    seed: int = 0,
    trained: bool = False,
    steps: int = 300,
) -> RegionMap:
    """Return the linear regions of one network in the window.

    Parameters
    ----------
    units : int
        Hidden units in total, a multiple of `layers`, at most 256.
    layers : int
        Hidden layers that share the units evenly, from 1 to 8.
    seed : int
        Draws the weights (He et al. 2015), the biases and the data.
    trained : bool
        Whether to train the network first, to tell the two "circles" apart.
    steps : int
        Updates of the training (Adam, learning rate 0.02, 200 points).

    Returns
    -------
    rectified.regions.RegionMap
    """
    networks = _make_networks(
        units, layers, check_seeds("seed", (seed,)), trained, steps
    )
    return find_regions(*networks.network(0))


@dataclass(frozen=True)
class RegionCounts:
    """Regions in the window, at equal numbers of units.

    Attributes
    ----------
    seeds : tuple of int
        One network per seed.
    units, layers : tuple of int
        Hidden units in total, and hidden layers that share them.
    trained : bool
        Whether the networks were trained.
    activation_regions, linear_regions : ndarray of int, (n_units, n_layers, n_seeds)
        Exact counts, see `rectified.regions.RegionMap`.
    bounds : tuple of tuple of int, (n_units, n_layers)
        Largest possible number of activation regions in the whole plane.
    """

    seeds: tuple[int, ...]
    units: tuple[int, ...]
    layers: tuple[int, ...]
    trained: bool
    activation_regions: NDArray[np.int64]
    linear_regions: NDArray[np.int64]
    bounds: tuple[tuple[int, ...], ...]


def measure_regions(
    units: Iterable[int] = (8, 16, 32),
    layers: Iterable[int] = (1, 2, 4),
    seeds: Iterable[int] = range(10),
    *,
    trained: bool = False,
    steps: int = 300,
) -> RegionCounts:
    """Count the regions of networks with as many units in fewer or more layers.

    Parameters
    ----------
    units : iterable of int
        Hidden units in total.
    layers : iterable of int
        Hidden layers; each must divide every number of units.
    seeds : iterable of int
        One network per seed.
    trained : bool
        Whether to train the networks first, as in `region_map`.
    steps : int
        Updates of the training.

    Returns
    -------
    RegionCounts
    """
    units, layers = tuple(units), tuple(layers)
    seeds = check_seeds("seeds", seeds)
    counts = np.empty((2, len(units), len(layers), len(seeds)), dtype=np.int64)
    for row, column in np.ndindex(counts.shape[1:3]):
        networks = _make_networks(units[row], layers[column], seeds, trained, steps)
        for index in range(len(seeds)):
            regions = find_regions(*networks.network(index))
            pair = regions.n_activation_regions, regions.n_linear_regions
            counts[:, row, column, index] = pair
    bounds = tuple(tuple(count_bound([n // k] * k) for k in layers) for n in units)
    return RegionCounts(seeds, units, layers, trained, counts[0], counts[1], bounds)
