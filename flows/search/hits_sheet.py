"""What was found, on a sheet or as rows."""

import pyarrow as pa

from flows.inquiry.sheet import SHORT_ID, Sheet, moment, title
from flows.search.search import Found, Hit
from transforms.article import TIMESTAMP

_ROWS = pa.schema(
    [
        ("published_at", TIMESTAMP),
        ("source", pa.string()),
        ("title", pa.string()),
        ("article_id", pa.string()),
        ("copies", pa.int64()),
        ("score", pa.float64()),
        ("snippet", pa.string()),
    ]
)


def hits_sheet(found: Found) -> str:
    """Tell the stories, or that there are none."""
    sheet = Sheet()
    if not found.hits:
        sheet.line(f"nothing found: no article of snapshot {found.snapshot} holds all these words", indent=0)
        return sheet.text()
    articles = "1 article" if found.count == 1 else f"{found.count:,} articles"
    stories = "1 story" if len(found.hits) == 1 else f"{len(found.hits):,} stories"
    sheet.line(f"{articles} of snapshot {found.snapshot}, copies included; the best {stories}:", indent=0)
    for hit in found.hits:
        sheet.heading(title(hit.title))
        sheet.line(", ".join(_facts(hit)))
        sheet.line(hit.marked.strip(), indent=4)
    return sheet.text()


def hit_rows(found: Found) -> pa.Table:
    """Give a row a story."""
    rows = [{name: getattr(hit, "marked" if name == "snippet" else name) for name in _ROWS.names} for hit in found.hits]
    return pa.Table.from_pylist(rows, _ROWS)


def _facts(hit: Hit) -> list[str]:
    when = f"{hit.published_at:%Y-%m-%d}" if hit.published_at and hit.precision == "day" else moment(hit.published_at)
    copies = [f"{hit.copies:,} copies"] if hit.copies > 1 else []
    return [when, hit.source, hit.article_id[:SHORT_ID], *copies]
