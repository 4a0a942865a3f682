"""The landing folder: which files a run is asked to take, and where those of a day lie."""

import os
import re
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from flows.intake.receipt import printable
from flows.lake.marker import MARKER
from transforms.errors import UsageError

_DAY: Final = re.compile(r"\{day[:}]")
_PATTERN: Final = re.compile(r"[*?\[]")


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


def is_daily(path: Path) -> bool:
    """Tell a path with `{day}` in it."""
    return bool(_DAY.search(str(path)))


def paths_of(paths: Iterable[Path], day: date, ignore: Collection[str] = ()) -> list[Path]:
    """Give what is there of some paths on a day.

    `{day}` stands for its ISO date, or as `{day:%Y%m%d}` for one written otherwise; beside it, `*` and `?` stand for
    what they do in a shell. Raises UsageError for a `{day}` that cannot be written.
    """
    return [found for path in paths for found in _of_day(path, day, ignore)]


def _of_day(path: Path, day: date, ignore: Collection[str]) -> list[Path]:
    if not is_daily(path):
        return [path] if path.exists() else []
    try:
        dated = Path(str(path).format(day=day))
    except (ValueError, LookupError, AttributeError) as error:
        raise UsageError(f"{path} cannot be dated ({error}); write {{day}}, or {{day:%Y%m%d}}") from error
    if dated.exists() or not _PATTERN.search(str(dated)):
        return [dated] if dated.exists() else []
    found = sorted(Path(dated.anchor).glob(str(dated.relative_to(dated.anchor))))
    return [each for each in found if each.is_dir() or not _is_ignored(each.name, ignore)]


def landing_of(landing: Path, day: date, ignore: Collection[str] = ()) -> list[Path]:
    """Give the landing folder of the settings, or what it is on a day; raise UsageError when it is not there."""
    found = paths_of([landing], day, ignore)
    if not found:
        of_day = f" of {day}" if is_daily(landing) else ""
        raise UsageError(f"{landing}, the landing folder{of_day}, is not there: put dumps there, or name some")
    return found


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
