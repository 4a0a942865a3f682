"""Scores extractors of stories from web pages against the truth, ours beside the bare ones of others.

    python -m tests.benchmarks.pages --realdata DIR

DIR holds `html/ground-truth.json` (digest to articleBody and url) and `html/pages/<digest>.html.gz`.
"""

import argparse
import gzip
import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.pages_peers import absent, installed, trafilatura_metadata
from tests.benchmarks.pages_score import Score
from transforms.page import Extractor, Page, read_page
from transforms.parse import Format, Record, parse
from transforms.parse.html import page_text

_WARC: Final = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
)
_HTTP: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A page with its address, as it was fetched, and its true story."""

    url: str
    raw: bytes
    html: str
    story: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one extractor did; shares of pages with a title, a date and an author where it looks for them."""

    name: str
    score: Score | None
    pages_per_second: float
    found: tuple[float, float, float] | None = None
    failed: int = 0

    def line(self) -> str:
        """Write the row of the table."""
        of = f"{self.score.f1:.4f}  {self.score.precision:.4f}  {self.score.recall:.4f}" if self.score else " " * 22
        shares = "  ".join(f"{share:6.1%}" for share in self.found) if self.found else ""
        failed = f"  {self.failed} pages failed" if self.failed else ""
        return f"{self.name:<32}  {of}  {self.pages_per_second:7.0f}  {shares}{failed}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table. Returns 2 when the truth is not there."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--realdata", type=Path, required=True, help="folder that holds html/ground-truth.json")
    folder = parser.parse_args(arguments).realdata / "html"
    if not (folder / "ground-truth.json").is_file():
        sys.stderr.write(f"{folder} has no ground-truth.json; give the folder above it as --realdata\n")
        return 2
    samples = list(_samples(folder))
    _say(f"{len(samples)} pages, one core; F1, precision and recall by words, each page counting the same")
    _say(f"{'':<32}  {'F1':<6}  prec.   recall  pages/s   title    date  author")
    for row in _rows(samples):
        _say(row.line())
    if absent():
        _say(f"not installed, so left out: {', '.join(absent())}")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _samples(folder: Path) -> Iterator[Sample]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for digest, entry in truth.items():
        raw = gzip.decompress((folder / "pages" / f"{digest}.html.gz").read_bytes())
        yield Sample(entry["url"], raw, page_text(raw), entry["articleBody"])


def _rows(samples: list[Sample]) -> Iterator[Row]:
    for extractor in Extractor:
        yield _ours(samples, extractor)
    for name, extract in installed():
        yield _theirs(samples, name, extract)
    yield _metadata(samples)
    for extractor in Extractor:
        yield _archived(samples, extractor)


def _ours(samples: list[Sample], extractor: Extractor) -> Row:
    pages, speed, failed = _timed(samples, lambda s: read_page(s.raw, s.url, extractor))
    score = Score.mean([Score.of(s.story, p.text) for s, p in zip(samples, pages, strict=True) if p is not None])
    return Row(f"ours, {extractor} (with metadata)", score, speed, _shares(pages), failed)


def _shares(pages: Sequence[Page | None]) -> tuple[float, float, float]:
    found = [(p.title, p.published, p.authors) for p in pages if p is not None]
    title, date, author = (sum(map(bool, column)) / len(pages) for column in zip(*found, strict=True))
    return title, date, author


def _theirs(samples: list[Sample], name: str, extract: Callable[[str, str], str]) -> Row:
    texts, speed, failed = _timed(samples, lambda s: extract(s.html, s.url))
    return Row(
        name, Score.mean([Score.of(s.story, t or "") for s, t in zip(samples, texts, strict=True)]), speed, None, failed
    )


def _metadata(samples: list[Sample]) -> Row:
    read = trafilatura_metadata()
    found, speed, failed = _timed(samples, lambda s: read(s.html, s.url))
    columns = ([getattr(each, name, None) for each in found] for name in ("title", "date", "author"))
    title, date, author = (sum(map(bool, column)) / len(samples) for column in columns)
    return Row("trafilatura's metadata alone", None, speed, (title, date, author), failed)


def _archived(samples: list[Sample], extractor: Extractor) -> Row:
    """Read the same pages out of a web archive: parsed, decoded and read."""
    sink = io.BytesIO()
    for sample in samples:
        body = _HTTP + sample.raw
        sink.write(f"{_WARC.format(url=sample.url)}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n")
    begin = time.process_time()
    records = parse(sink.getvalue(), Format.WARC, "")
    fields = [record.fields for record in records if isinstance(record, Record)]
    pages = [read_page(each["html"], each["url"], extractor) for each in fields]
    speed = len(pages) / (time.process_time() - begin)
    true = {sample.url: sample.story for sample in samples}
    score = Score.mean([Score.of(true[e["url"]], p.text) for e, p in zip(fields, pages, strict=True)])
    return Row(f"ours, {extractor}, from a WARC", score, speed, _shares(pages), len(samples) - len(pages))


def _timed(samples: list[Sample], read: Callable[[Sample], Any]) -> tuple[list[Any], float, int]:
    """Return what was read of each page, null where that failed; pages a second; and how many failed."""
    _read(read, samples[0])  # What is compiled or loaded at the first page is not the speed of the others.
    begin = time.process_time()
    found = [_read(read, sample) for sample in samples]
    seconds = time.process_time() - begin
    return found, len(samples) / seconds, sum(each is None for each in found)


def _read(read: Callable[[Sample], Any], sample: Sample) -> Any:
    try:
        return read(sample)
    except Exception as error:  # noqa: BLE001  whatever a peer raises is its score
        sys.stderr.write(f"{sample.url}: {type(error).__name__}\n")
        return None


if __name__ == "__main__":
    raise SystemExit(main())
