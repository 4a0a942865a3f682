"""Two lakes that took the same dumps in different ways: what one of them lacks, or has twice, or did not clear away."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flows.lake.store import Store
from tests.faults.sight import damaged
from tests.integration.nights import content


def unequal(lake: Path, batch: Path) -> Iterator[str]:
    """Say which rows of the content a lake lacks, or has beyond those of one run over everything."""
    found, wanted = content(lake), content(batch)
    for table, rows in wanted.items():
        if found[table] == rows:
            continue
        there, due = Counter(map(repr, found[table])), Counter(map(repr, rows))
        yield f"{table}: {(due - there).total()} rows lost, {(there - due).total()} too many, of {len(rows)}"


def unsound(lake: Path) -> Iterator[str]:
    """Say what no lake may have when nobody is writing: gaps, dumps consumed twice, damage, leftovers."""
    store = Store.open(lake, create=False)
    numbers = store.numbers()
    if numbers != tuple(range(1, len(numbers) + 1)):
        yield f"the snapshots are {numbers}"
    consumed = Counter(dump for number in numbers for dump in store.manifest(number).dumps)
    yield from (f"dump {dump[:12]} was consumed {times} times" for dump, times in consumed.items() if times > 1)
    newest = store.current()
    if newest and store.medium.shown() != newest.number:
        yield f"the catalog is of snapshot {store.medium.shown()}, not {newest.number}"
    yield from damaged(lake)
    yield from leftovers(lake)


def leftovers(lake: Path) -> Iterator[str]:
    """Name what a run leaves behind that did not end well, and the next one was to clear away."""
    for path in sorted((lake / "tmp").iterdir()):
        yield f"tmp/{path.name} is left over"
