"""Records of dumps that are no longer kept, as the lake holds them: staged anew from its own rows, but for some."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from flows.again.raw import KeptDump
from flows.lake.catalog import quoted, source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.night import Night
from flows.report import DumpReport
from flows.stage import Staged
from transforms.article import ARTICLES, Reason
from transforms.forgotten import Forgotten
from transforms.normalise import REJECTS, STAGED
from transforms.schema import PARTITION_COLUMN, Table
from transforms.tables import DELIVERIES, FEATURES, PROFILES, QUARANTINE


@dataclass(frozen=True, slots=True)
class Shelves:
    """A snapshot, asked for rows by dump."""

    connection: duckdb.DuckDBPyConnection
    manifest: Manifest
    address: str

    def of(self, table: Table) -> str:
        """Give what stands after FROM for a table."""
        return source(table, self.manifest.parts_of(table.name), self.address)

    def rows(self, sql: str, schema: pa.Schema) -> pa.Table:
        """Ask for rows of a schema."""
        return self.connection.execute(sql).to_arrow_table().select(schema.names).cast(schema)


def stage_stored(
    night: Night, manifest: Manifest, dumps: Sequence[KeptDump], forgotten: Forgotten, folder: Path
) -> list[Staged]:
    """Stage what a snapshot holds of some dumps, and enter these in the report; what is forgotten is rejected.

    `folder` is the wave's own. A rejected record is known by its bytes alone, for its fields are not kept.
    """
    if not dumps:
        return []
    report, address = night.report, night.writer.address
    staged = []
    with open_duckdb(address, None, {"memory_limit": f"{night.settings.duckdb_memory_mb}MiB"}) as connection:
        shelves = Shelves(connection, manifest, address)
        for dump in dumps:
            place = len(report.dumps)
            entry = DumpReport(dump.name, "consumed", dump.digest, dump.byte_count)
            report.dumps.append(replace(entry, detail=dump.detail, outlet=dump.outlet))
            for number, member in enumerate(_members(shelves, dump)):
                stem = folder / f"stored-{place:05}-{number:06}"
                staged.append(_stage(shelves, place, dump, (number, member), forgotten, stem))
    return staged


def _members(shelves: Shelves, dump: KeptDump) -> Iterator[str | None]:
    sides = (f"SELECT member FROM {shelves.of(table)} WHERE {_of(dump)}" for table in (DELIVERIES, QUARANTINE))
    for (member,) in shelves.connection.execute(f"{' UNION '.join(sides)} ORDER BY ALL NULLS FIRST").fetchall():
        yield member


def _of(dump: KeptDump, *member: str | None) -> str:
    where = f"dump_digest = {quoted(dump.digest)}"
    return where + "".join(f" AND member IS NOT DISTINCT FROM {quoted(m) if m else 'NULL'}" for m in member)


def _stage(
    shelves: Shelves, place: int, dump: KeptDump, member: tuple[int, str | None], forgotten: Forgotten, stem: Path
) -> Staged:
    articles = _articles(shelves, _of(dump, member[1]))
    rejects = shelves.rows(f"SELECT * FROM {shelves.of(QUARANTINE)} WHERE {_of(dump, member[1])}", REJECTS)
    hits = pa.array(forgotten.hits(_keys(articles), [None] * articles.num_rows), pa.string())
    rejects = pa.concat_tables([_known(rejects, forgotten), _struck(articles, hits)]).sort_by("record_number")
    articles = articles.filter(pc.is_null(hits)).sort_by("record_number")
    paths = stem.with_suffix(".articles.arrow"), stem.with_suffix(".rejects.arrow")
    for path, rows in zip(paths, (articles, rejects), strict=True):
        with pa.ipc.new_file(path, rows.schema) as writer:
            writer.write_table(rows)
    return Staged(place, member[1], member[0], *paths, articles.num_rows, rejects.num_rows)


def _articles(shelves: Shelves, where: str) -> pa.Table:
    """Join what was staged of the articles of a dump when it was taken in."""
    own = ", ".join(f'article."{name}"' for name in ARTICLES.full_schema.names)
    return shelves.rows(
        f"""
        SELECT {own}, title_words, wide_bands, steep_bands, passages, record_number, byte_offset
        FROM {shelves.of(DELIVERIES)} AS delivery
        JOIN {shelves.of(ARTICLES)} AS article USING (article_id)
        JOIN (SELECT article_id, title_words FROM {shelves.of(PROFILES)}) USING (article_id)
        JOIN (SELECT DISTINCT ON (text_id, {PARTITION_COLUMN}) * FROM {shelves.of(FEATURES)}) AS feature
            ON feature.text_id = article.text_id
            AND feature.{PARTITION_COLUMN} IS NOT DISTINCT FROM article.{PARTITION_COLUMN}
        WHERE {where}""",
        STAGED,
    )


def _keys(articles: pa.Table) -> dict[str, Any]:
    names = ("article_id", "text_id", "url", "canonical_url", "source", "authors")
    return {name: articles[name].to_pylist() for name in names}


def _known(rejects: pa.Table, forgotten: Forgotten) -> pa.Table:
    """Say of rejected records that hold words of what is forgotten that they are."""
    rows = rejects.to_pylist()
    for row in rows:
        if row["raw"] is not None and (hit := forgotten.hit(row["raw"])):
            row |= {"reason": str(Reason.FORGOTTEN), "detail": hit, "raw": None}
    return pa.Table.from_pylist(rows, REJECTS)


def _struck(articles: pa.Table, hits: pa.Array) -> pa.Table:
    gone = articles.append_column("hit", hits).filter(pc.is_valid(hits))
    columns = {
        "reason": pa.array([str(Reason.FORGOTTEN)] * gone.num_rows, pa.string()),
        "detail": gone["hit"],
        "raw": pa.nulls(gone.num_rows, pa.binary()),
        "record_number": gone["record_number"],
        "byte_offset": gone["byte_offset"],
    }
    return pa.table([columns[name] for name in REJECTS.names], schema=REJECTS)
