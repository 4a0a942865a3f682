"""What analysts open: the catalog, wherever the lake lies, and the ledger that leads back to the dumps."""

import gzip
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from flows.lake import connect
from tests.integration.nights import take_unaudited, write_dump

STORY = {"url": "https://post.example/a", "body": "The council of Marrick voted on Monday to mend the harbour wall."}
SECOND = {"url": "https://post.example/b", "body": "A ferry ran aground off Lindmoor in the night; nobody was hurt."}


def urls(catalog: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    return catalog.execute("SELECT url FROM articles ORDER BY url").fetchall()


def test_a_lake_that_was_moved_gets_a_catalog_of_its_new_place_though_nothing_is_new(tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "one.jsonl", [STORY])
    take_unaudited(tmp_path / "lake", [dump])
    (tmp_path / "lake").rename(tmp_path / "moved")

    report = take_unaudited(tmp_path / "moved", [dump])

    assert "nothing new" == report.outcome
    with duckdb.connect(tmp_path / "moved" / "catalog.duckdb", read_only=True) as catalog:
        assert [(STORY["url"],)] == urls(catalog)


@pytest.mark.promise(7)
def test_who_reads_the_catalog_keeps_his_snapshot_while_the_next_night_is_published(tmp_path: Path) -> None:
    path = tmp_path / "lake" / "catalog.duckdb"
    take_unaudited(tmp_path / "lake", [write_dump(tmp_path / "one.jsonl", [STORY])])
    with duckdb.connect(path, read_only=True) as before, connect(tmp_path / "lake") as reader:
        take_unaudited(tmp_path / "lake", [write_dump(tmp_path / "two.jsonl", [SECOND])])
        with duckdb.connect(path, read_only=True) as after:
            assert [(STORY["url"],), (SECOND["url"],)] == urls(after)
        assert [(STORY["url"],)] == urls(before) == reader.sql("SELECT url FROM articles").fetchall()


def test_the_ledger_names_every_dump_as_it_is_kept_by_its_own_digest(tmp_path: Path) -> None:
    write_dump(tmp_path / "landing" / "plain.jsonl", [STORY])
    packed = write_dump(tmp_path / "landing" / "packed.jsonl", [SECOND])
    packed.with_suffix(".jsonl.gz").write_bytes(gzip.compress(packed.read_bytes(), mtime=0))
    packed.unlink()
    (tmp_path / "landing" / "noise.bin").write_bytes(bytes(range(256)) * 9)
    report = take_unaudited(tmp_path / "lake", [tmp_path / "landing"])
    with connect(tmp_path / "lake") as reader:
        ledger = reader.sql("SELECT dump_name, raw_name FROM dumps ORDER BY dump_name").fetchall()
    kept = {path.name: sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "lake" / "raw").iterdir()}

    assert ["noise.bin", "packed.jsonl.gz", "plain.jsonl"] == [name for name, *_ in ledger]
    assert ledger[0][1] is None
    assert kept == {raw_name: raw_name.partition(".")[0] for _, raw_name in ledger[1:]}
    assert set(kept) == {dump.raw_name for dump in report.dumps if dump.status == "consumed"}


def test_a_dump_whose_fields_nobody_named_is_refused_and_not_kept(tmp_path: Path) -> None:
    odd = write_dump(tmp_path / "odd.jsonl", [{"geschrieben": STORY["body"]}])
    report = take_unaudited(tmp_path / "lake", [odd, write_dump(tmp_path / "good.jsonl", [STORY])])

    assert ["refused", "consumed"] == [dump.status for dump in report.dumps]
    assert report.dumps[0].raw_name is None
    assert [report.dumps[1].raw_name] == [path.name for path in (tmp_path / "lake" / "raw").iterdir()]
