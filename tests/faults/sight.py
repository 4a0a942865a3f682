"""What a reader sees of a lake, in digests that can be compared, and what of it is not whole."""

import re
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

import duckdb

from flows.lake.folder import CATALOG
from flows.lake.integrity import part_damage
from flows.lake.manifest import Manifest
from flows.lake.marker import MARKER
from flows.lake.query import open_snapshot
from flows.lake.store import Store
from tests.integration.nights import CONTENT
from transforms.errors import BroadsheetError, LakeDamaged
from transforms.tables import STORED

LEDGERS: Final = frozenset(table.name for table in STORED if table.kind == "ledger")
"""Tables that say which run wrote them and when: the only ones that differ between two runs over the same dumps."""

_LINK: Final = re.compile(r'href="([^"#]+\.html)"')

DIGEST: Final = " UNION ALL ".join(
    f"SELECT '{name}' AS name, count(*) AS rows, sum(hash(row)::HUGEINT) AS digest FROM ({sql}) AS row"
    for name, sql in CONTENT.items()
)
"""One query over the rows of every content table; sums, in which nothing that is there twice cancels out."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The newest snapshot's number, a digest of its content's parts, and one of the rows the catalog leads to."""

    number: int
    content: str
    rows: str

    @property
    def snapshot(self) -> tuple[int, str]:
        """Number and content, without the catalog, which may be a step behind."""
        return self.number, self.content


NOTHING: Final = Sight(0, "", "")


def seen(lake: Path) -> Sight:
    """Look at a lake as a reader does, writing nothing; one that is not founded yet shows nothing."""
    if not (lake / MARKER).exists():
        return NOTHING
    manifest = Store.open(lake, create=False).current()
    if manifest is None:
        return Sight(0, "", catalog_rows(lake))
    return Sight(manifest.number, content_digest(manifest), catalog_rows(lake))


def content_digest(manifest: Manifest) -> str:
    """Digest the names and digests of all parts that hold content."""
    lines = [f"{part.path} {part.sha256}\n" for part in manifest.parts if part.table not in LEDGERS]
    return sha256("".join(lines).encode()).hexdigest()[:16]


def catalog_rows(lake: Path) -> str:
    """Digest the content's rows as somebody with DuckDB's command line sees them."""
    catalog = lake / CATALOG
    if not catalog.is_symlink():
        return ""
    with duckdb.connect(str(catalog), read_only=True, config={"threads": 1}) as connection:
        return rows_digest(connection.execute(DIGEST).fetchall())


def snapshot_rows(lake: Path, number: int) -> str:
    """Digest the content's rows in one snapshot, without the catalog; 0 is a lake without a snapshot."""
    with open_snapshot(Store.open(lake, create=False), number, threads=1) if number else nullcontext() as connection:
        return rows_digest(connection.execute(DIGEST).fetchall()) if connection else ""


def rows_digest(answer: Sequence[tuple[Any, ...]]) -> str:
    """Make one digest of the answer to DIGEST; that of tables without a row is empty."""
    return sha256(str(sorted(answer)).encode()).hexdigest()[:16] if any(rows for _, rows, _ in answer) else ""


def misread(lake: Path, legal: Sequence[Sight]) -> Iterator[str]:
    """Say what a reader would meet that is neither the old snapshot nor the new one, and which pages are no use."""
    yield from torn_pages(lake)
    try:
        sight = seen(lake)
        yield from damaged(lake)
    except (BroadsheetError, OSError, duckdb.Error) as error:
        yield f"a reader meets {type(error).__name__}: {str(error).splitlines()[0]}"
        return
    if sight.snapshot not in {each.snapshot for each in legal}:
        yield f"a reader sees snapshot {sight.number} with content {sight.content}, which is none of {legal}"
    if sight.rows not in {each.rows for each in legal}:
        yield f"the catalog shows rows {sight.rows}, which are of no snapshot of {legal}"


def damaged(lake: Path) -> Iterator[str]:
    """Name every part of every kept snapshot that is not as it was written."""
    if not (lake / MARKER).exists():
        return
    store = Store.open(lake, create=False)
    parts = {part for number in store.numbers() for part in store.manifest(number).parts}
    for damage in part_damage(store.medium, parts) if parts else ():
        yield f"{damage.path}: {damage.what}"


def torn_pages(lake: Path) -> Iterator[str]:
    """Name every page that is not whole, and every one that the index leads to and that is not there."""
    for page in sorted((lake / "reports").glob("*.html")):
        text = page.read_text()
        if not text.rstrip().endswith("</html>"):
            yield f"reports/{page.name} is not whole"
        for name in sorted(set(_LINK.findall(text))):
            if page.name == "index.html" and not page.with_name(name).exists():
                yield f"reports/index.html leads to {name}, which is not there"


def inventory(lake: Path) -> dict[str, str]:
    """Name every file but ledgers, pages and the lock, with the digests of those that hold the same after every run."""
    found = {}
    for path in lake.rglob("*"):
        name = path.relative_to(lake).as_posix()
        is_of_a_run = name.startswith("reports/") or (name.startswith("parts/") and name.split("/")[1] in LEDGERS)
        if name == "lock" or is_of_a_run or path.is_dir():
            continue
        found[name] = _sha256(path) if name.startswith(("raw/", "parts/", MARKER)) else ""
    return found


def differences(found: dict[str, str], wanted: dict[str, str]) -> Iterator[str]:
    """Say which files are missing, left over or not what they should be."""
    for name in sorted(wanted.keys() - found.keys()):
        yield f"{name} is missing"
    for name in sorted(found.keys() - wanted.keys()):
        yield f"{name} is left over"
    for name in sorted(name for name in wanted.keys() & found.keys() if wanted[name] != found[name]):
        yield f"{name} holds something else"


def refuses(lake: Path) -> bool:
    """Tell whether a lake's readers are told that it is damaged."""
    try:
        Store.open(lake, create=False).current()
    except LakeDamaged:
        return True
    return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
