"""Who holds the lock is told without disturbing it, and a dead run's word counts for nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from flows.lake.lock import LOCK, holder
from flows.lake.store import Store

_HOLD = """
import sys, time
from flows.lake.store import Store
with Store.open(sys.argv[1], create=True).writer():
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_living_process_holds_it_and_a_killed_one_does_not(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    command = [sys.executable, "-c", _HOLD, str(lake)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        before = (lake / LOCK).stat()
        held = holder(lake)
        assert before == (lake / LOCK).stat()
        process.send_signal(signal.SIGKILL)

    assert held is not None
    assert held.startswith(f"pid {process.pid} since ")
    assert f"pid {process.pid}" in (lake / LOCK).read_text()
    assert holder(lake) is None


def test_nobody_holds_a_lake_at_rest_nor_one_whose_holder_s_number_was_given_away(tmp_path: Path) -> None:
    Store.open(tmp_path / "lake", create=True)
    assert holder(tmp_path / "lake") is None

    (tmp_path / "lake" / LOCK).write_text(f"pid {os.getpid()} since 2001-01-01T00:00:00+00:00\n")
    assert holder(tmp_path / "lake") is None
