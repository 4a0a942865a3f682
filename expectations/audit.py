"""Hold the next snapshot to the promises of `suite`, and say whether the night may be published.

The parent snapshot's parts are immutable, and the run that made it found every critical promise kept in them. Tonight
can break one only by a row that it adds or makes anew, be it by itself or beside older rows of the same id, dump, pair,
cluster or version chain: the former are examined, the latter looked up in the parent by key. So what holds of tonight's
rows and of these relations holds of the whole snapshot, by induction from a lake of which every row was examined: at
its founding, after a snapshot that no run made (a rollback, a compaction), and when a critical promise has new words.
"""

import re
import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import duckdb

from expectations.habits import LOST_CANONICAL, SOURCE_NIGHT
from expectations.projection import Connect, open_database, project
from expectations.promise import Promise, Severity
from expectations.promises import promises
from expectations.snapshot import Snapshot
from expectations.thresholds import load_thresholds

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

Status = Literal["passed", "failed", "errored"]
Verdict = Literal["passed", "warned", "accepted", "failed", "errored"]

SPARING_MB: Final = 176
"""What DuckDB is given at first, in MiB."""
_SHOWN_EXAMPLES: Final = 3
_SHOWN_CHARS: Final = 200
_DIGEST: Final = re.compile(r"[0-9a-f]{32,64}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation's result: a row of the `audits` table, but for the run."""

    table_name: str
    name: str
    expectation: str
    severity: Severity
    status: Status
    observed: str | None
    unexpected_count: int | None
    offenders_sql: str = ""
    """Query over the catalog's views that lists the keys of those rows."""
    accepted_because: str | None = None
    """Why the night may be published all the same, in the words of who said so."""

    @property
    def stops(self) -> bool:
        """Whether it keeps a night from being published: no answer is no promise kept."""
        is_broken = self.status == "errored" or (self.status == "failed" and self.severity == "critical")
        return is_broken and self.accepted_because is None


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the worst of the findings. An expectation that gave no answer counts as worse than one that failed."""
    found = [each for each in findings if each.status != "passed"]
    stopping = {each.status for each in found if each.stops}
    if stopping:
        return "errored" if "errored" in stopping else "failed"
    if any(each.accepted_because is not None for each in found):
        return "accepted"
    return "warned" if found else "passed"


def accepted(findings: Iterable[Finding], reasons: Mapping[str, str]) -> tuple[Finding, ...]:
    """Note on broken expectations, by name, why the night is to be published all the same."""
    return tuple(
        replace(each, accepted_because=reasons[each.name]) if each.name in reasons and each.status != "passed" else each
        for each in findings
    )


def warm_up() -> None:
    """Do the slow import and nothing else, so that a process at hand is ready when the tables are."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "module 'sre_", DeprecationWarning)
        import expectations.suite  # noqa: PLC0415, F401


def audit(
    snapshot: Snapshot,
    run_id: str,
    workspace: Path,
    *,
    memory_mb: int = 1024,
    connect: Connect = open_database,
) -> tuple[Finding, ...]:
    """Run every expectation over what tonight's run, `run_id`, makes of the parent snapshot.

    DuckDB is given little memory at first, for a million rows need no more and the libraries take 300 MB beside it;
    `memory_mb`, in MiB, is for what does not get by with that. `connect` opens a DuckDB that can read the files. The
    workspace, which must exist, is left as it was. Raises LakeDamaged when a table cannot be read at all; an
    expectation that cannot be answered is an errored finding.
    """
    warm_up()
    sparing_mb = min(memory_mb, SPARING_MB)
    try:
        findings = _audit(snapshot, run_id, workspace, sparing_mb, connect)
    except duckdb.OutOfMemoryException:
        findings = ()
    if sparing_mb < memory_mb and (not findings or "errored" in {each.status for each in findings}):
        findings = _audit(snapshot, run_id, workspace, memory_mb, connect)
    return findings


def _audit(snapshot: Snapshot, run_id: str, workspace: Path, memory_mb: int, connect: Connect) -> tuple[Finding, ...]:
    limits = load_thresholds()
    with tempfile.TemporaryDirectory(dir=workspace, prefix="audit-") as folder:
        database = Path(folder) / "projection.duckdb"
        critical, nights = critical_promises(), int(limits.warm_up_nights.figure)
        project(database, snapshot, run_id, critical, warm_up_nights=nights, memory_mb=memory_mb, connect=connect)
        return examine(database, promises(limits), run_id, memory_mb=memory_mb)


def critical_promises() -> set[tuple[str, str]]:
    """Give table and words of each promise about rows that stops a night when it is broken."""
    return {
        (each.table, each.words)
        for each in promises(load_thresholds())
        if each.severity == "critical" and each.scope == "rows"
    }


def examine(database: Path, promises: Sequence[Promise], run_id: str, *, memory_mb: int) -> tuple[Finding, ...]:
    """Hold the tables of a DuckDB file to promises, and return a finding for each, those of a table together."""
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    from expectations.duckdb_dialect import address  # noqa: PLC0415
    from expectations.suite import by_table  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(
        "lake", connection_string=address(database, memory_limit=f"{memory_mb}MB"), create_temp_table=False
    )
    try:
        return tuple(
            finding
            for table, made in by_table(promises).items()
            for finding in _examine_table(source, table, made, run_id)
        )
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _examine_table(source: Any, table: str, made: Sequence[Promise], run_id: str) -> list[Finding]:
    import great_expectations as gx  # noqa: PLC0415

    from expectations.suite import expectation_of  # noqa: PLC0415

    expected = [expectation_of(promise) for promise in made]
    batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all").get_batch()
    answers = batch.validate(gx.ExpectationSuite(table, expectations=expected), result_format="BASIC")
    # They come back in an order of their own.
    answer_to = {each.expectation_config.description: each for each in answers.results}
    return [_finding(promise, answer_to[promise.name], run_id) for promise in made]


def _finding(promise: Promise, answer: "ExpectationValidationResult", run_id: str) -> Finding:
    error = _error(answer.exception_info or {})
    status: Status = "errored" if error is not None else "passed" if answer.success else "failed"
    return Finding(
        table_name=promise.table,
        name=promise.name,
        expectation=promise.words,
        severity=promise.severity,
        status=status,
        observed=_observed(answer.result, promise) if error is None else error,
        unexpected_count=None if error is not None else answer.result["unexpected_count"] or 0,
        offenders_sql=promise.offenders_of(run_id, _sources(answer.result) if error is None else ()),
    )


def _error(info: Mapping[str, Any]) -> str | None:
    """Return what was raised, or None. It is told in one of two shapes: flat, or one entry for each metric."""
    shapes = [info] if "raised_exception" in info else info.values()
    messages = [str(each["exception_message"]) for each in shapes if each["raised_exception"]]
    if not messages:
        return None
    # Values are quoted in single quotes, and may be anything: nothing from the first quote on is kept.
    return re.split(r"['\n]", messages[0], maxsplit=1)[0][:_SHOWN_CHARS]


def _observed(result: Mapping[str, Any], promise: Promise) -> str:
    count, total = result["unexpected_count"] or 0, result.get("element_count", 0) - result.get("missing_count", 0)
    rows = f"{count} of {total} rows ({count / total:.1%})" if total else f"{count} rows"
    values = [value[0] if isinstance(value, tuple) else value for value in result["partial_unexpected_list"]]
    if promise.table in (SOURCE_NIGHT, LOST_CANONICAL):  # whose queries write what may be shown
        return "; ".join(map(str, values)) or "nothing"
    examples = [str(value) for value in values if _is_presentable(value)]
    return f"{rows}, such as {', '.join(examples[:_SHOWN_EXAMPLES])}" if examples else rows


def _sources(result: Mapping[str, Any]) -> list[str]:
    """Give the sources that broke a promise about sources: the second column of the rows that did."""
    rows = (row for row in result["partial_unexpected_list"] if isinstance(row, tuple))
    return [str(row[1]) for row in rows if len(row) > 1]


def _is_presentable(value: object) -> bool:
    """Whether a value is a number or a digest. A string that breaks an expectation may be anything."""
    if isinstance(value, bool):
        return False  # which of the two broke the expectation is plain from its words
    return isinstance(value, int | float) or (isinstance(value, str) and _DIGEST.fullmatch(value) is not None)
