"""Where requests may go: to a portal's own hosts, and never to the network that the crawler itself stands in."""

from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.spider import DefaultSpider
from twisted.internet.error import DNSLookupError

from wardnews.locale import Phrase, gettext_noop
from wardnews.middlewares.addresses import Address, PrivateAddress, literal, private_part
from wardnews.middlewares.resolver import installed, refusal, trust
from wardnews.sites import Site

_PORTS = {"http": 80, "https": 443}
_WEB = frozenset(_PORTS.values())

SPOOL = "spool"
"""The key in a request's meta of the `Spool` that takes the body of its answer: it is for a file, no page."""
Host = tuple[str, int]


class OwnHosts:
    """Keep the requests for a portal, redirects among them, on its own hosts; for files on its media hosts too."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the portals that the spider was asked to crawl; other spiders, and the shell, have none."""
        return cls(getattr(crawler.spider, "sites", {}))

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address off the portal that a request was made for."""
        site = self.sites.get(request.meta.get("site", ""))
        owns = site and (site.may_hold_files if SPOOL in request.meta else site.owns)
        if owns and not owns(request.url):
            raise IgnoreRequest(str(Phrase("leads off the portal, to {url}", url=request.url)))


class PublicHosts:
    """Keep requests off private addresses, on the ports of the web and of the portals, and free of user names.

    A private address may be asked where it is literally what a sites file names as a portal's host, or what a person
    typed: `typed` (addresses) of the spiders `page` and `probe`, any in Scrapy's shell. No redirect to another host
    profits from that. Names are judged by what they resolve to: see `resolver`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Trust the names that a person typed as soon as there is a resolver to tell of them."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.opened, signal=signals.spider_opened)
        return middleware

    def opened(self, spider: Spider) -> None:
        """Pass on to the resolver which names a person typed."""
        trust(host_of(url)[0] for url in getattr(spider, "typed", ()))

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address that must not be asked; PrivateAddress where that is for its host."""
        parts = urlparse_cached(request)
        if _is_plain(parts.scheme, parts.netloc):
            return
        if parts.scheme not in _PORTS:
            raise IgnoreRequest(str(Phrase("neither http nor https: {scheme}:", scheme=parts.scheme)))
        if "@" in parts.netloc:
            raise IgnoreRequest(gettext_noop("an address with a user name"))
        host, port = host_of(f"{parts.scheme}://{parts.netloc}")
        if self.may(request, host, port):
            return
        private = _private_literal(host)
        if private:
            raise PrivateAddress("{host} is the private address {address}", host=host, address=private)
        raise IgnoreRequest(str(Phrase("port {port}, which is neither the portal's own nor the web's", port=port)))

    def may(self, request: Request, host: str, port: int) -> bool:
        """Whether a sites file names this host and port, or a person typed them."""
        spider = self.crawler.spider
        sites: dict[str, Site] = getattr(spider, "sites", {})
        if any((host.removeprefix("www."), port) in _hosts_of(site) for site in sites.values()):
            return True
        before = request.meta.get("redirect_urls")
        asked = host_of(before[0]) if before else (host, port)
        typed = [asked] if isinstance(spider, DefaultSpider) else map(host_of, getattr(spider, "typed", ()))
        return any(host == asked[0] == name and port in (own, *_WEB) for name, own in typed)


class ProxiedHosts:
    """Keep requests that a proxy of the environment makes for us off names that resolve to private addresses here.

    The proxy looks the name up again, and nobody here sees what it finds: the run says so.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raise NotConfigured where the environment names no proxy for the web."""
        if _PORTS.keys().isdisjoint(getproxies()):
            raise NotConfigured
        middleware = cls()
        crawler.signals.connect(middleware.opened, signal=signals.spider_opened)
        return middleware

    def opened(self, spider: Spider) -> None:
        """Warn of what cannot be guarded."""
        spider.logger.warning(
            "requests go through the proxy that http_proxy or https_proxy names, and it looks names up itself: "
            "a name that is private to the proxy alone is not refused"
        )

    async def process_request(self, request: Request) -> None:
        """Raise PrivateAddress where the host of a request for a proxy resolves to a private address."""
        host = urlparse_cached(request).hostname or ""
        resolver = installed()
        if "proxy" not in request.meta or resolver is None or literal(host):
            return
        try:
            await maybe_deferred_to_future(resolver.getHostByName(host))
        except DNSLookupError:  # a name that only the proxy knows is no fault
            if private := refusal(host):
                raise private from None


@lru_cache(maxsize=4096)
def host_of(url: str) -> Host:
    """Return the host, in lower case, and the port of an http or https address.

    Raises IgnoreRequest where there is no such address.
    """
    try:
        parts = urlsplit(url)
        return parts.hostname or "", _PORTS[parts.scheme] if parts.port is None else parts.port
    except (ValueError, KeyError) as error:
        raise IgnoreRequest(str(Phrase("no address of the web: {reason}", reason=error))) from error


@lru_cache(maxsize=4096)
def _is_plain(scheme: str, netloc: str) -> bool:
    """Whether a host needs no further check: a name, or a public address, on a port of the web."""
    if scheme not in _PORTS or "@" in netloc:
        return False
    host, port = host_of(f"{scheme}://{netloc}")
    return port in _WEB and _private_literal(host) is None


def _private_literal(host: str) -> Address | None:
    address = literal(host)
    return private_part(address) if address else None


@lru_cache(maxsize=4096)
def _hosts_of(site: Site) -> frozenset[Host]:
    """Return what the sites file names, without `www.`; a further host without a port is meant on both of the web's."""
    named = (f"{scheme}://{host}" for host in (*site.hosts, *site.media_hosts) for scheme in _PORTS)
    return frozenset((host.removeprefix("www."), port) for host, port in map(host_of, (site.url, *named)))
