"""Safeguards undone: each function here takes one out of the product, in this process, for good."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows import desk, night
from flows import run as description
from flows.lake import disk, folder, history, integrity, retention, workspaces
from flows.lake.manifest import Manifest
from flows.lake.medium import Medium
from flows.lake.store import Store
from flows.lake.writer import Writer
from transforms.errors import CommitConflict, LakeDamaged, UsageError


def _put(owner: Any, name: str, instead: Callable[..., Any]) -> Callable[..., Any]:
    """Put a function in the place of another, and give that one."""
    before: Callable[..., Any] = getattr(owner, name)
    setattr(owner, name, instead)
    return before


def manifest_before_parts() -> None:
    """Let readers see a snapshot whose parts are still on their way."""
    waiting: list[tuple[Path, str]] = []

    def commit(writer: Writer, manifest: Manifest) -> None:
        writer.medium.create(history.manifest_name(manifest.number), manifest.to_bytes(), writer.workspace)
        for staged, name in waiting:
            writer.medium.move_in(staged, name)
        writer.medium.settle([name for _, name in waiting])
        waiting.clear()

    _put(Writer, "_move_in", lambda _writer, staged, name: waiting.append((staged, name)))
    _put(Writer, "commit", commit)


def ledger_apart() -> None:
    """Note what is consumed in a file of its own, before the data is there."""

    def register(received: Any, parent: Manifest | None, address: str, report: Any) -> list[Any]:
        side = Path(address) / "consumed"
        known = side.read_text().split() if side.exists() else []
        fresh = list(before(received, parent, address, report))
        for arrival in fresh:
            if arrival.receipt.digest in known:
                report.dumps[arrival.place].status = "replayed"
        side.write_text("\n".join([*known, *(arrival.receipt.digest for arrival in fresh)]))
        return [arrival for arrival in fresh if arrival.receipt.digest not in known]

    before = _put(description, "register", register)


def pointer_file() -> None:
    """Believe a file that says which snapshot is the newest, written after its manifest."""

    def newest(medium: Medium) -> Manifest | None:
        try:
            return history.read(medium, int(medium.read("snapshots/newest")))
        except FileNotFoundError:
            return None

    def commit(writer: Writer, manifest: Manifest) -> None:
        before(writer, manifest)
        assert isinstance(writer.medium, folder.Folder)
        writer.medium.disk.write(writer.medium.root / "snapshots" / "newest", str(manifest.number).encode())

    _put(history, "newest", newest)
    before = _put(Writer, "commit", commit)


def catalog_in_place() -> None:
    """Write the catalog where readers look for it already."""

    def show(lake: folder.Folder, catalog: Path, number: int, workspace: Path) -> None:
        name = f"catalogs/catalog-{number:06}-{lake._mark}.duckdb"
        content = catalog.read_bytes()
        lake.disk.symlink(name, workspace / "catalog.link")
        lake.disk.rename(workspace / "catalog.link", lake.root / folder.CATALOG)
        lake.disk.write(lake.root / name, content[: len(content) // 2])
        lake.disk.write(lake.root / name, content)

    _put(folder.Folder, "show", show)


def no_clearing() -> None:
    """Leave what dead runs left."""
    _put(workspaces.Workspaces, "clear", lambda _: None)


def swallowed_errors() -> None:
    """Go on when a file cannot be moved in."""
    _put(folder.Folder, "move_in", _swallowing(folder.Folder.move_in))


def fsync_ignored() -> None:
    """Go on when a sync fails."""
    _put(disk.Disk, "sync", _swallowing(disk.Disk.sync))


def fsync_retried() -> None:
    """Try a failed sync again, and believe the second answer."""

    def sync(one: disk.Disk, path: Path) -> None:
        try:
            before(one, path)
        except OSError:
            before(one, path)

    before = _put(disk.Disk, "sync", sync)


def page_trouble_untold() -> None:
    """Say that the page lies there, whatever came in its way."""

    def lay_down(writer: Writer, manifest: Manifest) -> desk.Laid:
        laid: desk.Laid = before(writer, manifest)
        return replace(laid, trouble=None)

    before = _put(desk, "lay_down", lay_down)


def told_of_the_page() -> None:
    """Tell every error of publishing as one of the page, and call the night published."""

    def publish_night(one: night.Night, *arguments: Any) -> None:
        try:
            before(one, *arguments)
        except OSError as error:
            one.report.page_trouble = f"the quality report could not be laid down: {error}"

    before = _put(description, "publish_night", publish_night)


def short_writes_pass() -> None:
    """Go on when a write fails half-way."""
    _put(disk.Disk, "write", _swallowing(disk.Disk.write))


def manifest_alone_retried() -> None:
    """Answer a conflict by publishing the same parts under the next number, as if appends never clashed."""

    def commit(writer: Writer, manifest: Manifest) -> None:
        while True:
            try:
                before(writer, manifest)
            except CommitConflict:
                newest = writer.current()
                assert newest is not None
                parts = {part.path: part for part in (*newest.parts, *manifest.parts)}
                manifest = replace(
                    manifest, number=newest.number + 1, parent_digest=newest.digest, parts=tuple(parts.values())
                )
            else:
                return

    before = _put(Writer, "commit", commit)


def last_rename_wins() -> None:
    """Publish over whatever has the number."""

    def commit(writer: Writer, manifest: Manifest) -> None:
        draft = writer.workspace / "manifest"
        draft.write_bytes(manifest.to_bytes())
        writer.medium.settle(writer.moved)
        writer.medium.move_in(draft, history.manifest_name(manifest.number))

    _put(Writer, "commit", commit)


def clearing_the_living() -> None:
    """Clear workspaces without asking whether their runs are dead."""
    _put(workspaces, "_can_take", lambda _: True)


def catalog_unmended() -> None:
    """Show a snapshot when it is published, and never again."""

    def show_newest(writer: Writer) -> None:
        if writer.moved:
            before(writer)

    before = _put(Writer, "show_newest", show_newest)


def parts_cleaned_first() -> None:
    """Remove parts while the manifests that name them are still there."""

    def plan(store: Store, *arguments: Any) -> retention.Removal:
        removal: retention.Removal = before(store, *arguments)
        for name in removal.files:
            store.medium.remove(name)
        return replace(removal, files=())

    before = _put(retention, "_plan", plan)


def fall_back() -> None:
    """Take an older snapshot, and say nothing, when the newest is damaged."""

    def newest(medium: Medium) -> Manifest | None:
        for number in reversed(history.numbers(medium)):
            try:
                return history.read(medium, number)
            except (LakeDamaged, UsageError):
                continue
        return None

    _put(history, "newest", newest)


def sizes_only() -> None:
    """Compare sizes, and take the rest for granted."""
    _put(integrity, "file_damage", lambda *_: None)


def audit_skipped() -> None:
    """Publish without an audit."""

    def audit(night: Any, *_: Any) -> tuple[Any, ...]:
        night.report.verdict = "passed"
        return ()

    _put(description, "audit_night", audit)


def _swallowing(before: Callable[..., None]) -> Callable[..., None]:
    def instead(*arguments: Any) -> None:
        try:
            before(*arguments)
        except OSError:
            return

    return instead
