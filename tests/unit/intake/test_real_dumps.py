"""Real dumps, where the machine has them, are received and parsed to the last record."""

import os
from pathlib import Path

import pytest

from flows.intake.chunks import chunks, records
from flows.intake.receive import receive
from transforms.parse import Record

FOLDER = os.environ.get("BROADSHEET_REALDATA", "")

pytestmark = pytest.mark.skipif(not FOLDER, reason="BROADSHEET_REALDATA names no folder of real dumps")


@pytest.mark.parametrize(
    ("folder", "record_count"),
    [
        ("ecbplus", 772),
        ("fakehealth", 1_167),
        ("fnc1", 1_683),
        ("nasa", 100),
        ("newsarticles", 3_824),
        ("planted", 3_500),
        ("reuters21578", 11_000),
        ("seed", 1),
        ("semeval", 2_566),
    ],
)
def test_every_record_is_read(tmp_path: Path, folder: str, record_count: int) -> None:
    found = []
    for number, path in enumerate(sorted((Path(FOLDER) / "dumps" / folder).iterdir())):
        receipt = receive(path, path.name, tmp_path / str(number))
        assert receipt.skipped == ()
        found += [r for m in receipt.members for c in chunks(m, 1 << 20) for r in records(c)]
    assert len(found) == record_count
    assert all(isinstance(r, Record) for r in found)
