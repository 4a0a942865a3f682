"""An article's own row, and where it came from."""

from dataclasses import dataclass
from datetime import datetime

from flows.inquiry.prints import Print
from flows.inquiry.shelf import Shelf

SHOWN_DELIVERIES = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """One arrival in a dump; numbers from 0, offset in bytes."""

    dump_digest: str
    dump_name: str
    member: str | None
    record_number: int
    byte_offset: int | None


@dataclass(frozen=True, slots=True)
class Article:
    """What there is to know of an article but its text; `edits` maps a rule of cleaning to how often it applied."""

    article_id: str
    headline: str | None
    outlet: str
    published_at: datetime | None
    published_at_origin: str
    url: str | None
    language: str | None
    word_count: int
    edits: dict[str, int]
    delivery_count: int
    deliveries: list[Delivery]


def article_of(shelf: Shelf, own: Print) -> Article:
    """Look up an article and its first deliveries."""
    [row] = shelf.rows(f"""
        SELECT article_id, title AS headline, source AS outlet, published_at, published_at_origin, url, language,
            word_count, edits
        FROM copies WHERE article_id = '{own.article_id}'""")
    arrivals = shelf.rows(f"""
        SELECT dump_digest, dump_name, member, record_number, byte_offset, count(*) OVER () AS count
        FROM deliveries WHERE article_id = '{own.article_id}'
        ORDER BY dump_name, member NULLS FIRST, record_number LIMIT {SHOWN_DELIVERIES}""")
    count = arrivals[0]["count"] if arrivals else 0
    names = Delivery.__slots__
    deliveries = [Delivery(**{name: arrival[name] for name in names}) for arrival in arrivals]
    return Article(**row, delivery_count=count, deliveries=deliveries)
