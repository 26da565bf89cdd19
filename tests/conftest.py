"""What tests of several folders share."""

from pathlib import Path

import pytest

from rectified.claims import load, measure

ROOT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items):
    """Say which tests must run in the same process, if there are several."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(process_of(item)))


def process_of(item):
    """Name what a test shares with others and what is slow to make twice."""
    path = item.path.relative_to(ROOT).as_posix()
    if path.startswith("tests/book/"):
        return "book"
    if path.startswith("tests/rules/") or path == "tests/test_claims.py":
        return "ledger"
    if path == "tests/browser/test_lab.py":
        return f"lesson {item.callspec.params['lesson']}"
    return path


@pytest.fixture(scope="session")
def ledger():
    """Every claim's verdict over ten seeds, measured once."""
    return {claim.id: measure(claim.id, seeds=range(10)) for claim in load()}
