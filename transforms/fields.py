"""Field names: what scrapers call a thing, to what we call it. What no mapping used is counted: a new field is news."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "headline", "head", "article_title"),
    "text": (
        "text", "body", "content", "article_body", "article", "article_text", "main_text", "full_text", "story",
        "body_text", "content_text",
    ),
    "url": ("url", "link", "article_source_link", "article_url", "href", "permalink", "web_url", "source_url"),
    "canonical_url": ("canonical_url", "canonical_link", "canonical"),
    "published": (
        "published", "published_at", "publish_date", "pub_date", "date_published", "publication_date", "published_date",
        "date_publish", "date", "datetime", "timestamp", "created_at",
    ),
    "authors": ("authors", "author", "byline", "creator", "by"),
    "source": (
        "source", "publisher", "domain", "outlet", "source_domain", "site", "site_name", "newspaper",
        "publication",
    ),
    "source_id": ("id", "article_id", "source_id", "guid", "uuid", "uid", "body_id"),
    "language": ("language", "lang"),
    "html": ("html", "raw_html", "page_html", "html_content", "page_source"),
    "summary": ("summary", "excerpt", "teaser", "abstract", "standfirst"),
    "dateline": ("dateline",),
    "agency": ("agency", "news_agency", "credit"),
    "updated": ("updated", "updated_at", "modified", "modified_at", "date_modified", "last_modified"),
}  # fmt: skip
TARGETS: Final = tuple(ALIASES)


MOST_PLANS: Final = 4_096
"""Sets of fields remembered at a time: a dump may give every record a field of its own."""


@lru_cache(maxsize=MOST_PLANS)
def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


@dataclass(frozen=True, slots=True)
class Plan:
    """For records with one set of fields: which field fills each target, best first, and which fill none."""

    candidates: tuple[tuple[str, ...], ...]
    unused: tuple[str, ...]


@dataclass(slots=True)
class FieldMap:
    """Maps the fields of records to targets; `extra` (target to field names) goes before the usual names."""

    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _plans: dict[tuple[str, ...], Plan] = field(default_factory=dict)
    _had_text: bool = False
    """Whether a set of fields that is forgotten had one for the text."""

    def plan(self, keys: tuple[str, ...]) -> Plan:
        """Give the plan for records with these fields, made once for each set of fields."""
        plan = self._plans.get(keys)
        if plan is None:
            if len(self._plans) == MOST_PLANS:
                self._had_text = not self.without_text()
                self._plans.clear()
            plan = self._plans[keys] = self._make(keys)
        return plan

    def _make(self, keys: tuple[str, ...]) -> Plan:
        by_name = {_plain(key): key for key in reversed(keys)}
        candidates = tuple(
            tuple(by_name[n] for n in map(_plain, (*self.extra.get(target, ()), *ALIASES[target])) if n in by_name)
            for target in TARGETS
        )
        used = {key for group in candidates for key in group}
        return Plan(candidates, tuple(key for key in keys if key not in used))

    def without_text(self) -> tuple[str, ...]:
        """Names of the fields seen so far, if none of them ever filled the text; empty otherwise."""
        if self._had_text or any(self.has_text(keys) for keys in tuple(self._plans)):
            return ()
        return tuple(dict.fromkeys(key for keys in self._plans for key in keys))

    def has_text(self, columns: tuple[str, ...]) -> bool:
        """Tell whether any of these columns would fill the text."""
        return bool(self.plan(columns).candidates[TARGETS.index("text")])


def pick(fields: Mapping[str, Any], candidates: tuple[str, ...]) -> Any:
    """First value that is not empty."""
    return next((fields[key] for key in candidates if not is_empty(fields[key])), None)


def is_empty(value: Any) -> bool:
    """Tell whether a field says nothing: null, a blank string, an empty list or object."""
    return value is None or value in ("", [], {}) or (isinstance(value, str) and value.isspace())
