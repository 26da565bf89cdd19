"""The start of a training of `rectified.ensembles`: arguments become a `Descent`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from numpy.typing import ArrayLike, DTypeLike

from rectified._ensemble_checks import check_dtype, check_widths
from rectified._ensemble_data import Batches, check_inputs, check_targets
from rectified._ensemble_descent import Descent, make_groups
from rectified._ensemble_groups import Sweep
from rectified._ensemble_losses import LOSSES
from rectified._ensemble_memory import Demand, plan_groups
from rectified._ensemble_networks import Parameters, start_from
from rectified._ensemble_optimizers import check_settings
from rectified._ensemble_records import Recorder, check_record
from rectified._validate import check_integer, check_seeds
from rectified.activations import Activation


def prepare(
    x: ArrayLike,
    y: ArrayLike,
    *,
    widths: Sequence[int],
    activation: str | Activation,
    seeds: Iterable[int],
    loss: str,
    optimizer: str,
    learning_rate: ArrayLike,
    momentum: ArrayLike | None,
    weight_decay: ArrayLike | None,
    clip_norm: ArrayLike | None,
    gain: ArrayLike | None,
    bias: ArrayLike | None,
    bias_std: ArrayLike | None,
    negative_slope: ArrayLike | None,
    shared_slope: bool,
    initial: Parameters | None,
    steps: int,
    batch_size: int | None,
    record: Iterable[str] | Mapping[str, int],
    snapshots: Iterable[int],
    dtype: DTypeLike,
    max_megabytes: float,
) -> Descent:
    """Check the arguments of `rectified.ensembles.train` and make all arrays."""
    shape, seeds = check_widths(widths), check_seeds("seeds", seeds)
    precision, n_networks = check_dtype(dtype), len(seeds)
    steps, every = check_integer("steps", steps), check_record(record)
    wanted = {check_integer("snapshots", s, maximum=steps) for s in snapshots}
    inputs = check_inputs(x, shape[0], n_networks, precision)
    targets = check_targets(y, inputs, shape[-1], n_networks, loss=loss)
    batches = Batches(inputs, targets, seeds, batch_size)
    settings = check_settings(
        n_networks,
        precision,
        optimizer=optimizer,
        learning_rate=learning_rate,
        momentum=momentum,
        weight_decay=weight_decay,
        clip_norm=clip_norm,
    )
    n_copies = 1 + settings.n_states + len(wanted)
    demand = Demand(shape, precision.itemsize, batches, n_copies, every, steps)
    sizes = plan_groups(demand, max_megabytes)
    parameters = start_from(
        initial,
        widths=shape,
        seeds=seeds,
        activation=activation,
        dtype=precision,
        gain=gain,
        bias=bias,
        bias_std=bias_std,
        negative_slope=negative_slope,
        shared_slope=shared_slope or None,
    )
    sweep = Sweep(parameters, inputs, targets, LOSSES[loss], sizes.measuring)
    groups = make_groups(sweep, settings, batches.of, size=sizes.training)
    recorder = Recorder(every, steps=steps, n_networks=n_networks, widths=shape)
    return Descent(groups, sweep, recorder, steps=steps, wanted=wanted)
