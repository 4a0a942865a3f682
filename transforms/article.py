"""The article: its columns, declared once, and the reasons a record is not admitted as one."""

from enum import StrEnum
from typing import Final

import pyarrow as pa

from transforms.schema import PARTITION_COLUMN, Column, Table

TIMESTAMP = pa.timestamp("us", tz="UTC")
EDITS = pa.map_(pa.string(), pa.int32())
UNKNOWN_SOURCE: Final = "unknown"
"""Outlet of an article of which neither the record nor the settings nor the address says where it ran."""


class Reason(StrEnum):
    """Why a record is in quarantine."""

    MALFORMED = "malformed"
    """The record cannot be parsed: broken JSON, a CSV row of the wrong width, bytes in no encoding we know."""
    NOT_AN_OBJECT = "not_an_object"
    """The record is valid JSON, but a list, a number or a string instead of an object."""
    NO_TEXT = "no_text"
    """No text field, or nothing left of it after cleaning."""
    PLACEHOLDER = "placeholder"
    """The text is a bot wall, a consent notice or an error page, not a story."""
    TOO_LONG = "too_long"
    """The record is longer than the limit of the settings."""
    CRASHED = "crashed"
    """Reading the record ended the process that did: it died, was stuck, or wanted more memory than it may have."""
    FORGOTTEN = "forgotten"
    """The record, or what it is of, was forgotten, and came again."""


class Origin(StrEnum):
    """Where `published_at` was found."""

    FIELD = "field"
    PAGE = "page"
    URL = "url"
    DATELINE = "dateline"
    NONE = "none"


class Zone(StrEnum):
    """Where the time zone of `published_at` comes from."""

    GIVEN = "given"
    SOURCE = "source"
    ASSUMED = "assumed"
    NONE = "none"


class Precision(StrEnum):
    """How exact `published_at` is."""

    TIME = "time"
    DAY = "day"
    NONE = "none"


class Relation(StrEnum):
    """What one article is to another."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINS = "contains"
    REVISION = "revision"
    RECURRING = "recurring"
    RELATED = "related"


JOINING: Final = frozenset({Relation.EXACT, Relation.NEAR, Relation.CONTAINS, Relation.REVISION})
"""Relations that make two articles copies of one story."""
CANONICAL: Final = "canonical"
"""What a canonical copy is to itself, in the place of a relation."""

ARTICLES = Table(
    "articles",
    "content",
    "Distinct articles: the canonical copy of each cluster.",
    (
        Column(
            "article_id", pa.string(), "Identity: digest of source, address or title and date, and raw content", "hex"
        ),
        Column("text_id", pa.string(), "Digest of the text's words: equal when two texts agree word for word", "hex"),
        Column("source", pa.string(), "Outlet: the record's own field, the settings, or the host of its address"),
        Column("source_id", pa.string(), "The record's own identifier in its dump", nullable=True),
        Column("url", pa.string(), "Address as delivered", nullable=True),
        Column(
            "canonical_url", pa.string(), "Address without trackers, fragment, scheme and host variants", nullable=True
        ),
        Column("title", pa.string(), "Headline; null when the record has none", nullable=True),
        Column("standfirst", pa.string(), "Subtitle or summary delivered beside the story", nullable=True),
        Column("text", pa.string(), "Cleaned story, one paragraph a line"),
        Column("is_excerpt", pa.bool_(), "Whether only a summary or teaser was delivered"),
        Column("highlights", pa.list_(pa.string()), "Bullet list printed above the story, in order"),
        Column("authors", pa.list_(pa.string()), "Authors as printed, in order"),
        Column("dateline_place", pa.string(), "Where it was filed, from its dateline", nullable=True),
        Column("agency", pa.string(), "News agency that it is credited to", nullable=True),
        Column("language", pa.string(), "Language found in the text", "ISO 639 code", nullable=True),
        Column("language_confidence", pa.float32(), "Probability of that language", "0 to 1", nullable=True),
        Column("published_at", TIMESTAMP, "When it was published", "UTC", nullable=True),
        Column("published_at_origin", pa.string(), "Where that was found: field, page, url, dateline or none"),
        Column("published_at_zone", pa.string(), "Its zone: given with it, that of the source, assumed UTC, or none"),
        Column("published_at_precision", pa.string(), "How exact it is: time, day or none"),
        Column("updated_at", TIMESTAMP, "When it was last changed, by its own word", "UTC", nullable=True),
        Column(PARTITION_COLUMN, pa.date32(), "Day of published_at; the partition", "UTC day", nullable=True),
        Column("paragraph_count", pa.int32(), "Paragraphs of the text", "paragraphs"),
        Column("word_count", pa.int32(), "Words of the text", "words"),
        Column("char_count", pa.int32(), "Characters of the text", "code points"),
        Column("digit_share", pa.float32(), "Quality signal: share of digits among the text's bytes", "0 to 1"),
        Column("upper_share", pa.float32(), "Quality signal: share of ASCII capitals among the text's bytes", "0 to 1"),
        Column("edits", EDITS, "What cleaning did: rule to number of times"),
    ),
    is_partitioned=True,
)
