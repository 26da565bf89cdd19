"""What tests of several folders share."""

import os
import re
import sys
from contextlib import contextmanager

import pytest

from rectified.claims import load, measure


@pytest.fixture(scope="session", autouse=True)
def progress_of_a_test(tmp_path_factory):
    """No test touches the progress of whoever runs it."""
    if not os.environ.get("RECTIFIED_PROGRESS"):
        path = tmp_path_factory.mktemp("progress") / "progress.json"
        os.environ["RECTIFIED_PROGRESS"] = str(path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep together what shares something that is slow to make."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return name_group(nodeid)

    return Scheduler(config, log)


def name_group(nodeid):
    """Name the group of tests that run in one process, one after the other."""
    path = nodeid.partition("::")[0]
    if path.startswith("tests/book/"):
        return "the book"
    if path.startswith("tests/rules/") or path == "tests/test_claims.py":
        return "the ledger"
    lesson = re.search(r"\d\d_[a-z0-9_]+", nodeid)
    if path == "tests/browser/test_lab.py" and lesson:
        return f"lesson {lesson[0]} in JupyterLab"
    return path


@contextmanager
def untraced():
    """Do not count which lines run: that takes long where many small ones do.

    What claims run is counted in tests/experiments/.
    """
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@pytest.fixture(scope="session")
def ledger():
    """Every claim's verdict over ten seeds, measured once."""
    with untraced():
        return {claim.id: measure(claim.id, seeds=range(10)) for claim in load()}
