"""The searches of archives for the captures of a portal: how far each got, and what it found; and files read."""

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.archives.network.source import Found, OddRow
from wardnews.store.database import Store
from wardnews.store.tables import captures, searches
from wardnews.text.clock import timestamp, timestamp_of
from wardnews.text.strings import one_line

_FRESH = timedelta(days=30)
"""How long what a search found is taken for all that the archive has."""


class SearchLog:
    """The searches of one source, over a connection of the store, kept under the name `index` where that is another."""

    def __init__(self, store: Store, connection: Connection, source: str, index: str | None = None) -> None:
        self.store, self.source, self.index = store, source, index or source
        self._connection = connection

    def searched(self, site: str, hosts: Collection[str]) -> bool:
        """Whether all that the archive has of a portal's hosts was found not long ago."""
        fresh = timestamp_of(datetime.now(UTC) - _FRESH)
        query = sa.select(searches).where(searches.c.site == site, searches.c.source == self.index)
        with self._connection.begin():
            rows = [row for row in self._connection.execute(query) if _host(row.scope) in hosts]
        return {_host(row.scope) for row in rows} == set(hosts) and all(row.ended and row.ended > fresh for row in rows)

    def unfinished(self, site: str, hosts: Collection[str]) -> list[str]:
        """Return the scopes of a search of a portal's hosts that was broken off; none where there is no such search."""
        query = sa.select(searches).where(searches.c.site == site, searches.c.source == self.index)
        with self._connection.begin():
            rows = [row for row in self._connection.execute(query) if _host(row.scope) in hosts]
        broken_off = {_host(row.scope) for row in rows} == set(hosts) and not all(row.ended for row in rows)
        return [row.scope for row in rows] if broken_off else []

    def begin(self, site: str, scopes: Iterable[str]) -> None:
        """Commit all that is to be searched, before the first search: a run that is killed has not searched all."""
        same = (searches.c.site == site, searches.c.source == self.index)
        named = list(scopes)
        rows = [{"site": site, "source": self.index, "scope": scope} for scope in named]
        with self._connection.begin():
            self._connection.execute(searches.delete().where(*same, searches.c.scope.not_in(named)))
            if rows:
                self._connection.execute(self.store.insert(searches).on_conflict_do_nothing(), rows)

    def complete(self, site: str, *, ever: bool = False) -> set[str]:
        """Return the scopes whose searches are complete: not long ago, or `ever`, as what does not grow is."""
        since = "" if ever else timestamp_of(datetime.now(UTC) - _FRESH)
        query = sa.select(searches.c.scope).where(searches.c.site == site, searches.c.source == self.index)
        with self._connection.begin():
            return set(self._connection.scalars(query.where(searches.c.ended > since)))

    def cursor(self, site: str, scope: str) -> tuple[str | None, bool]:
        """Return where the search of a scope goes on, and whether it is complete; an archive goes on growing."""
        query = sa.select(searches.c.cursor, searches.c.ended)
        same = (searches.c.site == site, searches.c.source == self.index, searches.c.scope == scope)
        with self._connection.begin():
            row = self._connection.execute(query.where(*same)).first()
        fresh = timestamp_of(datetime.now(UTC) - _FRESH)
        return (row.cursor, bool(row.ended and row.ended > fresh)) if row else (None, False)

    def found(self, site: str, scope: str, rows: Iterable[tuple[str, Found]], cursor: str | None) -> None:
        """Commit what a step of a search found, each capture with its page's key; without a cursor it is complete."""
        values = [
            {
                "site": site, "source": self.source, "url": one.url, "timestamp": one.timestamp, "key": key,
                "state": "todo", "tries": 0, "digest": one.digest, "length": one.length,
                "place": json.dumps(one.place),
            }
            for key, one in rows
        ]  # fmt: skip
        step = {"cursor": cursor, "ended": None if cursor else timestamp()}
        search = {"site": site, "source": self.index, "scope": scope, **step}
        with self._connection.begin():
            if values:
                self._connection.execute(self.store.insert(captures).on_conflict_do_nothing(), values)
            upsert = self.store.insert(searches).on_conflict_do_update(
                index_elements=("site", "source", "scope"), set_=step
            )
            self._connection.execute(upsert, search)

    def odd(self, site: str, rows: Iterable[OddRow]) -> int:
        """Commit rows that name no capture, as unreadable captures; return how many were not known yet."""
        fresh = 0
        with self._connection.begin():
            for row in rows:
                cause = one_line(row.cause)
                named = one_line(row.url) or cause
                value = {
                    "site": site, "source": self.source, "url": named, "timestamp": one_line(row.timestamp[:20]),
                    "key": named, "state": "unreadable", "cause": cause, "tries": 0, "digest": "", "length": 0,
                    "place": "{}",
                }  # fmt: skip
                insert = self.store.insert(captures).on_conflict_do_nothing().returning(captures.c.number)
                fresh += self._connection.execute(insert, value).first() is not None
        return fresh


WHOLE = "whole"
"""The scope of a file that was read to its end."""


class FileLog:
    """The files that were read to their end, and the parts of others: kept as searches are, by what files are."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self.store = store
        self._connection = connection

    def read_before(self, sites: Collection[str], scope: str = WHOLE) -> set[str]:
        """Return the files that were read, whole or in a part, for all of some portals."""
        query = sa.select(searches.c.site, searches.c.source)
        same = (searches.c.scope == scope, searches.c.site.in_(sites), searches.c.ended.is_not(None))
        read: dict[str, set[str]] = {}
        with self._connection.begin():
            for row in self._connection.execute(query.where(*same)):
                read.setdefault(row.source, set()).add(row.site)
        return {file for file, of in read.items() if of.issuperset(sites)}

    def parts_read(self, file: str, sites: Collection[str]) -> set[str]:
        """Return the parts of a file that were read for all of some portals."""
        query = sa.select(searches.c.site, searches.c.scope)
        same = (searches.c.source == file, searches.c.site.in_(sites), searches.c.ended.is_not(None))
        read: dict[str, set[str]] = {}
        with self._connection.begin():
            for row in self._connection.execute(query.where(*same)):
                read.setdefault(row.scope, set()).add(row.site)
        return {part for part, of in read.items() if of.issuperset(sites)}

    def begin(self, sites: Collection[str], file: str, scope: str) -> bool:
        """Commit that a part of a file is about to be read for some portals; return whether it was so before."""
        begun = sa.select(sa.func.count()).where(
            searches.c.source == file, searches.c.scope == scope, searches.c.site.in_(sites)
        )
        rows = [{"site": site, "source": file, "scope": scope} for site in sites]
        with self._connection.begin():
            before = bool(self._connection.scalar(begun))
            self._connection.execute(self.store.insert(searches).on_conflict_do_nothing(), rows)
        return before

    def read_by_place(self, path: str, sites: Collection[str]) -> set[tuple[str, str]]:
        """Return the files, by name and stamp, that an earlier version wrote as read, under the path that was named."""
        query = sa.select(searches.c.site, searches.c.scope, searches.c.cursor)
        same = (searches.c.source == path, searches.c.site.in_(sites), searches.c.ended.is_not(None))
        read: dict[tuple[str, str], set[str]] = {}
        with self._connection.begin():
            for row in self._connection.execute(query.where(*same)):
                read.setdefault((row.scope, row.cursor or ""), set()).add(row.site)
        return {file for file, of in read.items() if of.issuperset(sites)}

    def add(self, sites: Collection[str], files: Iterable[str], scope: str = WHOLE) -> None:
        """Commit that files were read to their end, or in a part; the parts of a whole file need not be known."""
        now, named = timestamp(), [file for file in files if file]
        rows = [{"site": site, "source": file, "scope": scope, "ended": now} for site in sites for file in named]
        insert = self.store.insert(searches)
        upsert = insert.on_conflict_do_update(
            index_elements=("site", "source", "scope"), set_={"ended": insert.excluded.ended}
        )
        if not rows:
            return
        with self._connection.begin():
            self._connection.execute(upsert, rows)
            if scope == WHOLE:
                parts = (searches.c.site.in_(sites), searches.c.source.in_(named), searches.c.scope != WHOLE)
                self._connection.execute(searches.delete().where(*parts))


def _host(scope: str) -> str:
    """Return the host that a search is about: its scope ends with it."""
    return scope.rpartition(" ")[2]
