"""The two steps of deduplication that see the whole night; between them every tile of pairs is verified on its own."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa

from flows.dedup.brought import Brought, brought
from flows.dedup.candidates import propose
from flows.dedup.features import features, write_features
from flows.dedup.membership import cluster_changes, find_changed, place_tonight, rewrites
from flows.dedup.pairs import count_relations, edges_of, rows_of_pairs
from flows.dedup.tiles import ARTICLES_FILE, Tile, cut, pose
from flows.dedup.tonight import PROFILE_COLUMNS, NightTask, Tonight, open_staged, opened, write_arrow
from flows.dedup.touched import find_touched
from flows.drafts import DaysTask, Draft, draft, draft_all
from transforms.ledgers import CLUSTER_CHANGES
from transforms.schema import PARTITION_COLUMN
from transforms.tables import DELIVERIES, FEATURES, MEMBERSHIP, PAIRS, PROFILES

_FEATURES: Final = "features.arrow"
TASK_ROWS: Final = 20_000
"""Articles that one process writes, and holds in memory, at a time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The drafts of every narrow table, the tasks that write the articles, and what to tell."""

    drafts: tuple[Draft, ...]
    days: tuple[DaysTask, ...]
    pairs: Counter[str] = field(default_factory=Counter)
    """Relation to pairs found tonight."""
    brought: Brought = field(default_factory=dict)
    """What each dump brought of each source, new articles among it."""


def propose_pairs(task: NightTask) -> tuple[Tile, ...]:
    """Find candidates, new against all, and cut them into tiles."""
    with opened(task) as tonight:
        text_ids, rows = features(write_features(tonight, task.staged, task.workspace / _FEATURES))
        candidates = propose(tonight, task.past, text_ids, rows, task.limits.window_hours, task.threads)
        return cut(pose(tonight, task, candidates), candidates, task.workspace)


def settle(task: NightTask, answers: tuple[Path, ...]) -> Settled:
    """Redo the touched clusters, and draft all that changes but the articles' own parts."""
    with opened(task) as tonight:
        article_ids = open_staged([task.workspace / ARTICLES_FILE])["article_id"]
        touched = find_touched(tonight, task.past, edges_of(answers, article_ids))
        places = place_tonight(tonight, task, touched)
        find_changed(tonight, touched)
        narrow = [
            (MEMBERSHIP, places),
            (PROFILES, tonight.rows(f"SELECT {PROFILE_COLUMNS} FROM fresh").cast(PROFILES.schema)),
            (FEATURES, open_staged([task.workspace / _FEATURES])),
            (DELIVERIES, _deliveries(tonight)),
            (CLUSTER_CHANGES, cluster_changes(tonight, task.run_id)),
        ]
        drafts = draft_all(narrow, task.workspace)
        for number, rows in enumerate(rows_of_pairs(answers, article_ids)):
            drafts.append(draft(PAIRS, rows, task.workspace / f"pairs-{number:04}.parquet"))
        for number, change in enumerate(rewrites(tonight, task.past)):
            path = task.workspace / f"membership-{number:04}.parquet"
            drafts.append(draft(MEMBERSHIP, change.rows, path, replaces=change.part.path))
        days = tuple(_days(tonight, task))
        return Settled(tuple(drafts), days, count_relations(answers), brought(tonight, places))


def _deliveries(tonight: Tonight) -> pa.Table:
    rows = tonight.rows("""
        SELECT article_id, dump_digest, dump_name, member, first_record + record_number AS record_number, byte_offset
        FROM staged ASOF JOIN piece ON staged.position >= piece.start
    """)
    return rows.cast(DELIVERIES.schema)


def _days(tonight: Tonight, task: NightTask) -> list[DaysTask]:
    """Share the new articles out, in order of day and id, so that the same articles make the same parts."""
    rows = tonight.rows(f"SELECT {PARTITION_COLUMN}, position FROM fresh ORDER BY {PARTITION_COLUMN}, article_id")
    tasks = []
    for number, start in enumerate(range(0, rows.num_rows, TASK_ROWS)):
        folder = task.workspace / f"days-{number:04}"
        write_arrow(rows.slice(start, TASK_ROWS), folder.with_suffix(".arrow"))
        tasks.append(DaysTask(task.staged, folder.with_suffix(".arrow"), folder))
    return tasks
