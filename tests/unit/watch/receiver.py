"""An HTTP server on this machine that keeps what it is sent: the other end of alerts and heartbeats."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import orjson


class Receiver:
    """What came: the paths that were asked for, and the JSON that was posted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []
        self.posted: list[dict[str, Any]] = []


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run one while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.asked.append(self.path)
            self._answer()

        def do_POST(self) -> None:
            heard.posted.append(orjson.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer()

        def _answer(self) -> None:
            self.send_response(500 if self.path.startswith("/broken") else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        heard = Receiver(server.server_port)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()
