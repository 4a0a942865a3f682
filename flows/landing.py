"""The landing folder: which files a run is asked to take."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.intake.receipt import printable
from flows.lake.marker import MARKER
from transforms.errors import UsageError


@dataclass(frozen=True, slots=True)
class Landed:
    """A file to be taken, and the name it is known by: relative to the folder that was given."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A path or file that is not taken, and the sentence that says why."""

    name: str
    sentence: str


def find_dumps(paths: Iterable[Path]) -> tuple[list[Landed], list[Missing]]:
    """Give the files under some paths, in order of name, and what of them is not there or not to be read.

    Hidden files are passed over, as are those that a folder's `.gitkeep` and the like bring along. In a folder, a link
    that leads out of it is not followed: whoever may put a file there may not read with our eyes.
    """
    found: dict[str, Landed] = {}
    missing = []
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
            files = _walk(path) if is_folder else [Landed(path, path.name)]
        except OSError as error:
            missing.append(Missing(str(path), f"{path}: {error.strerror or error}; check the path"))
            continue
        for file in files:
            if is_folder and _leads_out(file.path, path):
                missing.append(
                    Missing(file.name, f"{printable(file.name)} is a link that leads out of {path}; {_NEXT}")
                )
            else:
                found.setdefault(os.path.realpath(file.path), file)
    return list(found.values()), missing


_NEXT: Final = "put the file itself there, or name it to `run`"


def _leads_out(path: Path, folder: Path) -> bool:
    return path.is_symlink() and path.exists() and not _real(path).is_relative_to(_real(folder))


def _real(path: Path) -> Path:
    """Follow links, but not in circles, over which `Path.resolve` stumbles."""
    return Path(os.path.realpath(path))


def _walk(folder: Path) -> list[Landed]:
    """List a folder's files, but not those of a lake in it: a run would take its own parts in for dumps."""
    lakes = [marker.parent for marker in folder.rglob(MARKER)]
    files = (p for p in sorted(folder.rglob("*")) if not p.is_dir() and not any(map(p.is_relative_to, lakes)))
    landed = [Landed(path, path.relative_to(folder).as_posix()) for path in files]
    return [file for file in landed if not any(part.startswith(".") for part in Path(file.name).parts)]


def require_some(found: list[Landed], missing: list[Missing], paths: Iterable[Path]) -> None:
    """Raise UsageError when nothing is left to be taken because every path is wrong."""
    if not found and missing:
        raise UsageError(missing[0].sentence)
    if not found:
        raise UsageError(f"no file in {', '.join(map(str, paths))}: put dumps there, or name others")
