"""The events of one run, made with OpenLineage's own classes: dumps in, views out, and what the audit said of these.

They hold names, digests and counts, and never a word of an article.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.metadata import version
from typing import Any, Final, cast
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState, set_producer
from openlineage.client.facet_v2 import (
    DatasetFacet,
    OutputDatasetFacet,
    RunFacet,
    data_quality_assertions_dataset,
    dataset_version_dataset,
    documentation_dataset,
    error_message_run,
    input_statistics_input_dataset,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    processing_engine_run,
    schema_dataset,
    symlinks_dataset,
    tags_run,
)
from openlineage.client.transport import Transport
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.transport.http import HttpConfig, HttpTransport

from flows.lake.catalog import sql_type
from flows.lake.duck import is_remote
from flows.lake.query import open_snapshot
from flows.lake.store import Store
from flows.report import DumpReport, RunReport
from flows.settings import Settings
from transforms.schema import Table
from transforms.tables import PAIRS
from transforms.views import DERIVED, SHOWN

_DISTRIBUTION: Final = "broadsheet-news-etl"
_NAMESPACE: Final = "broadsheet"
_SECONDS: Final = 5.0
_RETRIES: Final = {"total": 1, "connect": 1, "read": 0}
_READ: Final = frozenset({"consumed", "retried"})


@dataclass(frozen=True, slots=True)
class Ending:
    """When a run began and ended, and why it failed, if it did."""

    started_at: datetime
    finished_at: datetime
    failure: str | None


def send(report: RunReport, settings: Settings, ending: Ending) -> None:
    """Send the start and the end of a run to where the settings say; raise whatever the receiver makes go wrong."""
    set_producer(f"urn:{_DISTRIBUTION}:{version(_DISTRIBUTION)}")
    transport = _transport(settings)
    for event in events(report, settings, ending):
        transport.emit(event)


def events(report: RunReport, settings: Settings, ending: Ending) -> tuple[RunEvent, RunEvent]:
    """Make the two events; the second has the outputs of a run that published."""
    zone = ZoneInfo(settings.schedule.timezone)
    run = Run(str(uuid5(NAMESPACE_URL, f"{_DISTRIBUTION}:{report.run_id}")), _run_facets(report, zone, ending))
    kind = job_type_job.JobTypeJobFacet("BATCH", "BROADSHEET", "JOB")
    job = Job(_NAMESPACE, f"run {settings.lake_address}", {"jobType": kind})
    inputs = [_dump(dump, settings) for dump in report.dumps if dump.status in _READ]
    start = RunEvent(
        eventTime=ending.started_at.isoformat(), run=run, job=job, eventType=RunState.START, inputs=inputs, outputs=[]
    )
    end = RunEvent(
        eventTime=ending.finished_at.isoformat(),
        run=run,
        job=job,
        eventType=RunState.FAIL if ending.failure else RunState.COMPLETE,
        inputs=inputs,
        outputs=_outputs(report, settings) if report.outcome == "published" else [],
    )
    return start, end


def _transport(settings: Settings) -> Transport:
    if settings.lineage.url:
        return HttpTransport(HttpConfig(settings.lineage.url, timeout=_SECONDS, retry=_RETRIES))
    return FileTransport(FileConfig(str(settings.lineage.file), append=True))


def _run_facets(report: RunReport, zone: ZoneInfo, ending: Ending) -> dict[str, RunFacet]:
    own = version(_DISTRIBUTION)
    tag = tags_run.TagsRunFacetFields("run_id", report.run_id, "BROADSHEET")
    facets: dict[str, RunFacet] = {
        "processing_engine": processing_engine_run.ProcessingEngineRunFacet(own, "Broadsheet"),
        "tags": tags_run.TagsRunFacet([tag]),
    }
    if report.day:
        first, last = (datetime.combine(report.day + timedelta(days), time(), zone) for days in (0, 1))
        facets["nominalTime"] = nominal_time_run.NominalTimeRunFacet(first.isoformat(), last.isoformat())
    if ending.failure:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(ending.failure, "PYTHON")
    return facets


def _dump(dump: DumpReport, settings: Settings) -> InputDataset:
    """Describe a dump: its name lasts from night to night, its digest is the version of it that was read."""
    facets: dict[str, DatasetFacet] = {}
    if dump.digest:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(dump.digest)
    if dump.raw_name:
        kept = symlinks_dataset.Identifier(*_place(settings, f"raw/{dump.raw_name}"), type="FILE")
        facets["symlinks"] = symlinks_dataset.SymlinksDatasetFacet([kept])
    counts = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(dump.records_read, dump.byte_count)
    return InputDataset(_NAMESPACE, dump.name, {"inputStatistics": counts}, facets=facets)


def _outputs(report: RunReport, settings: Settings) -> list[OutputDataset]:
    store = Store.open(settings.lake, create=False)
    manifest = store.manifest(report.snapshot or 0)
    rows = {table.name: sum(part.rows for part in manifest.parts_of(table.name)) for table in SHOWN}
    rows |= {"articles": report.articles, "copies": report.copies}
    verdicts = _verdicts(store, report)
    return [_view(table, rows[table.name], verdicts.get(table.name, []), report, settings) for table in SHOWN]


def _view(
    table: Table, rows: int, verdicts: list[dict[str, Any]], report: RunReport, settings: Settings
) -> OutputDataset:
    fields = [
        schema_dataset.SchemaDatasetFacetFields(column.name, sql_type(column.type), column.comment)
        for column in table.columns
    ]
    facets: dict[str, Any] = {
        "schema": schema_dataset.SchemaDatasetFacet(fields),
        "documentation": documentation_dataset.DocumentationDatasetFacet(table.meaning),
        "version": dataset_version_dataset.DatasetVersionDatasetFacet(str(report.snapshot)),
    }
    if verdicts:
        said = [assertion(verdict) for verdict in verdicts]
        facets["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(said)
    counted = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)
    is_counted = table not in DERIVED and table is not PAIRS  # whose twins are no rows of its own
    statistics: dict[str, OutputDatasetFacet] = {"outputStatistics": counted} if is_counted else {}
    return OutputDataset(*_place(settings, table.name), statistics, facets=cast("dict[str, DatasetFacet]", facets))


def _verdicts(store: Store, report: RunReport) -> dict[str, list[dict[str, Any]]]:
    """Give what the audit said of each table in this run."""
    by_table: dict[str, list[dict[str, Any]]] = {}
    with open_snapshot(store, report.snapshot) as connection:
        rows = connection.execute("FROM audits WHERE run_id = ?", [report.run_id]).to_arrow_table().to_pylist()
    for row in rows:
        by_table.setdefault(row["table_name"], []).append(row)
    return by_table


def assertion(verdict: dict[str, Any]) -> data_quality_assertions_dataset.Assertion:
    """Say what became of an expectation."""
    return data_quality_assertions_dataset.Assertion(
        assertion=verdict["expectation"],
        success=verdict["status"] == "passed",
        severity="error" if verdict["severity"] == "critical" else "warn",
        actual=verdict["observed"],
    )


def _place(settings: Settings, name: str) -> tuple[str, str]:
    """Name a thing of the lake as OpenLineage names files: by bucket and key, or by its path."""
    address = settings.lake_address
    if not is_remote(address):
        return "file", f"{address}/{name}"
    scheme, _, rest = address.partition("://")
    bucket, _, prefix = rest.partition("/")
    return f"{scheme}://{bucket}", f"{prefix}/{name}".lstrip("/")
