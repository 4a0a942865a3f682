"""The tables of the lake beside articles and ledgers, each declared once, and what is stored and shown in all."""

from hashlib import sha256
from typing import Final

import pyarrow as pa

from transforms.article import ARTICLES
from transforms.ledgers import AUDITS, CLUSTER_CHANGES, DUMPS, FORGOTTEN, RUNS, SOURCE_COUNTS, SOURCE_FIELDS
from transforms.schema import PARTITION_COLUMN, Column, Table

WIDE_BANDS: Final = 64
STEEP_BANDS: Final = 32

_DUMP_PLACE = (
    Column("dump_digest", pa.string(), "Dump: SHA-256 of what it holds, whatever its name or compression", "hex"),
    Column("dump_name", pa.string(), "Name under which the dump first came"),
    Column("member", pa.string(), "File inside the archive", nullable=True),
    Column("record_number", pa.int64(), "Position within its file, from 0", "records"),
    Column("byte_offset", pa.int64(), "Where the record begins in its decompressed file", "bytes", nullable=True),
)

_PROFILE_COLUMNS = ("article_id", "text_id", "source", "canonical_url", "published_at", "word_count")

MEMBERSHIP = Table(
    "membership",
    "internal",
    "Every admitted article's place among its copies.",
    (
        Column("article_id", pa.string(), "The article", "hex"),
        Column("text_id", pa.string(), "Its text", "hex"),
        Column(PARTITION_COLUMN, pa.date32(), "Day of published_at", "UTC day", nullable=True),
        Column("component_id", pa.string(), "Smallest article_id reachable over joining pairs", "hex"),
        Column("cluster_id", pa.string(), "Smallest article_id of its cluster", "hex"),
        Column("canonical_id", pa.string(), "The cluster's canonical copy", "hex"),
        Column("is_canonical", pa.bool_(), "Whether it is that copy itself"),
        Column("relation", pa.string(), "To the canonical copy: canonical, exact, near, contains or revision"),
        Column("jaccard", pa.float64(), "Similarity to the canonical copy over 5-word shingles", "0 to 1"),
        Column("containment", pa.float64(), "Share of the shorter text's shingles in the longer", "0 to 1"),
        Column("chain_id", pa.string(), "Smallest article_id of its versions; null without any", "hex", nullable=True),
        Column("version", pa.int32(), "Place among its versions in order of time, from 1"),
        Column("is_current", pa.bool_(), "Whether no later version is known"),
        Column("twin_id", pa.string(), "First article, in canonical order, with the same words", "hex", nullable=True),
        Column("twin_relation", pa.string(), "Relation to that article", nullable=True),
        Column("twin_rule", pa.string(), "Rule that decided it", nullable=True),
    ),
)

PROFILES = Table(
    "profiles",
    "internal",
    "What the pair rule sees of an article beside its text.",
    (
        *(c for c in ARTICLES.columns if c.name in _PROFILE_COLUMNS),
        Column("title_words", pa.string(), "Words of the headline, folded as those of the text; empty without one"),
    ),
)

_CLUSTER_COLUMNS = (
    "cluster_id", "canonical_id", "is_canonical", "relation", "jaccard", "containment", "chain_id", "version",
    "is_current",
)  # fmt: skip

COPIES = Table(
    "copies",
    "content",
    "Every admitted article, linked to the canonical copy of its cluster.",
    (
        ARTICLES.columns[0],
        *(c for c in MEMBERSHIP.columns if c.name in _CLUSTER_COLUMNS),
        *ARTICLES.columns[1:],
    ),
)

DELIVERIES = Table(
    "deliveries",
    "content",
    "One arrival of an article in a dump.",
    (Column("article_id", pa.string(), "The article that arrived", "hex"), *_DUMP_PLACE),
)

QUARANTINE = Table(
    "quarantine",
    "content",
    "Records that were not admitted, with reason and raw bytes.",
    (
        Column("reason", pa.string(), "Why it was not admitted"),
        Column("detail", pa.string(), "What was found, in a few words"),
        Column("raw", pa.binary(), "The record as delivered; null past its quota or its days", "bytes", nullable=True),
        *_DUMP_PLACE,
    ),
)

PAIRS = Table(
    "pairs",
    "content",
    "Two articles whose texts were compared and found alike.",
    (
        Column("article_id", pa.string(), "The smaller id of the two", "hex"),
        Column("other_id", pa.string(), "The greater id of the two", "hex"),
        Column("jaccard", pa.float64(), "Exact Jaccard similarity over 5-word shingles", "0 to 1"),
        Column("containment", pa.float64(), "Share of the shorter text's shingles in the longer", "0 to 1"),
        Column(
            "number_containment",
            pa.float64(),
            "Share of the fewer numbers among the other's; 1 when either has none",
            "0 to 1",
        ),
        Column("relation", pa.string(), "exact, near, contains, revision, recurring or related"),
        Column("rule", pa.string(), "Name of the rule that decided"),
    ),
)

FEATURES = Table(
    "features",
    "internal",
    "MinHash bands and passages of each distinct text and day: what the next nights are compared with.",
    (
        Column("text_id", pa.string(), "The text", "hex"),
        Column(PARTITION_COLUMN, pa.date32(), "Day on which it was printed", "UTC day", nullable=True),
        Column("wide_bands", pa.binary(4 * WIDE_BANDS), "Hashes of 4 minima each", "little-endian uint32"),
        Column("steep_bands", pa.binary(4 * STEEP_BANDS), "Hashes of 8 minima each", "little-endian uint32"),
        Column("passages", pa.binary(), "Hashes of stretches of some 16 words", "little-endian uint32"),
    ),
)

STORED: Final = (
    ARTICLES,
    MEMBERSHIP,
    PROFILES,
    DELIVERIES,
    QUARANTINE,
    PAIRS,
    FEATURES,
    CLUSTER_CHANGES,
    DUMPS,
    SOURCE_FIELDS,
    SOURCE_COUNTS,
    RUNS,
    AUDITS,
    FORGOTTEN,
)
VIEWS: Final = (
    ARTICLES,
    COPIES,
    DELIVERIES,
    PAIRS,
    QUARANTINE,
    CLUSTER_CHANGES,
    DUMPS,
    SOURCE_FIELDS,
    SOURCE_COUNTS,
    RUNS,
    AUDITS,
    FORGOTTEN,
)


def schema_digest() -> str:
    """Digest of every table's name, columns and types."""
    return sha256("\n".join(f"{t.name} {t.full_schema}" for t in STORED).encode()).hexdigest()
