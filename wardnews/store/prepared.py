"""SQL statements that run once a page, without SQLAlchemy's cost per execution."""

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection


class Prepared:
    """A statement that is compiled once and handed to the driver: anything else costs several times its execution.

    It runs within the transaction of the connection, and raises what SQLAlchemy would.
    """

    def __init__(self, statement: Any, dialect: sa.Dialect, columns: Sequence[str] | None = None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self.names: Sequence[str] | None = compiled.positiontup
        named = getattr(statement, "selected_columns", ()) or getattr(statement, "_returning", ())
        self.row: Any = namedtuple("Row", [column.name for column in named]) if named else None  # noqa: PYI024

    def run(self, connection: Connection, values: dict[str, Any]) -> Any:
        """Execute the statement with values by name; return the first row, None where there is none."""
        dialect = connection.dialect
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, tuple(values[name] for name in self.names) if self.names else values)
            row = cursor.fetchone() if self.row else None
        except dialect.dbapi.Error as error:  # type: ignore[union-attr]
            is_cut = dialect.is_disconnect(error, connection.connection, cursor)
            if is_cut:
                connection.invalidate(error)  # so that its end does not raise in turn
            failure = sa.exc.DBAPIError.instance(
                self.sql, None, error, dialect.dbapi.Error, connection_invalidated=is_cut, dialect=dialect  # type: ignore[union-attr]
            )  # fmt: skip
            raise failure from error
        finally:
            cursor.close()
        return self.row._make(row) if row else None
