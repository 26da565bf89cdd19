"""What does `inspect` cost? Against one forward and backward pass of the same model.

The two take turns in one process on one thread, and CPU time is what counts, so the
ratio holds on a busy machine too. Run it with ``make bench`` or by itself.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import nn

from rectified import probes

BUDGET = 3.0
"""Cost of `inspect` at most, in forward and backward passes."""

BATCHES = {(16, 64): True, (4, 32): True, (1, 16): False}
"""Examples and length of each batch, and whether the budget holds for it.

In a batch of 16 tokens, a pass is mostly the overhead of PyTorch's calls, and so is
what `inspect` adds.
"""


def main() -> None:
    """Measure, print the table, and fail if the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds per model")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    print(f"{'12-layer transformer, d 128':34} pass ms  inspect ms  ratio (quartiles)")
    ratios = {sizes: compare(*sizes, rounds) for sizes in BATCHES}
    missed = [sizes for sizes in BATCHES if BATCHES[sizes] and ratios[sizes] >= BUDGET]
    print(f"Missed: under {BUDGET:g} passes" if missed else "All budgets are met.")
    sys.exit(bool(missed))


def compare(examples: int, length: int, rounds: int) -> float:
    """Print and return the median ratio of the two costs for one size of batch."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(128, 4, 512, dropout=0.0, batch_first=True)
    model = nn.TransformerEncoder(layer, 12, enable_nested_tensor=False)
    x, target = torch.randn(2, examples, length, 128)
    loss = nn.functional.mse_loss

    def train() -> None:
        loss(model(x), target).backward()
        model.zero_grad()

    def look() -> None:
        probes.inspect(model, x, target=target, loss=loss)

    times = [(measure(train), measure(look)) for _ in range(rounds + 2)][2:]
    passes, looks = map(statistics.median, zip(*times, strict=True))
    low, ratio, high = statistics.quantiles([b / a for a, b in times], n=4)
    name = f"batch of {examples} x {length}"
    print(f"{name:34} {passes:7.1f}  {looks:10.1f}  {ratio:.2f} ({low:.2f}-{high:.2f})")
    return ratio


def measure(function: Callable[[], None]) -> float:
    """Return the CPU milliseconds of one call."""
    start = time.process_time()
    function()
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
