"""A record that kills the process which reads it costs itself, and nothing beside it."""

from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa
import pytest

from flows.intake.chunks import Chunk
from flows.stage import Staged, StageTask
from flows.work import careful
from flows.work.careful import MOST_LOST, StageCare
from flows.work.drivers import Workers
from tests.unit.hostile.poison import stage_poisoned, stage_poisoned_singly
from transforms.cleaning import Guide
from transforms.outlet import Outlet
from transforms.parse import Format

STORY: Final = "The council of the old town met on Tuesday and spoke at length about the bridge over the river."


def chunk_of(folder: Path, texts: list[str], form: Format = Format.JSONL) -> StageTask:
    """Write a dump of these texts, to be staged whole."""
    lines = [orjson.dumps({"id": n, "text": f"{n} {text}"}) for n, text in enumerate(texts)]
    whole = b"\n".join(lines) if form is Format.JSONL else b"[" + b",".join(lines) + b"]"
    path = folder / "dump"
    path.write_bytes(whole)
    chunk = Chunk(0, path, form, "utf-8", 0, len(whole))
    return StageTask(0, None, chunk, folder / "chunk", Outlet("here", {}), Guide(), 1 << 20)


def staged(task: StageTask) -> Staged:
    """Stage it in a worker process that has the poisoned parser."""
    workers = Workers(1)
    try:
        return workers.submit(stage_poisoned, task, StageCare(stage_poisoned_singly)).result()
    finally:
        workers.end(at_once=True)


def rows(path: Path) -> pa.Table:
    with pa.ipc.open_file(path) as file:
        return file.read_all()


@pytest.mark.slow
def test_a_line_that_aborts_the_interpreter_is_quarantined_with_its_bytes_and_all_others_admitted(
    tmp_path: Path,
) -> None:
    texts = [STORY] * 40
    texts[7] = f"POISON abort {STORY}"
    task = chunk_of(tmp_path, texts)
    found = staged(task)

    assert (39, 1, None) == (found.admitted_or_replayed, found.quarantined, found.refusal)
    rejects = rows(found.rejects)
    lines = task.chunk.path.read_bytes().split(b"\n")
    assert [7] == rejects["record_number"].to_pylist()
    assert [lines[7]] == rejects["raw"].to_pylist()
    assert ["crashed"] == rejects["reason"].to_pylist()
    assert {"the process that read it died"} == {*rejects["detail"].to_pylist()}
    assert [n for n in range(40) if n != 7] == rows(found.articles)["record_number"].to_pylist()


@pytest.mark.slow
def test_a_line_that_never_ends_and_one_that_wants_all_memory_are_quarantined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(careful, "STALL_SECONDS", 15.0)
    monkeypatch.setattr(careful, "RECORD_SECONDS", 15.0)
    found = staged(chunk_of(tmp_path, [STORY, f"POISON hang {STORY}", STORY, f"POISON memory {STORY}"]))

    assert (2, 2) == (found.admitted_or_replayed, found.quarantined)
    assert [
        "the process that read it was stuck for 15 s",
        "the process that read it wanted more than 2,176 MiB of memory",
    ] == rows(found.rejects)["detail"].to_pylist()


@pytest.mark.slow
def test_a_dump_of_poison_is_refused_before_it_has_cost_the_night(tmp_path: Path) -> None:
    found = staged(chunk_of(tmp_path, [f"POISON abort {STORY}"] * (MOST_LOST + 3)))

    assert found.refusal is not None
    assert f"more than {MOST_LOST} of its records" in found.refusal


@pytest.mark.slow
def test_poison_in_a_file_that_has_no_way_past_it_refuses_the_file(tmp_path: Path) -> None:
    found = staged(chunk_of(tmp_path, [STORY, f"POISON abort {STORY}", STORY], Format.JSON))

    assert found.refusal is not None
    assert found.refusal.startswith("the process that was to read its record 1 died; look at the file")
