"""Quality signals: shares of character classes in a text, counted in one pass over Arrow's buffers."""

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def _count(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], out: NDArray[np.int64]
) -> None:  # pragma: no cover - compiled
    for text in range(len(offsets) - 1):
        digits = uppers = lines = 0
        for position in range(offsets[text], offsets[text + 1]):
            byte = data[position]
            digits += 0x30 <= byte <= 0x39
            uppers += 0x41 <= byte <= 0x5A
            lines += byte == 0x0A
        out[text, 0] = digits
        out[text, 1] = uppers
        out[text, 2] = lines


def count_bytes(texts: pa.Array) -> NDArray[np.int64]:
    """Count, for each text of a string array without nulls: digits, ASCII capitals, line breaks, bytes; (texts, 4)."""
    texts = texts.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    counts = np.zeros((len(texts), 4), np.int64)
    if len(texts) and texts.buffers()[2].size:
        _count(np.frombuffer(texts.buffers()[2], np.uint8), offsets, counts[:, :3])
    counts[:, 3] = np.diff(offsets)
    return counts
