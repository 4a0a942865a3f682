"""A toy store on a hook, and what a crash after its last step may leave."""

from collections.abc import Callable
from pathlib import Path

from tests.faults.oplog import Hook, Recorder
from tests.faults.powerloss import states

FIRST, SECOND = b"first snapshot", b"second one"
SYNCS = 6
"""Syncs of two commits: of the root for the store's own name, then of draft, folder, draft, folder, pointer."""


class Toy:
    """A store in one folder: numbered files, each written in `tmp`, then linked; a symbolic link to the newest."""

    def __init__(self, root: Path, hook: Hook) -> None:
        self.root = root
        self.hook = hook

    def mkdir(self, name: str) -> None:
        """Make a folder."""
        self.hook("mkdir", (self.root / name,), (self.root / name).mkdir)

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        self.hook("write", (self.root / name,), lambda: (self.root / name).write_bytes(content))

    def link(self, source: str, target: str) -> None:
        """Give a file a second name."""
        paths = (self.root / source, self.root / target)
        self.hook("link", paths, lambda: paths[1].hardlink_to(paths[0]))

    def rename(self, source: str, target: str) -> None:
        """Move a file over whatever has the name."""
        paths = (self.root / source, self.root / target)
        self.hook("rename", paths, lambda: paths[0].replace(paths[1]))

    def symlink(self, text: str, name: str) -> None:
        """Make a symbolic link."""
        self.hook("symlink", (self.root / name,), lambda: (self.root / name).symlink_to(text))

    def remove(self, name: str) -> None:
        """Remove a file, or a folder of files."""
        path = self.root / name

        def perform() -> None:
            for beneath in sorted(path.rglob("*"), reverse=True) if path.is_dir() else ():
                beneath.unlink()
            path.rmdir() if path.is_dir() else path.unlink()

        self.hook("remove", (path,), perform)

    def sync(self, name: str = "") -> None:
        """Tell that a file or folder is synced; no power is lost here, so the real disk need not."""
        self.hook("sync", (self.root / name,), lambda: None)

    def commit(self, number: int, content: bytes) -> None:
        """Publish under a number, as a store should."""
        self.write(f"tmp/{number}", content)
        self.sync(f"tmp/{number}")
        self.link(f"tmp/{number}", f"store/{number}")
        self.sync("store")


def two_commits(toy: Toy, mark: Callable[[str], None]) -> None:
    """Make the store, commit twice, remove the first draft, and point at the second commit."""
    toy.mkdir("tmp")
    toy.mkdir("store")
    toy.sync()
    toy.commit(1, FIRST)
    mark("1")
    toy.remove("tmp/1")
    toy.commit(2, SECOND)
    mark("2")
    toy.symlink("store/2", "tmp/newest")
    toy.rename("tmp/newest", "newest")
    toy.sync()
    mark("pointed")


def after(recorder: Recorder, unread: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """Return the disks that a crash after the last step may leave: paths and contents."""
    found = states(recorder.log, unread=unread)
    last = [state for state in found.states if state.last == len(recorder.log.steps)]
    return [{item.path: item.content for item in state.items} for state in last]


def files(recorder: Recorder) -> list[dict[str, object]]:
    """Return the same without the folders."""
    return [{path: content for path, content in disk.items() if content is not None} for disk in after(recorder)]
