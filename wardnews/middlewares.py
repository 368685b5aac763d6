"""How we behave: what keeps a crawl on its portals."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from wardnews.sites import Site


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
