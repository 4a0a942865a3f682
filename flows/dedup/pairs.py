"""Verified texts to pairs of articles: the pair rule asked about every two articles that tonight brings together."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from flows.dedup.tonight import Tonight, open_staged
from transforms.relation import PairSettings, Profile, Similarity, relate
from transforms.tables import PAIRS, PROFILES, TEXT_PAIRS

_BATCH_ROWS: Final = 50_000
_PROFILE_SQL: Final = (
    "{0}.article_id, {0}.text_id, {0}.source, {0}.canonical_url, {0}.title_words, "
    "epoch({0}.published_at), {0}.word_count"
)
PROFILE_WIDTH: Final = len(PROFILES.columns)


def profile_columns(side: str) -> str:
    """Give the SQL for the columns of a `Profile`, in its order."""
    return _PROFILE_SQL.format(side)


def relate_tonight(
    tonight: Tonight, verified: Sequence[Path], limits: PairSettings, workspace: Path
) -> tuple[pa.Table, pa.Table]:
    """Give the new rows of TEXT_PAIRS and of PAIRS; the latter also as table `pair` of the connection.

    A fact of an earlier night speaks again when one of its two texts was printed again; a fact found tonight speaks
    about all articles that carry the two texts.
    """
    facts = open_staged(verified).cast(TEXT_PAIRS.schema) if verified else TEXT_PAIRS.schema.empty_table()
    tonight.keep("fact", facts)
    path = workspace / "pairs.arrow"
    with pa.ipc.new_file(path, PAIRS.schema) as writer:
        for batch in _judged(tonight, limits):
            writer.write_batch(batch)
    pairs = open_staged([path])
    tonight.keep("pair", pairs)
    return facts, pairs


def _judged(tonight: Tonight, limits: PairSettings) -> Iterator[pa.RecordBatch]:
    result = tonight.connection.execute(f"""
        WITH spoken AS (
            SELECT *, true AS is_new FROM fact
            UNION ALL
            SELECT *, false FROM past_text_pairs
            WHERE text_id IN (SELECT text_id FROM fresh) OR other_text_id IN (SELECT text_id FROM fresh))
        SELECT f.jaccard, f.containment, f.smaller_shingle_count, f.number_containment, f.is_steep,
            {profile_columns("a")}, {profile_columns("b")}
        FROM spoken AS f JOIN profile AS a ON a.text_id = f.text_id JOIN profile AS b ON b.text_id = f.other_text_id
        WHERE f.is_new OR a.is_fresh OR b.is_fresh
    """)
    while rows := result.fetchmany(_BATCH_ROWS):
        found = [pair for row in rows if (pair := _judge(row, limits))]
        columns = zip(*found, strict=True) if found else [()] * len(PAIRS.columns)
        yield pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, PAIRS.schema, strict=True)], PAIRS.schema)


def _judge(row: tuple[Any, ...], limits: PairSettings) -> tuple[Any, ...] | None:
    """Ask the pair rule about one row: five figures, then the profiles of two articles."""
    similarity = Similarity(*row[:5])
    one, other = Profile(*row[5 : 5 + PROFILE_WIDTH]), Profile(*row[5 + PROFILE_WIDTH :])
    verdict = relate(one, other, similarity, limits)
    ids = sorted((one.article_id, other.article_id))
    return (*ids, similarity.jaccard, similarity.containment, verdict.relation.value, verdict.rule) if verdict else None
