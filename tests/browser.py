"""A real browser without a window, told what to do through a pipe: what it drew, what it ran, what it asked for."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import orjson

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_OFFLINE: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


def found() -> str | None:
    """Give the browser of this machine, if it has one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@dataclass(slots=True)
class Browser:
    """A browser at the other end of two pipes; `requests` are the addresses that pages asked for, their own first."""

    to: IO[bytes]
    back: IO[bytes]
    session: str = ""
    asked: int = 0
    requests: list[str] = field(default_factory=list)
    is_loaded: bool = False

    def open(self, page: Path) -> None:
        """Open a page, and wait until it is loaded."""
        self.requests.clear()
        self.is_loaded = False
        self.tell("Page.navigate", url=page.as_uri())
        while not self.is_loaded:
            self._hear()

    def value(self, expression: str) -> Any:
        """Give what an expression of JavaScript comes to in the page."""
        answer = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def tell(self, method: str, **parameters: Any) -> Any:
        """Have something done, and give the answer; AssertionError when it is refused."""
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters}
        self.to.write(orjson.dumps(message | ({"sessionId": self.session} if self.session else {})) + b"\0")
        self.to.flush()
        while (answer := self._hear()).get("id") != self.asked:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _hear(self) -> dict[str, Any]:
        text = b""
        while not text.endswith(b"\0"):
            byte = self.back.read(1)
            assert byte, "the browser has ended"
            text += byte
        message: dict[str, Any] = orjson.loads(text[:-1])
        if message.get("method") == "Page.loadEventFired":
            self.is_loaded = True
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        return message


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Start a browser without a network, with one empty page."""
    (read_there, write_here), (read_here, write_there) = os.pipe(), os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        process = _spawned([program, *_OFFLINE, f"--user-data-dir={home}"], _high(read_there), _high(write_there))
        with os.fdopen(write_here, "wb") as to, os.fdopen(read_here, "rb") as back:
            try:
                yield _with_page(Browser(to, back))
            finally:
                os.kill(process, SIGKILL)
                os.waitpid(process, 0)


def _high(descriptor: int) -> int:
    """Move a descriptor out of the way of those that a child is given by number."""
    moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


def _spawned(command: list[str], read_there: int, write_there: int) -> int:
    """Start a program that reads from descriptor 3 and writes to 4, silent otherwise, and give its id."""
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (1, 2)]
    ends = [(os.POSIX_SPAWN_DUP2, read_there, 3), (os.POSIX_SPAWN_DUP2, write_there, 4)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=[*silent, *ends])
    for end in (read_there, write_there):
        os.close(end)
    return process


def _with_page(started: Browser) -> Browser:
    target = started.tell("Target.createTarget", url="about:blank")["targetId"]
    started.session = started.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for method in ("Page.enable", "Network.enable", "Runtime.enable"):
        started.tell(method)
    return started
