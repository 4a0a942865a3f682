"""Lineage: OpenLineage events of a run, to a file or a service; what becomes of them is no matter to the run."""

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from flows.lineage import told_lineage
from flows.report import RunReport
from flows.settings import Lineage, Settings
from tests.integration.nights import take_unaudited, write_dump
from transforms.errors import AuditFailed
from transforms.tables import VIEWS
from transforms.views import SHOWN

WORDS = "The harbourmaster whispered that nobody was to hear of the herring before Thursday."


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunReport, Settings, list[dict[str, Any]]]:
    """Take one night with the events in a file."""
    folder = tmp_path_factory.mktemp("lineage")
    dump = write_dump(folder / "dump.jsonl", [{"source": "Post", "title": "Herring", "text": WORDS}])
    lineage = Lineage(file=folder / "events.jsonl")
    report = take_unaudited(folder / "lake", [dump], lineage=lineage)
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    return report, Settings(lake=str(folder / "lake"), lineage=lineage), events


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve the interface that OpenLineage's client speaks to."""
    received: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append({"path": self.path, **json.loads(body)})
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def test_a_run_is_told_with_its_dumps_and_views(told: tuple[RunReport, Settings, list[dict[str, Any]]]) -> None:
    report, settings, (start, end) = told

    assert ("START", "COMPLETE") == (start["eventType"], end["eventType"])
    assert start["run"]["runId"] == end["run"]["runId"]
    assert start["eventTime"] < end["eventTime"]
    assert ("broadsheet", f"run {settings.lake_address}") == (end["job"]["namespace"], end["job"]["name"])
    [dump] = start["inputs"]
    assert ("dump.jsonl", report.dumps[0].digest) == (dump["name"], dump["facets"]["version"]["datasetVersion"])
    assert 1 == dump["inputFacets"]["inputStatistics"]["rowCount"]
    assert [] == start["outputs"]
    assert [f"{settings.lake_address}/{view.name}" for view in SHOWN] == [view["name"] for view in end["outputs"]]
    assert report.day is not None
    assert end["run"]["facets"]["nominalTime"]["nominalStartTime"].startswith(report.day.isoformat())


def test_a_view_is_told_with_its_schema_and_rows(told: tuple[RunReport, Settings, list[dict[str, Any]]]) -> None:
    views = {view["name"].rpartition("/")[2]: view for view in told[2][1]["outputs"]}

    fields = views["articles"]["facets"]["schema"]["fields"]
    assert [c.name for c in VIEWS[0].columns] == [field["name"] for field in fields]
    assert ("VARCHAR", VIEWS[0].columns[0].comment) == (fields[0]["type"], fields[0]["description"])
    rows = {name: view["outputFacets"].get("outputStatistics", {}).get("rowCount") for name, view in views.items()}
    assert (1, 1, 1, 0, 1, None, None) == tuple(
        rows[name] for name in ("articles", "copies", "deliveries", "quarantine", "runs", "pairs", "who_copies_whom")
    )


def test_no_word_of_an_article_is_told(told: tuple[RunReport, Settings, list[dict[str, Any]]]) -> None:
    assert "herring" not in json.dumps(told[2]).lower()


def test_a_service_is_told_what_a_file_is(
    told: tuple[RunReport, Settings, list[dict[str, Any]]], receiver: tuple[str, list[dict[str, Any]]]
) -> None:
    report, settings, events = told
    url, received = receiver

    with told_lineage(settings.model_copy(update={"lineage": Lineage(url=url)})) as reports:
        reports.append(report)

    assert ["/api/v1/lineage"] * 2 == [event.pop("path") for event in received]
    assert [e["run"] for e in events] == [e["run"] for e in received]
    assert events[1]["outputs"] == received[1]["outputs"]


def test_what_the_audit_said_is_told_of_the_table_that_it_examined() -> None:
    from flows.lineage_events import assertion  # noqa: PLC0415 - slow to import

    said = assertion({"expectation": "a", "status": "failed", "severity": "warning", "observed": "7"})

    assert ("a", False, "warn", "7") == (said.assertion, said.success, said.severity, said.actual)


def test_a_run_that_fails_is_told_as_failed_and_fails_as_it_would_have(
    told: tuple[RunReport, Settings, list[dict[str, Any]]], receiver: tuple[str, list[dict[str, Any]]]
) -> None:
    url, received = receiver
    settings = told[1].model_copy(update={"lineage": Lineage(url=url)})
    report = RunReport("20260302T021500-0a1b2c3d", settings.lake, day=date(2026, 3, 2), dumps=told[0].dumps)

    def run() -> None:
        with told_lineage(settings) as reports:
            reports.append(report)
            raise AuditFailed("the audit refused the run", report)

    with pytest.raises(AuditFailed):
        run()

    assert ["START", "FAIL"] == [event["eventType"] for event in received]
    assert "the audit refused the run" in received[1]["run"]["facets"]["errorMessage"]["message"]
    assert [] == received[1]["outputs"]


def test_a_receiver_that_is_not_there_fails_no_run(
    told: tuple[RunReport, Settings, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = told[1].model_copy(update={"lineage": Lineage(url="http://127.0.0.1:9")})

    with told_lineage(settings) as reports:
        reports.append(told[0])

    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"broadsheet: the lineage of run {told[0].run_id} was not sent to http://127.0.0.1:9: ")
