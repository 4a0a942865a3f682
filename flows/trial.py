"""The trial: a whole run upon a shadow of the lake, and what it would have changed. Of the lake nothing is touched.

The shadow lies in the folder for temporary files (TMPDIR), borrows the parts of the newest snapshot, and takes the
night as any lake does; so what is told is what the run does, its audit included.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from flows.inquiry.rejects import Reject, samples_of
from flows.inquiry.shelf import Shelf, open_shelf
from flows.lake.catalog import quoted, source
from flows.lake.duck import is_remote
from flows.lake.manifest import Manifest
from flows.lake.refused import LAST
from flows.lake.store import Store
from flows.report import RunReport
from flows.run import run
from flows.settings import Settings
from flows.work.drivers import Driver
from transforms.article import ARTICLES
from transforms.errors import AuditFailed, LakeDamaged

SAMPLES: Final = 3
WOULD_PUBLISH: Final = "would be published"


@dataclass(frozen=True, slots=True)
class Sample:
    """A new article."""

    article_id: str
    source: str
    title: str | None
    relation: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run would do: its report, and of the snapshot that it would publish, or that its audit refused, more."""

    report: RunReport
    refusal: AuditFailed | None = None
    is_judged: bool = False
    """Whether it came to an audit; nothing below is told of a run that did not."""
    relations: dict[str, int] = field(default_factory=dict)
    """Relation to its canonical copy to new articles."""
    moved: int = 0
    """Known articles whose cluster or canonical copy would change."""
    articles: list[Sample] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    gates: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain values; the run's report is beneath, not among, what a trial adds."""
        return {
            "outcome": self.report.outcome,
            "refusal": self.refusal and str(self.refusal),
            "relations": self.relations,
            "moved": self.moved,
            "articles": [asdict(each) for each in self.articles],
            "rejects": [asdict(each) for each in self.rejects],
            "audit": self.gates,
            "report": self.report.to_json(),
        }


def try_run(
    paths: Sequence[Path],
    settings: Settings,
    driver: Driver,
    default_source: str | None = None,
    auditor: Executor | None = None,
    *,
    day: date | None = None,
    accepted: Mapping[str, str] | None = None,
) -> Trial:
    """Take dumps into a shadow of the lake, which may not be there yet or be held by a run, and tell what came of it.

    Raises what a run raises, but for AuditFailed, which is part of the answer.
    """
    with _shadow(settings) as store:
        parent = store.current()
        try:
            report = run(paths, settings, driver, default_source, auditor, store, day=day, accepted=accepted)
        except AuditFailed as error:
            return _refused(store, parent, settings, error)
        except LakeDamaged as error:
            raise LakeDamaged(str(error).replace(store.address, settings.lake_address)) from error
        report.page = report.page_trouble = None  # it goes with the shadow
        if report.snapshot is None:
            return Trial(report)
        report.outcome = WOULD_PUBLISH
        with open_shelf(store, None, settings) as shelf:
            return _looked_at(shelf, parent, report, None)


@contextmanager
def _shadow(settings: Settings) -> Iterator[Store]:
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        if is_remote(settings.lake) or _is_there(Path(settings.lake)):
            yield Store.open(settings.lake, create=False).shadow(Path(folder))
        else:
            yield Store.open(Path(folder) / "lake", create=True)


def _is_there(lake: Path) -> bool:
    """Tell a lake, or what stands in its place, from a folder in which a run would make one."""
    return lake.exists() and not (lake.is_dir() and not any(lake.iterdir()))


def _refused(store: Store, parent: Manifest | None, settings: Settings, error: AuditFailed) -> Trial:
    """Tell of a night that was refused, by its audit, which leaves what it judged, or before it came to that."""
    report = error.report
    if not isinstance(report, RunReport):
        raise error
    report.page = report.page_trouble = None  # it goes with the shadow
    if not any(night.run_id == report.run_id for night in store.refused()):
        return Trial(report, error)
    with open_shelf(store, LAST, settings) as shelf:
        return _looked_at(shelf, parent, report, _conditional(report))


def _conditional(report: RunReport) -> AuditFailed:
    """Say what the audit would do; where a run is told to look for the cause, there will be nothing after a trial."""
    [first, *others] = [finding for finding in report.findings if finding["stops"]]
    more = f" and {len(others)} more" if others else ""
    return AuditFailed(
        f"the audit would refuse the run: {first['name']}: {first['expectation']}{more}; mend the dumps, or publish on "
        f"record with `broadsheet run --accept {first['name']} --why TEXT`",
        report,
    )


def _looked_at(shelf: Shelf, parent: Manifest | None, report: RunReport, refusal: AuditFailed | None) -> Trial:
    """Ask the snapshot that would be what it has that its parent has not."""
    added = [part for part in shelf.manifest.parts if parent is None or part not in set(parent.parts)]
    fresh = source(ARTICLES, [part for part in added if part.table == ARTICLES.name], shelf.past.address)
    relations = shelf.rows(f"""
        SELECT relation, count(*) AS articles FROM copies SEMI JOIN {fresh} USING (article_id) GROUP BY ALL ORDER BY ALL
    """)
    samples = shelf.rows(f"""
        SELECT article_id, source, title, relation FROM copies SEMI JOIN {fresh} USING (article_id)
        ORDER BY article_id LIMIT {SAMPLES}""")
    of_run = f"run_id = {quoted(report.run_id)}"
    [moved] = shelf.rows(f"SELECT count(*) AS articles FROM cluster_changes WHERE {of_run}")
    digests = ", ".join(quoted(dump.digest or "") for dump in report.dumps if dump.status == "consumed")
    return Trial(
        report,
        refusal,
        is_judged=True,
        relations={row["relation"]: row["articles"] for row in relations},
        moved=moved["articles"],
        articles=[Sample(**row) for row in samples],
        rejects=samples_of(shelf, f"dump_digest IN ({digests})", SAMPLES),
        gates=shelf.rows(f"""
            SELECT name, table_name, expectation, severity, status, observed, accepted_because FROM audits
            WHERE {of_run} ORDER BY status = 'passed', severity, name, expectation"""),
    )
