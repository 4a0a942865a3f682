"""Frozen settings, built once at the edge from one TOML file; unknown keys are refused with the nearest known one."""

import os
import tomllib
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from flows.sources.settings import Source, hint, twice
from flows.watch.settings import Alerts, Limits
from transforms.canonical import CanonicalSettings, Criterion
from transforms.errors import UsageError
from transforms.outlet import Extractor
from transforms.relation import PairSettings
from transforms.rules import RULES_VERSION

NO_DUMPS: Final = (
    "readme", "readme.*", "*.md", "thumbs.db", "desktop.ini", "*.tmp", "*.temp", "*.part", "*.partial", "*.filepart",
    "*.crdownload", "*.swp", "*.lock", "*~", "*.md5", "*.sha1", "*.sha256", "*.sig", "*.asc", "md5sums*", "sha256sums*",
    "checksums*", "*.ok", "*.done", "_success",
)  # fmt: skip
"""Files beside dumps, and dumps on their way; names are compared without regard to case."""
DEFAULT_FILE: Final = Path("broadsheet.toml")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cleaning(_Frozen):
    """Which rules of cleaning are turned off, by name."""

    off: tuple[str, ...] = ()

    @field_validator("off")
    @classmethod
    def _known_rules(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            return names
        from transforms.cleaning import NAMES  # noqa: PLC0415 - compiled loops and patterns, for who turns one off

        known = sorted(NAMES)
        for name in names:
            if name not in known:
                raise ValueError(f"{name!r} is no rule of cleaning{hint(name, known)}; rules are {', '.join(known)}")
        return tuple(sorted(set(names)))


class Schedule(_Frozen):
    """When the nightly run starts, and in whose time zone a day is counted.

    notify: block of Prefect's that tells of failed nights, TYPE/NAME, such as slack-webhook/ops.
    reports_url: where the lake's folder of reports is served, for links to them.
    """

    cron: str = "15 2 * * *"
    timezone: str = "UTC"
    notify: Annotated[str | None, Field(pattern="^[a-z0-9-]+/[a-z0-9-]+$")] = None
    reports_url: Annotated[str | None, Field(pattern="^https?://")] = None

    def day_of(self, moment: datetime) -> date:
        """Tell on what day a moment is there; raise UsageError when there is no such time zone."""
        try:
            return moment.astimezone(ZoneInfo(self.timezone)).date()
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise UsageError(
                f"[schedule] timezone {self.timezone!r} is no time zone; write it like 'Europe/London'"
            ) from error


class Retention(_Frozen):
    """How long what is no longer current is kept. A snapshot goes when it is past both of the first two.

    snapshots: how many of the newest are kept, whatever their age.
    days: how long any is kept, in days; reports and refused nights as well.
    raw_days: how long dumps are kept as they came, in days; 0 is for ever, and alone lets a lake be made again.
    quarantine_days: how long the bytes of rejected records are kept, in days; 0 is for ever.
    min_age_hours: age below which no file is removed, in hours: it may be a run's that got past the lock.
    """

    snapshots: int = Field(default=30, ge=1)
    days: int = Field(default=30, ge=0)
    raw_days: int = Field(default=0, ge=0)
    quarantine_days: int = Field(default=0, ge=0)
    min_age_hours: int = Field(default=168, ge=24)


class Rejected(_Frozen):
    """How much quarantine a lake holds, and a run stands.

    max_mb_per_dump: bytes of rejected records that are kept of one dump, in MiB; of further ones the place alone.
    max_share: share of a run's records in quarantine above which nothing is published, 0 to 1.
    min_records: fewest records that a run must have read for that, so that a few bad ones stop nothing.
    """

    max_mb_per_dump: int = Field(default=64, ge=0)
    max_share: float = Field(default=0.5, ge=0, le=1)
    min_records: int = Field(default=1000, ge=1)


class Lineage(_Frozen):
    """Where OpenLineage events of each run go: to a service, or to the end of a file; neither by default."""

    url: str | None = None
    file: Path | None = None


class Settings(_Frozen):
    """All settings of a run.

    landing: folder of the dumps when no path is given.
    still_seconds: files of the landing folder written to within this time are left for the next run, in seconds.
    ignore: glob patterns of files in a folder that are no dumps; a file that is named itself is always taken.
    lake: folder of the lake, or s3://bucket/prefix.
    workers: processes that parse and normalise; 0 is one a core.
    chunk_bytes: share of a dump that one process takes at a time.
    duckdb_memory_mb: memory that DuckDB may take, in MiB.
    max_dump_bytes: largest dump, decompressed.
    max_record_bytes: largest record; a longer one is quarantined.
    extractor: how web pages are read, "quality" or "speed"; a source may say otherwise.
    reports: whether a run writes its quality report, and the index over all, into the lake.
    verify_mb: parts whose digests a run checks before it builds on them, in MiB; those of a larger lake in turn.
    """

    landing: Path = Path("data/landing")
    still_seconds: int = Field(default=60, ge=0)
    ignore: tuple[str, ...] = NO_DUMPS
    lake: Annotated[str, BeforeValidator(str)] = "lake"
    workers: int = Field(default=0, ge=0)
    chunk_bytes: int = Field(default=8 << 20, ge=1 << 16)
    duckdb_memory_mb: int = Field(default=1024, ge=128)
    max_dump_bytes: int = Field(default=64 << 30, ge=1)
    max_record_bytes: int = Field(default=16 << 20, ge=1)
    verify_mb: int = Field(default=4096, ge=0)
    extractor: Extractor = Extractor.QUALITY
    reports: bool = True
    cleaning: Cleaning = Cleaning()
    pairs: PairSettings = PairSettings()
    canonical: CanonicalSettings = CanonicalSettings()
    sources: dict[str, Source] = Field(default_factory=dict)
    schedule: Schedule = Schedule()
    retention: Retention = Retention()
    quarantine: Rejected = Rejected()
    lineage: Lineage = Lineage()
    health: Limits = Limits()
    alerts: Alerts = Alerts()

    @field_validator("pairs")
    @classmethod
    def _possible_thresholds(cls, pairs: PairSettings) -> PairSettings:
        for name in pairs.__slots__:
            value = getattr(pairs, name)
            most = 1.0 if name.endswith(("jaccard", "containment")) else float("inf")
            if not 0 <= value <= most:
                raise ValueError(f"{name} is {value}, but must lie between 0 and {most}")
        return pairs

    @field_validator("sources")
    @classmethod
    def _of_some_files(cls, sources: dict[str, Source]) -> dict[str, Source]:
        """Refuse a source that no file could be of: what it says would be passed over in silence."""
        for name, own in sources.items():
            if not own.files:
                raise ValueError(f'{name!r} names no files and would apply to none; add files = ["NAME-*"]')
        return sources

    @field_validator("canonical")
    @classmethod
    def _one_order(cls, canonical: CanonicalSettings) -> CanonicalSettings:
        if again := twice(canonical.order):
            raise ValueError(f"order names {str(again)!r} twice: each criterion decides once")
        if canonical.preferred and Criterion.PREFERRED not in canonical.order:
            raise ValueError("preferred names outlets, but order lacks 'preferred': add it where it is to decide")
        return canonical

    @property
    def lake_address(self) -> str:
        """The lake wherever one looks from: an absolute path, or the address in a bucket."""
        return self.lake if "://" in self.lake else str(Path(self.lake).resolve())

    @property
    def cores(self) -> int:
        """Processes and threads to use."""
        return self.workers or os.cpu_count() or 1

    @property
    def rules_digest(self) -> str:
        """Digest of what shapes a row: the rules in code and which are off, settings of the pair rule and order."""
        return self.rules_digest_of(RULES_VERSION)

    def rules_digest_of(self, version: int) -> str:
        """Digest of the same settings under another version of the rules in code."""
        return sha256(f"{version} {self.pairs} {self.canonical} {self.cleaning.off}".encode()).hexdigest()

    @property
    def digest(self) -> str:
        """Digest of all settings but those of watching, which shape nothing, and may hold secrets."""
        return sha256(self.model_dump_json(exclude={"health", "alerts"}).encode()).hexdigest()


_MODELS: Final = (Settings, Source, Cleaning, Schedule, Retention, Rejected, Lineage, Limits, Alerts)


def load_settings(path: Path | None, **changes: Any) -> Settings:
    """Read settings from a TOML file (default: `broadsheet.toml` here, if there is one); `changes` that are given win.

    Raises UsageError when the file is missing, is not TOML, or holds an unknown key or an impossible value.
    """
    values: dict[str, Any] = {}
    if path is not None or DEFAULT_FILE.is_file():
        values = _read(path or DEFAULT_FILE)
    values |= {key: value for key, value in changes.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise UsageError(_explain(error, path or DEFAULT_FILE)) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"settings file {path} is not there: check the path given to --settings") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"settings file {path} cannot be read: {error}") from error


def _explain(error: ValidationError, path: Path) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        known = [
            *PairSettings.__slots__,
            *CanonicalSettings.__slots__,
            *(name for each in _MODELS for name in each.model_fields),
        ]
        return f"{path}: unknown setting {place!r}{hint(str(first['loc'][-1]), known)}"
    return f"{path}: setting {place!r}: {_complaint(first)}"


def _complaint(error: ErrorDetails) -> str:
    """Say what is wrong with a value; one of our own checks says it itself."""
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    wrong = error["input"]
    shown = f", not {wrong!r}" if isinstance(wrong, str | int | float) else ""
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}{shown}"
