"""A manifest proves itself whole, and names its parts in one order."""

from dataclasses import replace
from typing import Any

import pytest

from flows.lake.manifest import Manifest, Part
from transforms.errors import LakeDamaged

DATED = Part("articles", "parts/articles/published_date=2024-01-02/b.parquet", "2024-01-02", 3, 99, "b" * 64, {}, {})
UNDATED = replace(DATED, path="parts/articles/published_date=x/a.parquet", day=None, minimum={"published_at": None})
FLAT = replace(DATED, table="pairs", path="parts/pairs/c.parquet", day=None, maximum={"snapshot": 7, "share": 0.1})
NOW = "2024-01-02T03:04:05+00:00"
MANIFEST = Manifest(2, "p" * 64, "run", NOW, "run-2", "r", "s", "t", "passed", ("d1", "d2"), (FLAT, UNDATED, DATED))


def test_a_manifest_reads_back_as_it_was_written() -> None:
    assert Manifest.from_bytes(MANIFEST.to_bytes()) == MANIFEST


def test_bytes_and_digest_do_not_depend_on_the_order_of_parts_or_keys() -> None:
    other = replace(MANIFEST, parts=(DATED, replace(FLAT, maximum={"share": 0.1, "snapshot": 7}), UNDATED))

    assert other.to_bytes() == MANIFEST.to_bytes()
    assert other.digest == MANIFEST.digest


@pytest.mark.parametrize("change", [{"verdict": "warned"}, {"action": "compact"}, {"created_at": "2024-01-03"}])
def test_the_digest_changes_with_the_content(change: dict[str, Any]) -> None:
    assert replace(MANIFEST, **change).digest != MANIFEST.digest


def test_every_damaged_byte_is_found() -> None:
    data = MANIFEST.to_bytes()
    for position in range(len(data)):
        damaged = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        with pytest.raises(LakeDamaged):
            Manifest.from_bytes(damaged)


def test_every_cut_is_found() -> None:
    data = MANIFEST.to_bytes()
    for length in range(len(data)):
        with pytest.raises(LakeDamaged):
            Manifest.from_bytes(data[:length])


@pytest.mark.parametrize("data", [b"[]", b"null", b'{"manifest":{"parts":[]}}', b'{"manifest":[]}', b"\xff"])
def test_what_is_no_manifest_is_damage(data: bytes) -> None:
    with pytest.raises(LakeDamaged):
        Manifest.from_bytes(data)


def test_a_part_cannot_be_named_twice() -> None:
    with pytest.raises(ValueError, match="more than once"):
        replace(MANIFEST, parts=(DATED, DATED))


def test_parts_are_found_by_table_and_by_day() -> None:
    assert MANIFEST.parts_of("articles") == (DATED, UNDATED)
    assert MANIFEST.parts_of("articles", {"2024-01-02"}) == (DATED,)
    assert MANIFEST.parts_of("articles", {None}) == (UNDATED,)
    assert MANIFEST.parts_of("articles", set()) == ()
    assert MANIFEST.parts_of("dumps") == ()
