"""What a run has still to do and what came of it: the books of its visits to portals. One page, one transaction."""

import json
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.items import ENGLISH, GONE, REREAD, Article, article_of, json_line
from wardnews.store.database import Store
from wardnews.store.history import Sighting, arranged, as_seen, is_same
from wardnews.store.locks import announce_versions
from wardnews.store.page_context import PageContext
from wardnews.store.prepared import Prepared
from wardnews.store.tables import articles, listings, observations, pages, versions, views, visits
from wardnews.text.clock import VIETNAM, timestamp, timestamp_of

_logger = logging.getLogger(__name__)

Kind = Literal["home", "section", "list", "turn", "article"]

LADDER = (1, 3, 7, 30)
"""The ages of an article, in days, at which it is looked at again; and the days after which a failed look is tried."""
GONE_AFTER, GONE_DAYS = 3, 2
"""How many looks in a row, over how many days at least, must find an article absent before it is gone."""
TRIES = 3
"""How often a page is asked for in one run before it has failed."""
STALE = timedelta(hours=1)
"""How old a visit that was broken off may be and still be gone on with where it stood; else it also begins anew."""
_STATIC_DAYS = 30
"""How long a page that lists nothing is not looked at for articles again."""
_EARLY = timedelta(hours=1)
"""How much early a look may be: a daily run does not begin at the same second each day."""
_HOME = "the home page"
"""The cause of rows that keep addresses of the home page from being taken for a section's."""
_READY = 64
_LONGEST = 2_000
"""The longest key that is kept: an entry of an index of PostgreSQL holds 2,704 bytes."""
_VERSION = ("article", "run", "change", "version", "at", "record")
_CHANGED = ("url", "published", "version", "content_hash", "views", "gone", "at", "english", "seq", "signed")
_ARTICLE = ("id", "site", "first_seen", *_CHANGED)
_VIEWS = ("article", "observed_at", "count")
_LOOK = ("article", "at", "content_hash", "via", "header", "views")
_SETTLED = (
    "state", "tries", "rounds", "cause", "asked_at", "next_look", "etag", "last_modified", "priority", "article",
    "published", "lists", "absences", "absent_since",
)  # fmt: skip
_PRIORITY = {"article": 10, "home": 5, "section": 4, "turn": 3, "list": -1}


class Wanted(NamedTuple):
    """Name a page that is to be asked for."""

    kind: Kind
    key: str
    url: str
    context: PageContext = PageContext()
    priority: int | None = None


@dataclass(slots=True)
class Task:
    """Hold a page that is asked for now, and what is known of it from before."""

    number: int
    site: str
    kind: Kind
    key: str
    url: str
    context: PageContext
    tries: int
    rounds: int
    etag: str | None
    last_modified: str | None
    article: str | None
    published: str | None
    absences: int
    absent_since: str | None
    reach: str | None
    asked_at: str | None
    lists: int
    links: list[Wanted] = field(default_factory=list)
    """Pages that an article names: they are queued when the article is committed."""


class Known(NamedTuple):
    """Hold what is known of a page that a listing names."""

    number: int
    kind: Kind
    state: str
    article: str | None
    published: str | None
    views: int | None
    gone: bool


@dataclass
class Visit:
    """Hold one visit to a portal: the pages in memory that are ready to be asked for, and those that are asked for."""

    number: int
    began: str
    resumed: bool
    ready: deque[Task] = field(default_factory=deque)
    taken: set[int] = field(default_factory=set)


class Ledger:
    """Keep the books of a run: hand out the pages to ask for, and commit what came of each."""

    def __init__(self, store: Store, run: str) -> None:
        self.store = store
        self.run = run
        self.visits: dict[str, Visit] = {}
        self.connection = store.writer()
        dialect = store.engine.dialect
        self.prepared = {
            "article": Prepared(sa.select(articles).where(articles.c.id == sa.bindparam("id")), dialect),
            "version": Prepared(versions.insert().returning(versions.c.seq), dialect, _VERSION),
            "new": Prepared(articles.insert(), dialect, _ARTICLE),
            "changed": Prepared(articles.update().where(articles.c.id == sa.bindparam("its_id")), dialect, _CHANGED),
            "views": Prepared(_count(store), dialect, _VIEWS),
            "look": Prepared(store.insert(observations).on_conflict_do_nothing(), dialect, _LOOK),
            "last look": Prepared(
                sa.select(sa.func.max(observations.c.at)).where(observations.c.article == sa.bindparam("id")), dialect
            ),
            "settled": Prepared(pages.update().where(pages.c.number == sa.bindparam("its_number")), dialect, _SETTLED),
        }
        self._open: dict[int, tuple[Article, Task]] = {}

    def close(self) -> None:
        """Let go of the database."""
        self.connection.close()

    # --- visits ---

    def begin(
        self,
        site: str,
        starts: Iterable[Wanted],
        *,
        asked: str = "",
        only_starts: bool = False,
        full: bool = False,
        looks: bool = True,
    ) -> Visit:
        """Begin a visit, or go on with the one that was broken off, where that was `asked` for the same.

        `starts` are where it begins; the sections known from before join them, unless `only_starts`; so do the looks
        that are due, with `full` all, without `looks` none.
        """
        now = exactly()
        with self.connection.begin():
            query = sa.select(visits).where(visits.c.site == site).order_by(visits.c.number.desc()).limit(1)
            last = self.connection.execute(query).first()
            resumed = last is not None and last.ended is None
            if last is not None and resumed:
                number, began = last.number, last.began
                self.connection.execute(visits.update().where(visits.c.number == number).values(run=self.run))
            else:
                values = {"site": site, "run": self.run, "began": now, "asked": asked}
                number, began = self._inserted(visits, values), now
            if last is not None and resumed and (last.asked != asked or _moment(now) - _moment(began) > STALE):
                began, resumed = now, False
                anew = visits.update().where(visits.c.number == number)
                self.connection.execute(anew.values(began=now, asked=asked))
            self.visits[site] = Visit(number, began, resumed)
            if not resumed:
                Commit(self, self.connection, None, site).queue(starts)
                self._seed(site, now, only_starts=only_starts, full=full, looks=looks)
        return self.visits[site]

    def _inserted(self, table: sa.Table, values: dict[str, Any]) -> int:
        result = self.connection.execute(table.insert().values(values))
        return int(result.inserted_primary_key[0])  # type: ignore[index]

    def _seed(self, site: str, now: str, *, only_starts: bool, full: bool, looks: bool) -> None:
        """Put to do again what is due: known sections, looks at articles, pages that failed."""
        due = pages.c.next_look <= now
        kinds: list[Any] = []
        if looks:
            kinds.append(pages.c.kind == "article" if full else sa.and_(pages.c.kind == "article", due))
            kinds.append(pages.c.kind == "turn" if full else sa.and_(pages.c.kind == "turn", due))
        if not only_starts:
            again = sa.or_(pages.c.lists == 1, due, sa.literal(full))
            kinds.append(sa.and_(pages.c.kind == "section", pages.c.cause.is_distinct_from(_HOME), again))
        if kinds:
            seeded = pages.update().where(pages.c.site == site, pages.c.state != "todo", sa.or_(*kinds))
            self.connection.execute(seeded.values(state="todo", tries=0))

    def end(self, site: str, report: Mapping[str, Any], *, sampled: bool = False) -> None:
        """End a visit, with the portal's counts; one with pages left to do stays open for the next run.

        A sample ends in any case: the sections that were not looked at are left to be found again.
        """
        now, visit = exactly(), self.visits[site]
        with self.connection.begin():
            if sampled:
                unseen = pages.update().where(pages.c.site == site, pages.c.state == "todo")
                unseen = unseen.where(pages.c.kind.in_(("home", "section", "list")))
                self.connection.execute(unseen.values(state="done"))
            left = sa.exists().where(pages.c.site == site, pages.c.state == "todo")
            ended = None if not sampled and self.connection.scalar(sa.select(left)) else now
            values = {"ended": ended, "report": json.dumps(report, ensure_ascii=False)}
            self.connection.execute(visits.update().where(visits.c.number == visit.number).values(values))

    # --- pages ---

    def take(self, site: str) -> Task | None:
        """Hand out the next page of a portal; None where all that is left to do is asked for already."""
        visit = self.visits[site]
        if not visit.ready:
            visit.ready.extend(self._ready(site, visit))
        if not visit.ready:
            return None
        task = visit.ready.popleft()
        visit.taken.add(task.number)
        return task

    def _ready(self, site: str, visit: Visit) -> Iterator[Task]:
        names = [name for name in Task.__slots__ if name != "links"]
        query = (
            sa.select(*(pages.c[name] for name in names))
            .where(pages.c.site == site, pages.c.state == "todo")
            .order_by(pages.c.priority.desc(), pages.c.number)
            .limit(_READY + len(visit.taken))
        )
        with self.connection.begin():
            rows = self.connection.execute(query).all()
        for row in rows:
            if row.number not in visit.taken:
                yield Task(**{**row._mapping, "context": PageContext.from_json(row.context)})  # noqa: SLF001 - its public name

    @contextmanager
    def commit(self, task: Task) -> Iterator["Commit"]:
        """Commit all that came of a page in one transaction; where that fails the page stays to do."""
        with self.connection.begin():
            commit = Commit(self, self.connection, task, task.site)
            yield commit
            commit.settle()
        self.visits[task.site].taken.discard(task.number)

    def failed(self, task: Task, cause: str, *, retry: bool) -> bool:
        """Commit that a page could not be had or read; tell whether it is asked for once more in this run."""
        again = retry and task.tries + 1 < TRIES
        with self.commit(task) as commit:
            if again:
                # Behind all else: what ails a server now may be over then.
                commit.done(state="todo", tries=task.tries + 1, cause=cause, priority=-10 - task.tries)
            else:
                further = task.kind == "turn"  # it stands for the rest of its section, and is tried again for ever
                later = self._later(min(task.rounds, len(LADDER) - 1) if further else task.rounds)
                commit.done(
                    state="failed", rounds=task.rounds + 1, cause=cause, next_look=later, keep=True,
                    etag=None, last_modified=None,
                )  # fmt: skip
                if task.context.section is not None and task.context.goal is not None:
                    commit.walked(task.context.section, reach=task.context.goal)
        return again

    def _later(self, rounds: int) -> str | None:
        days = LADDER[rounds] if rounds < len(LADDER) else None
        return timestamp_of(datetime.now(UTC) + timedelta(days=days) - _EARLY) if days else None

    def put_back(self, task: Task) -> None:
        """Leave a page to the next run."""
        self.visits[task.site].taken.discard(task.number)

    def absent(self, task: Task) -> Article | None:
        """Commit that an article's page is not there; give the article as gone where that is certain by now."""
        if not task.article:
            self.failed(task, "not there", retry=False)
            return None
        now = datetime.now(UTC)
        since = task.absent_since or timestamp_of(now)
        certain = task.absences + 1 >= GONE_AFTER and now - _moment(since) >= timedelta(days=GONE_DAYS)
        with self.connection.begin():
            row = self.connection.execute(
                sa.select(versions.c.record, articles.c.gone)
                .join(articles, articles.c.seq == versions.c.seq)
                .where(articles.c.id == task.article)
            ).one()
        if certain and not row.gone:
            gone = article_of(row.record)
            gone.change, gone.crawled_at = GONE, timestamp_of(now)
            self.opened(gone, task)
            return gone
        with self.commit(task) as commit:
            later = static_until() if row.gone else self._later(min(task.absences, len(LADDER) - 1))
            commit.done(absences=task.absences + 1, absent_since=since, next_look=later)
        return None

    # --- articles on their way through the pipelines ---

    def opened(self, article: Article, task: Task) -> None:
        """Remember which page an article was read from, until it is committed."""
        self._open[id(article)] = (article, task)

    def remember(self, article: Article) -> str | None:
        """Commit an article with its page and links; give its change, None for one that is known and unchanged."""
        _, task = self._open.pop(id(article))
        with self.commit(task) as commit:
            change = commit.remember(article)
            commit.queue(task.links)
        return change

    def dropped(self, article: Article, *, state: str, cause: str) -> None:
        """Commit that an article was dropped on its way."""
        if id(article) in self._open:
            _, task = self._open.pop(id(article))
            with self.commit(task) as commit:
                commit.done(state=state, cause=cause, published=article.published, etag=None, last_modified=None)


class Commit:
    """Write what came of one page into one transaction."""

    def __init__(self, ledger: Ledger, connection: Connection, task: Task | None, site: str) -> None:
        self.ledger = ledger
        self.connection = connection
        self.task = task
        self.site = site
        self._settled = False

    def queue(self, wanted: Iterable[Wanted]) -> None:
        """Put pages to do that were not asked for in this visit; known articles are left as they are."""
        fit = [one for one in wanted if _fits(one.key)]
        if not fit:
            return
        rows = [self._row(one) for one in fit]
        self.connection.execute(self.ledger.store.insert(pages).on_conflict_do_nothing(), rows)
        for kind in ("home", "section", "list", "turn"):
            for one in (one for one in fit if one.kind == kind):
                self._queue_again(one)

    def _queue_again(self, wanted: Wanted) -> None:
        """Put a page other than an article to do again, unless it was asked for in this visit or lists nothing."""
        began = self.ledger.visits[self.site].began
        again = pages.update().where(
            pages.c.site == self.site, pages.c.kind == wanted.kind, pages.c.key == wanted.key, pages.c.state != "todo"
        )
        if wanted.kind == "turn":  # one that failed, and keeps what it stands for
            self.connection.execute(again.values(state="todo", tries=0))
            return
        again = again.where(sa.or_(pages.c.asked_at.is_(None), pages.c.asked_at < began))
        if wanted.kind == "section" and not wanted.context.asked:
            again = again.where(
                sa.or_(pages.c.lists == 1, pages.c.next_look.is_(None), pages.c.next_look <= timestamp())
            )
        context = wanted.context.to_json()
        self.connection.execute(again.values(state="todo", tries=0, context=context, url=wanted.url))

    def _row(self, wanted: Wanted) -> dict[str, Any]:
        priority = _PRIORITY[wanted.kind] if wanted.priority is None else wanted.priority
        return {
            "site": self.site,
            "kind": wanted.kind,
            "key": wanted.key,
            "url": wanted.url,
            "context": wanted.context.to_json(),
            "priority": priority,
            "state": "todo",
        }

    def known(self, keys: Iterable[str]) -> dict[str, Known]:
        """Tell which pages are known, by their keys, as articles or as what they are."""
        query = (
            sa.select(
                pages.c.key,
                pages.c.number,
                pages.c.kind,
                pages.c.state,
                pages.c.article,
                pages.c.published,
                articles.c.views,
                articles.c.gone,
            )
            .outerjoin(articles, articles.c.id == pages.c.article)
            .where(pages.c.site == self.site, pages.c.kind.in_(("article", "section")), pages.c.key.in_(list(keys)))
        )
        rows = self.connection.execute(query)
        return {
            row.key: Known(row.number, row.kind, row.state, row.article, row.published, row.views, bool(row.gone))
            for row in rows
        }

    def homes(self, urls: Iterable[str]) -> None:
        """Remember addresses of the home page, so that none is taken for a section."""
        asked = {"state": "done", "cause": _HOME, "asked_at": exactly(), "next_look": static_until()}
        rows = [{**self._row(Wanted("section", url, url)), **asked} for url in urls]
        insert = self.ledger.store.insert(pages)
        same = insert.on_conflict_do_update(index_elements=("site", "kind", "key"), set_=asked)
        self.connection.execute(same, rows)

    def look_again(self, numbers: list[int]) -> None:
        """Put known articles to do."""
        if numbers:
            again = pages.update().where(pages.c.number.in_(numbers), pages.c.state != "todo")
            self.connection.execute(again.values(state="todo", tries=0, priority=_PRIORITY["article"]))

    def listed(self, section: int, shown: Mapping[str, str], *, called: bool) -> tuple[set[str], set[str]]:
        """Remember what a section lists, by key, and how; give the keys new to it, and those shown otherwise now."""
        shown = {key: said for key, said in shown.items() if _fits(key)}
        if not shown:
            return set(), set()
        same = (listings.c.section == section, listings.c.called == int(called))
        query = sa.select(listings.c.key, listings.c.shown).where(*same, listings.c.key.in_(list(shown)))
        before = {row.key: row.shown for row in self.connection.execute(query)}
        fresh = set(shown) - set(before)
        changed = {key for key, was in before.items() if not shown_alike(was, shown[key])}
        finer = {key for key, was in before.items() if len(shown[key]) > len(was)} - changed
        if fresh:
            rows = [{"section": section, "called": int(called), "key": key, "shown": shown[key]} for key in fresh]
            self.connection.execute(listings.insert(), rows)
        for key in changed | finer:
            self.connection.execute(listings.update().where(*same, listings.c.key == key).values(shown=shown[key]))
        return fresh, changed

    def viewed(self, counts: Mapping[str, int], now: str) -> None:
        """Remember the views that a listing shows of articles, by their ids."""
        if counts:
            rows = [{"article": article, "observed_at": now, "count": count} for article, count in counts.items()]
            self.connection.execute(_count(self.ledger.store), rows)
            for article, count in counts.items():
                self.connection.execute(articles.update().where(articles.c.id == article).values(views=count))

    def walked(self, section: int, **values: Any) -> None:
        """Remember of a section how far it is known (`reach`), or that it lists articles (`lists`)."""
        self.connection.execute(pages.update().where(pages.c.number == section).values(values))

    def passed_by(self, section: int, *, since: str | None) -> None:
        """Remember that unknown articles of a section were left out: it is known since a day at best, None for not."""
        known = pages.c.reach < since if since else pages.c.reach.is_not(None)
        self.connection.execute(
            pages.update().where(pages.c.number == section, known).values(reach=since)
        )  # fmt: skip

    def remember(self, article: Article) -> str | None:
        """Write an article and settle its page; give its change, None where it is known and unchanged."""
        change = self.write(article)
        if change == GONE and self.task:
            self.task.etag = self.task.last_modified = None  # what comes back is to be read
        look = static_until() if change == GONE else self._next_look(article.published, article.first_seen)
        self.done(
            article=article.id, published=article.published, next_look=look, absences=0, absent_since=None
        )  # fmt: skip
        return change

    def write(self, article: Article) -> str | None:
        """Write an article, a version of it and its views; give its change, None where it is known and unchanged.

        Its moment is `crawled_at`: one before the current record's goes into its place in the history.
        """
        prior = self.ledger.prepared["article"].run(self.connection, {"id": article.id})
        if prior is None:
            self._version(article, "new", is_new=True)
            self._observe(article)
            return "new"
        if article.change == GONE:
            self._version(article, GONE)
            self._count_views(article.id)
            return GONE
        self._observe(article)
        change = self._placed(article, prior)
        if change or article.views not in (None, prior.views):
            self._count_views(article.id)
        return change

    def _placed(self, article: Article, prior: Any) -> str | None:
        """Write a sighting of a known article, as a version or a look; give its change, None for a look."""
        if ENGLISH in article.flags and not prior.english:
            return self._rearranged(article, prior) if article.crawled_at < prior.first_seen else None
        if article.crawled_at < self._last_look(prior) or (prior.english and ENGLISH not in article.flags):
            return self._rearranged(article, prior)
        if not prior.gone and prior.content_hash == article.content_hash:
            self._looked([article])
            return None
        article.first_seen = prior.first_seen
        article.version = prior.version + (prior.content_hash != article.content_hash)
        self._version(article, "back" if prior.gone else "edited")
        return article.change

    def reread(self, article: Article) -> None:
        """Write a current record whose page was read again; its version stays, its views are put right."""
        before = self.ledger.prepared["article"].run(self.connection, {"id": article.id}).content_hash
        self._version(article, REREAD)
        alike = observations.update().where(observations.c.article == article.id, observations.c.content_hash == before)
        self.connection.execute(alike.values(content_hash=article.content_hash))
        own = views.c.article == article.id
        self.connection.execute(views.delete().where(own, views.c.observed_at == article.crawled_at))
        self._observe(article)
        self._count_views(article.id)

    def _last_look(self, prior: Any) -> str:
        """Tell when an article was last seen, by a crawl or an archive."""
        looked = self.ledger.prepared["last look"].run(self.connection, {"id": prior.id})
        return max(str(prior.at), looked[0] or "")

    def _looked(self, found: Iterable[Article]) -> None:
        """Remember looks that found articles as they were."""
        for one in found:
            row = {name: getattr(one, name) for name in ("content_hash", "via", "header", "views")}
            values = {**row, "article": one.id, "at": one.crawled_at}
            self.ledger.prepared["look"].run(self.connection, values)

    def _count_views(self, article: str) -> None:
        """Let the last count that was seen be the current one."""
        last = sa.select(views.c.count).where(views.c.article == article).order_by(views.c.observed_at.desc()).limit(1)
        self.connection.execute(articles.update().where(articles.c.id == article).values(views=last.scalar_subquery()))

    def _rearranged(self, article: Article, prior: Any) -> str | None:
        """Put an older state of an article into its place in the history; give its change, None where it is no version.

        Versions that other runs told of are numbered anew in silence. What is new is told, and behind it the current
        record where that says anything else now, so that who reads the changes in order ends with the current record.
        """
        query = sa.select(versions).where(versions.c.article == article.id).order_by(versions.c.seq)
        rows = {row.seq: row for row in self.connection.execute(query)}
        if prior.english and ENGLISH not in article.flags:
            self.connection.execute(observations.delete().where(observations.c.article == article.id))
        known = [Sighting(article_of(row.record), seq) for seq, row in rows.items()]
        new = Sighting(article)
        history, looks = arranged([*known, *self._looks(article.id, known), new])
        first_seen = min(prior.first_seen, article.crawled_at)
        if new not in history and first_seen == prior.first_seen:
            self._looked([article] if new in looks else [])
            return None
        for one in history:
            one.article.first_seen = first_seen
        translated = bool(prior.english) and ENGLISH not in article.flags
        repeated = any(look.seq is not None and look.state == new.state for look in looks)
        self._tell(history, rows, new, repeats=translated or repeated)
        self.connection.execute(observations.delete().where(observations.c.article == article.id))
        self._looked(look.article for look in looks)
        self.connection.execute(articles.update().where(articles.c.id == article.id).values(first_seen=first_seen))
        self._count_views(article.id)  # the current record may be told again, with the count that it showed then
        return article.change if new in history else None

    def _looks(self, article: str, known: list[Sighting]) -> Iterator[Sighting]:
        """Give the looks at an article that found what is one of its versions."""
        by_content = {one.article.content_hash: one.article for one in known}
        for row in self.connection.execute(sa.select(observations).where(observations.c.article == article)).all():
            if version := by_content.get(row.content_hash):
                yield Sighting(as_seen(version, at=row.at, via=row.via, header=row.header, views=row.views))

    def _tell(self, history: list[Sighting], rows: dict[int, Any], new: Sighting, *, repeats: bool) -> None:
        """Write the versions of an article: in this run's name what is new, and the current one.

        `rows` are its versions so far; `repeats`: the content of the new one was known.
        """
        run, current = self.ledger.run, history[-1]
        told = [one for one in history if one.seq is None or rows[one.seq].run == run]
        if current not in told and (told or not is_same(current.article, article_of(rows[current.seq or 0].record))):
            told.append(current)
        silent = {one.seq: one.article for one in history if one not in told}
        for seq, record in silent.items():
            renumbered = versions.update().where(versions.c.seq == seq)
            self.connection.execute(renumbered.values(record=json_line(record)[:-1], version=record.version))
        self.connection.execute(versions.delete().where(versions.c.seq.in_([seq for seq in rows if seq not in silent])))
        first_told_here = all(row.run == run for row in rows.values())
        for before, one in zip([None, *history], history, strict=False):
            row = rows.get(one.seq or 0)
            if one not in told:
                continue
            if first_told_here or not (row or repeats):
                change = _change(before, one, first="new" if first_told_here else "edited")
            elif row and row.run == run:
                change = row.change
            else:
                change = REREAD if row or one is new else _change(before, one, first="edited")
            self._version(one.article, GONE if one.state == GONE else change)

    def _observe(self, article: Article) -> None:
        """Write the views that an article shows into their series."""
        if article.views is not None:
            row = {"article": article.id, "observed_at": article.crawled_at, "count": article.views}
            self.ledger.prepared["views"].run(self.connection, row)

    def unchanged(self, article: str) -> None:
        """Settle the page of an article that is as it was."""
        query = sa.select(articles.c.published, articles.c.first_seen).where(articles.c.id == article)
        published, first_seen = self.connection.execute(query).one()
        look = self._next_look(published, first_seen)
        self.done(next_look=look, absences=0, absent_since=None)

    def _next_look(self, published: str | None, first_seen: str) -> str | None:
        """Say when the page is to be looked at again; a menu's page that is an article stays under a slow watch."""
        look = next_look(published, first_seen, datetime.now(UTC))
        return look or (static_until() if self.task and self.task.kind == "section" else None)

    def _version(self, article: Article, change: str, *, is_new: bool = False) -> None:
        """Write a version, which is the current one now."""
        article.change = change
        row = {
            "article": article.id,
            "run": self.ledger.run,
            "change": change,
            "version": article.version,
            "at": article.crawled_at,
            "record": json_line(article)[:-1],
        }
        prepared = self.ledger.prepared
        announce_versions(self.connection)
        seq = prepared["version"].run(self.connection, row).seq
        values = {
            "url": article.url,
            "published": article.published,
            "version": article.version,
            "content_hash": article.content_hash,
            "views": article.views,
            "gone": int(change == GONE),
            "at": article.crawled_at,
            "english": int(ENGLISH in article.flags),
            "seq": seq,
            "signed": None,
        }
        if is_new:
            new = {"id": article.id, "site": article.site, "first_seen": article.first_seen, **values}
            prepared["new"].run(self.connection, new)
        else:
            prepared["changed"].run(self.connection, {"its_id": article.id, **values})

    def done(self, *, keep: bool = False, **values: Any) -> None:
        """Settle the page itself; without `keep` a further page of a listing is forgotten, for it is never the same."""
        assert self.task  # noqa: S101 - a commit of a page has one
        self._settled = True
        if self.task.kind == "turn" and not keep and values.get("state") != "todo":
            self.connection.execute(pages.delete().where(pages.c.number == self.task.number))
            return
        settled = {
            "state": "done", "tries": 0, "rounds": 0, "cause": None, "asked_at": exactly(), "next_look": None,
            "etag": self.task.etag, "last_modified": self.task.last_modified, "priority": _PRIORITY[self.task.kind],
            "article": self.task.article, "published": self.task.published, "lists": self.task.lists,
            "absences": self.task.absences, "absent_since": self.task.absent_since, "its_number": self.task.number,
        }  # fmt: skip
        self.ledger.prepared["settled"].run(self.connection, {**settled, **values})

    def settle(self) -> None:
        """Settle the page as done where nothing else was said of it."""
        if not self._settled:
            self.done()


def _count(store: Store) -> Any:
    """Write counts; of two in the same second the greater is the later, whichever is written first."""
    counts = store.insert(views)
    greater = counts.excluded.count > views.c.count
    return counts.on_conflict_do_update(
        index_elements=["article", "observed_at"], set_={"count": counts.excluded.count}, where=greater
    )


def _change(before: Sighting | None, one: Sighting, *, first: str) -> str:
    """Name the change that a version is, by the one before it."""
    if one.state == GONE:
        return GONE
    return first if before is None else "back" if before.state == GONE else "edited"


def next_look(published: str | None, first_seen: str, now: datetime) -> str | None:
    """Say when an article is to be looked at again, by its age: UTC, None for never.

    >>> next_look("2026-08-29T08:00+07:00", "2026-08-29T01:28:00Z", datetime(2026, 8, 29, 2, tzinfo=UTC))
    '2026-08-30T00:00:00Z'
    >>> next_look("2022-02-27T17:15+07:00", "2026-08-29T01:28:00Z", datetime(2026, 8, 29, 2, tzinfo=UTC))
    """
    born = min(_moment(published or first_seen), now)
    looks = (born + timedelta(days=days) - _EARLY for days in LADDER)
    due = next((look for look in looks if look > now), None)
    return timestamp_of(due) if due else None


def shown_alike(was: str, now: str) -> bool:
    """Whether a listing shows an entry as before: by its title, and its date at the coarser of the two precisions.

    >>> shown_alike("Họp thôn|2026-09-06T08:16+07:00", "Họp thôn|2026-09-06"), shown_alike("Họp thôn|", "Họp thôn|2026")
    (True, True)
    >>> shown_alike("Họp thôn|2026-09-06", "Họp thôn|2026-09-07"), shown_alike("Họp thôn|2026", "Họp tổ|2026")
    (False, False)
    """
    (title, _, date), (other_title, _, other) = was.rpartition("|"), now.rpartition("|")
    coarser, finer = sorted((date, other), key=len)
    return title == other_title and finer.startswith(coarser)


def _fits(key: str) -> bool:
    """Tell whether a page can be kept by its key; log one that cannot."""
    if len(key) > _LONGEST:
        _logger.warning("an address of %d characters is not followed: %s...", len(key), key[:100])
    return len(key) <= _LONGEST


def static_until() -> str:
    """Say until when a page that lists nothing is not looked at for articles again."""
    return timestamp_of(datetime.now(UTC) + timedelta(days=_STATIC_DAYS))


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def exactly() -> str:
    """Give the time to the microsecond: a run may begin in the second in which the one before it ended."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
