"""The nightly flow on a real server: the rows of the plain run, the counts of its report, and states that tell."""

from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Timer
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from flows.lake import connect
from flows.lake.store import Store
from flows.report import RunReport
from flows.run import run
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from tests.integration.nights import write_dump
from tests.prefect.conftest import ROOT, Server, await_that

pytestmark = [pytest.mark.prefect, pytest.mark.filterwarnings("default")]

NIGHT = ROOT / "data" / "samples" / "night-1"
VIEWS = ("articles", "copies", "deliveries", "pairs", "quarantine")
COUNTS = ("records_read", "admitted", "replayed", "quarantined")


def flow_run(lake: Path, *paths: Path, **parameters: Any) -> tuple[Any, Any]:
    """Run the flow here, with its tasks and states on the server; give its last state and its id."""
    from flows.nightly import nightly  # noqa: PLC0415 - importing Prefect takes seconds, and most runs skip these tests

    state = nightly([str(path) for path in paths], lake=str(lake), return_state=True, **parameters)
    return state, state.state_details.flow_run_id


def rows(lake: Path) -> dict[str, list[tuple[Any, ...]]]:
    with connect(lake) as reader:
        return {view: reader.sql(f"FROM {view} ORDER BY ALL").fetchall() for view in VIEWS}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    """Take the sample night with the plain driver."""
    with PlainDriver(1) as driver:
        return run([NIGHT], Settings(lake=str(tmp_path_factory.mktemp("plain") / "lake")), driver)


@pytest.fixture(scope="module")
def served(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, Any]:
    """Take the sample night with the flow: the lake, the last state, the run's id."""
    lake = tmp_path_factory.mktemp("served") / "lake"
    return lake, *flow_run(lake, NIGHT)


def test_both_drivers_publish_the_same_rows(plain: RunReport, served: tuple[Path, Any, Any]) -> None:
    expected = rows(Path(plain.lake))
    assert all(expected[view] for view in VIEWS)

    assert expected == rows(served[0])


def test_a_published_run_says_so_and_is_named_by_its_day(server: Server, served: tuple[Path, Any, Any]) -> None:
    _, state, run_id = served
    told = server.ask(f"flow_runs/{run_id}")

    assert ("COMPLETED", "Published") == (told["state"]["type"], told["state"]["name"])
    assert "published snapshot 1 (passed)" in told["state"]["message"]
    assert told["name"] in {f"nightly-{datetime.now(UTC):%Y-%m-%d}", f"nightly-{told['start_time'][:10]}"}
    assert state.name == "Published"


def test_every_stage_is_a_few_task_runs(server: Server, plain: RunReport, served: tuple[Path, Any, Any]) -> None:
    tasks = server.of_run("task_runs", served[2])

    stages = {task["name"].split(" ")[0] for task in tasks}
    assert {"intake", "cut", "normalise", "candidates", "verify", "clusters", "partition", "audit"} == stages
    assert {"COMPLETED"} == {task["state"]["type"] for task in tasks}
    count = len(plain.dumps)
    assert {f"intake {count} of {count}", "audit"} <= {task["name"] for task in tasks}


def test_the_table_artifact_has_the_counts_of_the_report(
    server: Server, plain: RunReport, served: tuple[Path, Any, Any]
) -> None:
    *dumps, total = artifact(server, served[2], "counts")

    assert [
        {"dump": d.name, "status": d.status, **{name: getattr(d, name) for name in COUNTS}} for d in plain.dumps
    ] == dumps
    assert {
        "dump": f"{len(plain.dumps)} dumps",
        "status": "published",
        **{name: plain.total(name) for name in COUNTS},
    } == total


def test_the_summary_is_an_artifact(server: Server, served: tuple[Path, Any, Any]) -> None:
    summary = artifact(server, served[2], "summary")

    assert summary.startswith("```text\n")
    assert "harbour-post.jsonl" in summary
    assert "published snapshot 1" in summary


def test_every_source_is_in_a_table(server: Server, served: tuple[Path, Any, Any]) -> None:
    with connect(served[0]) as reader:
        expected = dict(reader.sql("SELECT source, max(records) FROM source_fields GROUP BY source").fetchall())

    sources = artifact(server, served[2], "sources")
    assert expected == {row["source"]: row["records"] for row in sources}
    assert [row["records"] for row in sources] == sorted((row["records"] for row in sources), reverse=True)


def test_progress_ends_at_a_hundred_when_it_was_published(server: Server, served: tuple[Path, Any, Any]) -> None:
    (progress,) = (each for each in server.of_run("artifacts", served[2]) if each["type"] == "progress")

    assert (100, "done") == (progress["data"], progress["description"])


def test_nothing_of_an_article_reaches_prefect(server: Server, served: tuple[Path, Any, Any]) -> None:
    lake, _, run_id = served
    told = str([server.of_run(what, run_id) for what in ("artifacts", "task_runs", "logs")]) + str(
        server.ask(f"flow_runs/{run_id}")
    )
    with connect(lake) as reader:
        found = reader.sql("SELECT title, text[:40] FROM copies").fetchall()
    pieces = {piece for row in found for piece in row if piece and len(piece) > 12}
    assert len(pieces) > 20

    assert [] == [piece for piece in pieces if piece in told]


def test_the_same_night_again_is_nothing_new(served: tuple[Path, Any, Any]) -> None:
    state, _ = flow_run(served[0], NIGHT)

    assert ("COMPLETED", "Nothing new") == (state.type.value, state.name)
    assert len(Store.open(served[0], create=False).numbers()) == 1


def test_a_run_is_for_the_day_that_it_is_told_or_was_due_on_the_schedules_clock(
    server: Server, served: tuple[Path, Any, Any], tmp_path: Path
) -> None:
    settings = tmp_path / "my.toml"
    settings.write_text('[schedule]\ntimezone = "Pacific/Kiritimati"\n')  # 14 hours ahead

    _, told = flow_run(served[0], NIGHT, day=date(2026, 3, 1))
    _, due = flow_run(served[0], NIGHT, settings_file=str(settings))

    assert "nightly-2026-03-01" == server.ask(f"flow_runs/{told}")["name"]
    run = server.ask(f"flow_runs/{due}")
    there = datetime.fromisoformat(run["expected_start_time"]).astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert f"nightly-{there:%Y-%m-%d}" == run["name"]


def test_a_lake_that_stays_busy_is_tried_a_few_times_and_named(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.nightly.AGAIN_SECONDS", (0.1, 0.2))
    store = Store.open(tmp_path / "lake", create=True)
    with store.writer():
        state, run_id = flow_run(tmp_path / "lake", NIGHT)

    assert ("FAILED", "Failed") == (state.type.value, state.name)
    assert state.message.startswith(f"another run holds {store.address}: pid ")
    assert server.ask(f"flow_runs/{run_id}")["run_count"] == 1
    said = await_that("log", lambda: [each["message"] for each in server.of_run("logs", run_id)])
    assert 2 == sum("; the night begins again in 0." in line for line in said)
    assert store.current() is None


def test_a_lake_that_is_busy_for_a_while_is_waited_for(
    served: tuple[Path, Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.nightly.AGAIN_SECONDS", (2,))
    with ExitStack() as held:
        held.enter_context(Store.open(served[0], create=False).writer())
        leaving = Timer(1, held.close)
        leaving.start()
        state, _ = flow_run(served[0], NIGHT)
        leaving.join()

    assert "Nothing new" == state.name


def test_a_refused_audit_fails_the_run_and_leaves_its_counts(server: Server, tmp_path: Path) -> None:
    story = {
        "url": "https://post.example/b",
        "body": "The council of Marrick voted.",
        "published": "1650-01-01T00:00:00Z",
    }
    state, run_id = flow_run(tmp_path / "lake", write_dump(tmp_path / "bad.jsonl", [story]))

    assert ("FAILED", "Refused by audit") == (state.type.value, state.name)
    assert "the audit refused the run, nothing was published" in state.message
    assert Store.open(tmp_path / "lake", create=False).current() is None
    assert "refused by the audit" == artifact(server, run_id, "counts")[-1]["status"]
    assert {1} == {task["run_count"] for task in server.of_run("task_runs", run_id)}
    name = next(f["name"] for f in artifact(server, run_id, "findings") if "before 1700" in f["expected"])
    assert f"**{name}**, critical" in artifact(server, run_id, "offenders")
    assert "articles: No article is published before 1700" in [
        f["expected"] for f in artifact(server, run_id, "findings")
    ]
    (progress,) = (each for each in server.of_run("artifacts", run_id) if each["type"] == "progress")
    assert "ended during audit" == progress["description"]
    assert 90 < progress["data"] < 100


def test_a_refused_dump_shows_in_the_state(server: Server, tmp_path: Path) -> None:
    story = {"url": "https://post.example/a", "body": "The council of Marrick voted on Monday."}
    good, bad = write_dump(tmp_path / "good.jsonl", [story]), tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1" + bytes(400) + b"PAR1")

    partly, _ = flow_run(tmp_path / "lake", good, bad)
    wholly, _ = flow_run(tmp_path / "lake", bad)

    assert ("COMPLETED", "Published in part") == (partly.type.value, partly.name)
    assert "1 of 2 dumps refused, first bad.parquet" in partly.message
    assert "FAILED" == wholly.type.value


def test_wrong_paths_and_settings_fail_with_one_sentence(server: Server, tmp_path: Path) -> None:
    state, _ = flow_run(tmp_path / "lake", tmp_path / "nowhere")

    assert ("FAILED", f"{tmp_path}/nowhere: No such file or directory; check the path") == (
        state.type.value,
        state.message,
    )


def test_names_that_no_json_can_hold_are_shown_escaped(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    write_dump(folder / "caf\udce9 ``` \x1b[2J.jsonl", [{"body": "The council of Marrick voted on Monday."}])

    state, run_id = flow_run(tmp_path / "lake", folder)

    assert state.name.startswith("Published")
    assert "``` " in artifact(server, run_id, "counts")[0]["dump"]
    assert "``` " in artifact(server, run_id, "summary")


def test_warnings_of_the_audit_show_in_the_state() -> None:
    from flows.nightly import _final_state  # noqa: PLC0415

    names = [
        _final_state(RunReport("a", "lake", outcome="published", verdict=v)).name
        for v in ("passed", "warned", "accepted")
    ]
    assert ["Published", "Published with warnings", "Published with warnings"] == names


def test_every_parameter_is_explained_where_it_is_asked_for() -> None:
    from flows.nightly import nightly  # noqa: PLC0415

    parameters = nightly.parameters.properties
    assert ["paths", "lake", "settings_file", "source", "day"] == list(parameters)
    assert all("Default: " in each["description"] or name == "source" for name, each in parameters.items())


def artifact(server: Server, run_id: Any, name: str) -> Any:
    """Give what an artifact of a run holds."""
    (found,) = (each for each in server.of_run("artifacts", run_id) if each["key"] == f"broadsheet-{name}")
    return orjson.loads(found["data"]) if found["type"] == "table" else found["data"]
