"""Which rules a lake was made under, and what has changed since."""

from dataclasses import dataclass

from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.settings import Settings
from transforms.errors import RulesChanged
from transforms.ledgers import RUNS
from transforms.rules import RULES_VERSION, changes_since
from transforms.tables import schema_digest


@dataclass(frozen=True, slots=True)
class Changes:
    """From which version of the rules to which, what that changes, and whether settings of the rules differ, too.

    `from_version` is None where it cannot be told.
    """

    from_version: int | None
    to_version: int
    notes: tuple[str, ...]
    other_settings: bool
    other_columns: bool

    def __str__(self) -> str:
        """Say it in a line."""
        pieces = []
        if self.from_version != self.to_version:
            pieces.append(f"rules {self.from_version or 'of an unknown version'}, now {self.to_version}")
        if self.other_settings:
            pieces.append("other settings under [pairs], [canonical] or [cleaning]")
        if self.other_columns:
            pieces.append("other columns")
        return ", ".join(pieces) or "the same rules and columns"


def changes_of(manifest: Manifest, settings: Settings, address: str) -> Changes:
    """Tell what differs between the rules that a snapshot was made under and today's."""
    version = _version_of(manifest, settings, address)
    same_settings = version is not None and settings.rules_digest_of(version) == manifest.rules_digest
    return Changes(
        version,
        RULES_VERSION,
        tuple(changes_since(version)),
        other_settings=version is not None and not same_settings,
        other_columns=manifest.schema_digest != schema_digest(),
    )


def require_same_rules(parent: Manifest | None, settings: Settings, address: str) -> None:
    """Raise RulesChanged, with what has changed, unless new rows may stand beside those of the parent."""
    if parent and (parent.rules_digest, parent.schema_digest) != (settings.rules_digest, schema_digest()):
        changes = changes_of(parent, settings, address)
        notes = "".join(f" {note}" for note in changes.notes)
        raise RulesChanged(
            f"the lake {settings.lake} was made under other rules ({changes}).{notes} Questions still work; make it "
            "again with `broadsheet rebuild` (with --dry-run it only shows what would change)"
            + (", or undo the change of the settings" if changes.other_settings else "")
        )


def _version_of(manifest: Manifest, settings: Settings, address: str) -> int | None:
    """Find the version whose digest the snapshot has, else the one that its run noted."""
    for version in range(RULES_VERSION, 0, -1):
        if settings.rules_digest_of(version) == manifest.rules_digest:
            return version
    runs = source(RUNS, manifest.parts_of(RUNS.name), address)
    with open_duckdb(address) as connection:
        found = connection.execute(
            f"""
            SELECT try_cast(versions['rules'] AS INTEGER) FROM {runs}
            WHERE rules_digest = ? ORDER BY snapshot DESC LIMIT 1
        """,
            [manifest.rules_digest],
        ).fetchall()
    return found[0][0] if found else None
