"""Prefect's server as a process of ours: started, minded, started again when it dies, and gone when we are.

As a program, `python -m flows.server`, it is that process, which ends with its parent even when that was killed.
"""

import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from typing import Final

HOST: Final = "127.0.0.1"

_STOP_SECONDS: Final = 30
_REST_SECONDS: Final = 5
"""Between the end of a server and the next: one that ends at once is not to fill the log."""


class Server:
    """A server on a port of this machine, with database and log in a folder."""

    def __init__(self, home: Path, port: str) -> None:
        self.log = home / "server.log"
        self._command = [sys.executable, "-m", "flows.server", "server", "start", "--host", HOST, "--port", port]
        self._is_over = Event()
        self._process = self._started()

    @property
    def exit_code(self) -> int | None:
        """How the process ended, if it has."""
        return self._process.poll()

    def mind(self) -> None:
        """From now on, start it again whenever it ends."""
        Thread(target=self._mind, daemon=True).start()

    def stop(self) -> None:
        """End it, and do not let a second Ctrl-C leave it behind."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._is_over.set()
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _mind(self) -> None:
        while True:
            code = self._process.wait()
            if self._is_over.wait(_REST_SECONDS):
                return
            sys.stderr.write(f"broadsheet: Prefect's server ended with code {code}, and is started again\n")
            self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            # In a session of its own: Ctrl-C is for us, who stop it last, when the schedule has been told.
            return subprocess.Popen(  # noqa: S603
                self._command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )


def _leave_with_parent() -> None:
    """Wait for the other end of the pipe to go: nothing is ever written there."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    Thread(target=_leave_with_parent, daemon=True).start()
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
