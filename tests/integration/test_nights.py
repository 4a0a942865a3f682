"""The headline: however the dumps are spread over nights, the content is that of one run over all of them."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.dedup.verify import expand
from flows.lake import connect
from tests.faults.children import forked
from tests.faults.inject import Faulty
from tests.integration.nights import content, take_unaudited, write_dump

_WORDS = [
    "harbour",
    "council",
    "ferry",
    "storm",
    "budget",
    "school",
    "bridge",
    "market",
    "fire",
    "vote",
    "river",
    "mayor",
    "strike",
    "rail",
    "court",
    "harvest",
]


def _story(seed: int, length: int) -> list[str]:
    """Make words that no two seeds put in the same order."""
    return [_WORDS[(seed * 7 + i * i * seed + i // 3) % len(_WORDS)] + str(i * seed % 5) for i in range(length)]


_STORIES = [_story(1, 30), _story(2, 90), _story(3, 200), _story(4, 60)]


def _changed(words: list[str], kind: str) -> str:
    match kind:
        case "cut":
            words = words[: max(8, len(words) * 3 // 5)]
        case "edited":
            words = [*words[: len(words) // 2], "however", *words[len(words) // 2 :]]
        case "moved on":
            words = [
                *words[: len(words) * 3 // 4],
                *["officials", "said", "late", "on", "sunday", "that", "nobody", "was", "hurt"],
            ]
        case "other figures":
            words = [*words, "rose", "14", "percent"]
    return " ".join(words)


def _record(
    story: int, kind: str, day: int | None, hour: int, outlet: int, title: int | None, page: int | None
) -> dict[str, Any]:
    record: dict[str, Any] = {"source": f"outlet-{outlet}", "body": _changed(_STORIES[story], kind)}
    if day is not None:
        record["published"] = f"2026-03-{day:02}T{hour:02}:00:00Z"
    if title is not None:
        record["title"] = f"Headline {title}"
    if page is not None:
        record["url"] = f"https://outlet-{outlet}.example/story/{page}"
    return record


records = st.builds(
    _record,
    st.integers(0, len(_STORIES) - 1),
    st.sampled_from(["same", "same", "cut", "edited", "moved on", "other figures"]),
    st.none() | st.integers(1, 9),
    st.sampled_from([0, 6, 23]),
    st.integers(1, 3),
    st.none() | st.integers(1, 2),
    st.none() | st.integers(1, 2),
)
dumps = st.lists(st.lists(records, min_size=1, max_size=5), min_size=2, max_size=6)


_AS_LONG_AS_IT_TAKES = settings(deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True, slots=True)
class Spread:
    """Dumps, the order they come in, the night of each, and the durable step at which each night is first killed."""

    dumps: list[list[dict[str, Any]]]
    order: list[int]
    nights: list[int]
    killed_at: list[int | None]


@st.composite
def spread(draw: st.DrawFn, *, kills: bool = False) -> Spread:
    """Draw dumps and nights; with `kills` some nights are killed and taken again."""
    made = draw(dumps)
    order = draw(st.permutations(range(len(made))))
    nights = draw(st.lists(st.integers(0, 2), min_size=len(made), max_size=len(made)))
    step = st.none() | st.integers(1, 60) if kills else st.none()
    return Spread(made, list(order), nights, draw(st.lists(step, min_size=3, max_size=3)))


def assert_equals_one_run(case: Spread) -> None:
    """Any order, any nights, with a file repeated each night, give the content of one run over everything."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = [write_dump(root / "landing" / f"{i}.jsonl", rows) for i, rows in enumerate(case.dumps)]
        take_unaudited(root / "batch", files)
        for night in range(max(case.nights) + 1):
            tonight = [files[i] for i in case.order if case.nights[i] == night]
            again = files[:1] if night else []
            if tonight or again:
                _take(root / "nightly", [*tonight, *again], case.killed_at[night])
        assert content(root / "batch") == content(root / "nightly")


def _take(lake: Path, files: list[Path], killed_at: int | None) -> None:
    if killed_at is not None:
        forked(lambda: take_unaudited(lake, files, Faulty(killed_at, "kill before")) and None)
    take_unaudited(lake, files)


@given(spread())
@settings(_AS_LONG_AS_IT_TAKES, max_examples=4)
def test_any_split_into_nights_gives_the_content_of_one_run(case: Spread) -> None:
    assert_equals_one_run(case)


@pytest.mark.slow
@given(spread(kills=True))
@settings(_AS_LONG_AS_IT_TAKES, max_examples=1_000)
def test_any_split_into_nights_gives_the_content_of_one_run_at_length(case: Spread) -> None:
    """The same many times over, and with kill -9 in the middle of nights."""
    assert_equals_one_run(case)


def _first_seen_wins(pairs: Any, carriers: Any) -> Iterator[Any]:
    """Ask, of a new article and a known one, nothing: a pair rule that looks at the order of arrival."""
    for asked in expand(pairs, carriers):
        both = carriers.is_fresh[asked.left] & carriers.is_fresh[asked.right]
        yield type(asked)(*(column[both] for column in asked))


@pytest.mark.slow
def test_a_pair_rule_that_looks_at_arrival_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    printed, edited = _record(2, "same", 1, 0, 1, 1, None), _record(2, "edited", 1, 6, 2, 2, None)
    two_nights = Spread([[printed], [edited]], [0, 1], [0, 1], [None, None])
    assert_equals_one_run(two_nights)

    monkeypatch.setattr("flows.dedup.verify.expand", _first_seen_wins)
    with pytest.raises(AssertionError):
        assert_equals_one_run(two_nights)


REAL = {"newsarticles": "*.zip", "reuters21578": "*.jsonl", "fnc1": "*.csv", "semeval": "*.jsonl"}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_slices_of_real_dumps_in_any_nights_give_the_content_of_one_run(name: str, tmp_path: Path) -> None:
    """Alike records of a real dump, spread over nights by chance, one night of three killed and taken again."""
    folder = os.environ.get("BROADSHEET_REALDATA")
    if not folder:
        pytest.skip("BROADSHEET_REALDATA names no folder of real dumps")
    take_unaudited(tmp_path / "whole", sorted((Path(folder) / "dumps" / name).glob(REAL[name])))
    with connect(tmp_path / "whole") as reader:
        rows = reader.sql("""
            SELECT source, url, title, text AS body, published_at::VARCHAR AS published, source_id AS id
            FROM copies JOIN (SELECT cluster_id, count(*) AS size FROM copies GROUP BY ALL) USING (cluster_id)
            ORDER BY size > 1 DESC, article_id LIMIT 1200
        """).fetchall()
    chance = Random(name)  # noqa: S311 - chance, not secrets
    records = [dict(zip(("source", "url", "title", "body", "published", "id"), row, strict=True)) for row in rows]
    for turn in range(5):
        chance.shuffle(records)
        parts = [records[start::6] for start in range(6)]
        nights = [chance.randrange(3) for _ in parts]
        order = chance.sample(range(6), 6)
        assert_equals_one_run(Spread(parts, order, nights, [chance.randrange(1, 60) if turn % 3 == 0 else None] * 3))
