"""How the pages of the past are reached: found in an archive, planned, then read capture by capture.

Archives on the network are asked one request at a time; files and folders are read by processes of their own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from wardnews.archives import network
from wardnews.archives.capture import DamagedRecord
from wardnews.archives.disk import Kind
from wardnews.archives.network.source import FileSource, Source
from wardnews.archives.plan import Plan
from wardnews.archives.remote import path_of
from wardnews.errors import SitesError
from wardnews.items import Article
from wardnews.locale import SOURCE, gettext_noop, speaking
from wardnews.reading import parallel
from wardnews.reading.capture import Reading
from wardnews.reading.disk_plan import plans_of
from wardnews.reading.joining import join_pages
from wardnews.sites import Site, parse_days
from wardnews.spiders.common import StoredSpider, known_sites
from wardnews.spiders.counts import PortalCounts
from wardnews.spiders.files.archived import ArchivedFiles, archived_files
from wardnews.spiders.files.live import kinds_of
from wardnews.spiders.network.captures import NetworkArchive
from wardnews.spiders.network.client import set_pace
from wardnews.store.captures import BATCH, CaptureQueue
from wardnews.store.frontier import Frontier
from wardnews.store.searches import FileLog

PLANNED = object()
"""The signal that the plan of a portal (`site`) is made."""

Reader = Callable[["ArchiveSpider"], Awaitable[None]]


class ArchiveSpider(StoredSpider):
    """Read what an archive has of one or more portals.

    Arguments: `site` (keys, separated by commas), `source` (an archive on the network, by its name or
    `NAME+ADDRESS`, or the path of a file or folder), `since` and `until` (ISO dates of publication), `only_plan` (say
    what there is, no more), `reread` (read files and captures again that were read before), `files` (which files of
    articles are kept: images, attachments, all, none), `sites` (a sites file besides those that come with wardnews and
    the setting WARDNEWS_SITES), `reader` (what reads a file or folder in place of the processes of this one).
    `plans` is what was found, by portal.
    """

    name = "archive"
    custom_settings = {  # noqa: RUF012 - as Scrapy declares it
        # What a process reads, it passes through the first stages itself.
        "ITEM_PIPELINES_BASE": {"wardnews.pipelines.Window": 500, "wardnews.pipelines.Remember": 800}
    }
    frontier: CaptureQueue
    source: str
    archive: Source | None
    every: dict[str, Site]
    """The portals that are read, and those that had or have a host of theirs at another time."""
    only_plan: bool
    reread: bool
    plans: dict[str, Plan]
    files: ArchivedFiles | None
    reader: "Reader | None" = None
    typed: list[str]
    """The addresses of the archives, which may be private ones: a mirror of one's own."""

    @classmethod
    def from_crawler(  # noqa: PLR0913 - what a person may ask for
        cls,
        crawler: Crawler,
        *,
        site: str = "",
        source: str = "",
        since: str | None = None,
        until: str | None = None,
        only_plan: bool = False,
        reread: bool = False,
        files: str | None = None,
        sites: str | list[Path] | None = None,
        **options: Any,
    ) -> Self:
        """Check the arguments and open the store.

        Raises SitesError for an unknown site or source, a bad sites file or day, StoreError for a store that cannot be
        opened.
        """
        spider = super().from_crawler(crawler)
        spider.since, spider.until = parse_days("since", since, "until", until)
        spider.reader = options.get("reader")
        spider.archive = None if spider.reader else opened(source, crawler.settings, spider.since, spider.until)
        spider.source, spider.only_plan, spider.reread, spider.plans = source, only_plan, reread, {}
        spider.keeps_raw = spider.archive is not None and not only_plan
        spider.typed = list(spider.archive.bases) if spider.archive else []
        spider.take_up(crawler, site, sites)
        spider.lock_portals()
        hosts = {host for one in spider.sites.values() for host in one.netlocs}
        spider.every = {key: one for key, one in known_sites(crawler, sites).items() if one.netlocs & hosts}
        name = spider.archive.name if spider.archive else str(path_of(source))
        frontier = Frontier(spider.store, spider.run)
        for one in spider.sites.values():
            spider.rewrite(frontier, one)
        spider.frontier = CaptureQueue(frontier, name, spider.since, spider.until)
        spider.files = archived_files(spider, kinds_of(crawler.settings, list(spider.sites.values()), files))
        set_pace(crawler.settings)
        crawler.signals.connect(spider.count_known, signal=signals.item_scraped)
        crawler.signals.connect(spider.count_known, signal=signals.item_dropped)
        return spider

    def lock_portals(self) -> None:
        """Leave out the portals that another run is at; files are read beside other runs."""
        chosen, is_shared = self.sites, self.archive is None
        self.sites = {key: one for key, one in chosen.items() if is_shared or self.store.locks.take(f"site-{key}")}
        self.locked = [key for key in chosen if key not in self.sites]
        self.counts = {key: PortalCounts() for key in self.sites}

    def count_known(self, item: Article) -> None:
        """Count the known articles that the source has; the report takes off those that are edited."""
        self.counts[item.site].edits += item.change == "edited"
        self.count_known_of(item.site)

    def count_known_of(self, site: str) -> None:
        """Count how many articles are known."""
        counts = self.counts[site]
        counts.known = len(self.frontier.known_before[site]) + counts.edits

    @property
    def halted(self) -> bool:
        """Whether the run is ending: what is under way is left to the next one."""
        engine = self.crawler.engine
        return self.stopping or engine is None or engine.spider is None or bool(engine._slot and engine._slot.closing)  # noqa: SLF001 - tells nobody else

    async def start(self) -> AsyncIterator[Article]:
        """Search, plan, and read what is yet to be read, portal by portal; articles take a way of their own."""
        await self.read_all()
        nothing: tuple[Article, ...] = ()
        for article in nothing:
            yield article

    async def read_all(self) -> None:
        """Search, plan, and read what is yet to be read, portal by portal."""
        for key in self.sites:
            self.counts[key].partial += 1
            if self.files:
                self.files.begin(key)
        if self.archive is None:
            await (self.reader(self) if self.reader else self.read_path())
            return
        for key in self.sites:
            self.frontier.begin_again(key)
        await NetworkArchive(self, self.archive).run(self.sites)

    def planned(self, site: Site, plan: Plan) -> None:
        """Log the plan of a portal, and signal it."""
        self.plans[site.key] = plan
        self.count_known_of(site.key)
        if self.only_plan or not plan.captures:
            self.counts[site.key].unchanged += 1  # nothing was to be read
        with speaking(SOURCE):
            for line in self.plan_lines(site.key):
                self.logger.info("%s: %s", site.key, line)
        self.crawler.signals.send_catch_log(PLANNED, site=site.key)

    def plan_lines(self, site: str) -> list[str]:
        """Return what the archive has of a portal, and what it costs, in lines."""
        delay = self.crawler.settings.getfloat("WARDNEWS_ARCHIVE_DELAY") if self.archive else None
        return list(self.plans[site].lines(self.source, delay))

    # --- archives on this disk ---

    async def read_path(self) -> None:
        """Plan or read the captures of a file or folder."""
        path, log = path_of(self.source), FileLog(self.store, self.frontier.frontier.connection)
        if not self.sites:
            return
        files, closed = await asyncio.to_thread(parallel.files_in, path)
        known, read_before = self.known_of(files, log)
        if self.only_plan:
            plans = await asyncio.to_thread(plans_of, path, files, closed, self.sites, known, read_before)
            for key, plan in plans.items():
                plan.read_before = len(self.frontier.known_before[key])
                self.planned(self.sites[key], plan)
            return
        for damaged in closed:
            self.damaged(damaged)
        found = await self._read_files(
            parallel.readings(path, files, self.sites, self.every, known, read_before), log, whole=not closed
        )
        if not (found or known or read_before):
            self.nothing_in(path)
        if self.files:
            await self.files.from_path(path, self.sites)

    def nothing_in(self, path: Path) -> None:
        """Count as unhealthy that a path has nothing to read."""
        for key in self.sites:
            self.unhealthy(key, gettext_noop("no WARC or WACZ file and no saved page is in it"), str(path))

    def known_of(self, files: Sequence[parallel.KnownFile], log: FileLog) -> tuple[parallel.Known, set[str]]:
        """Return the captures of some files that are known, and the files that were read to their end.

        None, where all are to be read again. What failed in earlier runs is not known.
        """
        self.frontier.files = [one.identity for one in files if one.identity]
        for key in self.sites:
            self.frontier.begin_again(key)
            self.count_known_of(key)
        if self.reread:
            return {}, set()
        return self.frontier.known(self.sites), self._read_before(files, log)

    def _read_before(self, files: Sequence[parallel.KnownFile], log: FileLog) -> set[str]:
        by_place = log.read_by_place(self.frontier.source, self.sites)
        renamed = {one.identity for one in files if (one.file.name, one.file.stamp) in by_place}
        return (renamed | log.read_before(self.sites)).intersection(self.frontier.files)

    async def _read_files(
        self, readings: AsyncIterator[Reading | DamagedRecord | parallel.Finished], log: FileLog, *, whole: bool
    ) -> bool:
        """Read the captures that are not read yet, by a process a core; return whether there was anything.

        A file is read again by the next run where a capture of it failed, or was outside of the days asked for.
        """
        found = False
        batch: list[Reading] = []
        async for one in join_pages(readings):
            if batch and (not isinstance(one, Reading) or len(batch) == BATCH):
                whole = await self.commit_all(batch) and whole
                batch = []
            if self.halted:
                return True
            if isinstance(one, parallel.Finished):
                if whole:
                    log.add(self.sites, one.files)
                whole = True
            elif isinstance(one, DamagedRecord):
                found = found or not one.cause.startswith(Kind.UNREAD)
                whole = whole and not (one.passes or one.trace)
                self.damaged(one)
            else:
                found = True
                batch.append(one)
        await self.commit_all(batch)
        return found

    async def commit_all(self, batch: Sequence[Reading]) -> bool:
        """Commit readings at once; return whether all of their captures are done with for good.

        A run that is stopped cancels the caller, and must not tear what is being committed.
        """
        await asyncio.shield(self._add_all(batch))
        return all(one.state not in ("failed", "outside") for one in batch)

    async def _add_all(self, batch: Sequence[Reading]) -> None:
        with self.frontier.batch(batch):
            for one in batch:
                if not self.halted:
                    self.counts[one.site].page()
                    await self.add_reading(one)

    def damaged(self, one: DamagedRecord) -> None:
        """Count what could not be read; a file that is not read has its name in the closing lines."""
        first = next(iter(self.sites))
        is_file = one.cause.startswith(Kind.UNREAD)
        self.trouble(first, f"{one.where}: {one.cause}" if is_file else one.cause, one.where)
        self.counts[first].failed += one.cause != parallel.NOBODYS
        if one.trace:
            self.own_error(one.where, one.cause, one.trace)

    # --- readings ---

    async def add_reading(self, reading: Reading) -> None:
        """Commit a reading, or give its article to the pipelines, which do.

        A run that is stopped cancels the caller, and must not tear what is being committed: shield it.
        """
        self.frontier.add_reading(reading)
        where = f"{reading.url} of {reading.timestamp}"
        if reading.article:
            await self.commit(reading.article)
        elif reading.state == "listing":
            self.counts[reading.site].listings += 1
        elif reading.state in ("unreadable", "failed"):
            self.counts[reading.site].failed += 1
            self.trouble(reading.site, reading.cause or "", where)
        if reading.trace:
            self.own_error(f"{reading.site}: {where}", reading.cause, reading.trace)

    def own_error(self, where: str, cause: str | None, trace: str) -> None:
        """Log an error in our own code and count it: it costs no more than what it hit."""
        self.logger.error("%s\n%s", where, trace)
        failure = Failure(RuntimeError(cause))  # type: ignore[no-untyped-call]
        self.crawler.signals.send_catch_log(signals.spider_error, failure=failure, response=None, spider=self)

    async def commit(self, article: Article) -> None:
        """Pass an article through the pipelines; a run that is stopped meanwhile waits for it."""
        if self.halted:
            return
        scraper = self.crawler.engine.scraper
        await scraper.start_itemproc_async(article, response=None)
        scraper._check_if_closing()  # noqa: SLF001 - Scrapy 2.19 looks after responses only, and would wait for ever


def opened(
    source: str, settings: Mapping[str, Any], since: str | None = None, until: str | None = None
) -> Source | None:
    """Return the archive on the network that is named; None for a file or folder.

    Raises SitesError for what is none of both, and for days that the archive cannot be asked for.
    """
    archive = network.opened(source, settings)
    if archive is None and not (source and path_of(source).exists()):
        known = ", ".join(network.names())
        raise SitesError(
            "--from {source}: expected {names}, live, or a file or folder that is there", source=source, names=known
        )
    if isinstance(archive, FileSource):
        archive.lists(since, until)
    return archive
