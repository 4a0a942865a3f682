"""What lies in quarantine, by reason and dump, with samples; and texts that look as if they belonged there."""

from dataclasses import dataclass
from typing import Final

from flows.inquiry.shelf import Shelf
from flows.intake.receipt import printable
from flows.lake.catalog import quoted, source
from transforms.article import Reason
from transforms.errors import UsageError
from transforms.tables import MEMBERSHIP, PROFILES

_SHOWN_CHARS: Final = 160
_SHOWN_BYTES: Final = 4 * _SHOWN_CHARS
_LEAST_TITLES: Final = 3
"""Titles under which the same short text stands before it is suspected to be no story."""


@dataclass(frozen=True, slots=True)
class Count:
    """Rejected records of one reason and detail in one dump; `outlet` is what `--source` named for it."""

    reason: str
    detail: str
    dump_name: str
    outlet: str | None
    records: int


@dataclass(frozen=True, slots=True)
class Reject:
    """One rejected record: its place, and the beginning of it, escaped; null when its bytes were not kept."""

    reason: str
    detail: str
    dump_name: str
    member: str | None
    record_number: int
    byte_count: int
    raw: str | None


@dataclass(frozen=True, slots=True)
class Suspect:
    """A short text under several titles, which the pair rule kept apart: perhaps a placeholder that no rule knows."""

    articles: int
    titles: int
    outlets: int
    word_count: int
    article_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The quarantine of a snapshot. `counts`, `samples` and `suspects` are the first of all there are."""

    snapshot: int
    records: int
    dumps: int
    reasons: dict[str, int]
    count_rows: int
    counts: list[Count]
    samples: list[Reject]
    suspect_count: int
    suspects: list[Suspect]


def look_into(shelf: Shelf, reason: str | None, dump: str | None, limit: int) -> Quarantine:
    """Count and sample what is rejected, all or that of a reason or a dump (its name, or how its digest begins).

    Raises UsageError for a reason that there is not, or a dump without rejects.
    """
    condition = rejected_by(reason, dump)
    rows = shelf.rows(f"SELECT reason, count(*) AS records FROM quarantine WHERE {condition} GROUP BY ALL ORDER BY ALL")
    reasons = {row["reason"]: row["records"] for row in rows}
    if dump is not None and not reasons:
        raise UsageError(f"no such record of a dump {dump!r} is in quarantine; leave out --dump to see all dumps")
    [all_of] = shelf.rows(f"SELECT count(DISTINCT dump_digest) AS dumps FROM quarantine WHERE {condition}")
    count_rows, counts = _counts(shelf, condition, limit)
    suspect_count, suspects = _suspects(shelf, limit) if reason is None and dump is None else (0, [])
    return Quarantine(
        snapshot=shelf.manifest.number,
        records=sum(reasons.values()),
        dumps=all_of["dumps"],
        reasons=reasons,
        count_rows=count_rows,
        counts=counts,
        samples=samples_of(shelf, condition, limit),
        suspect_count=suspect_count,
        suspects=suspects,
    )


def rejected_by(reason: str | None, dump: str | None) -> str:
    """Give the condition of SQL for rows of QUARANTINE: those of a reason, of a dump by name or digest, or all.

    Raises UsageError for a reason that there is not.
    """
    conditions = ["true"]
    if reason is not None:
        if reason not in [*Reason]:
            raise UsageError(f"{reason!r} is no reason; there are {', '.join(Reason)}")
        conditions.append(f"reason = {quoted(reason)}")
    if dump is not None:
        conditions.append(f"(dump_name = {quoted(dump)} OR starts_with(dump_digest, {quoted(dump)}))")
    return " AND ".join(conditions)


def _counts(shelf: Shelf, condition: str, limit: int) -> tuple[int, list[Count]]:
    """Count by reason, detail and dump; figures in a detail differ from record to record, and are left out."""
    outlet = "outlet" if _has_outlets(shelf) else "NULL::VARCHAR"
    rows = shelf.rows(f"""
        SELECT reason, regexp_replace(detail, '[0-9][0-9,]*', 'N', 'g') AS detail, dump_name,
            any_value(outlet) AS outlet, count(*) AS records, count(*) OVER () AS all_rows
        FROM quarantine LEFT JOIN
            (SELECT dump_digest, {outlet} AS outlet FROM dumps WHERE status = 'consumed') USING (dump_digest)
        WHERE {condition} GROUP BY ALL ORDER BY records DESC, reason, detail, dump_name LIMIT {limit}""")
    names = Count.__slots__
    return (rows[0]["all_rows"] if rows else 0), [Count(**{name: row[name] for name in names}) for row in rows]


def _has_outlets(shelf: Shelf) -> bool:
    """Tell whether the snapshot is of a version that notes them."""
    return any(row["column_name"] == "outlet" for row in shelf.rows("DESCRIBE dumps"))


def samples_of(shelf: Shelf, condition: str, limit: int) -> list[Reject]:
    """Give some rejects that meet a condition of SQL, of each reason in turn, safe to be printed."""
    rows = shelf.rows(f"""
        SELECT reason, detail, dump_name, member, record_number, coalesce(octet_length(raw), 0) AS byte_count,
            raw[1:{_SHOWN_BYTES}] AS raw
        FROM quarantine WHERE {condition}
        ORDER BY row_number() OVER (PARTITION BY reason ORDER BY dump_name, member, record_number), reason
        LIMIT {limit}""")
    return [Reject(**{**row, "raw": None if row["raw"] is None else _safe(row["raw"])}) for row in rows]


def _safe(raw: bytes) -> str:
    text = printable(raw.decode("utf-8", "backslashreplace"))
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


def _suspects(shelf: Shelf, limit: int) -> tuple[int, list[Suspect]]:
    """Find short texts that stand under many titles, in order of how many."""
    membership, profiles = (
        source(table, shelf.past.parts(table), shelf.past.address) for table in (MEMBERSHIP, PROFILES)
    )
    rows = shelf.rows(f"""
        SELECT count(*) AS articles, count(DISTINCT title_words) AS titles, count(DISTINCT source) AS outlets,
            any_value(word_count) AS word_count, min(article_id) AS article_id, count(*) OVER () AS all_rows
        FROM {profiles} WHERE word_count < {shelf.limits.short_words} AND text_id IN (
            SELECT text_id FROM {membership} WHERE twin_relation = 'related')
        GROUP BY text_id HAVING titles >= {_LEAST_TITLES}
        ORDER BY titles DESC, articles DESC, article_id LIMIT {limit}""")
    texts = shelf.texts("article_id", [row["article_id"] for row in rows], _days(shelf, rows)) if rows else {}
    names = ("articles", "titles", "outlets", "word_count", "article_id")
    found = [
        Suspect(**{name: row[name] for name in names}, text=_safe(texts[row["article_id"]].encode())) for row in rows
    ]
    return (rows[0]["all_rows"] if rows else 0), found


def _days(shelf: Shelf, rows: list[dict[str, object]]) -> set[str | None]:
    ids = ", ".join(f"'{row['article_id']}'" for row in rows)
    membership = source(MEMBERSHIP, shelf.past.parts(MEMBERSHIP), shelf.past.address)
    days = shelf.rows(f"SELECT DISTINCT published_date AS day FROM {membership} WHERE article_id IN ({ids})")
    return {row["day"] and row["day"].isoformat() for row in days}
