"""One process with Great Expectations imported, for all tests that need an audit."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from expectations.audit import warm_up
from flows.drivers import worker_pool


@pytest.fixture(scope="session")
def auditor() -> Iterator[ProcessPoolExecutor]:
    """Start the slow import once."""
    with worker_pool(1, warm_up) as pool:
        pool.submit(int)
        yield pool
