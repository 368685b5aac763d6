"""SQL statements that run once a page, without SQLAlchemy's cost per execution."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.store.database import Store
from wardnews.store.tables import articles, listings, pages
from wardnews.store.tasks import Task

_Found = TypeVar("_Found")
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
        self.names: Sequence[str] | None = compiled.positiontup
        self.own = {name: one.value for one, name in compiled.bind_names.items() if not one.required}
        named = getattr(statement, "selected_columns", ()) or getattr(statement, "_returning", ())
        self.row: Any = namedtuple("Row", [column.name for column in named]) if named else None  # noqa: PYI024

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute the statement with values by name; return the first row, None where there is none."""

        def execute(cursor: Any) -> Any:
            cursor.execute(self.sql, self._in_order(values))
            return cursor.fetchone() if self.row else None

        row = self._with_cursor(connection, execute)
        return self.row._make(row) if row else None

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute a query with values by name; return its rows."""

        def execute(cursor: Any) -> Any:
            cursor.execute(self.sql, self._in_order(values))
            return cursor.fetchall()

        return list(map(self.row._make, self._with_cursor(connection, execute)))

    def many(self, connection: Connection, each: Iterable[Mapping[str, Any]]) -> int:
        """Execute the statement with each of some values; return how many rows it wrote."""

        def execute(cursor: Any) -> int:
            cursor.executemany(self.sql, list(map(self._in_order, each)))
            return int(cursor.rowcount)

        return self._with_cursor(connection, execute)

    def _in_order(self, values: Mapping[str, Any]) -> Any:
        """Return values as the driver takes them, with those that the statement has of its own."""
        values = {**self.own, **values} if self.own else values
        return tuple(values[name] for name in self.names) if self.names else values

    def _with_cursor(self, connection: Connection, execute: Callable[[Any], _Found]) -> _Found:
        """Do something with a cursor; raise what SQLAlchemy would."""
        dialect = connection.dialect
        cursor = connection.connection.cursor()
        try:
            return execute(cursor)
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
    keys = [sa.bindparam(f"key{place}") for place in range(_AT_ONCE)]
    zero = dict.fromkeys(("tries", "rounds", "absences", "lists"), sa.literal_column("0"))
    known = sa.select(*(pages.c[name] for name in _KNOWN), articles.c.views, articles.c.gone)
    known = known.outerjoin(articles, articles.c.id == pages.c.article)
    known = known.where(
        site, pages.c.kind.in_(map(sa.literal_column, ("'article'", "'section'"))), pages.c.key.in_(keys)
    )
    columns = [pages.c.reach.label(name) if name == "known_since" else pages.c[name] for name in Task.of_the_store()]
    ready = sa.select(*columns).where(site, pages.c.state == sa.literal_column("'todo'"))  # as the index has it
    ready = ready.order_by(pages.c.priority.desc(), pages.c.number).limit(sa.bindparam("most"))
    listed = sa.select(listings.c.key, listings.c.shown).where(
        listings.c.section == sa.bindparam("its_section"), listings.c.called == sa.bindparam("its_called")
    )
    return {
        "state": Prepared(pages.update().where(pages.c.number == sa.bindparam("its_number")), dialect, _PAGE_STATE),
        "queue": Prepared(store.insert(pages).values(zero).on_conflict_do_nothing(), dialect, (*_ROW, *zero)),
        "known": Prepared(known, dialect),
        "ready": Prepared(ready, dialect),
        "ready lists": Prepared(ready.where(pages.c.kind != "article"), dialect),
        "listed": Prepared(listed.where(listings.c.key.in_(keys)), dialect),
        "list": Prepared(listings.insert(), dialect, ("section", "called", "key", "shown")),
    }
