"""How the pages of a live portal are reached: home page -> sections -> listing pages -> articles.

What is still to do stands in the frontier, not in Scrapy's queues: a politeness group has as many requests under way as
it may have at a time, and the next page is taken from the frontier when one is done.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import FormRequest, Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from wardnews import layouts
from wardnews.items import Article, record_id
from wardnews.layouts import Entry, Fetch, Layout, Listing, Page
from wardnews.middlewares import NotNow
from wardnews.middlewares.raw_pages import FETCHED_AT, RawError
from wardnews.sites import Site, parse_day
from wardnews.spiders.challenges import is_challenge
from wardnews.spiders.common import OWN_ERROR, StoredSpider, cause_of, parse
from wardnews.spiders.counts import Sickness
from wardnews.spiders.visit import MOST_MISSES, Budget, Group, Walk
from wardnews.store.commit import Commit
from wardnews.store.frontier import Frontier
from wardnews.store.page_context import PageContext
from wardnews.store.recheck import static_until
from wardnews.store.tasks import Task, Wanted
from wardnews.text.clock import VIETNAM, in_days, timestamp
from wardnews.text.header import Header, parse_header

_SITEMAP_DEPTH = 2
_NOT_MODIFIED, _NOT_THERE, _SERVER_ERROR = 304, (404, 410), (429, *range(500, 600))


class PortalSpider(StoredSpider):
    """Crawl the news of one or more portals: what is new, what is due to be looked at again, what was left over.

    Arguments: `site` (keys, separated by commas), `since` and `until` (ISO dates of publication), `sample` (articles a
    portal), `full` (walk everything and look at every article again), `sites` (a sites file besides those that come
    with wardnews and the setting WARDNEWS_SITES). The setting WARDNEWS_STORE names the store. `run` is the run's name;
    `locked` are the portals that another run is at.
    """

    name = "portal"
    full: bool
    frontier: Frontier
    walks: dict[str, Walk]
    groups: dict[str, Group]

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *,
        site: str = "",
        since: str | None = None,
        until: str | None = None,
        sample: str | int | None = None,
        full: str | bool = False,
        sites: str | list[Path] | None = None,
    ) -> Self:
        """Check the arguments, open the store, and give each politeness group its own download slot.

        Raises SitesError for an unknown site, a bad sites file or day, StoreError for a store that cannot be opened,
        ValueError for another bad argument.
        """
        spider = super().from_crawler(crawler)
        spider.since, spider.until = parse_day("since", since), parse_day("until", until)
        spider.sample, spider.full = _count(sample), _flag(full)
        spider.take_up(crawler, site, sites)
        spider.frontier = Frontier(spider.store, spider.run)
        slots = _slots(crawler.settings, spider.sites.values())
        crawler.settings.set("DOWNLOAD_SLOTS", slots, priority="spider")
        spider.arrange(crawler.settings, slots)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        for settled in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.settled, signal=settled)
        crawler.signals.connect(spider.erred, signal=signals.spider_error)
        return spider

    def arrange(self, settings: BaseSettings, slots: dict[str, dict[str, Any]]) -> None:
        """Put the portals into their politeness groups."""
        budget = Budget(
            settings.getint("WARDNEWS_PORTAL_PAGES"),
            settings.getint("WARDNEWS_PORTAL_PAGES_NO_ITEM"),
            settings.getfloat("WARDNEWS_PORTAL_SECONDS"),
        )
        self.walks = {key: Walk(site, budget, self.sample) for key, site in self.sites.items()}
        self.groups = {}
        for walk in self.walks.values():
            slot = walk.site.slot()
            group = self.groups.setdefault(slot, Group(slot, slots[slot]["concurrency"]))
            group.walks.append(walk)

    # --- taking turns ---

    async def start(self) -> AsyncIterator[Request]:
        """Begin the visits, or go on with those that were broken off, then ask for the first page of each group."""
        for walk in self.walks.values():
            site = walk.site
            starts = [Wanted("section", url, url, PageContext(asked=True)) for url in site.section_urls()]
            starts = starts or [Wanted("home", site.url, site.url)]
            visit = self.frontier.begin(
                site.key,
                starts,
                asked=f"{self.since} {self.until} {self.sample} {self.full}",
                only_starts=bool(site.sections),
                full=self.full,
                rechecks=self.sample is None,
            )
            self.counts[site.key].partial += visit.resumed or self.sample is not None
            if visit.resumed:
                self.logger.info("%s: going on with the visit of %s", site.key, visit.began)
        for group in self.groups.values():
            for request in self.pull(group):
                yield request

    def pull(self, group: Group) -> Iterator[Request]:
        """Take the next pages of a politeness group, its portals in turn."""
        waiting = len(group.walks)
        while waiting and group.under_way < group.concurrency:
            walk = group.walks[0]
            group.walks.rotate(-1)
            ended = self.stopping or walk.left or walk.sampled
            task = None if ended else self.frontier.next_task(walk.site.key)
            walk.done = task is None
            if task is None:
                waiting -= 1
                continue
            waiting = len(group.walks)
            group.under_way += 1
            walk.asked(article=task.kind == "article")
            yield self.request(walk, task)

    def request(self, walk: Walk, task: Task) -> Request:
        """Make the request for a page, in its politeness group; on a condition where an answer is known."""
        context = task.context
        headers = {"X-Requested-With": "XMLHttpRequest"} if context.by_script else {}
        if task.article or (task.kind in ("section", "list") and self.may_stop(task)):
            validators = {"If-None-Match": task.etag, "If-Modified-Since": task.last_modified}
            headers |= {name: value for name, value in validators.items() if value}
        common: dict[str, Any] = {
            "callback": self.answered,
            "errback": self.failed,
            "headers": headers,
            "cb_kwargs": {"walk": walk, "task": task},
            "meta": {"site": walk.site.key, "download_slot": walk.site.slot(), "dont_retry": True},
            "dont_filter": True,  # the frontier knows what was asked for; Scrapy's filter is blind to redirects
        }
        if context.form is not None:
            return FormRequest(task.url, formdata=dict(context.form), **common)
        return Request(task.url, **common)

    def idle(self) -> None:
        """Ask for what the last articles brought, before Scrapy closes the spider."""
        if self.ask(*self.groups.values()):
            raise DontCloseSpider

    def settled(self, item: Article) -> None:
        """Go on after an article, now that it is committed and what it names can be asked for."""
        self.go_on(item.site)

    def erred(self, response: Response | Failure) -> None:
        """Go on after a page that our own code broke on."""
        self.go_on(response.request.meta["site"])  # type: ignore[union-attr]

    def go_on(self, site: str) -> None:
        """Ask for the next page of a portal's group."""
        group = self.groups[self.sites[site].slot()]
        group.under_way -= 1
        self.ask(group)

    def ask(self, *groups: Group) -> bool:
        """Ask for the next pages of groups, where nobody would see the store fail; tell whether there are any."""
        try:
            requests = [request for group in groups for request in self.pull(group)]
        except SQLAlchemyError:
            self.broken(Failure())  # type: ignore[no-untyped-call]
            return True
        for request in requests:
            self.crawler.engine.crawl(request)
        return bool(requests)

    def article_or_next(self, walk: Walk, article: Article | None) -> Iterator[Article | Request]:
        """Give the article of a page; where there is none, ask for the next page of the group."""
        if article:
            yield article
            return
        group = self.groups[walk.site.slot()]
        group.under_way -= 1
        yield from self.pull(group)

    def answered(self, response: Response, walk: Walk, task: Task) -> Iterator[Article | Request]:
        """Read a page that was asked for, then ask for the next of its group."""
        if is_challenge(response):
            self.challenged(walk, task, response.url)
            yield from self.article_or_next(walk, None)
            return
        walk.misses = 0
        task.etag, task.last_modified = (_header(response, name) for name in ("ETag", "Last-Modified"))
        if task.article:
            self.met(walk, task.key)
        try:
            article: Article | None = getattr(self, f"parse_{task.kind}")(response, walk, task)
        except SQLAlchemyError:
            raise
        except Exception:
            self.frontier.failed(task, OWN_ERROR, retry=False)
            raise
        yield from self.article_or_next(walk, article)

    def failed(self, failure: Failure) -> Iterator[Article | Request]:
        """Commit that a page could not be had, then ask for the next of its group."""
        request: Request = failure.request  # type: ignore[attr-defined]
        walk, task = request.cb_kwargs["walk"], request.cb_kwargs["task"]
        yield from self.article_or_next(walk, self.not_had(walk, task, failure, request))

    def not_had(self, walk: Walk, task: Task, failure: Failure, request: Request) -> Article | None:
        """Commit what a failure means: nothing new, a page to try again, or an article that is gone, which it gives."""
        cause = cause_of(failure.value)
        if isinstance(failure.value, RawError | NotNow):
            if isinstance(failure.value, NotNow):
                walk.left = walk.left or cause
            self.frontier.put_back(task)
            return None
        status = failure.value.response.status if isinstance(failure.value, HttpError) else None
        if isinstance(failure.value, HttpError) and is_challenge(failure.value.response):
            self.challenged(walk, task, request.url)
            return None
        if status == _NOT_MODIFIED and (task.etag or task.last_modified):
            walk.misses = 0
            self.unchanged(walk, task)
            return None
        if status in _NOT_THERE and task.article:
            gone = self.frontier.absent(task)
            self.counts[walk.site.key].absent += 1
            return gone
        if task.kind == "list":
            self.logger.info("%s: no list at %s: %s", walk.site.key, request.url, cause)
            self.no_list(task)
            return None
        refused = isinstance(failure.value, IgnoreRequest)  # so is any status but 2xx
        final = refused and status not in _SERVER_ERROR
        if not final:
            walk.missed(cause, MOST_MISSES // 2 if cause == "host name not found" else 1)
        if not self.frontier.failed(task, cause, retry=not final):
            self.counts[walk.site.key].failed += 1
            self.trouble(walk.site.key, cause, request.url)
        return None

    def challenged(self, walk: Walk, task: Task, url: str) -> None:
        """Commit that a page was kept from us: it is tried again another day, and the portal is left after a few.

        A list for machines behind a gate is as good as none.
        """
        if task.kind == "list":
            self.no_list(task)
            return
        walk.missed(Sickness.CHALLENGE)
        self.sick(walk.site.key, Sickness.CHALLENGE, url)
        self.counts[walk.site.key].failed += 1
        self.frontier.failed(task, Sickness.CHALLENGE.value, retry=False)

    def unchanged(self, walk: Walk, task: Task) -> None:
        """Commit that a page is as it was."""
        self.counts[walk.site.key].unchanged += 1
        with self.frontier.commit(task) as commit:
            if task.article:
                walk.barren = 0
                self.met(walk, task.key)
                commit.unchanged(task.article)
        if task.kind in ("section", "list"):
            self.counts[walk.site.key].listings += 1

    # --- pages ---

    def parse_home(self, response: Response, walk: Walk, task: Task) -> None:
        """Queue the sections that a home page names, and the articles that it shows."""
        opened = self.open(response, walk, task)
        if not opened:
            return
        layout, page = opened
        homes = {walk.site.url, layout.canonical(walk.site.url) or "", layout.canonical(response.url) or ""}
        sections = [url for url in layout.read_sections(page) if url not in homes]
        listing = layout.read_listing(page)
        self.counts[walk.site.key].listings += bool(listing.entries and listing.next)
        with self.frontier.commit(task) as commit:
            commit.homes(filter(None, homes))
            if layout.rest_listing:
                url = urljoin(walk.site.url, layout.rest_listing)
                context = PageContext(layout=layout.name, rest_listing=True, instead=tuple(sections))
                self.queue_lists(commit, walk, [url], context, priority=4)
            else:
                commit.queue(self.sections(walk, sections, depth=1))
            feeds = [urljoin(walk.site.url, feed) for feed in layout.feeds]
            self.queue_lists(commit, walk, feeds, PageContext(layout=layout.name))
            if listing.entries:
                fresh = self.take_in(commit, walk, task, listing.entries, follow_related=True)
                self.turn(commit, walk, task, layout, listing, fresh=fresh)
            else:
                links = [replace(entry, title="", header=None) for entry in layout.read_links(page)]
                self.take_in(commit, walk, task, links, follow_related=True)
        if not sections and not listing.entries:
            self.sick(walk.site.key, Sickness.NO_SECTIONS, response.url)

    def parse_list(self, response: Response, walk: Walk, task: Task) -> None:
        """Read a list for machines; without one, queue the sections that it would have stood for."""
        opened = self.open(response, walk, task)
        if not opened:
            return
        layout, page = opened
        listing = layout.read_feed(page)
        if listing is None or not (listing.entries or listing.lists):
            self.no_list(task)
            return
        self.counts[walk.site.key].listings += bool(listing.entries)
        with self.frontier.commit(task) as commit:
            self.queue_lists(commit, walk, listing.lists, PageContext(layout=layout.name))
            fresh = self.take_in(commit, walk, task, listing.entries)
            self.turn(commit, walk, task, layout, listing, fresh=fresh)

    def no_list(self, task: Task) -> None:
        """Go on without a list for machines: most portals have it closed."""
        with self.frontier.commit(task) as commit:
            walk = self.walks[task.site]
            commit.queue(self.sections(walk, task.context.instead, depth=1))

    def queue_lists(
        self, commit: Commit, walk: Walk, urls: Iterable[str], context: PageContext, priority: int | None = None
    ) -> None:
        """Queue lists for machines; feeds and sitemaps come after all else, where not only a sample is wanted."""
        if self.sample is None or context.rest_listing:
            own = (url for url in urls if walk.site.owns(url))
            commit.queue(Wanted("list", url, url, context, priority) for url in own)

    def sections(self, walk: Walk, urls: Iterable[str], depth: int) -> Iterator[Wanted]:
        """Name the pages of this portal that may be sections."""
        for url in urls:
            if walk.site.owns(url):
                yield Wanted("section", url, url, PageContext(depth=depth))

    def parse_section(self, response: Response, walk: Walk, task: Task) -> Article | None:
        """Read the first page of a section; a page that is no listing may name more sections, or be an article."""
        opened = self.open(response, walk, task)
        if not opened:
            return None
        layout, page = opened
        listing = layout.read_listing(page)
        alone = layout.read_article(page) if not listing.entries else None
        if listing.note:
            self.trouble(walk.site.key, listing.note, response.url)
        if alone and alone.header:  # a section that shows its one article right away
            return self.once(walk, task, alone, response)
        depth = task.context.depth
        if listing.entries:
            self.counts[walk.site.key].listings += 1
        elif task.context.asked:
            self.sick(walk.site.key, Sickness.SECTION_EMPTY, response.url)
        elif task.lists:
            self.sick(walk.site.key, Sickness.SECTION_EMPTIED, response.url)
        with self.frontier.commit(task) as commit:
            if listing.entries:
                fresh = self.take_in(commit, walk, task, listing.entries, follow_related=not listing.next)
                self.turn(commit, walk, task, layout, listing, fresh=fresh)
                commit.done(lists=1)
            else:
                if depth < _SITEMAP_DEPTH and not task.context.asked:
                    commit.queue(self.sections(walk, layout.read_sections(page), depth + 1))
                commit.done(next_look=static_until())
        return None

    def parse_turn(self, response: Response, walk: Walk, task: Task) -> None:
        """Read a further page of a listing."""
        opened = self.open(response, walk, task)
        if not opened:
            return
        layout, page = opened
        listing = (layout.read_feed(page) if task.context.list else layout.read_listing(page)) or Listing(())
        if listing.entries:
            self.counts[walk.site.key].listings += 1
        elif page.fetch.form and not task.context.answered:
            self.trouble(
                walk.site.key, "the call for the list gave nothing, so only the first page was read", response.url
            )
        if listing.note:
            self.trouble(walk.site.key, listing.note, response.url)
        with self.frontier.commit(task) as commit:
            fresh = self.take_in(commit, walk, task, listing.entries)
            self.turn(commit, walk, task, layout, listing, fresh=fresh)

    def parse_article(self, response: Response, walk: Walk, task: Task) -> Article | None:
        """Read an article, and name its related news where that is wanted."""
        opened = self.open(response, walk, task)
        if not opened:
            return None
        layout, page = opened
        article = layout.read_article(page)
        if article is None:
            self.unreadable(walk, task, "no article on the page", response.url)
            return None
        if task.context.follow_related and in_days(self.day(article.header), self.since, self.until):
            related = (entry for entry in layout.read_related(page) if walk.site.owns(entry.url))
            task.links = [self.wanted(entry, follow_related=True) for entry in related] if not walk.sample else []
        return self.once(walk, task, article, response)

    def once(self, walk: Walk, task: Task, article: Article, response: Response) -> Article | None:
        """Give an article, unless it came out already under another address."""
        key = record_id(walk.site.key, article.id, walk.site.own(article.url))
        if key in walk.read:
            self.trouble(walk.site.key, "an article under a second address", response.url)
            with self.frontier.commit(task) as commit:
                commit.done(cause="an article under a second address")
            return None
        walk.read.add(key)
        walk.barren = 0
        article.site, article.crawled_at = walk.site.key, response.meta.get(FETCHED_AT) or timestamp()
        self.frontier.read_from(article, task)
        return article

    def open(self, response: Response, walk: Walk, task: Task) -> tuple[Layout, Page] | None:
        """Parse a page and find its layout; commit what cannot be read."""
        name = task.context.layout or walk.site.layout
        try:
            page = parse(response, walk.site.newszone)
            layout = layouts.recognise(page, name, walk.site.selectors)
        except layouts.UnreadablePage as error:
            if task.kind == "section" and not (task.context.asked or task.lists):  # it only might have been one
                with self.frontier.commit(task) as commit:
                    commit.done(cause=str(error), next_look=static_until())
            elif task.kind == "list":
                self.no_list(task)
            else:
                self.unreadable(walk, task, str(error), response.url)
            return None
        self.counts[walk.site.key].layouts[layout.name] += 1
        return layout, page

    def unreadable(self, walk: Walk, task: Task, cause: str, url: str) -> None:
        """Commit that a page could not be read."""
        self.trouble(walk.site.key, cause, url)
        self.frontier.failed(task, cause, retry=False)

    # --- listings ---

    def take_in(
        self, commit: Commit, walk: Walk, task: Task, entries: Iterable[Entry], *, follow_related: bool = False
    ) -> int:
        """Queue the articles of a listing that are unknown, or shown otherwise than before; count those new to it.

        With `follow_related` their related news are followed as well: a section without a pager has no other way on.
        """
        own = [replace(entry, key=walk.site.own(entry.key)) for entry in entries if walk.site.owns(entry.url)]
        known = commit.known([entry.key for entry in own])
        own = [entry for entry in own if entry.key not in known or known[entry.key].kind == "article"]
        now = datetime.now(VIETNAM)
        wanted, again, shown, counts = [], [], {}, {}
        passed_by = False
        for entry in own:
            header = parse_header(entry.header, now) if entry.header else Header()
            day, before = (header.published or "")[:10], known.get(entry.key)
            if not in_days(day or (before.published if before else None), self.since, self.until):
                self.counts[walk.site.key].outside += 1
                passed_by |= before is None and day < (self.since or "")
                continue
            if before is None and walk.full:
                passed_by = True
                continue
            date = "" if "relative_date" in header.flags else header.published or ""
            shown[entry.key] = f"{entry.title}|{date}"
            if before is None:
                walk.articles += 1
                wanted.append(self.wanted(entry, follow_related=follow_related))
            elif before.gone or before.state in ("outside", "seen"):
                again.append(before.number)
            elif before.article:
                if before.article not in walk.read:
                    self.met(walk, entry.key)
                if header.views is not None and header.views != before.views:
                    counts[before.article] = header.views
        commit.queue(wanted)
        fresh, changed = commit.listed(section_of(task), shown, called=task.context.form is not None)
        if passed_by:
            commit.passed_by(section_of(task), since=self.since if self.sample is None else None)
        commit.recheck([*again, *(known[key].number for key in changed if key in known)])
        self.frontier.versions.viewed(counts, timestamp())
        return len(fresh)

    def wanted(self, entry: Entry, *, follow_related: bool) -> Wanted:
        """Name an article's page."""
        return Wanted("article", entry.key, entry.url, PageContext(follow_related=follow_related))

    def turn(self, commit: Commit, walk: Walk, task: Task, layout: Layout, listing: Listing, *, fresh: int) -> None:
        """Queue the next page of a section, as long as its pages hold something new (`fresh`) and young enough.

        How far the section is known then (`reach`) is remembered when its end is reached; until then the next page
        that is queued stands for the rest. A walk that leaves out young articles does not tell how far.
        """
        section, context = section_of(task), task.context
        keys, seen = _digest([entry.key for entry in listing.entries]), context.seen
        began = self.frontier.visits[task.site].began
        later = (context.visit or began) != began  # pages have moved on since this one was queued
        known_before = later or (task.asked_at is not None if context.known_before is None else context.known_before)
        nothing_new = not fresh
        repeated = keys in seen or (nothing_new and bool(seen) and not known_before)
        if walk.full:
            if not nothing_new:
                commit.passed_by(section, since=None)
            return
        known_since, known_after = _known_since(task), None if self.until else self.since or ""
        if self.all_older(listing) or not listing.next or repeated or not listing.entries:
            if known_after is not None and (known_since is None or known_since > known_after):
                commit.update_section(section, reach=known_after)
        elif not (nothing_new and self.may_stop(task)):
            going_on = PageContext(
                section=section,
                layout=layout.name,
                known_since=known_since,
                known_after=known_after,
                visit=began,
                known_before=known_before,
                seen=(*seen[:1], keys),
                list=task.kind == "list" or context.list,
            )
            commit.queue([_next_page(listing.next, going_on, called=context.form is not None)])

    def may_stop(self, task: Task) -> bool:
        """Tell whether a section's walk may stop at a page that holds nothing unknown: what lies behind is known."""
        known_since = _known_since(task)
        return known_since is not None and known_since <= (self.since or "") and not self.full

    def all_older(self, listing: Listing) -> bool:
        """Tell whether all of a listing, every entry with its date, is older than the days asked for."""
        days = [day for entry in listing.entries if (day := self.day(entry.header))]
        return bool(self.since and days and len(days) == len(listing.entries) and max(days) < self.since)

    def day(self, header: str | None) -> str | None:
        """Give the day in a header line, where days are asked for at all."""
        if not (self.since or self.until) or not header:
            return None
        published = parse_header(header, datetime.now(VIETNAM)).published
        return published[:10] if published else None

    # --- what happened ---

    def met(self, walk: Walk, key: str) -> None:
        """Count an article that is known, once a run."""
        if key not in walk.known:
            walk.known.add(key)
            self.counts[walk.site.key].known += 1


def section_of(task: Task) -> int:
    """Give the row of the section whose listing a page is of."""
    return task.number if task.context.section is None else task.context.section


def _known_since(task: Task) -> str | None:
    """Give the day since which a section was known when its walk began; a further page has it from the first."""
    return task.known_since if task.context.known_since is None else task.context.known_since


def _next_page(fetch: Fetch, context: PageContext, *, called: bool) -> Wanted:
    """Name the next page of a listing; the first answer to a call may begin by repeating the page that calls."""
    if fetch.form is None:
        return Wanted("turn", fetch.url, fetch.url, context)
    seen = context.seen if called else ()
    context = replace(context, form=dict(fetch.form), by_script=fetch.by_script, answered=called, seen=seen)
    return Wanted("turn", f"{fetch.url}#{_digest(map(str, sorted(fetch.form.items())))}", fetch.url, context)


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    said = value.decode("latin-1") if value else ""
    return said if said.isprintable() and said else None  # it is kept, and sent back


def _slots(settings: BaseSettings, sites: Iterable[Site]) -> dict[str, dict[str, Any]]:
    """Give each politeness group one request at a time, and the longest delay that a portal of it asks for."""
    slots = settings.getdict("DOWNLOAD_SLOTS")
    for site in sites:
        slot = slots.setdefault(site.slot(), {"concurrency": 1, "delay": 0.0})
        delay = settings.getfloat("DOWNLOAD_DELAY") if site.delay is None else site.delay
        slots[site.slot()] = slot | {"delay": max(slot["delay"], delay)}
    return slots


def _count(value: str | int | None) -> int | None:
    if value is None or (str(value).isdigit() and int(value) > 0):
        return int(value) if value else None
    raise ValueError(f"sample={value!r}: expected a number of articles such as 5")


def _flag(value: str | bool) -> bool:
    if str(value).lower() in ("true", "1", "false", "0"):
        return str(value).lower() in ("true", "1")
    raise ValueError(f"full={value!r}: expected true or false")
