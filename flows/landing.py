"""The landing folder: which files a run is asked to take."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.lake.marker import MARKER
from transforms.errors import UsageError


@dataclass(frozen=True, slots=True)
class Landed:
    """A file to be taken, and the name it is known by: relative to the folder that was given."""

    path: Path
    name: str


def find_dumps(paths: Iterable[Path]) -> tuple[list[Landed], list[str]]:
    """Give the files under some paths, in order of name, and a sentence for each path that is not there.

    Hidden files are passed over, as are those that a folder's `.gitkeep` and the like bring along.
    """
    found: dict[Path, Landed] = {}
    missing = []
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
            files = _walk(path) if is_folder else [Landed(path, path.name)]
        except OSError as error:
            missing.append(f"{path}: {error.strerror or error}; check the path")
            continue
        for file in files:
            found.setdefault(file.path.resolve(), file)
    return list(found.values()), missing


def _walk(folder: Path) -> list[Landed]:
    """List a folder's files, but not those of a lake in it: a run would take its own parts in for dumps."""
    lakes = [marker.parent for marker in folder.rglob(MARKER)]
    files = (p for p in sorted(folder.rglob("*")) if not p.is_dir() and not any(map(p.is_relative_to, lakes)))
    landed = [Landed(path, path.relative_to(folder).as_posix()) for path in files]
    return [file for file in landed if not any(part.startswith(".") for part in Path(file.name).parts)]


def require_some(found: list[Landed], missing: list[str], paths: Iterable[Path]) -> None:
    """Raise UsageError when nothing is left to be taken because every path is wrong."""
    if not found and missing:
        raise UsageError(missing[0])
    if not found:
        raise UsageError(f"no file in {', '.join(map(str, paths))}: put dumps there, or name others")
