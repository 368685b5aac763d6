"""How we behave: robots.txt obeyed, each crawl kept on its portals."""

import asyncio
from collections import defaultdict
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from wardnews.sites import Site

_SERVER_ERROR = 500


class Robots(RobotsTxtMiddleware):
    """Obey robots.txt, also while it is on its way, and take a server's error on it for a no (RFC 9309)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Give the parser of a host's robots.txt; Scrapy 2.19 lets all but the first waiting request pass."""
        async with self.locks[urlparse_cached(request).netloc]:
            return await super().robot_parser(request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERROR:
            response = response.replace(body=b"User-agent: *\nDisallow: /")
        await super()._parse_robots(response, netloc, request)


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
