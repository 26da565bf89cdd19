"""How fast are many small networks trained? `rectified.ensembles` against PyTorch.

All arms take turns in one process with one thread, and CPU time is counted, so that the
ratios are fair even if the machine is busy. Every arm trains the same networks on the
same mini-batches with plain SGD in float32; before anything is timed, their weights are
compared. The arms in PyTorch find their batches cut and ready, whereas ours is a whole
call of `train`: it checks, draws the weights, shuffles and records the losses.

The exit code is 1 if a budget is missed.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, grad, vmap

from rectified import ensembles
from rectified._ensemble_data import Batches, check_inputs, check_targets
from rectified.datasets import make_task

RATE = 0.1
LOOP_NETWORKS = 8  # the loop costs the same for each network: a few tell the rate
NETS = [((2, 8, 8, 1), 10), ((2, 8, 8, 1), 32), ((2, 64, 64, 1), 32)]
NUMBERS = (1, 64, 576, 2304)
OURS = "rectified.ensembles"
TASK = make_task("circles", n_points=200, seed=0)

Step = Callable[[int], None]
"""Takes one step, given its number."""


@dataclass(frozen=True)
class Case:
    """Networks to train."""

    widths: tuple[int, ...]
    batch_size: int
    n_networks: int

    @property
    def n_products(self) -> int:
        """Multiplications of one network's matrix products in one step."""
        layers = list(pairwise(self.widths))
        forward = sum((fan_in + 1) * fan_out for fan_in, fan_out in layers)
        below = sum(fan_in * fan_out for fan_in, fan_out in layers[1:])
        return self.batch_size * (2 * forward + below)  # and gradients as forward

    @property
    def seeds(self) -> range:
        return range(self.n_networks)

    def draw(self) -> ensembles.Parameters:
        return ensembles.initialize(self.widths, seeds=self.seeds, dtype=np.float32)

    def cut(self, steps: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Return the batches of each step, (networks, points, features) each."""
        dtype = np.dtype(np.float32)
        inputs = check_inputs(TASK.points, 2, self.n_networks, dtype)
        targets = check_targets(
            TASK.labels, inputs, 1, self.n_networks, loss="logistic"
        )
        batches = Batches(inputs, targets, self.seeds, self.batch_size)
        return [
            (as_tensor(x[:, :-1].swapaxes(1, 2)), as_tensor(y.swapaxes(1, 2)))
            for x, y in islice(batches.of(slice(None)), steps)
        ]


def as_tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array))


# --- the arms -------------------------------------------------------------------------


def train_ours(case: Case, steps: int) -> ensembles.Training:
    return ensembles.train(
        TASK.points,
        TASK.labels,
        widths=case.widths,
        seeds=case.seeds,
        optimizer="sgd",
        learning_rate=RATE,
        steps=steps,
        batch_size=case.batch_size,
        record=["loss"],
    )


def make_module(widths: tuple[int, ...]) -> nn.Sequential:
    modules: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        modules += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def make_loop(case: Case, batches: list) -> tuple[Step, Callable[[], np.ndarray]]:
    """One module and one optimizer per network."""
    start = case.draw()
    models = [make_module(case.widths) for _ in case.seeds]
    for index, model in enumerate(models):
        linears = [module for module in model if isinstance(module, nn.Linear)]
        for linear, w, b in zip(linears, *start.network(index), strict=True):
            linear.weight.data, linear.bias.data = as_tensor(w.T), as_tensor(b)
    rules = [torch.optim.SGD(model.parameters(), lr=RATE) for model in models]
    measure = nn.BCEWithLogitsLoss()

    def step(number: int) -> None:
        x, y = batches[number]
        for index, (model, rule) in enumerate(zip(models, rules, strict=True)):
            rule.zero_grad()
            measure(model(x[index]), y[index]).backward()
            rule.step()

    def first_weights() -> np.ndarray:
        return np.stack([model[0].weight.detach().numpy().T for model in models])

    return step, first_weights


def make_vmap(case: Case, batches: list) -> tuple[Step, Callable[[], np.ndarray]]:
    """`torch.func.vmap` of the gradient of a functional call."""
    start, module = case.draw(), make_module(case.widths)
    names = [name for name, _ in module.named_parameters()]
    layers = zip(start.weights, start.biases, strict=True)
    arrays = [a for w, b in layers for a in (w.swapaxes(1, 2), b)]
    stacked = {n: as_tensor(a) for n, a in zip(names, arrays, strict=True)}
    measure = nn.functional.binary_cross_entropy_with_logits

    def loss(parameters: dict, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return measure(functional_call(module, parameters, (x,)), y)

    gradient = vmap(grad(loss))

    def step(number: int) -> None:
        for name, slope in gradient(stacked, *batches[number]).items():
            stacked[name].sub_(slope, alpha=RATE)

    return step, lambda: stacked[names[0]].numpy().swapaxes(1, 2)


def make_bmm(case: Case, batches: list) -> tuple[Step, Callable[[], np.ndarray]]:
    """`torch.baddbmm` on stacked parameters, with autograd."""
    start = case.draw()
    weights = [as_tensor(w).requires_grad_() for w in start.weights]
    biases = [as_tensor(b[:, None]).requires_grad_() for b in start.biases]
    parameters = [*weights, *biases]
    measure = nn.functional.binary_cross_entropy_with_logits

    def step(number: int) -> None:
        a, y = batches[number]
        for depth, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            a = torch.baddbmm(bias, a.relu() if depth else a, weight)
        # The sum over the networks of each one's mean.
        slopes = torch.autograd.grad(measure(a, y) * case.n_networks, parameters)
        with torch.no_grad():
            for parameter, slope in zip(parameters, slopes, strict=True):
                parameter.sub_(slope, alpha=RATE)

    return step, lambda: weights[0].detach().numpy()


ARMS = {
    "loop of modules": make_loop,
    "vmap(grad)": make_vmap,
    "bmm + autograd": make_bmm,
}


# --- timing ---------------------------------------------------------------------------


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def time_case(case: Case, rounds: int, budget: float) -> dict[str, list[float]]:
    """Return network-steps per CPU-second of each arm, round by round."""
    few = Case(case.widths, case.batch_size, min(case.n_networks, LOOP_NETWORKS))
    cases = {name: few if make is make_loop else case for name, make in ARMS.items()}
    batches = case.cut(20)
    steps = {name: make(cases[name], batches)[0] for name, make in ARMS.items()}
    repeats = {OURS: 200 if case.widths[1] < 64 or case.n_networks < 576 else 40}
    for name, step in steps.items():
        step(0)  # warm up
        once = max(cpu_seconds(lambda step=step: [step(1), step(2)]) / 2, 1e-5)
        repeats[name] = max(2, int(budget / once))
    train_ours(case, 2)
    rates: dict[str, list[float]] = {name: [] for name in (OURS, *ARMS)}
    for _ in range(rounds):
        seconds = cpu_seconds(lambda: train_ours(case, repeats[OURS]))
        rates[OURS].append(case.n_networks * repeats[OURS] / seconds)
        for name, step in steps.items():
            seconds = cpu_seconds(
                lambda s=step, n=repeats[name]: [s(i % 20) for i in range(n)]
            )
            rates[name].append(cases[name].n_networks * repeats[name] / seconds)
    return rates


def compare_arms(case: Case, steps: int = 20) -> float:
    """Return the largest difference of a weight between ours and any other arm."""
    ours = train_ours(case, steps).parameters.weights[0]
    batches, worst = case.cut(steps), 0.0
    for make in ARMS.values():
        step, first_weights = make(case, batches)
        for number in range(steps):
            step(number)
        worst = max(worst, float(np.abs(first_weights() - ours).max()))
    return worst


def measure_matmul(rounds: int) -> float:
    """Return the multiplications per CPU-second of a 1024 x 1024 product."""
    a = np.random.default_rng(0).standard_normal((2, 1024, 1024), dtype=np.float32)
    out = np.empty_like(a[0])
    np.matmul(a[0], a[1], out=out)
    seconds = [
        cpu_seconds(lambda: np.matmul(a[0], a[1], out=out)) for _ in range(rounds)
    ]
    return 1024**3 / statistics.median(seconds)


def time_grid(batch_size: int, rounds: int) -> list[float]:
    """Return the CPU-seconds of a 24 x 24 phase diagram of 2-8-8-1, 200 steps."""
    rates, biases = np.meshgrid(np.geomspace(0.01, 31.6, 24), np.linspace(-4, 1, 24))

    def diagram() -> None:
        ensembles.train(
            TASK.points,
            TASK.labels,
            widths=(2, 8, 8, 1),
            seeds=range(576),
            optimizer="sgd",
            learning_rate=rates.ravel(),
            bias=biases.ravel(),
            steps=200,
            batch_size=batch_size,
            record={"accuracy": 200, "dead_fraction": 200},
        )

    return [cpu_seconds(diagram) for _ in range(rounds)]


# --- the report -----------------------------------------------------------------------


def spread(values: list[float], scale: float = 1) -> str:
    """Return the median and the range, in thousands if `scale` says so."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle / scale:.4g} ({low / scale:.4g}-{high / scale:.4g})"


def ratio(ours: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, other, strict=True))


def report_case(case: Case, rates: dict[str, list[float]], peak: float) -> None:
    name = "-".join(map(str, case.widths))
    used = statistics.median(rates[OURS]) * case.n_products / peak
    print(f"\n{name}, batch {case.batch_size}, {case.n_networks} networks")
    print(f"  {'arm':22}{'1000 network-steps/s (range)':34}ours is faster by")
    for arm, values in rates.items():
        factor = "" if arm == OURS else f"{ratio(rates[OURS], values):.3g}"
        print(f"  {arm:22}{spread(values, 1000):34}{factor}")
    print(f"  ours uses {used:.1%} of the rate of a 1024 x 1024 product", flush=True)


def main() -> None:
    """Measure, print the tables, and fail if a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="turns of each arm")
    parser.add_argument("--budget", type=float, default=0.1, help="seconds per turn")
    options = parser.parse_args()
    torch.set_num_threads(1)
    missed = []
    peak = measure_matmul(options.rounds)
    print(f"1024 x 1024 product: {2 * peak / 1e9:.1f} GFLOP per CPU-second")
    for widths, batch_size in NETS:
        gap = compare_arms(Case(widths, batch_size, 3))
        print(
            f"{widths}: weights of all arms differ by at most {gap:.1e} after 20 steps"
        )
        if gap > 1e-4:
            missed.append(f"the arms train {widths} differently")
    for case in [Case(*net, number) for net in NETS for number in NUMBERS]:
        rates = time_case(case, options.rounds, options.budget)
        report_case(case, rates, peak)
        factors = {arm: ratio(rates[OURS], rates[arm]) for arm in ARMS}
        if case == Case((2, 8, 8, 1), 10, 576) and factors["loop of modules"] < 150:
            missed.append(f"at least 150x the loop at 576 networks: {case}")
        if case.n_networks <= 576 and min(factors.values()) <= 1:
            missed.append(f"ahead of every other arm: {case}")
    for batch_size in (10, 32):
        seconds = time_grid(batch_size, options.rounds)
        print(f"\n24 x 24 grid, 200 steps, batch {batch_size}: {spread(seconds)} CPU-s")
        if statistics.median(seconds) >= 0.5:
            missed.append(f"24 x 24 grid in under 0.5 CPU-s, batch {batch_size}")
    print("\n".join(f"Missed: {budget}" for budget in missed) or "All budgets are met.")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
