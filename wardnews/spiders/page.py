"""How single pages are reached: by the addresses that a person names."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from wardnews import reading
from wardnews.items import Article
from wardnews.layouts import UnreadablePage
from wardnews.sites import Site, load_sites, politeness_group
from wardnews.spiders.responses import cause_of, parse


class PageSpider(Spider):
    """Read single pages.

    Arguments: `url` (addresses, separated by blanks), `sites` (a sites file besides those that come with wardnews).
    After the run `failures` tells why addresses gave no article.
    """

    name = "page"
    custom_settings = {"EXTENSIONS": {"wardnews.reports.RunReport": None}}  # noqa: RUF012 - as Scrapy declares it
    sites: dict[str, Site]
    failures: dict[str, str]
    since = until = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Load the sites files; raise SitesError where one cannot be read."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        named = spider.__dict__.pop("sites", None) or []
        files = [*crawler.settings.getlist("WARDNEWS_SITES"), *([named] if isinstance(named, str) else named)]
        spider.sites = load_sites(files)
        spider.failures = {}
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each page once."""
        for url in getattr(self, "url", "").split():
            meta = {"download_slot": politeness_group(url)}
            yield Request(url, errback=self.failed, cb_kwargs={"asked": url}, meta=meta)

    def parse(self, response: Response, asked: str) -> Iterator[Article]:
        """Read the article of a page."""
        try:
            yield reading.raw_article(parse(response), self.sites, "live")
        except UnreadablePage as error:
            self.failures[asked] = str(error)

    def failed(self, failure: Failure) -> None:
        """Remember why a page could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.failures[request.cb_kwargs["asked"]] = cause_of(failure)
