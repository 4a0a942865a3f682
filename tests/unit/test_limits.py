"""Limits of what is kept of rejects follow from each dump alone."""

import pyarrow as pa
import pytest

from flows.limits import within_quota
from transforms.tables import QUARANTINE

MIB = 1 << 20


def rejects(*rows: tuple[str, str | None, int, int]) -> pa.Table:
    """Make rows of (dump, member, number, bytes)."""
    common = {"reason": "no_text", "detail": "none", "dump_name": "a name", "byte_offset": None}
    made = [
        common | {"dump_digest": dump, "member": member, "record_number": number, "raw": b"x" * size}
        for dump, member, number, size in rows
    ]
    return pa.Table.from_pylist(made, QUARANTINE.schema)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_the_first_records_of_each_dump_are_kept_whatever_order_they_come_in(order: tuple[int, ...]) -> None:
    rows = [("a", "x", 1, MIB // 2), ("a", "x", 0, MIB // 2), ("a", "y", 0, 1), ("b", None, 9, MIB)]
    kept = within_quota(rejects(*(rows[at] for at in order)), 1).to_pylist()
    by_place = {(row["dump_digest"], row["member"], row["record_number"]): row for row in kept}

    assert [MIB // 2, MIB // 2, None, MIB] == [
        by_place[row[:3]]["raw"] and len(by_place[row[:3]]["raw"]) for row in rows
    ]
    assert by_place["a", "y", 0]["detail"] == "none; not kept, for its dump has more than 1 MiB of rejects"
    assert {"none"} == {row["detail"] for place, row in by_place.items() if place != ("a", "y", 0)}


def test_nothing_rejected_is_nothing_kept() -> None:
    assert within_quota(rejects(), 1).num_rows == 0
