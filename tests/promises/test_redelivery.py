"""Promise 5: a dump that comes again adds nothing, whatever it is called by then and however it is packed."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from flows.lake.store import Store
from tests.integration.nights import content, take_unaudited
from tests.unit.intake.deliveries import CODECS, tar_of, zip_of

pytestmark = pytest.mark.promise(5)

WORDS: Final = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in"
RECORDS: Final[list[dict[str, Any]]] = [
    {"url": "https://post.example/a", "title": "Wall", "published": "2024-01-02T03:04:05Z", "body": WORDS, "id": 7},
    {"url": "https://mail.example/a", "title": "Wall", "published": "2024-01-02T08:00:00Z", "body": f"{WORDS} again"},
    {"url": "https://post.example/b", "body": "nobody knows on which day the ferry to the islands will sail again"},
    {"title": "A record without a story"},
]
MORE: Final = {
    "url": "https://post.example/c",
    "body": "A new clinic opened in Lindmoor, and half the town came to look.",
}


def lines(*records: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)


DUMP: Final = lines(*RECORDS)
FILES: Final = {"a.jsonl": lines(*RECORDS[:2]), "b/c.jsonl": lines(*RECORDS[2:]), "d.jsonl": lines(MORE)}
TURNED: Final = dict(reversed(FILES.items()))


def deliver(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def lake_of(folder: Path, name: str, data: bytes) -> Path:
    take_unaudited(folder / "lake", [deliver(folder, name, data)])
    return folder / "lake"


@pytest.fixture(scope="module")
def of_a_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a lake that took the dump under gzip."""
    return lake_of(tmp_path_factory.mktemp("file"), "dump.jsonl.gz", CODECS[".gz"](DUMP))


@pytest.fixture(scope="module")
def of_an_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a lake that took three files in a tar archive."""
    return lake_of(tmp_path_factory.mktemp("archive"), "dump.tar", tar_of(FILES))


def copied(lake: Path, folder: Path) -> Path:
    shutil.copytree(lake, folder / "lake", symlinks=True)
    return folder / "lake"


def require_nothing_new(lake: Path, *again: Path) -> None:
    before = content(lake)
    report = take_unaudited(lake, again)

    assert ["replayed"] * len(again) == [dump.status for dump in report.dumps]
    assert ("nothing new", None, 0) == (report.outcome, report.snapshot, report.total("admitted"))
    assert report.total("records_read") == report.total("replayed") > 0
    assert before == content(lake)
    assert (1,) == Store.open(lake, create=False).numbers()


@pytest.mark.parametrize("codec", CODECS)
def test_a_file_that_comes_again_under_another_name_and_codec_adds_nothing(
    of_a_file: Path, tmp_path: Path, codec: str
) -> None:
    again = deliver(tmp_path, f"elsewhere/resent{codec}", CODECS[codec](DUMP))

    require_nothing_new(of_a_file, again)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("again.tar", lambda: tar_of(TURNED)),
        ("again.zip", lambda: zip_of(TURNED)),
        ("again.tar.xz", lambda: CODECS[".xz"](tar_of(FILES))),
        ("again.tgz", lambda: CODECS[".gz"](tar_of(TURNED))),
    ],
)
def test_an_archive_that_comes_again_in_another_order_or_form_adds_nothing(
    of_an_archive: Path, tmp_path: Path, name: str, pack: Callable[[], bytes]
) -> None:
    require_nothing_new(of_an_archive, deliver(tmp_path, name, pack()))


def test_a_file_that_comes_again_three_times_in_one_night_adds_nothing(of_a_file: Path, tmp_path: Path) -> None:
    again = [deliver(tmp_path, f"{n}.jsonl{codec}", CODECS[codec](DUMP)) for n, codec in enumerate(("", ".gz", ".zst"))]

    require_nothing_new(of_a_file, *again)


def test_a_file_that_comes_twice_in_its_first_night_is_taken_once(of_a_file: Path, tmp_path: Path) -> None:
    twice = [deliver(tmp_path, "a.jsonl", DUMP), deliver(tmp_path, "b.jsonl.bz2", CODECS[".bz2"](DUMP))]
    report = take_unaudited(tmp_path / "lake", twice)

    assert [("consumed", 3, 0), ("replayed", 0, 4)] == [(d.status, d.admitted, d.replayed) for d in report.dumps]
    assert content(tmp_path / "lake") == content(of_a_file)


@pytest.mark.parametrize(
    "data",
    [
        lines(*reversed(RECORDS)),
        lines(*RECORDS, *RECORDS),
        lines(*({name: record[name] for name in reversed(record)} for record in RECORDS)),
        orjson.dumps(RECORDS, option=orjson.OPT_INDENT_2),
    ],
    ids=["other order", "each twice", "fields in another order", "an indented list"],
)
def test_the_same_records_written_otherwise_are_other_deliveries_of_the_same_articles(
    of_a_file: Path, tmp_path: Path, data: bytes
) -> None:
    lake = copied(of_a_file, tmp_path)
    before = content(lake)
    report = take_unaudited(lake, [deliver(tmp_path, "again.json", data)])
    after = content(lake)

    assert ("published", 0) == (report.outcome, report.total("admitted"))
    assert {name: before[name] for name in ("articles", "copies", "pairs")} == {
        name: after[name] for name in ("articles", "copies", "pairs")
    }
    assert set(before["deliveries"]) < set(after["deliveries"])


def test_one_record_more_would_be_noticed(of_a_file: Path, tmp_path: Path) -> None:
    lake = copied(of_a_file, tmp_path)
    with pytest.raises(AssertionError):
        require_nothing_new(lake, deliver(tmp_path, "again.jsonl", DUMP + lines(MORE)))

    assert 4 == len(content(lake)["copies"])
