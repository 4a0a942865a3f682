"""SQLAlchemy dialect `duckdb+gx://`, so that Great Expectations' SQL data source runs on DuckDB.

Great Expectations has no engine of its own for DuckDB. This module gives it one that only reads, and nothing else
imports it but the audit: the day a native engine comes, it is deleted.
"""

# ruff: noqa: D102 - what overrides a method of the base class means what the base class says.

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

import duckdb
import sqlalchemy as sa
from sqlalchemy import pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect

_DRIVER: Final = "duckdb+gx"

_COLUMNS: Final = sa.text(
    "SELECT column_name, data_type, is_nullable FROM duckdb_columns() "
    "WHERE table_name = :table AND schema_name = :schema AND database_name = current_database() ORDER BY column_index"
)
_TYPES: Final[dict[str, type[sa.types.TypeEngine[Any]]]] = {
    "VARCHAR": sa.VARCHAR,
    "INTEGER": sa.INTEGER,
    "BIGINT": sa.BIGINT,
    "DOUBLE": sa.DOUBLE_PRECISION,
    "DATE": sa.DATE,
    "BOOLEAN": sa.BOOLEAN,
    "TIMESTAMP": sa.TIMESTAMP,
}


def address(database: Path, **settings: str) -> str:
    """Return the address under which a DuckDB file is opened, read-only, with these settings of DuckDB."""
    # In hex, because a dollar, per cent or question mark in a path would be given a meaning on the way.
    return sa.URL.create(_DRIVER, database=str(database).encode().hex(), query=settings).render_as_string()


class _Cursor:
    """A cursor that holds its rows: they are asked for after the connection went back to the pool, which drops them."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        result = self._connection.execute(sql, list(parameters))
        self.description = result.description
        self._rows = result.fetchall()[::-1] if result.description else []

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        for each in parameters:
            self.execute(sql, each)

    def fetchone(self) -> Any:
        return self._rows.pop() if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        return [self._rows.pop() for _ in range(min(size, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows[::-1], []
        return rows

    def close(self) -> None:
        self._rows = []


class _Connection:
    """A connection without transactions: an audit only reads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection)

    def commit(self) -> None:
        """Do nothing: there is nothing to commit."""

    def rollback(self) -> None:
        """Do nothing: there is nothing to undo."""

    def close(self) -> None:
        self._connection.close()


class _DBAPI:
    """The module-like object that SQLAlchemy expects of a driver."""

    apilevel = "2.0"
    threadsafety = 1
    paramstyle = "qmark"
    Error = DatabaseError = InterfaceError = duckdb.Error
    OperationalError = duckdb.OperationalError
    ProgrammingError = duckdb.ProgrammingError
    IntegrityError = duckdb.IntegrityError
    DataError = duckdb.DataError
    InternalError = duckdb.InternalError
    NotSupportedError = duckdb.NotSupportedError

    @staticmethod
    def connect(database: str, config: dict[str, Any]) -> _Connection:
        connection = duckdb.connect(database, read_only=True, config=config)
        connection.execute("SET enable_progress_bar = false")
        return _Connection(connection)


class _Compiler(PGCompiler):
    """PostgreSQL's SQL where it differs from DuckDB's."""

    def visit_custom_op_binary(self, element: Any, operator: Any, **kwargs: Any) -> str:
        """Turn `~`, which searches in PostgreSQL but must match the whole value in DuckDB, into a function call."""
        if operator.opstring not in ("~", "!~"):
            return str(super().visit_custom_op_binary(element, operator, **kwargs))  # type: ignore[no-untyped-call]
        left, right = self.process(element.left, **kwargs), self.process(element.right, **kwargs)
        return f"{'NOT ' if operator.opstring == '!~' else ''}regexp_matches({left}, {right})"

    def render_bind_cast(self, type_: Any, dbapi_type: Any, sqltext: str) -> str:
        """Leave parameters as they are: DuckDB casts them itself."""
        del type_, dbapi_type
        return sqltext


class DuckDBDialect(PGDialect):
    """DuckDB, which says that it is PostgreSQL so that the PostgreSQL form of regexes and types is taken."""

    name = "postgresql"
    driver = "gx"
    supports_statement_cache = True
    default_paramstyle = "qmark"
    statement_compiler = _Compiler
    default_schema_name: ClassVar[str] = "main"  # type: ignore[misc]

    @classmethod
    def import_dbapi(cls) -> Any:
        return _DBAPI

    @classmethod
    def get_pool_class(cls, url: sa.URL) -> type[pool.Pool]:
        del url
        return pool.QueuePool

    def create_connect_args(self, url: sa.URL) -> tuple[list[Any], dict[str, Any]]:
        return [bytes.fromhex(url.database or "").decode()], {"config": dict(url.query)}

    def initialize(self, connection: sa.Connection) -> None:
        """Skip the questions about the server that only PostgreSQL can answer."""
        del connection
        self.server_version_info = (16, 0)

    def on_connect(self) -> None:
        """Run nothing on a new connection."""

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin nothing: see `_Connection`."""

    def get_isolation_level(self, dbapi_connection: Any) -> Literal["AUTOCOMMIT"]:
        del dbapi_connection
        return "AUTOCOMMIT"

    def get_default_isolation_level(self, dbapi_conn: Any) -> Literal["AUTOCOMMIT"]:
        del dbapi_conn
        return "AUTOCOMMIT"

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """Change nothing: see `_Connection`."""

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        rows = self._columns(connection, table_name, schema)
        if not rows:
            raise sa.exc.NoSuchTableError(table_name)
        return [
            {"name": name, "type": _TYPES.get(kind, sa.types.NullType)(), "nullable": bool(nullable), "default": None}
            for name, kind, nullable in rows
        ]

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> bool:
        return bool(self._columns(connection, table_name, schema))

    def get_table_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        del schema
        return [row[0] for row in connection.execute(sa.text("SELECT table_name FROM duckdb_tables()"))]

    def get_view_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        del schema
        return [
            row[0] for row in connection.execute(sa.text("SELECT view_name FROM duckdb_views() WHERE NOT internal"))
        ]

    def get_schema_names(self, connection: Any, **_: Any) -> list[str]:
        del connection
        return ["main"]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
        del connection, table_name, schema
        return {"constrained_columns": [], "name": None}

    def _columns(self, connection: Any, table: str, schema: str | None) -> list[Any]:
        # The name arrives as a subclass of str that DuckDB cannot bind.
        return list(connection.execute(_COLUMNS, {"table": str(table), "schema": schema or "main"}))


registry.register("duckdb.gx", __name__, DuckDBDialect.__name__)
