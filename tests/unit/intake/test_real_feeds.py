"""Real feeds and lines of news mail, where the machine has them, are received and read to the last item."""

import os
from pathlib import Path

import pytest

from flows.intake.chunks import chunks, records
from flows.intake.receive import receive
from transforms.dates import parse_date
from transforms.errors import DumpRefused
from transforms.parse import Format, Record, parse

FOLDER = os.environ.get("BROADSHEET_REALDATA", "")

pytestmark = pytest.mark.skipif(not FOLDER, reason="BROADSHEET_REALDATA names no folder of real dumps")


def test_every_item_of_the_real_feeds_is_read(tmp_path: Path) -> None:
    found, refused = [], []
    for number, path in enumerate(sorted((Path(FOLDER) / "feeds").iterdir())):
        try:
            receipt = receive(path, path.name, tmp_path / str(number))
        except DumpRefused:
            refused.append(path.name)
            continue
        found += [r for m in receipt.members for c in chunks(m) for r in records(c)]
    items = [r.fields for r in found if isinstance(r, Record)]

    assert (["unrecognized.rss"], 1_371) == (refused, len(items))
    assert (1_371, 1_369, 1_367) == (
        len(found),
        sum("title" in fields for fields in items),
        sum(parse_date(fields.get("published")) is not None for fields in items),
    )


def test_real_lines_of_news_mail_are_an_article_each() -> None:
    data = (Path(FOLDER) / "lines" / "lee_background.cor").read_bytes()

    assert 300 == len(list(parse(data, Format.LINES, "cp1252")))
