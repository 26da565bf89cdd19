"""The tool behind every `make` verb: what it opens, runs, passes on and says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import course
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


class Programs:
    """Stand in for the programs that a verb starts; note them, start none."""

    def __init__(self):
        self.commands = []
        self.environments = []
        self.failing = set()

    def run_module(self, *arguments, env=None):
        self.commands.append([str(argument) for argument in arguments])
        self.environments.append(env)
        return int(arguments[0] in self.failing)

    def run(self, *command, env=None):
        return self.run_module(*command[1:], env=env)

    @property
    def names(self):
        return [command[0] for command in self.commands]


@pytest.fixture
def programs(monkeypatch, tmp_path):
    stand_in = Programs()
    monkeypatch.setattr(course, "run", stand_in.run)
    monkeypatch.setattr(course, "run_module", stand_in.run_module)
    monkeypatch.setattr(course, "lessons", lambda: ["notebooks/01_a.ipynb"])
    monkeypatch.setattr(course, "OVERRIDES", tmp_path / "settings/overrides.json")
    return stand_in


def perform(*arguments):
    """Do what the command line says, without setting up an environment first."""
    options = course.parse(list(arguments))
    return course.VERBS[options.verb].action(options)


# --- lessons and JupyterLab ---------------------------------------------------


def test_lessons_come_in_the_order_of_their_file_names(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("02_gradients", "10_clinic", "01_what_is_relu", "scratch"):
        (tmp_path / f"notebooks/{name}.ipynb").touch()
    assert course.lessons(tmp_path) == [
        "notebooks/01_what_is_relu.ipynb",
        "notebooks/02_gradients.ipynb",
        "notebooks/10_clinic.ipynb",
    ]


def test_a_checkout_without_lessons_says_so(tmp_path):
    with pytest.raises(SystemExit, match="There is no lesson"):
        course.lessons(tmp_path)


def test_lab_opens_the_first_lesson_for_this_computer_only(programs):
    perform("lab", "--no-browser", "--port", "9999")
    (command,) = programs.commands
    assert command[0] == "jupyterlab"
    assert "--ServerApp.ip=localhost" in command
    assert f"--ServerApp.root_dir={ROOT}" in command
    assert "--LabApp.default_url=/lab/tree/notebooks/01_a.ipynb" in command
    assert command[-3:] == ["--no-browser", "--port", "9999"]


def test_lab_leaves_authentication_to_jupyter_which_asks_for_a_token(programs):
    perform("lab")
    assert not re.search("token|password|auth", " ".join(programs.commands[0]))


def test_lab_asks_nothing_about_news_before_the_lesson(programs):
    perform("lab")
    (settings,) = json.loads(course.OVERRIDES.read_text()).values()
    assert settings == {"fetchNews": "false"}


@pytest.mark.parametrize(("uid", "allowed"), [(0, True), (1000, False)])
def test_lab_runs_as_root_only_for_root(programs, monkeypatch, uid, allowed):
    monkeypatch.setattr(course.os, "getuid", lambda: uid, raising=False)
    perform("lab")
    assert ("--ServerApp.allow_root=True" in programs.commands[0]) == allowed


# --- tests and checks ---------------------------------------------------------

CHECKS = ["ruff", "ruff", "nbstripout", "mypy"]
BROWSER = "tests/browser/chromium.py"


def test_test_checks_first_and_runs_pytest_last(programs):
    assert perform("test") == 0
    assert programs.names == [*CHECKS, BROWSER, "pytest"]


def test_test_measures_coverage_of_the_whole_suite(programs):
    perform("test")
    assert {"--cov=rectified", "--cov-fail-under=85"} <= set(programs.commands[-1])


def test_a_selection_of_tests_runs_at_once_and_without_coverage(programs):
    perform("test", "-k", "fold or gate", "tests/widgets")
    assert programs.names == [BROWSER, "pytest"]
    assert programs.commands[-1] == [
        "pytest",
        "-m",
        "",
        "-k",
        "fold or gate",
        "tests/widgets",
    ]


@pytest.mark.parametrize(
    ("options", "marker"),
    [
        ([], ""),
        (["--no-browser"], "not browser"),
        (["--newest"], "not pinned"),
        (["--newest", "--no-browser"], "not browser and not pinned"),
    ],
)
def test_an_option_leaves_out_the_tests_that_it_makes_pointless(
    programs, options, marker
):
    perform("test", *options)
    command = programs.commands[-1]
    assert command[command.index("-m") + 1] == marker


def test_without_browser_none_is_looked_for(programs):
    perform("test", "--no-browser")
    assert BROWSER not in programs.names


def test_without_a_browser_to_be_had_no_test_starts(programs):
    programs.failing = {BROWSER}
    assert perform("test") != 0
    assert "pytest" not in programs.names


def test_a_failed_check_is_named_at_the_end_and_fails_the_run(programs, capsys):
    programs.failing = {"mypy"}
    assert perform("test") != 0
    assert programs.names[-1] == "pytest"
    assert capsys.readouterr().out.endswith("These checks failed, see the top: mypy.\n")


def test_failing_tests_fail_the_run(programs):
    programs.failing = {"pytest"}
    assert perform("test") != 0


def test_check_runs_every_check_even_after_one_has_failed(programs):
    programs.failing = {"ruff"}
    assert perform("check") != 0
    assert programs.names == CHECKS


def test_the_tests_see_no_settings_of_the_user(programs, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", "/mine")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "/mine")
    monkeypatch.setenv("IPYTHONDIR", "/mine")
    monkeypatch.setenv("RECTIFIED_CHROMIUM", "/usr/bin/chromium")
    perform("test")
    env = programs.environments[-1]
    assert not {"/mine", "/elsewhere"} & set(env.values())
    assert env["RECTIFIED_CHROMIUM"] == "/usr/bin/chromium"
    assert env["OMP_NUM_THREADS"] == env["MKL_NUM_THREADS"] == "1"


def test_format_strips_the_notebooks_as_check_wants_them(programs):
    perform("format")
    perform("check")
    strip, verify = (c for c in programs.commands if c[0] == "nbstripout")
    assert [word for word in verify if word != "--verify"] == strip


# --- the command line ---------------------------------------------------------


def test_book_serve_serves_on_this_computer_only(programs):
    perform("book-serve", "8123")
    assert programs.names == ["sphinx", "http.server"]
    assert programs.commands[-1][1:4] == ["8123", "--bind", "127.0.0.1"]


def test_a_book_that_does_not_build_is_not_served(programs):
    programs.failing = {"sphinx"}
    assert perform("book-serve") != 0
    assert programs.names == ["sphinx"]


@pytest.mark.parametrize("verb", ["book", "check", "format", "clean"])
def test_a_verb_that_passes_nothing_on_refuses_options(verb, capsys):
    with pytest.raises(SystemExit):
        course.parse([verb, "--fast"])
    assert f"`{verb}` takes no options, got ['--fast']" in capsys.readouterr().err


def test_bench_runs_every_benchmark_or_those_that_are_named(programs):
    perform("bench")
    assert programs.names == [f"benchmarks.{name}" for name in course.BENCHMARKS]
    perform("bench", "probes")
    assert programs.names[-1] == "benchmarks.probes"
    assert len(programs.names) == len(course.BENCHMARKS) + 1


def test_every_benchmark_is_a_program():
    for name in course.BENCHMARKS:
        text = (ROOT / f"benchmarks/{name}.py").read_text("utf-8")
        assert 'if __name__ == "__main__":' in text


def test_every_verb_installs_extras_that_exist():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    extras = {extra for verb in course.VERBS.values() for extra in verb.extras}
    assert all(re.search(rf"^{extra} = \[", text, re.MULTILINE) for extra in extras)


def test_the_makefile_has_every_verb_and_no_other():
    text = (ROOT / "Makefile").read_text("utf-8")
    verbs = set(re.findall(r"^\t@\$\(COURSE\) ([\w-]+)$", text, re.MULTILINE))
    assert verbs == course.VERBS.keys()
    (phony,) = re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert set(phony.split()) == verbs | {"help"}


def list_documented_commands():
    """Return the command lines for the tool that people read or that CI runs."""
    texts = [*ROOT.glob("*.md"), *ROOT.glob(".github/workflows/*.yml")]
    pattern = re.compile(r"tools[/\\\\]course\.py ([^`\n#]+)")
    return [
        hit.split()
        for path in texts
        for hit in pattern.findall(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize("words", list_documented_commands(), ids=" ".join)
def test_a_documented_command_line_is_accepted(words):
    assert course.parse(words).verb == words[0]


def test_the_tool_explains_itself_with_nothing_installed(tmp_path):
    command = [sys.executable, "-S", str(ROOT / "tools/course.py"), "--help"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert all(verb in answer.stdout for verb in course.VERBS)


def test_ci_runs_what_a_contributor_runs():
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert script.splitlines()[-1] == "make test"
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
    steps = workflow["jobs"]["everything"]["steps"]
    assert {"run": ".ci/run"} in steps
