"""What tests of several folders share."""

import pytest

from rectified.claims import load, measure


@pytest.fixture(scope="session")
def ledger():
    """Every claim's verdict over ten seeds, measured once."""
    return {claim.id: measure(claim.id, seeds=range(10)) for claim in load()}
