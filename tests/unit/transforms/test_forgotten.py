"""Keys of what is forgotten, prints of texts, and records kept beside it: pure, and exact."""

from datetime import UTC, date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.article import Reason
from transforms.forgotten import NOTHING, Forgotten, Key, key_of
from transforms.parse import Format, Malformed, Record, parse
from transforms.parse.kept import dumped
from transforms.text_prints import STRETCH_BYTES, Sieve, prints_of

TEXT = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in from the west"
PRINTS = set(prints_of(TEXT))
SIEVE = Sieve(PRINTS)
COLUMNS: dict[str, Any] = {
    "article_id": ["a1", "a2"],
    "text_id": ["t1", "t2"],
    "url": ["http://post.example/1?x", None],
    "canonical_url": ["https://post.example/1", None],
    "source": ["Post", "Mail"],
    "authors": [["Ada Quill", "Jo Reed"], []],
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Key.ARTICLE, "a1"),
        (Key.TEXT, "t1"),
        (Key.URL, "https://post.example/1"),
        (Key.URL, "http://POST.example/1?x"),
        (Key.SOURCE, " post "),
        (Key.AUTHOR, "ADA  quill"),
    ],
)
def test_a_record_is_known_by_any_of_its_keys_and_no_other_is(kind: Key, value: str) -> None:
    known = Forgotten.of([(date(2026, 11, 22), str(kind), key_of(kind, value))])

    assert [f"forgotten on 2026-11-22 ({kind})", None] == known.hits(COLUMNS, [None, b"raw"])


def test_of_several_keys_the_first_to_be_forgotten_is_told_and_of_one_day_the_first_kind() -> None:
    days = [(date(2026, 5, 2), "article", "a1"), (date(2026, 5, 1), "text", "t1"), (date(2026, 5, 3), "text", "t1")]
    same = [(date(2026, 5, 2), "text", "t1"), (date(2026, 5, 2), "article", "a1")]

    assert ["forgotten on 2026-05-01 (text)", None] == Forgotten.of(days).hits(COLUMNS, [None, None])
    assert ["forgotten on 2026-05-02 (article)", None] == Forgotten.of(same).hits(COLUMNS, [None, None])
    assert not NOTHING


def test_neither_names_nor_addresses_can_be_read_off_a_key() -> None:
    keys = {key_of(kind, "Ada Quill") for kind in (Key.URL, Key.SOURCE, Key.AUTHOR, Key.RECORD)}

    assert 4 == len(keys)
    assert all("quill" not in key for key in keys)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200), st.integers(0, len(TEXT) - STRETCH_BYTES))
def test_a_stretch_is_found_wherever_it_stands(before: bytes, after: bytes, start: int) -> None:
    data = TEXT.encode()

    assert PRINTS == SIEVE.found(before + data + after)
    assert not SIEVE.found(before + data[start : start + STRETCH_BYTES - 1] + b"|" + after)


def test_a_stretch_is_found_across_the_blocks_in_which_bytes_are_searched() -> None:
    for begin in range((1 << 18) - len(TEXT) - 1, 1 << 18, 23):
        assert PRINTS == SIEVE.found(b"." * begin + TEXT.encode() + b".")


@pytest.mark.parametrize("text", ["", "short", "x" * (STRETCH_BYTES - 1), 'say "so"\n' * 20])
def test_a_text_without_a_stretch_has_no_print(text: str) -> None:
    assert [] == prints_of(text)


def test_a_text_of_another_script_is_found_in_utf_8() -> None:
    text = "市议会星期一投票决定在冬季风暴来临之前修复港口的墙"

    assert set(prints_of(text)) == Sieve(prints_of(text)).found(f"<p>{text}</p>".encode()) != set()


def _first(moment: Any) -> Any:
    """Give the first of two moments that one clock shows: no format here tells which is meant."""
    return moment.replace(fold=0)


FIELDS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC)).map(_first) | st.times().map(_first) | st.timedeltas()
    | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), FIELDS), st.binary(), st.none() | st.integers(0, 1 << 40))
def test_a_kept_record_is_read_as_it_was(fields: dict[str, Any], raw: bytes, offset: int | None) -> None:
    record, broken = Record(0, offset, raw, fields), Malformed(1, offset, raw, Reason.MALFORMED, "broken")
    lines = dumped(record) + dumped(broken) + dumped(record, "forgotten on a day (url)")
    first, second, third = parse(lines, Format.KEPT, "")

    assert isinstance(first, Record)
    assert (0, offset, raw, fields) == (first.number, first.offset, first.raw, first.fields)
    assert repr(fields) == repr(first.fields)
    assert broken == second
    assert Malformed(2, offset, b"", Reason.FORGOTTEN, "forgotten on a day (url)") == third


def test_a_value_that_no_format_here_has_stays_its_text() -> None:
    [found] = parse(dumped(Record(0, None, b"", {"a": [UUID(int=7)]})), Format.KEPT, "")

    assert isinstance(found, Record)
    assert {"a": [str(UUID(int=7))]} == found.fields
