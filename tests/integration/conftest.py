"""An auditor for all tests that need one, and the command line."""

from concurrent.futures import Executor

import pytest

from expectations.audit import warm_up
from tests.integration.nights import Here
from tests.integration.told import Told


@pytest.fixture(scope="session")
def auditor() -> Executor:
    """Have Great Expectations imported here, once; `test_audit_process` and the command line have it in processes."""
    warm_up()
    return Here()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Give the command line."""
    return Told(capsys)
