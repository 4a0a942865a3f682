"""The data dictionary: every view and column as Markdown, from the one place where they are declared."""

from collections.abc import Iterator

import pyarrow as pa

from transforms.schema import Table
from transforms.views import SHOWN


def markdown() -> str:
    """Give a section a view, a row a column."""
    return "\n".join(line for table in SHOWN for line in _section(table))


def _section(table: Table) -> Iterator[str]:
    yield f"**`{table.name}`** ({table.kind}): {table.meaning[0].lower()}{table.meaning[1:]}"
    yield ""
    yield "| column | type | null | meaning |"
    yield "| --- | --- | --- | --- |"
    for column in table.columns:
        yield f"| `{column.name}` | {_type(column.type)} | {'yes' if column.nullable else ''} | {column.comment} |"
    yield ""


def _type(kind: pa.DataType) -> str:
    if pa.types.is_map(kind):
        return f"map of {_type(kind.key_type)} to {_type(kind.item_type)}"
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    return "timestamp" if pa.types.is_timestamp(kind) else str(kind)
