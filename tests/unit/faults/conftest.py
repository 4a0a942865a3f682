"""A recorded folder with a toy store in it."""

from pathlib import Path

import pytest

from tests.faults.oplog import Recorder
from tests.unit.faults.toy import Toy


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    """Record what happens in a folder that is empty at first."""
    (tmp_path / "disk").mkdir()
    return Recorder(tmp_path / "disk")


@pytest.fixture
def toy(recorder: Recorder) -> Toy:
    """Make a toy store whose every operation is recorded."""
    return Toy(recorder.root, recorder)
