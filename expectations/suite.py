"""The promises that analysts may rely on, as expectations of Great Expectations, table by table.

Import it only where it is used: that takes seconds. What is promised stands in `promises`; what has no ready-made
expectation is written as the SELECT of the rows that break it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_match_regex import ExpectColumnValuesToMatchRegex
from great_expectations.expectations.core.expect_column_values_to_not_be_null import ExpectColumnValuesToNotBeNull
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.broken_rows import BrokenRows
from expectations.promise import Promise

_KINDS: Final[Mapping[str, type[Expectation]]] = {
    kind.__name__: kind
    for kind in (
        ExpectColumnValuesToBeBetween,
        ExpectColumnValuesToBeInSet,
        ExpectColumnValuesToMatchRegex,
        ExpectColumnValuesToNotBeNull,
    )
}


def expectation_of(promise: Promise) -> Expectation:
    """Give what holds a table to a promise; its description is the promise's name."""
    common: dict[str, Any] = {"severity": FailureSeverity(promise.severity), "description": promise.name}
    if isinstance(promise.broken_by, str):
        return BrokenRows(unexpected_rows_query=promise.broken_by, **common)
    return _KINDS[promise.broken_by.kind](**promise.broken_by.arguments, **common)


def by_table(promises: Iterable[Promise]) -> Mapping[str, list[Promise]]:
    """Group promises by their table, in their order."""
    tables: dict[str, list[Promise]] = {}
    for promise in promises:
        tables.setdefault(promise.table, []).append(promise)
    return tables
