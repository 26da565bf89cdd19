"""The course's own environment, ``.venv``: made once, then reused at once.

Standard library only, because it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "rectified.json"  # what is installed; absent while pip is at work
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CPU_TORCH = "https://download.pytorch.org/whl/cpu"
OLDEST = (3, 11)


def say(sentence: str) -> None:
    """Print one sentence now, before any program that we start prints its own."""
    print(f"[rectified] {sentence}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a program in the repository's root and return its exit code."""
    # Ctrl-C is the program's to answer: JupyterLab asks first, pytest sums up.
    signal.signal(signal.SIGINT, lambda *_: None)
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def run_module(*arguments: str, env: dict[str, str] | None = None) -> int:
    """Run ``python -m ...`` with the Python of ``.venv``."""
    return run(PYTHON, "-m", *arguments, env=env)


def require_python(version: Sequence[int] = sys.version_info[:3]) -> None:
    """Stop with a clear sentence if this Python is too old."""
    if tuple(version[:2]) < OLDEST:
        needed, got = (".".join(map(str, v)) for v in (OLDEST, version))
        sys.exit(
            f"Rectified needs Python {needed} or newer, and {sys.executable} is "
            f"{got}. Install a newer one, or name it: make lab PYTHON=python3.13 "
            "(on Windows: py -3.13 tools\\course.py lab)"
        )


def prepare(extras: Sequence[str], *, newest: bool = False) -> None:
    """Make ``.venv`` hold the course with `extras`; at once if it does already.

    Parameters
    ----------
    extras : sequence of str
        Names of optional dependencies in pyproject.toml.
    newest : bool
        Install the newest versions instead of those in constraints.txt.
    """
    inputs = fingerprint(newest=newest)
    present = installed_extras(inputs)
    if present is not None and present.issuperset(extras):
        return
    wanted = sorted(present.union(extras) if present else extras)
    create_environment()
    STAMP.unlink(missing_ok=True)
    say("Installing the course. The first time takes two to five minutes.")
    if run_module("pip", "install", *pip_arguments(wanted, newest=newest)):
        sys.exit("The installation failed, see above. To go on, run this again.")
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps({"inputs": inputs, "extras": wanted}))
    fresh.replace(STAMP)


def fingerprint(*, newest: bool = False) -> str:
    """Digest everything that decides what has to be installed, and where."""
    parts = [str(ROOT).encode(), repr(sys.version_info[:2]).encode()]
    parts.append((ROOT / "pyproject.toml").read_bytes())
    parts.append(b"newest" if newest else (ROOT / "constraints.txt").read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed_extras(inputs: str) -> set[str] | None:
    """Return the extras in ``.venv``, or None if it does not match `inputs`."""
    try:
        stamp = json.loads(STAMP.read_text())
        return set(stamp["extras"]) if stamp["inputs"] == inputs else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def create_environment() -> None:
    """Create ``.venv``, unless this version of Python has made it already."""
    if PYTHON.exists() and made_by_this_python(VENV / "pyvenv.cfg"):
        return
    say(f"Creating .venv with Python {sys.version.split()[0]}.")
    if run(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit("Python cannot make .venv. On Debian: apt install python3-venv")


def made_by_this_python(config: Path) -> bool:
    """Read in a ``pyvenv.cfg`` whether its Python has our major.minor version."""
    major, minor = sys.version_info[:2]
    line = rf"^version\s*=\s*{major}\.{minor}\."
    return config.exists() and bool(re.search(line, config.read_text("utf-8"), re.M))


def pip_arguments(extras: Sequence[str], *, newest: bool = False) -> list[str]:
    """Say what pip has to install: the tested versions, or the newest ones."""
    course = f".[{','.join(extras)}]" if extras else "."
    eager = ["--upgrade", "--upgrade-strategy", "eager"]
    versions = eager if newest else ["-c", "constraints.txt"]
    return ["--disable-pip-version-check", *versions, *torch_index(), "-e", course]


def torch_index(platform: str = sys.platform) -> list[str]:
    """Point pip to PyTorch's CPU builds if they can be reached.

    Only on Linux does the default build bring along gigabytes for CUDA.
    """
    if platform != "linux":
        return []
    try:
        urllib.request.urlopen(f"{CPU_TORCH}/torch/", timeout=3).close()
    except (OSError, http.client.HTTPException):
        say("PyTorch's CPU index does not answer; the default build is much larger.")
        return []
    return ["--extra-index-url", CPU_TORCH]
