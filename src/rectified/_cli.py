"""The command line: ``python -m rectified claims`` and ``progress``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from rectified import claims
from rectified._cli_progress import add_progress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; by default those of this process.
    """
    options = _make_parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (ValueError, OSError) as error:
        print(f"rectified: {error}", file=sys.stderr)
        return 2
    return code


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rectified", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ledger = commands.add_parser("claims", help="measure claims about ReLU again")
    ledger.add_argument("ids", nargs="*", metavar="ID", help="for example C05; all")
    ledger.add_argument(
        "--seeds", type=int, default=len(claims.SEEDS), metavar="N", help="default 10"
    )
    ledger.set_defaults(run=_claims)
    add_progress(commands)
    return parser


def _claims(options: argparse.Namespace) -> int:
    print_ledger(options.ids, n_seeds=options.seeds)
    return 0


def print_ledger(ids: Sequence[str] = (), *, n_seeds: int = len(claims.SEEDS)) -> None:
    """Measure claims one by one and print each verdict as it comes.

    Verdicts go to standard output, progress goes to standard error.

    Parameters
    ----------
    ids : sequence of str
        Claims to measure; all if empty.
    n_seeds : int
        Seeds 0, 1, ... of each measurement.
    """
    chosen = tuple(ids) or tuple(claim.id for claim in claims.load())
    counts = dict.fromkeys(claims.VERDICTS, 0)
    for number, claim_id in enumerate(chosen, start=1):
        progress = f"[{number}/{len(chosen)}] {claim_id}"
        print(f"{progress} ...", end="", flush=True, file=sys.stderr)
        began = time.perf_counter()
        verdict = claims.measure(claim_id, seeds=range(n_seeds))
        print(f" {time.perf_counter() - began:.1f} s", file=sys.stderr)
        counts[verdict.verdict] += 1
        print(verdict, end="\n\n")
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
