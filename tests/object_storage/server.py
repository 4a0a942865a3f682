"""An S3 server on loopback, as a process of its own: prints its endpoint, and ends when its standard input does.

    python -m tests.object_storage.server [--without-conditions] [--lose-answers]

moto looks whether an object is there and puts it in two steps, so without the lock two writers could both be first.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from threading import Lock, Thread
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Quiet(MotoRequestHandler):
    """Logs nothing, and holds nothing back: waiting to fill a packet took 40 ms an answer."""

    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def one_at_a_time(application: Application) -> Application:
    """Answer a request before the next is looked at."""
    lock = Lock()

    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        with lock:
            return list(application(environ, start))

    return answer


def without_conditions(application: Application) -> Application:
    """Be a service that knows nothing of `If-None-Match`."""

    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        environ.pop("HTTP_IF_NONE_MATCH", None)
        return application(environ, start)

    return answer


def lose_answers(application: Application) -> Application:
    """Do the first put of each manifest, and say that the service was busy."""
    lost: set[str] = set()

    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "PUT" or "/snapshots/" not in path or path in lost:
            return application(environ, start)
        lost.add(path)
        list(application(environ, lambda *_: None))
        start("503 Slow Down", [("Content-Length", "0")])
        return [b""]

    return answer


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-conditions", action="store_true")
    parser.add_argument("--lose-answers", action="store_true")
    chosen = parser.parse_args()
    application: Application = DomainDispatcherApplication(create_backend_app)
    if chosen.without_conditions:
        application = without_conditions(application)
    if chosen.lose_answers:
        application = lose_answers(application)
    server = make_server("127.0.0.1", 0, one_at_a_time(application), threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
