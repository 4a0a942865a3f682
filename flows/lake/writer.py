"""The writer: what a run may do to the lake that it holds. Parts first, unseen; then one manifest, which shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Final

import duckdb

from flows.lake import history, refused
from flows.lake.catalog import build_catalog
from flows.lake.manifest import Action, Manifest, Part, Scalar
from flows.lake.medium import Medium
from transforms.errors import CommitConflict, LakeDamaged
from transforms.schema import PARTITION_COLUMN, Table

UNDATED: Final = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Writer:
    """The one writer of a lake, for as long as its block lasts."""

    medium: Medium
    run_id: str
    started_at: datetime
    workspace: Path
    """Local folder for drafts."""
    moved: list[str] = field(default_factory=list)
    """Names that only last once they are settled."""

    @property
    def address(self) -> str:
        """What stands before a part's path and a slash where DuckDB is to read it."""
        return self.medium.address

    @property
    def created_at(self) -> str:
        """When the block began, as manifests note it."""
        return f"{self.started_at:%Y-%m-%dT%H:%M:%SZ}"

    def current(self) -> Manifest | None:
        """Return the newest snapshot, or None before the first; raise LakeDamaged when it or its chain is broken."""
        return history.newest(self.medium)

    def add_part(
        self,
        staged: Path,
        table: Table,
        day: str | None,
        *,
        rows: int,
        minimum: Mapping[str, Scalar],
        maximum: Mapping[str, Scalar],
    ) -> Part:
        """Move a draft to the place its content names; no reader sees it before a manifest does."""
        with staged.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        folder = (
            f"parts/{table.name}/{PARTITION_COLUMN}={_day_name(day)}" if table.is_partitioned else f"parts/{table.name}"
        )
        path = f"{folder}/{digest[:32]}.parquet"
        byte_count = staged.stat().st_size
        self._move_in(staged, path)
        return Part(table.name, path, day, rows, byte_count, digest, dict(minimum), dict(maximum))

    def adopt(self, parts: Iterable[Part]) -> None:
        """Take up parts that a dead run moved to their places; raise LakeDamaged when one is not there."""
        found = list(parts)
        for part in found:
            self._require(part)
        self.moved.extend(part.path for part in found)

    def keep_raw(self, staged: Path, name: str) -> None:
        """Move a dump out of the workspace to `raw/<name>`; the same dump again replaces itself."""
        self._move_in(staged, f"raw/{_plain_name(name)}")

    def commit(self, manifest: Manifest) -> None:
        """Publish: make all names last that the manifest relies on, then create it under its number if that is free.

        Raises CommitConflict when another writer took that number: what this one made of the parent no longer holds,
        and must be made again of the new one. Raises LakeDamaged when a part is not there as it was written.
        """
        parent = self.current()
        number, digest = (parent.number, parent.digest) if parent else (0, None)
        if (manifest.number, manifest.parent_digest) != (number + 1, digest):
            raise CommitConflict(f"snapshot {manifest.number} does not follow {number}, the newest here; run again")
        for part in set(manifest.parts).difference(parent.parts if parent else ()):
            self._require(part)
        self.medium.settle(self.moved)
        name = history.manifest_name(manifest.number)
        try:
            self.medium.create(name, manifest.to_bytes(), self.workspace)
        except FileExistsError as error:
            # The answer to our own request may have been lost on the way, and the request been sent again.
            if self.medium.read(name) != manifest.to_bytes():
                raise CommitConflict(f"another run published snapshot {manifest.number} first; run again") from error
            self.medium.settle([name])

    def keep_refused(self, manifest: Manifest) -> None:
        """Keep what the audit refused where people may look at it, and nobody takes it for a snapshot."""
        draft = self.workspace / "refused.json"
        draft.write_bytes(manifest.to_bytes())
        self._move_in(draft, refused.name_of(manifest.run_id))
        self.medium.settle(self.moved)

    def publish_again(self, parent: Manifest, content: Manifest, action: Action, run_id: str | None = None) -> Manifest:
        """Publish and show a content made of what the lake holds already, after the parent it was chosen on.

        `run_id` stands for another run than this one, where what that was audited for holds still.
        Raises as `commit` does: on a newer parent the choice would take back what that one published.
        """
        manifest = replace(
            content,
            number=parent.number + 1,
            parent_digest=parent.digest,
            action=action,
            created_at=self.created_at,
            run_id=run_id or self.run_id,
            dumps=(),
        )
        self.commit(manifest)
        self.show_newest()
        return manifest

    def show_newest(self) -> None:
        """Bring the catalog that analysts open to the newest snapshot, if it is of another one, or of another address.

        Looks again afterwards: a writer that got past the lock may have published, and shown, a newer one meanwhile.
        """
        while (newest := self.current()) and self.medium.shown() != newest.number:
            draft = self.workspace / f"catalog-{newest.number}.duckdb"
            try:
                build_catalog(newest, self.address, draft)
            except duckdb.Error as error:
                sentence = (
                    f"{self.address}: the parts of snapshot {newest.number} cannot be read; run `broadsheet verify`"
                )
                raise LakeDamaged(sentence) from error
            self.medium.show(draft, newest.number, self.workspace)

    def _move_in(self, staged: Path, name: str) -> None:
        self.medium.move_in(staged, name)
        self.moved.append(name)

    def _require(self, part: Part) -> None:
        entry = self.medium.entry(part.path)
        if entry is None or entry.byte_count != part.byte_count:
            raise LakeDamaged(f"{part.path} is missing or not of {part.byte_count} bytes; nothing was published")


def _plain_name(name: str) -> str:
    if name in {"", ".", ".."} or "/" in name:
        raise ValueError(f"{name!r} is not the name of one file")
    return name


def _day_name(day: str | None) -> str:
    return UNDATED if day is None else date.fromisoformat(day).isoformat()
