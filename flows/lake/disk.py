"""The durable operations of a local file system, each of them one call through a hook. The only module that has them.

A failed sync is raised and never tried again: the kernel may have dropped the pages and would call the second attempt
a success (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Hook(Protocol):
    """What every durable operation passes through: its name, the paths it touches, and the act itself."""

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Perform the operation, or whatever a fault harness does instead."""


def perform_at_once(_operation: str, _paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
    """Do it: the hook of every real run."""
    perform()


@dataclass(frozen=True, slots=True)
class Disk:
    """The operations. None of them is durable before the file, or the folder that holds its name, is synced."""

    hook: Hook = perform_at_once

    def make_folder(self, path: Path) -> None:
        """Make one folder, unless it is there."""
        if not path.is_dir():
            self.hook("mkdir", (path,), lambda: path.mkdir(exist_ok=True))

    def write(self, path: Path, data: bytes) -> None:
        """Write a draft."""
        self.hook("write", (path,), lambda: path.write_bytes(data))

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name; FileExistsError when the name is taken."""
        self.hook("link", (source, target), lambda: target.hardlink_to(source))

    def rename(self, source: Path, target: Path) -> None:
        """Move a file or a symbolic link over whatever has the name."""
        self.hook("rename", (source, target), lambda: source.replace(target))

    def symlink(self, text: str, path: Path) -> None:
        """Make a symbolic link that reads `text`."""
        self.hook("symlink", (path,), lambda: path.symlink_to(text))

    def remove(self, path: Path) -> None:
        """Remove a file or link, or a folder with all that is in it."""
        is_tree = path.is_dir() and not path.is_symlink()
        self.hook("remove", (path,), lambda: shutil.rmtree(path) if is_tree else path.unlink())

    def sync(self, path: Path) -> None:
        """Make a file's bytes, or a folder's entries, survive a power loss."""
        self.hook("sync", (path,), lambda: _sync(path))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
