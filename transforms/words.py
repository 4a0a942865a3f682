"""A text as the words that comparison sees: lower case, digits kept, punctuation and white space gone.

`fold` is the compiled pass over Arrow's own buffers; `words` is the slow, obvious answer that it must equal.
A word is a run of letters, digits and underscores. Scripts written without spaces give a word a character.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

_TABLE_SIZE: Final = 0x32400  # every assigned letter lies below
_SPACE: Final = 0x20
_ALONE: Final = np.uint32(1 << 31)
_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
_SIGMA: Final = {"\u03c2": "\u03c3"}  # lower case of a capital sigma depends on its place in the word; fold both to one


@dataclass(frozen=True, slots=True)
class Folded:
    """Words of many texts: `data` uint8 UTF-8 with one space between words, `offsets` int64 (texts + 1).

    `word_counts` int32 (texts) is the number of words of each.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    word_counts: NDArray[np.int32]

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        """Give the words of one text as UTF-8, one space between them."""
        return self.data[self.offsets[index] : self.offsets[index + 1]].tobytes()

    def strings(self) -> list[str]:
        """Give the words of every text as a string, one space between them."""
        return [self[index].decode() for index in range(len(self))]


def _is_alone(code: int) -> bool:
    return any(first <= code <= last for first, last in _UNSPACED)


def _folded_character(character: str) -> str:
    lower = character.lower()[0]
    return _SIGMA.get(lower, lower)


def words(text: str) -> list[str]:
    """Split a text into its folded words, slowly."""
    spaced = []
    for character in text:
        if not (character.isalnum() or character == "_"):
            spaced.append(" ")
        elif _is_alone(ord(character)):
            spaced.append(f" {_folded_character(character)} ")
        else:
            spaced.append(_folded_character(character))
    return "".join(spaced).split()


@cache
def _table() -> NDArray[np.uint32]:
    """Map each code point to its folded form, 0 where it is no part of a word; the top bit marks a word of its own."""
    table = np.zeros(_TABLE_SIZE, np.uint32)
    for code in range(_TABLE_SIZE):
        character = chr(code)
        if character.isalnum() or character == "_":
            table[code] = ord(_folded_character(character))
    for first, last in _UNSPACED:
        alone = table[first : last + 1]
        alone[alone > 0] |= _ALONE
    return table


@njit(nogil=True, cache=True)
def _decode(data: NDArray[np.uint8], at: int) -> tuple[np.int64, int]:  # pragma: no cover - compiled
    """Code point that begins at a byte of valid UTF-8, and the number of its bytes."""
    lead = np.int64(data[at])
    if lead < 0x80:
        return lead, 1
    second = np.int64(data[at + 1]) & 0x3F
    if lead < 0xE0:
        return (lead & 0x1F) << 6 | second, 2
    third = np.int64(data[at + 2]) & 0x3F
    if lead < 0xF0:
        return (lead & 0x0F) << 12 | second << 6 | third, 3
    return (lead & 0x07) << 18 | second << 12 | third << 6 | (np.int64(data[at + 3]) & 0x3F), 4


@njit(nogil=True, cache=True)
def _encode(code: np.int64, out: NDArray[np.uint8], at: int) -> int:  # pragma: no cover - compiled
    """Write a code point as UTF-8; give the position after it."""
    if code < 0x80:
        out[at] = code
        return at + 1
    if code < 0x800:
        out[at] = 0xC0 | code >> 6
    else:
        if code < 0x10000:
            out[at] = 0xE0 | code >> 12
        else:
            out[at] = 0xF0 | code >> 18
            at += 1
            out[at] = 0x80 | (code >> 12 & 0x3F)
        at += 1
        out[at] = 0x80 | (code >> 6 & 0x3F)
    out[at + 1] = 0x80 | (code & 0x3F)
    return at + 2


@njit(nogil=True, cache=True)
def _fold(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    table: NDArray[np.uint32],
    out: NDArray[np.uint8],
    out_offsets: NDArray[np.int64],
    word_counts: NDArray[np.int32],
) -> None:  # pragma: no cover - compiled
    at = 0
    for text in range(len(offsets) - 1):
        is_gap = True
        words = 0
        position = offsets[text]
        while position < offsets[text + 1]:
            byte = data[position]
            if byte < 0x80:  # nearly all of most texts: a byte in, at most a byte out
                # Without a branch: where words end cannot be foretold, and a wrong guess costs more than the work.
                position += 1
                folded_byte = table[byte]
                is_letter = folded_byte != 0
                begins = is_gap & is_letter
                out[at] = _SPACE
                at += begins & (words > 0)
                words += begins
                out[at] = folded_byte
                at += is_letter
                is_gap = not is_letter
                continue
            code, size = _decode(data, position)
            position += size
            folded = np.int64(table[code]) if code < len(table) else np.int64(0)
            if folded == 0:
                is_gap = True
                continue
            is_alone = folded >> 31
            if is_gap or is_alone:
                if words:
                    out[at] = _SPACE
                    at += 1
                words += 1
            at = _encode(folded & np.int64(0x7FFFFFFF), out, at)
            is_gap = is_alone == 1
        out_offsets[text + 1] = at
        word_counts[text] = words


def fold(texts: pa.Array) -> Folded:
    """Fold a string or large_string array without nulls; values and order as `words` would give them."""
    texts = texts.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    body = texts.buffers()[2]
    data = np.frombuffer(body, np.uint8) if body is not None and body.size else np.zeros(1, np.uint8)
    size = int(offsets[-1] - offsets[0]) if len(texts) else 0
    out = np.empty(2 * size + 1, np.uint8)  # a two-byte capital may have a three-byte lower case, and spaces come in
    out_offsets = np.zeros(len(texts) + 1, np.int64)
    word_counts = np.zeros(len(texts), np.int32)
    if len(texts):
        _fold(data, offsets, _table(), out, out_offsets, word_counts)
    return Folded(out[: out_offsets[-1]], out_offsets, word_counts)
