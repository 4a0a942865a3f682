"""The question: words, phrases, fields and what they are narrowed by, as the index is asked for them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from tantivy import FieldType, Index, Occur, Query

from flows.search.analyzer import spread_question
from flows.sources.settings import hint
from transforms.errors import UsageError

_EPOCH: Final = date(1970, 1, 1)
_FIELDS: Final = ("title", "standfirst", "text", "author")
_BOOSTS: Final = {"title": 2.0}
_NO_WORDS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Question:
    """Words that all have to stand in an article; `since` and `until` are days of publication, both included."""

    words: str
    since: date | None = None
    until: date | None = None
    source: str | None = None
    limit: int = 10


def words_query(index: Index, words: str) -> Query:
    """Read the words; what is no question in the index's language is asked for by its plain words.

    Raises UsageError when there are none.
    """
    if not _NO_WORDS.sub("", words):
        raise UsageError(f"{words!r} holds no word to search for; give words, or a phrase in double quotes")
    asked = spread_question(words)
    query, errors = _parsed(index, asked)
    if errors:
        query, _ = _parsed(index, _NO_WORDS.sub(" ", asked).lower())
    return query


def narrowed(index: Index, query: Query, question: Question) -> Query:
    """Keep to the days and the source of a question, without a say in the order of what is found.

    Raises UsageError when no article is of that source.
    """
    filters = []
    if question.since or question.until:
        first, last = (None if day is None else (day - _EPOCH).days for day in (question.since, question.until))
        filters.append(Query.range_query(index.schema, "day", FieldType.Integer, first, last))
    if question.source is not None:
        _require_source(index, question.source)
        filters.append(Query.term_query(index.schema, "source", question.source))
    free = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in filters]
    return Query.boolean_query([(Occur.Must, query), *free]) if free else query


def _parsed(index: Index, words: str) -> tuple[Query, list[object]]:
    return index.parse_query_lenient(words, list(_FIELDS), _BOOSTS, conjunction_by_default=True)


def _require_source(index: Index, source: str) -> None:
    searcher = index.searcher()
    if not searcher.doc_freq("source", source):
        known = [name for name, _ in searcher.terms_with_prefix("source", "")]
        raise UsageError(f"no article is of source {source!r}{hint(source, known)}; `broadsheet sources` lists them")
