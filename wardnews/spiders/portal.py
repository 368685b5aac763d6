"""How the pages of a live portal are reached: home page -> sections -> listing pages -> articles.

What is still to do stands in the frontier, not in Scrapy's queues: a politeness group has as many requests under way as
it may have at a time, and the next page is taken from the frontier when one is done. Groups are taken as they come.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from scrapy import FormRequest, Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from wardnews import layouts
from wardnews.errors import LeaseLost
from wardnews.items import Article
from wardnews.locale import Phrase
from wardnews.middlewares import NotNow
from wardnews.middlewares.raw_pages import RawError
from wardnews.reading.opened import Source
from wardnews.sites import parse_days
from wardnews.spiders.articles import ArticlePages
from wardnews.spiders.challenges import is_challenge
from wardnews.spiders.common import OWN_ERROR, StoredSpider, cause_of, count_of, flag_of, header_of, source_of
from wardnews.spiders.continued import FurtherPages
from wardnews.spiders.counts import PortalCounts, Unhealthy
from wardnews.spiders.files.live import FileRequests, file_requests, kinds_of
from wardnews.spiders.groups.scheduling import MOST_MISSES, PortalVisit, Schedule, download_slots
from wardnews.spiders.groups.taking import BEGUN, GroupTaking
from wardnews.spiders.heavy_pages import Answer, AnyAnswer, HeavyPages, open_page
from wardnews.spiders.listing_pages import ListingPages
from wardnews.spiders.listings import Listings
from wardnews.spiders.moves import NOT_THERE, REDIRECTS
from wardnews.store.frontier import Frontier
from wardnews.store.page_context import PageContext
from wardnews.store.recheck import next_try, static_until
from wardnews.store.tasks import Kind, Task, Wanted

_NOT_MODIFIED, _SERVER_ERROR = 304, (429, *range(500, 600))


class PortalSpider(StoredSpider):
    """Crawl the news of one or more portals: what is new, what is due for a recheck, what was left over.

    Arguments: `site` (keys, separated by commas), `since` and `until` (ISO dates of publication), `sample` (articles a
    portal), `full` (visit every listing page and recheck every article), `due` (leave out what other runs have visited
    meanwhile), `files` (which files are kept: images, attachments, all, none), `sites` (a sites file besides those that
    come with wardnews and the setting WARDNEWS_SITES). The setting WARDNEWS_STORE names the store. `run` is the run's
    name; `locked` are the portals that another run is at.
    """

    name = "portal"
    full: bool
    only_due: bool
    frontier: Frontier
    schedule: Schedule
    groups: GroupTaking
    listings: Listings
    articles: ArticlePages
    pages: ListingPages
    further: FurtherPages
    files: FileRequests | None = None
    heavy: HeavyPages

    @classmethod
    def from_crawler(  # noqa: PLR0913 - what a person may ask for
        cls,
        crawler: Crawler,
        *,
        site: str = "",
        since: str | None = None,
        until: str | None = None,
        sample: str | int | None = None,
        full: str | bool = False,
        due: str | bool = False,
        files: str | None = None,
        sites: str | list[Path] | None = None,
        _job: str = "",  # scrapyd's
    ) -> Self:
        """Check the arguments, open the store, and give each politeness group its own download slot.

        Raises SitesError for an unknown site, a bad sites file or day, StoreError for a store that cannot be opened,
        ValueError for another bad argument.
        """
        spider = super().from_crawler(crawler)
        spider.since, spider.until = parse_days("since", since, "until", until)
        spider.sample, spider.full, spider.only_due = count_of(sample), flag_of("full", full), flag_of("due", due)
        spider.take_up(crawler, site, sites)
        kinds = kinds_of(crawler.settings, list(spider.sites.values()), files)
        spider.groups = spider.leasing = GroupTaking(spider, keeps_files=any(kinds.values()))
        spider.frontier = Frontier(spider.store, spider.run, spider.groups.fence)
        days = (spider.since, spider.until, spider.sample)
        spider.further, spider.heavy = FurtherPages(), HeavyPages(spider.frontier)
        spider.listings = Listings(spider.frontier, spider.counts, *days, full=spider.full)
        spider.articles = ArticlePages(spider)
        spider.pages = ListingPages(spider)
        slots = download_slots(crawler.settings, spider.sites.values())
        crawler.settings.set("DOWNLOAD_SLOTS", slots, priority="spider")
        portals = spider.sites.values()
        spider.schedule = Schedule(
            portals, crawler.settings, slots, spider.frontier, spider.request, spider.sample, lambda: spider.stopping
        )
        spider.files = file_requests(spider, kinds)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        crawler.signals.connect(spider.erred, signal=signals.spider_error)
        crawler.signals.connect(spider.heavy.readers.close, signal=signals.spider_closed)
        return spider

    # --- requests ---

    async def start(self) -> AsyncIterator[Request]:
        """Take the first group, and ask for its first pages."""
        for request in self.groups.more():
            yield request

    def begin_visit(self, visit: PortalVisit) -> None:
        """Begin the visit to a portal, or resume the one that was broken off."""
        site = visit.site
        self.counts[site.key] = PortalCounts()
        self.crawler.signals.send_catch_log(BEGUN, site=site.key)
        self.rewrite(self.frontier, site)
        asked = PageContext(asked=True)
        starts = [Wanted("section", site.own(url), url, asked) for url in site.section_urls()]
        starts = starts or [Wanted("home", site.url, site.url)]
        begun = self.frontier.begin(
            site.key,
            starts,
            asked=f"{self.since} {self.until} {self.sample} {self.full}",
            only_starts=bool(site.sections),
            full=self.full,
            rechecks=self.sample is None,
            older=not (self.since or self.until or self.sample or self.full),
        )
        if self.files:
            self.files.begin(site.key)
        self.counts[site.key].partial += begun.resumed or self.sample is not None
        if begun.resumed:
            self.logger.info("%s: resuming the visit of %s", site.key, begun.began)

    def request(self, visit: PortalVisit, task: Task) -> Request:
        """Make the request for a page, in its politeness group; on a condition where an answer is known."""
        context = task.context
        headers = {"X-Requested-With": "XMLHttpRequest"} if context.by_script else {}
        if task.article or (task.kind in ("section", "list") and self.listings.may_stop(task)):
            validators = {"If-None-Match": task.etag, "If-Modified-Since": task.last_modified}
            headers |= {name: value for name, value in validators.items() if value}
        common: dict[str, Any] = {
            "callback": self.answered,
            "errback": self.failed,
            "headers": headers,
            "cb_kwargs": {"visit": visit, "task": task},
            "meta": {"site": visit.site.key, "download_slot": visit.site.slot(), "dont_retry": True},
            "dont_filter": True,  # the frontier knows what was asked for; Scrapy's filter is blind to redirects
        }
        if task.kind == "article" or task.article:  # it may have moved, or be gone
            common["meta"] |= {"dont_redirect": True, "handle_httpstatus_list": REDIRECTS}
        if context.form is not None:
            return FormRequest(task.url, formdata=dict(context.form), **common)
        return Request(task.url, **common)

    async def fetch(self, url: str, visit: PortalVisit) -> Response | None:
        """Ask for a page beside the frontier, without following redirects; None where it cannot be had."""
        meta = {"site": visit.site.key, "download_slot": visit.site.slot(), "dont_retry": True, "dont_redirect": True}
        meta |= {"handle_httpstatus_all": True, "raw": False}
        try:
            return await self.crawler.engine.download_async(Request(url, meta=meta, dont_filter=True))
        except Exception as error:  # noqa: BLE001 - whatever it is, the page is not to be had
            self.logger.info("%s: %s: %s", visit.site.key, cause_of(error), url)
            return None

    async def find_earlier(self, article: Article) -> None:
        """Make the page of a new article that of the known one which has moved to its address."""
        task = self.frontier.task_of(article)
        may_be = task and not task.article and self.frontier.visits[article.site].has_earlier
        if task and may_be and not self.frontier.is_known(article.id):
            task.article = await self.articles.moves.earlier(article, task)
            task.joined = task.article is not None

    def idle(self) -> None:
        """Ask for what the last articles brought, before Scrapy closes the spider."""
        if self.ask(self.groups.rest()):
            raise DontCloseSpider

    def item_done(self, item: Article) -> None:
        """Go on after an article, now that it is committed and what it names can be asked for."""
        self.ask(self.groups.next(self.sites[item.site]))

    def erred(self, response: Response | Failure) -> None:
        """Go on after a page that our own code broke on."""
        site = response.request.meta["site"]  # type: ignore[union-attr]
        self.ask(self.groups.next(self.sites[site]))

    def ask(self, requests: Iterable[Request]) -> bool:
        """Ask for pages where Scrapy would not see the store fail; return whether there are any."""
        try:
            requests = list(requests)
        except (SQLAlchemyError, LeaseLost):
            self.broken(Failure())  # type: ignore[no-untyped-call]
            return True
        for request in requests:
            self.crawler.engine.crawl(request)
        return bool(requests)

    def article_or_next(self, visit: PortalVisit, article: Article | None) -> Answer:
        """Return the article of a page; where there is none, the requests that follow."""
        if article:
            yield article
        else:
            yield from self.groups.next(visit.site)

    def answered(self, response: Response, visit: PortalVisit, task: Task) -> AnyAnswer:
        """Read a page that was asked for, then ask for the next of its group; a heavy one is read beside."""
        source = source_of(response, visit.site, task.context.layout)
        return self.heavy.read_first(response, task, source, self.read_answer(response, visit, task))

    def read_answer(self, response: Response, visit: PortalVisit, task: Task) -> Answer:
        """Take what a page says that was asked for, then ask for the next of its group."""
        if response.status in REDIRECTS:
            yield from self.articles.redirected(response, visit, task)
            return
        if is_challenge(response):
            self.challenged(visit, task, response.url)
            yield from self.article_or_next(visit, None)
            return
        visit.misses = 0
        task.etag, task.last_modified = (header_of(response, name) for name in ("ETag", "Last-Modified"))
        if task.article:
            self.listings.count_known(visit, task.key)
        try:
            article = self.parsers[task.kind](response, visit, task)
        except (SQLAlchemyError, LeaseLost):
            raise
        except Exception:
            self.frontier.failed(task, OWN_ERROR, retry=False)
            raise
        yield from self.article_or_further(visit, task, article)

    def article_or_further(self, visit: PortalVisit, task: Task, article: Article | None) -> Answer:
        """Return the article of a page; first the request for its next page, where it goes on."""
        if article and visit.left:
            self.further.give_up(article)
        url = self.further.next(article) if article else None
        if url is None:
            yield from self.article_or_next(visit, article)
            return
        visit.asked(article=False)
        yield self.request(visit, task).replace(
            url=url, headers={}, callback=self.further_answered, errback=self.further_failed,
            cb_kwargs={"visit": visit, "task": task, "article": article},
        )  # fmt: skip

    def further_answered(self, response: Response, visit: PortalVisit, task: Task, article: Article) -> AnyAnswer:
        """Add a further page to its article; a heavy one is read beside."""
        layout, first = self.further.first(article)
        source = source_of(response, visit.site, layout.name, first)
        return self.heavy.read_first(response, task, source, self.add_further(response, visit, task, article, source))

    def add_further(
        self, response: Response, visit: PortalVisit, task: Task, article: Article, source: Source
    ) -> Answer:
        """Add a further page to its article, then ask for the next."""
        try:
            self.further.add(article, open_page(response, source))
        except layouts.UnreadablePage:
            self.further.give_up(article)
        yield from self.article_or_further(visit, task, article)

    def further_failed(self, failure: Failure) -> Answer:
        """Keep an article without a further page that could not be had: its flag says that it goes on."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, article = request.cb_kwargs["visit"], request.cb_kwargs["article"]
        self.trouble(
            visit.site.key,
            str(Phrase("a further page of an article: {cause}", cause=cause_of(failure.value))),
            request.url,
        )
        self.further.give_up(article)
        yield from self.article_or_next(visit, article)

    def failed(self, failure: Failure) -> Answer:
        """Commit that a page could not be had, then ask for the next of its group."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, task = request.cb_kwargs["visit"], request.cb_kwargs["task"]
        yield from self.article_or_next(visit, self.not_had(visit, task, failure, request))

    def not_had(self, visit: PortalVisit, task: Task, failure: Failure, request: Request) -> Article | None:
        """Commit what a failure means; return an article that is gone by now."""
        cause = cause_of(failure.value)
        if isinstance(failure.value, RawError | NotNow):
            if isinstance(failure.value, NotNow):
                visit.left = visit.left or cause
            self.frontier.put_back(task)
            return None
        status = failure.value.response.status if isinstance(failure.value, HttpError) else None
        if isinstance(failure.value, HttpError) and is_challenge(failure.value.response):
            self.challenged(visit, task, request.url)
            return None
        if status == _NOT_MODIFIED and (task.etag or task.last_modified):
            visit.misses = 0
            self.unchanged(visit, task)
            return None
        if status in NOT_THERE and task.article:
            gone = self.frontier.absent(task)
            self.counts[visit.site.key].absent += 1
            return gone
        if status in NOT_THERE and task.context.again is not None:
            with self.frontier.commit(task) as commit:  # the listing has become shorter
                self.listings.end_round(commit, task)
        elif task.kind == "list":
            self.logger.info("%s: no feed at %s: %s", visit.site.key, request.url, cause)
            self.pages.no_feed(task)
        elif status in NOT_THERE and task.kind == "section" and not task.context.asked:
            self.section_gone(visit, task, request.url)
        else:
            self.count_failure(visit, task, failure, request)
        return None

    def count_failure(self, visit: PortalVisit, task: Task, failure: Failure, request: Request) -> None:
        """Commit that a page could not be had, or that it is asked for once more."""
        cause = cause_of(failure.value)
        status = failure.value.response.status if isinstance(failure.value, HttpError) else None
        refused = isinstance(failure.value, IgnoreRequest)  # so is any status but 2xx
        final = refused and status not in _SERVER_ERROR
        if not final:
            weight = MOST_MISSES // 2 if cause == "host name not found" else 1
            visit.missed(cause, weight, article=task.kind == "article")
        if not self.frontier.failed(task, cause, retry=not final):
            self.counts[visit.site.key].failed += 1
            self.trouble(visit.site.key, cause, request.url)

    def section_gone(self, visit: PortalVisit, task: Task, url: str, cause: str = "HTTP status 404") -> None:
        """Commit that a page which is, or might be, a section is not there; one that listed articles is named once.

        It is asked for a few times more, then only while the home page names it.
        """
        if task.lists:
            self.unhealthy(visit.site.key, Unhealthy.SECTION_GONE, url)
        if not task.rounds:
            self.counts[visit.site.key].failed += 1
            self.trouble(visit.site.key, cause, url)
        later = next_try(task.rounds) or (static_until() if task.key in (visit.menu or ()) else None)
        with self.frontier.commit(task) as commit:
            commit.forget_rereading(task.number)
            left = {"state": "failed", "cause": "not there", "etag": None, "last_modified": None, "lists": 0}
            commit.done(keep=True, **left, rounds=task.rounds + 1, next_look=later)

    def challenged(self, visit: PortalVisit, task: Task, url: str) -> None:
        """Commit that a page was kept from us: it is tried again another day, and the portal is left after a few.

        A feed behind a gate is as good as none.
        """
        if task.kind == "list":
            self.pages.no_feed(task)
            return
        visit.missed(Unhealthy.CHALLENGE, article=task.kind == "article")
        self.unhealthy(visit.site.key, Unhealthy.CHALLENGE, url)
        self.counts[visit.site.key].failed += 1
        self.frontier.failed(task, Unhealthy.CHALLENGE.value, retry=False)

    def unchanged(self, visit: PortalVisit, task: Task) -> None:
        """Commit that a page is as it was."""
        self.counts[visit.site.key].unchanged += 1
        with self.frontier.commit(task) as commit:
            if task.article:
                visit.without_article = 0
                self.listings.count_known(visit, task.key)
                commit.unchanged(task.article)
                if self.frontier.files:
                    self.frontier.files.rechecked(task.article)
        if task.kind in ("section", "list"):
            self.counts[visit.site.key].listings += 1

    @property
    def parsers(self) -> Mapping[Kind, Callable[[Response, PortalVisit, Task], Article | None]]:
        """The methods that read the pages of each kind."""
        return {
            "home": self.pages.read_home,
            "section": self.pages.read_section,
            "list": self.pages.read_feed_page,
            "turn": self.pages.read_listing_page,
            "article": self.articles.read,
        }
