"""The tool behind every `make` verb: what it installs, opens, runs and says."""

import json
import sys
import urllib.request
from pathlib import Path

import environment
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def commands(monkeypatch):
    """Start nothing; collect the commands instead. Each of them succeeds."""
    collected: list[list[str]] = []

    def collect(*command, env=None):
        collected.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(environment, "run", collect)
    return collected


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A fresh checkout with an empty environment, and no network."""
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6")
    venv = tmp_path / ".venv"
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "STAMP", venv / "rectified.json")
    monkeypatch.setattr(environment, "PYTHON", venv / "python")
    monkeypatch.setattr(environment, "torch_index", lambda: [])
    venv.mkdir()
    return tmp_path


def installed(commands):
    """Return what pip was asked to install, in order."""
    return [command[-1] for command in commands if "pip" in command]


def test_a_second_run_installs_nothing(checkout, commands):
    environment.prepare(["test"])
    commands.clear()
    environment.prepare(["test"])
    assert commands == []


def test_an_environment_with_more_extras_serves_a_verb_that_needs_fewer(
    checkout, commands
):
    environment.prepare(["book", "test"])
    environment.prepare([])
    assert installed(commands) == [".[book,test]"]


def test_a_verb_that_needs_more_keeps_what_is_there(checkout, commands):
    environment.prepare(["test"])
    environment.prepare(["book"])
    assert installed(commands) == [".[test]", ".[book,test]"]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_installs_again(checkout, commands, name):
    environment.prepare([])
    (checkout / name).write_text("# changed")
    environment.prepare([])
    assert installed(commands) == [".", "."]


def test_a_moved_checkout_installs_again(checkout, commands, tmp_path, monkeypatch):
    environment.prepare([])
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        (moved / name).write_bytes((checkout / name).read_bytes())
    monkeypatch.setattr(environment, "ROOT", moved)
    environment.prepare([])
    assert installed(commands) == [".", "."]


def test_another_version_of_python_makes_the_environment_anew(
    checkout, commands, monkeypatch
):
    environment.prepare([])
    (environment.VENV / "pyvenv.cfg").write_text("version = 3.10.1\n")
    environment.PYTHON.touch()
    monkeypatch.setattr(environment.sys, "version_info", (3, 99, 0))
    environment.prepare([])
    assert [sys.executable, "-m", "venv", "--clear", str(environment.VENV)] in commands


def test_an_environment_made_by_this_python_is_kept(checkout, commands):
    major, minor, *_ = sys.version_info
    config = f"home = /usr/bin\nversion = {major}.{minor}.0\n"
    (environment.VENV / "pyvenv.cfg").write_text(config)
    environment.PYTHON.touch()
    environment.create_environment()
    assert commands == []


def test_an_interrupted_installation_leaves_no_stamp(checkout, monkeypatch):
    environment.VENV.joinpath("rectified.json").write_text(
        json.dumps({"inputs": "an older state", "extras": []})
    )
    monkeypatch.setattr(environment, "run", lambda *command, **_: "pip" in command)
    with pytest.raises(SystemExit, match="To go on, run this again"):
        environment.prepare([])
    assert not environment.STAMP.exists()
    assert environment.installed_extras(environment.fingerprint()) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inputs": 1', "null"])
def test_a_damaged_stamp_counts_as_none(checkout, text):
    environment.STAMP.write_text(text)
    assert environment.installed_extras(environment.fingerprint()) is None


def test_the_tested_versions_are_installed_unless_the_newest_are_asked_for(
    monkeypatch,
):
    monkeypatch.setattr(environment, "torch_index", lambda: [])
    tested = environment.pip_arguments(["test"])
    newest = environment.pip_arguments(["test"], newest=True)
    assert tested[-4:] == ["-c", "constraints.txt", "-e", ".[test]"]
    assert "-c" not in newest
    assert "--upgrade" in newest


def test_an_old_python_is_refused_with_a_sentence_that_says_what_to_do():
    with pytest.raises(SystemExit) as stop:
        environment.require_python((3, 10, 13))
    assert "needs Python 3.11 or newer" in str(stop.value)
    assert "is 3.10.13" in str(stop.value)
    assert "make lab PYTHON=" in str(stop.value)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_a_python_that_is_new_enough_is_accepted(version):
    environment.require_python(version)


def test_linux_gets_cpu_builds_of_torch_if_their_index_answers(monkeypatch):
    asked = []

    class Answer:
        def close(self):
            """Close nothing."""

    def answer(url, timeout):
        asked.append((url, timeout))
        return Answer()

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    index = ["--extra-index-url", environment.CPU_TORCH]
    assert environment.torch_index("linux") == index
    assert asked == [(f"{environment.CPU_TORCH}/torch/", 3)]


def test_linux_uses_the_default_index_if_that_of_torch_is_out_of_reach(
    monkeypatch, capsys
):
    def fail(url, timeout):
        raise TimeoutError

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    assert environment.torch_index("linux") == []
    assert "does not answer" in capsys.readouterr().out


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_only_linux_asks_for_cpu_builds_of_torch(monkeypatch, platform):
    monkeypatch.delattr(urllib.request, "urlopen")
    assert environment.torch_index(platform) == []
