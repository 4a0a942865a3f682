"""The shelf: one snapshot as an inquiry reads it, by SQL for what is narrow and by key for what is long."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from flows.dedup.history import Past
from flows.lake.manifest import Manifest
from flows.lake.medium import Medium
from flows.lake.query import open_snapshot
from flows.lake.store import Store
from flows.settings import Settings
from transforms.article import ARTICLES
from transforms.errors import LakeDamaged
from transforms.relation import PairSettings

_WANTED = "wanted"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A snapshot, the way to its parts, and the thresholds to judge by."""

    connection: duckdb.DuckDBPyConnection
    manifest: Manifest
    past: Past
    limits: PairSettings
    is_under_settings: bool
    """Whether the settings are those that its rows were made under."""
    threads: int
    medium: Medium
    settings: Settings

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Ask the views by SQL of ours, which needs no guard; maps come as dicts."""
        rows: list[dict[str, Any]] = self.connection.execute(sql).to_arrow_table().to_pylist(maps_as_pydicts="strict")
        return rows

    def texts(self, key: str, values: Sequence[str], days: set[str | None]) -> dict[str, str]:
        """Give the texts of these values of `article_id` or `text_id`, which were printed on these days."""
        with self.beside(pa.table({key: pa.array(values, pa.string())})):
            wanted = {key: f"SELECT {key} FROM {_WANTED}"}
            found = self.past.find(self.connection, ARTICLES, wanted, [key, "text"], days)
        return dict(zip(found[key].to_pylist(), found["text"].to_pylist(), strict=True))

    @contextmanager
    def beside(self, rows: pa.Table) -> Iterator[str]:
        """Let SQL ask these rows, too, under the name given."""
        self.connection.register(_WANTED, rows)
        try:
            yield _WANTED
        finally:
            self.connection.unregister(_WANTED)


@contextmanager
def open_shelf(store: Store, at: int | str | None, settings: Settings) -> Iterator[Shelf]:
    """Open the newest snapshot, or snapshot `at`.

    Raises UsageError when there is none, LakeDamaged when a part cannot be read.
    """
    manifest = store.chosen(at)
    is_under_settings = manifest.rules_digest == settings.rules_digest
    past = Past(manifest, store.address)
    with open_snapshot(store, manifest, threads=settings.cores) as connection:
        shelf = Shelf(
            connection, manifest, past, settings.pairs, is_under_settings, settings.cores, store.medium, settings
        )
        try:
            yield shelf
        except PermissionError:
            raise
        except (duckdb.IOException, duckdb.InvalidInputException, pa.ArrowInvalid, OSError) as error:
            first = str(error).partition("\n")[0]
            raise LakeDamaged(f"{first}; run `broadsheet verify` to see what is damaged") from error
