"""How captures of an archive on the network are reached: found by searches, queued, read one after the other."""

from functools import partial
from typing import TYPE_CHECKING

from wardnews.archives import DamagedRecord
from wardnews.archives.network.source import Answer, Ask, SearchStep, Source
from wardnews.archives.plan import Plan
from wardnews.errors import ArchiveError, Refused, Undecodable
from wardnews.middlewares.raw_pages import RawError, RawPages
from wardnews.reading.capture import Reading, read_capture
from wardnews.reading.interest import of_interest
from wardnews.reading.joining import Joiner
from wardnews.sites import Site
from wardnews.spiders.archive_client import ArchiveClient
from wardnews.store.captures import CaptureTask
from wardnews.store.searches import SearchLog

if TYPE_CHECKING:
    from wardnews.spiders.archive import ArchiveSpider

_MOST_MISSES, _MOST_REFUSALS = 5, 50
"""After so many questions in a row an archive is left alone: without an answer, or refused."""
_NOT_FOUND = 404
_LARGEST_SEARCH = 64 << 20
_ASIDE = "at addresses that lead to no article and no listing"


class NetworkArchive:
    """The captures of one archive on the network, for the portals of a spider."""

    def __init__(self, spider: "ArchiveSpider", source: Source) -> None:
        self.spider, self.source = spider, source
        self.client = ArchiveClient(spider)
        self.queue = spider.frontier
        self.searches = SearchLog(spider.store, spider.frontier.frontier.connection, source.name)
        self._aside: dict[str, int] = {}

    # --- the search ---

    async def find(self, site: Site) -> None:
        """Search for the captures of a portal, from where the last search got to."""
        hosts = _hosts(site)
        if self.searches.searched(site.key, hosts):
            return
        misses = 0
        try:
            for scope in await self._scopes(site, hosts):
                try:
                    await self._find_in(site, scope, misses)
                    misses = 0
                except Refused:
                    raise
                except ArchiveError as error:
                    misses += 1
                    self.spider.unhealthy(site.key, f"{self.source.name}: {error}", scope)
                    if misses == _MOST_MISSES:
                        return
        except ArchiveError as error:
            if not self.spider.halted:
                self.spider.unhealthy(site.key, f"{self.source.name}: {error}", site.url)

    def plan(self, site: Site) -> Plan:
        """Return what the searches of a portal found."""
        plan = self.queue.plan(site.key)
        plan.searched = self.searches.searched(site.key, _hosts(site))
        if aside := self._aside.get(site.key):
            plan.aside[_ASIDE] = aside
        return plan

    async def _scopes(self, site: Site, hosts: list[str]) -> list[str]:
        """Return the searches that a portal takes, and commit them; those of a search that was broken off stay."""
        first = self.source.collections()
        if begun := self.searches.unfinished(site.key, hosts):
            return begun
        if first is None:
            scopes = self.source.scopes(hosts, None)
        else:
            scopes = await self.client.ask(site, first, lambda one: self.source.scopes(hosts, _body(one)), search=True)
        self.searches.begin(site.key, scopes)
        return scopes

    async def _find_in(self, site: Site, scope: str, misses: int) -> None:
        """Search a scope to its end."""
        cursor, complete = self.searches.cursor(site.key, scope)
        while not complete:
            ask = self.source.search(scope, cursor)
            step = await self.client.ask(site, ask, partial(self._step, scope, cursor), search=True, misses=misses)
            cursor, misses = step.cursor, 0
            counts = self.spider.counts[site.key]
            counts.found += len(step.found)
            interesting = list(of_interest(step.found, site))
            self._aside[site.key] = self._aside.get(site.key, 0) + len(step.found) - len(interesting)
            self.searches.found(site.key, scope, interesting, cursor)
            counts.failed += self.searches.odd(site.key, step.odd)
            for row in step.odd:
                self.spider.trouble(site.key, row.cause, row.url or scope)
            complete = cursor is None

    def _step(self, scope: str, cursor: str | None, answer: Answer) -> SearchStep:
        return self.source.found(scope, cursor, _body(answer))

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
                await self.spider.add_reading(reading)
        for reading in joiner.joined() if not self.spider.halted else ():
            await self.spider.add_reading(reading)
        if misses >= _MOST_MISSES:
            self.spider.unhealthy(site.key, f"{self.source.name} does not answer; the next run goes on", site.url)

    def _take(self, site: Site, task: CaptureTask, ask: Ask, answer: Answer) -> Reading | None:
        """Read the capture in an archive's answer, when its raw page is kept."""
        if answer.status == _NOT_FOUND:
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


def _hosts(site: Site) -> list[str]:
    return sorted(site.netlocs)  # archives file www.host under host


def _body(answer: Answer) -> bytes:
    """Return what a search answered, unpacked; raise ArchiveError where it cannot be."""
    try:
        return answer.body(_LARGEST_SEARCH)
    except Undecodable as error:
        raise ArchiveError(str(error)) from error
