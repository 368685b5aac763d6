"""How we behave: robots.txt obeyed, each crawl kept on its portals."""

import asyncio
from collections import defaultdict
from typing import Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from wardnews.sites import Site

_SERVER_ERROR = 500


class Robots(RobotsTxtMiddleware):
    """Obey robots.txt: also while it is on its way, and in the politeness group of the page that it is asked for.

    Scrapy 2.19 lets all but the first waiting request pass. A server's error on robots.txt, or none to be had, is a no
    (RFC 9309, section 2.3.1).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.known: dict[str, RobotParser | Exception] = {}

    async def robot_parser(self, request: Request) -> RobotParser:
        """Give the parser of a host's robots.txt; raise what kept it from being had."""
        netloc = urlparse_cached(request).netloc
        async with self.locks[netloc]:
            if netloc not in self.known:
                self.known[netloc] = await self.fetched(request)
        known = self.known[netloc]
        if isinstance(known, Exception):
            raise known
        return known

    async def fetched(self, request: Request) -> RobotParser | Exception:
        """Fetch the robots.txt for a request."""
        meta = {"dont_obey_robotstxt": True, "download_slot": request.meta.get("download_slot")}
        url = urljoin(request.url, "/robots.txt")
        asked = Request(url, priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
        try:
            response = await self.crawler.engine.download_async(asked)
        except Exception as error:  # noqa: BLE001 - raised again for each page that waits for it
            return error
        rules = b"User-agent: *\nDisallow: /" if response.status >= _SERVER_ERROR else response.body
        return build_from_crawler(self._parserimpl, self.crawler, rules)


class OwnHosts:
    """Keep the requests for a portal, redirects among them, on the portal's own hosts."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the portals that the spider was asked to crawl; other spiders, and the shell, have none."""
        return cls(getattr(crawler.spider, "sites", {}))

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address off the portal that a request was made for."""
        site = self.sites.get(request.meta.get("site", ""))
        if site and not site.owns(request.url):
            raise IgnoreRequest(f"leads off the portal, to {request.url}")
