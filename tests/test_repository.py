"""What the repository promises: one set of versions, Binder, links that are right."""

import re
import subprocess
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


def test_the_version_is_the_same_wherever_it_is_written():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["authors"] == PROJECT["authors"]


# --- Binder -------------------------------------------------------------------

# repo2docker takes the first build pack that finds its file, in this order: Docker,
# Julia, Nix, R, conda; only then come Pipfile, requirements.txt and setup.py.
BEFORE_CONDA = (
    "Dockerfile",
    "JuliaProject.toml",
    "Project.toml",
    "REQUIRE",
    "default.nix",
    "runtime.txt",
    "DESCRIPTION",
)


def test_binder_finds_environment_yml_at_the_root():
    assert (ROOT / "environment.yml").is_file()  # `.yaml` would not be read


@pytest.mark.parametrize("folder", ["binder", ".binder"])
def test_no_folder_makes_binder_ignore_the_root(folder):
    assert not (ROOT / folder).exists()


@pytest.mark.parametrize("name", BEFORE_CONDA)
def test_no_file_makes_binder_choose_something_other_than_conda(name):
    assert not (ROOT / name).exists()


@pytest.mark.parametrize("name", ["Pipfile", "requirements.txt", "setup.py"])
def test_no_second_list_of_dependencies_lies_beside_the_first(name):
    assert not (ROOT / name).exists()


# --- texts --------------------------------------------------------------------


def list_texts() -> list[Path]:
    """Return the files that git tracks, or would, and that hold text."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.check_output(command, cwd=ROOT, text=True).splitlines()
    except (OSError, subprocess.CalledProcessError):  # a downloaded archive
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    skipped = (".venv", ".git/", "book/_build", "tests/artifacts")
    paths = [ROOT / name for name in names if not name.startswith(skipped)]
    return [path for path in paths if path.is_file() and is_text(path)]


def is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:8000]


TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in list_texts()
}


def test_the_texts_include_what_people_read():
    assert {"README.md", "pyproject.toml", "tests/test_repository.py"} <= TEXTS.keys()


def test_every_address_of_the_repository_is_the_one_in_pyproject():
    urls = PROJECT["urls"]
    repository = urls["Repository"].removeprefix("https://github.com/")
    owner, name = repository.split("/")
    mentions = re.compile(
        r"(?:github\.com|mybinder\.org/v2/gh|colab\.research\.google\.com/github)"
        rf"/([\w.-]+/{name}\b|{owner}/[\w.-]+)"
    )
    pages = re.compile(rf"https://[\w.-]+\.github\.io/{name}/|{owner}\.github\.io")
    for path, text in TEXTS.items():
        assert set(mentions.findall(text)) <= {repository}, path
        for hit in pages.findall(text):
            assert hit in urls["Documentation"], path
    assert all(
        url.startswith(urls["Repository"])
        for url in (urls["Issues"], urls["Changelog"])
    )


# In two pieces, or this file would mention them itself.
@pytest.mark.parametrize(
    "host",
    [
        "pypi" + ".org",
        "files.python" + "hosted.org",
        "registry.npm" + "js.org",
        "deb.deb" + "ian.org",
    ],
)
def test_no_text_decides_from_which_host_packages_come(host):
    assert not [path for path, text in TEXTS.items() if host in text]


def test_markdown_links_inside_the_repository_lead_somewhere():
    for path, text in TEXTS.items():
        if path.endswith(".md"):
            for target in re.findall(r"\]\(([^)#\s]+)", text):
                if "://" not in target:
                    assert (ROOT / path).parent.joinpath(target).exists(), (
                        f"{path}: {target}"
                    )


def test_the_readme_calls_those_lessons_available_that_exist():
    rows = re.findall(r"^\| (\[?\d\d .+?) \|.*\| (\S+) \|$", TEXTS["README.md"], re.M)
    available = {
        re.search(r"\(notebooks/(.+)\)", title)[1]
        for title, state in rows
        if state == "**available**"
    }
    assert available == {path.name for path in ROOT.glob("notebooks/*.ipynb")}
    assert {state for _, state in rows} <= {"**available**", "planned"}
