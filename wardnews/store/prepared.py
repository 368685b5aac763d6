"""SQL statements that run once a page, without SQLAlchemy's cost per execution."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.store.database import Store
from wardnews.store.tables import articles, listings, pages
from wardnews.store.tasks import Task

_AT_ONCE = 16
"""For how many keys a query asks at once."""
_ROW = ("site", "kind", "key", "url", "context", "priority", "state")
_PAGE_STATE = (
    "state", "tries", "rounds", "cause", "asked_at", "next_look", "etag", "last_modified", "priority", "article",
    "published", "lists", "absences", "absent_since",
)  # fmt: skip
_KNOWN = ("key", "number", "kind", "state", "article", "published", "lists", "url")


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

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute a query with values by name; return its rows."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self._given(values) if self._given else values)
            rows = cursor.fetchall()
        except connection.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise _failure(self.sql, connection, cursor, error) from error
        finally:
            cursor.close()
        return list(map(self.row._make, rows))

    def run_each(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Execute the statement once with each of some values by name; return how many rows it wrote."""
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self.sql, list(map(self._given, rows)) if self._given else list(rows))
            written: int = cursor.rowcount
        except connection.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise _failure(self.sql, connection, cursor, error) from error
        finally:
            cursor.close()
        return written


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


def by_keys(keys: Iterable[str], **values: Any) -> Iterator[dict[str, Any]]:
    """Return the values for a query that asks for some keys at once, until all are asked for."""
    left = list(keys)
    for start in range(0, len(left), _AT_ONCE):
        some = left[start : start + _AT_ONCE]
        some += some[-1:] * (_AT_ONCE - len(some))
        yield values | {f"key{place}": key for place, key in enumerate(some)}


def page_statements(store: Store) -> dict[str, Prepared]:
    """Return the statements on pages and listings that most pages need, by what they are for."""
    dialect, site = store.engine.dialect, pages.c.site == sa.bindparam("its_site")
    keys: list[Any] = [sa.bindparam(f"key{place}") for place in range(_AT_ONCE)]
    zero: dict[str, Any] = dict.fromkeys(("tries", "rounds", "absences", "lists"), sa.literal_column("0"))
    known = sa.select(*(pages.c[name] for name in _KNOWN), articles.c.views, articles.c.gone)
    known = known.outerjoin(articles, articles.c.id == pages.c.article)
    known = known.where(
        site, pages.c.kind.in_(map(sa.literal_column, ("'article'", "'section'"))), pages.c.key.in_(keys)
    )
    columns = [pages.c.reach.label(name) if name == "known_since" else pages.c[name] for name in Task.of_the_store()]
    ready = sa.select(*columns).where(site, pages.c.state == sa.literal_column("'todo'"))  # as the index has it
    ready = ready.order_by(pages.c.priority.desc(), pages.c.number).suffix_with(sa.text("LIMIT :most"))
    listed = sa.select(listings.c.key, listings.c.shown).where(
        listings.c.section == sa.bindparam("its_section"), listings.c.called == sa.bindparam("its_called")
    )
    own = pages.c.number == sa.bindparam("its_number")
    return {
        "state": Prepared(pages.update().where(own), dialect, _PAGE_STATE),
        "delete": Prepared(pages.delete().where(own), dialect),
        "queue": Prepared(store.insert(pages).inline().values(zero).on_conflict_do_nothing(), dialect, (*_ROW, *zero)),
        "known": Prepared(known, dialect),
        "ready": Prepared(ready, dialect),
        "ready lists": Prepared(ready.where(pages.c.kind != sa.literal_column("'article'")), dialect),
        "listed": Prepared(listed.where(listings.c.key.in_(keys)), dialect),
        "list": Prepared(listings.insert(), dialect, ("section", "called", "key", "shown")),
    }


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
