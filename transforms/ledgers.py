"""The ledgers of the lake: what runs did, took in, found and promised; each table declared once."""

import pyarrow as pa

from transforms.article import TIMESTAMP
from transforms.schema import Column, Table

CLUSTER_CHANGES = Table(
    "cluster_changes",
    "ledger",
    "Known articles whose cluster or canonical copy a later arrival changed, run by run.",
    (
        Column("run_id", pa.string(), "The run that brought the arrival"),
        Column("article_id", pa.string(), "The article; what was saved as a cluster or canonical id is one", "hex"),
        Column("old_cluster_id", pa.string(), "Its cluster before", "hex"),
        Column("cluster_id", pa.string(), "Its cluster since", "hex"),
        Column("old_canonical_id", pa.string(), "Its canonical copy before", "hex"),
        Column("canonical_id", pa.string(), "Its canonical copy since", "hex"),
    ),
)

DUMPS = Table(
    "dumps",
    "ledger",
    "Files consumed or refused by each run.",
    (
        Column("run_id", pa.string(), "The run"),
        Column(
            "dump_digest",
            pa.string(),
            "SHA-256 of what it holds; null when refused before it was read",
            "hex",
            nullable=True,
        ),
        Column("dump_name", pa.string(), "Name as delivered"),
        Column("raw_name", pa.string(), "File under raw/ in which it is kept, named by its own SHA-256", nullable=True),
        Column(
            "status",
            pa.string(),
            "consumed; replayed: its content was known; refused; retried: its rejects were run again; superseded: "
            "consumed once, and made again by a rebuild",
        ),
        Column("detail", pa.string(), "Why it was refused", nullable=True),
        Column("byte_count", pa.int64(), "Decompressed size", "bytes"),
        Column("records_read", pa.int64(), "Records found: admitted + replayed + quarantined", "records"),
        Column("admitted", pa.int64(), "Records that became new articles", "records"),
        Column("replayed", pa.int64(), "Records whose article, or whose whole dump, was already known", "records"),
        Column("quarantined", pa.int64(), "Records in quarantine", "records"),
        Column("outlet", pa.string(), "What `--source` named, for the files that do not say", nullable=True),
    ),
)

SOURCE_FIELDS = Table(
    "source_fields",
    "ledger",
    "What each source sent in each run, field by field and kind by kind of value.",
    (
        Column("run_id", pa.string(), "The run"),
        Column("source", pa.string(), "Outlet of the records"),
        Column("field", pa.string(), "Name of the field as delivered"),
        Column("kind", pa.string(), "Kind of its values: text, number, boolean, list, object or a type of Parquet"),
        Column("target", pa.string(), "What it is mapped to; null when nothing uses it", nullable=True),
        Column("records", pa.int64(), "Records of the source in the run", "records"),
        Column("filled", pa.int64(), "Values of this kind that were not empty", "records"),
    ),
)

SOURCE_COUNTS = Table(
    "source_counts",
    "ledger",
    "What each source's records in each dump came to; the counts of several dumps may be added up.",
    (
        Column("run_id", pa.string(), "The run"),
        Column("day", pa.date32(), "Day that the run is for"),
        Column("dump_digest", pa.string(), "Dump that brought them, or brought them again", "hex"),
        Column("source", pa.string(), "Outlet; of records that cannot be read, that of most others in the dump"),
        Column("records", pa.int64(), "Records: admitted + replayed + quarantined", "records"),
        Column("admitted", pa.int64(), "Of them new articles", "records"),
        Column("replayed", pa.int64(), "Of them known already", "records"),
        Column("quarantined", pa.int64(), "Of them in quarantine", "records"),
        Column("copies", pa.int64(), "New articles that are copies of another one", "articles"),
        Column("titled", pa.int64(), "Articles delivered that have a headline", "records"),
        Column("dated", pa.int64(), "Articles delivered that have a date", "records"),
        Column("excerpts", pa.int64(), "Articles delivered of which only a summary came", "records"),
        Column("repaired", pa.int64(), "Articles delivered whose letters were damaged", "records"),
        Column("words", pa.int64(), "Words of the articles delivered", "words"),
        Column("languages", pa.map_(pa.string(), pa.int64()), "Language to articles delivered", "records"),
        Column("reasons", pa.map_(pa.string(), pa.int64()), "Reason of quarantine to records", "records"),
        Column("newest_published_at", TIMESTAMP, "Latest date among the articles delivered", "UTC", nullable=True),
        Column("encoding", pa.string(), "Encodings of the dump's files, as they were found"),
    ),
)

RUNS = Table(
    "runs",
    "ledger",
    "One row a published run.",
    (
        Column("run_id", pa.string(), "The run"),
        Column("day", pa.date32(), "Day that it is for; null where that was not noted", nullable=True),
        Column("snapshot", pa.int64(), "Number of the snapshot it published"),
        Column("started_at", TIMESTAMP, "Start", "UTC"),
        Column("finished_at", TIMESTAMP, "When its audit had passed", "UTC"),
        Column("driver", pa.string(), "plain or prefect"),
        Column("records_read", pa.int64(), "Records found in its dumps", "records"),
        Column("admitted", pa.int64(), "New articles", "records"),
        Column("replayed", pa.int64(), "Further arrivals of known articles", "records"),
        Column("quarantined", pa.int64(), "Records not admitted", "records"),
        Column("stage_seconds", pa.map_(pa.string(), pa.float64()), "Time of each stage", "seconds"),
        Column(
            "versions",
            pa.map_(pa.string(), pa.string()),
            "Versions of the rules, of Python and of the libraries that shape the rows",
        ),
        Column("rules_digest", pa.string(), "Rules that the rows were made under", "hex"),
        Column("settings_digest", pa.string(), "Settings of the run", "hex"),
    ),
)

AUDITS = Table(
    "audits",
    "ledger",
    "One expectation's result in one run.",
    (
        Column("run_id", pa.string(), "The run"),
        Column("table_name", pa.string(), "Table that was examined"),
        Column("name", pa.string(), "Short name of the expectation, which `run --accept` takes"),
        Column("expectation", pa.string(), "What was expected, in words"),
        Column("severity", pa.string(), "critical or warning"),
        Column("status", pa.string(), "passed, failed or errored"),
        Column(
            "observed", pa.string(), "What was seen: a number or a short value, never text of an article", nullable=True
        ),
        Column("unexpected_count", pa.int64(), "Rows that broke the expectation", "rows", nullable=True),
        Column("offenders_sql", pa.string(), "Query over these views that lists the keys of those rows"),
        Column("accepted_because", pa.string(), "Why it was published all the same", nullable=True),
    ),
)

FORGOTTEN = Table(
    "forgotten",
    "ledger",
    "What was forgotten, and is refused when it comes again.",
    (
        Column("run_id", pa.string(), "The run that forgot it"),
        Column("forgotten_on", pa.date32(), "When", "UTC day"),
        Column("kind", pa.string(), "By what it is known: article, url, source, author, text or record"),
        Column("key", pa.string(), "Its id, or a digest of its address, source, author or bytes", "hex"),
        Column("prints", pa.list_(pa.int64()), "Hashes of stretches of its text, by which leftovers are looked for"),
    ),
)
