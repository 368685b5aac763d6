"""What the archives have of a portal, and what came of it: the books of a backfill. One capture, one transaction."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from wardnews import text
from wardnews.archives.source import Found
from wardnews.items import Article
from wardnews.ledger import TRIES, Commit, Ledger
from wardnews.reading import Reading
from wardnews.store import Prepared, Store, captures, listings, pages, searches

_READY = 64
_FRESH = timedelta(days=30)
"""How long what a search found is taken for all that the archive has."""
_SEEN = "seen"
"""The state of an article's page that listings of the past name and no crawl has asked for."""
_CAME_OF_IT = ("state", "cause", "article", "key")
_CAPTURE = ("site", "source", "url", "timestamp", "tries", *_CAME_OF_IT)
_PAGE = (
    "site", "kind", "key", "url", "context", "priority", "state", "article", "published", "tries", "rounds",
    "absences", "lists",
)  # fmt: skip


@dataclass(slots=True)
class CaptureTask:
    """Hold a capture that is asked for now."""

    number: int
    site: str
    url: str
    timestamp: str
    tries: int
    digest: str
    place: dict[str, Any]

    @property
    def found(self) -> Found:
        """Give the capture as the search found it."""
        return Found(self.url, self.timestamp, self.digest, 0, self.place)


@dataclass
class Plan:
    """Say what an archive has of a portal: captures in all and yet to do, pages by their keys, captures by year.

    `settled`: the articles that were read before. `size`: the bytes of what is to do, as the archive packs it.
    """

    captures: int = 0
    todo: int = 0
    pages: int = 0
    settled: int = 0
    size: int = 0
    years: dict[str, int] = field(default_factory=dict)


class Rescue(Ledger):
    """Keep the books of a backfill from one source."""

    def __init__(self, store: Store, run: str, source: str) -> None:
        super().__init__(store, run)
        self.source = source
        dialect = store.engine.dialect
        moment, page = ("site", "source", "url", "timestamp"), ("site", "kind", "key")
        self.prepared["capture"] = Prepared(self._upsert(captures, moment, _CAME_OF_IT), dialect, _CAPTURE)
        self.prepared["page"] = Prepared(self._upsert(pages, page, ("state", "article", "published")), dialect, _PAGE)
        self.prepared["section"] = Prepared(self._upsert(pages, page, ("lists",)), dialect, _PAGE)
        self.left: dict[str, int] = {}
        self._waiting: dict[str, deque[CaptureTask]] = {}
        self._taken: set[int] = set()
        self._under_way: dict[int, tuple[Article, Reading]] = {}

    # --- the search ---

    def searched(self, site: str) -> bool:
        """Tell whether all that the archive has of a portal was found not long ago."""
        fresh = text.timestamp_of(datetime.now(UTC) - _FRESH)
        query = sa.select(searches.c.ended).where(searches.c.site == site, searches.c.source == self.source)
        with self._connection.begin():
            ended = self._connection.scalars(query).all()
        return bool(ended) and all(moment and moment > fresh for moment in ended)

    def cursor(self, site: str, scope: str) -> tuple[str | None, bool]:
        """Tell where the search of a scope goes on, and whether it is complete; an archive goes on growing."""
        query = sa.select(searches.c.cursor, searches.c.ended)
        same = (searches.c.site == site, searches.c.source == self.source, searches.c.scope == scope)
        with self._connection.begin():
            row = self._connection.execute(query.where(*same)).first()
        fresh = text.timestamp_of(datetime.now(UTC) - _FRESH)
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
        step = {"cursor": cursor, "ended": None if cursor else text.timestamp()}
        search = {"site": site, "source": self.source, "scope": scope, **step}
        with self._connection.begin():
            if values:
                self._connection.execute(self.store.insert(captures).on_conflict_do_nothing(), values)
            upsert = self.store.insert(searches).on_conflict_do_update(
                index_elements=("site", "source", "scope"), set_=step
            )
            self._connection.execute(upsert, search)

    def plan(self, site: str) -> Plan:
        """Count what the archive has of a portal."""
        same = (captures.c.site == site, captures.c.source == self.source)
        year = sa.func.substr(captures.c.timestamp, 1, 4)
        todo = captures.c.state == "todo"
        with self._connection.begin():
            count = sa.select(
                sa.func.count(),
                sa.func.sum(sa.case((todo, 1), else_=0)),
                sa.func.count(captures.c.key.distinct()),
                sa.func.count(captures.c.article.distinct()),
                sa.func.sum(sa.case((todo, captures.c.length), else_=0)),
            )
            row = self._connection.execute(count.where(*same)).one()
            by_year = sa.select(year, sa.func.count()).where(*same).group_by(year).order_by(year)
            years = {row[0]: row[1] for row in self._connection.execute(by_year)}
        self.left[site] = int(row[1] or 0)
        return Plan(row[0], self.left[site], row[2], row[3], int(row[4] or 0), years)

    # --- captures ---

    def next(self, site: str) -> CaptureTask | None:
        """Hand out the next capture of a portal: those of one page follow each other in time."""
        ready = self._waiting.setdefault(site, deque())
        if not ready:
            ready.extend(self._todo(site))
        if not ready:
            return None
        task = ready.popleft()
        self._taken.add(task.number)
        return task

    def _todo(self, site: str) -> Iterator[CaptureTask]:
        names = CaptureTask.__slots__
        query = (
            sa.select(*(captures.c[name] for name in names))
            .where(captures.c.site == site, captures.c.source == self.source, captures.c.state == "todo")
            .order_by(captures.c.key, captures.c.timestamp)
            .limit(_READY + len(self._taken))
        )
        with self._connection.begin():
            rows = self._connection.execute(query).all()
        for row in rows:
            if row.number not in self._taken:
                yield CaptureTask(**{**row._mapping, "place": json.loads(row.place or "{}")})  # noqa: SLF001 - its public name

    def known(self) -> set[tuple[str, str]]:
        """Give the captures of the source that are settled, by address and time."""
        query = sa.select(captures.c.url, captures.c.timestamp).where(captures.c.source == self.source)
        with self._connection.begin():
            rows = self._connection.execute(query.where(captures.c.state != "todo"))
            return {(row.url, row.timestamp) for row in rows}

    def given_up(self, task: CaptureTask, cause: str, *, retry: bool) -> bool:
        """Commit that a capture could not be had; tell whether it is asked for again in this run."""
        again = retry and task.tries + 1 < TRIES
        values = {"state": "todo" if again else "failed", "tries": task.tries + 1, "cause": cause}
        with self._connection.begin():
            self._connection.execute(captures.update().where(captures.c.number == task.number).values(values))
        self._taken.discard(task.number)
        if not again:
            self.left[task.site] = self.left.get(task.site, 1) - 1
        return again

    def took(self, reading: Reading) -> None:
        """Remember what an article was read from until it is committed; commit all else right away."""
        if reading.article:
            self._under_way[id(reading.article)] = (reading.article, reading)
            return
        with self._settling(reading) as commit:
            if reading.state == "listing":
                self._write_listing(commit, reading)

    def remember(self, article: Article) -> str | None:
        """Commit an article of the past; give its change, None where that moment brought nothing new."""
        _, reading = self._under_way.pop(id(article))
        with self._settling(reading, article.id) as commit:
            change = commit.write(article)
            for key in reading.keys:
                row = _page(article.site, "article", key, article.url, "done", article)
                self.prepared["page"].run(commit.connection, row)
        return change

    def dropped(self, article: Article, *, state: str, cause: str) -> None:
        """Commit that an article was dropped on its way."""
        if id(article) in self._under_way:
            _, reading = self._under_way.pop(id(article))
            reading.state, reading.cause = ("nothing" if state == "outside" else "unreadable"), cause
            with self._settling(reading):
                pass

    @contextmanager
    def _settling(self, reading: Reading, article: str | None = None) -> Iterator[Commit]:
        """Settle a capture, and what came of it, in one transaction."""
        row = {
            "site": reading.site, "source": self.source, "url": reading.url, "timestamp": reading.timestamp,
            "key": reading.key, "tries": 0, "state": reading.state, "cause": reading.cause, "article": article,
        }  # fmt: skip
        with self._connection.begin():
            yield Commit(self, self._connection, None, reading.site)
            self.prepared["capture"].run(self._connection, row)
        self.left[reading.site] = max(0, self.left.get(reading.site, 1) - 1)

    def _write_listing(self, commit: Commit, reading: Reading) -> None:
        """Write what a listing of the past says: its section, how many articles it has, and which."""
        row = _page(reading.site, "section", reading.key, reading.url, "done", None)
        row |= {"context": json.dumps({"name": reading.name}, ensure_ascii=False), "lists": 1}
        self.prepared["section"].run(commit.connection, row)
        same = (pages.c.site == reading.site, pages.c.kind == "section", pages.c.key == reading.key)
        section = commit.connection.execute(sa.select(pages.c.number, pages.c.promised).where(*same)).one()
        if reading.promised and reading.promised > (section.promised or 0):
            commit.walked(section.number, promised=reading.promised)
        seen = [_page(reading.site, "article", one.key, one.url, _SEEN, None) for one in reading.listed]
        if seen:
            commit.connection.execute(self.store.insert(pages).on_conflict_do_nothing(), seen)
        shown = [
            {"section": section.number, "called": 2, "key": one.key, "shown": f"{one.title}|{one.published or ''}"}
            for one in reading.listed
        ]
        if shown:
            commit.connection.execute(self.store.insert(listings).on_conflict_do_nothing(), shown)

    def _upsert(self, table: sa.Table, same: tuple[str, ...], renewed: tuple[str, ...]) -> Any:
        """Make an INSERT of a row that renews some columns of one that is there."""
        insert = self.store.insert(table)
        values = {name: insert.excluded[name] for name in renewed}
        return insert.on_conflict_do_update(index_elements=same, set_=values)


def _page(site: str, kind: str, key: str, url: str, state: str, article: Article | None) -> dict[str, Any]:
    return {
        "site": site, "kind": kind, "key": key, "url": url, "context": "{}", "priority": 0, "state": state,
        "article": article.id if article else None, "published": article.published if article else None,
        "tries": 0, "rounds": 0, "absences": 0, "lists": 0,
    }  # fmt: skip
