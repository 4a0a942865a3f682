"""XML made to hurt costs bounded time and memory, and reads nothing but itself."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from transforms.errors import DumpRefused
from transforms.parse import Format, Malformed, Record, parse

CHARS = 6_000
LONGER = 4
NOISE_SECONDS = 0.05
MOST_TIMES = 9.0
"""Four times the document may take this many times as long; a quadratic pass takes sixteen times."""

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ITEM = "<rss><channel><item><title>{}</title></item></channel></rss>"


def read(document: str) -> list[Record | Malformed]:
    return list(parse(document.encode(), Format.FEED, "utf-8"))


def test_entities_that_multiply_are_not_expanded() -> None:
    document = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>' + ITEM.format("a &l9;")
    (record,) = read(document)

    assert isinstance(record, Record)
    assert "a &l9;" == record.fields["title"]


def test_entities_that_multiply_in_an_attribute_are_not_expanded() -> None:
    document = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>' + ITEM.format("<a href='&l9;'>x</a>")
    (record,) = read(document)

    assert isinstance(record, Record)


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x SYSTEM "{}">',
        '<!ENTITY % p SYSTEM "{}"> %p;',
        '<!-- ] > \' " --><!ENTITY q "]>"><!ENTITY x SYSTEM "{}">',
    ],
)
def test_no_other_file_is_read(tmp_path: Path, declared: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    (record,) = read(f"<!DOCTYPE rss [{declared.format(secret.as_uri())}]>" + ITEM.format("a &x;"))

    assert isinstance(record, Record)
    assert "a &x;" == record.fields["title"]


def test_an_inclusion_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    (record,) = read(ITEM.format(f"a {include}"))

    assert isinstance(record, Record)
    assert "secret" not in record.fields["title"]


def test_200_000_nested_tags_are_one_malformed_record() -> None:
    found = read(ITEM.format("<a>" * 200_000 + "</a>" * 200_000))

    assert [True] == [isinstance(r, Malformed) for r in found]
    assert isinstance(found[0], Malformed)
    assert "256 levels" in found[0].detail


def test_the_detail_of_a_broken_item_does_not_quote_it() -> None:
    (found,) = read(ITEM.format("<secret></open>"))

    assert isinstance(found, Malformed)
    assert "secret" not in found.detail


UNITS = (
    "<item>", "<item ", "<item a='", '<item a="', "<item/", "</item>", "<item/>", "<item><![CDATA[", "<![CDATA[",
    "]]>", "<!--", "<item><!--", "<?", "<item></item>", "<item><b></item>", "&", "&#", "&amp", "&lt;", "&x;",
    "&eacute;", "<a>", "<b><item>", "\x01", "<", "'", '"', "<item xmlns:a='b'>", "<!DOCTYPE", "<!DOCTYPE a [<!--",
    "<!DOCTYPE a ['", "<author>a@b (", "<item><author>a@b (</author></item>",
)  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def spent(start: str, unit: str, chars: int) -> float:
    def work() -> None:
        with suppress(DumpRefused):
            read(start + unit * (chars // len(unit)))

    return min(seconds(work), seconds(work))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("start", ["", "<rss><item><title>"])
def test_a_run_of_one_thing_takes_time_in_proportion(start: str, unit: str) -> None:
    once, longer = spent(start, unit, CHARS), spent(start, unit, LONGER * CHARS)

    assert longer <= MOST_TIMES * once + NOISE_SECONDS


def test_namespaces_by_the_thousand_do_not_burden_every_item() -> None:
    many = "".join(f" xmlns:n{n}='urn:{n}'" for n in range(5_000))
    document = f"<rss{many}><channel>{'<item><title>a</title></item>' * 2_000}</channel></rss>"

    assert seconds(lambda: read(document)) < 2
