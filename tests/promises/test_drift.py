"""Promise 16: what a source sends otherwise than on the nights before is told of in the same night's report.

A field that was renamed, added, dropped or given values of another kind has its own signal, and is null, not made up;
a dump without its text field is refused with the names of the fields that it has; a source whose fields the settings
freeze is refused for any other. The signals are in the summary and the JSON of the run, and `broadsheet sources` shows
them with all that a source sends.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from flows.inquiry.shelf import open_shelf
from flows.inquiry.sources import sources
from flows.inquiry.sources_sheet import sources_sheet
from flows.lake import connect
from flows.lake.store import Store
from flows.report import DumpReport, RunReport
from flows.settings import Settings
from flows.terminal import summary
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


def tomorrow(records: list[Record], change: Change) -> list[Record]:
    """Write the next day's records, changed."""
    return [change(record | {"url": f"{record['url']}-2", "body": f"{record['body']} again"}) for record in records]


def take(folder: Path, records: list[Record], **settings: Any) -> tuple[RunReport, DumpReport]:
    """Take a dump and a neighbour that has not changed."""
    dumps = [write_dump(folder / "post.jsonl", records), write_dump(folder / "mail.jsonl", [NEIGHBOUR])]
    report = take_unaudited(folder / "lake", dumps, **settings)
    assert report.dumps[1].status in ("consumed", "replayed")
    return report, report.dumps[0]


def test_two_nights_on_which_nothing_has_changed_give_no_signal(tmp_path: Path) -> None:
    take(tmp_path, usual())
    report, dump = take(tmp_path, tomorrow(usual(), dict))

    assert ("consumed", 3, 0, None) == (dump.status, dump.admitted, dump.quarantined, dump.detail)
    assert ({}, {}, {}) == (report.drift, report.unused_fields, report.quarantine)


CHANGES: Final[tuple[tuple[str, Change, str], ...]] = (
    ("renamed", renamed("title", "x_title"), "title is gone and x_title is new: renamed?"),
    ("new", added("paywall", value=True), "paywall is new, in 100 % of records, used for nothing"),
    ("new", added("standfirst", value="In short"), "standfirst is new, in 100 % of records, used as summary"),
    ("gone", dropped("title"), "title fell from 100 % to 0 % of records"),
    ("kind", retyped("author", lambda name: [name]), "author was text and is list in 100 % of its records"),
    ("kind", retyped("published", len), "published was text and is number in 100 % of its records"),
)


def at(host: str, records: list[Record]) -> list[Record]:
    """Let another outlet print them."""
    return [
        record | {"url": record["url"].replace(HOST, host), "body": f"{host} writes that {record['body']}"}
        for record in records
    ]


def test_every_change_of_a_field_has_its_signal_in_the_same_night(tmp_path: Path) -> None:
    hosts = [f"post-{number}.example" for number in range(len(CHANGES))]
    take(tmp_path, [record for host in hosts for record in at(host, usual())])
    changed = [tomorrow(at(host, usual()), change) for host, (_, change, _) in zip(hosts, CHANGES, strict=True)]
    report, _ = take(tmp_path, [record for records in changed for record in records])

    assert hosts == list(report.drift)
    for host, (signal, _, words) in zip(hosts, CHANGES, strict=True):
        assert [signal] == [found["signal"] for found in report.drift[host]]
        assert report.drift[host][0]["words"].startswith(words)


def test_the_summary_of_a_run_tells_what_may_be_lost(tmp_path: Path) -> None:
    take(tmp_path, usual())
    report, _ = take(tmp_path, tomorrow(usual(), renamed("title", "x_title")))

    assert f"drift, {HOST}: title is gone and x_title is new: renamed?; if so, name it under fields" in summary(report)


def test_what_each_source_sends_is_kept_and_shown(tmp_path: Path) -> None:
    take(tmp_path, usual())
    take(tmp_path, tomorrow(usual(), added("paywall", value=True)))
    settings = Settings(lake=str(tmp_path / "lake"))
    with open_shelf(Store.open(settings.lake, create=False), None, settings) as shelf:
        post, mail = sources(shelf, settings)
    sheet = sources_sheet([post, mail])

    assert (HOST, 6, 2, 3, True) == tuple(
        post[name] for name in ("source", "records", "runs", "last_records", "is_in_newest_run")
    )
    assert {"field": "author", "kinds": {"text": 3}, "share": 1.0, "target": "authors"} in post["fields"]
    assert (["paywall"], ["new"]) == (post["unmapped"], [signal["signal"] for signal in post["drift"]])
    assert ("mail.example", 1, False, []) == (mail["source"], mail["runs"], mail["is_in_newest_run"], mail["drift"])
    assert "drift: paywall is new, in 100 % of records, used for nothing" in sheet
    assert "not in the newest run" in sheet


def test_a_source_whose_fields_are_frozen_is_refused_for_any_other(tmp_path: Path) -> None:
    frozen = {HOST: {"files": ["post.*"], "new_fields": "freeze", "known_fields": ["Section"]}}
    known = [added("section", "News")(record) for record in usual()]
    report, dump = take(tmp_path, known, sources=frozen)

    assert ("consumed", {}) == (dump.status, report.unused_fields)

    _, dump = take(tmp_path, [*known, added("paywall", value=True)(known[0])], sources=frozen)

    assert ("refused", 0) == (dump.status, dump.admitted)
    assert "its fields are frozen, and it has others: paywall; add them to known_fields" in (dump.detail or "")


def test_new_fields_that_are_to_be_ignored_are_no_news(tmp_path: Path) -> None:
    silent = {HOST: {"files": ["post.*"], "new_fields": "ignore"}}
    take(tmp_path, usual(), sources=silent)
    report, _ = take(tmp_path, tomorrow(usual(), added("paywall", value=True)), sources=silent)

    assert ({}, {}) == (report.drift, report.unused_fields)


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
    assert {HOST: {"x_body": 1}} == report.unused_fields


def test_renamed_fields_are_told_by_their_new_names_and_are_null_and_not_made_up(tmp_path: Path) -> None:
    records = usual()
    for field in ("title", "published", "author", "url"):
        records = [renamed(field, f"x_{field}")(record) for record in records]
    report, dump = take(tmp_path, records)
    with connect(tmp_path / "lake") as reader:
        sql = "SELECT DISTINCT url, title, published_at, authors FROM copies WHERE source = 'unknown'"
        found = reader.sql(sql).fetchall()

    assert ("consumed", 3) == (dump.status, dump.admitted)
    assert {"unknown": {"x_title": 3, "x_published": 3, "x_author": 3, "x_url": 3}} == report.unused_fields
    assert [(None, None, None, [])] == found


def test_a_text_that_became_a_list_of_paragraphs_is_read_as_such(tmp_path: Path) -> None:
    _, dump = take(tmp_path, [retyped("body", lambda text: [text, "And so on."])(record) for record in usual()])
    with connect(tmp_path / "lake") as reader:
        texts = {text for (text,) in reader.sql("SELECT text FROM copies").fetchall()}

    assert 3 == dump.admitted
    assert {f"{body}\nAnd so on." for body in _BODIES} < texts
