"""`explain` and `similar` on the sample nights: figures, rules and words are named, and nothing is written."""

import sys
from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import orjson
import pytest

from flows.cli import app
from flows.inquiry.article_id import find_article
from flows.inquiry.explain import Explanation, explain
from flows.inquiry.explanation_sheet import explanation_sheet
from flows.inquiry.matches_sheet import matches_sheet
from flows.inquiry.prints import Print, prints
from flows.inquiry.shelf import Shelf, open_shelf
from flows.inquiry.similar import read_text, similar
from flows.lake.store import Store
from flows.settings import Settings
from tests.integration.nights import take_unaudited, write_dump
from transforms.errors import LakeDamaged, UsageError
from transforms.relation import PairSettings

LIMITS = PairSettings()
MOST_BYTES = 1 << 20
OTHER_STORY = (
    "A choir of forty sang in the old tram shed on Sunday, and nobody there could say who had asked it to. " * 3
)


@pytest.fixture(scope="module")
def lake(sample_lake: Path) -> Path:
    return sample_lake


@pytest.fixture(scope="module")
def shelf(lake: Path) -> Iterator[Shelf]:
    with open_shelf(Store.open(lake, create=False), None, Settings(workers=1)) as shelf:
        yield shelf


def article(shelf: Shelf, outlet: str, headline: str) -> Print:
    """Give the first article of an outlet whose headline begins so."""
    return prints(shelf, f"source = '{outlet}.example' AND title LIKE '{headline}%'")[0]


def text_of(shelf: Shelf, one: Print) -> str:
    [row] = shelf.rows(f"SELECT text FROM copies WHERE article_id = '{one.article_id}'")
    return str(row["text"])


def explained(shelf: Shelf, outlet: str, headline: str) -> tuple[Explanation, str]:
    found = explain(shelf, article(shelf, outlet, headline).article_id)
    return found, explanation_sheet(found, LIMITS)


def test_a_near_copy_is_told_with_its_figures_and_the_words_that_differ(shelf: Shelf) -> None:
    found, sheet = explained(shelf, "lindmoorgazette", "Cracked ferry")

    assert ("near", "kestrelwire.example") == (found.place.relation, found.place.canonical.outlet)
    assert "[-declined to-] {+would not+}" in sheet
    assert "Jaccard 0.85: from 0.80 on a near copy" in sheet
    assert (9, 7, 1) == (found.place.copy_count, found.joined.count, found.refused.count)
    assert 'rule "alike in part": Jaccard 0.75, below the 0.80 of a near copy; containment 0.86, below 0.90' in sheet


def test_a_notice_that_recurs_is_told_with_the_rule_and_the_hours(shelf: Shelf) -> None:
    _, sheet = explained(shelf, "harbourpost", "Fish market")

    assert 'rule "same words, another day": the same 33 words, 240.0 h apart' in sheet
    assert "joined by the pair rule: none" in sheet


def test_other_figures_are_told_with_the_share_of_numbers(shelf: Shelf) -> None:
    _, sheet = explained(shelf, "meridian", "Arkwell Foundry")

    assert 'rule "other figures": Jaccard 0.57, but only 0.20 of the fewer numbers' in sheet


def test_a_version_is_told_with_its_place_in_the_chain_and_the_words_that_moved_on(shelf: Shelf) -> None:
    versions = prints(shelf, "source = 'harbourpost.example' AND title LIKE 'Saltmere minor injuries%'")
    sheets = [explanation_sheet(explain(shelf, version.article_id), LIMITS) for version in versions]
    [older], [newer] = ([sheet for sheet in sheets if place in sheet] for place in ("1 of 2, not the", "2 of 2, the"))

    assert "not the current one" in older
    assert "not the current one" not in newer
    assert "{+All of them+} will be offered posts" in older


def test_what_a_later_arrival_changed_is_told_with_the_snapshot_that_brought_it(shelf: Shelf) -> None:
    """The original of a story that two had each cut in half came late."""
    found, sheet = explained(shelf, "courier", "First harvest in 65 years")

    assert [2] == [change.snapshot for change in found.place.changes]
    assert "by snapshot 2 (" in sheet
    assert "kestrelwire.example" == found.place.canonical.outlet


def test_what_cleaning_did_is_told(shelf: Shelf) -> None:
    [row] = shelf.rows("SELECT article_id, edits FROM copies ORDER BY cardinality(edits) DESC, article_id LIMIT 1")
    sheet = " ".join(explanation_sheet(explain(shelf, row["article_id"]), LIMITS).split())

    assert row["edits"]
    assert all(f"{rule} x {times}" in sheet for rule, times in row["edits"].items())


def test_articles_are_explained_by_the_rules_that_decided(shelf: Shelf) -> None:
    for one in prints(shelf, "true")[::6]:
        found = explain(shelf, one.article_id)
        for verdict in (*found.joined.pairs, *found.refused.pairs):
            assert verdict.rule == verdict.evidence.rule
        assert all(len(line) <= 100 for line in explanation_sheet(found, LIMITS).splitlines())


@pytest.fixture(scope="module")
def small(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Make a lake of two stories that share half their words, one delivered twice, and of a story that drifts."""
    folder = tmp_path_factory.mktemp("small")
    words = text_of(shelf, article(shelf, "harbourpost", "Skerravoe ferry")).split()
    half = {"title": "Half", "body": " ".join([*words[:120], *OTHER_STORY.split()])}
    whole = {"title": "Whole", "body": " ".join(words)}
    dumps = [write_dump(folder / "one.jsonl", [half, whole]), write_dump(folder / "two.jsonl", [whole, *drift(shelf)])]
    take_unaudited(folder / "lake", dumps)
    with open_shelf(Store.open(folder / "lake", create=False), None, Settings(workers=1)) as small:
        yield small


def drift(shelf: Shelf) -> list[dict[str, str]]:
    """Give three prints of a story, each near to the one before, the last not near to the first."""
    words = text_of(shelf, article(shelf, "lindmoorgazette", "Valley''s last ticket")).split()
    prints = []
    for hour, headline in enumerate(("First", "Second", "Third")):
        prints.append({"title": headline, "body": " ".join(words), "published": f"2026-03-02T1{hour}:00:00Z"})
        for place in range(20 * hour, 20 * hour + len(words), len(words) // 3):
            words[place % len(words)] = f"{headline}{place}"
    return prints


def test_a_link_that_does_not_glue_two_clusters_is_said_so(small: Shelf) -> None:
    found = explain(small, prints(small, "title = 'Third'")[0].article_id)
    sheet = explanation_sheet(found, LIMITS)

    assert [("near", "Second", False)] == [
        (v.relation, v.other.headline, v.is_same_cluster) for v in found.joined.pairs
    ]
    assert "each stands with a canonical copy of its own" in " ".join(sheet.split())
    assert ["First"] == [verdict.other.headline for verdict in found.refused.pairs]


def test_a_near_miss_is_told_with_the_threshold_that_it_missed(small: Shelf) -> None:
    found = explain(small, prints(small, "title = 'Whole'")[0].article_id)

    assert ["Half"] == [miss.other.headline for miss in found.near_misses]
    assert "below the 0.50 of a listed pair" in explanation_sheet(found, LIMITS)


def test_every_delivery_of_an_article_is_told(small: Shelf) -> None:
    sheet = explanation_sheet(explain(small, prints(small, "title = 'Whole'")[0].article_id), LIMITS)

    assert "delivered  2 times:" in sheet
    assert "one.jsonl, record 1, byte" in sheet
    assert "two.jsonl, record 0, byte 0" in sheet


def test_settings_other_than_those_of_the_lake_are_said_so(lake: Path) -> None:
    settings = Settings(workers=1, pairs=PairSettings(near_jaccard=0.95))
    with open_shelf(Store.open(lake, create=False), None, settings) as shelf:
        _, sheet = explained(shelf, "lindmoorgazette", "Cracked ferry")

    assert "these settings are not those that the lake was made under" in sheet


def test_the_beginning_of_an_id_serves_when_it_names_one_article(shelf: Shelf) -> None:
    one = article(shelf, "kestrelwire", "NORRVIK")

    assert one.article_id == explain(shelf, one.article_id[:10].upper()).article.article_id


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ffffffff", "no article of snapshot 2 has an id that begins with ffffffff; find ids with `broadsheet query"),
        ("ab12", "'ab12' is no article id"),
        ("x' OR true --", "is no article id"),
    ],
)
def test_an_id_that_names_none_gets_a_sentence_that_says_how_to_find_one(shelf: Shelf, given: str, said: str) -> None:
    with pytest.raises(UsageError, match="find ids with `broadsheet query") as raised:
        explain(shelf, given)

    assert said in str(raised.value)


def test_a_beginning_of_several_ids_gets_their_number_and_three_of_them(shelf: Shelf) -> None:
    letter = next(c for c in "0123456789abcdef" if len(prints(shelf, f"article_id LIKE '{c}%'")) > 3)
    found = sorted(each.article_id for each in prints(shelf, f"article_id LIKE '{letter}%'"))

    with pytest.raises(UsageError) as raised:
        find_article(shelf, letter, least=1)
    assert f"{len(found)} articles have an id that begins with {letter}: {', '.join(found[:3])};" in str(raised.value)


def test_similar_finds_the_story_of_which_a_text_is_a_mangled_copy(shelf: Shelf, tmp_path: Path) -> None:
    wire = article(shelf, "kestrelwire", "NORRVIK")
    words = text_of(shelf, wire).split(" ")
    words[40], words[120] = "sturdy", "seventeen"
    (tmp_path / "mine.txt").write_text("<p>" + " ".join(words) + "</p>")
    found = similar(shelf, read_text(tmp_path / "mine.txt", MOST_BYTES), 20)
    sheet = matches_sheet(found, LIMITS)

    best = [match for match in found.matches if match.jaccard == found.matches[0].jaccard]
    assert wire.article_id in [match.article_id for match in best]
    assert 0.9 < best[0].jaccard < 1
    assert not best[0].same_words
    assert "NORRVIK LINE HALTS" in sheet
    assert [match.jaccard for match in found.matches] == sorted((m.jaccard for m in found.matches), reverse=True)


def test_similar_says_that_there_is_nothing_alike(shelf: Shelf) -> None:
    found = similar(shelf, OTHER_STORY, 10)

    assert [] == found.matches
    assert "nothing alike: no text of snapshot 2 has Jaccard 0.50" in matches_sheet(found, LIMITS)


def test_similar_finds_an_article_of_the_lake_by_its_own_text(shelf: Shelf) -> None:
    for one in prints(shelf, "true")[::5]:
        found = similar(shelf, text_of(shelf, one), 100)
        same = {match.article_id: match.jaccard for match in found.matches if match.same_words}
        assert 1.0 == same[one.article_id]


def test_similar_shows_as_many_as_it_is_asked_for_and_says_how_many_there_are(shelf: Shelf) -> None:
    found = similar(shelf, text_of(shelf, article(shelf, "kestrelwire", "NORRVIK")), 2)

    assert 2 == len(found.matches) < found.count
    assert f"{found.count} articles of snapshot 2 like these 275 words; the 2 most similar:" in matches_sheet(
        found, LIMITS
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "holds no words"),
        (b" \n<br/>\n", "holds no words"),
        (b"\x7fELF\0\0", "is no text: character 4 is a NUL"),
        (b"a \x81 b", "is no text: byte 2"),
        (b"word " * 300_000, "has more than 1,048,576 bytes"),
        (None, "No such file or directory; check the path"),
    ],
)
def test_a_file_that_is_no_story_gets_a_sentence(tmp_path: Path, data: bytes | None, said: str) -> None:
    path = tmp_path / "story.txt"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(UsageError) as raised:
        read_text(path, MOST_BYTES)
    assert said in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_file_from_another_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "wide.txt").write_text("The caf\u00e9 \u2013 shut", encoding="utf-16")
    (tmp_path / "windows.txt").write_text("The caf\u00e9 \u2013 shut", encoding="cp1252")

    texts = {read_text(tmp_path / name, MOST_BYTES) for name in ("wide.txt", "windows.txt")}
    assert {"The caf\u00e9 \u2013 shut"} == texts


def test_a_lake_without_a_snapshot_gets_a_sentence(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "lake", create=True)

    with pytest.raises(UsageError, match="has no snapshot yet"), open_shelf(store, None, Settings()):
        pass


def test_a_part_that_is_gone_is_damage(lake: Path, tmp_path: Path) -> None:
    from shutil import copytree  # noqa: PLC0415

    copytree(lake, tmp_path / "lake", symlinks=True)
    [part] = sorted((tmp_path / "lake" / "parts" / "features").rglob("*.parquet"))[:1]
    part.unlink()

    with (
        pytest.raises(LakeDamaged, match="broadsheet verify"),
        open_shelf(Store.open(tmp_path / "lake", create=False), None, Settings(workers=1)) as shelf,
    ):
        similar(shelf, OTHER_STORY, 10)


@pytest.fixture
def answered(lake: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def ask(*arguments: object) -> str:
        app(args=[*map(str, arguments), "--lake", str(lake)], prog_name="broadsheet", standalone_mode=False)
        return capsys.readouterr().out

    return ask


def test_both_commands_answer_while_a_run_holds_the_lake_and_write_nothing_there(
    lake: Path, shelf: Shelf, tmp_path: Path, answered: Callable[..., str]
) -> None:
    wire = article(shelf, "kestrelwire", "NORRVIK")
    (tmp_path / "wire.txt").write_text(text_of(shelf, wire))
    with Store.open(lake, create=False).writer():
        before = {path: path.lstat().st_mtime_ns for path in lake.rglob("*")}
        explanation = orjson.loads(answered("explain", wire.article_id, "--json"))
        found = orjson.loads(answered("similar", tmp_path / "wire.txt", "--json", "--limit", 1))
        after = {path: path.lstat().st_mtime_ns for path in lake.rglob("*")}

    assert before == after
    assert wire.article_id == explanation["article"]["article_id"]
    assert (1.0, True) == (found["matches"][0]["jaccard"], found["matches"][0]["same_words"])


def test_an_older_snapshot_is_explained_as_it_was(shelf: Shelf, answered: Callable[..., str]) -> None:
    story = article(shelf, "harbourpost", "Saltmere minor injuries")

    assert 1 == orjson.loads(answered("explain", story.article_id, "--at", 1, "--json"))["place"]["copy_count"]
    assert 2 == orjson.loads(answered("explain", story.article_id, "--json"))["place"]["copy_count"]


def test_a_dash_is_standard_input(shelf: Shelf, answered: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(shelf, article(shelf, "kestrelwire", "NORRVIK"))
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode())))

    assert "same words" in answered("similar", "-")
