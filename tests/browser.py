"""A real browser without a window, told what to do through a pipe: what it drew, what it ran, what it asked for."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
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
def browser(program: str, width: int = 1280, *flags: str) -> Iterator[Browser]:
    """Start a browser without a network, with one empty page of this width."""
    (read_there, write_here), (read_here, write_there) = os.pipe(), os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        # The browser reads from descriptor 3 and writes to 4, whatever these are here.
        process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{read_there} 4>&{write_there}', "sh", program, *_OFFLINE, *flags,
             f"--user-data-dir={home}", f"--window-size={width},900"],
            pass_fds=(read_there, write_there), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(read_there)
        os.close(write_there)
        with os.fdopen(write_here, "wb") as to, os.fdopen(read_here, "rb") as back:
            try:
                yield _with_page(Browser(to, back))
            finally:
                process.kill()
                process.wait()


def _with_page(started: Browser) -> Browser:
    target = started.tell("Target.createTarget", url="about:blank")["targetId"]
    started.session = started.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for method in ("Page.enable", "Network.enable", "Runtime.enable"):
        started.tell(method)
    return started
