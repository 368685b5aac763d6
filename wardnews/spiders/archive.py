"""How the pages of the past are reached: found in an archive, planned, then read capture by capture.

Archives on the network are asked one request at a time; files and folders are read by processes of their own.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from wardnews.archives import DamagedRecord
from wardnews.archives.commoncrawl import CommonCrawl
from wardnews.archives.source import Answer, Ask, Found, Source
from wardnews.archives.wayback import Wayback
from wardnews.errors import ArchiveError, Refused, SitesError
from wardnews.items import Article
from wardnews.layouts import LAYOUTS, Layout
from wardnews.middlewares.raw_pages import RawError, RawPages
from wardnews.reading import parallel as local
from wardnews.reading.page import Reading, read_capture
from wardnews.sites import Site, parse_day
from wardnews.spiders.common import StoredSpider, cause_of, known_sites
from wardnews.store.captures import CaptureTask, Plan, Rescue
from wardnews.store.frontier import Frontier

PLANNED = object()
"""The signal that tells that the plan of a portal (`site`) is made."""
NETWORK = ("wayback", "commoncrawl")
_BASES = ("WARDNEWS_WAYBACK", "WARDNEWS_COMMONCRAWL_INDEX", "WARDNEWS_COMMONCRAWL_DATA")
_SLOTS = ("archive", "archive search")
_TRIES = 4
_MOST_MISSES = 5
_SOME = 10_000
"""How many captures are looked at together to tell a portal's family by its addresses."""
_OK, _NOT_FOUND, _TOO_MANY, _BROKEN = 300, 404, 429, 500
T = TypeVar("T")


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
    frontier: Rescue
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
        name = source if spider.archive else str(Path(source).resolve())
        spider.frontier = Rescue(Frontier(spider.store, spider.run), name, spider.since, spider.until)
        _slots(crawler.settings)
        crawler.signals.connect(spider.downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(spider.met, signal=signals.item_scraped)
        crawler.signals.connect(spider.met, signal=signals.item_dropped)
        spider.payload, spider.refusals = b"", {}
        spider.pauses = tuple(crawler.settings.getfloat(f"WARDNEWS_BACKOFF_{name}") for name in ("FIRST", "MOST"))  # type: ignore[assignment]
        return spider

    refusals: dict[str, str]
    """Why an archive is not asked any more in this run, by what it is asked for."""
    pauses: tuple[float, float]
    """The first and the longest pause, in seconds, after an answer that is none."""
    payload: bytes
    """The last answer as it came over the wire: digests are of that."""

    def downloaded(self, response: Response) -> None:
        """Keep an answer before it is decoded."""
        self.payload = response.body

    def met(self, item: Article) -> None:
        """Count the known articles that the source has; the report takes off those that are edited."""
        self.counts[item.site].edits += item.change == "edited"
        self.tell_known(item.site)

    def tell_known(self, site: str) -> None:
        """Say how many articles are known."""
        counts = self.counts[site]
        counts.known = len(self.frontier.known_before[site]) + counts.edits

    @property
    def halted(self) -> bool:
        """Tell whether the run is ending: what is under way is left to the next one."""
        engine = self.crawler.engine
        return self.stopping or engine is None or engine.spider is None or bool(engine._slot and engine._slot.closing)  # noqa: SLF001 - tells nobody else

    async def start(self) -> AsyncIterator[Article]:
        """Search, plan, and read what is yet to be read, portal by portal; articles take a way of their own."""
        await self.rescue()
        nothing: tuple[Article, ...] = ()
        for article in nothing:
            yield article

    async def rescue(self) -> None:
        """Search, plan, and read what is yet to be read, portal by portal."""
        for key in self.sites:
            self.counts[key].partial += 1
            self.frontier.begin_again(key)
        if self.archive is None:
            await self.read_path()
            return
        for site in self.sites.values():
            await self.find(self.archive, site)
            self.planned(site)
        for site in self.sites.values() if not self.only_plan else ():
            await self.read_captures(self.archive, site)

    def planned(self, site: Site, plan: Plan | None = None) -> None:
        """Tell the plan of a portal, if need be out of the books."""
        self.plans[site.key] = plan = plan or self.frontier.plan(site.key)
        self.tell_known(site.key)
        if self.only_plan or not plan.captures:
            self.counts[site.key].unchanged += 1  # nothing was to be read
        for line in self.plan_lines(site.key):
            self.logger.info("%s: %s", site.key, line)
        self.crawler.signals.send_catch_log(PLANNED, site=site.key)

    def plan_lines(self, site: str) -> list[str]:
        """Write what the archive has of a portal, and what it costs."""
        delay = self.crawler.settings.getfloat("WARDNEWS_ARCHIVE_DELAY") if self.archive else None
        return list(self.plans[site].lines(self.source, delay))

    # --- archives on the network ---

    async def find(self, archive: Source, site: Site) -> None:
        """Search an archive for the captures of a portal, from where the last search got to."""
        hosts = sorted(site.netlocs)  # archives file www.host under host
        if self.frontier.searched(site.key, hosts):
            return
        misses = 0
        try:
            for scope in await self.scopes(archive, site, hosts):
                try:
                    await self.find_in(archive, site, scope, misses)
                    misses = 0
                except Refused:
                    raise
                except ArchiveError as error:
                    misses += 1
                    self.sick(site.key, f"{archive.name}: {error}", scope)
                    if misses == _MOST_MISSES:
                        return
        except ArchiveError as error:
            if not self.halted:
                self.sick(site.key, f"{archive.name}: {error}", site.url)

    async def scopes(self, archive: Source, site: Site, hosts: list[str]) -> list[str]:
        """Name the searches that a portal takes, and remember them; those of a search that was broken off stay."""
        first = archive.collections()
        if begun := self.frontier.intended(site.key, hosts):
            return begun
        if first is None:
            scopes = archive.scopes(hosts, None)
        else:
            scopes = await self.ask(site, first, lambda answer: archive.scopes(hosts, answer.body), search=True)
        self.frontier.intend(site.key, scopes)
        return scopes

    async def find_in(self, archive: Source, site: Site, scope: str, misses: int) -> None:
        """Search a scope of an archive to its end."""
        cursor, complete = self.frontier.cursor(site.key, scope)
        while not complete:
            ask = archive.search(scope, cursor)
            found, cursor = await self.ask(site, ask, _finding(archive, scope, cursor), search=True, misses=misses)
            misses = 0
            self.counts[site.key].found += len(found)
            self.frontier.found(site.key, scope, _of_interest(found, site), cursor)
            complete = cursor is None

    async def ask(
        self, site: Site, ask: Ask, read: Callable[[Answer], T], *, search: bool = False, misses: int = 0
    ) -> T:
        """Ask an archive and read its answer, again where one of them fails; raise ArchiveError where that goes on.

        What waits for 429 and 503 is the back-off; after other failures it is this, as long. After `misses`, other
        questions that it had no answer for, an archive is asked once.
        """
        tries = 1 if misses else _TRIES
        for number in range(tries):
            try:
                return read(await self.answer(site, ask, search=search))
            except Refused:
                raise
            except ArchiveError as error:
                cause = str(error)
            await asyncio.sleep(min(self.pauses[0] * 2 ** (number + misses), self.pauses[1]))
        raise ArchiveError(cause)

    async def answer(self, site: Site, ask: Ask, *, search: bool) -> Answer:
        """Ask an archive once; raise ArchiveError where that gives no answer, Refused where it never will."""
        slot = _SLOTS[search]
        meta = {"download_slot": slot, "archive": True, "dont_retry": True, "dont_obey_robotstxt": True}
        request = Request(ask.url, headers=ask.headers, meta=meta, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
        except IgnoreRequest as error:  # it asks to be left alone, or is where nobody may ask
            self.refusals[slot] = cause_of(error)
            raise Refused(cause_of(error)) from error
        except Exception as error:
            raise ArchiveError(cause_of(error)) from error
        finally:
            self.counts[site.key].page()
        if self.halted:
            raise Refused("the run was stopped")
        if response.status < _OK or response.status == _NOT_FOUND:
            content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
            return Answer(response.url, response.status, content_type, response.body, self.payload)
        final = response.status < _BROKEN and response.status != _TOO_MANY
        raise (Refused if final else ArchiveError)(f"HTTP status {response.status}")

    async def read_captures(self, archive: Source, site: Site) -> None:
        """Take the captures of a portal that are to do out of an archive, one after the other."""
        misses = 0
        raw = self.crawler.get_downloader_middleware(RawPages)
        while misses < _MOST_MISSES and not self.halted and (task := self.frontier.next(site.key)):
            ask = archive.ask(task.url, task.timestamp, task.place)
            read = partial(self.take, archive, site, task, ask, raw=raw)
            try:
                reading = await self.ask(site, ask, read, misses=misses)
            except RawError:  # it stops the run
                return
            except ArchiveError as error:
                if self.halted:
                    return
                if refusal := self.refusals.get(_SLOTS[0]):
                    self.sick(site.key, f"{archive.name}: {refusal}", task.url)
                    return
                misses += 1
                self.spoilt(site.key, task, str(error), retry=not isinstance(error, Refused))
                continue
            misses = 0
            if reading:
                await self.took(reading)
        if misses >= _MOST_MISSES:
            self.sick(site.key, f"{archive.name} does not answer; the next run goes on", site.url)

    def take(
        self, archive: Source, site: Site, task: CaptureTask, ask: Ask, answer: Answer, raw: RawPages | None
    ) -> Reading | None:
        """Read the capture in an archive's answer, when its raw page is kept."""
        if answer.status == _NOT_FOUND:
            self.spoilt(site.key, task, "the archive does not have it after all", retry=False)
            return None
        capture = archive.capture(task.found, ask, answer)
        if isinstance(capture, DamagedRecord):
            self.spoilt(site.key, task, capture.cause, retry=True)
            return None
        if raw:
            raw.keep(capture, ask.url)
        reading = read_capture(capture, site, self.every)
        reading.url, reading.timestamp = task.url, task.timestamp  # as the books have it
        return reading

    def spoilt(self, site: str, task: CaptureTask, cause: str, *, retry: bool) -> None:
        """Commit that a capture could not be had; tell it when it is not asked for again."""
        if not self.frontier.given_up(task, cause, retry=retry):
            self.counts[site].failed += 1
            self.trouble(site, cause, f"{task.url} of {task.timestamp}")

    # --- archives on this disk ---

    async def read_path(self) -> None:
        """Read the captures of a file or folder that are not in the books yet, by a process a core."""
        path = Path(self.source)
        for key in self.sites:
            self.tell_known(key)
        if not self.sites:
            return
        known = self.frontier.known(self.sites)
        if self.only_plan:
            for key, plan in (await asyncio.to_thread(_plans, path, self.sites, known)).items():
                plan.settled = self.frontier.plan(key).settled
                self.planned(self.sites[key], plan)
            return
        empty = not known
        async for one in local.readings(path, self.sites, self.every, known):
            empty = False
            if self.halted:
                return
            if isinstance(one, DamagedRecord):
                first = next(iter(self.sites))
                self.trouble(first, one.cause, one.where)
                self.counts[first].failed += one.cause != local.NOBODYS
                continue
            self.counts[one.site].page()
            await self.took(one)
        if empty:
            for key in self.sites:
                self.sick(key, "no WARC or WACZ file and no saved page is in it", str(path))

    # --- readings ---

    async def took(self, reading: Reading) -> None:
        """Commit a reading, or give its article to the pipelines, which do."""
        self.frontier.took(reading)
        where = f"{reading.url} of {reading.timestamp}"
        if reading.article:
            # A run that is stopped cancels this one, and must not tear what is being committed.
            await asyncio.shield(self.commit(reading.article))
        elif reading.state == "listing":
            self.counts[reading.site].listings += 1
        elif reading.state in ("unreadable", "failed"):
            self.counts[reading.site].failed += 1
            self.trouble(reading.site, reading.cause or "", where)
        if reading.trace:
            self.logger.error("%s: %s\n%s", reading.site, where, reading.trace)
            failure = Failure(RuntimeError(reading.cause))  # type: ignore[no-untyped-call]
            self.crawler.signals.send_catch_log(signals.spider_error, failure=failure, response=None, spider=self)

    async def commit(self, article: Article) -> None:
        """Pass an article through the pipelines; a run that is stopped meanwhile waits for it."""
        if self.halted:
            return
        scraper = self.crawler.engine.scraper
        await scraper.start_itemproc_async(article, response=None)
        scraper._check_if_closing()  # noqa: SLF001 - Scrapy 2.19 looks after responses only, and would wait for ever


def _plans(path: Path, sites: Mapping[str, Site], known: local.Known) -> dict[str, Plan]:
    """Count what a file or folder has of each portal."""
    plans = {key: Plan() for key in sites}
    pages: dict[str, set[str]] = {key: set() for key in sites}
    captures = local.captures(path, sites)
    while some := list(islice(captures, _SOME)):
        for key, plan in plans.items():
            found = [Found(one.url, one.timestamp, "", 0, {}) for site, one in some if site.key == key]
            for page, one in _of_interest(found, sites[key]):
                pages[key].add(page)
                plan.captures += 1
                plan.todo += (key, one.url, one.timestamp) not in known
                year = one.timestamp[:4]
                plan.years[year] = plan.years.get(year, 0) + 1
    for key, plan in plans.items():
        plan.years = dict(sorted(plan.years.items()))
        plan.pages = len(pages[key])
        plan.articles = sum(not page.startswith("http") for page in pages[key])
    return plans


def _finding(archive: Source, scope: str, cursor: str | None) -> Callable[[Answer], tuple[list[Found], str | None]]:
    return lambda answer: archive.found(scope, cursor, answer.body)


def _archive(source: str, settings: BaseSettings) -> Source | None:
    if source == "wayback":
        return Wayback(settings["WARDNEWS_WAYBACK"], settings.getint("WARDNEWS_WAYBACK_ROWS"))
    if source == "commoncrawl":
        return CommonCrawl(settings["WARDNEWS_COMMONCRAWL_INDEX"], settings["WARDNEWS_COMMONCRAWL_DATA"])
    return None


def _slots(settings: BaseSettings) -> None:
    """Ask an archive one thing at a time, at its own pace."""
    slots = settings.getdict("DOWNLOAD_SLOTS")
    for slot, delay in zip(_SLOTS, ("WARDNEWS_ARCHIVE_DELAY", "WARDNEWS_ARCHIVE_SEARCH_DELAY"), strict=True):
        slots[slot] = {"concurrency": 1, "delay": settings.getfloat(delay)}
    settings.set("DOWNLOAD_SLOTS", slots, priority="spider")


def _of_interest(found: list[Found], site: Site) -> Iterator[tuple[str, Found]]:
    """Leave out what no layout would ever follow, and give each other capture the key of its page."""
    layout = LAYOUTS[site.layout] if site.layout else _likely(found)
    for one in found:
        try:
            address = layout.canonical(one.url) if site.owns(one.url) else None
        except ValueError:  # an address such as http://[broken
            continue
        if address:
            yield layout.url_id(one.url) or site.own(address), one


def _likely(found: list[Found]) -> Layout:
    """Tell the family of a portal by the addresses of its articles."""
    votes = Counter(
        name for one in found for name, layout in LAYOUTS.items() if layout.article_url.search(one.url)
    )  # fmt: skip
    return LAYOUTS[votes.most_common(1)[0][0]] if votes else LAYOUTS["anyportal"]
