"""How the pages of the past are reached: found in an archive, planned, then read capture by capture.

Archives on the network are asked one request at a time; files and folders are read by processes of their own.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from wardnews import local
from wardnews.archives import Spoilt
from wardnews.archives.commoncrawl import CommonCrawl
from wardnews.archives.source import Answer, ArchiveError, Ask, Found, Source
from wardnews.archives.wayback import Wayback
from wardnews.items import Article
from wardnews.layouts import LAYOUTS, Layout
from wardnews.raw import RawError, RawPages
from wardnews.reading import Reading, read_capture
from wardnews.rescue import CaptureTask, Plan, Rescue
from wardnews.sites import Site, SitesError, parse_day
from wardnews.spiders.common import StoredSpider, cause_of, known_sites

NETWORK = ("wayback", "commoncrawl")
_BASES = ("WARDNEWS_WAYBACK", "WARDNEWS_COMMONCRAWL_INDEX", "WARDNEWS_COMMONCRAWL_DATA")
_TRIES = 4
_MOST_MISSES = 5
_OK, _NOT_FOUND = 300, 404


class ArchiveSpider(StoredSpider):
    """Read what an archive has of one or more portals.

    Arguments: `site` (keys, separated by commas), `source` (`wayback`, `commoncrawl`, or the path of a WARC or WACZ
    file or of a folder), `since` and `until` (ISO dates of publication), `only_plan` (say what there is, no more),
    `sites` (a sites file besides those that come with wardnews and the setting WARDNEWS_SITES). The settings
    WARDNEWS_WAYBACK and WARDNEWS_COMMONCRAWL_… name the archives. `plans` is what was found, by portal.
    """

    name = "archive"
    custom_settings = {  # noqa: RUF012 - as Scrapy declares it
        # What a process reads, it passes through the first stages itself.
        "ITEM_PIPELINES": {"wardnews.pipelines.Window": 500, "wardnews.pipelines.Remember": 800}
    }
    ledger: Rescue
    source: str
    archive: Source | None
    every: dict[str, Site]
    only_plan: bool
    plans: dict[str, Plan]
    typed: list[str]
    """The addresses of the archives, which may be private ones: a mirror of one's own."""

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *,
        site: str = "",
        source: str = "wayback",
        since: str | None = None,
        until: str | None = None,
        only_plan: bool = False,
        sites: str | list[Path] | None = None,
    ) -> Self:
        """Check the arguments and open the store.

        Raises SitesError for an unknown site or source, a bad sites file or day, StoreError for a store that cannot be
        opened.
        """
        spider = super().from_crawler(crawler)
        if source not in NETWORK and not Path(source).exists():
            raise SitesError(f"--from {source}: expected wayback, commoncrawl, live, or a file or folder that is there")
        spider.since, spider.until = parse_day("since", since), parse_day("until", until)
        spider.source, spider.only_plan, spider.plans = source, only_plan, {}
        spider.archive = _archive(source, crawler.settings)
        spider.keeps_raw = spider.archive is not None and not only_plan
        spider.typed = [crawler.settings[name] for name in _BASES]
        spider.every = known_sites(crawler, sites)
        spider.take_up(crawler, site, sites)
        spider.ledger = Rescue(spider.store, spider.run, source if spider.archive else str(Path(source).resolve()))
        _slots(crawler.settings)
        crawler.signals.connect(spider.downloaded, signal=signals.response_downloaded)
        spider.payload = b""
        return spider

    payload: bytes
    """The last answer as it came over the wire: digests are of that."""

    def downloaded(self, response: Response) -> None:
        """Keep an answer before it is decoded."""
        self.payload = response.body

    async def start(self) -> AsyncIterator[Article]:
        """Search, plan, and read what is yet to be read, portal by portal."""
        for key in self.sites:
            self.count(key, "partial")
        if self.archive is None:
            async for article in self.read_path():
                yield article
            return
        for site in self.sites.values():
            try:
                if not self.ledger.searched(site.key):
                    await self.find(self.archive, site)
            except ArchiveError as error:
                self.trouble(site.key, str(error), self.archive.name, "sick")
            self.plans[site.key] = plan = self.ledger.plan(site.key)
            self.count(site.key, "known", plan.settled)
            self.logger.info("%s: %s", site.key, plan)
        for site in self.sites.values() if not self.only_plan else ():
            async for article in self.read_captures(self.archive, site):
                yield article

    # --- archives on the network ---

    async def find(self, archive: Source, site: Site) -> None:
        """Search an archive for the captures of a portal, from where the last search got to."""
        hosts = sorted(host for netloc in site.netlocs for host in (netloc, f"www.{netloc}"))
        first = archive.collections()
        scopes = archive.scopes(hosts, (await self.answer(site, first, search=True)).body if first else None)
        for scope in scopes:
            cursor, complete = self.ledger.cursor(site.key, scope)
            while not complete and not self.stopping:
                body = (await self.answer(site, archive.search(scope, cursor, self.since), search=True)).body
                found, cursor = archive.found(scope, cursor, body)
                self.count(site.key, "found", len(found))
                self.ledger.found(site.key, scope, _of_interest(found, site), cursor)
                complete = cursor is None

    async def answer(self, site: Site, ask: Ask, *, search: bool = False) -> Answer:
        """Ask an archive, again where it fails; raise ArchiveError where it goes on failing."""
        slot = "archive search" if search else "archive"
        cause = ""
        for _ in range(_TRIES):
            meta = {"download_slot": slot, "archive": True, "dont_retry": True, "dont_obey_robotstxt": True}
            self.count(site.key, "pages")
            try:
                response = await self.crawler.engine.download_async(
                    Request(ask.url, headers=ask.headers, meta=meta, dont_filter=True)
                )
            except Exception as error:  # noqa: BLE001 - told below
                cause = cause_of(error)
                continue
            if response.status < _OK or response.status == _NOT_FOUND:
                content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
                return Answer(response.url, response.status, content_type, response.body, self.payload)
            cause = f"HTTP status {response.status}"
        raise ArchiveError(f"{self.source}: {cause}, {_TRIES} times in a row")

    async def read_captures(self, archive: Source, site: Site) -> AsyncIterator[Article]:
        """Take the captures of a portal that are to do out of an archive, one after the other."""
        misses = 0
        raw = self.crawler.get_downloader_middleware(RawPages)
        while misses < _MOST_MISSES and not self.stopping and (task := self.ledger.next(site.key)):
            try:
                ask = archive.ask(task.url, task.timestamp, task.place)
                reading = self.take(archive, site, task, ask, await self.answer(site, ask), raw)
            except RawError:  # it stops the run
                return
            except ArchiveError as error:
                misses += 1
                self.ledger.given_up(task, str(error), retry=True)
                self.trouble(site.key, str(error), task.url)
                continue
            misses = 0
            if reading:
                for article in self.took(reading):
                    yield article
        if misses >= _MOST_MISSES:
            self.trouble(site.key, f"{archive.name} does not answer; the next run goes on", site.url, "sick")

    def take(
        self, archive: Source, site: Site, task: CaptureTask, ask: Ask, answer: Answer, raw: RawPages | None
    ) -> Reading | None:
        """Read the capture in an archive's answer, when its raw page is kept."""
        if answer.status == _NOT_FOUND:
            self.spoilt(site.key, task, "the archive does not have it after all", retry=False)
            return None
        capture = archive.capture(task.found, ask, answer)
        if isinstance(capture, Spoilt):
            self.spoilt(site.key, task, capture.cause, retry=True)
            return None
        if raw:
            raw.keep(capture, ask.url)
        reading = read_capture(capture, site, self.every)
        reading.url, reading.timestamp = task.url, task.timestamp  # as the books have it
        return reading

    def spoilt(self, site: str, task: CaptureTask, cause: str, *, retry: bool) -> None:
        """Commit that a capture could not be had."""
        if not self.ledger.given_up(task, cause, retry=retry):
            self.count(site, "failed")
            self.trouble(site, cause, f"{task.url} of {task.timestamp}")

    # --- archives on this disk ---

    async def read_path(self) -> AsyncIterator[Article]:
        """Read the captures of a file or folder that are not in the books yet, by a process a core."""
        known = self.ledger.known()
        for key in self.sites:
            self.count(key, "known", self.ledger.plan(key).settled)
        async for one in local.readings(Path(self.source), self.sites, self.every, known):
            if self.stopping:
                return
            if isinstance(one, Spoilt):
                self.trouble(next(iter(self.sites)), one.cause, one.where)
                continue
            self.count(one.site, "pages")
            for article in self.took(one):
                yield article

    # --- readings ---

    def took(self, reading: Reading) -> Iterator[Article]:
        """Commit a reading, or give its article to the pipelines, which do."""
        self.ledger.took(reading)
        if reading.article:
            yield reading.article
        elif reading.state == "listing":
            self.count(reading.site, "listings")
        elif reading.state == "unreadable":
            self.trouble(reading.site, reading.cause or "", f"{reading.url} of {reading.timestamp}")


def _archive(source: str, settings: BaseSettings) -> Source | None:
    if source == "wayback":
        return Wayback(settings["WARDNEWS_WAYBACK"])
    if source == "commoncrawl":
        return CommonCrawl(settings["WARDNEWS_COMMONCRAWL_INDEX"], settings["WARDNEWS_COMMONCRAWL_DATA"])
    return None


def _slots(settings: BaseSettings) -> None:
    """Ask an archive one thing at a time, at its own pace."""
    slots = settings.getdict("DOWNLOAD_SLOTS")
    for slot, delay in (("archive search", "WARDNEWS_ARCHIVE_SEARCH_DELAY"), ("archive", "WARDNEWS_ARCHIVE_DELAY")):
        slots[slot] = {"concurrency": 1, "delay": settings.getfloat(delay)}
    settings.set("DOWNLOAD_SLOTS", slots, priority="spider")


def _of_interest(found: list[Found], site: Site) -> Iterator[tuple[str, Found]]:
    """Leave out what no layout would ever follow, and give each other capture the key of its page."""
    layout = LAYOUTS[site.layout] if site.layout else _likely(found)
    for one in found:
        address = layout.canonical(one.url) if site.owns(one.url) else None
        if address:
            yield layout.url_id(one.url) or site.own(address), one


def _likely(found: list[Found]) -> Layout:
    """Tell the family of a portal by the addresses of its articles."""
    votes = Counter(
        name for one in found for name, layout in LAYOUTS.items() if layout.article_url.search(one.url)
    )  # fmt: skip
    return LAYOUTS[votes.most_common(1)[0][0]] if votes else LAYOUTS["anyportal"]
