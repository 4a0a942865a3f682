"""The one article that started it all, where the machine has it."""

import os
import re
from pathlib import Path

import pytest

from transforms.fields import FieldMap
from transforms.normalise import normalise
from transforms.parse import Format, parse

FOLDER = os.environ.get("BROADSHEET_REALDATA", "")


@pytest.mark.skipif(not FOLDER, reason="BROADSHEET_REALDATA names no folder of real dumps")
def test_the_seed_comes_out_as_two_highlights_and_seventeen_paragraphs_in_order() -> None:
    raw = (Path(FOLDER) / "dumps" / "seed" / "raw_article.txt").read_bytes()
    found = normalise(parse(raw, Format.TXT, "utf-8"), FieldMap())
    (row,) = found.articles.to_pylist()
    printed = [*row["highlights"], *row["text"].split("\n")]
    places = [raw.decode().index(line) for line in printed]

    assert (2, 17) == (len(row["highlights"]), row["paragraph_count"])
    assert sorted(set(places)) == places
    assert [] == [line for line in printed if re.search("[<>]|^[-\u2013]|^\\s|\\s$", line)]
    assert (None, None, "none", "unknown") == (
        row["title"],
        row["published_at"],
        row["published_at_origin"],
        row["source"],
    )
    assert {"comment": 7, "highlight": 2} == {
        rule: count for rule, count in row["edits"] if rule in {"comment", "highlight"}
    }
    assert (0, 0) == (found.rejects.num_rows, len(found.seen.unused))
