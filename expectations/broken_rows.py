"""The expectation that no row breaks a rule written in SQL."""

from typing import Any, ClassVar, Final

import sqlalchemy as sa
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

_EXAMPLE_COUNT: Final = 12


class BrokenRows(UnexpectedRowsExpectation):
    """Expect a query to find nothing; when it finds any, keep how many rows, and a few of them.

    The class it refines runs the query twice, and fetches every row that it finds.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        del runtime_configuration
        count = int(metrics["unexpected_rows_query.row_count"])
        examples = self._examples(execution_engine) if count else []
        return {"success": not count, "result": {"unexpected_count": count, "partial_unexpected_list": examples}}

    def _examples(self, engine: Any) -> list[Any]:
        batch = engine.batch_manager.active_batch_data.selectable
        broken = str(self.unexpected_rows_query).format(batch=f"({batch})")
        return [tuple(row) for row in engine.execute_query(sa.text(f"SELECT * FROM ({broken}) LIMIT {_EXAMPLE_COUNT}"))]
