"""Whether a lake is whole: its files compared with the sizes and digests that were noted when they were written."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from flows.lake import history
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest, Part
from flows.lake.medium import Entry, Medium
from transforms.errors import BroadsheetError, LakeDamaged
from transforms.ledgers import DUMPS
from transforms.tables import STORED

_SHOWN_DIGITS: Final = 12
_MADE_AGAIN: Final = tuple(f"parts/{table.name}/" for table in STORED if table.kind != "ledger")
"""Where what can be made again lies."""
_GOLDEN_RATIO: Final = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Damage:
    """One file that is not as it was written."""

    path: str
    """Posix, relative to the lake."""
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, what is damaged, and the snapshot to go back to, if that is possible and helps."""

    snapshots: int
    parts: int
    part_bytes: int
    dumps: int
    damaged: tuple[Damage, ...]
    way_back: int | None
    is_newest_whole: bool
    """Whether readers see nothing of it."""


def verify(medium: Medium) -> Verification:
    """Read every manifest, part and kept dump, and compare their digests."""
    manifests, damaged = _manifests(medium)
    parts = {part.path: part for manifest in manifests for part in manifest.parts}
    damaged += part_damage(medium, parts.values())
    broken = {damage.path for damage in damaged}
    dumps = named_dumps(medium, [part for part in parts.values() if part.path not in broken])
    damaged += [Damage(name, what) for name in dumps if (what := file_damage(medium, name, _raw_sha256(name)))]
    byte_count = sum(part.byte_count for part in parts.values())
    found = len(manifests), len(parts), byte_count, len(dumps), tuple(damaged)
    return Verification(*found, *_ways(medium, manifests, broken))


def part_damage(medium: Medium, parts: Iterable[Part], *, digested: Container[Part] | None = None) -> Iterator[Damage]:
    """Compare every part's size, and the digests of the parts in `digested` (None: of all)."""
    listed = medium.entries("parts")
    for part in parts:
        what = _size_damage(listed.get(part.path), part.byte_count)
        if what is None and (digested is None or part in digested):
            what = file_damage(medium, part.path, part.sha256)
        if what:
            yield Damage(part.path, what)


def file_damage(medium: Medium, name: str, sha256: str) -> str | None:
    """Say what is wrong with a file that is to have this digest."""
    try:
        found = medium.digest(name)
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    return None if found == sha256 else f"SHA-256 {found[:_SHOWN_DIGITS]}..., not {sha256[:_SHOWN_DIGITS]}..."


def require_whole(medium: Medium, manifest: Manifest | None, digest_bytes: int) -> None:
    """Raise LakeDamaged, naming the first damaged part, unless the snapshot can be built on.

    All sizes are compared, and the digests of as many parts as come to `digest_bytes`; of a larger lake another share
    each night. On a medium that checks itself, sizes only.
    """
    parts = manifest.parts if manifest else ()
    digested = set() if manifest is None or medium.checks_itself else turn(parts, manifest.number, digest_bytes)
    damaged = list(part_damage(medium, parts, digested=digested))
    if damaged:
        others = f", and {len(damaged) - 1} more" if damaged[1:] else ""
        raise LakeDamaged(
            f"{medium.address}/{damaged[0].path}: {damaged[0].what}{others}; nothing was published; "
            "run `broadsheet verify` to see all that is damaged and what to do"
        )


def require_undamaged(found: Verification, address: str) -> None:
    """Raise LakeDamaged, with the next step, when a verification found anything."""
    if found.damaged:
        others = f" and {len(found.damaged) - 1} more are" if found.damaged[1:] else " is"
        if found.way_back:
            otherwise = f"go back with `broadsheet rollback {found.way_back}`"
        elif found.is_newest_whole:
            otherwise = "leave it: what readers see now is whole"
        elif all(damage.path.startswith(_MADE_AGAIN) for damage in found.damaged):
            otherwise = "make it again from the kept dumps with `broadsheet rebuild`"
        else:
            otherwise = f"run the dumps under {address}/raw into a new lake"
        raise LakeDamaged(f"{address}: {found.damaged[0].path}{others} damaged; restore from a backup, or {otherwise}")


def _ways(medium: Medium, manifests: Sequence[Manifest], broken: Container[str]) -> tuple[int | None, bool]:
    """Choose the newest whole snapshot to go back to, where that can follow; and say whether the current one is it."""
    try:
        newest = history.newest(medium)
    except LakeDamaged:
        return None, False
    whole = [m for m in manifests if not any(part.path in broken for part in m.parts)]
    is_newest_whole = newest is None or newest in whole
    return (whole[-1].number if whole and not is_newest_whole else None), is_newest_whole


def _manifests(medium: Medium) -> tuple[list[Manifest], list[Damage]]:
    """Read what manifests can be read, ascending; name the others, those missing between, and those out of line."""
    manifests: list[Manifest] = []
    damaged: list[Damage] = []
    kept = history.numbers(medium)
    for number in range(kept[0], kept[-1] + 1) if kept else ():
        try:
            manifest = history.read(medium, number)
        except BroadsheetError as error:
            damaged.append(Damage(history.manifest_name(number), str(error.__cause__ or error)))
            continue
        older = manifests[-1] if manifests else None
        if older and older.number == number - 1 and older.digest != manifest.parent_digest:
            damaged.append(Damage(history.manifest_name(number), "does not follow the snapshot before it"))
        manifests.append(manifest)
    return manifests, damaged


def named_dumps(medium: Medium, parts: Iterable[Part]) -> list[str]:
    """Name the files of all kept dumps that the ledgers among some parts speak of."""
    ledger = [part for part in parts if part.table == DUMPS.name]
    with open_duckdb(medium.address) as connection:
        rows = connection.execute(f"""
            SELECT DISTINCT 'raw/' || raw_name FROM {source(DUMPS, ledger, medium.address)}
            WHERE raw_name IS NOT NULL ORDER BY ALL
        """).fetchall()
    return [name for (name,) in rows]


def _raw_sha256(name: str) -> str:
    return name.removeprefix("raw/").partition(".")[0]


def turn(parts: Sequence[Part], number: int, digest_bytes: int) -> set[Part]:
    """Choose the parts that are checked on a snapshot: those that overlap a window of `digest_bytes` over them all.

    The window's start is spread evenly by the golden ratio (Weyl's sequence): a start that went on by a share each
    night would stand still in a lake that grows by as much.
    """
    ends = list(accumulate(part.byte_count for part in parts))
    total = ends[-1] if ends else 0
    start = int(number * _GOLDEN_RATIO % 1 * total)
    windows = [(start, start + digest_bytes), (start - total, start + digest_bytes - total)]
    return {
        part
        for part, end in zip(parts, ends, strict=True)
        if digest_bytes and any(low < end and end - part.byte_count < high for low, high in windows)
    }


def _size_damage(entry: Entry | None, byte_count: int) -> str | None:
    if entry is None:
        return "missing"
    return None if entry.byte_count == byte_count else f"{entry.byte_count} bytes, not {byte_count}"
