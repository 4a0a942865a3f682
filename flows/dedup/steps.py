"""The two steps of deduplication that see the whole night; between them every range of pairs is verified on its own."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa

from flows.dedup.candidates import propose
from flows.dedup.membership import place_tonight, rewrites
from flows.dedup.pairs import relate_tonight
from flows.dedup.tonight import NightTask, Tonight, opened, write_arrow
from flows.dedup.verify import VerifyTask, write_ranges
from flows.drafts import DaysTask, Draft, draft, draft_all
from transforms.schema import PARTITION_COLUMN
from transforms.tables import DELIVERIES, FEATURES, MEMBERSHIP, PAIRS, PROFILES, TEXT_PAIRS

TASK_ROWS: Final = 20_000
"""Articles that one process writes, and holds in memory, at a time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The drafts of every narrow table, the tasks that write the articles, and what to tell."""

    drafts: tuple[Draft, ...]
    days: tuple[DaysTask, ...]
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
        facts, pairs = relate_tonight(tonight, verified, task.limits, task.workspace)
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
        for number, change in enumerate(rewrites(tonight, parts, task.address)):
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


def _days(tonight: Tonight, task: NightTask) -> list[DaysTask]:
    """Share the new articles out, in order of day and id, so that the same articles make the same parts."""
    rows = tonight.rows(f"SELECT {PARTITION_COLUMN}, position FROM fresh ORDER BY {PARTITION_COLUMN}, article_id")
    tasks = []
    for number, start in enumerate(range(0, rows.num_rows, TASK_ROWS)):
        folder = task.workspace / f"days-{number:04}"
        write_arrow(rows.slice(start, TASK_ROWS), folder.with_suffix(".arrow"))
        tasks.append(DaysTask(task.staged, folder.with_suffix(".arrow"), folder))
    return tasks
