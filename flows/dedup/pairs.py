"""Answers of the tiles to rows of PAIRS, in parts of bounded size, and to the edges that clusters are made of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.dedup.tonight import open_staged
from flows.dedup.verify import ANSWER
from transforms.clusters import JOINS
from transforms.relation import RULES
from transforms.tables import PAIRS

PART_PAIRS: Final = 1 << 20
"""Pairs in one part at most, and in memory with their ids: a flood of alike texts makes many."""

RULE_NAMES: Final = pa.array([name for name, _, _ in RULES])
RELATION_NAMES: Final = pa.array([relation and relation.value for _, relation, _ in RULES])

EDGES: Final = pa.schema([*PAIRS.schema][:4]).append(pa.field("line", pa.int8()))
"""A joining pair: its articles, how alike they are, and the line of the rule table that joined them."""


def rows_of_pairs(answers: Sequence[Path], article_ids: pa.ChunkedArray) -> Iterator[pa.Table]:
    """Yield the rows of PAIRS, a part at a time."""
    batch, size = [ANSWER.empty_table()], 0
    for path in answers:
        answer = open_staged([path])
        for start in range(0, answer.num_rows, PART_PAIRS):
            piece = answer.slice(start, PART_PAIRS)
            if size + piece.num_rows > PART_PAIRS:
                yield _rows(pa.concat_tables(batch), article_ids)
                batch, size = [ANSWER.empty_table()], 0
            batch.append(piece)
            size += piece.num_rows
    if size:
        yield _rows(pa.concat_tables(batch), article_ids)


def edges_of(answers: Sequence[Path], article_ids: pa.ChunkedArray) -> pa.Table:
    """Give tonight's joining pairs as EDGES rows."""
    joins = pa.array(np.flatnonzero(JOINS).astype(np.int8))
    found = [answer.filter(pc.is_in(answer["line"], joins)) for answer in (open_staged([path]) for path in answers)]
    rows = pa.concat_tables([ANSWER.empty_table(), *found])
    columns = [*(article_ids.take(rows[side]) for side in ("left", "right")), rows["jaccard"], rows["containment"]]
    return pa.table([*columns, rows["line"]], schema=EDGES)


def count_relations(answers: Sequence[Path]) -> Counter[str]:
    """Count tonight's pairs by relation."""
    lines = np.zeros(len(RULES), np.int64)
    for path in answers:
        lines += np.bincount(open_staged([path])["line"].to_numpy(), minlength=len(RULES))
    counts: Counter[str] = Counter()
    for relation, count in zip(RELATION_NAMES.to_pylist(), lines.tolist(), strict=True):
        if count:
            counts[relation] += count
    return counts


def _rows(answer: pa.Table, article_ids: pa.ChunkedArray) -> pa.Table:
    columns = {
        "article_id": article_ids.take(answer["left"]),
        "other_id": article_ids.take(answer["right"]),
        "relation": RELATION_NAMES.take(answer["line"].combine_chunks()),
        "rule": RULE_NAMES.take(answer["line"].combine_chunks()),
    }
    figures = {name: answer[name] for name in ("jaccard", "containment", "number_containment")}
    return pa.table({name: (columns | figures)[name] for name in PAIRS.schema.names}, schema=PAIRS.schema)
