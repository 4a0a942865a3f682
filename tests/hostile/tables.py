"""CSV and Parquet that lie about where a cell ends, how many there are, and how large they grow."""

import io
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tests.hostile.attack import STORY, Attack, Family, Make, blocks, holding, made, repeated

_HEAD: Final = b"id,title,text\n"
_ROW: Final = f'1,A title,"{STORY}"\n'.encode()


def _rows(count: int, salt: str) -> bytes:
    return b"".join(f'{n},Title {n},"{salt} {n}. {STORY}"\n'.encode() for n in range(count))


_ENDS: Final = _HEAD + _rows(3, "ends").replace(b"\n", b"\r") + b"\r\n\n\r" + _rows(3, "more")

CSV: Final = Family(
    "CSV",
    (
        Attack("open-quote.csv", holding(_HEAD + b'1,t,"never closed\n' + _rows(20, "open")), quarantined="malformed",
               admitted=20),
        Attack("open-quotes.csv", holding(_HEAD + b'1,t,"never closed\n' * 20_000 + b'"'), quarantined="malformed"),
        Attack("million-columns.csv", holding(b",".join(b"c%d" % n for n in range(1_000_000)) + b",text\n" + _ROW),
               refused="1,000,001 columns"),
        Attack("million-cells.csv", holding(_HEAD + b"," * 1_000_000 + b"\n" + _rows(3, "cells")),
               quarantined="malformed", admitted=3),
        Attack("same-columns.csv", holding(b"text," * 50_000 + b"text\n" + b"a," * 50_000 + b"a\n"),
               refused="50,001 columns"),
        Attack("nuls.csv", holding(_HEAD + b"1,\0,\0\0\0\n" + _rows(3, "nuls"))),
        Attack("line-ends.csv", holding(_ENDS)),
        Attack("only-quotes.csv", holding(_HEAD + b'"' * 3_000_001)),
        Attack("empty-rows.csv", blocks(lambda: [_HEAD, *repeated(b",,\n" * 1000, 1 << 20)]), quarantined="no_text"),
        Attack("no-text.csv", holding(b"a,b\n" + b"1,2\n" * 1000), refused="holds the text"),
        Attack("formulas.csv", holding(_HEAD + f'=cmd|" /C calc"!A0,+1+1,"@SUM(1) {STORY}"\n'.encode())),
    ),
    cpu_seconds=240,
)  # fmt: skip


def _parquet(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def _table(count: int, salt: str) -> pa.Table:
    return pa.table({"id": [*map(str, range(count))], "text": [f"{salt} {n}. {STORY}" for n in range(count)]})


def _bomb() -> bytes:
    """Let one megabyte stand in the dictionary, and in each of twenty thousand rows."""
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), ["x y " * (1 << 18)])
    return _parquet(pa.table({"text": same}), compression="zstd")


def _flipped(seed: int) -> bytes:
    random = Random(seed)  # noqa: S311
    data = bytearray(_parquet(_table(50, f"flip {seed}")))
    for _ in range(1 + seed % 5):
        data[random.randrange(4, len(data) - 4)] ^= 1 << random.randrange(8)
    return bytes(data)


def _flip(seed: int) -> Make:
    return made(lambda: _flipped(seed))


def _replaced(change: bytes, to: bytes) -> bytes:
    data = _parquet(_table(50, "footer"), compression="none")
    return data.replace(change, to)


def _thrift() -> Iterator[tuple[str, bytes]]:
    """Give footers that are none, or of any size."""
    for name, footer in {
        "zeros": bytes(1000),
        "ones": b"\xff" * 1000,
        "lists": b"\x19\xfc\xff\xff\xff\xff\x0f" * 100,
        "nested": b"\x1c" * 100_000,
        "strings": b"\x18\xff\xff\xff\xff\x0f" * 50,
    }.items():
        yield name, b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    yield "no-size", b"PAR1" + b"\xff\xff\xff\x7f" + b"PAR1"
    yield "size-over", b"PAR1" + bytes(100) + (1 << 31).to_bytes(4, "little") + b"PAR1"


class _Mine(pa.ExtensionType):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(pa.string(), "hostile.mine")

    def __arrow_ext_serialize__(self) -> bytes:
        return b"cos\nsystem\n(S'true'\ntR."

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, serialized: bytes) -> "_Mine":
        return cls()


def _extension() -> bytes:
    column = pa.ExtensionArray.from_storage(_Mine(), pa.array([f"{n} extension. {STORY}" for n in range(5)]))
    return _parquet(pa.table({"text": column}))


def _nested(levels: int) -> bytes:
    values = pa.array(["deep"])
    for _ in range(levels):
        values = pa.StructArray.from_arrays([values], ["a"])
    return _parquet(pa.table({"text": [STORY], "meta": values}))


def _wide() -> bytes:
    return _parquet(pa.table({f"c{n}": [n] for n in range(5_000)} | {"text": [STORY]}))


PARQUET: Final = Family(
    "Parquet",
    (
        Attack("bomb.parquet", made(_bomb), refused="unfolds to over"),
        Attack("nested-60.parquet", made(lambda: _nested(60)), admitted=1),
        Attack("extension.parquet", made(_extension), admitted=5),
        Attack("no-text.parquet", made(lambda: _parquet(pa.table({"a": [1]}))), refused="holds the text"),
        Attack("no-rows.parquet", made(lambda: _parquet(pa.table({"text": pa.array([], pa.string())}))), admitted=0),
        Attack("bad-utf8.parquet", made(lambda: _replaced(b"council", b"co\xff\xfecil")), quarantined="malformed"),
        Attack("wide.parquet", made(_wide), refused="5,001 columns"),
        Attack("magic-only.parquet", holding(b"PAR1PAR1"), refused="damaged"),
        *(Attack(f"thrift-{name}.parquet", holding(data), refused="damaged") for name, data in _thrift()),
        *(Attack(f"flip-{seed}.parquet", _flip(seed), may_be_refused=True) for seed in range(40)),
    ),
    cpu_seconds=240,
)  # fmt: skip
