"""The night's question cut into tiles: pairs of texts to compare, so that each task holds few texts and many pairs.

Even a flood of thousands of texts that are all alike is compared with no more than a tile's texts in memory.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from flows.dedup.candidates import Candidates
from flows.dedup.profiles import Profiles
from flows.dedup.tonight import PROFILE_COLUMNS, NightTask, Tonight, write_arrow
from transforms.article import ARTICLES
from transforms.relation import PairSettings
from transforms.tables import PROFILES

ARTICLES_FILE: Final = "articles.arrow"


@dataclass(frozen=True, slots=True)
class Question:
    """What all tiles share, as files of the workspace.

    sources: files with the texts, in order: tonight's staged rows, and those of history that are asked about.
    texts: by number, where each text is found in the concatenation of the sources.
    articles: in order of id, those that carry one of the texts, with the numbers that the pair rule compares.
    """

    sources: tuple[Path, ...]
    texts: Path
    articles: Path
    limits: PairSettings


@dataclass(frozen=True, slots=True)
class Tile:
    """Pairs of texts to compare (an Arrow file of their numbers and schemes), and where the answer goes."""

    question: Question
    pairs: Path
    out: Path


def pose(tonight: Tonight, task: NightTask, candidates: Candidates) -> Question:
    """Write what the tiles share."""
    asked = candidates.tiles.texts
    tonight.keep("asked", pa.table({"text_id": candidates.text_ids.take(pa.array(asked)), "text": pa.array(asked)}))
    past_texts = _past_texts(tonight, task, candidates)
    tonight.keep("past_text", past_texts.select(["text_id"]).append_column("row", _places(past_texts.num_rows)))
    names = ("past-texts.arrow", "texts.arrow", ARTICLES_FILE)
    past_path, texts_path, articles_path = (task.workspace / name for name in names)
    write_arrow(past_texts, past_path)
    places = f"""
        SELECT text, position AS place FROM asked JOIN fresh USING (text_id)
        UNION ALL SELECT text, {tonight.staged.num_rows} + row FROM asked JOIN past_text USING (text_id)"""
    write_arrow(
        tonight.rows(f"SELECT text, min(place) AS place FROM ({places}) GROUP BY text ORDER BY text"), texts_path
    )
    write_arrow(_articles(tonight, task), articles_path)
    return Question((*task.staged, past_path), texts_path, articles_path, task.limits)


def _places(count: int) -> pa.Array:
    return pa.array(np.arange(count, dtype=np.int64))


def _past_texts(tonight: Tonight, task: NightTask, candidates: Candidates) -> pa.Table:
    """Fetch the texts of history in question, from the days on which they ran; copies fold alike, so any serves."""
    wanted = {"text_id": f"SELECT text_id FROM asked WHERE text >= {candidates.fresh}"}
    return task.past.find(tonight.connection, ARTICLES, wanted, ["text_id", "text"], set(candidates.past_days))


def _articles(tonight: Tonight, task: NightTask) -> pa.Table:
    """Give the articles, tonight's and history's, that carry a text in question, in order of id."""
    wanted = {"text_id": "SELECT text_id FROM asked"}
    tonight.keep("past_profile", task.past.find(tonight.connection, PROFILES, wanted, PROFILES.schema.names))
    rows = tonight.rows(f"""
        SELECT {PROFILE_COLUMNS}, text, is_fresh FROM (
            SELECT {PROFILE_COLUMNS}, true AS is_fresh FROM fresh SEMI JOIN asked USING (text_id)
            UNION ALL SELECT {PROFILE_COLUMNS}, false FROM past_profile
        ) JOIN asked USING (text_id) ORDER BY article_id
    """)
    numbers = Profiles.of(rows).table().set_column(0, "text", rows["text"])
    return numbers.append_column("article_id", rows["article_id"]).append_column("is_fresh", rows["is_fresh"])


def cut(question: Question, candidates: Candidates, workspace: Path) -> tuple[Tile, ...]:
    """Write the pairs of each tile, and give the tiles."""
    tiles = []
    for number, pairs in enumerate(candidates.tiles):
        path = workspace / f"tile-{number:05}.arrow"
        write_arrow(pa.table(pairs._asdict()), path)
        tiles.append(Tile(question, path, path.with_suffix(".answer.arrow")))
    return tuple(tiles)
