"""Write constraints.txt: the newest versions that the oldest Python can install.

Run it, then ``python tools/course.py test``; commit the file if all is well.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

from environment import ROOT, say

CONSTRAINTS = ROOT / "constraints.txt"
OLDEST = "3.11.0"  # the first release that `requires-python` admits
# Only macOS or Windows installs these: pip cannot resolve them here, and their
# versions stay until someone edits them.
ELSEWHERE = ("appnope", "colorama", "pywinpty")


def requirements() -> list[str]:
    """Return every direct requirement that pyproject.toml states."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = pyproject["project"]
    extras = project["optional-dependencies"].values()
    stated = [*project["dependencies"], *pyproject["build-system"]["requires"]]
    return [*stated, *(name for extra in extras for name in extra)]


def resolve(wanted: list[str]) -> dict[str, str]:
    """Ask pip which versions it would install, by name."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet"]
    for_oldest = ["--python-version", OLDEST, "--only-binary=:all:", "--target=unused"]
    report = ["--ignore-installed", "--report", "-", *wanted]
    answer = subprocess.check_output([*command, *for_oldest, *report], text=True)
    chosen = [item["metadata"] for item in json.loads(answer)["install"]]
    return {item["name"]: item["version"] for item in chosen}


def render(pins: dict[str, str], previous: str) -> str:
    """Return the new file: its old header, then one line for each package."""
    header = [line for line in previous.splitlines() if line.startswith("#")]
    kept = dict(re.findall(rf"^({'|'.join(ELSEWHERE)})==(.+)$", previous, re.MULTILINE))
    # A `+cpu` names one build of a version, and CUDA has no place in the course.
    tested = {
        name: version.split("+")[0]
        for name, version in pins.items()
        if not name.startswith(("nvidia-", "cuda-", "triton"))
    }
    lines = [f"{name}=={version}" for name, version in (kept | tested).items()]
    return "\n".join([*header, *sorted(lines, key=sort_key)]) + "\n"


def sort_key(line: str) -> str:
    """Order names as package indexes do: case and `_` do not count."""
    return re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower()


if __name__ == "__main__":
    say("Asking pip for the newest versions. This takes a minute.")
    pins = resolve(requirements())
    CONSTRAINTS.write_text(render(pins, CONSTRAINTS.read_text("utf-8")))
    say(f"{CONSTRAINTS.name} is written; `git diff` shows what is newer.")
