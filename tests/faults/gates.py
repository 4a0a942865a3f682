"""Gates: what must be refused, loudly and with nothing changed, is: a dump that fails the audit, and a damaged lake."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.util import _run_finalizers  # type: ignore[attr-defined]  # typeshed leaves it out
from pathlib import Path
from typing import Any, Final

from flows.lake import history
from flows.lake.integrity import part_damage
from flows.lake.manifest import Manifest
from flows.lake.store import Store
from flows.run import run
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from tests.faults.children import forked
from tests.faults.sight import refuses, seen
from tests.faults.stories import record, write_nights
from tests.faults.verdict import Verdict
from tests.faults.workloads import take_night
from tests.integration.nights import take_unaudited, write_dump
from transforms.errors import AuditFailed, LakeDamaged

Harm = Callable[[Path, bytes], None]

_POISON: Final = record(9, "same", 1, None) | {"published": "1650-01-01T00:00:00Z"}
"""An article that nobody can have published: well-formed, so that the audit alone stands in its way."""


def try_gates(folder: Path) -> Verdict:
    """Try to get a poisoned dump past the audit, and damage of every kind past readers and runs."""
    begin = time.perf_counter()
    counts: Counter[str] = Counter()
    violations: list[str] = []
    for name, ended in (("poison", forked(lambda: poison(folder))), ("damage", forked(lambda: damage(folder)))):
        counts[name] += 0 if ended.trouble else ended.answer["tried"]
        violations += [f"{name}: {what}" for what in ended.findings]
    return Verdict("gates", counts, tuple(violations), time.perf_counter() - begin)


def poison(folder: Path) -> dict[str, Any]:
    """Take a poisoned dump in by a run with all its parts, audit and its process included."""
    lake = _lake(folder / "poison")
    before = seen(lake)
    dump = write_dump(folder / "poison" / "poison.jsonl", [_POISON])
    violations = []
    try:
        with PlainDriver(1) as driver:
            run([dump], Settings(lake=str(lake), workers=1), driver)
        violations.append("the audit let an article of 1650 pass")
    except AuditFailed:
        pass
    _run_finalizers()  # a child leaves without the goodbyes by which the audit's queues give up their semaphores
    if seen(lake) != before:
        violations.append("a refused dump changed what readers see")
    return {"tried": 1, "violations": violations}


def damage(folder: Path) -> dict[str, Any]:
    """Cut, and change, every manifest and every part of a lake of two nights, one at a time."""
    lake = _lake(folder / "damage")
    take_night(lake, 2)
    newest = Store.open(lake, create=False).current()
    if newest is None:
        return {"tried": 0, "violations": ["two nights published nothing"]}
    names = [history.manifest_name(newest.number), *(part.path for part in newest.parts)]
    tried = [(name, harm) for name in names for harm in (cut_off, changed)]
    return {
        "tried": len(tried),
        "violations": [what for name, harm in tried for what in _unnoticed(lake, newest, name, harm)],
    }


def _unnoticed(lake: Path, newest: Manifest, name: str, harm: Harm) -> Iterator[str]:
    path = lake / name
    whole = path.read_bytes()
    harm(path, whole)
    if name.startswith("snapshots/") and not refuses(lake):
        yield f"readers are not told of {name}, {harm.__name__}"
    found = {each.path for each in part_damage(Store.open(lake, create=False).medium, newest.parts)}
    if name.startswith("parts/") and found != {name}:
        yield f"damage is seen in {sorted(found)}, but {name} was {harm.__name__}"
    yield from (f"a run upon {name}, {harm.__name__}, {what}" for what in _built_upon(lake))
    if len(list((lake / "snapshots").iterdir())) != newest.number:
        yield f"a snapshot was published upon {name}, {harm.__name__}"
    path.write_bytes(whole)


def _built_upon(lake: Path) -> Iterator[str]:
    try:
        take_unaudited(lake, [lake.with_name("dumps") / "night-3-1.jsonl"])
        yield "ended well"
    except LakeDamaged:
        pass
    except Exception as error:  # noqa: BLE001 - any other failure is one too late
        yield f"got as far as {type(error).__name__}: {str(error).splitlines()[0]}"


def cut_off(path: Path, whole: bytes) -> None:
    path.write_bytes(whole[: len(whole) // 2])


def changed(path: Path, whole: bytes) -> None:
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])


def _lake(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    write_nights(folder / "dumps")
    take_night(folder / "lake", 1)
    return folder / "lake"
