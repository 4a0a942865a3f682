"""A server with buckets, and the variables that lead to it."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from flows.lake.bucket import client
from tests.object_storage.server import LOSES_ANSWERS, WITHOUT_CONDITIONS

PROJECT = Path(__file__).parents[2]
BUCKET = "news"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Run a server; give its endpoint."""
    command = [sys.executable, "-m", "tests.object_storage.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        endpoint = process.stdout.readline().strip()
        for bucket in (BUCKET, LOSES_ANSWERS, WITHOUT_CONDITIONS):
            request = urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")  # noqa: S310
            urllib.request.urlopen(request).close()  # noqa: S310
        yield endpoint
        process.stdin.close()


@pytest.fixture(scope="module")
def lake_in(server: str) -> Iterator[Callable[[str], str]]:
    """Give a function that gives the address of a lake of one's own in a bucket, not there yet."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": server,
        }.items():
            patch.setenv(name, value)
        client.cache_clear()
        yield lambda bucket: f"s3://{bucket}/{uuid4().hex}"
    client.cache_clear()


@pytest.fixture
def lake(lake_in: Callable[[str], str]) -> str:
    """Give the address of a lake of one's own, not there yet."""
    return lake_in(BUCKET)
