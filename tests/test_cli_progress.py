"""The command that shows, moves and resets a learner's progress."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rectified._cli import main
from rectified.practice import course
from rectified.practice.progress import Progress

DONE = {"item": "01-gate", "kind": "exercise", "state": "done", "answer": 1}
TRIED = {"item": "01-q-mask", "kind": "question", "state": "tried", "answer": 2}
GUESS = {"item": "05-bias", "kind": "prediction", "state": "done", "answer": 3}


@pytest.fixture
def progress(tmp_path, monkeypatch):
    path = Path(os.path.realpath(tmp_path)) / "progress.json"
    monkeypatch.setenv("RECTIFIED_PROGRESS", str(path))
    return Progress(path)


@pytest.fixture
def filled(progress):
    for event in (GUESS, DONE, TRIED):
        assert progress.record(event) == ""
    return progress


@pytest.mark.parametrize("arguments", [["progress"], ["progress", "show"]])
def test_show_counts_what_is_done_in_each_lesson_and_says_where(
    filled, capsys, arguments
):
    assert main(arguments) == 0
    *table, place = capsys.readouterr().out.splitlines()
    head, *rows = (line.replace(" of ", "/").split() for line in table)
    assert head == ["lesson", "predictions", "questions", "exercises"]
    counts = {number: cells for number, *cells in rows}
    assert list(counts) == [lesson.number for lesson in course.lessons()]
    assert [cell.partition("/")[0] for cell in counts["01"]] == ["0", "0", "1"]
    assert [cell.partition("/")[0] for cell in counts["05"]] == ["1", "0", "0"]
    assert counts["01"][1] == f"0/{len(course.item_ids('01')['question'])}"
    assert place == f"Your progress is in {filled.path}"


def test_show_before_the_first_answer_counts_nothing(progress, capsys):
    assert main(["progress"]) == 0
    out = capsys.readouterr().out
    assert "0 of" in out
    assert not any(f" {n} of" in out for n in range(1, 9))


def test_show_tells_what_happened_to_the_file(progress, capsys):
    progress.path.write_text("broken", "utf-8")
    assert main(["progress"]) == 0
    assert "rectified: The file with your progress cannot be" in capsys.readouterr().err


def test_what_is_exported_can_be_imported(filled, tmp_path, monkeypatch, capsys):
    copy = tmp_path / "copy.json"
    assert main(["progress", "export", str(copy)]) == 0
    assert capsys.readouterr().out == f"Your progress is copied to {copy}\n"
    monkeypatch.setenv("RECTIFIED_PROGRESS", str(tmp_path / "new" / "progress.json"))
    assert main(["progress", "import", str(copy)]) == 0
    assert capsys.readouterr().out == "3 items changed.\n"
    other = Progress(tmp_path / "new" / "progress.json")
    assert other.read() == filled.read()


def test_export_overwrites_a_file_only_if_forced(filled, tmp_path, capsys):
    copy = tmp_path / "copy.json"
    copy.write_text("precious", "utf-8")
    assert main(["progress", "export", str(copy)]) == 2
    assert "`FILE` must be a new file, got" in capsys.readouterr().err
    assert copy.read_text("utf-8") == "precious"
    assert main(["progress", "export", str(copy), "--force"]) == 0
    assert json.loads(copy.read_text("utf-8"))["items"].keys() == filled.read().keys()


@pytest.mark.parametrize("action", ["export", "import"])
def test_a_file_in_no_folder_is_a_mistake_in_plain_words(
    filled, tmp_path, capsys, action
):
    assert main(["progress", action, str(tmp_path / "no" / "copy.json")]) == 2
    message = capsys.readouterr().err
    assert "rectified: `FILE` must be a file that can be used, got" in message
    assert "check its name (No such file or directory)" in message


def test_a_foreign_file_is_not_imported(filled, tmp_path, capsys):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    assert main(["progress", "import", str(tmp_path / "photo.jpg")]) == 2
    assert "rectified: `text` must be JSON" in capsys.readouterr().err
    assert len(filled.read()) == 3


@pytest.mark.parametrize("answer", ["no\n", "y\n", "\n", ""])
def test_whatever_is_not_yes_keeps_everything(filled, monkeypatch, capsys, answer):
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert main(["progress", "reset"]) == 1
    assert "Nothing was changed." in capsys.readouterr().out
    assert len(filled.read()) == 3


def test_without_anybody_to_ask_everything_is_kept(filled, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["progress", "reset"]) == 1
    assert len(filled.read()) == 3


@pytest.mark.parametrize(
    ("arguments", "answer"), [([], "yes\n"), (["--yes"], "")], ids=["asked", "--yes"]
)
def test_a_reset_says_where_the_backup_is(
    filled, monkeypatch, capsys, arguments, answer
):
    before = filled.read()
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert main(["progress", "reset", *arguments]) == 0
    assert not filled.read()
    backup = Path(capsys.readouterr().out.strip().rpartition(" is kept as ")[2])
    assert json.loads(backup.read_text("utf-8"))["items"] == before


def test_a_reset_of_nothing_says_so(progress, capsys):
    assert main(["progress", "reset", "--yes"]) == 0
    assert capsys.readouterr().out == "There was nothing to reset.\n"


def test_a_reset_that_fails_is_one_line_and_exit_code_2(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RECTIFIED_PROGRESS", str(tmp_path / "file" / "progress.json"))
    assert main(["progress", "reset", "--yes"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("rectified: nothing was changed, because")
    assert message.count("\n") == 1


def test_words_that_are_no_action_show_the_usage(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["progress", "erase"])
    assert stop.value.code == 2
    assert "usage: python -m rectified progress" in capsys.readouterr().err


def test_the_command_runs_as_a_program_and_asks_nobody_without_input(filled):
    run = subprocess.run(
        [sys.executable, "-m", "rectified", "progress", "reset"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert run.returncode == 1
    assert "Type yes or no: \nNothing was changed." in run.stdout
    assert len(filled.read()) == 3
