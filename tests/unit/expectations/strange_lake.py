"""A lake of two nights in which a stranger wrote every word that strangers write, as tables in memory."""

from datetime import UTC, date, datetime
from typing import Any, Final

import duckdb
import pyarrow as pa

from expectations.report import Edition, render, report
from tests.unit.lake.made import a_value
from transforms.schema import Table
from transforms.tables import VIEWS

MARK: Final = "headline-of-a-stranger"
STRUCK: Final = "window.struck=1"
"""What a stranger's script would do."""
HOSTILE: Final = (
    f"{MARK}<script>{STRUCK}</script>",
    f"{MARK}</details></table></title></style><img src=x onerror={STRUCK}>",
    f"{MARK}\"' onmouseover='{STRUCK}' autofocus onfocus=\"{STRUCK}",
    f"{MARK}<svg/onload={STRUCK}>",
    f"{MARK}<svg><style><!--</style><a href='javascript:{STRUCK}'>",
    f"javascript:{STRUCK}//{MARK}",
    f"{MARK}<meta http-equiv=refresh content='0;url=https://stranger.example/'><base href=//stranger.example>",
    f"{MARK}<link rel=stylesheet href=//stranger.example/a.css><iframe srcdoc='<script>top.{STRUCK}</script>'>",
    f"{MARK}{{{{ 7 * 7 }}}}{{% raw %}}{{{{ ''.__class__ }}}}",
    f"{MARK}\u202egnitset\u2066\u200f",
    f"{MARK}\x00\x07\x1b[31m\x9b",
    f"{MARK}<!--",
    f"{MARK}&lt;b&gt;&amp;#x3c;",
    MARK + "x" * 10_000,
    f"{MARK} " + "\u0635\u062d\u064a\u0641\u0629 " * 3,
)

_NOW: Final = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
_RUNS: Final = ("20260301T021500-00000000", "20260302T021500-00000001")


def page(stranger: str, verdict: str = "passed") -> bytes:
    """Draw the second night's page; as that of a refused night, when its verdict is so."""
    with strange_lake(stranger) as lake:
        return render(report(lake, Edition(7, verdict, _NOW, is_refused=verdict == "failed")))


def strange_lake(stranger: str) -> duckdb.DuckDBPyConnection:
    """Make the tables."""
    rows = _content(stranger) | _ledgers(stranger)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in VIEWS:
        if table.name != "articles":
            connection.register("given", _table(table, rows.get(table.name, [])))
            connection.execute(f"CREATE TABLE {table.name} AS FROM given")
    connection.execute("CREATE VIEW articles AS FROM copies WHERE is_canonical")
    return connection


def _content(stranger: str) -> dict[str, list[dict[str, Any]]]:
    copies = [
        {
            "article_id": f"{n}", "canonical_id": "0" if n < 3 else "3", "is_canonical": n in {0, 3},
            "relation": "near" if n else "canonical", "text_id": f"{n}", "source": f"{stranger}{n}",
            "title": stranger, "url": stranger, "authors": [stranger], "text": f"{stranger} {n} {stranger}",
            "published_at": _NOW.replace(hour=n), "published_date": _NOW.date(), "published_at_precision": "time",
            "edits": [("tag", 2)],
        }
        for n in range(4)
    ]  # fmt: skip
    place = {"dump_digest": "d", "dump_name": stranger, "member": stranger}
    return {
        "copies": copies,
        "deliveries": [place | {"article_id": f"{n}"} for n in range(4)],
        "quarantine": [place | {"reason": "malformed", "detail": stranger, "raw": stranger.encode()}],
        "pairs": [
            {"article_id": one, "other_id": other, "relation": relation, "rule": "r", "jaccard": 0.7, "containment": 1}
            for one, other, relation in (("0", "1", "near"), ("0", "3", "related"), ("1", "3", "recurring"))
        ],
    }  # fmt: skip


def _ledgers(stranger: str) -> dict[str, list[dict[str, Any]]]:
    night = {"run_id": _RUNS[1]}
    audit = night | {
        "table_name": "articles",
        "severity": "critical",
        "offenders_sql": "SELECT article_id, title, url FROM copies",
    }
    counted = {"dump_digest": "d", "source": f"{stranger}0", "reasons": [("malformed", 1)]}
    sent = {"source": f"{stranger}0", "records": 100, "filled": 100, "kind": "text", "target": "title"}
    return {
        "runs": [
            {"run_id": run, "day": date(2026, 3, 1 + n), "snapshot": 6 + n, "started_at": _NOW, "finished_at": _NOW}
            for n, run in enumerate(_RUNS)
        ],
        "dumps": [
            night | {"dump_name": stranger, "status": "consumed", "dump_digest": "d", "outlet": stranger},
            night | {"dump_name": f"{stranger}.gz", "status": "refused", "dump_digest": None, "detail": stranger},
        ],
        "source_counts": [{"run_id": run} | counted for run in _RUNS],
        "source_fields": [
            {"run_id": _RUNS[0]} | sent | {"field": f"{stranger}-old"},
            {"run_id": _RUNS[1]} | sent | {"field": f"{stranger}-new", "target": None},
        ],
        "audits": [
            audit | {"name": "a", "status": "failed", "observed": stranger, "accepted_because": None},
            audit | {"name": "b", "status": "failed", "observed": stranger, "accepted_because": stranger},
            audit | {"name": "c", "status": "errored", "offenders_sql": "SELECT nothing FROM nowhere"},
        ],
    }  # fmt: skip


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    """Lay rows out in a table's columns; what is not given is made up."""
    schema = table.full_schema
    columns = [[row.get(f.name, a_value(f.type, n)) for n, row in enumerate(rows)] for f in schema]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
