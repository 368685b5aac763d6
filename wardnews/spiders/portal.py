"""How the pages of a live portal are reached: home page -> sections -> listing pages -> articles."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import FormRequest, Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from wardnews import layouts, text
from wardnews.items import Article
from wardnews.layouts import Entry, Fetch, Layout, Listing, Page
from wardnews.sites import Site, SitesError, choose, parse_day
from wardnews.spiders.common import cause_of, known_sites, parse

_SITEMAP_DEPTH = 2


@dataclass
class Walk:
    """Hold how far the walk over one portal has come: what was asked for and what was read, by key."""

    site: Site
    articles: int = 0
    seen: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)


@dataclass
class Section:
    """Hold how far the walk over one section has come.

    `asked`: the sites file names it. `depth`: steps from the home page. `listed`: a call for its list was answered.
    `shown` and `called`: the entries seen on its pages and in the answers to calls, which may begin by repeating them.
    `spare`: the sections to walk where this is a list for machines and is not to be had.
    """

    url: str
    asked: bool = False
    depth: int = 0
    pages: int = 0
    listed: bool = False
    layout: str | None = None
    shown: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    spare: dict[str, str] = field(default_factory=dict)


class PortalSpider(Spider):
    """Crawl the news of one or more portals.

    Arguments: `site` (keys, separated by commas), `since` and `until` (ISO dates of publication), `sample` (articles a
    portal), `sites` (a sites file besides those that come with wardnews and the setting WARDNEWS_SITES).
    """

    name = "portal"
    sites: dict[str, Site]
    since: str | None
    until: str | None
    sample: int | None

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *,
        site: str = "",
        since: str | None = None,
        until: str | None = None,
        sample: str | int | None = None,
        sites: str | list[Path] | None = None,
    ) -> Self:
        """Check the arguments, and give each politeness group its own download slot.

        Raises SitesError for an unknown site, a bad sites file or day, ValueError for another bad argument.
        """
        spider = super().from_crawler(crawler)
        keys = [key.strip() for key in site.split(",") if key.strip()]
        if not keys:
            raise SitesError("no site named: scrapy crawl portal -a site=KEY[,KEY...]; `wardnews sites` lists the keys")
        spider.sites = {one.key: one for one in choose(known_sites(crawler, sites), keys)}
        spider.since, spider.until = parse_day("since", since), parse_day("until", until)
        spider.sample = _count(sample)
        crawler.settings.set("DOWNLOAD_SLOTS", _slots(crawler.settings, spider.sites.values()), priority="spider")
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the home page of each portal, or for the sections that its sites file names."""
        for site in self.sites.values():
            walk = Walk(site)
            for url in site.section_urls():
                yield self.section(walk, Section(url, asked=True))
            if not site.sections:
                yield self.request(walk, Fetch(site.url), self.parse_home)

    # --- requests ---

    def request(self, walk: Walk, fetch: Fetch, callback: Any, priority: int = 0, **arguments: Any) -> Request:
        """Make a request for a portal, in its politeness group."""
        common: dict[str, Any] = {
            "callback": callback,
            "errback": self.failed,
            "priority": priority,
            "cb_kwargs": {"walk": walk, **arguments},
            "meta": {"site": walk.site.key, "download_slot": walk.site.slot()},
            "dont_filter": True,  # the walk knows what it asked for; Scrapy's filter is blind to portals and redirects
        }
        if fetch.by_script:
            common["headers"] = {"X-Requested-With": "XMLHttpRequest"}
        if fetch.form is None:
            return Request(fetch.url, **common)
        return FormRequest(fetch.url, formdata=dict(fetch.form), **common)

    def section(self, walk: Walk, section: Section) -> Request:
        """Make the request for the first page of a section."""
        return self.request(walk, Fetch(section.url), self.parse_section, section=section)

    def machine_list(self, walk: Walk, section: Section, priority: int = 0) -> Request:
        """Make the request for a list for machines, which a portal may well not have."""
        request = self.request(walk, Fetch(section.url), self.parse_list, priority, section=section)
        return request.replace(errback=self.no_list)

    def entries(self, walk: Walk, entries: Iterable[Entry], *, lead_on: bool) -> Iterator[Request]:
        """Ask for articles, each once a run whatever its addresses are, before further listings.

        With `lead_on` their related news are followed as well: a section without a pager has no other way on.
        """
        for entry in entries:
            if entry.key in walk.seen or not walk.site.owns(entry.url):
                continue
            if not self.in_window(entry.header):
                self.count(walk, "outside")
                continue
            if self.sample is not None and walk.articles >= self.sample:
                return
            walk.seen.add(entry.key)
            walk.articles += 1
            yield self.request(walk, Fetch(entry.url), self.parse_article, priority=1, lead_on=lead_on)

    # --- pages ---

    def parse_home(self, response: Response, walk: Walk) -> Iterator[Request]:
        """Follow the sections that a home page names, and the articles that it shows."""
        opened = self.open(response, walk)
        if not opened:
            return
        layout, page = opened
        walk.seen.update(filter(None, (layout.canonical(walk.site.url), layout.canonical(response.url))))
        home = Section(response.url, layout=layout.name)
        sections, listing = layout.read_sections(page), layout.read_listing(page)
        self.count(walk, "listings", bool(listing.entries and listing.next))
        if layout.catalogue:
            url = urljoin(walk.site.url, layout.catalogue)
            yield self.machine_list(walk, Section(url, layout=layout.name, spare=sections))
        else:
            yield from self.sections(walk, sections, depth=1)
        yield from self.lists(walk, layout, [urljoin(walk.site.url, feed) for feed in layout.feeds])
        yield from self.entries(walk, listing.entries or layout.read_links(page), lead_on=True)
        yield from self.turn(walk, home, listing)
        if not sections and not listing.entries:
            self.trouble(walk, "home page without sections", response.url, "sick")

    def lists(self, walk: Walk, layout: Layout, urls: Iterable[str]) -> Iterator[Request]:
        """Ask for feeds and sitemaps after all else, where not only a sample is wanted."""
        for url in urls:
            if walk.site.owns(url) and url not in walk.seen and self.sample is None:
                walk.seen.add(url)
                yield self.machine_list(walk, Section(url, layout=layout.name), priority=-1)

    def parse_list(self, response: Response, walk: Walk, section: Section) -> Iterator[Request]:
        """Read a list for machines; without one, walk the sections that it would have stood for."""
        opened = self.open(response, walk, section)
        listing = opened[0].read_list(opened[1]) if opened else None
        if not opened or listing is None or not (listing.entries or listing.lists or section.pages):
            yield from self.sections(walk, section.spare, depth=1)
            return
        section.pages += 1
        self.count(walk, "listings", bool(listing.entries))
        yield from self.entries(walk, listing.entries, lead_on=False)
        yield from self.lists(walk, opened[0], listing.lists)
        fresh = {entry.key for entry in listing.entries} - section.shown
        section.shown |= fresh
        full = self.sample is not None and walk.articles >= self.sample
        if listing.next and fresh and not full and not self.all_older(listing):
            yield self.request(walk, listing.next, self.parse_list, section=section)

    def no_list(self, failure: Failure) -> Iterator[Request]:
        """Go on without a list for machines: most portals have it closed."""
        request: Request = failure.request  # type: ignore[attr-defined]
        walk, section = request.cb_kwargs["walk"], request.cb_kwargs["section"]
        self.logger.info("%s: no list at %s: %s", walk.site.key, request.url, cause_of(failure.value))
        yield from self.sections(walk, section.spare, depth=1)

    def sections(self, walk: Walk, sections: dict[str, str], depth: int) -> Iterator[Request]:
        """Ask for the first page of every section of this portal."""
        for url in sections:
            if walk.site.owns(url) and url not in walk.seen:
                walk.seen.add(url)
                yield self.section(walk, Section(url, depth=depth))

    def parse_section(self, response: Response, walk: Walk, section: Section) -> Iterator[Article | Request]:
        """Read a listing page and turn to the next one; a page that is no listing may name more sections."""
        opened = self.open(response, walk, section)
        if not opened:
            return
        layout, page = opened
        section.layout = layout.name
        listing = layout.read_listing(page)
        section.pages += 1
        first = section.pages == 1
        alone = layout.read_article(page) if first and not listing.entries else None
        if listing.entries:
            section.listed |= page.fetch.form is not None
            self.count(walk, "listings")
        elif alone and alone.header:  # a section that shows its one article right away
            yield from self.once(walk, alone, response.url)
        elif page.fetch.form and not section.listed:
            self.trouble(walk, "the call for the list gave nothing, so only the first page was read", response.url)
        elif first and section.asked:
            self.trouble(walk, "first listing page without article links", response.url, "sick")
        elif first and section.depth < _SITEMAP_DEPTH:
            yield from self.sections(walk, layout.read_sections(page), section.depth + 1)
        if listing.note:
            self.trouble(walk, listing.note, response.url)
        yield from self.entries(walk, listing.entries, lead_on=first and not listing.next)
        yield from self.turn(walk, section, listing, called=page.fetch.form is not None)

    def turn(self, walk: Walk, section: Section, listing: Listing, *, called: bool = False) -> Iterator[Request]:
        """Turn to the next page of a section, as long as its pages hold something new and young enough."""
        before = section.called if called else section.shown
        fresh = {entry.key for entry in listing.entries} - before
        before |= fresh
        ended = not fresh and section.pages > 1
        full = self.sample is not None and walk.articles >= self.sample
        if listing.next and not ended and not full and not self.all_older(listing):
            yield self.request(walk, listing.next, self.parse_section, section=section)

    def parse_article(self, response: Response, walk: Walk, *, lead_on: bool) -> Iterator[Article | Request]:
        """Read an article, and follow its related news where that is wanted."""
        opened = self.open(response, walk)
        if not opened:
            return
        layout, page = opened
        article = layout.read_article(page)
        if article is None:
            self.trouble(walk, "no article on the page", response.url)
            return
        yield from self.once(walk, article, response.url)
        if lead_on and self.in_window(article.header):
            yield from self.entries(walk, layout.read_related(page), lead_on=True)

    def once(self, walk: Walk, article: Article, url: str) -> Iterator[Article]:
        """Give an article, unless it came out already under another address."""
        key = article.id or article.url
        if key in walk.read:
            self.trouble(walk, "an article under a second address", url)
            return
        walk.read.add(key)
        walk.seen.add(key)
        article.site, article.crawled_at = walk.site.key, text.timestamp()
        yield article

    def open(self, response: Response, walk: Walk, section: Section | None = None) -> tuple[Layout, Page] | None:
        """Parse a page and find its layout; count what cannot be read, unless it only might have been a section."""
        try:
            page = parse(response, walk.site.newszone)
            name = section.layout if section else None
            return layouts.recognise(page, name or walk.site.layout, walk.site.selectors), page
        except layouts.UnreadablePage as error:
            if section is None or section.asked or section.pages:
                self.trouble(walk, str(error), response.url)
            return None

    # --- dates ---

    def in_window(self, header: str | None) -> bool:
        """Tell whether a header line may be of the days asked for; one without a date may."""
        return text.in_days(self.day(header), self.since, self.until)

    def all_older(self, listing: Listing) -> bool:
        """Tell whether all of a listing, every entry with its date, is older than the days asked for."""
        days = [day for entry in listing.entries if (day := self.day(entry.header))]
        return bool(self.since and days and len(days) == len(listing.entries) and max(days) < self.since)

    def day(self, header: str | None) -> str | None:
        """Give the day in a header line, where days are asked for at all."""
        if not (self.since or self.until) or not header:
            return None
        published = text.parse_header(header, datetime.now(text.VIETNAM)).published
        return published[:10] if published else None

    # --- what went wrong ---

    def count(self, walk: Walk, what: str, number: int = 1) -> None:
        """Count something for the run report."""
        self.crawler.stats.inc_value(f"wardnews/{walk.site.key}/{what}", number)

    def trouble(self, walk: Walk, cause: str, url: str, kind: str = "troubles") -> None:
        """Count a page that gave trouble, by cause, and log it; of the kind `sick` it makes the portal sick."""
        self.count(walk, f"{kind}/{cause}")
        self.logger.warning("%s: %s: %s", walk.site.key, cause, url)

    def failed(self, failure: Failure) -> None:
        """Count a page that could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.count(request.cb_kwargs["walk"], "failed")
        self.trouble(request.cb_kwargs["walk"], cause_of(failure.value), request.url)


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
