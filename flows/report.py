"""What a run tells: counts per dump and in all, reasons, times. One record, shown as text, JSON or a Prefect table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from transforms.drift import Sent
from transforms.normalise import Seen


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


@dataclass(slots=True)
class RunReport:
    """One run. `outcome` is published, nothing new, or refused (by the audit).

    `ignored` names files that are no dumps; `drift` says by source what it sends otherwise than before, and `sent` what
    it sends.
    """

    run_id: str
    lake: str
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

    @property
    def refused(self) -> list[DumpReport]:
        """The dumps that could not be read."""
        return [dump for dump in self.dumps if dump.status == "refused"]

    def total(self, count: str) -> int:
        """Sum one of the counts over all dumps."""
        return sum(getattr(dump, count) for dump in self.dumps)

    def add_seen(self, seen: Seen, targets: Mapping[str, str]) -> None:
        """Add what sources sent, and which of it no mapping used."""
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
        shown = {name: value for name, value in asdict(replace(self, sent={})).items() if name != "sent"}
        return {**shown, **totals, "pairs": relations.total(), "pairs_by_relation": dict(self.pairs)}
