"""Verify every candidate on the real texts: exact Jaccard and containment, a range of pairs at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flows.dedup.tonight import NightTask, Tonight, open_staged, write_arrow
from flows.lake.duck import open_part
from transforms.article import ARTICLES
from transforms.relation import PairSettings
from transforms.schema import PARTITION_COLUMN
from transforms.similarity import compare
from transforms.tables import TEXT_PAIRS
from transforms.words import fold

RANGE_PAIRS: Final = 5_000
"""Pairs verified at a time: at most twice as many texts are in memory."""


@dataclass(frozen=True, slots=True)
class VerifyTask:
    """A file of candidate pairs, in order of text_id, and every file that may hold their texts."""

    candidates: Path
    staged: tuple[Path, ...]
    address: str
    past: tuple[str, ...]
    out: Path
    limits: PairSettings


def write_ranges(tonight: Tonight, task: NightTask) -> tuple[VerifyTask, ...]:
    """Cut the candidates that no earlier night has verified into ranges, a file and a task each."""
    tonight.connection.execute("""
        CREATE OR REPLACE TABLE pending AS
        SELECT candidate.* FROM candidate ANTI JOIN past_text_pairs USING (text_id, other_text_id)
    """)
    pending = tonight.rows("FROM pending ORDER BY text_id, other_text_id")
    past = tuple(part.path for part in task.parent.parts_of(ARTICLES.name, _past_days(tonight))) if task.parent else ()
    tasks = []
    for number, start in enumerate(range(0, pending.num_rows, RANGE_PAIRS)):
        path = task.workspace / f"candidates-{number:04}.arrow"
        write_arrow(pending.slice(start, RANGE_PAIRS), path)
        tasks.append(
            VerifyTask(path, task.staged, task.address, past, path.with_suffix(".verified.arrow"), task.limits)
        )
    return tuple(tasks)


def _past_days(tonight: Tonight) -> set[str | None]:
    """Give the days in which past articles have a wanted text: no other day's parts are opened."""
    rows = tonight.connection.execute(f"""
        SELECT DISTINCT {PARTITION_COLUMN}::VARCHAR FROM past_membership
        WHERE text_id IN (SELECT text_id FROM pending UNION SELECT other_text_id FROM pending)
    """).fetchall()
    return {day for (day,) in rows}


def verify(task: VerifyTask) -> Path:
    """Compare the texts of one range of pairs; write those worth keeping as TEXT_PAIRS rows."""
    pairs = open_staged([task.candidates])
    wanted = pc.unique(pa.chunked_array([*pairs["text_id"].chunks, *pairs["other_text_id"].chunks], pa.string()))
    ids, texts = _texts(wanted, task)
    left, right = (pc.index_in(pairs[name], ids).to_numpy().astype(np.int64) for name in ("text_id", "other_text_id"))
    found = compare(fold(texts), left, right)
    rows = _rows(pairs, found).filter(pa.array(_is_worth_keeping(found, task.limits)))
    write_arrow(rows, task.out)
    return task.out


def _texts(wanted: pa.Array, task: VerifyTask) -> tuple[pa.Array, pa.Array]:
    """Ids and texts, one of each wanted id: copies with the same id fold to the same words, so any serves."""
    found = [_chosen(open_staged([path]), wanted) for path in task.staged]
    missing = _without(wanted, found)
    for path in task.past:
        if len(missing) == 0:
            break
        hits = pq.read_table(open_part(task.address, path), columns=["text_id"], partitioning=None)
        if pc.any(pc.is_in(hits["text_id"], missing)).as_py():
            both = pq.read_table(open_part(task.address, path), columns=["text_id", "text"], partitioning=None)
            found.append(_chosen(both, missing))
            missing = _without(missing, found[-1:])
    together = pa.concat_tables(found)
    return together["text_id"].combine_chunks(), together["text"].cast(pa.large_string()).combine_chunks()


def _chosen(table: pa.Table, wanted: pa.Array) -> pa.Table:
    columns = table.select(["text_id", "text"])
    return columns.filter(pc.is_in(columns["text_id"], wanted))


def _without(wanted: pa.Array, found: Sequence[pa.Table]) -> pa.Array:
    have = pa.chunked_array([chunk for table in found for chunk in table["text_id"].chunks], pa.string())
    return wanted.filter(pc.invert(pc.is_in(wanted, have)))


def _is_worth_keeping(found: NDArray[np.float64], limits: PairSettings) -> NDArray[np.bool_]:
    """Keep what any rule could still call alike, whichever articles the texts belong to."""
    jaccard, containment, smaller, _ = found.T
    is_contained = (containment >= limits.containment) & (smaller >= limits.contained_shingles)
    is_kept: NDArray[np.bool_] = (jaccard >= min(limits.revision_jaccard, limits.listed_jaccard)) | is_contained
    return is_kept


def _rows(pairs: pa.Table, found: NDArray[np.float64]) -> pa.Table:
    jaccard, containment, smaller, numbers = found.T
    columns = {
        "text_id": pairs["text_id"],
        "other_text_id": pairs["other_text_id"],
        "jaccard": jaccard,
        "containment": containment,
        "smaller_shingle_count": smaller.astype(np.int32),
        "number_containment": numbers,
        "is_steep": pairs["is_steep"],
    }
    return pa.table(columns, schema=TEXT_PAIRS.schema)
