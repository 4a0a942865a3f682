"""Search: stories by their words, from an index that follows the snapshots and is nobody's burden."""

import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest

from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.search import folder_of
from flows.search.analyzer import spread, spread_question
from flows.search.index import current_index, indexed
from flows.search.question import Question
from flows.search.search import Found, search
from flows.settings import Settings
from flows.work.drivers import Silent
from tests.integration.told import Told
from transforms.errors import UsageError

FERRY = "NORRVIK LINE HALTS SKERRAVOE FERRY AFTER CRACK FOUND IN HULL"


@pytest.fixture
def store(sample_lake: Path, tmp_path: Path) -> Store:
    """Copy the lake of the samples, which has no index."""
    return Store.open(shutil.copytree(sample_lake, tmp_path / "lake"), create=False)


def _found(store: Store, words: str, **narrowed: object) -> Found:
    question = replace(Question(words), **narrowed)  # type: ignore[arg-type]
    return search(store, Settings(lake=store.address), question, Silent())


def _titles(found: Found) -> Sequence[str | None]:
    return [hit.title for hit in found.hits]


def test_a_story_is_found_once_by_its_canonical_copy_with_the_number_of_its_copies(store: Store) -> None:
    found = _found(store, "crack hull", limit=1)
    [hit] = found.hits

    assert (2, FERRY, "kestrelwire.example", 9) == (found.snapshot, hit.title, hit.source, hit.copies)
    assert "found a [crack] in the [hull] of the ferry" in hit.marked


def test_words_phrases_and_fields_are_told_apart(store: Store) -> None:
    assert FERRY in _titles(_found(store, "suspend sailing"))  # suspended, sailings
    assert FERRY in _titles(_found(store, '"suspended all sailings"'))
    assert [] == _titles(_found(store, '"sailings all suspended"'))
    assert FERRY in _titles(_found(store, "title:norrvik"))
    assert [] == _titles(_found(store, "title:astrid"))
    assert FERRY not in _titles(_found(store, "ferry -astrid"))
    assert 0 < _found(store, "cafe lumiere").count == _found(store, "Café Lumière").count


@pytest.mark.parametrize("odd", ["http://ferry", "(ferry", '"ferry', "ferry: AND", "nofield:ferry ^"])
def test_what_is_no_question_is_asked_for_by_its_words(store: Store, odd: str) -> None:
    assert _found(store, odd) == _found(store, odd.translate(str.maketrans('":/(^', "     ")).lower())


def test_days_and_source_narrow_without_changing_the_order(store: Store) -> None:
    third = date(2026, 3, 3)

    everything = [hit.article_id for hit in _found(store, "ferry", limit=50).hits]
    since = _found(store, "ferry", since=third, limit=50)
    until = _found(store, "ferry", until=third, limit=50)

    assert all(hit.published_at and hit.published_at.date() >= third for hit in since.hits)
    assert all(hit.published_at and hit.published_at.date() <= third for hit in until.hits)
    assert {"meridian.example"} == {hit.source for hit in _found(store, "ferry", source="meridian.example").hits}
    shared = [hit.article_id for hit in since.hits if hit.article_id in everything]
    assert shared == [article_id for article_id in everything if article_id in shared]
    with pytest.raises(UsageError, match=r"did you mean 'meridian\.example'"):
        _found(store, "ferry", source="meridian")


def test_the_index_follows_snapshots_back_and_forth(store: Store) -> None:
    everything = _found(store, "lighthouse", limit=50)
    index, manifest = current_index(store, Silent())
    assert indexed(index).parts == {part.path for part in manifest.parts_of("articles")}

    roll_back(store, 1)
    before = _found(store, "lighthouse", limit=50)
    roll_back(store, 2)

    assert (3, 4) == (before.snapshot, _found(store, "lighthouse").snapshot)
    assert before.count < everything.count
    assert _titles(everything) == _titles(_found(store, "lighthouse", limit=50))


def test_searches_may_run_at_once_also_while_a_run_holds_the_lake(store: Store) -> None:
    with store.writer(), ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: _found(store, "ferry"), range(4)))

    assert answers[1:] == answers[:-1]
    assert 13 == answers[0].count


def test_a_damaged_index_is_made_anew(store: Store) -> None:
    before = _found(store, "ferry")
    for file in folder_of(store).glob("*/*.term"):
        file.write_bytes(b"")
    (meta,) = folder_of(store).glob("*/meta.json")
    meta.write_bytes(b"{")

    assert before == _found(store, "ferry")


def test_scripts_without_blanks_are_searched_sign_by_sign() -> None:
    assert " 渡  轮 " == spread("渡轮", "zh")
    assert "ferry" == spread("ferry", "zh") == spread("ferry", None)
    assert '"渡  轮" ferry' == spread_question("渡轮 ferry")


def test_the_command_tells_what_it_found(store: Store, told: Told) -> None:
    arguments = ["search", "crack", "hull", "--limit", "1", "--lake", store.address]

    page, as_json, as_csv = (
        told(*arguments),
        told(*arguments, "--json"),
        told(*arguments, "--format", "csv"),
    )

    assert f"{FERRY}\n 2026-03-02 16:35 UTC, kestrelwire.example, 300138bb5e38, 9 copies\n" in page.out
    assert 2 == orjson.loads(as_json.out)["snapshot"]
    assert as_csv.out.startswith('"published_at","source","title","article_id","copies","score","snippet"\n')
    assert (2, "") == (told("search", "...", "--lake", store.address).code, page.err)


def test_without_its_package_search_says_what_to_install(
    store: Store, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("flows.search.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tantivy", None)

    refused = told("search", "ferry", "--lake", store.address)

    assert (2, "broadsheet: search needs the package tantivy; install it, then try again\n") == (
        refused.code,
        refused.err,
    )
