"""How the pages of articles are read: what a page holds, whether it moved, and what stands in place of an article."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from wardnews.items import GONE, Article, record_id
from wardnews.locale import gettext_noop
from wardnews.middlewares.raw_pages import FETCHED_AT
from wardnews.reading.notices import Notice, digest, doubt, is_cut
from wardnews.spiders import moves
from wardnews.spiders.groups.scheduling import PortalVisit
from wardnews.spiders.listings import MOST_ENTRIES
from wardnews.store.moves import SECOND_ADDRESS
from wardnews.store.tasks import Task, Wanted
from wardnews.text.clock import in_days, timestamp

if TYPE_CHECKING:
    from wardnews.layouts import Entry
    from wardnews.spiders.portal import PortalSpider

_WHY_ABSENT = {
    moves.BY_TEXT: str(Notice.NOT_THERE),
    moves.BY_REDIRECT: gettext_noop("an article's address leads elsewhere"),
}
_END = b"</html"
_TAIL = 2_000
_ENOUGH = 3
"""How many pages of articles must have ended as they should, for one that does not to be cut short."""


class ArticlePages:
    """Read the pages of articles for a spider."""

    def __init__(self, spider: "PortalSpider") -> None:
        self.spider = spider
        self.frontier = spider.frontier
        self.moves = moves.Moves(spider)

    def read(self, response: Response, visit: PortalVisit, task: Task) -> Article | None:
        """Return the article of a page; commit what is none."""
        opened = self.spider.pages.open(response, visit, task)
        if not opened:
            return None
        article = opened.article
        if article is None:
            if opened.says_not_there or (task.article and moves.was_redirected(response)):
                by = moves.BY_REDIRECT if moves.was_redirected(response) else moves.BY_TEXT
                return self.absent(visit, task, by, response.url)
            self.spider.pages.unreadable(visit, task, opened.instead or "no article on the page", response.url)
            return None
        listings = self.spider.listings
        if task.context.follow_related and in_days(listings.day(article.header), listings.since, listings.until):
            related: Iterator[Entry] = (one for one in opened.related if visit.site.owns(one.url))
            first = listings.bounded(visit, related, MOST_ENTRIES)
            wanted = [listings.wanted(one, follow_related=True) for one in first]
            task.links = [] if visit.sample else wanted
        emitted = self.once(visit, task, article, response)
        if emitted:
            self.spider.further.begin(emitted, opened)
        return emitted

    def once(self, visit: PortalVisit, task: Task, article: Article, response: Response) -> Article | None:
        """Return an article, unless it was read already under another address, or the page holds none in truth."""
        site = visit.site
        read_as = self.frontier.known_as(record_id(site.key, article.id, site.own(article.url)), site.key)
        if read_as in visit.read:
            self.spider.trouble(site.key, SECOND_ADDRESS, response.url)
            self.frontier.second_address(task, task.article or read_as)
            return None
        before = self.frontier.current(task.article) if task.article else None
        if before and read_as != task.article and not _is_same(before, article, response):
            return self.absent(visit, task, moves.BY_REDIRECT, response.url)
        before = before if before and before.change != GONE else None
        why = self._doubt(visit, task, article, before, response)
        if why is Notice.NOT_THERE:
            return self.absent(visit, task, moves.BY_TEXT, response.url)
        if why:
            cause = f"{why} ({digest(article)})" if why is Notice.UNLIKE else str(why)
            self.spider.pages.unreadable(visit, task, cause, response.url)
            return None
        if moves.was_redirected(response):
            key = site.own(article.id or article.url)
            task.moved_to = Wanted(task.kind, key, response.url, task.context) if key != task.key else None
        visit.read.update({read_as, task.article or read_as})
        self.spider.counts[site.key].layouts[article.layout] += 1
        visit.without_article = 0
        article.site, article.crawled_at = site.key, response.meta.get(FETCHED_AT) or timestamp()
        self.frontier.read_from(article, task)
        return article

    def _doubt(
        self, visit: PortalVisit, task: Task, article: Article, before: Article | None, response: Response
    ) -> Notice | None:
        """Return why what was read is no state of the article."""
        closed = _END in response.body[-_TAIL:].lower()
        always_closed = visit.closed_pages >= _ENOUGH and not visit.unclosed_pages
        if not closed and (always_closed or (before and is_cut(article, before))):
            return Notice.CUT_SHORT
        visit.closed_pages += closed
        visit.unclosed_pages += not closed
        why = doubt(article, before)
        if why is Notice.UNLIKE:
            cause = f"{why} ({digest(article)})"
            if task.cause == cause and self.frontier.has_cause(task.site, cause) == 1:
                return None  # seen again on another day, and of no other article
        return why

    def absent(self, visit: PortalVisit, task: Task, how: str | None, url: str) -> Article | None:
        """Commit that a page does not hold its article; return the article as gone where that is certain by now."""
        if not task.article:
            self.spider.pages.unreadable(visit, task, str(Notice.NOT_THERE), url)
            return None
        if how:
            self.spider.trouble(visit.site.key, _WHY_ABSENT[how], url)
        gone = self.frontier.absent(task, how)
        self.spider.counts[visit.site.key].absent += 1
        return gone

    def redirected(self, response: Response, visit: PortalVisit, task: Task) -> Iterator[Article | Request]:
        """Follow a redirect, unless what it leads to was read in this run, or is no article by its address."""
        follow = moves.following(response)
        article: Article | None = None
        if follow is None:
            self.spider.pages.unreadable(visit, task, "redirected in circles", response.url)
        else:
            place = self.moves.place_of(follow.url, visit)
            listing = place is not None and place.kind == "section" and place.lists
            if moves.is_home(follow.url, visit) or listing:
                article = self.absent(visit, task, moves.BY_REDIRECT, response.url)
            elif place and place.article and place.article in visit.read:
                self._leads_to_known(task, place.article, permanent=follow.meta[moves.WAS_PERMANENT])
            else:
                yield follow
                return
        yield from self.spider.article_or_next(visit, article)

    def _leads_to_known(self, task: Task, article: str, *, permanent: bool) -> None:
        """Commit a redirect to an article that was read in this run: both are one where it is permanent."""
        if task.article and task.article != article and permanent:
            self.frontier.joined(task, article)
        elif task.article and task.article != article:
            self.frontier.absent(task, moves.BY_REDIRECT)
        else:
            self.frontier.second_address(task, article)


def _is_same(before: Article, article: Article, response: Response) -> bool:
    """Whether a page that makes another id than the known one's holds the same article."""
    if not moves.was_redirected(response) or moves.moved_for_good(response):
        return True
    return before.title == article.title
