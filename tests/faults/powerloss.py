"""Power loss: every disk that may be left of a log of operations, and each of them as a real folder.

The model is that of ALICE (Pillai et al., OSDI '14), at its most pessimistic:

- A file's bytes are safe once the file was synced after its last write. Until then each write may have left nothing,
  an empty file, the first half, zeros in full length, or all of it, whatever else is on disk.
- A name is safe once the folder it stands in was synced afterwards. Syncing a file saves no name of it, and syncing a
  folder saves neither the bytes of its files nor the folder's own name above.
- What is not safe reaches the disk in any order or not at all, names of one folder included. One limit: a rename's
  old name never goes before its new one comes, unless only the old folder was synced.
- A symbolic link's text comes with its name, a name is never half written, and a sync that returned tells the truth.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import combinations, islice
from pathlib import Path
from typing import Final

from tests.faults.oplog import ROOT, Data, Entry, Log, Sync, Tree

MOST_STATES: Final = 100_000
"""States kept of one log; a log that has more is reported as cut, not searched for longer."""
MOST_FOR_ALL_SUBSETS: Final = 6
"""Unsafe names up to which every subset is tried: 64 of them. With more, 3 subsets a name are."""

_FLAWS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "complete": lambda content: content,
    "empty": lambda _: b"",
    "torn": lambda content: content[: len(content) // 2],
    "blank": lambda content: bytes(len(content)),
}
_NEVER_WRITTEN: Final = "lost"


@dataclass(frozen=True, slots=True)
class Item:
    """One name on a disk: a file's bytes, a symbolic link's text, or None for a folder. Hard links share an inode."""

    path: str
    inode: int
    content: bytes | str | None


@dataclass(frozen=True, slots=True)
class State:
    """A disk that may be found after a crash, as the last crash that leaves it does."""

    digest: str
    items: tuple[Item, ...]
    first: int
    """Steps that were done before the earliest crash that leaves this disk."""
    last: int
    """Steps that were done before the latest crash that leaves this disk."""
    acknowledged: tuple[str, ...]
    """The marks among those: what this disk must keep."""
    lost: tuple[int, ...]
    """Which of those steps did not reach the disk, by number: names only."""
    data: str
    """What became of bytes that were not synced."""


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The disks that differ, and how they were searched for."""

    states: tuple[State, ...]
    crashes: int
    tried: int
    """Combinations of lost and kept changes, many of which leave the same disk."""
    left_out: int
    """Combinations that were dropped because there were too many states. Not 0: the search proves nothing."""


@dataclass(frozen=True, slots=True)
class _Fill:
    """What unsynced bytes become, by inode; inodes that are not named are complete."""

    label: str
    contents: dict[int, bytes]


class _Crash:
    """A crash: what is safe at that point, and what may be lost."""

    def __init__(self, log: Log, unread: frozenset[int], steps: int, safe: Tree, pending: list[int]) -> None:
        self.log = log
        self.unread = unread
        self.steps = steps
        self.safe = safe
        changes = {number: log.steps[number] for number in pending}
        self.entries = {number: step for number, step in changes.items() if isinstance(step, Entry)}
        self.writes = [step for step in changes.values() if isinstance(step, Data)]
        self.choices = [number for number, entry in self.entries.items() if entry.place[0] not in unread]

    def outcomes(self) -> Iterator[tuple[frozenset[int], _Fill]]:
        """Give the names that reached the disk with what became of bytes."""
        everything = frozenset(self.choices)
        uniform = [_Fill("complete", {})]
        writes = self._visible_writes()
        if writes:
            latest = {write.inode: write.content for write in writes}
            uniform += [_Fill(flaw, {i: _spoilt(flaw, c) for i, c in latest.items()}) for flaw in _FLAWS]
            uniform.append(_Fill(_NEVER_WRITTEN, {i: self.safe.contents.get(i, b"") for i in latest}))
        for kept in dict.fromkeys(self._selections()):
            yield from ((kept, fill) for fill in uniform)
        for write in writes:
            contents = {flaw: _spoilt(flaw, write.content) for flaw in _FLAWS}
            contents[_NEVER_WRITTEN] = self.safe.contents.get(write.inode, b"")
            yield from (
                (everything, _Fill(f"inode {write.inode} {flaw}", {write.inode: content}))
                for flaw, content in contents.items()
            )

    def lost(self, kept: frozenset[int]) -> tuple[int, ...]:
        """Return the names that did not reach the disk: with a rename's new name, the going of the old one too."""
        lost: list[int] = []
        for number, entry in self.entries.items():
            is_chosen = number in kept or entry.place[0] in self.unread
            if not is_chosen or entry.after in lost:
                lost.append(number)
        return tuple(lost)

    def tree(self, lost: tuple[int, ...], fill: _Fill) -> Tree:
        """Return the disk that is left."""
        tree = self.safe.copy()
        for number, entry in self.entries.items():
            if number not in lost:
                tree.apply(entry)
        for write in self.writes:
            tree.apply(write)
        tree.contents.update(fill.contents)
        return tree

    def _selections(self) -> Iterator[frozenset[int]]:
        """Give sets of names that reached the disk: every set, or none, all, prefixes, each alone, each missing."""
        choices = self.choices
        if len(choices) <= MOST_FOR_ALL_SUBSETS:
            for size in range(len(choices) + 1):
                yield from map(frozenset, combinations(choices, size))
            return
        yield from (frozenset(choices[:size]) for size in range(len(choices) + 1))
        for number in choices:
            after = self.entries[number].after
            yield frozenset({number} if after is None else {number, after})
            yield frozenset(choices).difference({number})

    def _visible_writes(self) -> list[Data]:
        """Return the writes to files that a reader could find, whichever names are kept."""
        visible = {inode for (folder, _), inode in self.safe.names.items() if folder not in self.unread}
        visible.update(self.entries[number].inode or ROOT for number in self.choices)
        return [write for write in self.writes if write.inode in visible]


def states(log: Log, up_to: int | None = None, *, unread: tuple[str, ...] = (), most: int = MOST_STATES) -> Enumeration:
    """Enumerate the disks that a crash may leave after each of the first `up_to` steps, or of all, each disk once.

    `unread` are folders (paths from the root) that no reader looks into: two disks that differ only there count as
    one, and what is lost there is not varied. Their bytes still count where a hard link shows them elsewhere.
    """
    hidden = frozenset(
        inode for inode, path in log.folders.items() if any(f"{path}/".startswith(f"{name}/") for name in unread)
    )
    found: dict[str, State] = {}
    crashes = tried = left_out = 0
    for crash in _crashes(log, hidden, up_to):
        crashes += 1
        acknowledged = log.marks(crash.steps)
        for kept, fill in crash.outcomes():
            tried += 1
            lost = crash.lost(kept)
            items = _items(crash.tree(lost, fill), log)
            digest = _digest(items, unread)
            known = found.get(digest)
            if known is None and len(found) >= most:
                left_out += 1
                continue
            if known is None or known.last < crash.steps:
                first = known.first if known else crash.steps
                found[digest] = State(digest, items, first, crash.steps, acknowledged, lost, fill.label)
    return Enumeration(tuple(found.values()), crashes, tried, left_out)


def materialise(state: State, folder: Path) -> None:
    """Write a disk as a new folder; raise FileExistsError when the folder is there. Nothing is shared with others."""
    folder.mkdir(parents=True)
    written: dict[int, Path] = {}
    for item in state.items:
        path = folder / item.path
        if item.content is None:
            path.mkdir()
        elif isinstance(item.content, str):
            path.symlink_to(item.content)
        elif item.inode in written:
            path.hardlink_to(written[item.inode])
        else:
            path.write_bytes(item.content)
            written[item.inode] = path


def describe(state: State, log: Log) -> str:
    """Tell how a disk comes about: the last steps, the lost names, the bytes."""
    lost = [f"  {number}: {_told(log, number)}" for number in state.lost]
    recent = [f"  {number}: {_told(log, number)}" for number in range(max(0, state.last - 5), state.last)]
    heads = (f"disk {state.digest} after {state.last} steps, the latest:", "names that were lost:")
    return "\n".join([heads[0], *recent, heads[1], *(lost or ["  none"]), f"unsynced bytes: {state.data}"])


def _crashes(log: Log, unread: frozenset[int], up_to: int | None) -> Iterator[_Crash]:
    """Give the crash before any step, then the one after each."""
    safe, pending = log.base.copy(), list[int]()
    yield _Crash(log, unread, 0, safe, pending)
    for number, step in enumerate(islice(log.steps, up_to)):
        if isinstance(step, Entry | Data):
            pending.append(number)
        elif isinstance(step, Sync):
            for done in [n for n in pending if _touched(log, n) == step.inode]:
                change = log.steps[done]
                if isinstance(change, Entry | Data):
                    safe.apply(change)
                pending.remove(done)
        yield _Crash(log, unread, number + 1, safe, pending)


def _touched(log: Log, number: int) -> int | None:
    """Return the inode that has to be synced to make a change safe."""
    change = log.steps[number]
    if isinstance(change, Entry):
        return change.place[0]
    return change.inode if isinstance(change, Data) else None


def _items(tree: Tree, log: Log) -> tuple[Item, ...]:
    """Return what can be reached from the root, sorted by path, so that folders come before what is in them."""
    inside: dict[int, list[tuple[str, int]]] = {}
    for (folder, name), inode in tree.names.items():
        inside.setdefault(folder, []).append((name, inode))
    items, folders = list[Item](), [("", ROOT)]
    while folders:
        prefix, folder = folders.pop()
        for name, inode in inside.get(folder, ()):
            path = prefix + name
            if inode in log.folders:
                items.append(Item(path, inode, None))
                folders.append((f"{path}/", inode))
            else:
                items.append(Item(path, inode, log.symlinks.get(inode, tree.contents.get(inode, b""))))
    return tuple(sorted(items, key=lambda item: item.path))


def _digest(items: tuple[Item, ...], unread: tuple[str, ...]) -> str:
    """Return 16 hex digits over all but the unread: paths, what is there, and which paths share an inode."""
    first: dict[int, str] = {}
    hidden = tuple(f"{name}/" for name in unread)
    told = [
        (item.path, _content_digest(item.content), first.setdefault(item.inode, item.path))
        for item in items
        if not item.path.startswith(hidden)
    ]
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


@cache
def _content_digest(content: bytes | str | None) -> str | None:
    return blake2b(content).hexdigest() if isinstance(content, bytes) else content and f"-> {content}"


@cache
def _spoilt(flaw: str, content: bytes) -> bytes:
    return _FLAWS[flaw](content)


def _told(log: Log, number: int) -> str:
    """Tell a step in words, bytes by their count."""
    step = log.steps[number]
    if isinstance(step, Data):
        return f"{len(step.content)} bytes of inode {step.inode}"
    if isinstance(step, Entry):
        folder, name = step.place
        return f"{log.folders[folder]}/{name} = " + ("nothing" if step.inode is None else f"inode {step.inode}")
    return repr(step)
