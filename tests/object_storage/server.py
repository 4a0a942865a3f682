"""An S3 server on loopback, as a process of its own: prints its endpoint, and ends when its standard input does.

    python -m tests.object_storage.server

What is wrong with the service depends on the bucket: nothing, but for the two that are named below.

moto looks whether an object is there and puts it in two steps, so without the lock two writers could both be first.
"""

import sys
from collections.abc import Callable, Iterable
from threading import Lock, Thread
from typing import Any, Final

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

WITHOUT_CONDITIONS: Final = "without-conditions"
LOSES_ANSWERS: Final = "loses-answers"

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
    """Know nothing of `If-None-Match` in one bucket."""

    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        if _bucket(environ) == WITHOUT_CONDITIONS:
            environ.pop("HTTP_IF_NONE_MATCH", None)
        return application(environ, start)

    return answer


def lose_answers(application: Application) -> Application:
    """Do the first put of each manifest in one bucket, and say that the service was busy."""
    lost: set[str] = set()

    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        is_manifest = environ["REQUEST_METHOD"] == "PUT" and "/snapshots/" in path
        if _bucket(environ) != LOSES_ANSWERS or not is_manifest or path in lost:
            return application(environ, start)
        lost.add(path)
        list(application(environ, lambda *_: None))
        start("503 Slow Down", [("Content-Length", "0")])
        return [b""]

    return answer


def _bucket(environ: Environ) -> str:
    return str(environ["PATH_INFO"]).split("/")[1]


def main() -> None:
    """Serve until standard input ends."""
    application = lose_answers(without_conditions(DomainDispatcherApplication(create_backend_app)))
    server = make_server("127.0.0.1", 0, one_at_a_time(application), threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
