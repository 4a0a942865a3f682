"""Promise 16: a dump whose fields have changed since yesterday is told of in the same night's report."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from flows.lake import connect
from flows.report import DumpReport, RunReport
from tests.integration.nights import content, take_unaudited, write_dump

pytestmark = pytest.mark.promise(16)

Record = dict[str, Any]
Change = Callable[[Record], Record]

_BODIES: Final = (
    "the council of marrick voted on monday to mend the harbour wall before the winter storms come in",
    "a ferry ran aground off lindmoor in the night and nobody of those on board was hurt",
    "the clinic in saltmere will close its minor injuries unit in may and nobody was asked",
)
HOST: Final = "post.example"
NEIGHBOUR: Final = {
    "url": "https://mail.example/1",
    "body": "nobody knows when the ferry to the islands will sail again",
}


def usual() -> list[Record]:
    """Write the records of a night on which nothing has changed."""
    return [
        {
            "url": f"https://{HOST}/{n}",
            "title": f"Title {n}",
            "published": f"2024-01-0{n}",
            "author": "A. B.",
            "body": body,
        }
        for n, body in enumerate(_BODIES, 1)
    ]


def renamed(old: str, new: str) -> Change:
    return lambda record: {new if name == old else name: value for name, value in record.items()}


def added(name: str, value: Any) -> Change:
    return lambda record: record | {name: value}


def retyped(name: str, wrap: Callable[[Any], Any]) -> Change:
    return lambda record: record | {name: wrap(record[name])}


def dropped(name: str) -> Change:
    return lambda record: {other: value for other, value in record.items() if other != name}


def take(folder: Path, records: list[Record]) -> tuple[RunReport, DumpReport]:
    """Take a dump and a neighbour that has not changed."""
    dumps = [write_dump(folder / "post.jsonl", records), write_dump(folder / "mail.jsonl", [NEIGHBOUR])]
    report = take_unaudited(folder / "lake", dumps)
    assert ("consumed", 1) == (report.dumps[1].status, report.dumps[1].admitted)
    return report, report.dumps[0]


def test_a_night_on_which_nothing_has_changed_gives_no_signal(tmp_path: Path) -> None:
    report, dump = take(tmp_path, usual())

    assert ("consumed", 3, 0, None) == (dump.status, dump.admitted, dump.quarantined, dump.detail)
    assert ({}, {}, {}) == (dump.unused_fields, report.unused_fields, report.quarantine)


def test_a_field_that_was_added_is_counted_by_outlet_and_in_the_ledger(tmp_path: Path) -> None:
    first, *others = usual()
    report, dump = take(tmp_path, [first, *map(added("paywall", True), others)])
    with connect(tmp_path / "lake") as reader:
        sql = "SELECT unused_fields FROM dumps ORDER BY dump_name DESC"
        ledger = [dict(fields) for (fields,) in reader.sql(sql).fetchall()]

    assert ({"paywall": 2}, 3) == (dump.unused_fields, dump.admitted)
    assert {HOST: {"paywall": 2}} == report.unused_fields
    assert [{"paywall": 2}, {}] == ledger


@pytest.mark.parametrize("change", [renamed("body", "x_body"), dropped("body")], ids=["renamed", "dropped"])
def test_a_dump_without_its_text_field_is_refused_with_the_names_that_it_has(tmp_path: Path, change: Change) -> None:
    records = [change(record) for record in usual()]
    _, dump = take(tmp_path, records)

    assert ("refused", 0) == (dump.status, dump.admitted)
    assert f"none of its fields ({', '.join(records[0])}) holds the text; name it in the settings" in (
        dump.detail or ""
    )
    assert 1 == len(content(tmp_path / "lake")["copies"])


def test_records_that_lost_their_text_are_quarantined_with_the_reason(tmp_path: Path) -> None:
    lost = [
        renamed("body", "x_body"),
        dropped("body"),
        retyped("body", lambda text: {"words": text}),
        retyped("body", lambda text: [{"paragraph": text}]),
        retyped("body", len),
        retyped("body", bool),
        retyped("body", lambda _: None),
        retyped("body", lambda _: ""),
    ]
    first, *others = usual()
    report, dump = take(tmp_path, [*(change(first) for change in lost), *others])

    assert ("consumed", len(others), len(lost)) == (dump.status, dump.admitted, dump.quarantined)
    assert {"no_text": len(lost)} == report.quarantine
    assert {"x_body": 1} == dump.unused_fields


def test_renamed_fields_are_told_by_their_new_names_and_are_null_and_not_made_up(tmp_path: Path) -> None:
    records = usual()
    for field in ("title", "published", "author", "url"):
        records = [renamed(field, f"x_{field}")(record) for record in records]
    _, dump = take(tmp_path, records)
    with connect(tmp_path / "lake") as reader:
        sql = "SELECT DISTINCT url, title, published_at, authors FROM copies WHERE source = 'unknown'"
        found = reader.sql(sql).fetchall()

    assert ("consumed", 3) == (dump.status, dump.admitted)
    assert {"x_title": 3, "x_published": 3, "x_author": 3, "x_url": 3} == dump.unused_fields
    assert [(None, None, None, [])] == found


def test_a_text_that_became_a_list_of_paragraphs_is_read_as_such(tmp_path: Path) -> None:
    _, dump = take(tmp_path, [retyped("body", lambda text: [text, "And so on."])(record) for record in usual()])
    with connect(tmp_path / "lake") as reader:
        texts = {text for (text,) in reader.sql("SELECT text FROM copies").fetchall()}

    assert 3 == dump.admitted
    assert {f"{body}\nAnd so on." for body in _BODIES} < texts
