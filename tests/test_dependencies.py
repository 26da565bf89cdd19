"""pyproject.toml, constraints.txt, environment.yml and the imports: one truth."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def read_pins() -> dict[str, Version]:
    """Return the version of each package in constraints.txt, by canonical name."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pins}


PINS = read_pins()
PYTHON = Requirement(f"python{PROJECT['requires-python']}")
STATED = [
    *PROJECT["dependencies"],
    *PYPROJECT["build-system"]["requires"],
    *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
]

# --- one set of versions ------------------------------------------------------


@pytest.mark.parametrize("stated", STATED)
def test_a_direct_dependency_is_pinned_to_a_version_that_pyproject_admits(stated):
    requirement = Requirement(stated)
    assert PINS[canonicalize_name(requirement.name)] in requirement.specifier


def walk_requirements(name: str, extras: frozenset[str]) -> Iterator[str]:
    """Yield what an installed package needs here, directly or through others."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, extras)]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            if not needed.marker or any(
                needed.marker.evaluate({"extra": extra}) for extra in extras | {""}
            ):
                yield needed.name
                waiting.append((needed.name, frozenset(needed.extras)))


@pytest.mark.pinned
def test_whatever_the_course_needs_directly_or_not_is_pinned():
    extras = frozenset(PROJECT["optional-dependencies"])
    needed = {
        canonicalize_name(name) for name in walk_requirements("rectified", extras)
    }
    # The default build of PyTorch pins its own CUDA packages; CPU builds have none.
    cuda = {name for name in needed if name.startswith(("nvidia-", "cuda-", "triton"))}
    assert needed - cuda - {"rectified"} <= PINS.keys()


@pytest.mark.pinned
def test_every_pinned_version_runs_on_the_first_release_of_the_oldest_python():
    first = f"{PYTHON.specifier}.0".removeprefix(">=")
    too_new = {
        package.name: admitted
        for package in metadata.distributions()
        if (admitted := package.metadata["Requires-Python"])
        and first not in SpecifierSet(admitted)
        and PINS.get(canonicalize_name(package.name)) == Version(package.version)
    }
    assert not too_new


def test_a_pin_is_an_exact_version_and_names_no_local_build():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    assert len(pins) == len(PINS), "a package is pinned twice"


def test_conda_brings_pip_and_a_python_that_pyproject_admits():
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    python, pip, _ = ENVIRONMENT["dependencies"]
    assert pip == "pip"
    assert python.removeprefix("python=") in PYTHON.specifier


def test_pip_then_brings_the_tested_versions_for_a_cpu_and_the_course():
    # A line that begins with `-c`, or whose path begins with a dot, makes repo2docker
    # copy the whole repository before it installs anything (its function
    # `is_local_pip_requirement`). Conda and mamba both resolve such a path from the
    # folder of environment.yml, so `constraints.txt` and `.` mean what they seem to.
    assert ENVIRONMENT["dependencies"][-1] == {
        "pip": [
            "--extra-index-url https://download.pytorch.org/whl/cpu",
            "-c constraints.txt",
            "-e .",
        ]
    }


# --- what is imported is required ---------------------------------------------

PROVIDERS = metadata.packages_distributions()
OURS = {"course", "environment", "rectified", "tests", "tools", "benchmarks"}


def list_missing(folders, requirements):
    """Return what the modules in `folders` import although nothing requires it."""
    required = {canonicalize_name(Requirement(line).name) for line in requirements}
    missing = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            for root in imported_roots(path) - sys.stdlib_module_names - OURS:
                providers = map(canonicalize_name, PROVIDERS.get(root, [root]))
                if required.isdisjoint(providers):
                    missing.add(root)
    return missing


def imported_roots(path):
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    of = {n.module for n in nodes if isinstance(n, ast.ImportFrom) and not n.level}
    return {name.partition(".")[0] for name in plain | of}


def test_the_package_requires_what_it_imports():
    assert not list_missing(["src"], PROJECT["dependencies"])


def test_the_extras_require_what_tests_benchmarks_and_book_import():
    assert not list_missing(["tests", "benchmarks", "book", "tools"], STATED)
