"""A server with a bucket, and the variables that lead to it."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from flows.lake.bucket import client

PROJECT = Path(__file__).parents[2]
BUCKET = "news"


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """Run a server; give the address of a lake that is not there yet."""
    command = [sys.executable, "-m", "tests.object_storage.server", *options]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process,
        pytest.MonkeyPatch.context() as patch,
    ):
        assert process.stdout is not None
        assert process.stdin is not None
        endpoint = process.stdout.readline().strip()
        for name, value in {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint,
        }.items():
            patch.setenv(name, value)
        with urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")):  # noqa: S310
            client.cache_clear()
        yield f"s3://{BUCKET}/{uuid4().hex}/lake"
        process.stdin.close()
    client.cache_clear()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve for the tests of a module."""
    with serving() as lake:
        yield lake.rpartition("/")[0]


@pytest.fixture
def lake(server: str) -> str:
    """Give the address of a lake of one's own, not there yet."""
    return f"{server}/{uuid4().hex}"
