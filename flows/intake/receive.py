"""Receive one delivered file: read it once, unpack it, stage what it holds, keep a copy, and say what it is."""

import hashlib
import mmap
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import zstandard

from flows.intake.archives import TAR_HEAD_BYTES, Entry, is_tar, is_zip, tar_entries, zip_entries
from flows.intake.decompress import Budget, Codec, Stream, unpacked
from flows.intake.delivery import Delivery, Sink, opened
from flows.intake.receipt import IntakeLimits, Member, RawCopy, Receipt, printable
from flows.intake.sniff import PARQUET_MAGIC, IsText, IsTextColumn, recognise, unknown_format
from flows.intake.staging import Staged, stage
from transforms.errors import DumpRefused
from transforms.parse import Data, Format, census
from transforms.parse.formats import FORMATS

_KNOWN: Final = (
    f"known are {', '.join(kind.name for kind in FORMATS if kind.suffixes)}, plain, under gzip, zstd, bzip2 or xz, "
    "or in a zip or tar"
)
_SHOWN_SKIPS: Final = 3
_DEFAULT_LIMITS: Final = IntakeLimits()


def receive(
    path: Path,
    name: str,
    workspace: Path,
    limits: IntakeLimits = _DEFAULT_LIMITS,
    is_text_column: IsTextColumn | None = None,
    is_text: IsText | None = None,
    *,
    keep_raw: bool = True,
) -> Receipt:
    """Stage the file at `path`, delivered under `name`, in `workspace`, a folder of this dump alone.

    `is_text_column` tells a column that holds articles, so that a table whose name says nothing is known by its header;
    `is_text` tells a file that the settings say is text.
    Raises DumpRefused in one sentence; a failure to write is an OSError.
    """
    label = printable(name)
    workspace.mkdir(parents=True, exist_ok=True)
    with opened(path, label) as delivery:
        reception = _Reception(delivery, workspace, limits, is_text_column, is_text)
        receipt = reception.receipt(keep_raw=keep_raw)
        delivery.ensure_unchanged()
        return receipt


class _Reception:
    """The reception of one delivery: what has been staged and skipped so far."""

    def __init__(
        self,
        delivery: Delivery,
        workspace: Path,
        limits: IntakeLimits,
        is_text_column: IsTextColumn | None,
        is_text: IsText | None,
    ) -> None:
        self.delivery = delivery
        self.label = delivery.label
        self.workspace = workspace
        self.limits = limits
        self.is_text_column = is_text_column
        self.is_text = is_text
        self.budget = self._new_budget()
        self.members: list[Member] = []
        self.digests: list[str] = []
        self.skipped: list[str] = []
        self.copies: Counter[str] = Counter()

    def _new_budget(self) -> Budget:
        return Budget(self.label, self.delivery.byte_count, self.limits)

    def receipt(self, *, keep_raw: bool) -> Receipt:
        """Read the delivery to its end and say what it is."""
        codec, stream = unpacked(self.delivery.read, self.label)
        head = stream.head(TAR_HEAD_BYTES)
        if codec is Codec.PLAIN and is_zip(head):
            digest, suffix = self._zip(stream), ".zip"
        elif is_tar(head):
            with self._kept(keep_raw, as_it_is=True):
                digest, suffix = self._tar(stream), f".tar{codec}"
        else:
            is_packed = codec is not Codec.PLAIN or head.startswith(PARQUET_MAGIC)
            with self._kept(keep_raw, as_it_is=is_packed):
                digest = self._file(stream)
            suffix = f".{self.members[0].format}{codec if is_packed else Codec.ZSTD}"
        raw = RawCopy(self._raw_path, suffix, _sha256(self._raw_path)) if keep_raw else None
        byte_count = sum(m.byte_count for m in self.members)
        return Receipt(self.label, digest, byte_count, raw, tuple(self.members), tuple(self.skipped))

    @property
    def _raw_path(self) -> Path:
        return self.workspace / "raw"

    @contextmanager
    def _kept(self, is_wanted: bool, *, as_it_is: bool) -> Iterator[None]:
        """Keep what is read meanwhile, and what was read before."""
        if not is_wanted:
            self.delivery.keep_in(None)
            yield
            return
        with self._raw_path.open("wb") as file, _sink(file, as_it_is=as_it_is) as sink:
            self.delivery.keep_in(sink)
            yield
            self.delivery.keep_in(None)

    def _file(self, stream: Stream) -> str:
        staged = stage(stream, self._next_path, self.budget)
        if staged.byte_count == 0:
            raise DumpRefused(f"{self.label} holds 0 bytes under its compression; have it delivered again")
        if not self._add(staged, None):
            raise DumpRefused(f"{self.label} {_what(staged)}; {_KNOWN}; convert or rename it")
        return staged.digest

    def _zip(self, stream: Stream) -> str:
        # Its table of contents is at its end, so the copy is written before anything is read.
        with self._kept(True, as_it_is=True):
            for _ in stream:
                pass
        with self._raw_path.open("rb") as file:
            return self._archive(zip_entries(file, self.label, self.limits))

    def _tar(self, stream: Stream) -> str:
        counted = Stream(_counted(stream, self._new_budget()))
        return self._archive(tar_entries(counted, self.label, self.limits))

    def _archive(self, entries: Iterator[Entry]) -> str:
        for entry in entries:
            self._take(entry)
        if not self.members:
            why = "; ".join(self.skipped[:_SHOWN_SKIPS]) or "it holds no file"
            raise DumpRefused(f"{self.label} has nothing to read in it ({why}); {_KNOWN}")
        return hashlib.sha256("".join(sorted(self.digests)).encode("utf-8", "surrogateescape")).hexdigest()

    def _take(self, entry: Entry) -> None:
        shown = printable(entry.name)
        _, stream = unpacked(entry.read, f"{self.label}, file {shown} in it,")
        head = stream.head(TAR_HEAD_BYTES)
        staged = stage(stream, self._next_path, self.budget)
        if staged.byte_count == 0:
            self.skipped.append(f"{shown} is empty")
        elif is_zip(head) or is_tar(head):
            self.skipped.append(f"{shown} is an archive inside the archive")
        elif not self._add(staged, own := self._own_name(shown)):
            self.skipped.append(f"{shown} {_what(staged)}")
        else:
            name = entry.name if own == shown else own
            self.digests.append(f"{name}\0{staged.digest}\n")

    def _own_name(self, shown: str) -> str:
        """Put a number to a name that another file of the archive has, too, for records are found again by name."""
        self.copies[shown] += 1
        copy, name = self.copies[shown], shown
        while copy > 1 and name in self.copies:
            folder, slash, own = shown.rpartition("/")
            name = f"{folder}{slash}({copy}) {own}"
            copy += 1
        self.copies[name] = max(self.copies[name], 1)
        return name

    @property
    def _next_path(self) -> Path:
        """Where the next member goes; one that was skipped is overwritten by the next."""
        return self.workspace / f"member-{len(self.members):06}"

    def _add(self, staged: Staged, member: str | None) -> bool:
        with _mapped(staged.path) as content:
            found = recognise(content, member or self.label, staged.first_bad_byte, self.is_text_column, self.is_text)
            if found is not None:
                self.members.append(Member(member, staged.path, *found, staged.byte_count))
                self.skipped.extend(_passed_over(content, found[0], member or self.label))
        return found is not None


def _what(staged: Staged) -> str:
    with _mapped(staged.path) as content:
        return unknown_format(content)


def _passed_over(content: Data, form: Format, shown: str) -> Iterator[str]:
    """Say of a web archive what it holds beside pages, which no record comes of."""
    counts = census(content) if form is Format.WARC else {}
    if counts:
        what = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
        yield f"{shown} holds {what}, which are no articles"


@contextmanager
def _sink(file: BinaryIO, *, as_it_is: bool) -> Iterator[Sink]:
    if as_it_is:
        yield file
        return
    with zstandard.ZstdCompressor(level=1, write_checksum=True).stream_writer(file, closefd=False) as writer:
        yield writer


def _counted(stream: Stream, budget: Budget) -> Iterator[bytes]:
    for block in stream:
        budget.spend(len(block))
        yield block


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield content
