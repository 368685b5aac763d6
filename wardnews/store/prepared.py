"""SQL statements that run once a page, without SQLAlchemy's cost per execution."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from operator import itemgetter
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
        self._given = _by_place(compiled.positiontup) if compiled.positiontup else None
        named = getattr(statement, "selected_columns", ()) or getattr(statement, "_returning", ())
        self.row: Any = namedtuple("Row", [column.name for column in named]) if named else None  # noqa: PYI024

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute the statement with values by name; return the first row, None where there is none."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self._given(values) if self._given else values)
            row = cursor.fetchone() if self.row else None
        except connection.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise _failure(self.sql, connection, cursor, error) from error
        finally:
            cursor.close()
        return self.row._make(row) if row else None

    def run_each(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute the statement, which gives nothing back, once with each of some values by name."""
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self.sql, list(map(self._given, rows)) if self._given else list(rows))
        except connection.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise _failure(self.sql, connection, cursor, error) from error
        finally:
            cursor.close()


def _by_place(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return what puts values by name into the order of a statement."""
    if len(names) > 1:
        return itemgetter(*names)
    (name,) = names
    return lambda values: (values[name],)


def _failure(sql: str, connection: Connection, cursor: Any, error: Exception) -> Exception:
    """Return what SQLAlchemy would raise for an error of the driver."""
    dialect = connection.dialect
    kind: Any = dialect.dbapi.Error  # type: ignore[union-attr]
    is_cut = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]
    if is_cut:
        connection.invalidate(error)  # so that its end does not raise in turn
    return sa.exc.DBAPIError.instance(sql, None, error, kind, connection_invalidated=is_cut, dialect=dialect)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Let a block within a transaction have its effect as a whole or not at all."""
    begin, end, back = _savepoint(connection.dialect)
    begin.run(connection, {})
    try:
        yield
    except BaseException:
        with suppress(sa.exc.DBAPIError):  # what failed may have ended the transaction
            back.run(connection, {})
            end.run(connection, {})
        raise
    end.run(connection, {})


@cache
def _savepoint(dialect: sa.Dialect) -> tuple[Prepared, Prepared, Prepared]:
    """Return what begins a savepoint, what ends it, and what undoes all since."""
    begin, end, back = "SAVEPOINT one", "RELEASE SAVEPOINT one", "ROLLBACK TO SAVEPOINT one"
    return Prepared(sa.text(begin), dialect), Prepared(sa.text(end), dialect), Prepared(sa.text(back), dialect)
