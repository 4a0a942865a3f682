"""The two steps of deduplication that see the whole night; between them every range of pairs is verified on its own."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.dedup.candidates import propose
from flows.dedup.membership import place_tonight, rewrites
from flows.dedup.pairs import relate_tonight
from flows.dedup.tonight import NightTask, Tonight, opened, write_arrow
from flows.dedup.verify import VerifyTask, write_ranges
from flows.drafts import DayTask, Draft, draft, draft_all
from transforms.schema import PARTITION_COLUMN
from transforms.tables import DELIVERIES, FEATURES, MEMBERSHIP, PAIRS, PROFILES, TEXT_PAIRS

PART_ROWS: Final = 50_000
"""Articles of one day that a part may hold: what one process has in memory at a time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The drafts of every narrow table, the tasks that write the articles, and what to tell."""

    drafts: tuple[Draft, ...]
    days: tuple[DayTask, ...]
    admitted: dict[int, int]
    """Dump's place in the run to its new articles."""
    pairs: Counter[str] = field(default_factory=Counter)
    """Relation to pairs found tonight."""


def propose_pairs(task: NightTask) -> tuple[VerifyTask, ...]:
    """Find candidates, new against all, and cut them into ranges."""
    with opened(task) as tonight:
        propose(tonight, task.limits.window_hours)
        return write_ranges(tonight, task)


def settle(task: NightTask, verified: tuple[Path, ...]) -> Settled:
    """Judge the verified pairs, redo the touched clusters, and draft all that changes but the articles' own parts."""
    with opened(task) as tonight:
        facts, pairs = relate_tonight(tonight, verified, task.limits)
        places = place_tonight(tonight, task.limits)
        narrow = [
            (MEMBERSHIP, places),
            (PROFILES, _fresh(tonight, "fresh", PROFILES.schema)),
            (FEATURES, _fresh(tonight, "fresh_features", FEATURES.schema)),
            (TEXT_PAIRS, facts),
            (PAIRS, pairs),
            (DELIVERIES, _deliveries(tonight)),
        ]
        drafts = draft_all(narrow, task.workspace)
        parts = task.parent.parts_of(MEMBERSHIP.name) if task.parent else ()
        for number, change in enumerate(rewrites(tonight, parts, task.root)):
            path = task.workspace / f"membership-{number:04}.parquet"
            drafts.append(draft(MEMBERSHIP, change.rows, path, replaces=change.part.path))
        relations = Counter(pairs["relation"].to_pylist())
        return Settled(tuple(drafts), tuple(_days(tonight, task)), _admitted(tonight), relations)


def _fresh(tonight: Tonight, table: str, schema: pa.Schema) -> pa.Table:
    return tonight.rows(f"SELECT {', '.join(schema.names)} FROM {table}").cast(schema)


def _deliveries(tonight: Tonight) -> pa.Table:
    rows = tonight.rows("""
        SELECT article_id, dump_digest, dump_name, member, first_record + record_number AS record_number, byte_offset
        FROM staged ASOF JOIN piece ON staged.position >= piece.start
    """)
    return rows.cast(DELIVERIES.schema)


def _admitted(tonight: Tonight) -> dict[int, int]:
    rows = tonight.connection.execute(
        "SELECT dump, count(*) FROM fresh ASOF JOIN piece ON fresh.position >= piece.start GROUP BY dump"
    )
    return dict(rows.fetchall())


def _days(tonight: Tonight, task: NightTask) -> list[DayTask]:
    rows = tonight.rows(f"SELECT {PARTITION_COLUMN}, position FROM fresh ORDER BY ALL")
    days = rows[PARTITION_COLUMN].combine_chunks().dictionary_encode(null_encoding="encode")
    bounds = _runs(days.indices)
    tasks = []
    for start, stop in bounds:
        day = rows[PARTITION_COLUMN][start].as_py()
        for first in range(start, stop, PART_ROWS):
            stem = task.workspace / f"day-{len(tasks):05}"
            chosen = rows.select(["position"]).slice(first, min(PART_ROWS, stop - first))
            write_arrow(chosen, stem.with_suffix(".arrow"))
            name = day.isoformat() if day else None
            tasks.append(DayTask(task.staged, stem.with_suffix(".arrow"), name, stem.with_suffix(".parquet")))
    return tasks


def _runs(values: pa.Array) -> list[tuple[int, int]]:
    """Begin and end of each run of equal values."""
    if len(values) == 0:
        return []
    encoded = pc.run_end_encode(values)
    ends = encoded.run_ends.to_pylist()
    return list(zip([0, *ends[:-1]], ends, strict=True))
