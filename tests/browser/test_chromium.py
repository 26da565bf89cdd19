"""Which browser the tests use, how one is fetched, and what is said if none can be."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import chromium


class Machine:
    """A computer on which only the browsers put on it exist and start."""

    def __init__(self, monkeypatch, folder):
        self.programs = {}
        self.browsers = []
        monkeypatch.delenv(chromium.OVERRIDE, raising=False)
        monkeypatch.setattr(chromium.sys, "platform", "linux")
        monkeypatch.setattr(chromium.shutil, "which", self.programs.get)
        monkeypatch.setattr(chromium, "_starts", self.browsers.__contains__)
        monkeypatch.setattr(chromium, "_playwright_browser", lambda: iter(()))
        self.commands = []
        monkeypatch.setattr(chromium, "_run", self.note)
        self.fetched = {}  # the browser that appears once a program has run
        self.folder = folder

    def note(self, *command):
        self.commands.append(command)
        fetched = self.fetched.get(command[0], {}).get(command[-1], [])
        self.browsers += fetched
        return bool(fetched)

    def put(self, name, *, starts=True):
        path = self.folder / name
        self.programs[name] = str(path)
        if starts:
            self.browsers.append(path)
        return path


@pytest.fixture
def machine(monkeypatch, tmp_path):
    return Machine(monkeypatch, tmp_path)


def test_the_variable_decides_over_every_browser_on_the_path(
    machine, monkeypatch, tmp_path
):
    machine.put("chromium")
    mine = tmp_path / "mine"
    mine.touch()
    monkeypatch.setenv(chromium.OVERRIDE, str(mine))
    assert chromium.find_chromium() == mine


def test_a_variable_that_names_no_file_is_an_error_that_says_so(machine, monkeypatch):
    monkeypatch.setenv(chromium.OVERRIDE, "/nowhere/chrome")
    with pytest.raises(FileNotFoundError, match="got '/nowhere/chrome'; correct it"):
        chromium.find_chromium()


def test_chromium_comes_before_chrome_and_chrome_before_edge(machine):
    # Best of all is the Chromium that opens no windows.
    edge = machine.put("msedge")
    assert chromium.find_chromium() == edge
    chrome = machine.put("google-chrome")
    assert chromium.find_chromium() == chrome
    whole = machine.put("chromium")
    assert chromium.find_chromium() == whole
    best = machine.put("chromium-headless-shell")
    assert chromium.find_chromium() == best


def test_a_browser_that_does_not_start_is_passed_over(machine):
    machine.put("chromium", starts=False)
    chrome = machine.put("google-chrome")
    assert chromium.find_chromium() == chrome


def test_the_browser_of_playwright_comes_last(machine, monkeypatch):
    own = machine.put("chrome-of-playwright")
    monkeypatch.setattr(chromium, "_playwright_browser", lambda: iter([own]))
    assert chromium.find_chromium() == own
    system = machine.put("microsoft-edge")
    assert chromium.find_chromium() == system


def test_a_mac_keeps_browsers_among_its_applications(machine, monkeypatch):
    monkeypatch.setattr(chromium.sys, "platform", "darwin")
    chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    machine.browsers.append(Path(chrome))
    assert chromium.find_chromium() == Path(chrome)


def test_windows_keeps_browsers_among_its_programs(machine, monkeypatch, tmp_path):
    monkeypatch.setattr(chromium.sys, "platform", "win32")
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path))
    edge = tmp_path / "Microsoft/Edge/Application/msedge.exe"
    machine.browsers.append(edge)
    assert chromium.find_chromium() == edge


def test_no_browser_is_none_and_no_error(machine):
    assert chromium.find_chromium() is None


def test_a_browser_that_is_there_is_not_fetched_again(machine):
    machine.put("chromium")
    chromium.ensure_chromium()
    assert machine.commands == []


def test_playwright_downloads_a_browser_if_its_host_answers(machine, monkeypatch):
    answers = type("Answer", (), {"close": lambda self: None})
    monkeypatch.setattr(chromium.urllib.request, "urlopen", lambda *_, **__: answers())
    own = machine.folder / "own"
    machine.fetched[sys.executable] = {"chromium": [own]}
    monkeypatch.setattr(chromium, "_playwright_browser", lambda: iter([own]))
    assert chromium.ensure_chromium() == own
    assert machine.commands == [
        (sys.executable, "-m", "playwright", "install", "chromium")
    ]


def out_of_reach(*_, **__):
    raise TimeoutError


@pytest.mark.parametrize(
    ("has", "asked"),
    [
        ("chromium-headless-shell", ["chromium-headless-shell"]),
        ("chromium", ["chromium-headless-shell", "chromium"]),  # an older Debian
    ],
)
def test_root_on_debian_gets_chromium_from_apt_if_the_download_fails(
    machine, monkeypatch, has, asked
):
    monkeypatch.setattr(chromium.urllib.request, "urlopen", out_of_reach)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0, raising=False)
    machine.put("apt-get")
    packaged = machine.put(has, starts=False)
    machine.fetched["apt-get"] = {has: [packaged]}
    assert chromium.ensure_chromium() == packaged
    update, *installs = machine.commands
    assert update[:2] == ("apt-get", "update")
    assert {command[:2] for command in installs} == {("apt-get", "install")}
    assert [command[-1] for command in installs] == asked


@pytest.mark.parametrize(("uid", "manager"), [(1000, "apt-get"), (0, "dnf")])
def test_who_can_fetch_none_reads_what_to_do(machine, monkeypatch, uid, manager):
    monkeypatch.setattr(chromium.urllib.request, "urlopen", out_of_reach)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: uid, raising=False)
    machine.put(manager)
    with pytest.raises(RuntimeError, match="test --no-browser"):
        chromium.ensure_chromium()
    assert machine.commands == []


def test_a_program_that_answers_version_starts():
    assert chromium._starts(Path(sys.executable))


def test_a_program_that_fails_or_hangs_does_not_start(monkeypatch):
    def fail(command, **_):
        raise subprocess.CalledProcessError(127, command)

    def hang(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(chromium.sys, "platform", "linux")
    for behavior in (fail, hang):
        monkeypatch.setattr(chromium.subprocess, "run", behavior)
        assert not chromium._starts(Path(sys.executable))


def test_a_folder_is_no_browser(tmp_path):
    assert not chromium._starts(tmp_path)
