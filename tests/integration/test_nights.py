"""The headline: however the dumps are spread over nights, the content is that of one run over all of them."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def _equals_one_run(dumps: list[list[dict[str, Any]]], order: list[int], nights: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = [write_dump(root / "landing" / f"{i}.jsonl", rows) for i, rows in enumerate(dumps)]
        take_unaudited(root / "batch", files)
        for night in range(max(nights) + 1):
            tonight = [files[i] for i in order if nights[i] == night]
            again = files[:1] if night else []
            if tonight or again:
                take_unaudited(root / "nightly", [*tonight, *again])
        assert content(root / "batch") == content(root / "nightly")


@st.composite
def spread(draw: st.DrawFn) -> tuple[list[list[dict[str, Any]]], list[int], list[int]]:
    """Draw dumps, the order they come in, and the night that each comes."""
    made = draw(dumps)
    order = draw(st.permutations(range(len(made))))
    nights = draw(st.lists(st.integers(0, 2), min_size=len(made), max_size=len(made)))
    return made, list(order), nights


@given(spread())
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_split_into_nights_gives_the_content_of_one_run(
    case: tuple[list[list[dict[str, Any]]], list[int], list[int]],
) -> None:
    """Any order, any nights, with a file repeated each night."""
    _equals_one_run(*case)


@pytest.mark.slow
@given(spread())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_split_into_nights_gives_the_content_of_one_run_at_length(
    case: tuple[list[list[dict[str, Any]]], list[int], list[int]],
) -> None:
    """The same, many times over."""
    _equals_one_run(*case)
