"""The op log: every change of names and bytes under a folder, every sync, in order, as a hook sees them.

Inodes are our own numbers: a real one is given out again as soon as its file is gone. Names lead to inodes, so hard
links share their bytes here as they do on a disk.

What is not seen: writes behind the hook's back before the file is next synced, renamed or linked; from then on they
count as done at that moment, with what the disk has by then. Names that others moved or removed are not noticed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

Perform = Callable[[], object]
Hook = Callable[[str, tuple[Path, ...], Perform], None]
Place = tuple[int, str]
"""A name: the inode of its folder, and how it reads there."""

ROOT: Final = 0
"""The inode of the folder that is recorded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name leads to an inode from here on, or to nothing. `after` is the step without which it is never on disk."""

    place: Place
    inode: int | None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """A file's bytes are these from here on."""

    inode: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Sync:
    """All that was done so far to this file's bytes, or to this folder's names, is on disk from here on."""

    inode: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something was promised at this point, such as that a snapshot is committed."""

    label: str


Change = Entry | Data
Step = Change | Sync | Mark


@dataclass(slots=True)
class Tree:
    """The names and bytes of a disk."""

    names: dict[Place, int] = field(default_factory=dict)
    contents: dict[int, bytes] = field(default_factory=dict)

    def apply(self, change: Change) -> None:
        """Take over one change."""
        if isinstance(change, Data):
            self.contents[change.inode] = change.content
        elif change.inode is None:
            self.names.pop(change.place, None)
        else:
            self.names[change.place] = change.inode

    def copy(self) -> "Tree":
        """Return a tree of its own with the same names and bytes."""
        return Tree(self.names.copy(), self.contents.copy())


@dataclass(slots=True)
class Log:
    """What was on disk at first, and each step since; inodes that are neither folder nor symbolic link are files."""

    base: Tree = field(default_factory=Tree)
    steps: list[Step] = field(default_factory=list)
    folders: dict[int, str] = field(default_factory=lambda: {ROOT: ""})
    """Path of every folder there ever was, relative to the root."""
    symlinks: dict[int, str] = field(default_factory=dict)
    """Text of every symbolic link there ever was."""

    def marks(self, steps: int) -> tuple[str, ...]:
        """Return the labels among the first so many steps, in order."""
        return tuple(step.label for step in self.steps[:steps] if isinstance(step, Mark))


class Recorder:
    """A hook that does every operation under `root` and logs it. What is there at the start counts as durable."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.log = Log()
        self._live = Tree()
        self._numbers = count(ROOT + 1)
        self._take_all(self.root, {})
        self.log.base = self._live.copy()
        self.log.steps.clear()

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Perform, /) -> None:
        """Do one operation, then log it: one that fails leaves no trace."""
        if not all(path.is_relative_to(self.root) for path in paths):
            if operation not in {"mkdir", "sync"}:
                raise ValueError(f"{operation} of {paths} reaches out of {self.root}, which is all that is recorded")
            perform()  # the root itself, and all above it, counts as durable
            return
        inode = self._inode(paths[0]) if operation in {"link", "rename", "sync"} else ROOT
        perform()
        self._log(operation, paths, inode)

    def mark(self, label: str) -> None:
        """Note that something was promised here."""
        self.log.steps.append(Mark(label))

    def _log(self, operation: str, paths: tuple[Path, ...], inode: int) -> None:
        match operation:
            case "mkdir" | "symlink":
                self._inode(paths[0])
            case "write":
                self._write(paths[0])
            case "link":
                self._name(paths[1], inode)
            case "rename":
                self._rename(paths[0], paths[1], inode)
            case "remove":
                self._remove(self._place(paths[0]))
            case "sync":
                self.log.steps.append(Sync(inode))
            case _:
                raise ValueError(f"the operation {operation} is unknown here; add it to the log")

    def _write(self, path: Path) -> None:
        """Log the bytes even if they are as before: the file was cut to nothing and written anew."""
        inode = self._live.names.get(self._place(path))
        if inode is None:
            self._inode(path)
        else:
            self._note(Data(inode, path.read_bytes()))

    def _rename(self, source: Path, target: Path, inode: int) -> None:
        """Log both halves. The old name is never gone from disk before the new one is there.

        That is what file systems do, though POSIX is silent: a journal holds both halves in one transaction, and
        without one the new name is written first. But a sync of the old folder alone vouches for its names only.
        """
        if inode in self.log.folders:
            raise ValueError(f"{source} is a folder; moving folders is not modelled")
        if self._live.names.get(self._place(target)) == inode:
            return  # two names of one file: POSIX leaves both
        added = self._name(target, inode)
        self._note(Entry(self._place(source), None, added))

    def _remove(self, place: Place) -> None:
        """Log that a name is gone, and before it all that was beneath, each name a change of its own."""
        inode = self._live.names.get(place)
        if inode is None:
            return
        for beneath in [name for name in self._live.names if name[0] == inode]:
            self._remove(beneath)
        self._note(Entry(place, None))

    def _inode(self, path: Path) -> int:
        """Return what a path leads to. What was made or written behind the hook's back is logged as done just now."""
        if path == self.root:
            return ROOT
        inode = self._live.names.get(self._place(path))
        if inode is None:
            inode = self._make(path)
        if inode not in self.log.folders and inode not in self.log.symlinks:
            content = path.read_bytes()
            if content != self._live.contents.get(inode):
                self._note(Data(inode, content))
        return inode

    def _make(self, path: Path) -> int:
        path.lstat()  # what is not there is an error before anything of it is logged
        inode = next(self._numbers)
        if path.is_symlink():
            self.log.symlinks[inode] = str(path.readlink())
        elif path.is_dir():
            self.log.folders[inode] = path.relative_to(self.root).as_posix()
        self._name(path, inode)
        return inode

    def _take_all(self, folder: Path, seen: dict[int, int]) -> None:
        """Take up what is there; `seen` leads from real inodes to ours."""
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            real = path.lstat().st_ino
            if real in seen:
                self._name(path, seen[real])
            else:
                seen[real] = self._inode(path)
            if path.is_dir() and not path.is_symlink():
                self._take_all(path, seen)

    def _place(self, path: Path) -> Place:
        return self._inode(path.parent), path.name

    def _name(self, path: Path, inode: int) -> int:
        """Log that a path leads to an inode; return the step's number."""
        return self._note(Entry(self._place(path), inode))

    def _note(self, change: Change) -> int:
        self.log.steps.append(change)
        self._live.apply(change)
        return len(self.log.steps) - 1


class Dropping:
    """A hook that leaves chosen syncs out: they are neither done nor passed on. The sabotage of a fault test."""

    def __init__(self, hook: Hook, predicate: Callable[[int, Path], bool]) -> None:
        self.hook = hook
        self.predicate = predicate
        self.syncs = 0
        self.dropped: list[Path] = []

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Perform, /) -> None:
        """Pass the operation on, unless it is a sync that is chosen by its number (from 0) and path."""
        if operation == "sync":
            self.syncs += 1
            if self.predicate(self.syncs - 1, paths[0]):
                self.dropped.append(paths[0])
                return
        self.hook(operation, paths, perform)
