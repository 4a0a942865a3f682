"""A lake without a snapshot."""

from pathlib import Path

import pytest

from flows.lake.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Make a lake without a snapshot."""
    return Store.open(tmp_path / "lake", create=True)
