"""Raw records to articles, a few at a time."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from transforms.article import Reason
from transforms.fields import FieldMap
from transforms.normalise import REJECTS, STAGED, Batch, normalise
from transforms.outlet import Outlet
from transforms.parse import Format, Malformed, Record, parse

STORY = "The ferry was laid up on Monday after a crack was found in its hull."
FULL = {
    "title": "Ferry laid up", "text": STORY, "url": "https://echo.example/2017/02/07/ferry", "canonical_url": "https://echo.example/ferry",
    "published": "2017-02-07", "authors": ["Ann Vale", "Bo Reed"], "source": "echo", "id": "17", "language": "en",
}  # fmt: skip


def batch(
    *records: dict[str, Any], default: str | None = None, extra: dict[str, tuple[str, ...]] | None = None
) -> Batch:
    return normalise(
        [Record(i, None, b"raw", fields) for i, fields in enumerate(records)], FieldMap(extra or {}), Outlet(default)
    )


def rows(*records: dict[str, Any], default: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = batch(*records, default=default).articles.to_pylist()
    return found


def ids(*records: dict[str, Any]) -> list[str]:
    return [row["article_id"] for row in rows(*records)]


def test_a_record_becomes_a_row_of_every_column() -> None:
    (row,) = rows(FULL)
    bands = {name: len(row.pop(name)) for name in ("wide_bands", "steep_bands", "passages")}
    measured = {
        name: row.pop(name) for name in ("article_id", "text_id", "language_confidence", "digit_share", "upper_share")
    }
    expected = {
        "source": "echo", "source_id": "17", "url": FULL["url"], "canonical_url": "https://echo.example/ferry",
        "title": "Ferry laid up", "text": STORY,
        "highlights": [], "authors": ["Ann Vale", "Bo Reed"], "language": "en", "published_at": datetime(2017, 2, 7,
        tzinfo=UTC),
        "published_at_origin": "field", "published_at_zone": "assumed", "published_at_precision": "day",
        "is_excerpt": False, "standfirst": None, "updated_at": None, "dateline_place": None, "agency": None,
        "published_date": date(2017, 2, 7), "paragraph_count": 1,
        "word_count": 15, "char_count": 68, "edits": [],
        "title_words": "ferry laid up", "record_number": 0, "byte_offset": None,
    }  # fmt: skip

    assert expected == row
    assert bands == {"wide_bands": 256, "steep_bands": 128, "passages": 4}
    assert (measured["digit_share"], round(measured["upper_share"] * 68)) == (0.0, 2)
    assert [32, 32] == [len(measured[name]) for name in ("article_id", "text_id")]


def test_nothing_in_gives_empty_tables_of_the_same_columns() -> None:
    found = batch()

    assert (STAGED, REJECTS) == (found.articles.schema, found.rejects.schema)
    assert (0, 0, Counter()) == (found.articles.num_rows, found.rejects.num_rows, found.seen.unused)


@pytest.mark.parametrize(
    ("fields", "default", "expected"),
    [
        ({"source": "The Echo", "url": "https://courier.example/a"}, "default", "The Echo"),
        ({"source": " <b>The</b> Echo\n"}, None, "The Echo"),
        ({"source": "www.Echo.example"}, None, "echo.example"),
        ({"source": {"name": "Echo"}}, None, "Echo"),
        ({"url": "https://www.courier.example/a"}, "default", "default"),
        ({"url": "https://www.courier.example/a"}, None, "courier.example"),
        ({"canonical_url": "https://courier.example/a"}, None, "courier.example"),
        (
            {"source": "web.archive.org", "url": "https://web.archive.org/web/2017/http://echo.example/a"},
            None,
            "echo.example",
        ),
        ({"source": "archive.is"}, None, "archive.is"),
        ({"url": "https://web.archive.org/web/2017/http://echo.example/a"}, None, "echo.example"),
        ({"source": ""}, None, "unknown"),
        ({}, None, "unknown"),
    ],
)
def test_the_outlet_is_its_own_field_then_the_default_then_the_host(
    fields: dict[str, Any], default: str | None, expected: str
) -> None:
    assert [expected] == [row["source"] for row in rows({"text": STORY, **fields}, default=default)]


@pytest.mark.parametrize("name", FULL)
def test_another_value_in_any_field_is_another_article(name: str) -> None:
    other = ["Cy Moor"] if name == "authors" else f"{FULL[name]}1"
    if name == "published":
        other = "2017-02-08"

    assert len({*ids(FULL, {**FULL, name: other})}) == 2


@pytest.mark.parametrize("name", [name for name in FULL if name != "text"])
def test_a_field_left_out_is_another_article(name: str) -> None:
    assert len({*ids(FULL, {key: value for key, value in FULL.items() if key != name})}) == 2


def test_the_order_of_fields_and_names_of_fields_do_not_matter() -> None:
    renamed = {
        {"text": "Body", "title": "headline", "published": "pub_date"}.get(key, key): value
        for key, value in reversed(FULL.items())
    }

    assert len({*ids(FULL, renamed, {**FULL, "mood": "calm"})}) == 1


def test_the_same_record_in_two_formats_and_places_is_the_same_article() -> None:
    lines = (
        b'{"id": 7, "title": "Ferry", "text": "Laid up today."}\n\n'
        b'{"text": "Laid up today.", "title": "Ferry", "id": "7", "url": null}\n'
    )
    table = b"title,text,id,url\nHarbour,Another story.,8,\nFerry,Laid up today.,7,\n"
    found = [
        {
            row["article_id"]
            for row in normalise(parse(data, form, "utf-8"), FieldMap(), Outlet("echo")).articles.to_pylist()
            if row["title"] == "Ferry"
        }
        for data, form in ((lines, Format.JSONL), (table, Format.CSV))
    ]

    assert found[0] == found[1]
    assert [1, 1] == [len(some) for some in found]


def test_the_order_of_keys_in_an_object_does_not_matter() -> None:
    assert (
        len(
            {
                *ids(
                    {"text": STORY, "by": [{"name": "Ann", "desk": 1}]},
                    {"text": STORY, "by": [{"desk": 1, "name": "Ann"}]},
                )
            }
        )
        == 1
    )


@pytest.mark.parametrize(
    "value", [[10**30], [{"a": 1.5}], {"name": {"deep": [None]}}, [{2: 1}], 10**400, float("nan"), b"\xff", True]
)
def test_no_value_is_too_odd_for_an_identity(value: object) -> None:
    assert [32] == [len(found) for found in ids({"text": STORY, "authors": value})]


def test_text_in_a_column_of_bytes_is_text() -> None:
    assert [STORY] == [row["text"] for row in rows({"text": STORY.encode()})]


def test_paragraphs_in_a_list_are_lines() -> None:
    (row,) = rows({"text": ["One two.", None, "Three."]})

    assert ("One two.\nThree.", 2) == (row["text"], row["paragraph_count"])


@pytest.mark.parametrize(
    ("fields", "origin", "day"),
    [
        ({"published": "2017-02-07", "url": "https://echo.example/2016/01/01/a"}, "field", date(2017, 2, 7)),
        ({"published": "soon", "url": "https://echo.example/2016/01/01/a"}, "url", date(2016, 1, 1)),
        ({"url": "https://echo.example/2016/01/01/a"}, "url", date(2016, 1, 1)),
        ({"published": "February 2017"}, "none", None),
    ],
)
def test_a_date_comes_from_its_field_else_from_the_address(
    fields: dict[str, Any], origin: str, day: date | None
) -> None:
    (row,) = rows({"text": STORY, **fields})

    assert (origin, day) == (row["published_at_origin"], row["published_date"])
    assert (row["published_at"] is None) == (day is None)


@pytest.mark.parametrize(
    ("told", "expected"),
    [("en", "en"), ("EN-gb", "en"), (" de_AT", "de"), ("deu", "deu"), ("German", None), ("", None), (None, None)],
)
def test_a_language_field_is_believed_where_the_text_does_not_say(told: str | None, expected: str | None) -> None:
    (row,) = rows({"text": "Ok.", "language": told})

    assert (expected, None) == (row["language"], row["language_confidence"])


def test_a_plain_text_is_believed_before_its_language_field() -> None:
    assert ["en"] == [row["language"] for row in rows({"text": STORY, "language": "fr"})]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("By Ann Vale", ["By Ann Vale"]),
        (["Ann Vale", " ", None, "<b>Bo</b> Reed"], ["Ann Vale", "Bo Reed"]),
        ([{"name": "Ann Vale"}, {"name": None}], ["Ann Vale"]),
        (None, []),
    ],
)
def test_authors_are_names_in_order(value: object, expected: list[str]) -> None:
    assert [expected] == [row["authors"] for row in rows({"text": STORY, "authors": value})]


def test_a_title_is_cleaned_to_one_line_and_an_empty_one_is_none() -> None:
    assert ["Ferry & crew", None] == [
        row["title"] for row in rows({"text": STORY, "title": "Ferry\n&amp; crew"}, {"text": STORY, "title": "<br>"})
    ]


def test_what_is_not_admitted_keeps_its_bytes_reason_and_place() -> None:
    records: list[Record | Malformed] = [
        Malformed(0, 0, b"{", Reason.MALFORMED, "broken JSON"),
        Record(1, 2, b"story", {"text": STORY}),
        Record(2, 9, b"empty", {"title": "x", "text": " \u200b "}),
        Record(3, None, b"wall", {"text": "Are you a robot?"}),
        Record(4, 20, b"dots", {"text": "...!"}),
    ]
    found = normalise(records, FieldMap())

    assert [
        ("malformed", "broken JSON", b"{", 0, 0),
        ("no_text", "no words in the text field", b"empty", 2, 9),
        ("placeholder", "bot wall", b"wall", 3, None),
        ("no_text", "no words in the text field", b"dots", 4, 20),
    ] == [
        tuple(row[name] for name in ("reason", "detail", "raw", "record_number", "byte_offset"))
        for row in found.rejects.to_pylist()
    ]
    assert [(1, 2)] == [(row["record_number"], row["byte_offset"]) for row in found.articles.to_pylist()]


def test_a_long_story_about_robots_is_admitted() -> None:
    assert len(rows({"text": "Are you a robot? " + "She asked the machine again and it said nothing. " * 9})) == 1


def test_fields_that_no_mapping_used_are_counted_by_outlet_where_they_say_something() -> None:
    found = batch(
        {"text": STORY, "source": "echo", "mood": "calm", "empty": "", "none": None, "list": [], "object": {}},
        {"text": STORY, "source": "echo", "mood": 0},
        {"text": STORY, "source": "courier", "mood": "calm"},
    )

    assert {("echo", "mood"): 2, ("courier", "mood"): 1} == found.seen.unused


def test_the_edits_of_a_text_are_counted_by_rule() -> None:
    (row,) = rows({"text": f"\u2022 Crack found\n<p>{STORY}</p>"})

    assert ({"tag": 2, "highlight": 1}, ["Crack found"], STORY) == (dict(row["edits"]), row["highlights"], row["text"])


def test_two_texts_of_the_same_words_share_their_text_id_and_bands() -> None:
    one, other = rows({"text": STORY}, {"text": STORY.upper().replace(" ", " - ")})

    assert all(one[name] == other[name] for name in ("text_id", "wide_bands", "steep_bands", "word_count"))
    assert one["article_id"] != other["article_id"]


def test_a_batch_is_the_sum_of_its_records() -> None:
    records: list[dict[str, Any]] = [FULL, {"text": "Are you a robot?"}, {"text": STORY, "mood": "calm"}]
    alone = [batch(record) for record in records]
    together = batch(*records)

    assert [row["article_id"] for one in alone for row in one.articles.to_pylist()] == together.articles[
        "article_id"
    ].to_pylist()
    assert sum(one.rejects.num_rows for one in alone) == together.rejects.num_rows


def test_a_summary_stands_in_for_a_text_that_was_not_delivered_and_is_told_of() -> None:
    whole, teaser = rows({"text": STORY, "summary": "Ferry laid up."}, {"summary": STORY})

    assert (STORY, False, "Ferry laid up.") == (whole["text"], whole["is_excerpt"], whole["standfirst"])
    assert (STORY, True, None) == (teaser["text"], teaser["is_excerpt"], teaser["standfirst"])


def test_a_subtitle_is_kept_beside_the_story_and_is_never_its_text() -> None:
    found = batch({"text": STORY, "subtitle": "A crack <b>was found</b>\n"}, {"text": "", "subtitle": "A crack"})

    assert ["A crack was found"] == found.articles["standfirst"].to_pylist()
    assert [Reason.NO_TEXT] == found.rejects["reason"].to_pylist()


def test_a_number_in_the_place_of_a_text_is_no_story() -> None:
    found = batch({"text": "-1"}, {"text": "2017 - 18"}, {"text": "3 ferries"})

    assert ([Reason.NO_TEXT] * 2, ["3 ferries"]) == (
        found.rejects["reason"].to_pylist(),
        found.articles["text"].to_pylist(),
    )


@pytest.mark.parametrize(
    "given", [{"rendered": "Ferry laid up"}, {"basic": "Ferry laid up", "mobile": "Ferry"}, {"main": "Ferry laid up"}]
)
def test_an_object_that_says_a_headline_gives_it(given: dict[str, str]) -> None:
    (row,) = rows({"text": STORY, "title": given})

    assert "Ferry laid up" == row["title"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([{"first": "Jo", "last": "Day"}], ["Jo Day"]),
        ({"original": "Dana Cole"}, ["Dana Cole"]),
        (["Kestrel Wire"], ["Kestrel Wire", "Paulo Mendes"]),
        (["PAULO MENDES"], ["PAULO MENDES"]),
    ],
)
def test_no_author_is_lost_between_the_field_and_the_byline(given: object, expected: list[str]) -> None:
    byline = "By Paulo Mendes\n\n" if expected[-1].casefold() == "paulo mendes" else ""
    (row,) = rows({"text": f"{byline}{STORY}\n\nIt was the third this year.", "author": given})

    assert expected == row["authors"]


def test_a_story_that_an_interface_cut_off_is_an_excerpt_without_the_mark() -> None:
    (row,) = rows({"text": f"{STORY} The harbour office s\u2026 [+1843 chars]"})

    assert (f"{STORY} The harbour office s\u2026", True) == (row["text"], row["is_excerpt"])


@pytest.mark.parametrize("text", ["null", "NaN", "[Removed]", "N/A"])
def test_a_word_for_nothing_is_no_story(text: str) -> None:
    assert [Reason.NO_TEXT] == batch({"text": text}).rejects["reason"].to_pylist()


def test_an_outlet_is_named_by_its_host_alone() -> None:
    (row,) = rows({"text": STORY, "url": "https://post.example/?p=7"})

    assert "post.example" == row["source"]


def test_a_date_alone_in_a_list_is_read() -> None:
    (row,) = rows({"text": STORY, "date": ["2026-03-14"]})

    assert date(2026, 3, 14) == row["published_date"]
