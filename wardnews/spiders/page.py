"""How single pages are reached: by the addresses that a person names."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.middlewares.guards import require_guards
from wardnews.reading import page as reading
from wardnews.reading.explain import Explained, explain
from wardnews.reading.leads import lead_of
from wardnews.reading.opened import OpenedPage
from wardnews.sites import Site, politeness_group
from wardnews.spiders.common import cause_of, known_sites, parse
from wardnews.spiders.continued import FurtherPages


class PageSpider(Spider):
    """Read single pages.

    Arguments: `url` (addresses, separated by blanks), `sites` (a sites file besides those that come with wardnews),
    `explained` (tell why each page was read as it was, and give no articles). After the run `failures` tells why
    addresses gave no article, `told` what is to be told of the others.
    """

    name = "page"
    custom_settings = {"EXTENSIONS": {"wardnews.reports.run_report.RunReport": None}}  # noqa: RUF012 - as Scrapy declares it
    urls: list[str]
    typed: list[str]
    sites: dict[str, Site]
    explained: bool
    failures: dict[str, str]
    told: dict[str, dict[str, Explained]]
    further: FurtherPages
    since = until = None

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *,
        url: str = "",
        sites: str | list[Path] | None = None,
        explained: bool = False,
        _job: str = "",  # scrapyd's
    ) -> Self:
        """Load the sites files; raise SitesError where one cannot be read."""
        require_guards(crawler)
        spider = super().from_crawler(crawler)
        spider.urls, spider.sites = url.split(), known_sites(crawler, sites)
        spider.typed = spider.urls
        spider.explained, spider.failures, spider.told = explained, {}, {}
        spider.further = FurtherPages()
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each page; two addresses may lead to one."""
        for url in self.urls:
            meta = {"download_slot": politeness_group(url)}
            yield Request(url, errback=self.failed, cb_kwargs={"asked": url}, meta=meta, dont_filter=True)

    def parse(self, response: Response, asked: str | None = None) -> Article | Request | None:
        """Read the article of a page, `asked` for by that address; Scrapy's own commands ask without.

        A page without an article that only leads on is followed, one step.
        """
        asked = asked or response.url
        try:
            if not self.explained:
                page = parse(response)
                article = reading.raw_article(page, self.sites, "live")
                self.further.begin(article, OpenedPage(page, reading.layout_of(page, self.sites)))
                return self.article_or_next(article)
            self.told[asked] = explain(parse(response), self.sites, "live")
        except UnreadablePage as error:
            refresh = (response.headers.get("Refresh") or b"").decode("latin-1")
            lead = None if response.meta.get("led") else lead_of(response.url, response.body, refresh)
            if lead and politeness_group(lead.url) == politeness_group(response.url):
                meta = {"download_slot": politeness_group(lead.url), "led": True}
                given = {"asked": asked}
                return Request(lead.url, errback=self.failed, cb_kwargs=given, meta=meta, dont_filter=True)
            self.failures[asked] = str(error)
        return None

    def article_or_next(self, article: Article) -> Article | Request:
        """Return an article, or the request for its next page."""
        url = self.further.next(article)
        if url is None:
            return article
        given = {"article": article}
        meta = {"download_slot": politeness_group(url)}
        return Request(url, self.add_page, errback=self.without_page, cb_kwargs=given, meta=meta, dont_filter=True)

    def add_page(self, response: Response, article: Article) -> Article | Request:
        """Add a further page to its article."""
        try:
            self.further.add(article, OpenedPage(parse(response), *self.further.first(article)))
        except UnreadablePage:
            self.further.give_up(article)
        return self.article_or_next(article)

    def without_page(self, failure: Failure) -> Article:
        """Return an article as far as it was read, where its next page cannot be had: its flag says that it goes on."""
        request: Request = failure.request  # type: ignore[attr-defined]
        article: Article = request.cb_kwargs["article"]
        self.further.give_up(article)
        return article

    def failed(self, failure: Failure) -> None:
        """Remember why a page could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.failures[request.cb_kwargs["asked"]] = cause_of(failure.value)
