"""The audit as a run uses it: in a process of its own, warmed up while the night's work goes on."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.audit import audit, verdict, warm_up
from expectations.snapshot import Snapshot
from transforms.errors import LakeDamaged
from transforms.ledgers import DUMPS
from transforms.tables import DELIVERIES, QUARANTINE


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessPoolExecutor]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("PYTHONWARNINGS", "error")
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn, initializer=warm_up) as pool:
            yield pool
    assert list(home.iterdir()) == []


def _delivered(folder: Path) -> dict[str, list[str]]:
    row = {"article_id": "0" * 32, "dump_digest": "d" * 64, "dump_name": "a", "record_number": 0}
    path = folder / "it's $HOME 100%.parquet"
    pq.write_table(pa.Table.from_pylist([row], DELIVERIES.schema), path)
    return {DELIVERIES.name: [str(path)]}


def test_a_worker_audits_and_leaves_nothing_behind(
    worker: ProcessPoolExecutor, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    workspace = tmp_path / "a $HOME, 100% odd name='x'"
    workspace.mkdir()
    findings = worker.submit(audit, Snapshot(_delivered(tmp_path)), "run", workspace).result()
    failed = {(each.table_name, each.expectation) for each in findings if each.status != "passed"}
    assert failed == {
        (DELIVERIES.name, "Every delivery is that of a stored article"),
        (DELIVERIES.name, "Every delivery is from a dump that was consumed"),
    }
    assert verdict(findings) == "failed"
    assert list(workspace.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_lake_that_cannot_be_read_is_damaged(worker: ProcessPoolExecutor, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no more")
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"x": [1]}), other)
    for table, path in ((DUMPS, tmp_path / "gone.parquet"), (QUARANTINE, broken), (DELIVERIES, other)):
        with pytest.raises(LakeDamaged, match=rf"1 parts of {table.name} .*broadsheet verify"):
            worker.submit(audit, Snapshot({table.name: [str(path)]}), "run", tmp_path).result()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["broken.parquet", "other.parquet"]
