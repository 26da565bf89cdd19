"""The learner's progress file: nothing is lost, and nothing stops a lesson."""

import errno
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import platformdirs
import pytest
from filelock import FileLock

from rectified.practice import progress_file
from rectified.practice.progress import Progress, open_progress

EVENT = {"item": "01-gate", "kind": "question", "state": "tried", "answer": 3}
OTHER = {**EVENT, "item": "02-slope", "state": "done", "answer": 1, "right": True}


@pytest.fixture
def progress(tmp_path):
    return Progress(tmp_path / "course" / "progress.json")


def reread(progress):
    """Return the records as another process sees them."""
    return Progress(progress.path).read()


def names(folder):
    """Return the names of all files in a folder but the lock's."""
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def fail(code):
    """Return a function that fails as the operating system does."""

    def call(*_, **__):
        raise OSError(code, os.strerror(code))

    return call


def test_without_a_file_nothing_is_done_and_nothing_is_made(progress):
    assert not progress.read()
    assert progress.take_message() == ""
    assert not progress.path.parent.exists()


def test_what_is_recorded_is_there_in_the_next_session(progress):
    assert progress.record({**EVENT, "why": "β > 0"}) == ""
    record = reread(progress)["01-gate"]
    assert (record["last"], record["state"], record["why"]) == (3, "tried", "β > 0")
    assert names(progress.path.parent) == {"progress.json"}
    assert json.loads(progress.path.read_text("utf-8"))["version"] == 1


def test_an_event_without_a_time_happens_now(progress):
    before = progress_file.now()
    progress.record(EVENT)
    progress.record({**OTHER, "at": "2026-11-28T07:00:00Z"})
    assert before <= progress.read()["01-gate"]["began"] <= progress_file.now()
    assert progress.read()["02-slope"]["began"] == "2026-11-28T07:00:00Z"


def test_any_text_can_be_an_answer(progress):
    # A lone surrogate comes from a paste gone wrong; no encoding can store it.
    answer = {"text": '\ud800\x00 "\n\U0001f600'}
    progress.record({**EVENT, "answer": answer})
    assert reread(progress)["01-gate"]["last"] == answer


def test_a_malformed_event_is_a_mistake_of_the_course_and_is_not_kept(progress):
    with pytest.raises(ValueError, match="`kind` must be one of"):
        progress.record({**EVENT, "kind": "riddle"})
    assert not progress.read()


def test_records_cannot_be_replaced_from_outside(progress):
    with pytest.raises(TypeError):
        progress.read()["01-gate"] = {}


def test_there_is_one_object_per_file(tmp_path, monkeypatch):
    opened = []
    for name in ("a.json", "b.json", "a.json"):
        monkeypatch.setenv("RECTIFIED_PROGRESS", str(tmp_path / name))
        opened.append(open_progress())
    assert opened[0] is opened[2] is not opened[1]
    assert opened[1].path.name == "b.json"


@pytest.mark.parametrize("value", ["", None])
def test_by_default_the_file_is_in_the_folder_of_the_user(value, monkeypatch):
    monkeypatch.delenv("RECTIFIED_PROGRESS", raising=False)
    if value is not None:
        monkeypatch.setenv("RECTIFIED_PROGRESS", value)
    folder = platformdirs.user_data_path("rectified", appauthor=False)
    assert open_progress().path == Path(os.path.realpath(folder / "progress.json"))


def test_another_process_that_writes_meanwhile_loses_nothing(progress):
    other = Progress(progress.path)
    progress.record(EVENT)
    other.record(OTHER)
    progress.record(EVENT)
    assert reread(progress)["01-gate"]["tries"] == 2
    assert progress.read().keys() == {"01-gate", "02-slope"}


def test_malformed_records_are_kept_aside_and_unknown_keys_survive(progress):
    progress.record(EVENT)
    document = json.loads(progress.path.read_text("utf-8"))
    document["items"]["01-gate"]["mood"] = "fine"
    document["items"]["03-zeros"] = {"state": "done"}
    document["theme"] = "dark"
    progress.path.write_text(json.dumps(document), "utf-8")
    assert progress.read().keys() == {"01-gate"}
    for _ in range(2):
        assert progress.record({**OTHER, "item": "03-zeros"}) == ""
    document = json.loads(progress.path.read_text("utf-8"))
    assert document["unknown"] == [{"03-zeros": {"state": "done"}}]
    assert document["theme"] == "dark"
    assert document["items"]["01-gate"]["mood"] == "fine"
    assert document["items"]["03-zeros"]["tries"] == 2


BROKEN = {
    "empty": b"",
    "cut off": b'{"version": 1, "items": {"01-',
    "not UTF-8": b'{"version": 1, "items": {"\xff": 1}}',
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "no version": b'{"items": {}}',
    "version of text": b'{"version": "1", "items": {}}',
    "items in a list": b'{"version": 1, "items": []}',
    "unknown in an object": b'{"version": 1, "items": {}, "unknown": {}}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_set_aside_and_the_learner_is_told_once(progress, content):
    progress.path.parent.mkdir()
    progress.path.write_bytes(content)
    message = progress.record(EVENT)
    assert "cannot be understood" in message
    assert progress.record(EVENT) == ""
    (kept,) = progress.path.parent.glob("progress.unreadable-????????T??????Z.json")
    assert str(kept) in message
    assert kept.read_bytes() == content
    assert reread(progress)["01-gate"]["tries"] == 2


def test_a_file_of_a_newer_version_is_set_aside_when_it_is_read(progress):
    progress.path.parent.mkdir()
    progress.path.write_text('{"version": 2, "things": []}', "utf-8")
    assert not progress.read()
    message = progress.take_message()
    assert "newer version of the course" in message
    assert progress.take_message() == ""
    (kept,) = progress.path.parent.glob("progress.version-2-*.json")
    assert str(kept) in message


def test_files_that_are_set_aside_in_the_same_second_keep_apart(progress, monkeypatch):
    monkeypatch.setattr(progress_file, "now", lambda: "2026-11-28T07:00:00Z")
    for content in "abc":
        progress.record(EVENT)
        progress.path.write_text(content, "utf-8")
        progress.read()
    stem = "progress.unreadable-20261128T070000Z"
    kept = [f"{stem}.json", f"{stem}-2.json", f"{stem}-3.json"]
    assert names(progress.path.parent) == set(kept)
    assert [progress.path.with_name(name).read_text() for name in kept] == [*"abc"]


def test_a_file_that_cannot_be_set_aside_is_never_overwritten(progress, monkeypatch):
    progress.path.parent.mkdir()
    progress.path.write_text("broken", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail(errno.EACCES))
        message = progress.record(EVENT)
        assert "The course goes on" in message
        assert "cannot be understood and cannot be renamed" in message
        assert progress.read().keys() == {"01-gate"}
        assert progress.path.read_text("utf-8") == "broken"
    assert "it is kept as" in progress.record(OTHER)
    assert reread(progress).keys() == {"01-gate", "02-slope"}


TROUBLES = {
    "fsync: the disk is full": (os, "fsync", errno.ENOSPC, "the disk is full; make"),
    "replace: read-only": (Path, "replace", errno.EROFS, "you may write to"),
    "open: no permission": (Path, "open", errno.EACCES, "you may write to"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_what_cannot_be_saved_stays_in_memory_until_it_can(
    progress, monkeypatch, trouble
):
    where, name, code, words = trouble
    progress.record(OTHER)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, fail(code))
        for _ in range(2):
            message = progress.record(EVENT)
            assert "not saved" in message
            assert words in message
        assert progress.read()["01-gate"]["tries"] == 2
    assert names(progress.path.parent) == {"progress.json"}
    assert reread(progress).keys() == {"02-slope"}
    assert progress.record({**EVENT, "item": "03-zeros"}) == ""
    assert reread(progress)["01-gate"]["tries"] == 2
    assert progress.read() == reread(progress)


def test_where_no_folder_can_be_the_course_goes_on(tmp_path):
    (tmp_path / "file").touch()
    progress = Progress(tmp_path / "file" / "progress.json")
    assert not progress.read()
    assert "earlier progress is not shown" in progress.take_message()
    assert "RECTIFIED_PROGRESS" in progress.record(EVENT)
    assert progress.read().keys() == {"01-gate"}


def test_a_lock_that_another_program_keeps_is_not_waited_for_long(
    progress, monkeypatch
):
    monkeypatch.setattr(progress_file, "LOCK_SECONDS", 0.1)
    progress.record(OTHER)
    with FileLock(f"{progress.path}.lock"):
        assert "locked the file for 0.1 seconds" in progress.record(EVENT)
        assert progress.read().keys() == {"01-gate", "02-slope"}
    assert progress.record(EVENT) == ""
    assert reread(progress)["01-gate"]["tries"] == 2


def test_a_file_that_another_program_reads_is_replaced_a_moment_later(
    progress, monkeypatch
):
    real, calls = Path.replace, []

    def replace(path, target):
        calls.append(path)
        if len(calls) < 4:  # as Windows does
            raise PermissionError(errno.EACCES, "Access is denied")
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert progress.record(EVENT) == ""
    assert len(calls) == 4


def test_an_exported_text_brings_everything_into_another_file(progress, tmp_path):
    progress.record(EVENT)
    progress.record(OTHER)
    other = Progress(tmp_path / "other.json")
    assert other.import_text(progress.export_text()) == "2 items changed."
    assert other.import_text(progress.export_text().encode()) == "0 items changed."
    assert reread(other) == reread(progress)


def test_an_import_merges_and_erases_nothing(progress, tmp_path):
    progress.record({**EVENT, "at": "2026-11-28T07:00:00Z"})
    other = Progress(tmp_path / "other.json")
    other.record({**EVENT, "answer": 5, "at": "2026-11-28T08:00:00Z"})
    progress.record(OTHER)
    assert progress.import_text(other.export_text()) == "1 item changed."
    assert progress.read().keys() == {"01-gate", "02-slope"}
    assert progress.read()["01-gate"]["first"] == 3
    assert reread(progress)["01-gate"]["last"] == 5


def test_an_import_keeps_what_it_does_not_understand(progress):
    text = json.dumps({"version": 1, "items": {"01-gate": {"state": "done"}}})
    for _ in range(2):
        message = progress.import_text(text)
        assert message == "0 items changed. 1 not understood, but kept."
    assert json.loads(progress.export_text())["unknown"] == [
        {"01-gate": {"state": "done"}}
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello", "`text` must be JSON, got 'hello'; choose"),
        ("[1, 2]", "`text` must be a JSON object"),
        ('{"cells": [], "nbformat": 4}', '`text` must be a progress file with a "vers'),
        ('{"version": 1}', '`text` must be a progress file with "items"'),
        ('{"version": 2}', "`version` must be at most 1, got 2; update the course"),
    ],
)
def test_what_is_no_progress_file_is_not_imported(progress, text, message):
    progress.record(EVENT)
    with pytest.raises(ValueError, match=message):
        progress.import_text(text)
    assert reread(progress).keys() == {"01-gate"}


def test_a_reset_keeps_a_backup_that_can_be_imported_again(progress):
    progress.record(EVENT)
    kept = progress.reset()
    assert kept.parent == progress.path.parent
    assert kept.name.startswith("progress.backup-")
    assert not progress.read()
    assert progress.import_text(kept.read_bytes()) == "1 item changed."
    assert progress.read().keys() == {"01-gate"}


def test_a_reset_of_nothing_keeps_nothing(progress):
    assert progress.reset() is None


def test_a_reset_also_keeps_what_was_in_memory_only(progress, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail(errno.ENOSPC))
        progress.record(EVENT)
    kept = progress.reset()
    assert not progress.read()
    assert "01-gate" in json.loads(kept.read_text("utf-8"))["items"]


@pytest.mark.parametrize("name", ["import_text", "reset"])
def test_an_import_or_reset_that_fails_changes_nothing(progress, monkeypatch, name):
    progress.record(EVENT)
    text = progress.export_text().replace("01-gate", "02-slope")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail(errno.EROFS))
        patch.setattr(Path, "rename", fail(errno.EROFS))
        with pytest.raises(OSError, match=r"nothing was changed, because .* cannot be"):
            progress.import_text(text) if name == "import_text" else progress.reset()
        assert progress.read().keys() == {"01-gate"}
    assert reread(progress).keys() == {"01-gate"}


# The progress file alone, without what `rectified` and `rectified.practice` import.
ALONE = f"""
import sys
from pathlib import Path
from types import ModuleType

folder = Path({progress_file.__file__!r}).parent
for name, path in [("rectified", folder.parent), ("rectified.practice", folder)]:
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [str(path)]
from rectified.practice import progress_file
from rectified.practice.progress import Progress
"""

# A learner's session that answers one item again and again, and says so each time. It
# waits for its turn: four of them keep the file locked most of the time.
WRITER = f"""{ALONE}
progress_file.LOCK_SECONDS = 60
progress, item, times = Progress(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for answer in range(times):
    event = {{"item": item, "kind": "question", "state": "tried", "answer": answer}}
    print(progress.record(event) or "saved", flush=True)
"""


def start_writer(path, item, times):
    command = [sys.executable, "-c", WRITER, str(path), item, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_sessions_that_save_at_once_lose_nothing(progress):
    items = ("01-gate", "02-slope")
    writers = [start_writer(progress.path, item, 100) for item in items]
    for writer in writers:
        assert writer.communicate(timeout=60)[0].split() == ["saved"] * 100
    assert [progress.read()[item]["tries"] for item in items] == [100, 100]


def test_a_session_that_is_killed_leaves_everything_that_it_has_saved(progress):
    delays = random.Random(0)
    # Four at a time, so that they are also killed while they wait for each other.
    for batch in range(50):
        items = [f"{batch:02}-{number}" for number in range(4)]
        writers = {item: start_writer(progress.path, item, 10**6) for item in items}
        for item, writer in writers.items():
            with writer:
                assert writer.stdout.readline() == "saved\n"
                time.sleep(delays.uniform(0, 0.06))
                writer.kill()
                told = 1 + writer.stdout.read().count("saved\n")
            record = progress_file.load(progress.path)["items"][item]
            # One more may be in the file, of which it could not tell any more.
            assert record["tries"] - told in (0, 1)
            assert record["last"] == record["tries"] - 1
    assert len(progress.read()) == 200
    assert names(progress.path.parent) <= {"progress.json", "progress.json.tmp"}


def test_importing_it_imports_nothing_slow():
    slow = {"numpy", "torch", "matplotlib", "IPython", "filelock", "platformdirs"}
    program = f"{ALONE}\nprint(sorted({slow} & set(sys.modules)))"
    command = [sys.executable, "-c", program]
    assert subprocess.check_output(command, text=True).strip() == "[]"
