"""What portals ask of crawlers in robots.txt (RFC 9309), and that it is done."""

import asyncio
import codecs
import re
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from wardnews.locale import Phrase, gettext_noop
from wardnews.middlewares.groups import NotNow, downloader_of, group_of, rest, slow_down
from wardnews.middlewares.hosts import host_of

if TYPE_CHECKING:
    from wardnews.sites import Site

LONGEST_DELAY = 300.0
"""The longest delay between requests, in seconds, that is kept: a hundred pages take eight hours then."""
MOST_BYTES = 512 * 1024
"""How much of a robots.txt is read; RFC 9309, section 2.5, asks for 500 KiB at least."""
_MOST_REDIRECTS = 5  # RFC 9309, section 2.3.1.2
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GOOD, _TOO_MANY, _SERVER_ERROR = range(200, 300), 429, 500
_AGENT = re.compile(r"([ \t\ufeff]*user[- ]?agent\b[\s:]*)(.*)", re.IGNORECASE)
_OTHERS = "another-crawler"
_FORBIDDEN = gettext_noop("Forbidden by robots.txt")
"""What Scrapy says of a page that robots.txt keeps from us."""


class Robots(RobotsTxtMiddleware):
    """Obey robots.txt: also while it is on its way, and in the politeness group of the page that it is asked for.

    Scrapy 2.19 lets all but the first waiting request pass, and reads no Crawl-delay. A server's error on robots.txt,
    or none to be had, is a no (RFC 9309, section 2.3.1); so is one that leads off the portal, where we do not look.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.known: dict[str, RobotParser | Exception] = {}
        self.slowed: set[str] = set()

    async def robot_parser(self, request: Request) -> RobotParser:
        """Return the parser of a host's robots.txt; raise what kept it from being had, or asks too much."""
        netloc = urlparse_cached(request).netloc
        known = self.known.get(netloc)
        if known is None:
            async with self.locks[netloc]:
                if netloc not in self.known:
                    self.known[netloc] = await self.fetched(request)
            known = self.known[netloc]
        if isinstance(known, Exception):
            raise known.with_traceback(None)
        return known

    async def fetched(self, request: Request) -> RobotParser | Exception:
        """Fetch and read the robots.txt for a request."""
        try:
            response = await self.followed(request)
        except Exception as error:  # noqa: BLE001 - raised again for each page that waits for it
            return error
        if response.status >= _SERVER_ERROR or response.status == _TOO_MANY:
            return NotNow("robots.txt answered {status}", status=response.status)
        agent = self._robotstxt_useragent or self._default_useragent
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, for_agent(rules_of(response), agent))
        delay = delay_of(parser, agent)
        if delay > LONGEST_DELAY:
            return NotNow("robots.txt asks for {delay:.0f} s between requests", delay=delay)
        if delay:
            self.keep(request, delay)
        return parser

    async def followed(self, request: Request) -> Response:
        """Fetch robots.txt through redirects on the same portal; raise IgnoreRequest where they lead off it."""
        meta = {key: request.meta[key] for key in ("download_slot",) if key in request.meta}
        meta |= {"dont_obey_robotstxt": True, "dont_redirect": True, "dont_retry": True}
        url = urljoin(request.url, "/robots.txt")
        for _ in range(_MOST_REDIRECTS + 1):
            asked = Request(url, priority=self.DOWNLOAD_PRIORITY, meta=dict(meta), callback=NO_CALLBACK)
            response: Response = await self.crawler.engine.download_async(asked)
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or not location:
                break
            url = urljoin(url, location.decode("utf-8", "replace"))
            if not self.on_portal(request, url):
                raise IgnoreRequest(str(Phrase("robots.txt leads off the portal, to {url}", url=url)))
        return response

    def on_portal(self, request: Request, url: str) -> bool:
        """Whether an address is of the portal of a request; without a portal, of its host, `www.` or not."""
        site: Site | None = getattr(self.crawler.spider, "sites", {}).get(request.meta.get("site"))
        if site:
            return site.may_hold_files(url)
        (host, _), (own, _) = host_of(url), host_of(request.url)
        return host.removeprefix("www.") == own.removeprefix("www.")

    def keep(self, request: Request, delay: float) -> None:
        """Keep the delay that robots.txt asks for in the whole group, from the end of an answer to the next request."""
        if not self.slowed:
            self.crawler.signals.connect(self.answered, signal=signals.response_downloaded)
        self.slowed.add(group_of(self.crawler, request))
        slow_down(self.crawler, request, delay)

    def answered(self, request: Request) -> None:
        """Begin the delay of a group that asked for one."""
        group = group_of(self.crawler, request)
        if group in self.slowed:
            rest(downloader_of(self.crawler).slots[group])


def rules_of(response: Response) -> bytes:
    """Return the rules in the answer to a request for robots.txt, as UTF-8: all is allowed where there are none."""
    body = response.body[:MOST_BYTES]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = body.decode("utf-16", "replace").encode()
    is_page = body.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")
    if response.status not in _GOOD or is_page:
        return b""
    return body if len(response.body) <= MOST_BYTES else body.rpartition(b"\n")[0]


def for_agent(rules: bytes, agent: str) -> bytes:
    """Return rules in which all agents but ours have one name: the parser gives each its own copy of each rule."""
    named = agent.lower()

    def renamed(line: str) -> str:
        match = _AGENT.match(line)
        own = match is None or match[2].partition("#")[0].replace("*", "").strip().lower() in named
        return line if own or match is None else f"{match[1]}{_OTHERS}"

    return "\n".join(map(renamed, rules.decode("utf-8", "ignore").splitlines())).encode()


def delay_of(parser: RobotParser, agent: str) -> float:
    """Return the seconds between requests that robots.txt asks of us, by Crawl-delay or Request-rate; 0 for none."""
    rules = getattr(parser, "rp", None)
    rate = rules.request_rate(agent) if isinstance(rules, Protego) else None
    return max(parser.crawl_delay(agent) or 0.0, rate.seconds / rate.requests if rate else 0.0)
