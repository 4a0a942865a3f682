"""What differs between two texts, word by word: for people, who read it to judge a pair.

Words are what white space parts, with case and punctuation, since a changed comma is an edit too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from rapidfuzz.distance import Indel

Kind = Literal["kept", "removed", "added"]

_WINDOW: Final = 5_000
"""Words of each text that are aligned at a time: 20 ms and 3 MB, which longer texts pay once per half a window."""
_ISLAND: Final = 3
"""A kept run of up to so many words, between longer changes, is chance ("of the") and only makes them hard to read."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words in a row that both texts have (kept), the first alone (removed) or the second alone (added).

    `left_out` counts further words that the span stands for and does not name; they follow those that it names.
    """

    kind: Kind
    words: tuple[str, ...]
    left_out: int = 0

    def __len__(self) -> int:
        """Count the words, those left out included."""
        return len(self.words) + self.left_out


@dataclass(slots=True)
class _Turn:
    """A change, and the words after it in which the texts agree."""

    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return max(len(self.removed), len(self.added))


def difference(before: str, after: str, *, window: int = _WINDOW) -> list[Span]:
    """Return the spans in order: kept and removed ones make up `before`, kept and added ones `after`.

    `window` words of each are aligned at a time, and each time at least half as many of one are settled: two texts of
    100,000 words take at most 80 windows, under 2 s. After a passage that only one text has and that is longer than
    a window, the alignment is lost, never a word.
    """
    return [span for turn in _without_islands(_turns(before.split(), after.split(), window)) for span in _spans(turn)]


def abridge(spans: Sequence[Span], *, context: int = 6, longest: int = 40, most: int = 160) -> list[Span]:
    """Return the spans with words left out and counted: a kept run shows `context` words beside a change.

    A change shows its first `longest` words; once about `most` words are shown, what follows is only counted.
    """
    shown: list[Span] = []
    room = most
    for index, span in enumerate(spans):
        if room <= 0:
            return [*shown, *_counted(spans[index:])]
        head = context if index else 0
        tail = context if index < len(spans) - 1 else 0
        pieces = _middle_left_out(span, head, tail) if span.kind == "kept" else [_end_left_out(span, longest)]
        shown += pieces
        room -= sum(len(piece.words) for piece in pieces)
    return shown


def _turns(before: list[str], after: list[str], window: int) -> Iterator[_Turn]:
    turn = _Turn()
    for is_kept, gone, come in _aligned(before, after, window):
        if is_kept:
            turn.kept += gone
        elif gone or come:
            if turn.kept:
                yield turn
                turn = _Turn()
            turn.removed += gone
            turn.added += come
    yield turn


def _aligned(before: list[str], after: list[str], window: int) -> Iterator[tuple[bool, list[str], list[str]]]:
    """Yield runs of both texts, kept or not, aligning a window at a time."""
    i = j = 0
    while i < len(before) or j < len(after):
        here, there = before[i : i + window], after[j : j + window]
        is_last = i + window >= len(before) and j + window >= len(after)
        end_here, end_there = 0, 0
        for gone, come, kept in _settled(here, there, 0 if is_last else window // 2):
            yield False, here[end_here:gone], there[end_there:come]
            yield True, here[gone : gone + kept], there[come : come + kept]
            end_here, end_there = gone + kept, come + kept
        i, j = i + end_here, j + end_there


def _settled(here: list[str], there: list[str], least: int) -> list[tuple[int, int, int]]:
    """Return where runs of equal words begin in each text and how long they are; the last may be empty, at the end.

    What follows the last equal words of a window is left for the next one, which may see how it goes on, unless less
    than `least` words of either text would be settled; with 0 all are.
    """
    *runs, end = [(b.a, b.b, b.size) for b in Indel.opcodes(here, there).as_matching_blocks()]
    reach = max(runs[-1][0], runs[-1][1]) + runs[-1][2] if runs else 0
    return runs if 0 < least <= reach else [*runs, end]


def _without_islands(turns: Iterable[_Turn]) -> list[_Turn]:
    joined: list[_Turn] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if last and len(last.kept) <= _ISLAND and len(last.kept) < min(last.size, turn.size):
            last.removed += last.kept + turn.removed
            last.added += last.kept + turn.added
            last.kept = turn.kept
        else:
            joined.append(turn)
    return joined


def _spans(turn: _Turn) -> Iterator[Span]:
    spans = Span("removed", tuple(turn.removed)), Span("added", tuple(turn.added)), Span("kept", tuple(turn.kept))
    return (span for span in spans if span.words)


def _middle_left_out(span: Span, head: int, tail: int) -> list[Span]:
    hidden = len(span.words) - head - tail
    if hidden <= head + tail:
        return [span]
    first = Span(span.kind, span.words[:head], hidden + span.left_out)
    return [first, Span(span.kind, span.words[len(span.words) - tail :])] if tail else [first]


def _end_left_out(span: Span, longest: int) -> Span:
    return replace(span, words=span.words[:longest], left_out=span.left_out + max(0, len(span.words) - longest))


def _counted(spans: Sequence[Span]) -> Iterator[Span]:
    kinds: tuple[Kind, ...] = ("kept", "removed", "added")
    totals = (Span(kind, (), sum(len(span) for span in spans if span.kind == kind)) for kind in kinds)
    return (total for total in totals if total.left_out)
