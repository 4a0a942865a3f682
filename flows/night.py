"""What a night is made of: deduplicated, audited, published. A run, a replay and a rebuild share it.

Nothing here decides which records there are: that is for those who put a night together.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from time import perf_counter

import pyarrow as pa

from expectations.audit import Finding, accepted, verdict
from flows.dedup.brought import Brought
from flows.dedup.history import Past
from flows.dedup.steps import propose_pairs, settle
from flows.dedup.tonight import NightTask, Piece
from flows.dedup.verify import verify
from flows.drafts import draft_all, draft_days
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Action, Manifest, Part
from flows.lake.writer import Writer
from flows.publish import Taken, draft_ledger, examine, next_manifest, take_in
from flows.report import RunReport
from flows.settings import Settings
from flows.work.drivers import Driver
from transforms.errors import AuditFailed
from transforms.ledgers import AUDITS
from transforms.tables import MEMBERSHIP, QUARANTINE


@dataclass(frozen=True, slots=True)
class Night:
    """What every stage of one run shares, from one parent on."""

    writer: Writer
    parent: Manifest | None
    settings: Settings
    driver: Driver
    default_source: str | None
    workspace: Path
    report: RunReport
    attempt: int = 1
    accepted: Mapping[str, str] = field(default_factory=dict)
    """Expectations that may be broken tonight, by name, each with the reason."""

    @contextmanager
    def timed(self, stage_name: str) -> Iterator[None]:
        """Add the time that the block takes to a stage of the report."""
        begin = perf_counter()
        yield
        seconds = self.report.stage_seconds
        seconds[stage_name] = round(seconds.get(stage_name, 0.0) + perf_counter() - begin, 3)

    @property
    def parent_parts(self) -> tuple[Part, ...]:
        """The parts that the night is laid upon."""
        return self.parent.parts if self.parent else ()


def deduplicate(
    night: Night, pieces: tuple[Piece, ...], rejects: pa.Table, parts: Sequence[Part]
) -> tuple[Taken, Brought]:
    """Compare the night's articles with each other and with the parent's; add their parts, and the rejects', to these.

    Records are counted to the dumps of the report that brought them. Gives the parts, and what sources brought.
    """
    driver, report, task = night.driver, night.report, _night_task(night, pieces)
    size = sum(piece.path.stat().st_size for piece in pieces)
    with night.timed("candidates"):
        tiles = driver.call("candidates", propose_pairs, task)
    with night.timed("verify"):
        answers = driver.map("verify", verify, tiles, byte_count=size)
    with night.timed("clusters"):
        settled = driver.call("clusters", settle, task, tuple(answers))
    with night.timed("partition"):
        days = chain.from_iterable(driver.map("partition", draft_days, settled.days, byte_count=size))
        report.pairs = dict(settled.pairs)
        _count(report, settled.brought)
        drafts = [*days, *settled.drafts, *draft_all([(QUARANTINE, rejects)], night.workspace)]
        return take_in(night.writer, parts, drafts), settled.brought


def _night_task(night: Night, pieces: tuple[Piece, ...]) -> NightTask:
    settings = night.settings
    return NightTask(
        pieces,
        Past(night.parent, night.writer.address),
        night.report.run_id,
        night.workspace,
        settings.pairs,
        settings.canonical,
        settings.duckdb_memory_mb,
        settings.cores,
    )


def _count(report: RunReport, brought: Brought) -> None:
    """Of the records that were no rejects, those that no dump had brought before are admitted, the rest replayed."""
    for (place, _), counts in brought.items():
        report.dumps[place].admitted += counts["admitted"]
    read = {dump.digest: dump.records_read for dump in report.dumps if dump.status == "consumed"}
    for dump in report.dumps:
        if dump.status in ("consumed", "retried"):
            dump.replayed = dump.records_read - dump.quarantined - dump.admitted
        elif dump.status == "replayed" and dump.digest in read:
            dump.records_read = dump.replayed = read[dump.digest]


def audit_night(night: Night, auditor: Executor, taken: Taken) -> tuple[Finding, ...]:
    """Hold the next snapshot to its promises; raise AuditFailed when it may not be published."""
    with night.timed("audit"):
        report = night.report
        snapshot = taken.snapshot(night.writer.address, night.parent, report)
        findings: tuple[Finding, ...] = night.driver.call(
            "audit",
            examine,
            auditor,
            snapshot,
            night.writer.address,
            report.run_id,
            night.workspace,
            night.settings.duckdb_memory_mb,
        )
        # A rebuild and the like examine what was accepted in its night, and are nobody's occasion to say so again.
        findings = accepted(findings, night.accepted if snapshot.day else _accepted_before(night))
        report.findings = [_as_dict(finding) for finding in findings if finding.status != "passed"]
        report.verdict = verdict(findings)
    if any(finding.stops for finding in findings):
        report.outcome = "refused by the audit"
        manifest = _described(night, taken, findings, "run")
        night.writer.keep_refused(manifest)
        _lay_down_page(night, manifest)
        raise AuditFailed(_why(report), report)
    return findings


def _accepted_before(night: Night) -> dict[str, str]:
    """Give the expectations that were ever accepted on record, with the latest reason."""
    ledger = source(AUDITS, [part for part in night.parent_parts if part.table == AUDITS.name], night.writer.address)
    with open_duckdb(night.writer.address) as connection:
        rows = connection.execute(f"""
            SELECT name, arg_max(accepted_because, run_id) FROM {ledger}
            WHERE accepted_because IS NOT NULL GROUP BY name
        """).fetchall()
    return dict(rows)


def publish_night(night: Night, taken: Taken, findings: tuple[Finding, ...], action: Action) -> None:
    """Commit parts and verdict as one snapshot, and show it to readers."""
    writer, report = night.writer, night.report
    manifest = _described(night, taken, findings, action)
    report.snapshot = manifest.number
    writer.commit(manifest)
    report.outcome = "published"
    writer.show_newest()
    report.articles, report.copies = _sizes(manifest, writer.address)
    _lay_down_page(night, manifest)


def _described(night: Night, taken: Taken, findings: tuple[Finding, ...], action: Action) -> Manifest:
    """Lay verdict and run beside the parts, and describe the snapshot that they make."""
    writer, report, number = night.writer, night.report, night.parent.number + 1 if night.parent else 1
    ledger = draft_ledger(
        report, number, findings, night.settings, night.driver.name, writer.started_at, night.workspace
    )
    taken = take_in(writer, taken.parts, ledger)
    return next_manifest(night.parent, taken, report, night.settings, writer.created_at, action)


def _lay_down_page(night: Night, manifest: Manifest) -> None:
    """Write the night's quality report into the lake; trouble with it is told, and no trouble of the night's."""
    if not night.settings.reports:
        return
    from flows.desk import lay_down  # noqa: PLC0415 - templates, for a night that has come so far

    laid = lay_down(night.writer, manifest)
    night.report.page = f"{night.settings.lake}/{laid.name}" if laid.name else None
    night.report.page_trouble = laid.trouble


def _sizes(manifest: Manifest, address: str) -> tuple[int, int]:
    """Count the canonical copies and all, by their places alone: the views would join the texts of years."""
    places = source(MEMBERSHIP, manifest.parts_of(MEMBERSHIP.name), address)
    with open_duckdb(address) as connection:
        [(articles, copies)] = connection.execute(
            f"SELECT count(*) FILTER (is_canonical), count(*) FROM {places}"
        ).fetchall()
    return int(articles), int(copies)


def _as_dict(finding: Finding) -> dict[str, object]:
    return {name: getattr(finding, name) for name in (*Finding.__slots__, "stops")}


def _why(report: RunReport) -> str:
    worst = [finding for finding in report.findings if finding["stops"]]
    first = worst[0]
    name, seen = first["name"], f", seen: {first['observed']}" if first["observed"] else ""
    page = f"; {report.page} tells where it comes from" if report.page else ""
    return (
        f"the audit refused the run, nothing was published: {len(worst)} of its expectations {first['status']}, first "
        f"{name}: {first['expectation']}{seen}{page}; look at what broke it with `broadsheet query --lake "
        f'{report.lake} --at refused "{first["offenders_sql"]}"`, then mend the dumps, or publish on record: the same '
        f"`broadsheet run`, with --accept {name} --why TEXT"
    )
