"""What came of one page, written in one transaction: the pages that it names, its article, its own state."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.items import GONE, Article
from wardnews.store import moves
from wardnews.store.locks import of_article, wait_for
from wardnews.store.page_context import PageContext
from wardnews.store.prepared import by_keys
from wardnews.store.recheck import GONE_AFTER, exactly, next_recheck, static_until
from wardnews.store.tables import articles, listings, pages
from wardnews.store.tasks import AGAIN, PRIORITY, Known, Task, Wanted
from wardnews.text.clock import timestamp, timestamp_of

if TYPE_CHECKING:
    from wardnews.store.frontier import Frontier

_logger = logging.getLogger(__name__)
HOME = "the home page"
"""The cause of rows that keep addresses of the home page from being taken for a section's."""
LAST = -5
"""The priority of pages that come behind all else, but those that are tried once more."""
_LONGEST = 2_000
"""The longest key that is kept: an entry of an index of PostgreSQL holds 2,704 bytes."""


class Commit:
    """The transaction of one page."""

    def __init__(self, frontier: "Frontier", connection: Connection, task: Task | None, site: str) -> None:
        self.frontier = frontier
        self.connection = connection
        self.task = task
        self.site = site
        self._is_done = False

    def queue(self, wanted: Iterable[Wanted]) -> None:
        """Put pages to do that were not asked for in this visit; known articles are left as they are."""
        fit = [one for one in wanted if _fits(one.key)]
        if not fit:
            return
        if self.frontier.statements["queue"].run_each(self.connection, map(self._row, fit)) == len(fit):
            return  # none was there before
        for kind in ("home", "section", "list", "turn"):
            for one in (one for one in fit if one.kind == kind):
                self._queue_again(one)

    def _queue_again(self, wanted: Wanted) -> None:
        """Put a page other than an article to do again, unless it was asked for in this visit or lists nothing."""
        began = self.frontier.visits[self.site].began
        again = pages.update().where(
            pages.c.site == self.site, pages.c.kind == wanted.kind, pages.c.key == wanted.key, pages.c.state != "todo"
        )
        if wanted.kind == "turn":  # one that failed, and keeps what it stands for
            self.connection.execute(again.values(state="todo", tries=0))
            self._share(wanted)
            return
        again = again.where(sa.or_(pages.c.asked_at.is_(None), pages.c.asked_at < began))
        if wanted.kind == "section" and not wanted.context.asked:
            again = again.where(
                sa.or_(pages.c.lists == 1, pages.c.next_look.is_(None), pages.c.next_look <= timestamp())
            )
        context = wanted.context.to_json()
        self.connection.execute(again.values(state="todo", tries=0, context=context, url=wanted.url))

    def _share(self, wanted: Wanted) -> None:
        """Let a further page that is queued already stand for this section too, where both are known alike."""
        key = (pages.c.site == self.site, pages.c.kind == "turn", pages.c.key == wanted.key)
        row = self.connection.execute(sa.select(pages.c.number, pages.c.context).where(*key)).one()
        queued, section = PageContext.from_json(row.context), wanted.context.section
        alike = queued.visit == wanted.context.visit and queued.known_since == wanted.context.known_since
        if alike and section is not None and section not in (queued.section, *queued.also):
            context = replace(queued, also=(*queued.also, section))
            own = pages.update().where(pages.c.number == row.number)
            self.connection.execute(own.values(context=context.to_json()))
            for task in self.frontier.visits[self.site].ready:
                if task.number == row.number:
                    task.context = context

    def _row(self, wanted: Wanted) -> dict[str, Any]:
        priority = PRIORITY[wanted.kind] if wanted.priority is None else wanted.priority
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
        """Return the known pages among some keys, articles and sections."""
        query = self.frontier.statements["known"]
        found = (query.all(self.connection, some) for some in by_keys(keys, its_site=self.site))
        return {
            row.key: Known(
                row.number,
                row.kind,
                row.state,
                row.article,
                row.published,
                row.views,
                bool(row.gone),
                bool(row.lists),
                row.url,
            )
            for row in chain.from_iterable(found)
        }

    def homes(self, urls: Iterable[str]) -> None:
        """Write addresses of the home page, so that none is taken for a section."""
        asked = {"state": "done", "cause": HOME, "asked_at": exactly(), "next_look": static_until()}
        rows = [{**self._row(Wanted("section", url, url)), **asked} for url in urls]
        insert = self.frontier.store.insert(pages)
        same = insert.on_conflict_do_update(index_elements=("site", "kind", "key"), set_=asked)
        self.connection.execute(same, rows)

    def living(self, article: str) -> int | None:
        """Return the page that an article is asked at."""
        living = sa.select(pages.c.number).where(pages.c.article == article, pages.c.state != "moved")
        number: int | None = self.connection.scalar(living.limit(1))
        return number

    def recheck(self, numbers: list[int]) -> None:
        """Put known articles to do, unless they were asked for in this visit."""
        if numbers:
            began = self.frontier.visits[self.site].began  # what was asked for since is not asked for twice in a run
            unasked = sa.or_(pages.c.asked_at.is_(None), pages.c.asked_at < began)
            again = pages.update().where(pages.c.number.in_(numbers), pages.c.state != "todo", unasked)
            self.connection.execute(again.values(state="todo", tries=0, priority=PRIORITY["article"]))

    def listed(self, section: int, shown: Mapping[str, str], *, called: bool) -> tuple[set[str], set[str]]:
        """Write what a section lists, by key, and how; return the keys new to it, and those shown otherwise now."""
        shown = {key: said for key, said in shown.items() if _fits(key)}
        if not shown:
            return set(), set()
        query, its = self.frontier.statements["listed"], {"its_section": section, "its_called": int(called)}
        found = (query.all(self.connection, some) for some in by_keys(shown, **its))
        before = {row.key: row.shown for row in chain.from_iterable(found)}
        fresh = set(shown) - set(before)
        changed = {key for key, was in before.items() if not shown_alike(was, shown[key])}
        finer = {key for key, was in before.items() if len(shown[key]) > len(was)} - changed
        if fresh:
            rows = [{"section": section, "called": int(called), "key": key, "shown": shown[key]} for key in fresh]
            self.frontier.statements["list"].run_each(self.connection, rows)
        same = (listings.c.section == section, listings.c.called == int(called))
        for key in changed | finer:
            self.connection.execute(listings.update().where(*same, listings.c.key == key).values(shown=shown[key]))
        return fresh, changed

    def update_section(self, section: int, **values: Any) -> None:
        """Write columns of a section, such as since when all of it is known (`reach`)."""
        self.connection.execute(pages.update().where(pages.c.number == section).values(values))

    def newest_listed(self, section: int, until: datetime) -> str | None:
        """Return when the newest article that a section lists was published, of those up to a time that are there."""
        query = (
            sa.select(sa.func.max(pages.c.published))
            .select_from(listings)
            .join(pages, sa.and_(pages.c.site == self.site, pages.c.kind == "article", pages.c.key == listings.c.key))
            .join(articles, articles.c.id == pages.c.article)
            .where(listings.c.section == section, articles.c.gone == 0, pages.c.absent_since.is_(None))
            .where(pages.c.published <= until.isoformat())
        )
        newest: str | None = self.connection.scalar(query)
        return newest

    def count_listed(self, section: int) -> int:
        """Return how many articles a section was seen to list."""
        query = sa.select(sa.func.count(sa.distinct(listings.c.key))).where(listings.c.section == section)
        return self.connection.scalar(query) or 0

    def plan_rereading(self, wanted: Wanted, due: str) -> None:
        """Write where the older pages of a section begin, and when they are read again first.

        Where a round is under way it is left as it is; where one is awaited only the place is written anew.
        """
        key = (pages.c.site == self.site, pages.c.kind == wanted.kind, pages.c.key == wanted.key)
        found = sa.select(pages.c.number, pages.c.url, pages.c.context).where(*key)
        row = self.connection.execute(found).first()
        if row is None:
            resting = {**self._row(wanted), "priority": LAST, "state": "done", "next_look": due}
            self.connection.execute(pages.insert().values(**resting))
        elif row.url != wanted.url and not PageContext.from_json(row.context).again:
            values = {"url": wanted.url, "context": wanted.context.to_json()}
            self.connection.execute(pages.update().where(pages.c.number == row.number).values(**values))

    def read_again(self, wanted: Wanted, due: str | None) -> None:
        """Write which older page of a section is read next: now, or when it is due."""
        assert self.task  # noqa: S101 - a commit of a page has one
        self.done(keep=True, state="done" if due else "todo", next_look=due, priority=LAST)
        values = {"url": wanted.url, "context": wanted.context.to_json()}
        self.connection.execute(pages.update().where(pages.c.number == self.task.number).values(**values))

    def put_off_rereading(self, section: int, due: str) -> None:
        """Let the older pages of a section that was read to its end rest until a time."""
        self._rereading(section, due, pages.c.next_look < due)

    def hasten_rereading(self, section: int) -> None:
        """Have the older pages of a section read again in the next visit, unless some were today."""
        now = datetime.now(UTC)
        rested = sa.or_(pages.c.asked_at.is_(None), pages.c.asked_at < timestamp_of(now - timedelta(days=1)))
        self._rereading(section, timestamp_of(now), pages.c.next_look > timestamp_of(now), rested)

    def _rereading(self, section: int, due: str, *where: Any) -> None:
        key = (pages.c.site == self.site, pages.c.kind == "turn", pages.c.key == f"{AGAIN}{section}")
        self.connection.execute(pages.update().where(*key, pages.c.state != "todo", *where).values(next_look=due))

    def forget_rereading(self, section: int) -> None:
        """Read no older pages of a section that is not there any more."""
        key = (pages.c.site == self.site, pages.c.kind == "turn", pages.c.key == f"{AGAIN}{section}")
        self.connection.execute(pages.delete().where(*key, pages.c.state != "todo"))

    def passed_by(self, section: int, *, since: str | None) -> None:
        """Write that unknown articles of a section were left out: it is known since a day at best, or not (None)."""
        known = pages.c.reach < since if since else pages.c.reach.is_not(None)
        self.connection.execute(
            pages.update().where(pages.c.number == section, known).values(reach=since)
        )  # fmt: skip

    def remember(self, article: Article) -> str | None:
        """Write an article and its page as done; return its change, None where it is known and unchanged."""
        self.frontier.versions.keep_id(article)
        wait_for(self.connection, of_article(article.id))  # archives of the portal may be read at the same time
        moved = bool(self.task and (self.task.moved_to or self.task.joined))
        change = self.frontier.versions.write(article, moved=moved, after_all=True)
        if change == GONE and self.task:
            self.task.etag = self.task.last_modified = None  # what comes back is to be read
        due = static_until() if change == GONE else self._next_recheck(article.published, article.first_seen)
        before = self.task.article if self.task else None
        self.done(article=article.id, published=article.published, next_look=due, absences=0, absent_since=None)
        if (
            change != GONE
            and self.task
            and (self.task.moved_to or self.task.joined or (before is None and change != "new"))
        ):
            self._lives_here(article, due)
        return change

    def is_also(self, known: str, article: Article) -> str:
        """Write that an article, as read, is a known one at a new address; return the id that it keeps."""
        versions = self.frontier.versions
        read = versions.known_as(article.id)
        rows = {name: versions.prepared["article"].run(self.connection, {"id": name}) for name in (known, read)}
        if rows[read] is None:
            article.first_seen = rows[known].first_seen
            moves.keep_id(self.connection, article.id, known)
            return known
        if known == read:
            return known
        keep, drop = sorted((known, read), key=lambda name: (rows[name].first_seen, rows[name].seq))
        moves.join(versions, keep, drop)
        return keep

    def ask_instead(self, number: int, since: str) -> None:
        """Put another address of an absent article to do in place of this page."""
        assert self.task  # noqa: S101 - a commit of a page has one
        again = {"state": "todo", "tries": 0, "absences": GONE_AFTER - 1, "absent_since": since}
        self.connection.execute(pages.update().where(pages.c.number == number).values(**again))
        self.done(state="moved", absences=self.task.absences + 1, absent_since=since)

    def _lives_here(self, article: Article, due: str | None) -> None:
        """Write which address of an article is asked from now on: the one that it was read at last."""
        assert self.task  # noqa: S101 - a commit of a page has one
        here = self.task.number
        if target := self.task.moved_to:
            row = self._row(target) | {"state": "done", "article": article.id, "published": article.published}
            row |= {"asked_at": exactly(), "next_look": due, "absences": 0, "absent_since": None}
            insert = self.frontier.store.insert(pages)
            kept = {name: insert.excluded[name] for name in row if name not in ("site", "kind", "key")}
            same = insert.on_conflict_do_update(index_elements=("site", "kind", "key"), set_=kept)
            self.connection.execute(same, row)
            key = (pages.c.site == self.site, pages.c.kind == target.kind, pages.c.key == target.key)
            here = self.connection.execute(sa.select(pages.c.number).where(*key)).scalar_one()
        self.frontier.not_now(self.site, lambda task: task.number == here or task.article == article.id)
        others = (pages.c.article == article.id, pages.c.number != here)
        self.connection.execute(pages.update().where(*others).values(state="moved", next_look=None))

    def unchanged(self, article: str) -> None:
        """Write the page of an article as done and unchanged."""
        query = sa.select(articles.c.published, articles.c.first_seen).where(articles.c.id == article)
        published, first_seen = self.connection.execute(query).one()
        due = self._next_recheck(published, first_seen)
        self.done(next_look=due, absences=0, absent_since=None)

    def _next_recheck(self, published: str | None, first_seen: str) -> str | None:
        """Return when the page is to be rechecked; an article among the sections is rechecked slowly, for ever."""
        due = next_recheck(published, first_seen, datetime.now(UTC))
        return due or (static_until() if self.task and self.task.kind == "section" else None)

    def done(self, *, keep: bool = False, **values: Any) -> None:
        """Write the state of the page; without `keep` a listing page is deleted, for it is never the same again."""
        assert self.task  # noqa: S101 - a commit of a page has one
        self._is_done = True
        if self.task.kind == "turn" and not keep and values.get("state") != "todo":
            self.frontier.statements["delete"].run(self.connection, {"its_number": self.task.number})
            return
        state = {
            "state": "done", "tries": 0, "rounds": 0, "cause": None, "asked_at": exactly(), "next_look": None,
            "etag": self.task.etag, "last_modified": self.task.last_modified, "priority": PRIORITY[self.task.kind],
            "article": self.task.article, "published": self.task.published, "lists": self.task.lists,
            "absences": self.task.absences, "absent_since": self.task.absent_since, "its_number": self.task.number,
        }  # fmt: skip
        self.frontier.statements["state"].run(self.connection, {**state, **values})

    def finish(self) -> None:
        """Write the page as done where no other state was written."""
        if not self._is_done:
            self.done()


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
    """Whether a page can be kept by its key; one that cannot is logged."""
    if len(key) > _LONGEST:
        _logger.warning("an address of %d characters is not followed: %s...", len(key), key[:100])
    return len(key) <= _LONGEST
