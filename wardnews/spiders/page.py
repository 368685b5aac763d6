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
from wardnews.sites import Site, politeness_group
from wardnews.spiders.common import cause_of, known_sites, parse


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
    since = until = None

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *, url: str = "", sites: str | list[Path] | None = None, explained: bool = False
    ) -> Self:
        """Load the sites files; raise SitesError where one cannot be read."""
        require_guards(crawler)
        spider = super().from_crawler(crawler)
        spider.urls, spider.sites = url.split(), known_sites(crawler, sites)
        spider.typed = spider.urls
        spider.explained, spider.failures, spider.told = explained, {}, {}
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
                return reading.raw_article(parse(response), self.sites, "live")
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

    def failed(self, failure: Failure) -> None:
        """Remember why a page could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.failures[request.cb_kwargs["asked"]] = cause_of(failure.value)
