"""From what a person types to one article: a whole id, or the beginning of one."""

import re
from typing import Final

from flows.inquiry.prints import Print, prints_by_id
from flows.inquiry.shelf import Shelf
from flows.lake.catalog import source
from transforms.errors import UsageError
from transforms.tables import MEMBERSHIP

_ID: Final = re.compile(r"[0-9a-f]{1,32}")
_LEAST: Final = 6
_SHOWN: Final = 3
_NEXT: Final = "find ids with `broadsheet query \"SELECT article_id, title FROM copies WHERE title ILIKE '%word%'\"`"


def find_article(shelf: Shelf, given: str, *, least: int = _LEAST) -> Print:
    """Give the one article whose id begins so (`least` characters will do); raise UsageError for none or several."""
    prefix = given.strip().lower()
    if not _ID.fullmatch(prefix) or len(prefix) < least:
        what = "these have 32 characters from 0-9 and a-f"
        raise UsageError(f"{given!r} is no article id: {what}, {least} will do; {_NEXT}")
    number = shelf.manifest.number
    found = _beginning(shelf, prefix)
    if not found:
        raise UsageError(f"no article of snapshot {number} has an id that begins with {prefix}; {_NEXT}")
    if len(found) > 1:
        shown = ", ".join(article_id for article_id, _ in found[:_SHOWN])
        raise UsageError(f"{found[0][1]:,} articles have an id that begins with {prefix}: {shown}; give more of it")
    [(article_id, _)] = found
    return prints_by_id(shelf, [article_id])[article_id]


def _beginning(shelf: Shelf, prefix: str) -> list[tuple[str, int]]:
    """Give the first ids that begin so, and how many do: a range, for row groups know their least and greatest id."""
    membership = source(MEMBERSHIP, shelf.past.parts(MEMBERSHIP), shelf.past.address)
    rows = shelf.rows(f"""
        SELECT article_id, count(*) OVER () AS count FROM {membership}
        WHERE article_id >= '{prefix}' AND article_id < '{prefix}g' ORDER BY article_id LIMIT {_SHOWN}""")
    return [(row["article_id"], row["count"]) for row in rows]
