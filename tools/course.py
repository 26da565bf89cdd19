"""Set up, open, test and build the course: ``python tools/course.py --help``.

Needs Python 3.11 or newer and nothing else. Everything is installed into
``.venv`` in this repository; delete that folder to start over.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from environment import (
    PYTHON,
    ROOT,
    VENV,
    prepare,
    require_python,
    run,
    run_module,
    say,
)

NOTEBOOKS = "notebooks/[0-9][0-9]_*.ipynb"
SITE = "book/_build/html"
STRIP = ("nbstripout", "--keep-id", "--extra-keys", "metadata.language_info.version")
# Naming the file is not redundant: nbval's kernels run where it is not found.
COVERAGE = (
    "--cov=rectified",
    "--cov-config=pyproject.toml",
    "--cov-report=term",
    "--cov-fail-under=85",
)
# Half of the time tests wait for a browser. More processes would wait for processors.
IN_PARALLEL = (f"--numprocesses={min(os.cpu_count() or 1, 4)}",)
BUILD = ("-W", "--keep-going", "-n", "-c", "book", "-d", "book/_build/doctrees")
# JupyterLab's defaults here, so that no question about news covers the lesson.
OVERRIDES = VENV / "share/jupyter/lab/settings/overrides.json"
NO_NEWS = '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}'
BENCHMARKS = ("latency", "ensembles", "probes")  # programs in benchmarks/
BUILT = "book/_build tests/artifacts .coverage"
CACHES = ".hypothesis .mypy_cache .pytest_cache .ruff_cache"


def lessons(root: Path = ROOT) -> list[str]:
    """Return the lessons' paths below `root`, in their order."""
    found = sorted(root.glob(NOTEBOOKS))
    if not found:
        sys.exit("There is no lesson: no file is named like notebooks/01_title.ipynb.")
    return [path.relative_to(root).as_posix() for path in found]


def lab(options: argparse.Namespace) -> int:
    """Open the first lesson in JupyterLab; extra options go to JupyterLab."""
    settings = {
        "ServerApp.root_dir": str(ROOT),
        "ServerApp.ip": "localhost",
        "LabApp.default_url": f"/lab/tree/{lessons()[0]}",
    }
    if hasattr(os, "getuid") and os.getuid() == 0:
        settings["ServerApp.allow_root"] = "True"
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    OVERRIDES.parent.mkdir(parents=True, exist_ok=True)
    OVERRIDES.write_text(NO_NEWS)
    say("Starting JupyterLab. Leave this window open; Ctrl-C in it stops the course.")
    return run_module("jupyterlab", *arguments, *options.extra)


def test(options: argparse.Namespace) -> int:
    """Check and test everything; extra options select tests, for pytest."""
    everything = not options.extra
    failed = check_steps() if everything else []
    left_out = {"not browser": options.no_browser, "not pinned": options.newest}
    markers = " and ".join(marker for marker, wanted in left_out.items() if wanted)
    # A selection starts faster, and can be watched and debugged, in one process.
    whole = (*COVERAGE, *IN_PARALLEL) if everything else ()
    arguments = [*whole, "-m", markers, *options.extra]
    if not options.no_browser and run(PYTHON, "tests/browser/chromium.py"):
        return 1
    code = run_isolated("pytest", *arguments)
    if failed:
        say(f"These checks failed, see the top: {', '.join(failed)}.")
    return code or bool(failed)


def run_isolated(*arguments: str) -> int:
    """Run ``python -m ...`` where no user's own settings can change the outcome."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        return run_module(*arguments, env=isolated(Path(home)))


def isolated(home: Path) -> dict[str, str]:
    """Return the environment of this process with Jupyter's folders below `home`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("JUPYTER") and name != "PYTHONPATH"
    }
    jupyter = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    private = {name: str(home / name.lower()) for name in (*jupyter, "IPYTHONDIR")}
    private["RECTIFIED_PROGRESS"] = str(home / "progress.json")
    return (
        kept
        | private
        | {
            # Kept from run to run: it holds the font cache, which is slow to make.
            "MPLCONFIGDIR": str(VENV / "matplotlib"),
            # More threads gain little on small arrays and cost much on a busy machine.
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }
    )


def check_steps() -> list[str]:
    """Run every check and return the names of those that failed."""
    steps = {
        "ruff check": ("ruff", "check", "."),
        "ruff format": ("ruff", "format", "--check", "."),
        "nbstripout": (*STRIP, "--verify", *lessons()),
        "mypy": ("mypy",),
    }
    say(f"Checking: {', '.join(steps)}. `format` mends most of what they find.")
    return [name for name, command in steps.items() if run_module(*command)]


def check(options: argparse.Namespace) -> int:
    """Check style, stripped notebooks and types, changing nothing."""
    return bool(check_steps())


def format_(options: argparse.Namespace) -> int:
    """Format code and notebooks, and strip the notebooks' outputs."""
    fixed = run_module("ruff", "check", "--fix-only", ".")
    formatted = run_module("ruff", "format", ".")
    return run_module(*STRIP, *lessons()) or fixed or formatted


def book(options: argparse.Namespace) -> int:
    """Build the static book; any warning is an error."""
    say("Building the book. It runs every lesson, so allow a minute for each.")
    # -E -a: an unchanged page would not repeat its warnings. Executed lessons are kept.
    code = run_isolated("sphinx", *BUILD, "-E", "-a", "-b", "html", "notebooks", SITE)
    if not code:
        say(f"The book is {ROOT / SITE / 'index.html'}")
    return code


def book_serve(options: argparse.Namespace) -> int:
    """Build the book and serve it on this computer; an extra option is the port."""
    port = options.extra[0] if options.extra else "8000"
    if code := book(options):
        return code
    say(f"Serving http://localhost:{port} until Ctrl-C.")
    return run_module("http.server", port, "--bind", "127.0.0.1", "--directory", SITE)


def bench(options: argparse.Namespace) -> int:
    """Measure what is fast, against whom; name some benchmarks, or run all."""
    chosen = options.extra or BENCHMARKS
    return max(run_module(f"benchmarks.{name}") for name in chosen)


def clean(options: argparse.Namespace) -> int:
    """Delete everything that was built, but not .venv."""
    for path in map(ROOT.joinpath, f"{BUILT} {CACHES}".split()):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return 0


class Verb(NamedTuple):
    """What a verb does, the optional dependencies it needs, and what it takes."""

    action: Callable[[argparse.Namespace], int]
    extras: tuple[str, ...] = ()
    passes_on: bool = False


VERBS = {
    "lab": Verb(lab, passes_on=True),
    "test": Verb(test, ("test", "book", "check"), passes_on=True),
    "book": Verb(book, ("book",)),
    "book-serve": Verb(book_serve, ("book",), passes_on=True),
    "check": Verb(check, ("check",)),
    "format": Verb(format_, ("check",)),
    "bench": Verb(bench, ("test",), passes_on=True),
    "clean": Verb(clean),
}


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; what is meant for another program ends in `extra`."""
    parser = argparse.ArgumentParser(prog="course.py", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    for name, verb in VERBS.items():
        verbs.add_parser(name, help=verb.action.__doc__, allow_abbrev=False)
    tests = verbs.choices["test"]
    tests.add_argument("--no-browser", action="store_true", help="leave Chromium out")
    tests.add_argument("--newest", action="store_true", help="ignore constraints.txt")
    options, extra = parser.parse_known_args(arguments)
    options.extra = extra
    if options.extra and not VERBS[options.verb].passes_on:
        parser.error(f"`{options.verb}` takes no options, got {options.extra}")
    return options


def main() -> int:
    """Set up what the verb needs, and do it."""
    require_python()
    options = parse()
    verb = VERBS[options.verb]
    if verb.action is not clean:
        prepare(verb.extras, newest=getattr(options, "newest", False))
    return verb.action(options)


if __name__ == "__main__":
    sys.exit(main())
