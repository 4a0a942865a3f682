"""Clusters redone where tonight touched them, and nowhere else.

Touched is a new article with any joining pair or any earlier print of its words, and from there everything in the same
component or under the same words. New articles that nothing touches need no thought: each is its own canonical copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from flows.dedup.pairs import profile_columns
from flows.dedup.tonight import Tonight
from flows.lake.catalog import source
from flows.lake.manifest import Part
from transforms.article import CANONICAL, JOINING
from transforms.clusters import Edge, Place, cluster
from transforms.relation import PairSettings, Profile
from transforms.schema import PARTITION_COLUMN
from transforms.tables import MEMBERSHIP

_DAY: Final = PARTITION_COLUMN
_JOINING: Final = ", ".join(f"'{relation.value}'" for relation in sorted(JOINING))
_COLUMNS: Final = ", ".join(MEMBERSHIP.schema.names)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A past part of MEMBERSHIP that no longer holds, and its rows as they are now."""

    part: Part
    rows: pa.Table


def place_tonight(tonight: Tonight, limits: PairSettings) -> pa.Table:
    """Give the MEMBERSHIP rows of all new articles and all that they touch; also as table `placed`."""
    _find_touched(tonight)
    places = cluster(_profiles(tonight), _edges(tonight), limits)
    tonight.keep("place", _place_table(places))
    tonight.connection.execute(f"""
        CREATE OR REPLACE TABLE placed AS
        SELECT article_id, profile.text_id, {_DAY}, place.* EXCLUDE (article_id)
        FROM place JOIN profile USING (article_id) LEFT JOIN touched USING (article_id)
        UNION ALL
        SELECT article_id, text_id, {_DAY}, article_id, article_id, article_id, true, '{CANONICAL}',
            1.0, 1.0, NULL, NULL, NULL
        FROM fresh ANTI JOIN touched USING (article_id)
    """)
    return tonight.rows(f"SELECT {_COLUMNS} FROM placed SEMI JOIN fresh USING (article_id)").cast(MEMBERSHIP.schema)


def _find_touched(tonight: Tonight) -> None:
    """Make table `touched` (article_id, day), closed under component and under equal words."""
    run = tonight.connection.execute
    run(f"""
        CREATE OR REPLACE TABLE seed AS
        SELECT article_id FROM pair WHERE relation IN ({_JOINING})
        UNION SELECT other_id FROM pair WHERE relation IN ({_JOINING})
        UNION SELECT article_id FROM fresh SEMI JOIN past_membership USING (text_id)
        UNION SELECT article_id FROM past_membership SEMI JOIN fresh USING (text_id)
        UNION SELECT article_id FROM fresh QUALIFY count(*) OVER (PARTITION BY text_id) > 1
    """)
    run(f"""
        CREATE OR REPLACE TABLE touched AS
        SELECT article_id, text_id, NULL AS component_id, {_DAY} FROM fresh SEMI JOIN seed USING (article_id)
        UNION ALL
        SELECT article_id, text_id, component_id, {_DAY} FROM past_membership SEMI JOIN seed USING (article_id)
    """)
    size = -1
    while size != (size := tonight.count("touched")):
        run(f"""
            INSERT INTO touched
            SELECT article_id, text_id, component_id, {_DAY}
            FROM past_membership ANTI JOIN touched USING (article_id)
            WHERE component_id IN (SELECT component_id FROM touched) OR text_id IN (SELECT text_id FROM touched)
        """)
        run(f"""
            INSERT INTO touched
            SELECT article_id, text_id, NULL, {_DAY} FROM fresh ANTI JOIN touched USING (article_id)
            WHERE text_id IN (SELECT text_id FROM touched)
        """)


def _profiles(tonight: Tonight) -> list[Profile]:
    rows = tonight.connection.execute(
        f"SELECT {profile_columns('profile')} FROM profile SEMI JOIN touched USING (article_id)"
    ).fetchall()
    return [Profile(*row) for row in rows]


def _edges(tonight: Tonight) -> list[Edge]:
    rows = tonight.connection.execute(f"""
        SELECT article_id, other_id, relation, jaccard, containment
        FROM (FROM pair UNION ALL FROM past_pairs) SEMI JOIN touched USING (article_id)
        WHERE relation IN ({_JOINING})
    """).fetchall()
    return [Edge(*row) for row in rows]


def _place_table(places: Sequence[Place]) -> pa.Table:
    fields = [f for f in MEMBERSHIP.schema if f.name not in ("text_id", PARTITION_COLUMN)]
    rows = [
        (
            p.article_id, p.component_id, p.cluster_id, p.canonical_id, p.article_id == p.canonical_id, str(p.relation),
            p.jaccard, p.containment, p.twin_id, p.twin and p.twin.relation.value, p.twin and p.twin.rule,
        )
        for p in places
    ]  # fmt: skip
    columns = zip(*rows, strict=True) if rows else [()] * len(fields)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, fields, strict=True)], schema=pa.schema(fields))


def rewrites(tonight: Tonight, parts: Sequence[Part], address: str) -> list[Rewrite]:
    """Give the past parts that hold a row which tonight changed, with their rows as they are now."""
    files = _changed_files(tonight, source(MEMBERSHIP, parts, address)) if parts else set()
    changed = [part for part in parts if part.path.rpartition("/")[2] in files]
    return [Rewrite(part, _rewritten(tonight, part, address)) for part in changed]


def _changed_files(tonight: Tonight, past: str) -> set[str]:
    """Name the files in which a row differs from what is placed, in one scan: each alone would cost by the night."""
    before, now = (", ".join(f"{side}.{name}" for name in MEMBERSHIP.schema.names) for side in ("past", "placed"))
    rows = tonight.connection.execute(f"""
        SELECT DISTINCT past.filename FROM {past} AS past JOIN placed USING (article_id)
        WHERE ({before}) IS DISTINCT FROM ({now})
    """).fetchall()
    return {str(filename).rpartition("/")[2] for (filename,) in rows}


def _rewritten(tonight: Tonight, part: Part, address: str) -> pa.Table:
    past = source(MEMBERSHIP, [part], address)
    same = f"SELECT {_COLUMNS} FROM {past} AS past ANTI JOIN placed USING (article_id)"
    now = f"SELECT {_COLUMNS} FROM placed SEMI JOIN {past} AS past USING (article_id)"
    return tonight.rows(f"{same} UNION ALL {now}").cast(MEMBERSHIP.schema)
