"""A lake in a bucket of object storage: the folders of a local lake, under `s3://bucket/prefix`.

There is no lock; what keeps writers apart is the conditional put of the manifest (If-None-Match: *), whose loser does
its night again. An object is there whole or not at all, and lasts once its put is answered, so nothing is synced.
Credentials, region and endpoint come from the usual variables (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ...), which the
client reads by itself.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from flows.lake.disk import Hook, perform_at_once
from flows.lake.folder import CATALOG, refuse_odd_path
from flows.lake.marker import MARKER, MARKER_TEXT
from flows.lake.medium import Entry
from transforms.errors import NotALake, Unreachable, UsageError

if TYPE_CHECKING:
    from obstore.store import BackoffConfig

SCHEME: Final = "s3://"

_BLOCK_BYTES: Final = 8 << 20
_RETRIES: Final = 5
_TIMEOUT: Final = timedelta(minutes=2)
_BACKOFF: Final["BackoffConfig"] = {
    "init_backoff": timedelta(milliseconds=100),
    "max_backoff": timedelta(seconds=5),
    "base": 2,
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """The medium that is a prefix in a bucket."""

    address: str
    hook: Hook = perform_at_once

    @classmethod
    def open(cls, address: str, hook: Hook, *, create: bool) -> "Bucket":
        """Open the lake under an address, or make one there when nothing is and `create` is set."""
        name = address.removeprefix(SCHEME).strip("/")
        if not name:
            raise UsageError(f"{address!r} names no bucket; write s3://bucket/prefix")
        bucket = cls(SCHEME + name, hook)
        refuse_odd_path(bucket.address)
        if bucket.entry(MARKER) is None:
            bucket._found(create=create)
        return bucket

    @property
    def part_folders(self) -> tuple[str, ...]:
        """That of the parts."""
        return (f"{self.address}/parts",)

    @property
    def scratch(self) -> Path:
        """A folder of this user's in the machine's own place for drafts, the same for every run on this lake."""
        mark = sha256(self.address.encode()).hexdigest()[:8]
        return Path(tempfile.gettempdir()) / f"broadsheet-{os.getuid()}" / mark

    @property
    def checks_itself(self) -> bool:
        """Object storage keeps checksums; to read everything every night would cost more than the night."""
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold nothing: buckets know no locks."""
        self.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield

    def holder(self) -> None:
        """Give none: buckets know no locks."""

    def free_bytes(self) -> None:
        """Give none: a bucket has no end."""

    def steady(self) -> None:
        """Do nothing: a put that was answered lasts, and one that was not is not to be seen."""

    def probe(self, workspace: Path) -> None:
        """Put one object twice on condition that it is not there; a service that lets both pass would lose commits."""
        name = f"tmp/probe-{uuid4().hex}"
        self.create(name, b"", workspace)
        try:
            self.create(name, b"", workspace)
        except FileExistsError:
            return
        finally:
            self.remove(name)
        raise UsageError(f"{self.address}: the service ignores `If-None-Match: *`; choose one with conditional puts")

    def read(self, name: str) -> bytes:
        """Get an object."""
        with told(self.address):
            return obstore.get(client(self.address), name).bytes().to_bytes()

    def fetch(self, name: str, folder: Path) -> Path:
        """Copy an object, block by block."""
        path = folder / Path(name).name
        with told(self.address):
            blocks = obstore.get(client(self.address), name).stream(min_chunk_size=_BLOCK_BYTES)
            with path.open("wb") as file:
                for block in blocks:
                    file.write(block)
        return path

    def digest(self, name: str) -> str:
        """Get an object block by block for its SHA-256."""
        digest = sha256()
        with told(self.address):
            for block in obstore.get(client(self.address), name).stream(min_chunk_size=_BLOCK_BYTES):
                digest.update(block)
        return digest.hexdigest()

    def entry(self, name: str) -> Entry | None:
        """Ask for an object's head."""
        try:
            with told(self.address):
                head = obstore.head(client(self.address), name)
        except FileNotFoundError:
            return None
        return Entry(head["size"], head["last_modified"])

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """List all objects under a folder; one that is not there is an empty one."""
        with told(self.address):
            pages = list(obstore.list(client(self.address), f"{folder}/" if folder else None))
        return {head["path"]: Entry(head["size"], head["last_modified"]) for page in pages for head in page}

    def move_in(self, staged: Path, name: str) -> None:
        """Put a local file; the draft stays until its workspace goes."""
        self._put(name, staged)

    def settle(self, names: Iterable[str]) -> None:
        """Do nothing: a put that was answered lasts."""

    def create(self, name: str, data: bytes, workspace: Path) -> None:  # noqa: ARG002 - a folder needs a draft first
        """Put on condition that the name is free.

        The client takes 409 (another put of that name is under way) for "taken", so whether it is, is looked up.
        """

        def perform() -> None:
            with told(self.address):
                obstore.put(client(self.address), name, data, mode="create")

        for _ in range(_RETRIES):
            try:
                self.hook("create", (Path(name),), perform)
            except AlreadyExistsError as error:
                if self.entry(name):
                    raise FileExistsError(name) from error
            else:
                return
        raise Unreachable(f"{self.address}/{name}: {_RETRIES} puts met another that did not end; run again")

    def remove(self, name: str) -> None:
        """Delete an object."""

        def perform() -> None:
            with told(self.address):
                obstore.delete(client(self.address), name)

        self.hook("delete", (Path(name),), perform)

    def show(self, catalog: Path, number: int, workspace: Path) -> None:  # noqa: ARG002 - a put replaces at once
        """Put the catalog over the old one, with the number as metadata."""
        self._put(CATALOG, catalog, {"snapshot": str(number)})

    def catalog(self, number: int) -> Path | None:  # noqa: ARG002
        """Give none: DuckDB attaches local files."""
        return None

    def shown(self) -> int | None:
        """Read the number off the catalog's metadata."""
        try:
            with told(self.address):
                found = obstore.get(client(self.address), CATALOG, options={"head": True}).attributes
        except FileNotFoundError:
            return None
        number = found.get("snapshot", "")
        return int(number) if number.isdecimal() else None

    def _put(self, name: str, file: Path, attributes: dict[str, str] | None = None) -> None:
        def perform() -> None:
            with told(self.address):
                obstore.put(client(self.address), name, file, attributes=attributes)

        self.hook("put", (Path(name),), perform)

    def _found(self, *, create: bool) -> None:
        with told(self.address):
            page = next(iter(obstore.list(client(self.address), chunk_size=1)), [])
        if page:
            raise NotALake(
                f"{self.address} is not a lake: it has no {MARKER}, but holds {page[0]['path']}; give an empty prefix"
            )
        if not create:
            raise UsageError(f"there is no lake at {self.address}; check it, or make one with `broadsheet run`")
        try:
            self.create(MARKER, MARKER_TEXT, self.scratch)
        except FileExistsError:
            return  # another first run was faster with the same


@lru_cache(maxsize=8)
def client(address: str) -> S3Store:
    """Return this process's client for what lies under an address; names are relative to it."""
    bucket, _, prefix = address.removeprefix(SCHEME).partition("/")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    return S3Store(
        bucket,
        prefix=prefix or None,
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": _TIMEOUT},
        retry_config={
            "max_retries": _RETRIES,
            "retry_timeout": _TIMEOUT,
            "backoff": _BACKOFF,
        },
    )


@contextmanager
def told(address: str) -> Iterator[None]:
    """Let what the client knows by name pass, and turn the rest into one sentence."""
    try:
        yield
    except (AlreadyExistsError, FileNotFoundError):
        raise
    except BaseError as error:
        reason = str(error).strip().partition("\n")[0]
        raise Unreachable(
            f"{address}: {reason}; check bucket, AWS_ENDPOINT_URL and credentials, and run again"
        ) from error
