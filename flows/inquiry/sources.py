"""What each source sends: its fields, what they are used for, and what has changed since the nights before."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flows.inquiry.shelf import Shelf
from flows.settings import Settings
from flows.sources.ledger import signals_of
from transforms.drift import Sent, by_source

_SQL: Final = """
    SELECT source_fields.* FROM source_fields JOIN runs USING (run_id) ORDER BY source, snapshot, field, kind"""


def sources(shelf: Shelf, settings: Settings) -> list[dict[str, Any]]:
    """Describe the sources of a snapshot, those with most records first, as plain values.

    Fields are those of the last run that brought the source; `drift` compares it with up to seven before.
    """
    found = by_source(shelf.rows(_SQL))
    seen = {row["run_id"]: row["finished_at"] for row in shelf.rows("SELECT run_id, finished_at FROM runs")}
    newest = shelf.manifest.run_id
    told = [_source(name, runs, seen, newest, settings) for name, runs in found.items()]
    return sorted(told, key=lambda each: (-each["records"], each["source"]))


def _source(
    name: str, runs: Mapping[str, Sent], seen: Mapping[str, Any], newest: str, settings: Settings
) -> dict[str, Any]:
    *earlier, last = runs
    sent = runs[last]
    signals = signals_of(name, sent, {run: runs[run] for run in earlier}, settings.sources)
    fields = [_field(sent, each) for each in sorted(sent.fields, key=lambda each: (-sent.filled(each), each))]
    return {
        "source": name,
        "records": sum(each.records for each in runs.values()),
        "runs": len(runs),
        "last_run": last,
        "last_seen": seen[last],
        "is_in_newest_run": last == newest,
        "last_records": sent.records,
        "fields": fields,
        "unmapped": _unmapped(fields, settings.sources[name].known_fields if name in settings.sources else ()),
        "drift": [signal._asdict() for signal in signals],
    }


def _field(sent: Sent, name: str) -> dict[str, Any]:
    return {
        "field": name,
        "kinds": dict(sent.fields[name].most_common()),
        "share": round(sent.share(name), 4),
        "target": sent.targets.get(name),
    }


def _unmapped(fields: Iterable[dict[str, Any]], known: Iterable[str]) -> list[str]:
    return [each["field"] for each in fields if each["target"] is None and each["field"] not in set(known)]
