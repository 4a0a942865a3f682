"""The index: one document an article, and one that says which parts of which snapshot are in it.

What it holds is committed together with what it says of itself, so a search that is killed leaves the old or the new.
Texts are not kept here: they are read from the lake for the few that are shown.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow.parquet as pq
from tantivy import Document, Index, IndexWriter, Query, Schema, SchemaBuilder

from flows.lake.duck import open_part
from flows.lake.manifest import Manifest, Part
from flows.lake.store import Store, required
from flows.search import folder_of
from flows.search.analyzer import NAME, analyzer, spread
from flows.work.drivers import Progress
from transforms.article import ARTICLES

_LAYOUT: Final = "1"
"""Name of the folder of an index whose documents are made as below; another layout has another."""
_STATE: Final = "#state"
_COLUMNS: Final = (
    "article_id", "source", "title", "standfirst", "text", "highlights", "authors", "language",
)  # fmt: skip
_EPOCH: Final = date(1970, 1, 1)
_BATCH_ROWS: Final = 1024
_COMMIT_ROWS: Final = 200_000
"""So that a first search that is interrupted has not worked for nothing."""
_MOST_GONE: Final = 0.1
"""Share of the parts that may go one by one, and count in the scores for a while; past it, all is made anew."""
_HEAP_BYTES: Final = 128 << 20
_WRITERS: Final = 2


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is in an index: the number of a snapshot, and its parts of articles by path."""

    snapshot: int = 0
    parts: frozenset[str] = frozenset()


def current_index(store: Store, progress: Progress) -> tuple[Index, Manifest]:
    """Give an index of the newest snapshot, and that snapshot; what is new since the last search is added first.

    Two searches wait for each other only while one of them adds. Raises UsageError when there is no snapshot yet.
    """
    folder = folder_of(store) / _LAYOUT
    manifest = required(store.current(), store.address)
    index = _opened(folder)
    if index is None or indexed(index).snapshot != manifest.number:
        with _alone(folder.parent):
            manifest = required(store.current(), store.address)
            index = _opened(folder) or _made(store, folder)
            if indexed(index).snapshot != manifest.number:
                _bring_up(index, store.address, manifest, progress)
    return index, manifest


def indexed(index: Index) -> Indexed:
    """Read what is in an index."""
    searcher = index.searcher()
    hits = searcher.search(Query.term_query(index.schema, "part", _STATE), 1).hits
    if not hits:
        return Indexed()
    state = orjson.loads(bytes(searcher.doc(hits[0][1]).get_first("state") or b""))
    return Indexed(state["snapshot"], frozenset(state["parts"]))


def _opened(folder: Path) -> Index | None:
    """Open the index in a folder; give None where there is none, or none that can be read: it is derived."""
    try:
        if not folder.is_dir() or not Index.exists(str(folder)):
            return None
        index = Index.open(str(folder))
        index.register_tokenizer(NAME, analyzer())
        indexed(index)
    except (ValueError, OSError):
        return None
    return index


def _made(store: Store, folder: Path) -> Index:
    """Make an empty index, in place of what is there."""
    store.discard(folder)
    folder.mkdir(mode=0o700)
    index = Index(_schema(), path=str(folder))
    index.register_tokenizer(NAME, analyzer())
    return index


def _bring_up(index: Index, address: str, manifest: Manifest, progress: Progress) -> None:
    """Take out the parts that the snapshot does not name, and add those that it does: cost follows the difference."""
    parts = {part.path: part for part in manifest.parts_of(ARTICLES.name)}
    known = indexed(index).parts
    writer = index.writer(_HEAP_BYTES, _WRITERS)
    if len(known - parts.keys()) > _MOST_GONE * len(known):
        writer.delete_all_documents()
        known = frozenset()
    for path in known - parts.keys():
        writer.delete_documents_by_term("part", path)
    new = [parts[path] for path in sorted(parts.keys() - known)]
    done, rows = set(known & parts.keys()), 0
    progress.stage("index", len(new))
    for part in new:
        _add(writer, address, part)
        done.add(part.path)
        rows += part.rows
        if rows >= _COMMIT_ROWS:
            rows = _commit(writer, Indexed(0, frozenset(done)))
        progress.advance()
    _commit(writer, Indexed(manifest.number, frozenset(done)))
    writer.wait_merging_threads()
    index.reload()


def _commit(writer: IndexWriter, state: Indexed) -> int:
    """Commit with a new document of what is in the index; give the rows that wait for a commit since: none."""
    writer.delete_documents_by_term("part", _STATE)
    said = Document(part=[_STATE])
    said.add_bytes("state", orjson.dumps({"snapshot": state.snapshot, "parts": sorted(state.parts)}))
    writer.add_document(said)
    writer.commit()
    return 0


def _add(writer: IndexWriter, address: str, part: Part) -> None:
    day = (date.fromisoformat(part.day) - _EPOCH).days if part.day else None
    file = pq.ParquetFile(open_part(address, part.path))
    for batch in file.iter_batches(_BATCH_ROWS, columns=list(_COLUMNS)):
        for row in batch.to_pylist():
            writer.add_document(_document(row, part.path, day))


def _document(row: dict[str, Any], part: str, day: int | None) -> Document:
    language = row["language"]
    document = Document()
    lead = (row["standfirst"] or "", *row["highlights"])
    for name, texts in (("title", [row["title"] or ""]), ("standfirst", lead), ("text", [row["text"]])):
        for text in texts:
            document.add_text(name, spread(text, language))
    for author in row["authors"]:
        document.add_text("author", author)
    for name, value in (("article_id", row["article_id"]), ("source", row["source"]), ("part", part)):
        document.add_text(name, value)
    if day is not None:
        document.add_integer("day", day)
    return document


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other search adds to the index; the kernel lets go of the lock of one that dies."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _schema() -> Schema:
    builder = SchemaBuilder()
    for name in ("title", "standfirst", "text", "author"):
        builder = builder.add_text_field(name, tokenizer_name=NAME)
    builder = builder.add_text_field("article_id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("source", "part"):
        builder = builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder = builder.add_bytes_field("state", stored=True)
    return builder.add_integer_field("day", stored=True, indexed=True).build()
