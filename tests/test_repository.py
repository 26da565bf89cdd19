"""What the repository promises: Binder starts, addresses are right, files agree."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

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
        paths = [ROOT / name for name in names]
    except (OSError, subprocess.CalledProcessError):  # a downloaded archive
        made = re.compile(r"/(\.venv|_build|artifacts|__pycache__|\.\w+_cache)/")
        paths = [path for path in ROOT.rglob("*") if not made.search(path.as_posix())]
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
PACKAGE_HOSTS = {
    "Python": "pypi" + ".org",
    "Python files": "files.python" + "hosted.org",
    "Node": "registry.npm" + "js.org",
    "Debian": "deb.deb" + "ian.org",
}


@pytest.mark.parametrize("host", PACKAGE_HOSTS.values(), ids=PACKAGE_HOSTS)
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


def test_the_version_is_the_same_wherever_it_is_written():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["authors"] == PROJECT["authors"]


def test_the_package_ships_its_types_as_its_classifier_says():
    assert "Typing :: Typed" in PROJECT["classifiers"]
    assert (ROOT / "src/rectified/py.typed").exists()


def test_the_readme_calls_those_lessons_available_that_exist():
    rows = re.findall(r"^\| (\[?\d\d .+?) \|.*\| (\S+) \|$", TEXTS["README.md"], re.M)
    available = {
        re.search(r"\(notebooks/(.+)\)", title)[1]
        for title, state in rows
        if state == "**available**"
    }
    assert available == {path.name for path in ROOT.glob("notebooks/*.ipynb")}
    assert {state for _, state in rows} <= {"**available**", "planned"}
