"""What a run tells: counts per dump and in all, reasons, times. One record, shown as text, JSON or a Prefect table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from transforms.drift import Sent
from transforms.normalise import Seen


@dataclass(slots=True)
class SourceRecords:
    """Records of one source in a dump, and the rejects among them by reason."""

    records: int = 0
    rejects: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class DumpReport:
    """One file: `status` is consumed, replayed (its content was consumed before), refused, or, of a replay, retried."""

    name: str
    status: str
    digest: str | None = None
    byte_count: int = 0
    raw_name: str | None = None
    records_read: int = 0
    admitted: int = 0
    replayed: int = 0
    quarantined: int = 0
    detail: str | None = None
    outlet: str | None = None
    """What `--source` named."""
    forgotten: int = 0
    """Of the quarantined, those that were refused because they were forgotten."""
    encoding: str = ""
    """Encodings of its files, as they were found."""
    sources: dict[str, SourceRecords] = field(default_factory=dict, repr=False)
    """What it holds of each source."""

    def add_seen(self, seen: Seen) -> None:
        """Add what some of its records are of."""
        for source, count in seen.records.items():
            self.sources.setdefault(source, SourceRecords()).records += count
        for (source, reason), count in seen.rejected.items():
            rejects = self.sources[source].rejects
            rejects[reason] = rejects.get(reason, 0) + count


@dataclass(slots=True)
class RunReport:
    """One run. `outcome` is published, nothing new, or refused (by the audit); `day` is the day that it is for.

    `ignored` names files that are no dumps; `drift` says by source what it sends otherwise than before, and `sent` what
    it sends.
    """

    run_id: str
    lake: str
    day: date | None = None
    outcome: str = "nothing new"
    snapshot: int | None = None
    verdict: str | None = None
    dumps: list[DumpReport] = field(default_factory=list)
    articles: int = 0
    copies: int = 0
    pairs: dict[str, int] = field(default_factory=dict)
    quarantine: dict[str, int] = field(default_factory=dict)
    unused_fields: dict[str, dict[str, int]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    drift: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sent: dict[str, Sent] = field(default_factory=dict, repr=False)
    findings: list[dict[str, Any]] = field(default_factory=list)
    stage_seconds: dict[str, float] = field(default_factory=dict)
    page: str | None = None
    """Where its quality report lies: a path, or an address in a bucket."""
    page_trouble: str | None = None
    """Why there is none."""

    @property
    def lost_fields(self) -> dict[str, int]:
        """Count by source the fields that are gone, renamed or much emptier tonight."""
        losses = {
            name: sum(each["is_loss"] and each["signal"] in ("gone", "renamed", "fell") for each in signals)
            for name, signals in self.drift.items()
        }
        return {name: count for name, count in losses.items() if count}

    @property
    def refused(self) -> list[DumpReport]:
        """The dumps that could not be read."""
        return [dump for dump in self.dumps if dump.status == "refused"]

    def total(self, count: str) -> int:
        """Sum one of the counts over all dumps."""
        return sum(getattr(dump, count) for dump in self.dumps)

    def add_seen(self, seen: Seen, targets: Mapping[str, str], dump: DumpReport) -> None:
        """Add what sources sent in a dump, and which of it no mapping used."""
        dump.add_seen(seen)
        for (source, name), count in seen.unused.items():
            fields = self.unused_fields.setdefault(source, {})
            fields[name] = fields.get(name, 0) + count
        for source, count in seen.records.items():
            self.sent.setdefault(source, Sent()).records += count
        for (source, name, kind), count in seen.values.items():
            self.sent[source].add(name, kind, count, targets.get(name))

    def to_json(self) -> dict[str, Any]:
        """Everything, with the sums, as plain values."""
        totals = {name: self.total(name) for name in ("records_read", "admitted", "replayed", "quarantined")}
        relations = Counter(self.pairs)
        shown = asdict(replace(self, sent={}, dumps=[replace(dump, sources={}) for dump in self.dumps]))
        del shown["sent"]
        for dump in shown["dumps"]:
            del dump["sources"]
        return {**shown, **totals, "pairs": relations.total(), "pairs_by_relation": dict(self.pairs)}
