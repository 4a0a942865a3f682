"""The catalog: views over explicit file lists, and macros, with a comment on each, derived from a manifest."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.lake.duck import open_duckdb, open_part
from flows.lake.manifest import Manifest, Part
from transforms.article import ARTICLES
from transforms.macros import MACROS
from transforms.schema import PARTITION_COLUMN, Column, Table
from transforms.tables import COPIES, MEMBERSHIP, PAIRS, VIEWS, schema_digest
from transforms.views import DERIVED

_STORAGE_VERSION: Final = "v1.0.0"
"""What DuckDB 1.0 and all later ones read; the default of 2.0 shuts 1.x out."""

_SQL_TYPES: Final = {
    pa.string(): "VARCHAR",
    pa.binary(): "BLOB",
    pa.bool_(): "BOOLEAN",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
}

_TWINS: Final = """
    SELECT least(article_id, twin_id), greatest(article_id, twin_id), 1.0, 1.0, 1.0, twin_relation, twin_rule
    FROM {membership} WHERE twin_id IS NOT NULL AND twin_id <> article_id"""


def build_catalog(manifest: Manifest | None, address: str, path: Path) -> None:
    """Write a DuckDB file of views at `path`, which must not exist; no .wal file is left beside it."""
    with open_duckdb(address) as connection:
        connection.execute(f"ATTACH {quoted(str(path))} AS cat (STORAGE_VERSION '{_STORAGE_VERSION}')")
        connection.execute("BEGIN")
        for statement in view_statements(manifest, address, "cat."):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT cat")
        connection.execute("DETACH cat")


def view_statements(manifest: Manifest | None, address: str, prefix: str = "") -> Iterator[str]:
    """Yield the SQL that makes every view and macro, and the comment on each; empty views without a manifest."""
    select = {ARTICLES.name: _articles, COPIES.name: _copies, PAIRS.name: _pairs}
    for table in VIEWS:
        query = select[table.name](manifest, address) if table.name in select else _stored(table, manifest, address)
        yield from _view(prefix, table, query)
    for view in DERIVED:
        yield from _view(prefix, view, view.sql)
    yield from _macros(prefix, _copies(manifest, address))


def _view(prefix: str, table: Table, query: str) -> Iterator[str]:
    yield f"CREATE VIEW {prefix}{table.name} AS {query}"
    yield f"COMMENT ON VIEW {prefix}{table.name} IS {quoted(table.meaning)}"
    for column in table.columns:
        yield f'COMMENT ON COLUMN {prefix}{table.name}."{column.name}" IS {quoted(column.comment)}'


def _macros(prefix: str, copies: str) -> Iterator[str]:
    """Yield what makes the macros. One that gives a table holds the query of `copies` itself, not the view's name.

    DuckDB looks a name inside a view up beside that view, but one inside a macro where the caller is: in a catalog
    attached under a name of the analyst's choice it would not be found.
    """
    for macro in MACROS:
        body = macro.sql.replace("{copies}", copies)
        yield f"CREATE MACRO {prefix}{macro.name}({macro.parameters}) AS {'TABLE ' if macro.is_table else ''}{body}"
        yield f"COMMENT ON {macro.kind} {prefix}{macro.name} IS {quoted(macro.meaning)}"


def sql_type(arrow_type: pa.DataType) -> str:
    """Return the type as which DuckDB reads a Parquet column of this Arrow type."""
    if pa.types.is_map(arrow_type):
        return f"MAP({sql_type(arrow_type.key_type)}, {sql_type(arrow_type.item_type)})"
    if pa.types.is_list(arrow_type):
        return f"{sql_type(arrow_type.value_type)}[]"
    if pa.types.is_fixed_size_binary(arrow_type):
        return "BLOB"
    return _SQL_TYPES[arrow_type]


def quoted(text: str) -> str:
    """Return the text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _stored(table: Table, manifest: Manifest | None, address: str) -> str:
    parts = manifest.parts_of(table.name) if manifest else ()
    names = _names(table.columns, "", _missing(table, manifest, address))
    return f"SELECT {names} FROM {source(table, parts, address)}"


def _articles(manifest: Manifest | None, address: str) -> str:
    columns = _names(ARTICLES.columns, "article.", _missing(ARTICLES, manifest, address))
    queries = [
        f"""
    SELECT {columns} FROM {articles} AS article
    JOIN {membership} AS place ON {on} WHERE place.is_canonical"""
        for articles, membership, on in _article_sides(manifest, address)
    ]
    return " UNION ALL ".join(queries)


def _copies(manifest: Manifest | None, address: str) -> str:
    own = {column.name for column in ARTICLES.columns}
    missing = _missing(ARTICLES, manifest, address) | _missing(MEMBERSHIP, manifest, address)
    columns = ", ".join(_names([c], "article." if c.name in own else "place.", missing) for c in COPIES.columns)
    queries = [
        f"""
    SELECT {columns} FROM {articles} AS article JOIN {membership} AS place ON {on}"""
        for articles, membership, on in _article_sides(manifest, address)
    ]
    return " UNION ALL ".join(queries)


def _pairs(manifest: Manifest | None, address: str) -> str:
    places = manifest.parts_of(MEMBERSHIP.name) if manifest else ()
    twins = _TWINS.format(membership=source(MEMBERSHIP, places, address))
    return f"{_stored(PAIRS, manifest, address)} UNION ALL {twins}"


def _article_sides(manifest: Manifest | None, address: str) -> Iterator[tuple[str, str, str]]:
    """Yield articles, membership and join condition, for the dated rows and for the undated.

    A filter on the day reaches both tables only through an inner join with `=` on the day (a semi join stops it), and
    `=` loses nulls; hence two joins, each over its own files.
    """
    by_id = "article.article_id = place.article_id"
    by_day = f"{by_id} AND article.{PARTITION_COLUMN} = place.{PARTITION_COLUMN}"
    undated = f"{by_id} AND place.{PARTITION_COLUMN} IS NULL"
    for is_dated, on in ((True, by_day), (False, undated)):
        articles, places = (_parts_by_date(table, manifest, is_dated=is_dated) for table in (ARTICLES, MEMBERSHIP))
        if articles or is_dated:
            yield source(ARTICLES, articles, address), source(MEMBERSHIP, places, address), on


def _parts_by_date(table: Table, manifest: Manifest | None, *, is_dated: bool) -> tuple[Part, ...]:
    parts = manifest.parts_of(table.name) if manifest else ()
    return tuple(part for part in parts if not table.is_partitioned or (part.day is not None) == is_dated)


def source(table: Table, parts: Collection[Part], address: str) -> str:
    """Return what stands after FROM: the files, or as many typed nulls and no row."""
    if not parts:
        nulls = ", ".join(f'NULL::{sql_type(column.type)} AS "{column.name}"' for column in table.columns)
        return f"(SELECT {nulls} WHERE false)"
    files = ", ".join(quoted(f"{address}/{part.path}") for part in parts)
    if not table.is_partitioned:
        return f"read_parquet([{files}], hive_partitioning = false)"
    if all(part.day is None for part in parts):
        # DuckDB 1.0 takes the name of the undated folder for a day, and fails.
        return f"(SELECT *, NULL::DATE AS {PARTITION_COLUMN} FROM read_parquet([{files}], hive_partitioning = false))"
    return f"read_parquet([{files}], hive_partitioning = true, hive_types = {{'{PARTITION_COLUMN}': DATE}})"


def _names(columns: Iterable[Column], prefix: str, missing: Collection[str]) -> str:
    return ", ".join(
        f'NULL::{sql_type(c.type)} AS "{c.name}"' if c.name in missing else f'{prefix}"{c.name}"' for c in columns
    )


def _missing(table: Table, manifest: Manifest | None, address: str) -> frozenset[str]:
    """Name the columns of today that a snapshot of an older version lacks."""
    parts = manifest.parts_of(table.name) if manifest and manifest.schema_digest != schema_digest() else ()
    if not parts:
        return frozenset()
    try:
        present = pq.read_schema(open_part(address, parts[0].path)).names
    except (OSError, pa.ArrowException) as error:
        raise duckdb.IOException(f"{parts[0].path} cannot be read: {error}") from error
    return frozenset(table.schema.names).difference(present)
