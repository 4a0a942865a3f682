"""A text file with an article on every line."""

from collections.abc import Iterator

from transforms.article import Reason
from transforms.parse.decoding import decode, lines
from transforms.parse.record import Data, Fault, Malformed, Record, malformed, too_long


def articles(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield a record with the field `text` for every line; blank lines do not count."""
    number = 0
    for span in lines(data, encoding):
        found = _article(data, span, number, encoding, max_record_bytes)
        if found is not None:
            yield found
            number += 1


def _article(
    data: Data, span: tuple[int, int], number: int, encoding: str, max_record_bytes: int
) -> Record | Malformed | None:
    begin, end = span
    if end - begin > max_record_bytes:
        return malformed(number, data, span, too_long(end - begin, max_record_bytes))
    raw = data[begin:end]
    try:
        text = decode(raw, encoding).strip()
    except UnicodeDecodeError as error:
        what = f"byte {error.start:,} of the line is in no encoding we know"
        return malformed(number, data, span, Fault(Reason.MALFORMED, what))
    return Record(number, begin, raw, {"text": text}) if text else None
