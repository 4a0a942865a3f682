"""The power-loss lane: a lake's life is recorded, then a reader judges every disk that a crash may leave of it.

A judge who sees nothing would find nothing bad. So each sync is left out of the record in turn, and steps change place;
each time the judge has to find a bad disk. Last, acts are killed and begun again before the power goes.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.faults.oplog import Data, Entry, Log, Mark, Perform, Recorder, Step, Sync
from tests.faults.power_judge import CLEANED, CLEANING, COMMITTED, LAKE, Judge, new_life
from tests.faults.powerloss import Enumeration, State, _crashes, states
from tests.faults.verdict import Verdict

_UNREAD: Final = str(Path(LAKE, "tmp"))
_RECOVERED_SHARE: Final = 20
"""Of so many disks, one gets a whole night."""
_NOTHING: Final = -1
"""Synced in place of what is left out, so that steps keep their numbers."""


@dataclass(frozen=True, slots=True)
class PowerLoss:
    """What was tried, and what came of it. Nothing may be `bad` or `uncaught`."""

    states: int
    crash_points: int
    bad: tuple[str, ...]
    syncs: int
    kinds: int
    """Of syncs, by what they make last."""
    sabotages_tried: int
    """Syncs left out, one at a time, and changes of order. A sync that had nothing new to make last is no sabotage."""
    sabotages_caught: int
    uncaught: tuple[str, ...]
    recovered: int
    """Disks that came right in a night that brings every dump."""
    killed: int
    """Acts that were killed at a sync, each at one of each kind, and begun again before the power went."""


def power_loss() -> PowerLoss:
    """Act out a lake's life, and judge every disk that a power loss may leave of it, and of its sabotaged record."""
    with new_life() as life:
        for act in life.acts():
            act()
        log, judge = life.recorder.log, Judge(life)
        found = disks(log)
        bad = list(judge.bad(found.states, log))
        sample = found.states[::_RECOVERED_SHARE]
        unrecovered = list(judge.recovery_faults(sample, log))
        sabotage = Sabotage(judge, log, {state.digest: len(state.acknowledged) for state in found.states})
        sabotage.run()
    kills = _first_of_each_kind(log)
    syncs = sum(isinstance(step, Sync) for step in log.steps)
    tried = len(sabotage.caught) + len(sabotage.missed)
    return PowerLoss(
        states=len(found.states),
        crash_points=found.crashes,
        bad=(*bad, *unrecovered, *chain.from_iterable(map(killed_and_begun_again, kills))),
        syncs=syncs,
        kinds=len(set(kinds(log).values())),
        sabotages_tried=tried,
        sabotages_caught=len(sabotage.caught),
        uncaught=tuple(sabotage.missed),
        recovered=len(sample) - len(unrecovered),
        killed=len(kills),
    )


def lose_power() -> Verdict:
    """Do it all, and sum it up as a part of the lane."""
    begin = perf_counter()
    found = power_loss()
    counts = {
        "states enumerated": found.states,
        "crash points": found.crash_points,
        "syncs": found.syncs,
        "sabotages tried": found.sabotages_tried,
        "sabotages caught": found.sabotages_caught,
        "acts killed and begun again": found.killed,
        "disks healed by a night": found.recovered,
    }
    violations = (*found.bad, *(f"not caught: {sabotage}" for sabotage in found.uncaught))
    return Verdict("power loss", counts, violations, perf_counter() - begin)


def disks(log: Log) -> Enumeration:
    """Enumerate the disks; nobody reads workspaces, which the next run removes unseen."""
    found = states(log, unread=(_UNREAD,))
    assert not found.left_out
    return found


def kinds(log: Log) -> dict[int, str]:
    """Say of each sync that has anything to do, by its step's number, what it makes last."""
    found, fresh = dict[int, str](), dict[int, Entry | Data]()
    for number, step in enumerate(log.steps):
        match step:
            case Entry(after=None):
                fresh[step.place[0]] = step
            case Data():
                fresh[step.inode] = step
            case Sync() if step.inode in fresh:
                found[number] = _kind(log, fresh.pop(step.inode))
    return found


def _kind(log: Log, change: Entry | Data) -> str:
    if isinstance(change, Data):
        named = [step.place[0] for step in log.steps if isinstance(step, Entry) and step.inode == change.inode]
        return f"bytes in {_shape(log.folders[named[-1]])}"
    folder, name = change.place
    if log.folders[folder] == LAKE:
        return f"{name} in {_shape(LAKE)}"
    what = "removal" if change.inode is None else "folder" if change.inode in log.folders else "file"
    return f"{what} in {_shape(log.folders[folder])}"


def _shape(path: str) -> str:
    """Put stars for a table and a day."""
    if path == LAKE:
        return "the lake"
    first, *rest = path.removeprefix(f"{LAKE}/").split("/")
    return "/".join([first or "the top", *("*" for _ in rest)])


def without(log: Log, number: int) -> Log:
    """Leave a sync out."""
    return replace(log, steps=[*log.steps[:number], Sync(_NOTHING), *log.steps[number + 1 :]])


def delayed(log: Log, begin: int, end: int, is_late: Callable[[Step], bool]) -> Log:
    """Put some of the steps between two numbers after the others; none of them may be half of a rename."""
    between = sorted(log.steps[begin:end], key=is_late)
    return replace(log, steps=[*log.steps[:begin], *between, *log.steps[end:]])


def window(log: Log, begin: int, end: int) -> Log:
    """Leave only the crashes between two steps: what is safe by then is there at first, and what is not comes next."""
    hidden = frozenset(inode for inode, path in log.folders.items() if f"{path}/".startswith(f"{_UNREAD}/"))
    crash = deque(_crashes(log, hidden, begin), 1).pop()
    unread = [n for n, entry in crash.entries.items() if n not in crash.choices and entry.after not in crash.entries]
    for number in unread:
        crash.safe.apply(crash.entries.pop(number))  # never varied, so each would but be one more crash
    early: list[Step] = [*map(Mark, log.marks(begin)), *crash.writes]
    moved = {number: place for place, number in enumerate([*crash.entries, *range(begin, end)], len(early))}
    steps = [log.steps[number] for number in moved]
    late = (replace(s, after=moved.get(s.after)) if isinstance(s, Entry) and s.after is not None else s for s in steps)
    return replace(log, base=crash.safe, steps=[*early, *late])


@dataclass(slots=True)
class Sabotage:
    """Records that are not as the product made them, and which of them the judge let pass."""

    judge: Judge
    log: Log
    promised: dict[str, int]
    """Of every disk that the true record leaves, how much was promised by then."""
    caught: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Leave each sync out; name a manifest before its parts; remove parts before the manifest that names them."""
        for number, kind in kinds(self.log).items():
            self._leave_out(number, kind)
        for name, log in self._reordered():
            self._count(name, is_caught=self._is_bad(log, self._new(log)))
        self.missed += sorted(set(kinds(self.log).values()).difference(self.caught))

    def _leave_out(self, number: int, kind: str) -> None:
        """Look at the next promise first, for there most are caught, and soonest.

        If the same disks are left there, such as when a file was put in the place of one with the same bytes, and none
        before is bad, nothing was spoilt. But that must not be so with all syncs of a kind.
        """
        log = without(self.log, number)
        promises = (n for n, s in enumerate(log.steps) if isinstance(s, Mark) and n > number and s.label != CLEANING)
        end = next(promises) + 1
        late, whole = window(log, end - 1, end), window(log, number, end)
        new = self._new(late)
        is_caught = self._is_bad(late, new) or self._is_bad(whole, self._new(whole))
        if is_caught or new:
            self._count(kind, is_caught=is_caught)

    def _count(self, name: str, *, is_caught: bool) -> None:
        (self.caught if is_caught else self.missed).append(name)

    def _new(self, log: Log) -> list[State]:
        return [s for s in disks(log).states if len(s.acknowledged) > self.promised.get(s.digest, -1)]

    def _is_bad(self, log: Log, new: list[State]) -> bool:
        return any(self.judge.fault(state, log) for state in reversed(new))

    def _reordered(self) -> Iterator[tuple[str, Log]]:
        steps, folders = self.log.steps, self.log.folders
        inodes = {path.removeprefix(f"{LAKE}/"): inode for inode, path in folders.items()}
        snapshots, settled = inodes["snapshots"], {n for path, n in inodes.items() if path.startswith(("parts", "raw"))}
        night = steps.index(Mark(f"{COMMITTED}1")) + 1
        begin = next(n for n in range(night, len(steps)) if isinstance(s := steps[n], Sync) and s.inode in settled)
        end = steps.index(Sync(snapshots), begin) + 1
        yield "a manifest before its parts", delayed(self.log, begin, end, {*map(Sync, settled)}.__contains__)
        begin, end = (steps.index(Mark(label)) for label in (CLEANING, CLEANED))
        removals = {Sync(snapshots), *(Entry((snapshots, f"{n:06}.json"), None) for n in range(1, 4))}
        yield "removal of parts before their manifests", delayed(self.log, begin, end, removals.__contains__)


class Killed(BaseException):
    """No code of the product catches it, nor does anything after it reach the disk: what `kill -9` does."""


class Killing:
    """A hook that kills the run at one of its syncs, before it is done."""

    def __init__(self, recorder: Recorder, sync: int) -> None:
        self.recorder = recorder
        self.left = sync
        self.is_dead = False

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Perform, /) -> None:
        """Pass the operation on to the record."""
        if operation == "sync" and paths[0].is_relative_to(self.recorder.root):
            self.is_dead |= self.left == 0
            self.left -= 1
        if self.is_dead:
            raise Killed
        self.recorder(operation, paths, perform)


def killed_and_begun_again(sync: int) -> list[str]:
    """Kill a lake's life at a sync (from 0), begin that act again, lose power then; describe the disks that are bad.

    What the dead run did not sync is there for the next one to see, and yet may be gone afterwards.
    """
    with new_life() as life:
        killing = Killing(life.recorder, sync)
        life.hook = killing
        for act in life.acts():
            with suppress(Killed):
                act()
            if killing.is_dead:
                begin, killing.is_dead = len(life.recorder.log.steps), False
                act()
                break
        log = window(life.recorder.log, begin, len(life.recorder.log.steps))
        return list(Judge(life).bad(disks(log).states, log))


def _first_of_each_kind(log: Log) -> list[int]:
    """Give the places, among all syncs, of the first of each kind in each act."""
    syncs = [number for number, step in enumerate(log.steps) if isinstance(step, Sync)]
    found = {(log.marks(number), kind): number for number, kind in reversed(kinds(log).items())}
    return sorted(syncs.index(number) for number in found.values())
