"""How far a run has come, as Prefect's progress artifact. Told by a thread of its own: no run waits for its server."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, cast

from httpx import HTTPError
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.exceptions import PrefectException
from prefect.logging import get_logger

if TYPE_CHECKING:
    from uuid import UUID

WEIGHTS: Final[Mapping[str, int]] = {
    "intake": 10,
    "cut": 2,
    "normalise": 50,
    "candidates": 14,
    "verify": 4,
    "clusters": 6,
    "partition": 7,
    "audit": 5,
}
"""Percent of a night that its stages take, in their order; what is left is for the commit."""

TROUBLE: Final = (HTTPError, OSError, PrefectException)
"""What Prefect raises when its server is away. Nothing that it is told changes what is true, so no run ends by it."""

_KEY: Final = "broadsheet-progress"


class PrefectProgress:
    """Tells how far the current flow run has come. A context manager: leaving it tells the last, and waits for that."""

    def __init__(self) -> None:
        self._teller = ThreadPoolExecutor(1)
        self._context = copy_context()  # the flow run, and which server
        self._artifact: UUID | None = None
        self._is_telling = False
        self._next: tuple[float, str] | None = None
        self._lock = Lock()
        self._stage, self._total, self._done = "", 1, 0
        self.percent = 0.0

    def __enter__(self) -> Self:
        """Begin at nothing."""
        self._tell(0.0, "begun")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End at a hundred, or where the run failed."""
        self._tell(self.percent if kind else 100.0, f"ended during {self._stage or 'intake'}" if kind else "done")
        self._teller.shutdown(wait=True)

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of so many pieces."""
        self._stage, self._total, self._done = name, max(total, 1), 0
        self._tell(self._so_far(), name)

    def advance(self) -> None:
        """Finish one piece."""
        self._done += 1
        self._tell(self._so_far(), f"{self._stage}: {self._done} of {self._total}")

    def wait(self, words: str) -> None:
        """Say what the run waits for, before it begins again."""
        self._tell(0.0, words)

    def _so_far(self) -> float:
        """Give the percent of the stages before, and of this one its share; never less than before."""
        names = list(WEIGHTS)
        if self._stage not in names:
            return self.percent
        before = sum(WEIGHTS[name] for name in names[: names.index(self._stage)])
        return max(self.percent, before + WEIGHTS[self._stage] * min(self._done / self._total, 1.0))

    def _tell(self, percent: float, words: str) -> None:
        """Have the newest told, once what was told before has arrived; what lies between is passed over."""
        with self._lock:
            self.percent, self._next = percent, (percent, words)
            if not self._is_telling:
                self._is_telling = True
                self._teller.submit(self._context.run, self._tell_all)

    def _tell_all(self) -> None:
        while True:
            with self._lock:
                newest, self._next = self._next, None
                self._is_telling = newest is not None
            if newest is None:
                return
            try:
                self._tell_one(*newest)
            except TROUBLE as error:
                get_logger(__name__).warning("progress is not shown: %s", error)

    def _tell_one(self, percent: float, words: str) -> None:
        if self._artifact is None:
            self._artifact = cast("UUID", create_progress_artifact(percent, key=_KEY, description=words))
        else:
            update_progress_artifact(self._artifact, round(percent, 1), description=words)
