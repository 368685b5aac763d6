"""How an unknown portal is looked at: a few of its pages, one after the other, to draft a sites entry."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import FormRequest, Request, Spider
from scrapy.crawler import Crawler

from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.layouts import Entry, Fetch, Layout, Listing, Page, recognise
from wardnews.locale import Phrase
from wardnews.middlewares.guards import require_guards
from wardnews.reading.leads import lead_of
from wardnews.reading.page import raw_article
from wardnews.reading.stages import finish
from wardnews.sites import politeness_group
from wardnews.spiders.common import cause_of, parse
from wardnews.text.strings import one_line

_MOST_LOOKED_AT, _ENOUGH_SECTIONS = 12, 5
_MOST_TRIED, _ENOUGH_ARTICLES = 5, 2
_OK = 300
_NEARLY_ALL, _FEWEST_LINKS = 0.9, 5
_WEB = re.compile(r"html|xml|json|text/plain")


@dataclass
class SectionSeen:
    """What was seen of a section: its name and address, how many articles its first page lists, its next page."""

    name: str
    url: str
    entries: int
    next: str | None


@dataclass
class Probed:
    """What was seen of a portal; `failure` says why it is none."""

    url: str
    name: str = ""
    layout: str = ""
    mark: str = ""
    rest_listing: str | None = None
    sections: list[SectionSeen] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    looked_at: int = 0
    failure: str | None = None

    @property
    def key(self) -> str:
        """Make a key for the sites file out of the address: `hanoi-phucloi` of `phucloi.hanoi.gov.vn`."""
        _, netloc, path, _, _ = urlsplit(self.url)
        host = netloc.lower().removeprefix("www.")
        labels = re.sub(r"\.gov\.vn$|\.vn$|\.com$", "", host).split(".")
        parts = labels if labels[-1][:1].isdigit() else reversed(labels)
        return re.sub(r"[^a-z0-9]+", "-", "-".join([*parts, path.lower()])).strip("-")[:64].strip("-")

    def toml(self) -> str:
        """Draft the entry for a sites file; what is known by itself is told in comments."""
        seen = [f"# section: {section.name or '?'} {section.url}" for section in self.sections]
        lines = [
            f"[{self.key}]",
            f"name = {_quoted(self.name)}",
            f"url = {_quoted(self.url)}",
            f"# layout: {self.layout}",
        ]
        return "\n".join([*lines, *(one_line(line) for line in seen)]) + "\n"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


class ProbeSpider(Spider):
    """Look at a portal that no sites file knows.

    Argument: `url`. After the run `probed` tells what was seen.
    """

    name = "probe"
    custom_settings = {"EXTENSIONS": {"wardnews.reports.run_report.RunReport": None}}  # noqa: RUF012 - as Scrapy declares it
    probed: Probed
    typed: tuple[str, ...]
    since = until = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *, url: str = "", _job: str = "") -> Self:
        """Take the address to look at."""
        require_guards(crawler)
        spider = super().from_crawler(crawler)
        spider.probed, spider.typed = Probed(url), (url,)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Look at the portal's pages in turn; nothing is left for the scheduler."""
        try:
            await self.visit()
        except UnreadablePage as error:
            self.probed.failure = str(error)
        return
        yield

    async def visit(self) -> None:
        """Look at the page named, the home page, its sections and two articles."""
        probed = self.probed
        page = await self.page(Fetch(probed.url))
        home = await self.home(page)
        layout = max(recognise(home), recognise(page), key=lambda one: one.name != "anyportal")
        probed.layout, probed.mark = layout.name, layout.why(home) or layout.why(page) or ""
        probed.name = _name_of(home)
        found = await self.rest_listing(layout)
        found += await self.sections(layout, home, page)
        await self.articles([*found, *layout.read_links(home)])
        if not probed.sections and not probed.rest_listing and not probed.articles:
            probed.failure = "no list of news and no article found: no news portal, or one that cannot be read"

    async def home(self, page: Page) -> Page:
        """Return the home page of a page's portal: that of its host, or of its folder where the host has another."""
        self.probed.url = urljoin(page.url, "/")
        root = page if page.url == self.probed.url else await self.optional(Fetch(self.probed.url))
        folder = _folder(page)
        own = folder != "/" and urlsplit(page.url).path.startswith(folder)
        if root is page or not own or (root and _folder(root) == folder):
            return root or page
        url = urljoin(page.url, folder)
        home = page if page.url == url else await self.optional(Fetch(url))
        if home:
            self.probed.url = url
        return home or root or page

    async def rest_listing(self, layout: Layout) -> list[Entry]:
        """Look at the REST listing, where the family has one in place of its sections."""
        page = (
            await self.optional(Fetch(urljoin(self.probed.url, layout.rest_listing))) if layout.rest_listing else None
        )
        listing = layout.read_feed(page) if page else None
        if not page or not listing or not listing.entries:
            return []
        self.probed.rest_listing = page.url
        return list(listing.entries[:_ENOUGH_ARTICLES])

    async def sections(self, layout: Layout, home: Page, page: Page) -> list[Entry]:
        """Look at pages that may be sections; keep those that list articles of their own, return the first of each."""
        known = {page.url: "", **layout.read_sections(home)}
        homes = (self.probed.url.rstrip("/"), home.url.rstrip("/"))
        listings: dict[str, Listing] = {}
        for url in list(known)[:_MOST_LOOKED_AT]:
            if (
                _host(url) != _host(self.probed.url)
                or len(_own(listings)) >= _ENOUGH_SECTIONS
                or url.rstrip("/") in homes
            ):
                continue
            seen = page if url == page.url else await self.optional(Fetch(url))
            listing = recognise(seen).read_listing(seen) if seen else None
            if listing and listing.entries:
                listings[url] = listing
        found: list[tuple[int, Entry]] = []
        for url, listing in _own(listings).items():
            self.probed.sections.append(SectionSeen(known[url], url, len(listing.entries), _said(listing.next)))
            found.extend(enumerate(listing.entries[:_ENOUGH_ARTICLES]))
        return [entry for _, entry in sorted(found, key=lambda one: one[0])]

    async def articles(self, entries: list[Entry]) -> None:
        """Read two articles."""
        for entry in list({entry.key: entry for entry in entries}.values())[:_MOST_TRIED]:
            if len(self.probed.articles) >= _ENOUGH_ARTICLES:
                return
            page = await self.optional(Fetch(entry.url)) if _host(entry.url) == _host(self.probed.url) else None
            article = _article(page) if page else None
            if article:
                self.probed.articles.append(article)

    async def optional(self, fetch: Fetch) -> Page | None:
        """Fetch a page that may be missing."""
        try:
            return await self.page(fetch)
        except UnreadablePage as error:
            self.logger.info("%s: %s", fetch.url, error)
            return None

    async def page(self, fetch: Fetch) -> Page:
        """Fetch and parse a page; raise UnreadablePage where it is not to be had."""
        meta = {"download_slot": politeness_group(fetch.url)}
        request = (
            FormRequest(fetch.url, formdata=dict(fetch.form), meta=meta)
            if fetch.form
            else Request(fetch.url, meta=meta)
        )
        self.probed.looked_at += 1
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            raise UnreadablePage("{cause}", cause=Phrase(cause_of(error))) from error
        if response.status >= _OK:
            raise UnreadablePage("HTTP status {status}", status=response.status)
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()
        if kind and not _WEB.search(kind):
            raise UnreadablePage("{media_type}, not a web page", media_type=kind)
        refresh = (response.headers.get("Refresh") or b"").decode("latin-1")
        lead = lead_of(response.url, response.body, refresh) if urlsplit(fetch.url).path in ("", "/") else None
        if lead and lead.by != "its only link" and politeness_group(lead.url) == politeness_group(fetch.url):
            return await self.page(Fetch(lead.url))  # a home page that only leads on
        return parse(response.replace(request=request))


def _own(listings: Mapping[str, Listing]) -> dict[str, Listing]:
    """Return the listings, by address, whose entries no other page shows: those that many show are a block of each."""
    keys = {url: frozenset(entry.key for entry in listing.entries) for url, listing in listings.items()}
    shown = Counter(keys.values())
    return {url: listing for url, listing in listings.items() if shown[keys[url]] == 1}


def _said(following: Fetch | None) -> str | None:
    """Return where the next page is, in words."""
    if following is None:
        return None
    return f"{following.url} by POST" if following.form else following.url


def _article(page: Page) -> Article | None:
    try:
        return finish(raw_article(page, {}, "live"), {})
    except UnreadablePage:
        return None


def _folder(page: Page) -> str:
    """Return the path that nearly all of a page's links within its host share, such as `/phuong-hoa-sua/`.

    It is `/` where they share none, or are few.
    """
    urls = (page.link(link.attributes.get("href")) for link in page.tree.css("a[href]"))
    paths = [urlsplit(url).path for url in urls if url and _host(url) == _host(page.url)]
    folder = "/"
    while len(paths) >= _FEWEST_LINKS:
        names = Counter(path[len(folder) :].partition("/")[:2] for path in paths if path.startswith(folder))
        (name, slash), number = names.most_common(1)[0]
        if not name or not slash or number < _NEARLY_ALL * len(paths):
            break
        folder += f"{name}/"
    return folder


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _name_of(home: Page) -> str:
    """Name a portal as its home page does, else by its host."""
    words = home.words(("meta[property='og:site_name']@content", "title", "h1"))
    return one_line(words or "") or _host(home.url)
