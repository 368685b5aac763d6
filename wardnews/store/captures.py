"""What the archives have of a portal, and what came of it: the books of a backfill. One capture, one transaction."""

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from wardnews.archives.source import Found
from wardnews.items import REREAD, Article
from wardnews.reading.page import Reading
from wardnews.store.commit import Commit
from wardnews.store.frontier import TRIES, Frontier
from wardnews.store.page_context import PageContext
from wardnews.store.prepared import Prepared
from wardnews.store.tables import captures, listings, pages, searches
from wardnews.text.clock import timestamp, timestamp_of

_READY = 64
_FRESH = timedelta(days=30)
"""How long what a search found is taken for all that the archive has."""
_LEAST_SECONDS = 0.5
"""How long an archive takes for an answer at least, whatever the delay between two."""
_STORED = 8_000
"""About how many bytes a capture adds to the store."""
_GIGABYTE = 1_000_000_000
_WINDOW, _SOON, _FEW = 300.0, 30.0, 10
_STEPS = ((172_800, 60), (21_600, 30), (7_200, 10), (1_800, 5), (45, 1))
"""From so many seconds on durations are told in steps of so many minutes."""
_OUTSIDE = "published "
"""How the cause of a capture begins whose article is outside of the days that were asked for; the day follows."""
_SEEN = "seen"
"""The state of an article's page that listings of the past name and no crawl has asked for."""
_NO_CONTEXT = PageContext().to_json()
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
    """Say what an archive has of a portal: captures in all and yet to do, distinct pages, captures by year.

    `articles`: the pages whose address has an article's number. `settled`: the articles that were read before. `size`:
    the bytes of what is to do, as the archive packs it.
    """

    captures: int = 0
    todo: int = 0
    pages: int = 0
    articles: int = 0
    settled: int = 0
    size: int = 0
    years: dict[str, int] = field(default_factory=dict)

    def lines(self, source: str, delay: float | None) -> Iterator[str]:
        """Write what there is and what it costs: requests, time at `delay` seconds between two, bytes.

        Without a delay the archive is on this disk, and costs room for what comes of it.
        """
        if not self.captures:
            yield f"{source} has nothing of it"
            return
        years = ", ".join(f"{year}: {count:,}" for year, count in self.years.items())
        yield f"{source} has {_of(self.captures, 'capture')} of {_of(self.pages, 'page')} ({years})"
        if self.articles:
            yield f"by their addresses {_of(self.articles, 'distinct article')}"
        if self.settled:
            yield f"read before: {_of(self.settled, 'article')}"
        if not self.todo:
            yield "nothing left to do"
            return
        if delay is None:
            yield f"to do: {_of(self.todo, 'capture')}; in the store: up to {_megabytes(self.todo * _STORED)}"
            return
        least = self.todo * max(delay, _LEAST_SECONDS)
        yield f"to do: {_of(self.todo, 'request')}, {in_words(least)} at one every {max(delay, _LEAST_SECONDS):g} s"
        disk = self.size + self.todo * _STORED
        yield f"to download: {_megabytes(self.size)}; on disk: up to {_megabytes(disk)}"


def _of(number: int, what: str) -> str:
    return f"{number:,} {what}{'s'[: number != 1]}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < _GIGABYTE else f"{size / 1e9:,.1f} GB"


def seconds_left(marks: Sequence[tuple[float, int]], left: int) -> float | None:
    """Estimate the seconds that `left` captures take, by what was done in the last minutes.

    `marks` are moments in seconds, with how many were done in all until then; those of the last five minutes count.
    None as long as half a minute and ten captures do not tell yet.
    """
    if not left:
        return 0.0
    recent = [mark for mark in marks if mark[0] >= marks[-1][0] - _WINDOW]
    if not recent or recent[-1][0] - recent[0][0] < _SOON or recent[-1][1] - recent[0][1] < _FEW:
        return None
    return left * (recent[-1][0] - recent[0][0]) / (recent[-1][1] - recent[0][1])


def in_words(seconds: float) -> str:
    """Write a duration as roughly as it is known, so that it does not flicker.

    >>> in_words(20), in_words(100), in_words(2_900), in_words(9_000), in_words(400_000)
    ('less than a minute', 'about 2 min', 'about 50 min', 'about 2 h 30 min', 'about 4 d 15 h')
    """
    step = next((minutes for least, minutes in _STEPS if seconds >= least), None)
    if step is None:
        return "less than a minute"
    minutes = max(1, round(seconds / 60 / step)) * step
    parts = {"d": minutes // 1440, "h": minutes // 60 % 24, "min": minutes % 60}
    return "about " + " ".join(f"{count} {name}" for name, count in parts.items() if count)


class Rescue:
    """Keep the books of a backfill from one source, of articles published from `since` to `until`, beside the frontier.

    `left`: how many captures are left to read, by portal. A capture before `since` shows nothing that was published
    later, and is left to a run that asks for more.
    """

    def __init__(self, frontier: Frontier, source: str, since: str | None = None, until: str | None = None) -> None:
        self.frontier = frontier
        self.store = frontier.store
        self.source = source
        self._connection = frontier.connection
        dialect = self.store.engine.dialect
        moment, page = ("site", "source", "url", "timestamp"), ("site", "kind", "key")
        self._prepared = {
            "capture": Prepared(self._upsert(captures, moment, _CAME_OF_IT), dialect, _CAPTURE),
            "page": Prepared(self._upsert(pages, page, ("state", "article", "published")), dialect, _PAGE),
            "section": Prepared(self._upsert(pages, page, ("lists",)), dialect, _PAGE),
        }
        self.since, self.until = since, until
        self.left: dict[str, int] = {}
        self.under_way: dict[int, tuple[Article, Reading]] = {}
        """The articles that are given to the pipelines and not committed yet."""
        self.known_before: dict[str, set[str]] = {}
        """The articles, by portal, that the source has, that were known before this run and are as they were."""
        self._changed: set[str] = set()
        self._waiting: dict[str, deque[CaptureTask]] = {}
        self._taken: set[tuple[str, str]] = set()

    def close(self) -> None:
        """Let go of the database."""
        self.frontier.close()

    def begin_again(self, site: str) -> None:
        """Put to do what failed in earlier runs, behind all else, and what was outside of the days of these."""
        same = (captures.c.site == site, captures.c.source == self.source)
        tried = sa.or_(captures.c.state == "failed", sa.and_(captures.c.state == "todo", captures.c.tries > 0))
        outside = [captures.c.state == "outside"]
        if self.since:
            outside.append(captures.c.cause >= f"{_OUTSIDE}{self.since}")
        if self.until:
            outside.append(captures.c.cause < f"{_OUTSIDE}{self.until}U")  # after any time of that day
        with self._connection.begin():
            self._connection.execute(captures.update().where(*same, tried).values(state="todo", tries=1))
            self._connection.execute(captures.update().where(*same, *outside).values(state="todo", tries=0))
            settled = sa.select(captures.c.article.distinct()).where(*same, captures.c.article.is_not(None))
            self.known_before[site] = set(self._connection.scalars(settled))

    # --- the search ---

    def searched(self, site: str, hosts: Collection[str]) -> bool:
        """Tell whether all that the archive has of a portal's hosts was found not long ago."""
        fresh = timestamp_of(datetime.now(UTC) - _FRESH)
        query = sa.select(searches).where(searches.c.site == site, searches.c.source == self.source)
        with self._connection.begin():
            rows = [row for row in self._connection.execute(query) if _host(row.scope) in hosts]
        return {_host(row.scope) for row in rows} == set(hosts) and all(row.ended and row.ended > fresh for row in rows)

    def intended(self, site: str, hosts: Collection[str]) -> list[str]:
        """Give the scopes of a search of a portal's hosts that was broken off; none where there is no such search."""
        query = sa.select(searches).where(searches.c.site == site, searches.c.source == self.source)
        with self._connection.begin():
            rows = [row for row in self._connection.execute(query) if _host(row.scope) in hosts]
        broken_off = {_host(row.scope) for row in rows} == set(hosts) and not all(row.ended for row in rows)
        return [row.scope for row in rows] if broken_off else []

    def intend(self, site: str, scopes: Iterable[str]) -> None:
        """Remember all that is to be searched, before the first search: a run that is killed has not searched all."""
        same = (searches.c.site == site, searches.c.source == self.source)
        named = list(scopes)
        rows = [{"site": site, "source": self.source, "scope": scope} for scope in named]
        with self._connection.begin():
            self._connection.execute(searches.delete().where(*same, searches.c.scope.not_in(named)))
            if rows:
                self._connection.execute(self.store.insert(searches).on_conflict_do_nothing(), rows)

    def cursor(self, site: str, scope: str) -> tuple[str | None, bool]:
        """Tell where the search of a scope goes on, and whether it is complete; an archive goes on growing."""
        query = sa.select(searches.c.cursor, searches.c.ended)
        same = (searches.c.site == site, searches.c.source == self.source, searches.c.scope == scope)
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

    def _to_do(self, site: str) -> Any:
        to_do = [captures.c.site == site, captures.c.source == self.source, captures.c.state == "todo"]
        return sa.and_(*to_do, *([captures.c.timestamp >= self.since] if self.since else []))

    # --- captures ---

    def next(self, site: str) -> CaptureTask | None:
        """Hand out the next capture of a portal: those of one page follow each other in time."""
        ready = self._waiting.setdefault(site, deque())
        if not ready:
            ready.extend(self._todo(site))
        if not ready:
            return None
        task = ready.popleft()
        self._taken.add((task.url, task.timestamp))
        return task

    def _todo(self, site: str) -> Iterator[CaptureTask]:
        names = CaptureTask.__slots__
        query = (
            sa.select(*(captures.c[name] for name in names))
            .where(self._to_do(site))
            .order_by(captures.c.tries, captures.c.key, captures.c.timestamp)
            .limit(_READY + len(self._taken))
        )
        with self._connection.begin():
            rows = self._connection.execute(query).all()
        for row in rows:
            if (row.url, row.timestamp) not in self._taken:
                yield CaptureTask(**{**row._mapping, "place": json.loads(row.place or "{}")})  # noqa: SLF001 - its public name

    def known(self, sites: Collection[str]) -> set[tuple[str, str, str]]:
        """Give the captures of the source that are settled, by portal, address and time."""
        query = sa.select(captures.c.site, captures.c.url, captures.c.timestamp)
        settled = (captures.c.source == self.source, captures.c.site.in_(sites), captures.c.state != "todo")
        with self._connection.begin():
            return {(row.site, row.url, row.timestamp) for row in self._connection.execute(query.where(*settled))}

    def given_up(self, task: CaptureTask, cause: str, *, retry: bool) -> bool:
        """Commit that a capture could not be had; tell whether it is asked for again in this run."""
        again = retry and task.tries + 1 < TRIES
        values = {"state": "todo" if again else "failed", "tries": task.tries + 1, "cause": cause}
        with self._connection.begin():
            self._connection.execute(captures.update().where(captures.c.number == task.number).values(values))
        self._taken.discard((task.url, task.timestamp))
        if not again:
            self.left[task.site] = self.left.get(task.site, 1) - 1
        return again

    def took(self, reading: Reading) -> None:
        """Remember what an article was read from until it is committed; commit all else right away."""
        if reading.article:
            self.under_way[id(reading.article)] = (reading.article, reading)
            return
        with self._settling(reading) as commit:
            if reading.state == "listing":
                self._write_listing(commit, reading)

    def remember(self, article: Article) -> str | None:
        """Commit an article of the past; give its change, None where that moment brought nothing new."""
        _, reading = self.under_way.pop(id(article))
        with self._settling(reading, article.id) as commit:
            change = self.frontier.versions.write(article)
            for key in reading.keys:
                row = _page(article.site, "article", key, article.url, "done", article)
                self._prepared["page"].run(commit.connection, row)
        if change not in (None, REREAD):
            self._changed.add(article.id)
            self.known_before[article.site].discard(article.id)
        elif article.id not in self._changed:
            self.known_before[article.site].add(article.id)
        return change

    def dropped(self, article: Article, *, state: str, cause: str) -> None:
        """Commit that an article was dropped on its way."""
        if id(article) in self.under_way:
            _, reading = self.under_way.pop(id(article))
            reading.state, reading.cause = ("failed" if state == "failed" else "unreadable"), cause
            if state == "outside":
                reading.state, reading.cause = "outside", f"{_OUTSIDE}{article.published}"
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
            yield Commit(self.frontier, self._connection, None, reading.site)
            self._prepared["capture"].run(self._connection, row)
        self._taken.discard((reading.url, reading.timestamp))
        self.left[reading.site] = max(0, self.left.get(reading.site, 1) - 1)

    def _write_listing(self, commit: Commit, reading: Reading) -> None:
        """Write what a listing of the past says: its section, how many articles it has, and which."""
        row = _page(reading.site, "section", reading.key, reading.url, "done", None)
        row |= {"context": PageContext(name=reading.name).to_json(), "lists": 1}
        self._prepared["section"].run(commit.connection, row)
        same = (pages.c.site == reading.site, pages.c.kind == "section", pages.c.key == reading.key)
        section = commit.connection.execute(sa.select(pages.c.number, pages.c.promised).where(*same)).one()
        if reading.promised and reading.promised > (section.promised or 0):
            commit.update_section(section.number, promised=reading.promised)
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


def _host(scope: str) -> str:
    """Give the host that a search is about: its scope ends with it."""
    return scope.rpartition(" ")[2]


def _page(site: str, kind: str, key: str, url: str, state: str, article: Article | None) -> dict[str, Any]:
    return {
        "site": site, "kind": kind, "key": key, "url": url, "context": _NO_CONTEXT, "priority": 0, "state": state,
        "article": article.id if article else None, "published": article.published if article else None,
        "tries": 0, "rounds": 0, "absences": 0, "lists": 0,
    }  # fmt: skip
