"""Stretches of a text, hashed: to find bytes of it anywhere, without keeping any."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

STRETCH_BYTES: Final = 32
"""Long enough to be of this text alone, short enough to stand on one line of a mail."""
_PER_TEXT: Final = 8
_WORD: Final = 8
_PLAIN: Final = re.compile(rb"[A-Za-z0-9 ,.;:()-]{32,}")
"""What is written the same in every encoding, in JSON and in markup."""
_ANY: Final = re.compile(rb"[^\x00-\x1f\"'&<>\\]{32,}")
_FACTORS: Final = tuple(np.uint64(factor) for factor in (
    0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5,
))  # fmt: skip
_SHIFT: Final = np.uint64(29)
_SLOT_BITS: Final = 22
_BLOCK_BYTES: Final = 1 << 18
"""What stays in the processor's cache meanwhile, and is searched seven times as fast."""

Bytes = NDArray[np.uint8]
Prints = NDArray[np.uint64]


def prints_of(text: str) -> list[int]:
    """Give the prints (int64) of some stretches of a text, evenly spread; none where it is too short for one."""
    data = text.encode("utf-8", "surrogatepass")
    runs = [match.span() for match in _PLAIN.finditer(data)] or [match.span() for match in _ANY.finditer(data)]
    starts = [start for begin, end in runs for start in range(begin, end - STRETCH_BYTES + 1)]
    chosen = sorted({starts[n * len(starts) // _PER_TEXT] for n in range(_PER_TEXT)}) if starts else []
    stretches = b"".join(data[start : start + STRETCH_BYTES] for start in chosen)
    return [int(each) for each in _hashed(np.frombuffer(stretches, np.uint8), STRETCH_BYTES).view(np.int64)]


class Sieve:
    """Finds prints among bytes."""

    def __init__(self, prints: Iterable[int]) -> None:
        self._prints: Prints = np.unique(np.array(list(prints), np.int64).view(np.uint64))
        self._slots = np.zeros(1 << _SLOT_BITS, bool)
        self._slots[_slot(self._prints)] = True

    def found(self, data: bytes | memoryview) -> set[int]:
        """Give the prints (int64) of which the stretch stands somewhere in the bytes."""
        found: set[int] = set()
        whole = np.frombuffer(data, np.uint8)
        for begin in range(0, len(whole) if len(self._prints) else 0, _BLOCK_BYTES):
            for hashes in _all_hashes(whole[begin : begin + _BLOCK_BYTES + STRETCH_BYTES - 1]):
                candidates = hashes[self._slots[_slot(hashes)]]
                places = np.searchsorted(self._prints, candidates).clip(max=len(self._prints) - 1)
                hits = candidates[self._prints[places] == candidates]
                found.update(hits.view(np.int64).tolist())
        return found


def _slot(hashes: Prints) -> Prints:
    return hashes >> np.uint64(64 - _SLOT_BITS)


def _all_hashes(data: Bytes) -> Iterator[Prints]:
    """Hash the stretches that begin at each byte: eight times those that lie a word apart."""
    for offset in range(min(_WORD, len(data) - STRETCH_BYTES + 1)):
        yield _hashed(data[offset:], _WORD)


def _hashed(data: Bytes, step: int) -> Prints:
    """Hash the stretches that begin at every so many bytes, a multiple of a word."""
    words = data[: len(data) // _WORD * _WORD].view("<u8")
    count = max(0, len(words) - STRETCH_BYTES // _WORD + 1)
    hashes = np.zeros(count, np.uint64)
    for place, factor in enumerate(_FACTORS):
        hashes = (hashes ^ words[place : place + count]) * factor
        hashes ^= hashes >> _SHIFT
    return hashes[:: step // _WORD] * _FACTORS[0]
