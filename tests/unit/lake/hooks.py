"""Hooks for the durable operations: one that notes and fails, one that lets another run in between."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

from flows.lake.disk import Hook
from flows.lake.store import Store


class Log:
    """A hook that notes every durable operation, and fails at the n-th when told to."""

    def __init__(self, fail_at: int | None = None, code: int = errno.EIO) -> None:
        self.steps: list[tuple[str, tuple[str, ...]]] = []
        self.fail_at = fail_at
        self.code = code

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Note the step, and take it unless it is the one that fails."""
        self.steps.append((operation, tuple(path.name for path in paths)))
        if len(self.steps) - 1 == self.fail_at:
            raise OSError(self.code, os.strerror(self.code))
        perform()

    def index(self, operation: str, name: str) -> int:
        """Return the place of the operation's last occurrence on that name."""
        return max(n for n, (done, names) in enumerate(self.steps) if done == operation and names[-1] == name)

    def synced(self) -> list[str]:
        """Return the names of what was synced, in order."""
        return [names[0] for operation, names in self.steps if operation == "sync"]


class Overtaken:
    """A hook that does something else just before an operation on a name, the first time that one comes."""

    def __init__(self, operation: str, name: str, first: Callable[[], object]) -> None:
        self.operation = operation
        self.name = name
        self.first: list[Callable[[], object]] = [first]

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Let the other act go first."""
        if (operation, paths[-1].name) == (self.operation, self.name) and self.first:
            self.first.pop()()
        perform()


def with_hook(store: Store, hook: Hook) -> Store:
    """Open the same lake with its durable operations passing the hook."""
    return Store.open(store.address, create=False, hook=hook)
