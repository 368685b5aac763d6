"""How the captures of an archive on the network are read: found by searches, queued, read one after the other."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.network.source import Answer, Ask, FileSource, Source
from wardnews.errors import ArchiveError, Refused
from wardnews.locale import Phrase
from wardnews.middlewares.raw_pages import RawError, RawPages
from wardnews.reading.capture import Reading, read_capture
from wardnews.reading.joining import Joiner
from wardnews.sites import Site
from wardnews.spiders.network.client import ArchiveClient
from wardnews.spiders.network.search import Search
from wardnews.store.captures import CaptureTask

if TYPE_CHECKING:
    from wardnews.spiders.archive import ArchiveSpider

_MOST_MISSES, _MOST_REFUSALS = 5, 50
"""After so many questions in a row an archive is left alone: without an answer, or refused."""
_NOT_FOUND = 404


class NetworkArchive:
    """The captures of one archive on the network, for the portals of a spider."""

    def __init__(self, spider: "ArchiveSpider", source: Source) -> None:
        self.spider, self.source = spider, source
        self.client = ArchiveClient(spider)
        self.queue = spider.frontier
        self.search = Search(spider, source, self.client)

    async def run(self, sites: Mapping[str, Site]) -> None:
        """Search, plan, and read what is yet to be read, portal by portal."""
        if isinstance(self.source, FileSource):
            await self.search.go_through(sites, self.source)
        for site in sites.values():
            if not isinstance(self.source, FileSource):
                await self.search.find(site)
            self.spider.planned(site, self.search.plan(site))
        for site in sites.values() if not self.spider.only_plan else ():
            await self.read(site)
            if self.source.by_address:
                await self._read_on(site)
            if self.spider.files:
                await self.spider.files.from_network(site.key, self.source, self.client)

    async def _read_on(self, site: Site) -> None:
        """Search for the addresses that the listings read so far named, and read what that finds, until nothing is."""
        while not self.spider.halted and not self.client.refusal:
            found = self.spider.counts[site.key].found
            await self.search.find(site)
            if self.spider.counts[site.key].found == found:
                return
            self.queue.plan(site.key)  # counts what is left
            await self.read(site)

    # --- captures ---

    async def read(self, site: Site) -> None:
        """Read the captures of a portal that are queued, one after the other."""
        misses = refusals = 0
        joiner = Joiner()
        while misses < _MOST_MISSES and not self.spider.halted and (task := self.queue.next(site.key)):
            ask = self.source.ask(task.url, task.timestamp, task.place)
            try:
                reading = await self.client.ask(site, ask, partial(self._take, site, task, ask), misses=misses)
            except RawError:  # it stops the run
                return
            except ArchiveError as error:
                if self.spider.halted:
                    return
                is_refusal = isinstance(error, Refused)
                refusals, misses = (refusals + 1, 0) if is_refusal else (refusals, misses + 1)
                if self.client.refusal or refusals == _MOST_REFUSALS:
                    self.spider.unhealthy(site.key, f"{self.source.name}: {self.client.refusal or error}", task.url)
                    return
                self._failed(site.key, task, str(error), retry=not is_refusal)
                continue
            misses = refusals = 0
            if reading and not joiner.holds(reading):
                await asyncio.shield(self.spider.add_reading(reading))
        for reading in joiner.joined() if not self.spider.halted else ():
            await asyncio.shield(self.spider.add_reading(reading))
        if misses >= _MOST_MISSES:
            self.spider.unhealthy(
                site.key,
                str(Phrase("{source} does not answer; the next run goes on", source=self.source.name)),
                site.url,
            )

    def _take(self, site: Site, task: CaptureTask, ask: Ask, answer: Answer) -> Reading | None:
        """Read the capture in an archive's answer, when its raw page is kept."""
        if answer.status == _NOT_FOUND and not answer.is_memento:
            self._failed(site.key, task, "the archive does not have it after all", retry=False)
            return None
        capture = self.source.capture(task.found, ask, answer)
        if isinstance(capture, DamagedRecord):
            self._failed(site.key, task, capture.cause, retry=True)
            return None
        if raw := self.spider.crawler.get_downloader_middleware(RawPages):
            raw.keep(capture, ask.url)
        reading = read_capture(capture, site, self.spider.every)
        reading.url, reading.timestamp = task.url, task.timestamp  # as they are queued
        return reading

    def _failed(self, site: str, task: CaptureTask, cause: str, *, retry: bool) -> None:
        """Commit that a capture could not be had; count it when it is not asked for again."""
        if not self.queue.failed(task, cause, retry=retry):
            self.spider.counts[site].failed += 1
            self.spider.trouble(site, cause, f"{task.url} of {task.timestamp}")
