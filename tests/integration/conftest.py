"""An auditor for all tests that need one, a lake of the samples for all that only read it, and the command line."""

from concurrent.futures import Executor
from pathlib import Path

import pytest

from expectations.audit import warm_up
from tests.integration.nights import Here, take_unaudited
from tests.integration.told import Told

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


@pytest.fixture(scope="session")
def auditor() -> Executor:
    """Have Great Expectations imported here, once; `test_audit_process` and the command line have it in processes."""
    warm_up()
    return Here()


@pytest.fixture(scope="session")
def sample_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take the first night, then the others: two snapshots. Tests leave it as it is."""
    lake = tmp_path_factory.mktemp("samples") / "lake"
    take_unaudited(lake, [SAMPLES / "night-1"])
    take_unaudited(lake, [SAMPLES / "night-2", SAMPLES / "night-3"])
    return lake


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Give the command line."""
    return Told(capsys)
