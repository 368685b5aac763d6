"""The capture queue of a backfill: the captures that archives have of a portal, and what came of each.

Captures are committed in batches, by several processes at once where they lie in files: each batch is one transaction
that has its articles and sections for itself, and what it inserts is in a fixed order, so that no two wait for each
other.
"""

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wardnews.archives.network.source import Found
from wardnews.archives.plan import Plan
from wardnews.errors import RunOver
from wardnews.items import REREAD, Article
from wardnews.reading.capture import Reading
from wardnews.store.commit import Commit
from wardnews.store.frontier import TRIES, Frontier
from wardnews.store.locks import of_article, wait_for_all
from wardnews.store.page_context import PageContext
from wardnews.store.prepared import Prepared, savepoint
from wardnews.store.tables import captures, listings, pages, runs

BATCH = 50
"""How many captures are committed at once, at most."""
_READY, _AT_ONCE = 64, 500
_OUTSIDE = "published "
"""How the cause of a capture begins whose article is outside of the days that were asked for; the day follows."""
_SEEN = "seen"
"""The state of an article's page that listings of the past name and no crawl has asked for."""
_IS_DONE = captures.c.state.not_in(("todo", "nothing"))
"""Of two captures of one address and second, such as a redirect and the page behind it, one may hold nothing."""
_NO_CONTEXT = PageContext().to_json()
_CAME_OF_IT = ("state", "cause", "article", "key")
_CAPTURE = ("site", "source", "url", "timestamp", "tries", *_CAME_OF_IT)
_PAGE = (
    "site", "kind", "key", "url", "context", "priority", "state", "article", "published", "tries", "rounds",
    "absences", "lists",
)  # fmt: skip


_LISTED = ("section", "called", "key", "shown")


@dataclass(slots=True)
class CaptureTask:
    """A capture that is asked for now."""

    number: int
    site: str
    url: str
    timestamp: str
    tries: int
    digest: str
    place: dict[str, Any]

    @property
    def found(self) -> Found:
        """The capture as the search found it."""
        return Found(self.url, self.timestamp, self.digest, 0, self.place)


class CaptureQueue:
    """The captures of one source that are to be read, of articles published from `since` to `until`.

    `files`: for captures in files, what these are known by. `shared`: whether another process began the run.
    `left`: how many captures are left to read, by portal. A
    capture before `since` shows nothing that was published later, and is left to a run that asks for more.
    """

    def __init__(
        self,
        frontier: Frontier,
        source: str,
        since: str | None = None,
        until: str | None = None,
        *,
        shared: bool = False,
    ) -> None:
        self.frontier = frontier
        self._shared = shared
        self.store = frontier.store
        self.source = source
        self.files: Sequence[str] = ()
        self._connection = frontier.connection
        dialect = self.store.engine.dialect
        address, page = ("site", "source", "url", "timestamp"), ("site", "kind", "key")
        self._prepared = {
            "capture": Prepared(self._upsert(captures, address, _CAME_OF_IT), dialect, _CAPTURE),
            "page": Prepared(self._upsert(pages, page, ("state", "article", "published")), dialect, _PAGE),
            "section": Prepared(self._upsert(pages, page, ("lists",)), dialect, _PAGE),
            "number": Prepared(_number(page), dialect),
            "seen": Prepared(self.store.insert(pages).on_conflict_do_nothing(), dialect, _PAGE),
            "listed": Prepared(self._listed(), dialect, _LISTED),
        }
        self.since, self.until = since, until
        self.left: dict[str, int] = {}
        self.under_way: dict[int, tuple[Article, Reading]] = {}
        """The articles that are given to the pipelines and not committed yet."""
        self.known_before: dict[str, set[str]] = {}
        """The articles, by portal, that the source has, that were known before this run and are as they were."""
        self.changed: set[str] = set()
        """The articles of which this run found another version in the source."""
        self._in_batch = False
        self._waiting: dict[str, deque[CaptureTask]] = {}
        self._handed_out: set[tuple[str, str]] = set()

    def close(self) -> None:
        """Close the connection to the store."""
        self.frontier.close()

    def reconnect(self) -> None:
        """Go on by new connections where one was cut."""
        self.frontier.reconnect()

    def begin_again(self, site: str) -> None:
        """Queue again what failed in earlier runs, behind all else, and what was outside of the days of these."""
        self.known_before[site] = set()
        for sources in self._sources():
            self._begin_again(site, sources)

    def _sources(self) -> Iterator[Sequence[str]]:
        """Return the files and the source itself, as many as a statement takes."""
        names = [*self.files, self.source]
        for at in range(0, len(names), _AT_ONCE):
            yield names[at : at + _AT_ONCE]

    def _begin_again(self, site: str, sources: Sequence[str]) -> None:
        same = (captures.c.site == site, captures.c.source.in_(sources))
        tried = sa.or_(captures.c.state == "failed", sa.and_(captures.c.state == "todo", captures.c.tries > 0))
        outside = [captures.c.state == "outside"]
        if self.since:
            outside.append(captures.c.cause >= f"{_OUTSIDE}{self.since}")
        if self.until:
            outside.append(captures.c.cause < f"{_OUTSIDE}{self.until}U")  # after any time of that day
        with self._connection.begin():
            self._connection.execute(captures.update().where(*same, tried).values(state="todo", tries=1))
            self._connection.execute(captures.update().where(*same, *outside).values(state="todo", tries=0))
            known = sa.select(captures.c.article).distinct().where(*same, captures.c.article.is_not(None))
            self.known_before[site].update(self._connection.scalars(known))

    def plan(self, site: str) -> Plan:
        """Return what the archive has of a portal, by what searches found."""
        same = (captures.c.site == site, captures.c.source == self.source)
        year = sa.func.substr(captures.c.timestamp, 1, 4)
        todo = self._to_do(site)
        with self._connection.begin():
            count = sa.select(
                sa.func.count(),
                sa.func.sum(sa.case((todo, 1), else_=0)),
                sa.func.count(captures.c.key.distinct()),
                sa.func.count(sa.case((captures.c.key.not_like("http%"), captures.c.key)).distinct()),
                sa.func.count(captures.c.article.distinct()),
                sa.func.sum(sa.case((todo, captures.c.length), else_=0)),
            )
            row = self._connection.execute(count.where(*same)).one()
            by_year = sa.select(year, sa.func.count()).where(*same).group_by(year).order_by(year)
            years = {row[0]: row[1] for row in self._connection.execute(by_year)}
        self.left[site] = int(row[1] or 0)
        return Plan(row[0], self.left[site], row[2], row[3], row[4], int(row[5] or 0), years)

    def addresses(self, site: str) -> list[str]:
        """Return the addresses of a portal that the store knows: sections, articles that were never had, the others."""
        had = sa.case((pages.c.kind == "section", 0), (pages.c.state == "done", 2), else_=1)
        own = sa.select(pages.c.url, had.label("rank")).where(pages.c.site == site)
        elsewhere = captures.c.state.in_(("todo", "failed", "unreadable"))
        lacking = sa.select(captures.c.url, sa.literal(1)).where(captures.c.site == site, elsewhere)
        both = sa.union_all(own, lacking).subquery()
        with self._connection.begin():
            return list(self._connection.scalars(sa.select(both.c.url).order_by(both.c.rank, both.c.url)))

    def _to_do(self, site: str) -> Any:
        to_do = [captures.c.site == site, captures.c.source == self.source, captures.c.state == "todo"]
        return sa.and_(*to_do, *([captures.c.timestamp >= self.since] if self.since else []))

    # --- captures ---

    def next(self, site: str) -> CaptureTask | None:
        """Return the next capture of a portal, None at the end: those of one page follow each other in time."""
        ready = self._waiting.setdefault(site, deque())
        if not ready:
            ready.extend(self._todo(site))
        if not ready:
            return None
        task = ready.popleft()
        self._handed_out.add((task.url, task.timestamp))
        return task

    def _todo(self, site: str) -> Iterator[CaptureTask]:
        names = CaptureTask.__slots__
        query = (
            sa.select(*(captures.c[name] for name in names))
            .where(self._to_do(site))
            .order_by(captures.c.tries, captures.c.key, captures.c.timestamp)
            .limit(_READY + len(self._handed_out))
        )
        with self._connection.begin():
            rows = self._connection.execute(query).all()
        for row in rows:
            if (row.url, row.timestamp) not in self._handed_out:
                yield CaptureTask(**{**row._mapping, "place": json.loads(row.place or "{}")})  # noqa: SLF001 - its public name

    def known(self, sites: Collection[str]) -> dict[str, set[tuple[str, str, str]]]:
        """Return the captures that are done with, by portal, address and time, for each file that they lie in.

        Those of an earlier version, which knew files by the path that was named, stand under the empty string.
        """
        columns = (captures.c.source, captures.c.site, captures.c.url, captures.c.timestamp)
        found: dict[str, set[tuple[str, str, str]]] = {}
        for sources in self._sources():
            done = (captures.c.source.in_(sources), captures.c.site.in_(sites), _IS_DONE)
            with self._connection.begin():
                for row in self._connection.execute(sa.select(*columns).where(*done)):
                    source = "" if row.source == self.source else row.source
                    found.setdefault(source, set()).add((row.site, row.url, row.timestamp))
        return found

    def known_among(self, source: str, wanted: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        """Return the captures of a file that are done with, of some by portal, address and time."""
        columns = (captures.c.site, captures.c.url, captures.c.timestamp)
        asked = set(wanted)
        sites, urls = ({one[at] for one in asked} for at in (0, 1))
        its = (captures.c.source == source, captures.c.site.in_(sites), captures.c.url.in_(urls))
        with self._connection.begin():
            rows = self._connection.execute(sa.select(*columns).where(*its, _IS_DONE))
            return asked.intersection((row.site, row.url, row.timestamp) for row in rows)

    def failed(self, task: CaptureTask, cause: str, *, retry: bool) -> bool:
        """Commit that a capture could not be had; return whether it is asked for again in this run."""
        again = retry and task.tries + 1 < TRIES
        values = {"state": "todo" if again else "failed", "tries": task.tries + 1, "cause": cause}
        with self._connection.begin():
            self._connection.execute(captures.update().where(captures.c.number == task.number).values(values))
        self._handed_out.discard((task.url, task.timestamp))
        if not again:
            self.left[task.site] = self.left.get(task.site, 1) - 1
        return again

    @contextmanager
    def batch(self, readings: Sequence[Reading]) -> Iterator[None]:
        """Commit what came of some captures in one transaction."""
        names = [one.article.id for one in readings if one.article]
        sections = [f"section {one.site} {one.key}" for one in readings if one.state == "listing"]
        seen = [row for one in readings if one.state == "listing" for row in _seen(one)]
        with self._connection.begin():
            self._check_run()
            kept = map(self.frontier.versions.known_as, names)
            wait_for_all(self._connection, [*map(of_article, kept), *sections])
            seen.sort(key=lambda row: (row["site"], row["key"]))
            self._prepared["seen"].run_each(self._connection, seen)
            self._in_batch = True
            try:
                yield
            finally:
                self._in_batch = False

    def _check_run(self) -> None:
        """Raise RunOver where the run has ended: its feed may be written by now."""
        under_way = sa.select(runs.c.name).where(runs.c.name == self.frontier.run, runs.c.ended.is_(None))
        if self._shared and self._connection.scalar(under_way.with_for_update(read=True)) is None:
            raise RunOver("the run {run} has ended", run=self.frontier.run)

    def add_reading(self, reading: Reading) -> None:
        """Remember what an article was read from until it is written; write all else right away."""
        if reading.article:
            self.under_way[id(reading.article)] = (reading.article, reading)
            return
        with self._finishing(reading) as commit:
            if reading.state == "listing":
                self._write_listing(commit, reading)

    def remember(self, article: Article) -> str | None:
        """Write an article of the past; return its change, None where that time brought nothing new."""
        _, reading = self.under_way.pop(id(article))
        with self._finishing(reading, article) as commit:
            self.frontier.versions.keep_id(article)
            change = self.frontier.versions.write(article)
            if self.frontier.files:
                self.frontier.files.want(article)
            rows = (_page(article.site, "article", key, article.url, "done", article) for key in reading.keys)
            self._prepared["page"].run_each(commit.connection, rows)
        if change not in (None, REREAD):
            self.changed.add(article.id)
            self.known_before[article.site].discard(article.id)
        elif article.id not in self.changed:
            self.known_before[article.site].add(article.id)
        return change

    def dropped(self, article: Article, *, state: str, cause: str) -> None:
        """Write that an article was dropped on its way."""
        if id(article) in self.under_way:
            _, reading = self.under_way.pop(id(article))
            reading.state, reading.cause = ("failed" if state == "failed" else "unreadable"), cause
            if state == "outside":
                reading.state, reading.cause = "outside", f"{_OUTSIDE}{article.published}"
            with self._finishing(reading):
                pass

    @contextmanager
    def _finishing(self, reading: Reading, article: Article | None = None) -> Iterator[Commit]:
        """Write that a capture is done with, and what came of it, both or none of it."""
        row = {
            "site": reading.site, "source": reading.source or self.source, "url": reading.url,
            "timestamp": reading.timestamp, "key": reading.key, "tries": 0, "state": reading.state,
            "cause": reading.cause,
        }  # fmt: skip
        with nullcontext() if self._in_batch else self.batch([reading]), savepoint(self._connection):
            yield Commit(self.frontier, self._connection, None, reading.site)
            self._prepared["capture"].run(self._connection, row | {"article": article.id if article else None})
        self._handed_out.discard((reading.url, reading.timestamp))
        self.left[reading.site] = max(0, self.left.get(reading.site, 1) - 1)

    def _write_listing(self, commit: Commit, reading: Reading) -> None:
        """Write what a listing of the past says: its section, how many articles it has, and which."""
        row = _page(reading.site, "section", reading.key, reading.url, "done", None)
        row |= {"context": PageContext(name=reading.name).to_json(), "lists": 1}
        self._prepared["section"].run(commit.connection, row)
        section = self._prepared["number"].run(commit.connection, row)
        if reading.promised and reading.promised > (section.promised or 0):
            commit.update_section(section.number, promised=reading.promised)
        shown = [
            {"section": section.number, "called": 2, "key": one.key, "shown": f"{one.title}|{one.published or ''}"}
            for one in reading.listed
        ]
        self._prepared["listed"].run_each(commit.connection, shown)

    def _listed(self) -> Any:
        """Return the INSERT of what a section lists; of two of the same entry the later one stays."""
        insert = self.store.insert(listings)
        later = insert.excluded.shown > listings.c.shown  # whichever was read first
        renewed = {"shown": insert.excluded.shown}
        return insert.on_conflict_do_update(index_elements=_LISTED[:3], set_=renewed, where=later)

    def _upsert(self, table: sa.Table, same: tuple[str, ...], renewed: tuple[str, ...]) -> Any:
        """Return an INSERT of a row that renews some columns of one that is there."""
        insert = self.store.insert(table)
        values = {name: insert.excluded[name] for name in renewed}
        return insert.on_conflict_do_update(index_elements=same, set_=values)


def _number(key: Iterable[str]) -> Any:
    """Return the query for the number of a page, by its key."""
    its = (pages.c[name] == sa.bindparam(name) for name in key)
    return sa.select(pages.c.number, pages.c.promised).where(*its)


def _seen(reading: Reading) -> Iterator[dict[str, Any]]:
    """Return the rows of the articles that a listing names."""
    for one in reading.listed:
        yield _page(reading.site, "article", one.key, one.url, _SEEN, None)


def _page(site: str, kind: str, key: str, url: str, state: str, article: Article | None) -> dict[str, Any]:
    return {
        "site": site, "kind": kind, "key": key, "url": url, "context": _NO_CONTEXT, "priority": 0, "state": state,
        "article": article.id if article else None, "published": article.published if article else None,
        "tries": 0, "rounds": 0, "absences": 0, "lists": 0,
    }  # fmt: skip
