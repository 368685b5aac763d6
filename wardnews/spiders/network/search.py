"""How captures are found in an archive on the network: by host, by address, or by going through its files."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

from wardnews.archives.network.source import Answer, Ask, FileSource, SearchStep, Source
from wardnews.archives.plan import Plan
from wardnews.errors import ArchiveError, Refused
from wardnews.locale import gettext_noop
from wardnews.reading.interest import of_interest
from wardnews.sites import Site
from wardnews.spiders.network.client import ArchiveClient
from wardnews.store.searches import SearchLog

if TYPE_CHECKING:
    from wardnews.spiders.archive import ArchiveSpider

_MOST_MISSES = 5
"""After so many searches in a row without an answer an archive is left alone."""
_MOST_STEPS = 100_000
"""How many answers a search may take; one that goes on with the same cursor is ended at once."""
_ASIDE = gettext_noop("at addresses that lead to no article and no listing")


class Search:
    """The searches of one archive, for the portals of a spider; each goes on from where the last run got to."""

    def __init__(self, spider: "ArchiveSpider", source: Source, client: ArchiveClient) -> None:
        self.spider, self.source, self.client = spider, source, client
        self.queue = spider.frontier
        connection = spider.frontier.frontier.connection
        self.log = SearchLog(spider.store, connection, source.name, source.searched_as)
        self._aside: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        """The files, by portal, that are yet to be gone through."""
        self._is_listed = True
        """Whether all lists of files were read."""

    def plan(self, site: Site) -> Plan:
        """Return what the searches of a portal found, and whether there is more to search."""
        plan = self.queue.plan(site.key)
        if isinstance(self.source, FileSource):
            left = self._left[site.key]
            plan.searched, plan.ahead = self._is_listed and not left, self.source.effort(left) if left else ""
        elif self.source.by_address:
            plan.searched = not self._addresses(site)
        else:
            plan.searched = self.log.searched(site.key, _hosts(site))
        if aside := self._aside[site.key]:
            plan.aside[_ASIDE] = aside
        return plan

    async def find(self, site: Site) -> None:
        """Search for the captures of a portal."""
        if self.source.by_address:
            await self._find_each(site, self._addresses(site))
        elif not self.log.searched(site.key, _hosts(site)):
            try:
                scopes = await self._scopes(site)
            except ArchiveError as error:
                self._missed(site, error, site.url)
            else:
                await self._find_each(site, scopes)

    async def _find_each(self, site: Site, scopes: Collection[str]) -> None:
        misses = 0
        for scope in scopes:
            try:
                await self._find_in({site.key: site}, scope, {site.key: scope}, misses)
                misses = 0
            except Refused as error:
                self._missed(site, error, scope)
                return
            except ArchiveError as error:
                misses += 1
                self._missed(site, error, scope)
                if misses == _MOST_MISSES:
                    return

    def _missed(self, site: Site, error: ArchiveError, where: str) -> None:
        if not self.spider.halted:
            self.spider.unhealthy(site.key, f"{self.source.name}: {error}", where)

    async def _scopes(self, site: Site) -> list[str]:
        """Return the searches that a portal takes, and commit them; those of a search that was broken off stay."""
        hosts = _hosts(site)
        if begun := self.log.unfinished(site.key, hosts):
            return begun
        first = self.source.collections()
        if first is None:
            scopes = await asyncio.to_thread(self.source.scopes, hosts, None)
        else:
            scopes = await self.client.ask(site, first, lambda one: self.source.scopes(hosts, one.rows()), search=True)
        self.log.begin(site.key, scopes)
        return scopes

    def _addresses(self, site: Site) -> list[str]:
        """Return the searches, one an address, that are not complete: home pages, sections, what the store knows."""
        hosts = _hosts(site)
        homes = [site.url, *(f"http://{host}/" for host in hosts if host not in site.url)]
        complete, done = self.log.complete(site.key), set()
        scopes = []
        for url in (*homes, *site.section_urls(), *self.queue.addresses(site.key)):
            key = url.partition("://")[2].removeprefix("www.")
            if site.owns(url) and key not in done:
                done.add(key)
                scopes.append(f"{url} {key.partition('/')[0]}")
        return [scope for scope in scopes if scope not in complete]

    # --- files ---

    async def go_through(self, sites: Mapping[str, Site], source: FileSource) -> None:
        """Go through the files of an archive, each once for all portals; for a plan only list them."""
        scopes = {site.key: ",".join(_hosts(site)) for site in sites.values()}
        any_site = next(iter(sites.values()), None)
        if any_site is None:
            return
        asks, misses = source.lists(self.spider.since, self.spider.until), 0
        files: list[str] = []
        try:
            for ask in asks:
                files += await self.client.ask(any_site, ask, source.files, search=True)
        except ArchiveError as error:
            self._is_listed = False
            self._missed(any_site, error, asks[0].url)
        complete = {key: self.log.complete(key, ever=True) for key in sites}
        for file in files:
            lacking = {key: site for key, site in sites.items() if f"{file} {scopes[key]}" not in complete[key]}
            if self.spider.only_plan or misses == _MOST_MISSES:
                self._left.update(list(lacking))
                continue
            try:
                await self._go_through(lacking, file, scopes)
                misses = 0
            except ArchiveError as error:
                misses = _MOST_MISSES if isinstance(error, Refused) else misses + 1
                self._left.update(list(lacking))
                self._missed(any_site, error, file)

    async def _go_through(self, sites: Mapping[str, Site], file: str, scopes: Mapping[str, str]) -> None:
        """Go through a file, together for the portals that got equally far in it."""
        groups: dict[str | None, dict[str, Site]] = {}
        for key, site in sites.items():
            groups.setdefault(self.log.cursor(key, f"{file} {scopes[key]}")[0], {})[key] = site
        for group in groups.values():
            hosts = ",".join(sorted(host for site in group.values() for host in _hosts(site)))
            kept = {key: f"{file} {scopes[key]}" for key in group}
            await self._find_in(group, f"{file} {hosts}", kept, 0)

    # --- steps ---

    async def _find_in(self, sites: Mapping[str, Site], scope: str, kept: Mapping[str, str], misses: int) -> None:
        """Search a scope to its end for some portals, each of which keeps how far that got under a name of its own."""
        first = next(iter(sites.values()))
        cursor, complete = self.log.cursor(first.key, kept[first.key])
        for _ in range(_MOST_STEPS):
            if complete:
                return
            before, step = cursor, await self._step(first, scope, cursor, misses)
            cursor, misses = step.cursor, 0
            if cursor is not None and cursor == before:
                raise ArchiveError("a search that goes on where it was")
            for site in sites.values():
                self._keep(site, kept[site.key], step)
            self._count_odd(first, scope, step)
            complete = cursor is None
        raise ArchiveError("a search of more than {most} answers", most=_MOST_STEPS)

    async def _step(self, site: Site, scope: str, cursor: str | None, misses: int) -> SearchStep:
        ask = self.source.search(scope, cursor)
        if isinstance(ask, Ask):
            read = partial(_read, self.source, scope, cursor)
            return await self.client.ask(site, ask, read, search=True, misses=misses)
        if self.spider.halted:
            raise Refused("the run was stopped")
        return await asyncio.to_thread(ask)

    def _keep(self, site: Site, scope: str, step: SearchStep) -> None:
        """Commit what a step found of a portal."""
        own = [one for one in step.found if not isinstance(self.source, FileSource) or site.owns(one.url)]
        interesting = list(of_interest(own, site))
        self.spider.counts[site.key].found += len(own)
        self._aside[site.key] += len(own) - len(interesting)
        self.log.found(site.key, scope, interesting, step.cursor)

    def _count_odd(self, site: Site, scope: str, step: SearchStep) -> None:
        self.spider.counts[site.key].failed += self.log.odd(site.key, step.odd)
        for row in step.odd:
            self.spider.trouble(site.key, row.cause, row.url or scope)


def _read(source: Source, scope: str, cursor: str | None, answer: Answer) -> SearchStep:
    return source.found(scope, cursor, answer)


def _hosts(site: Site) -> list[str]:
    return sorted(site.netlocs)  # archives file www.host under host
