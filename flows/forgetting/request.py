"""What is asked to be forgotten, and all that goes with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

import pyarrow as pa

from flows.forgetting.known import News, forgotten_in
from flows.inquiry.article_id import find_article
from flows.inquiry.shelf import Shelf
from transforms.article import Reason
from transforms.errors import UsageError
from transforms.forgotten import Forgotten, Key, key_of
from transforms.text_prints import Sieve, prints_of
from transforms.urls import canonical_url

SHOWN: Final = 20
_COLUMNS: Final = "article_id, text_id, url, canonical_url, source, authors"
_BATCH_ROWS: Final = 20_000

Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What to forget: one of an article (its id, or how that begins), an address, an outlet, an author."""

    article: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    copies: bool = False
    """Whether all other copies of the stories go with it."""

    def __post_init__(self) -> None:
        """Raise UsageError unless exactly one thing is named."""
        named = [each for each in (self.article, self.url, self.source, self.author) if each and each.strip()]
        if len(named) != 1:
            raise UsageError("name one thing to forget: an article's id, or --url, --source or --author")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a story that is forgotten, which stays."""

    article_id: str
    outlet: str
    relation: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go. `staying` are the first of `staying_count`; `unsearchable` texts have no stretch of their own."""

    snapshot: int
    news: News
    article_ids: tuple[str, ...]
    deliveries: int
    rejects: int
    """Rejected records that hold words of these articles."""
    dumps: tuple[str, ...]
    staying_count: int
    staying: tuple[Copy, ...]
    unsearchable: int


def plan(shelf: Shelf, request: Request, today: date) -> Plan:
    """Find all that goes; raise UsageError when no article has such an id."""
    keys = _asked(shelf, request)
    ids = _hits(shelf, keys, today)
    if request.copies:
        keys += _of_articles(shelf, _clusters(shelf, ids), with_articles=True)
    elif request.article or request.url:  # what is meant is this text, wherever it stands
        keys += _of_articles(shelf, ids)
    keys = tuple(dict.fromkeys(keys))
    ids = _hits(shelf, keys, today)
    prints, unsearchable = _prints(shelf, ids)
    rejects = _rejects(shelf, prints)
    if not ids and not rejects and not forgotten_in(shelf.manifest, shelf.past.address).holds(keys):
        raise UsageError(_nobody(shelf, request))
    keys += tuple((Key.RECORD, key) for key in sorted(rejects))
    staying = _staying(shelf, ids)
    return Plan(
        snapshot=shelf.manifest.number,
        news=News(today, keys, tuple(sorted(prints))),
        article_ids=tuple(ids),
        deliveries=_count(shelf, ids),
        rejects=sum(map(len, rejects.values())),
        dumps=_dumps(shelf, ids, {digest for digests in rejects.values() for digest in digests}),
        staying_count=len(staying),
        staying=tuple(staying[:SHOWN]),
        unsearchable=unsearchable,
    )


def _nobody(shelf: Shelf, request: Request) -> str:
    """Say that nothing is of what was named: a slip of the pen must not cost the history."""
    if not request.source:
        return f"nothing in the lake is of {request.url or request.author!r}; nothing was changed"
    names = [row["source"] for row in shelf.rows("SELECT DISTINCT source FROM copies")]
    meant = "".join(f"; did you mean {close}?" for close in get_close_matches(request.source, names, 1))
    return f"nothing in the lake is of the outlet {request.source!r}, nothing was changed{meant}"


def _asked(shelf: Shelf, request: Request) -> Keys:
    """Give the keys of what is named; an article is known by its address, too."""
    if request.article:
        known = forgotten_in(shelf.manifest, shelf.past.address).beginning(Key.ARTICLE, request.article.strip().lower())
        try:
            own = find_article(shelf, request.article)
        except UsageError:
            if not known:
                raise
            return tuple((Key.ARTICLE, key) for key in known)
        [row] = shelf.rows(f"SELECT url, canonical_url FROM copies WHERE article_id = '{own.article_id}'")
        return ((Key.ARTICLE, own.article_id), *_addresses(row["url"], row["canonical_url"]))
    if request.url:
        return _addresses(request.url.strip(), canonical_url(request.url))
    kind, name = (Key.SOURCE, request.source) if request.source else (Key.AUTHOR, request.author)
    return ((kind, key_of(kind, name or "")),)


def _addresses(*forms: str | None) -> Keys:
    return tuple(sorted({(Key.URL, key_of(Key.URL, form)) for form in forms if form}))


def _hits(shelf: Shelf, keys: Keys, today: date) -> list[str]:
    """Give the ids of the articles that would be refused under these keys, by the very rule that refuses them."""
    rule = Forgotten.of((today, *key) for key in keys)
    ids = []
    for rows in _batches(shelf, f"SELECT {_COLUMNS} FROM copies"):
        columns = {name: rows[name].to_pylist() for name in rows.schema.names}
        found = rule.hits(columns, [None] * rows.num_rows)
        ids += [article_id for article_id, hit in zip(columns["article_id"], found, strict=True) if hit]
    return sorted(ids)


def _batches(shelf: Shelf, sql: str) -> Iterator[pa.RecordBatch]:
    yield from shelf.connection.execute(sql).to_arrow_reader(_BATCH_ROWS)


def _about(shelf: Shelf, ids: list[str], sql: str) -> list[dict[str, Any]]:
    """Ask about articles, which SQL finds as table `wanted`."""
    with shelf.beside(pa.table({"article_id": pa.array(ids, pa.string())})):
        return shelf.rows(sql)


def _clusters(shelf: Shelf, ids: list[str]) -> list[str]:
    rows = _about(
        shelf,
        ids,
        """SELECT article_id FROM copies WHERE cluster_id IN (SELECT cluster_id FROM copies SEMI JOIN wanted
        USING (article_id)) ORDER BY ALL""",
    )
    return [row["article_id"] for row in rows]


def _of_articles(shelf: Shelf, ids: list[str], *, with_articles: bool = False) -> Keys:
    rows = _about(shelf, ids, "SELECT DISTINCT text_id FROM copies SEMI JOIN wanted USING (article_id) ORDER BY ALL")
    articles = ((Key.ARTICLE, article_id) for article_id in ids if with_articles)
    return (*articles, *((Key.TEXT, row["text_id"]) for row in rows))


def _prints(shelf: Shelf, ids: list[str]) -> tuple[set[int], int]:
    """Give the prints that the texts of these articles have, and no other article, and how many have none such."""
    rows = _about(shelf, ids, "SELECT DISTINCT text FROM copies SEMI JOIN wanted USING (article_id)")
    by_text = [set(prints_of(row["text"])) for row in rows]
    sieve = Sieve(set().union(*by_text))
    shared: set[int] = set()
    with shelf.beside(pa.table({"article_id": pa.array(ids, pa.string())})):
        for others in _batches(shelf, "SELECT text FROM copies ANTI JOIN wanted USING (article_id)"):
            shared |= sieve.found("\n".join(others["text"].to_pylist()).encode("utf-8", "surrogatepass"))
    own = [prints - shared for prints in by_text]
    return set().union(*own), sum(not prints for prints in own)


def _rejects(shelf: Shelf, prints: set[int]) -> dict[str, list[str]]:
    """Give the keys of rejected records that hold words of these texts, each with the digests of their dumps."""
    sieve, found = Sieve(prints), dict[str, list[str]]()
    sql = f"SELECT raw, dump_digest FROM quarantine WHERE raw IS NOT NULL AND reason <> '{Reason.FORGOTTEN}'"
    for rows in _batches(shelf, sql) if prints else ():
        for row in rows.to_pylist():
            if sieve.found(row["raw"]):
                found.setdefault(key_of(Key.RECORD, row["raw"]), []).append(row["dump_digest"])
    return found


def _count(shelf: Shelf, ids: list[str]) -> int:
    [row] = _about(shelf, ids, "SELECT count(*) AS count FROM deliveries SEMI JOIN wanted USING (article_id)")
    return int(row["count"])


def _dumps(shelf: Shelf, ids: list[str], digests: set[str]) -> tuple[str, ...]:
    rows = _about(shelf, ids, "SELECT DISTINCT dump_digest FROM deliveries SEMI JOIN wanted USING (article_id)")
    digests = digests | {row["dump_digest"] for row in rows}
    names = shelf.rows("SELECT dump_digest, dump_name FROM dumps WHERE status = 'consumed' ORDER BY dump_name")
    return tuple(row["dump_name"] for row in names if row["dump_digest"] in digests)


def _staying(shelf: Shelf, ids: list[str]) -> list[Copy]:
    """List the other copies of these stories."""
    rows = _about(
        shelf,
        ids,
        """SELECT article_id, source AS outlet, relation FROM copies ANTI JOIN wanted USING (article_id)
        WHERE cluster_id IN (SELECT cluster_id FROM copies SEMI JOIN wanted USING (article_id)) ORDER BY ALL""",
    )
    return [Copy(**row) for row in rows]
