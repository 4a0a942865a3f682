"""Field names: what scrapers call a thing, to what we call it. What no mapping used is counted: a new field is news."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": (
        "title", "headline", "headlines", "head", "article_title", "title_text", "web_title", "news_title", "hed",
        "titulo", "titular", "titre", "titel", "titolo", "tytul", "заголовок", "baslik", "überschrift", "标题",
    ),
    "text": (
        "text", "body", "content", "article_body", "article", "article_text", "main_text", "full_text", "story",
        "body_text", "content_text", "text_content", "article_content", "full_content", "clean_text", "news_text",
        "story_text", "paragraphs", "content_elements", "blocks", "plain_text", "raw_text",
        "texto", "cuerpo", "contenido", "conteudo", "corpo", "texte", "corps", "contenu", "inhalt", "artikel",
        "artikeltext", "volltext", "testo", "contenuto", "tekst", "tresc", "inhoud", "текст", "metin",
        "icerik", "正文", "内容",
    ),
    "url": (
        "url", "link", "article_source_link", "article_url", "href", "permalink", "web_url", "source_url", "page_url",
        "story_url", "news_url", "article_link", "original_url", "uri", "enlace", "lien", "ссылка",
    ),
    "canonical_url": ("canonical_url", "canonical_link", "canonical"),
    "published": (
        "published", "published_at", "publish_date", "pub_date", "date_published", "publication_date", "published_date",
        "date_publish", "publish_time", "published_time", "publication_time", "published_on", "publish_datetime",
        "web_publication_date", "first_published", "display_date", "posted_at", "posted", "post_date",
        "article_date", "news_date",
        "date_gmt", "date", "datetime", "timestamp", "time", "created_at", "created",
        "fecha", "data_publicacao", "datum", "veroeffentlicht", "дата", "tarih",
    ),
    "authors": (
        "authors", "author", "byline", "creator", "by", "author_name", "writer", "writers", "reporter", "journalist",
        "autor", "autores", "auteur", "auteurs", "autore", "verfasser", "автор", "yazar",
    ),
    "source": (
        "source", "publisher", "domain", "outlet", "source_domain", "site", "site_name", "newspaper", "publication",
        "source_name", "source_title", "news_source", "media_name", "news_outlet", "news_site",
        "fuente", "medio", "quelle", "источник",
    ),
    "source_id": (
        "id", "article_id", "source_id", "guid", "uuid", "uid", "body_id", "doc_id", "story_id", "news_id",
        "post_id", "record_id",
    ),
    "language": ("language", "lang", "language_code", "article_language", "idioma", "langue", "sprache"),
    "html": ("html", "raw_html", "page_html", "html_content", "page_source", "source_html", "article_html"),
    "metadata": ("metadata", "meta", "page_metadata", "json_ld", "ld_json", "opengraph"),
    "summary": (
        "summary", "excerpt", "teaser", "abstract", "standfirst", "description", "short_description", "snippet", "lead",
        "lede", "lead_paragraph", "resumen", "resume", "zusammenfassung",
    ),
    "subtitle": (
        "subtitle", "deck", "dek", "subheadline", "subhead", "sub_heading", "trail_text", "subtitulo",
        "untertitel",
    ),
    "highlights": ("highlights", "bullets", "key_points", "story_highlights"),
    "dateline": ("dateline",),
    "agency": ("agency", "news_agency", "credit"),
    "updated": (
        "updated", "updated_at", "modified", "modified_at", "date_modified", "last_modified", "date_modify",
        "modified_gmt", "update_date", "updated_date", "modified_time", "last_updated",
    ),
}  # fmt: skip
"""Names that scrapers, archives and news services use, best first; spelling, case and accents do not matter."""
TARGETS: Final = tuple(ALIASES)
_TELLING: Final = tuple(TARGETS.index(target) for target in ("text", "html", "summary"))
_MOST_PLANS: Final = 4096
_MOST_NAMES: Final = 100
"""What is remembered of records that each have other fields."""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[\W_]+", "", letters)


@dataclass(frozen=True, slots=True)
class Plan:
    """For records with one set of fields: which fill each target, best first, which fill none, whether one tells."""

    keys: tuple[str, ...]
    candidates: tuple[tuple[str, ...], ...]
    unused: tuple[str, ...]
    has_story: bool


@dataclass(slots=True)
class FieldMap:
    """Maps the fields of records to targets; `extra` (target to field names) goes before the usual names.

    `known` are fields that fill nothing, and of which that is no news.
    """

    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    _plans: dict[tuple[str, ...], Plan] = field(default_factory=dict)
    _names: dict[str, None] = field(default_factory=dict)
    _told: bool = False

    def plan(self, keys: tuple[str, ...]) -> Plan:
        """Give the plan for records with these fields, made once for each set of fields."""
        plan = self._planned(keys)
        self._told = self._told or plan.has_story
        if len(self._names) < _MOST_NAMES:
            self._names.update(dict.fromkeys(keys))
        return plan

    def has_story(self, keys: tuple[str, ...]) -> bool:
        """Tell whether any of these fields would fill the text, or what stands in for one."""
        return self._planned(keys).has_story

    def target_of(self, key: str) -> str | None:
        """Give the target that a field of this name can fill, if any."""
        candidates = self._planned((key,)).candidates
        return next((target for target, group in zip(TARGETS, candidates, strict=True) if group), None)

    def without_story(self) -> tuple[str, ...]:
        """Names of the fields planned for so far, if none of them ever told a story; empty otherwise."""
        return () if self._told else tuple(self._names)

    def _planned(self, keys: tuple[str, ...]) -> Plan:
        plan = self._plans.get(keys)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
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
        used.update(by_name[name] for name in map(_plain, self.known) if name in by_name)
        has_story = any(candidates[at] for at in _TELLING)
        return Plan(keys, candidates, tuple(key for key in keys if key not in used), has_story)


def is_empty(value: Any) -> bool:
    """Tell whether a field says nothing: null, a blank string, an empty list or object."""
    return value is None or value in ("", [], {}) or (isinstance(value, str) and value.isspace())
