"""What a run tells: counts per dump and in all, reasons, times. One record, shown as text, JSON or a Prefect table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


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
    unused_fields: dict[str, int] = field(default_factory=dict)
    outlet: str | None = None
    """What `--source` named."""


@dataclass(slots=True)
class RunReport:
    """One run. `outcome` is published, nothing new, or refused (by the audit)."""

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
    findings: list[dict[str, Any]] = field(default_factory=list)
    stage_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def refused(self) -> list[DumpReport]:
        """The dumps that could not be read."""
        return [dump for dump in self.dumps if dump.status == "refused"]

    def total(self, count: str) -> int:
        """Sum one of the counts over all dumps."""
        return sum(getattr(dump, count) for dump in self.dumps)

    def add_unused(self, unused: Mapping[tuple[str, str], int]) -> None:
        """Add the fields that no mapping used, by source and field."""
        for (source, name), count in unused.items():
            fields = self.unused_fields.setdefault(source, {})
            fields[name] = fields.get(name, 0) + count

    def to_json(self) -> dict[str, Any]:
        """Everything, with the sums, as plain values."""
        totals = {name: self.total(name) for name in ("records_read", "admitted", "replayed", "quarantined")}
        relations = Counter(self.pairs)
        return {**asdict(self), **totals, "pairs": relations.total(), "pairs_by_relation": dict(self.pairs)}
