"""What a run has still to do, and what came of it: its visits to portals, page by page. One page, one transaction."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.items import GONE, Article, article_of
from wardnews.store import clock, moves
from wardnews.store.commit import HOME, Commit
from wardnews.store.database import Store
from wardnews.store.page_context import PageContext
from wardnews.store.prepared import page_statements
from wardnews.store.recheck import GONE_AFTER, GONE_DAYS, SCHEDULE, exactly, next_try, static_until, time_of
from wardnews.store.tables import articles, pages, versions, visits
from wardnews.store.tasks import AGAIN, Known, Task, Wanted
from wardnews.store.versions import Versions
from wardnews.text.clock import timestamp_of

if TYPE_CHECKING:
    from wardnews.store.files.queue import FileQueue

TRIES = 3
"""How often a page is asked for in one run before it has failed."""
STALE = timedelta(hours=1)
"""How old a visit that was broken off may be and still be resumed where it stood; else it also begins anew."""
_READY = 64
_RECHECKS = 2


@dataclass
class Visit:
    """One visit to a portal: the tasks in memory that are ready, and the pages that are under way.

    `has_earlier`: whether articles are known that were not asked for in this visit when it began.
    """

    number: int
    began: str
    resumed: bool
    has_earlier: bool = False
    ready: deque[Task] = field(default_factory=deque)
    under_way: set[int] = field(default_factory=set)


def _unfenced(_connection: Connection, _site: str) -> None:
    """Let a run write that no lease keeps from others."""


class Frontier:
    """The pages that a run has still to ask for: it hands them out, and commits what came of each.

    `fence` is called in each transaction that writes for a portal, with its key; it raises LeaseLost where this run may
    not write for it any more.
    """

    def __init__(self, store: Store, run: str, fence: Callable[[Connection, str], None] = _unfenced) -> None:
        self.store = store
        self.run = run
        self.fence = fence
        self.visits: dict[str, Visit] = {}
        self.files: FileQueue | None = None
        """What is known of the files of articles, in a run that keeps some."""
        self.clock: str | None = None
        """What an operator should know of the clock."""
        self.connection = store.writer()
        self.versions = Versions(store, self.connection, run)
        self.statements = page_statements(store)
        self._open: dict[int, tuple[Article, Task]] = {}

    def close(self) -> None:
        """Close the connection to the database."""
        self.connection.close()

    def reconnect(self) -> None:
        """Go on by new connections where one was cut; the locks of the process went with it."""
        self.connection.invalidate()
        self.store.locks.close()

    @contextmanager
    def writing(self, site: str) -> Iterator[Connection]:
        """Begin a transaction that writes for a portal; it is committed when the block ends, or rolled back."""
        with self.connection.begin():
            self.fence(self.connection, site)
            yield self.connection

    # --- visits ---

    def begin(
        self,
        site: str,
        starts: Iterable[Wanted],
        *,
        asked: str = "",
        only_starts: bool = False,
        full: bool = False,
        rechecks: bool = True,
        older: bool = False,
    ) -> Visit:
        """Begin a visit, or resume the one that was broken off, where that was `asked` for the same.

        `starts` are where it begins; the sections known from before join them, unless `only_starts`; so do the
        rechecks that are due, with `full` all, without `rechecks` none; with `older` the older listing pages too whose
        turn it is.
        """
        now = exactly()
        with self.writing(site):
            self.clock = clock.set_back(self.connection, site, time_of(now)) or self.clock
            query = sa.select(visits).where(visits.c.site == site).order_by(visits.c.number.desc()).limit(1)
            last = self.connection.execute(query).first()
            resumed = last is not None and last.ended is None
            if last is not None and resumed:
                number, began = last.number, last.began
                self.connection.execute(visits.update().where(visits.c.number == number).values(run=self.run))
            else:
                values = {"site": site, "run": self.run, "began": now, "asked": asked}
                number, began = self._inserted(visits, values), now
            if last is not None and resumed and (last.asked != asked or time_of(now) - time_of(began) > STALE):
                began, resumed = now, False
                anew = visits.update().where(visits.c.number == number)
                self.connection.execute(anew.values(began=now, asked=asked))
            earlier = sa.exists().where(pages.c.site == site, pages.c.article.is_not(None), moves.asked_before(began))
            has_earlier = bool(self.connection.scalar(sa.select(earlier)))
            self.visits[site] = Visit(number, began, resumed, has_earlier)
            if not resumed:
                Commit(self, self.connection, None, site).queue(starts)
                self._seed(site, now, only_starts=only_starts, full=full, rechecks=rechecks, older=older)
        return self.visits[site]

    def _inserted(self, table: sa.Table, values: dict[str, Any]) -> int:
        result = self.connection.execute(table.insert().values(values))
        return int(result.inserted_primary_key[0])  # type: ignore[index]

    def _seed(self, site: str, now: str, *, only_starts: bool, full: bool, rechecks: bool, older: bool) -> None:
        """Put to do again what is due: known sections, rechecks of articles, pages that failed."""
        due = pages.c.next_look <= now
        kinds: list[Any] = []
        if rechecks:
            asked = sa.and_(pages.c.kind == "article", pages.c.state != "moved")
            kinds.append(asked if full else sa.and_(pages.c.kind == "article", due))
            failed = sa.and_(pages.c.kind == "turn", ~pages.c.key.startswith(AGAIN))
            kinds.append(failed if full else sa.and_(failed, due))
        if older:
            kinds.append(sa.and_(pages.c.kind == "turn", pages.c.key.startswith(AGAIN), due))
        if not only_starts:
            again = sa.or_(pages.c.lists == 1, due, sa.literal(full))
            kinds.append(sa.and_(pages.c.kind == "section", pages.c.cause.is_distinct_from(HOME), again))
        if kinds:
            seeded = pages.update().where(pages.c.site == site, pages.c.state != "todo", sa.or_(*kinds))
            # Articles that are rechecked come behind the lists: where they fail, what is new is found all the same.
            priority = sa.case((pages.c.kind == "article", _RECHECKS), else_=pages.c.priority)
            self.connection.execute(seeded.values(state="todo", tries=0, priority=priority))

    def end(self, site: str, report: Mapping[str, Any], *, sampled: bool = False) -> None:
        """End a visit, with the portal's counts; one with pages left to do stays open for the next run.

        A sample ends in any case: the sections that were not visited are left to be found again.
        """
        now, visit = exactly(), self.visits[site]
        with self.writing(site):
            if sampled:
                unseen = pages.update().where(pages.c.site == site, pages.c.state == "todo")
                unseen = unseen.where(pages.c.kind.in_(("home", "section", "list")))
                self.connection.execute(unseen.values(state="done"))
            left = sa.exists().where(pages.c.site == site, pages.c.state == "todo")
            ended = None if not sampled and self.connection.scalar(sa.select(left)) else now
            values = {"ended": ended, "report": json.dumps(report, ensure_ascii=False)}
            self.connection.execute(visits.update().where(visits.c.number == visit.number).values(values))

    # --- pages ---

    def next_task(self, site: str, *, only_lists: bool = False) -> Task | None:
        """Return the next page of a portal; None where all that is left to do is under way already.

        With `only_lists` articles are left to do.
        """
        visit = self.visits[site]
        if only_lists:
            visit.ready = deque(task for task in visit.ready if task.kind != "article")
        if not visit.ready:
            visit.ready.extend(self._ready(site, visit, only_lists=only_lists))
        if not visit.ready:
            return None
        task = visit.ready.popleft()
        visit.under_way.add(task.number)
        return task

    def _ready(self, site: str, visit: Visit, *, only_lists: bool) -> Iterator[Task]:
        query = self.statements["ready lists" if only_lists else "ready"]
        with self.connection.begin():
            rows = query.all(self.connection, {"its_site": site, "most": _READY + len(visit.under_way)})
        for row in rows:
            if row.number not in visit.under_way:
                yield Task(*row._replace(context=PageContext.from_json(row.context)))

    @contextmanager
    def commit(self, task: Task) -> Iterator["Commit"]:
        """Commit all that came of a page in one transaction; where that fails the page stays to do."""
        with self.writing(task.site) as connection:
            commit = Commit(self, connection, task, task.site)
            yield commit
            commit.finish()
        self.visits[task.site].under_way.discard(task.number)

    def failed(self, task: Task, cause: str, *, retry: bool) -> bool:
        """Commit that a page could not be had or read; return whether it is asked for once more in this run."""
        again = retry and task.tries + 1 < TRIES
        with self.commit(task) as commit:
            if again:
                # Behind all else: what ails a server now may be over then.
                commit.done(state="todo", tries=task.tries + 1, cause=cause, priority=-10 - task.tries)
            else:
                further = task.kind == "turn" or task.article is not None  # they are tried again for ever
                later = next_try(min(task.rounds, len(SCHEDULE) - 1) if further else task.rounds)
                commit.done(
                    state="failed", rounds=task.rounds + 1, cause=cause, next_look=later, keep=True,
                    etag=None, last_modified=None,
                )  # fmt: skip
                if task.context.section is not None and task.context.known_after is not None:
                    commit.update_section(task.context.section, reach=task.context.known_after)
        return again

    def put_back(self, task: Task) -> None:
        """Leave a page to the next run."""
        self.visits[task.site].under_way.discard(task.number)

    def absent(self, task: Task, doubt: str | None = None) -> Article | None:
        """Commit that an article's page is not there; return the article as gone where that is certain by now.

        `doubt` is the flag of a page that answers, but not with the article. An article that has other addresses is
        not gone before these were asked too.
        """
        if not task.article:
            self.failed(task, "not there", retry=False)
            return None
        now = datetime.now(UTC)
        since = task.absent_since or timestamp_of(now)
        certain = task.absences + 1 >= GONE_AFTER and now - time_of(since) >= timedelta(days=GONE_DAYS)
        with self.connection.begin():
            row = self.connection.execute(
                sa.select(versions.c.record, articles.c.gone)
                .join(articles, articles.c.seq == versions.c.seq)
                .where(articles.c.id == task.article)
            ).one()
        if certain and not row.gone:
            if (other := self._other_address(task)) is not None:
                with self.commit(task) as commit:
                    commit.ask_instead(other, since)
                return None
            gone = article_of(row.record)
            gone.flags = [*gone.flags, *([doubt] if doubt and doubt not in gone.flags else [])]
            gone.change, gone.crawled_at = GONE, timestamp_of(now)
            self.read_from(gone, task)
            return gone
        with self.commit(task) as commit:
            later = static_until() if row.gone else next_try(min(task.absences, len(SCHEDULE) - 1))
            commit.done(absences=task.absences + 1, absent_since=since, next_look=later)
        return None

    def current(self, article: str) -> Article | None:
        """Return the current record of an article; its change tells whether it is gone. None for an unknown one."""
        with self.connection.begin():
            return self.versions.current(article)

    def known_as(self, name: str, site: str) -> str:
        """Return the id of the article that an id stands for, by itself or as one it would have elsewhere."""
        if not self.visits[site].has_earlier:
            return name
        with self.connection.begin():
            return self.versions.known_as(name)

    def place_of(self, site: str, keys: Iterable[str]) -> Known | None:
        """Return what is known of the first page among some keys, articles before sections."""
        with self.connection.begin():
            known = Commit(self, self.connection, None, site).known(keys)
        return min(known.values(), key=lambda one: one.kind, default=None)

    def has_cause(self, site: str, cause: str) -> int:
        """Return how many pages of a portal have a cause."""
        query = sa.select(sa.func.count()).where(pages.c.site == site, pages.c.cause == cause)
        with self.connection.begin():
            return self.connection.scalar(query) or 0

    def joined(self, task: Task, article: str) -> None:
        """Commit that the page of a known article leads to another known one: both are one."""
        record = self.current(article)
        with self.commit(task) as commit:
            keep = commit.is_also(str(task.article), record) if record else article
            commit.done(state="moved", article=keep)

    def recheck_soon(self, site: str, page: int, *, absent: bool) -> None:
        """Commit that a page, which was asked for just now, is rechecked in the next visit; whether it was `absent`."""
        values: dict[str, Any] = {"state": "done", "asked_at": exactly(), "next_look": exactly()}
        if absent:
            values["absences"] = pages.c.absences + 1
            values["absent_since"] = sa.func.coalesce(pages.c.absent_since, timestamp_of(datetime.now(UTC)))
        with self.writing(site) as connection:
            connection.execute(pages.update().where(pages.c.number == page).values(**values))
        self.not_now(site, lambda task: task.number == page)

    def not_now(self, site: str, which: Callable[[Task], bool]) -> None:
        """Take pages out of those that are ready to be asked for."""
        ready = self.visits[site].ready
        for task in [task for task in ready if which(task)]:
            ready.remove(task)

    def second_address(self, task: Task, article: str) -> None:
        """Commit that a page is one more address of an article that was read in this run."""
        with self.commit(task) as commit:
            commit.done(state="moved", article=article, cause=moves.SECOND_ADDRESS)

    def _other_address(self, task: Task) -> int | None:
        """Return another page of a task's article that was not found absent, the last one first."""
        others = sa.select(pages.c.number).where(pages.c.article == task.article)
        others = others.where(pages.c.number != task.number, pages.c.absent_since.is_(None))
        with self.connection.begin():
            number: int | None = self.connection.scalar(others.order_by(pages.c.number.desc()).limit(1))
        return number

    # --- articles on their way through the pipelines ---

    def read_from(self, article: Article, task: Task) -> None:
        """Keep which page an article was read from, until it is committed."""
        self._open[id(article)] = (article, task)

    def task_of(self, article: Article) -> Task | None:
        """Return the page that an article was read from."""
        return self._open[id(article)][1] if id(article) in self._open else None

    def is_known(self, name: str) -> bool:
        """Whether an id is that of a known article, or stands for one."""
        with self.connection.begin():
            known = self.versions.known_as(name)
            return self.versions.prepared["article"].run(self.connection, {"id": known}) is not None

    def remember(self, article: Article) -> str | None:
        """Commit an article with its page and links; return its change, None for one that is known and unchanged."""
        _, task = self._open.pop(id(article))
        with self.commit(task) as commit:
            if task.article and task.article != article.id:
                article.id = commit.is_also(task.article, article)
            files = self.files if article.change != GONE else None
            if files:
                files.fill(article)
            change = commit.remember(article)
            if files:
                files.want(article)
            commit.queue(task.links)
        return change

    def dropped(self, article: Article, *, state: str, cause: str) -> None:
        """Commit that an article was dropped on its way."""
        if id(article) in self._open:
            _, task = self._open.pop(id(article))
            with self.commit(task) as commit:
                commit.done(state=state, cause=cause, published=article.published, etag=None, last_modified=None)
