"""Places among copies, made again where tonight touched them and nowhere else, and what that changes in history."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flows.dedup.history import PART, Past
from flows.dedup.pairs import RELATION_NAMES, RULE_NAMES
from flows.dedup.profiles import Profiles
from flows.dedup.tonight import NightTask, Tonight
from flows.dedup.touched import Touched
from flows.lake.duck import open_part
from flows.lake.manifest import Part
from transforms.article import CANONICAL, Relation
from transforms.canonical import canonical_ranks
from transforms.clusters import NO_LINE, Edges, Members, Places, cluster
from transforms.ledgers import CLUSTER_CHANGES
from transforms.relation import RULES
from transforms.schema import PARTITION_COLUMN
from transforms.tables import MEMBERSHIP
from transforms.versions import Versions, version_chains

_NAMES: Final = MEMBERSHIP.schema.names
_REVISIONS: Final = np.array([relation is Relation.REVISION for _, relation, _ in RULES])


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A past part of MEMBERSHIP that no longer holds, and its rows as they are now."""

    part: Part
    rows: pa.Table


def place_tonight(tonight: Tonight, task: NightTask, touched: Touched) -> pa.Table:
    """Give the MEMBERSHIP rows of all new articles; those of all touched ones are table `placed` of the connection."""
    tonight.keep("placed", _placed(touched, task))
    return (
        tonight.rows(f"""
        SELECT {", ".join(_NAMES)} FROM placed SEMI JOIN fresh USING (article_id)
        UNION ALL BY NAME
        SELECT article_id, text_id, {PARTITION_COLUMN}, article_id AS component_id, article_id AS cluster_id,
            article_id AS canonical_id, true AS is_canonical, '{CANONICAL}' AS relation, 1.0::DOUBLE AS jaccard,
            1.0::DOUBLE AS containment, NULL AS chain_id, 1::INTEGER AS version, true AS is_current, NULL AS twin_id,
            NULL AS twin_relation, NULL AS twin_rule
        FROM fresh ANTI JOIN touched USING (article_id)
    """)
        .select(_NAMES)
        .cast(MEMBERSHIP.schema)
    )


def _placed(touched: Touched, task: NightTask) -> pa.Table:
    """Cluster the touched articles anew, and give their MEMBERSHIP rows."""
    rows = touched.profiles
    numbers = Profiles.of(rows)
    ids = np.arange(rows.num_rows, dtype=np.int32)  # the rows are in order of id
    preferred = pa.array(task.canonical.preferred, pa.string())
    preference = pc.index_in(rows["source"], preferred).fill_null(len(preferred)).to_numpy()
    ranks = canonical_ranks(ids, numbers.published, numbers.word_counts, preference, task.canonical.order)
    edges = _edges(touched.edges, rows["article_id"].combine_chunks())
    places = cluster(Members(ids, *numbers, ranks), edges, task.limits)
    moved_on = _REVISIONS[edges.lines]
    versions = version_chains(ids, numbers.published, edges.left[moved_on], edges.right[moved_on])
    return _rows(rows, places, versions)


def _edges(rows: pa.Table, ids: pa.Array) -> Edges:
    left, right = (pc.index_in(rows[name], ids).to_numpy() for name in ("article_id", "other_id"))
    return Edges(left, right, rows["line"].to_numpy(), rows["jaccard"].to_numpy(), rows["containment"].to_numpy())


def _rows(rows: pa.Table, places: Places, versions: Versions) -> pa.Table:
    ids = rows["article_id"].combine_chunks()
    is_canonical = places.lines == NO_LINE
    columns = {
        "article_id": ids,
        "text_id": rows["text_id"],
        PARTITION_COLUMN: rows["published_at"].cast(pa.date32(), safe=False),
        "component_id": ids.take(pa.array(places.components)),
        "cluster_id": ids.take(pa.array(places.clusters)),
        "canonical_id": ids.take(pa.array(places.leaders)),
        "is_canonical": is_canonical,
        "relation": _named(RELATION_NAMES, places.lines).fill_null(CANONICAL),
        "jaccard": places.jaccard,
        "containment": places.containment,
        "chain_id": ids.take(_maybe(versions.chains)),
        "version": versions.numbers,
        "is_current": versions.is_current,
        "twin_id": ids.take(pa.array(places.twins, mask=places.twin_lines == NO_LINE)),
        "twin_relation": _named(RELATION_NAMES, places.twin_lines),
        "twin_rule": _named(RULE_NAMES, places.twin_lines),
    }
    return pa.table({name: columns[name] for name in _NAMES}, schema=MEMBERSHIP.schema)


def _maybe(numbers: NDArray[np.int32] | NDArray[np.int8]) -> pa.Array:
    """Give numbers, null in the place of -1."""
    return pa.array(numbers, mask=numbers < 0)


def _named(names: pa.Array, lines: NDArray[np.int8]) -> pa.Array:
    return names.take(_maybe(lines))


def find_changed(tonight: Tonight, touched: Touched) -> None:
    """Make table `changed`: the rows of history as they were, where what is placed differs."""
    tonight.keep("before", touched.places)
    before, now = (", ".join(f"{side}.{name}" for name in _NAMES) for side in ("before", "placed"))
    tonight.connection.execute(f"""
        CREATE OR REPLACE TABLE changed AS
        SELECT before.* FROM before JOIN placed USING (article_id) WHERE ({before}) IS DISTINCT FROM ({now})
    """)


def rewrites(tonight: Tonight, past: Past) -> Iterator[Rewrite]:
    """Yield the past parts that hold a changed row, with their rows as they are now."""
    numbers = tonight.connection.execute(f"SELECT DISTINCT {PART} FROM changed ORDER BY {PART}").fetchall()
    parts = past.parts(MEMBERSHIP)
    for (number,) in numbers:
        part = parts[number]
        old = pq.read_table(open_part(past.address, part.path), partitioning=None)
        now = tonight.rows(f"""
            SELECT {", ".join(f"placed.{name}" for name in _NAMES)}
            FROM changed JOIN placed USING (article_id) WHERE {PART} = {number}
        """).cast(MEMBERSHIP.schema)
        same = old.filter(pc.invert(pc.is_in(old["article_id"], now["article_id"].combine_chunks())))
        yield Rewrite(part, pa.concat_tables([same.cast(MEMBERSHIP.schema), now]))


def cluster_changes(tonight: Tonight, run_id: str) -> pa.Table:
    """Give the CLUSTER_CHANGES rows of tonight."""
    rows = tonight.connection.execute(
        """
        SELECT ? AS run_id, article_id, changed.cluster_id AS old_cluster_id, placed.cluster_id,
            changed.canonical_id AS old_canonical_id, placed.canonical_id
        FROM changed JOIN placed USING (article_id)
        WHERE (changed.cluster_id, changed.canonical_id) <> (placed.cluster_id, placed.canonical_id)
        """,
        [run_id],
    )
    return rows.to_arrow_table().cast(CLUSTER_CHANGES.schema)
