"""One writer at a time; the kernel takes the lock from the dead."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.lake.lock import hold
from flows.lake.store import Store
from transforms.errors import LakeBusy

HOLDER = """
import sys, time
from pathlib import Path
from flows.lake.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.promise(6)
def test_the_second_is_told_who_holds_it_and_since_when(store: Store) -> None:
    said = rf"pid {os.getpid()} since \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"
    with store.writer(), pytest.raises(LakeBusy, match=said), store.writer():
        pytest.fail("the lock was given twice")


def test_the_lock_is_free_again_after_use_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), hold(tmp_path):
        raise KeyError
    with hold(tmp_path):
        pass

    assert (tmp_path / "lock").read_text() == ""


def test_a_killed_holder_leaves_no_lock_behind(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LakeBusy, match=f"pid {holder.pid} since"), hold(tmp_path):
            pytest.fail("the lock was given twice")
        holder.send_signal(signal.SIGKILL)
    with hold(tmp_path):
        assert f"pid {os.getpid()} " in (tmp_path / "lock").read_text()
