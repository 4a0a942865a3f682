"""What a rebuild would change: the articles of a snapshot beside those made anew, by the columns that both have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from flows.lake.catalog import source
from flows.lake.duck import Config, open_duckdb
from flows.lake.manifest import Manifest, Part
from flows.under import Changes
from transforms.article import ARTICLES
from transforms.difference import Span, abridge, difference
from transforms.schema import Table
from transforms.tables import MEMBERSHIP, PAIRS, QUARANTINE

_ID: Final = "article_id"
_PLACES: Final = (
    "cluster_id", "canonical_id", "is_canonical", "relation", "jaccard", "containment", "chain_id", "version",
    "is_current",
)  # fmt: skip
_CUT: Final = 120


@dataclass(frozen=True, slots=True)
class Sample:
    """One article that differs in a column: both values as text, cut, and of a story the words that differ."""

    article_id: str
    before: str | None
    after: str | None
    words: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """How many articles differ in a column, and the first of them by id."""

    column: str
    articles: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What would differ after a rebuild. Counts by relation and by reason are (before, after)."""

    snapshot: int
    rules: str
    notes: tuple[str, ...]
    articles_before: int
    articles_after: int
    added: int
    gone: int
    changed: int
    columns: tuple[ColumnChange, ...]
    added_samples: tuple[str, ...]
    gone_samples: tuple[str, ...]
    quarantine: dict[str, tuple[int, int]]
    pairs: dict[str, tuple[int, int]]
    new_columns: tuple[str, ...]
    old_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The connection, and the parts before and after."""

    connection: duckdb.DuckDBPyConnection
    before: Sequence[Part]
    after: Sequence[Part]
    address: str

    def sources(self, table: Table) -> tuple[str, str]:
        """Give what stands after FROM for a table, before and after."""
        before, after = (
            source(table, [part for part in side if part.table == table.name], self.address)
            for side in (self.before, self.after)
        )
        return before, after

    def columns(self, rows: str) -> list[str]:
        """Name the columns of either side."""
        return [row[0] for row in self.connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask."""
        return self.connection.execute(sql).fetchall()


def compare(
    parent: Manifest,
    parts: Sequence[Part],
    changes: Changes,
    address: str,
    workspace: Path,
    memory_mb: int,
    samples: int,
) -> Rebuilt:
    """Compare a snapshot with parts made anew, by the columns that both have; show so many samples of each."""
    config: Config = {"memory_limit": f"{memory_mb}MiB", "temp_directory": str(workspace / "spill")}
    with open_duckdb(address, workspace / "changes.duckdb", config) as connection:
        sides = _Sides(connection, parent.parts, parts, address)
        kept, new, old = _find_differing(sides)
        [(before, after, added, gone, changed)] = sides.rows("""
            SELECT count(*) FILTER (was), count(*) FILTER (is_now), count(*) FILTER (NOT was),
                count(*) FILTER (NOT is_now), count(*) FILTER (was AND is_now AND len(columns) > 0) FROM differing
        """)
        return Rebuilt(
            parent.number, str(changes), changes.notes, before, after, added, gone, changed,
            columns=tuple(_column_changes(sides, kept, samples)),
            added_samples=_ids(sides, "NOT was", samples),
            gone_samples=_ids(sides, "NOT is_now", samples),
            quarantine=_counts(sides, QUARANTINE, "reason"),
            pairs=_counts(sides, PAIRS, "relation"),
            new_columns=tuple(new),
            old_columns=tuple(old),
        )  # fmt: skip


def _find_differing(sides: _Sides) -> tuple[list[str], list[str], list[str]]:
    """Make table `differing`, a row an article on either side; give the columns of both, and those of one only.

    Rows are joined by 64-bit hashes of their values, so that no text is held in memory.
    """
    kept: list[str] = []
    new: list[str] = []
    old: list[str] = []
    joined = []
    for table, wanted in ((ARTICLES, None), (MEMBERSHIP, _PLACES)):
        before, after = sides.sources(table)
        names, had = sides.columns(after), sides.columns(before)
        own = [n for n in names if n != _ID and (wanted is None or n in wanted)]
        both = [name for name in own if name in had]
        kept += both
        new += [name for name in own if name not in had]
        old += [name for name in had if name not in names and wanted is None]
        joined.append(
            [f"SELECT {', '.join([_ID, *(_hashed(n) for n in both)])} FROM {rows}" for rows in (before, after)]
        )
    (before, after), (places_before, places_after) = joined
    lists = ", ".join(f'CASE WHEN b."{n}" <> a."{n}" THEN \'{n}\' END' for n in kept)
    sides.connection.execute(f"""
        CREATE TABLE differing AS
        SELECT coalesce(b.{_ID}, a.{_ID}) AS {_ID}, b.{_ID} IS NOT NULL AS was, a.{_ID} IS NOT NULL AS is_now,
            list_filter([{lists}], lambda name: name IS NOT NULL) AS columns
        FROM (FROM ({before}) JOIN ({places_before}) USING ({_ID})) AS b
        FULL JOIN (FROM ({after}) JOIN ({places_after}) USING ({_ID})) AS a ON b.{_ID} = a.{_ID}
    """)
    return kept, new, old


def _hashed(name: str) -> str:
    return f'hash("{name}") AS "{name}"'


def _column_changes(sides: _Sides, kept: Sequence[str], samples: int) -> Iterable[ColumnChange]:
    counts = dict(
        sides.rows("""
            SELECT name, count(*) FROM (SELECT unnest(columns) AS name FROM differing WHERE was AND is_now)
            GROUP BY name
        """)
    )
    for name in sorted(counts, key=lambda name: (-counts[name], kept.index(name))):
        ids = _ids(sides, f"was AND is_now AND list_contains(columns, '{name}')", samples)
        yield ColumnChange(name, counts[name], tuple(_samples(sides, name, ids)))


def _ids(sides: _Sides, condition: str, samples: int) -> tuple[str, ...]:
    rows = sides.rows(f"SELECT {_ID} FROM differing WHERE {condition} ORDER BY {_ID} LIMIT {samples}")
    return tuple(article_id for (article_id,) in rows)


def _samples(sides: _Sides, name: str, ids: Sequence[str]) -> Iterable[Sample]:
    table = MEMBERSHIP if name in _PLACES else ARTICLES
    wanted = ", ".join(f"'{article_id}'" for article_id in ids)
    values = [
        dict(sides.rows(f'SELECT {_ID}, CAST("{name}" AS VARCHAR) FROM {rows} WHERE {_ID} IN ({wanted})'))
        for rows in (sides.sources(table) if ids else ())
    ]
    for article_id in ids:
        before, after = (side.get(article_id) for side in values)
        words = tuple(abridge(difference(before or "", after or ""), most=60)) if name == "text" else ()
        yield Sample(article_id, _short(before), _short(after), words)


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= _CUT else value[:_CUT] + "..."


def _counts(sides: _Sides, table: Table, column: str) -> dict[str, tuple[int, int]]:
    before, after = (
        dict(sides.rows(f"SELECT {column}, count(*) FROM {rows} GROUP BY ALL")) for rows in sides.sources(table)
    )
    return {name: (before.get(name, 0), after.get(name, 0)) for name in sorted(before | after)}
