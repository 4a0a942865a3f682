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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from expectations.projection import Connect, open_database, project
from expectations.snapshot import Snapshot
from expectations.thresholds import load_thresholds

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation

Severity = Literal["critical", "warning"]
Status = Literal["passed", "failed", "errored"]
Verdict = Literal["passed", "warned", "failed", "errored"]

_SHOWN_EXAMPLES: Final = 3
_SHOWN_CHARS: Final = 200
_DIGEST: Final = re.compile(r"[0-9a-f]{32,64}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation's result: a row of the `audits` table, but for the run."""

    table_name: str
    expectation: str
    severity: Severity
    status: Status
    observed: str | None
    unexpected_count: int | None


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the worst of the findings. An expectation that gave no answer counts as worse than one that failed."""
    seen = {(each.status, each.severity) for each in findings}
    if any(status == "errored" for status, _ in seen):
        return "errored"
    if ("failed", "critical") in seen:
        return "failed"
    return "warned" if ("failed", "warning") in seen else "passed"


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

    `connect` opens a DuckDB that can read the files. The workspace, which must exist, is left as it was. Raises
    LakeDamaged when a table cannot be read at all; an expectation that cannot be answered is an errored finding.
    """
    warm_up()
    from expectations.suite import promises  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=workspace, prefix="audit-") as folder:
        database = Path(folder) / "projection.duckdb"
        project(database, snapshot, run_id, critical_promises(), memory_mb=memory_mb, connect=connect)
        return examine(database, promises(load_thresholds()), memory_mb=memory_mb)


def critical_promises() -> set[tuple[str, str]]:
    """Give table and words of each promise that stops a night when it is broken."""
    from expectations.suite import STOP, promises  # noqa: PLC0415

    suite = promises(load_thresholds())
    return {(table, str(each.description)) for table, some in suite.items() for each in some if each.severity == STOP}


def examine(database: Path, promises: "Mapping[str, Sequence[Expectation]]", *, memory_mb: int) -> tuple[Finding, ...]:
    """Run these expectations over the tables of a DuckDB file, and return a finding for each, in their order."""
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    from expectations.duckdb_dialect import address  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(
        "lake", connection_string=address(database, memory_limit=f"{memory_mb}MB"), create_temp_table=False
    )
    try:
        return tuple(
            finding for table, expected in promises.items() for finding in _examine_table(source, table, expected)
        )
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _examine_table(source: Any, table: str, expected: "Sequence[Expectation]") -> list[Finding]:
    import great_expectations as gx  # noqa: PLC0415

    batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all").get_batch()
    answers = batch.validate(gx.ExpectationSuite(table, expectations=expected), result_format="BASIC")
    # They come back in an order of their own.
    answer_to = {each.expectation_config.description: each for each in answers.results}
    return [_finding(table, each, answer_to[each.description]) for each in expected]


def _finding(table: str, expectation: "Expectation", answer: "ExpectationValidationResult") -> Finding:
    error = _error(answer.exception_info or {})
    status: Status = "errored" if error is not None else "passed" if answer.success else "failed"
    return Finding(
        table_name=table,
        expectation=str(expectation.description),
        severity="critical" if expectation.severity == "critical" else "warning",
        status=status,
        observed=_observed(answer.result) if error is None else error,
        unexpected_count=None if error is not None else answer.result["unexpected_count"] or 0,
    )


def _error(info: Mapping[str, Any]) -> str | None:
    """Return what was raised, or None. It is told in one of two shapes: flat, or one entry for each metric."""
    shapes = [info] if "raised_exception" in info else info.values()
    messages = [str(each["exception_message"]) for each in shapes if each["raised_exception"]]
    if not messages:
        return None
    # Values are quoted in single quotes, and may be anything: nothing from the first quote on is kept.
    return re.split(r"['\n]", messages[0], maxsplit=1)[0][:_SHOWN_CHARS]


def _observed(result: Mapping[str, Any]) -> str:
    count, total = result["unexpected_count"] or 0, result.get("element_count", 0) - result.get("missing_count", 0)
    rows = f"{count} of {total} rows ({count / total:.1%})" if total else f"{count} rows"
    examples = [str(value) for value in result["partial_unexpected_list"] if _is_presentable(value)]
    return f"{rows}, such as {', '.join(examples[:_SHOWN_EXAMPLES])}" if examples else rows


def _is_presentable(value: object) -> bool:
    """Whether a value is a number or a digest. A string that breaks an expectation may be anything."""
    if isinstance(value, bool):
        return False  # which of the two broke the expectation is plain from its words
    return isinstance(value, int | float) or (isinstance(value, str) and _DIGEST.fullmatch(value) is not None)
