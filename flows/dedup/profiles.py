"""Profiles as columns of numbers: equal numbers for equal values is all that the pair rule needs of a title or address.

Numbers are places in the order of first sight and mean nothing outside the table that they were made from.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_Ints = NDArray[np.int32]

SCHEMA = pa.schema(
    [
        ("text", pa.int32()),
        ("url", pa.int32()),
        ("title", pa.int32()),
        ("outlet", pa.int32()),
        ("published", pa.float64()),
        ("word_count", pa.int32()),
    ]
)


class Profiles(NamedTuple):
    """Columns (articles,): numbers for text, address (-1 none), headline, and outlet; seconds since 1970 (NaN); words.

    The outlet is -1 where there is no headline to recognise its story by.
    """

    texts: _Ints
    urls: _Ints
    titles: _Ints
    outlets: _Ints
    published: NDArray[np.float64]
    word_counts: _Ints

    def table(self) -> pa.Table:
        """Give the columns as an Arrow table."""
        return pa.table([pa.array(column) for column in self], schema=SCHEMA)

    @classmethod
    def of(cls, rows: pa.Table) -> "Profiles":
        """Give the rows of PROFILES as numbers."""
        outlets = _numbers(rows["source"])
        is_nameless = pc.equal(rows["title_words"], "").to_numpy()
        published = rows["published_at"].cast(pa.int64()).cast(pa.float64(), safe=False)
        return cls(
            _numbers(rows["text_id"]),
            _numbers(rows["canonical_url"]),
            _numbers(rows["title_words"]),
            np.where(is_nameless, np.int32(-1), outlets),
            pc.divide(published, 1e6).fill_null(np.nan).to_numpy(),
            rows["word_count"].to_numpy(),
        )


def _numbers(column: pa.ChunkedArray) -> _Ints:
    """Give equal numbers for equal values, -1 for null."""
    if not len(column):
        return np.empty(0, np.int32)
    numbers: _Ints = column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    return numbers
