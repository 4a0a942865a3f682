"""Raw records to articles: one batch in, one Arrow table of articles and one of rejects out.

Columns are worked on whole; a vectorised test picks the texts that need slow cleaning, the others pass as they are.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from transforms.article import ARTICLES, EDITS, UNKNOWN_SOURCE, Origin, Reason
from transforms.dates import date_in_url, parse_date
from transforms.fields import TARGETS, FieldMap, is_empty, pick
from transforms.fingerprint import as_binary, fingerprint, hashed
from transforms.language import detect
from transforms.parse import Malformed, Record
from transforms.passages import passages
from transforms.placeholder import MOST_WORDS, placeholder
from transforms.quality import count_bytes
from transforms.schema import PARTITION_COLUMN
from transforms.tables import FEATURES, QUARANTINE
from transforms.text import Cleaned, clean, clean_line, is_dirty
from transforms.urls import ARCHIVE_HOSTS, canonical_url, host
from transforms.words import fold

_ID_BYTES: Final = 16
_SURE: Final = 0.5
"""Below this probability the record's own language field is believed before the model."""
_LANGUAGE: Final = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z])")
"""A code such as en, eng, en-GB or en_US; a name is none."""

STAGED: Final = pa.schema(
    [
        *ARTICLES.full_schema,
        pa.field("title_words", pa.string()),
        *(f for f in FEATURES.full_schema if f.name.endswith("_bands") or f.name == "passages"),
        pa.field("record_number", pa.int64()),
        pa.field("byte_offset", pa.int64()),
    ]
)
"""Rows between normalising and publishing: the article, what comparison needs, and its place in the dump."""

REJECTS: Final = pa.schema([f for f in QUARANTINE.schema if f.name not in ("dump_digest", "dump_name", "member")])


@dataclass(slots=True)
class Batch:
    """What became of some records: `articles` (STAGED), `rejects` (REJECTS), and the fields that no mapping used."""

    articles: pa.Table
    rejects: pa.Table
    unused: Counter[tuple[str, str]]


@dataclass(slots=True)
class _Raw:
    """A record's mapped values, before any cleaning."""

    record: Record
    values: tuple[Any, ...]
    source: str

    def __getitem__(self, target: str) -> Any:
        return self.values[TARGETS.index(target)]


@dataclass(slots=True)
class _Rejects:
    rows: list[tuple[str, str, bytes, int, int | None]] = field(default_factory=list)

    def add(self, record: Record | Malformed, reason: Reason, detail: str) -> None:
        self.rows.append((reason.value, detail, record.raw, record.number, record.offset))

    def table(self) -> pa.Table:
        columns = list(zip(*self.rows, strict=True)) or [()] * len(REJECTS)
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, REJECTS, strict=True)], schema=REJECTS)


def normalise(records: Iterable[Record | Malformed], fields: FieldMap, default_source: str | None) -> Batch:
    """Normalise records; `default_source` names the outlet of those that do not say."""
    rejects = _Rejects()
    unused: Counter[tuple[str, str]] = Counter()
    raws = list(_map(records, fields, default_source, rejects, unused))
    texts = _clean_texts([_story(raw["text"]) for raw in raws])
    articles = _articles(raws, texts)
    problems = _problems([t.text for t in texts], articles["word_count"].to_pylist())
    for raw, problem in zip(raws, problems, strict=True):
        if problem:
            rejects.add(raw.record, *problem)
    articles = articles.filter(pa.array([problem is None for problem in problems], pa.bool_()))
    return Batch(articles, rejects.table(), unused)


def _map(
    records: Iterable[Record | Malformed],
    fields: FieldMap,
    default_source: str | None,
    rejects: _Rejects,
    unused: Counter[tuple[str, str]],
) -> Iterable[_Raw]:
    for record in records:
        if isinstance(record, Malformed):
            rejects.add(record, record.reason, record.detail)
            continue
        plan = fields.plan(tuple(record.fields))
        values = tuple(pick(record.fields, group) if group else None for group in plan.candidates)
        raw = _Raw(record, values, "")
        raw.source = _source(raw, default_source)
        unused.update((raw.source, name) for name in plan.unused if not is_empty(record.fields[name]))
        yield raw


def _source(raw: _Raw, default: str | None) -> str:
    """Outlet of a record: its own field, else the default, else the host of its address."""
    own = _name(raw["source"])
    if "." in own and " " not in own:
        own = host(own) or ""
    site = host(_as_text(raw["url"]) or _as_text(raw["canonical_url"]))
    if own in ARCHIVE_HOSTS and site:
        own = site
    return own or default or site or UNKNOWN_SOURCE


def _name(value: Any) -> str:
    text = _as_text(value.get("name") if isinstance(value, dict) else value)
    return _clean_name(text) if text else ""


@lru_cache(maxsize=65_536)
def _clean_name(text: str) -> str:
    """Clean an outlet's or author's name; a dump has few of them, many times."""
    return clean_line(text)


def _as_text(value: Any) -> str:
    """Give a value as text; an object is none, for its fields would have to be guessed at."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return "\n".join(map(_as_text, value))
    if isinstance(value, bytes):  # a Parquet column that does not say that it is text
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else str(value)


def _story(value: Any) -> str:
    """Give a text field as text; a number there is no story, but a field that has changed its meaning."""
    return "" if isinstance(value, int | float) else _as_text(value)


def _clean_texts(texts: list[str]) -> list[Cleaned]:
    dirty = is_dirty(pa.array(texts, pa.large_string())).to_pylist()
    return [clean(text) if needs else Cleaned(text) for text, needs in zip(texts, dirty, strict=True)]


def _clean_lines(lines: list[str]) -> list[str]:
    dirty = is_dirty(pa.array(lines, pa.large_string())).to_pylist()
    return [clean_line(line) if needs or "\n" in line else line for line, needs in zip(lines, dirty, strict=True)]


def _problems(texts: list[str], word_counts: list[int]) -> list[tuple[Reason, str] | None]:
    """Say of each text why it is none; only short ones need a look."""
    problems: list[tuple[Reason, str] | None] = [None] * len(texts)
    short = [i for i, count in enumerate(word_counts) if count <= MOST_WORDS]
    folded = fold(pa.array([texts[i] for i in short], pa.string())).strings()
    for i, words in zip(short, folded, strict=True):
        kind = placeholder(words) if words else None
        if kind or not words:
            problems[i] = (Reason.PLACEHOLDER, kind) if kind else (Reason.NO_TEXT, "no words in the text field")
    return problems


def _articles(raws: list[_Raw], texts: list[Cleaned]) -> pa.Table:
    titles = _clean_lines([_as_text(raw["title"]) for raw in raws])
    columns: dict[str, Any] = {
        **_identity(raws),
        **_text_columns(texts),
        **_date_columns(raws),
        **_language_columns(raws, texts),
        "title": [title or None for title in titles],
        "title_words": fold(pa.array(titles, pa.string())).strings(),
        "authors": [_authors(raw["authors"]) for raw in raws],
        "record_number": [raw.record.number for raw in raws],
        "byte_offset": [raw.record.offset for raw in raws],
    }
    return pa.table({f.name: _array(columns[f.name], f.type) for f in STAGED}, schema=STAGED)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, kind)


def _identity(raws: list[_Raw]) -> dict[str, Any]:
    urls = [_as_text(raw["url"]).strip() or _as_text(raw["canonical_url"]).strip() for raw in raws]
    declared = [_as_text(raw["canonical_url"]).strip() or None for raw in raws]
    canonical = [canonical_url(url, link) if url else None for url, link in zip(urls, declared, strict=True)]
    return {
        "article_id": [_article_id(raw, url) for raw, url in zip(raws, canonical, strict=True)],
        "source": [raw.source for raw in raws],
        "source_id": [_as_text(raw["source_id"]).strip() or None for raw in raws],
        "url": [url or None for url in urls],
        "canonical_url": canonical,
    }


def _article_id(raw: _Raw, canonical: str | None) -> str:
    """Digest of all that the article's row is made from, so that one id never stands for two different rows."""
    values = [raw.source, canonical, *map(_digestible, raw.values)]
    return blake2b(orjson.dumps(values, option=orjson.OPT_SORT_KEYS), digest_size=_ID_BYTES).hexdigest()


def _digestible(value: Any) -> Any:
    """Value as lists, objects and strings alone, so that a number reads the same whatever format it came in."""
    if isinstance(value, dict):
        return {str(key): _digestible(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_digestible(inner) for inner in value]
    return None if value is None else _as_text(value)


def _text_columns(texts: list[Cleaned]) -> dict[str, Any]:
    array = pa.array([t.text for t in texts], pa.string())
    folded = fold(array)
    words = hashed(folded)
    wide, steep = fingerprint(words)
    digits, uppers, breaks, sizes = count_bytes(array).T
    return {
        "text_id": [blake2b(folded[i], digest_size=_ID_BYTES).hexdigest() for i in range(len(folded))],
        "text": array,
        "highlights": [t.highlights for t in texts],
        "edits": pa.array([list(t.edits.items()) for t in texts], EDITS),
        "paragraph_count": (breaks + 1).astype(np.int32),
        "word_count": folded.word_counts,
        "char_count": pc.utf8_length(array),
        "digit_share": (digits / np.maximum(sizes, 1)).astype(np.float32),
        "upper_share": (uppers / np.maximum(sizes, 1)).astype(np.float32),
        "wide_bands": as_binary(wide),
        "steep_bands": as_binary(steep),
        "passages": passages(words).as_binary(),
    }


def _date_columns(raws: list[_Raw]) -> dict[str, Any]:
    dates = []
    for raw in raws:
        moment, origin = parse_date(raw["published"]), Origin.FIELD
        if moment is None:
            moment, origin = date_in_url(_as_text(raw["url"]) or _as_text(raw["canonical_url"])), Origin.URL
        dates.append((moment, origin if moment else Origin.NONE))
    return {
        "published_at": [moment for moment, _ in dates],
        "published_at_origin": [origin.value for _, origin in dates],
        PARTITION_COLUMN: [moment.date() if moment else None for moment, _ in dates],
    }


def _language_columns(raws: list[_Raw], texts: list[Cleaned]) -> dict[str, Any]:
    found = []
    for raw, text in zip(raws, texts, strict=True):
        code, confidence = detect(text.text)
        own = _LANGUAGE.match(_as_text(raw["language"]))
        if own and (confidence or 0.0) < _SURE:
            code, confidence = own[1].lower(), None
        found.append((code, confidence))
    return {"language": [code for code, _ in found], "language_confidence": [share for _, share in found]}


def _authors(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [name for name in map(_name, values) if name]
