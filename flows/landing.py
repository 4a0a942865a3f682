"""The landing folder: which files a run is asked to take."""

import os
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Landing:
    """What lies under some paths: dumps in order of name, what is not there or not to be read, names ignored."""

    dumps: list[Landed]
    missing: list[Missing]
    ignored: list[str]


def find_dumps(paths: Iterable[Path], ignore: Collection[str] = ()) -> Landing:
    """Look for dumps. In a folder, files that match a pattern of `ignore` are none; a file that is named always is.

    Hidden files are passed over, as are those that a folder's `.gitkeep` and the like bring along. In a folder, a link
    that leads out of it is not followed: whoever may put a file there may not read with our eyes.
    """
    found: dict[str, Landed] = {}
    missing, ignored = [], []
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
            files = _walk(path) if is_folder else [Landed(path, path.name)]
        except OSError as error:
            missing.append(Missing(str(path), f"{path}: {error.strerror or error}; check the path"))
            continue
        for file in files:
            if is_folder and _is_ignored(file.path.name, ignore):
                ignored.append(file.name)
            elif is_folder and _leads_out(file.path, path):
                what = f"{printable(file.name)} is a link that leads out of {path}"
                missing.append(Missing(file.name, f"{what}; put the file itself there, or name it to `run`"))
            else:
                found.setdefault(os.path.realpath(file.path), file)
    return Landing(list(found.values()), missing, ignored)


def _leads_out(path: Path, folder: Path) -> bool:
    return path.is_symlink() and path.exists() and not _real(path).is_relative_to(_real(folder))


def _real(path: Path) -> Path:
    """Follow links, but not in circles, over which `Path.resolve` stumbles."""
    return Path(os.path.realpath(path))


def _is_ignored(name: str, patterns: Collection[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _walk(folder: Path) -> list[Landed]:
    """List a folder's files, but not those of a lake in it: a run would take its own parts in for dumps."""
    lakes = [marker.parent for marker in folder.rglob(MARKER)]
    files = (p for p in sorted(folder.rglob("*")) if not p.is_dir() and not any(map(p.is_relative_to, lakes)))
    landed = [Landed(path, path.relative_to(folder).as_posix()) for path in files]
    return [file for file in landed if not any(part.startswith(".") for part in Path(file.name).parts)]


def require_some(landing: Landing, paths: Iterable[Path]) -> None:
    """Raise UsageError when nothing is left to be taken because every path is wrong."""
    if landing.dumps:
        return
    if landing.missing:
        raise UsageError(landing.missing[0].sentence)
    none = "no file" if not landing.ignored else f"no file but {landing.ignored[0]}, which `ignore` names,"
    raise UsageError(f"{none} in {', '.join(map(str, paths))}: put dumps there, or name others")
