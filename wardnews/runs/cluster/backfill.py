"""A backfill from files whose parts are read by the workers of a cluster; they commit what they read themselves."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardnews.archives.cutting import Cut
from wardnews.archives.disk import Kind
from wardnews.archives.warc.revisits import Originals, chosen, needed_by, wanted_by
from wardnews.errors import ClusterLost, RunOver, UsageError
from wardnews.reading.joining import Joiner
from wardnews.reading.parallel import NOBODYS, KnownFile, Part
from wardnews.runs.cluster import parts
from wardnews.runs.cluster.engine import Work, connected, spread
from wardnews.spiders.archive import ArchiveSpider
from wardnews.spiders.common import COUNTED
from wardnews.store.database import for_everyone
from wardnews.store.searches import WHOLE, FileLog

if TYPE_CHECKING:
    from distributed import Client

_CUT = (Kind.WARC, Kind.ARC, Kind.WACZ)
_FILES = 500
"""How many files that are not cut are one piece of work."""


@dataclass
class _Left:
    """What is left to do: parts by file, and those whose articles on several pages wait for the end."""

    of_file: dict[str, int] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)


async def read_on(address: str, spider: ArchiveSpider) -> None:
    """Read the files of a spider's source on the cluster of a scheduler; stop the spider where that cannot go on."""
    try:
        async with connected(address) as client:
            await _Backfill(client, spider).run()
    except (ClusterLost, RunOver, UsageError) as error:
        spider.stop(str(error))


class _Backfill:
    """One run of a backfill on a cluster."""

    def __init__(self, client: "Client", spider: ArchiveSpider) -> None:
        self.client, self.spider = client, spider
        self.log = FileLog(spider.store, spider.frontier.frontier.connection)
        self.path = Path(spider.frontier.source)
        self.job = parts.Job(
            for_everyone(spider.store.url), spider.run, spider.frontier.source, spider.sites, spider.every,
            spider.since, spider.until, spider.reread,
        )  # fmt: skip
        self.joiner = Joiner()
        self.left = _Left()

    async def run(self) -> None:
        """List the files, cut them, read the parts that are not read yet, and join what lies in several of them."""
        files: list[KnownFile] = []
        async for _, (found, closed) in self._done(iter([self._work("list", parts.list_files, self.path)])):
            files = found
            for damaged in closed:
                self.spider.damaged(damaged)
        known, read_before = self.spider.known_of(files, self.log)
        fresh = [one for one in files if one.identity not in read_before]
        cuts = await self._cut([one for one in fresh if one.kind in _CUT])
        originals = await self._originals(files, cuts)
        pages = False
        async for work, outcome in self._done(self._readings(fresh, cuts, originals)):
            pages = self._take(work.arguments[1], outcome) or pages
        if self.spider.halted:
            return
        await self._join()
        if not (pages or known or read_before):
            self.spider.nothing_in(self.path)

    async def _done(self, works: Iterator[Work]) -> AsyncGenerator[tuple[Work, Any], None]:
        """Yield pieces of work with what came of them, until the run is stopped; a piece that fails ends the run."""
        async with aclosing(spread(self.client, works)) as done:
            async for work, result, error in done:
                if error:
                    raise error if isinstance(error, UsageError | RunOver) else ClusterLost(f"{work.name}: {error}")
                yield work, result
                if self.spider.halted:
                    return

    def _work(self, name: str, function: Any, *arguments: Any) -> Work:
        return Work(f"{self.spider.run} {name}", function, arguments)

    async def _cut(self, files: list[KnownFile]) -> dict[str, list[Cut]]:
        """Return the files in parts, by what they are known by; a file that cannot be read is told."""
        found: dict[str, list[Cut]] = {}
        works = (self._work(f"cut {at} {one.file.name}", parts.cut_file, one) for at, one in enumerate(files))
        async for work, (cuts, damage) in self._done(works):
            found[work.arguments[0].identity] = cuts
            for damaged in damage:
                self.spider.damaged(damaged)
        return found

    async def _originals(self, files: list[KnownFile], cuts: Mapping[str, list[Cut]]) -> Originals:
        """Return where the originals of all revisits are, in these files or in those that were read before."""
        revisits = [record for some in cuts.values() for one in some for record in one.revisits]
        if not revisits:
            return {}
        wanted = wanted_by(revisits)
        sections = [one.section for some in cuts.values() for one in some if one.kind == Kind.WARC]
        sections += [parts.section_of(one) for one in files if one.kind == Kind.WARC and one.identity not in cuts]
        works = (
            self._work(f"originals {at} {one.name}", parts.find_originals, one, wanted)
            for at, one in enumerate(sections)
        )
        seen = {work.arguments[0]: found async for work, found in self._done(works)}
        return chosen(revisits, [seen[one] for one in sorted(seen)])

    def _readings(self, fresh: list[KnownFile], cuts: Mapping[str, list[Cut]], originals: Originals) -> Iterator[Work]:
        """Yield the parts that are not read yet; of files that have none a bundle is a part."""
        for file in fresh:
            read = set() if self.job.reread else self.log.parts_read(file.identity, self.job.sites)
            todo = []
            for one in cuts.get(file.identity, ()):
                for start, end in one.parts:
                    part = Part(one.section, one.kind, file.identity, start, end)
                    inside = [record for record in one.revisits if start <= record.place.offset < end]
                    if part.scope not in read:
                        todo.append((part, needed_by(inside, originals)))
            self.left.of_file[file.identity] = len(todo)
            for part, needed in todo:
                yield self._work(f"{part.file.name} {part.scope}", parts.read_part, self.job, part, needed)
        others = [one for one in fresh if one.kind not in _CUT]
        for at in range(0, len(others), _FILES):
            bundle = parts.Files(tuple(others[at : at + _FILES]))
            yield self._work(f"files {at}", parts.read_part, self.job, bundle, {})

    def _take(self, part: Part | parts.Files, outcome: parts.Outcome) -> bool:
        """Count what came of a part; return whether it had any pages."""
        spider, first = self.spider, next(iter(self.spider.sites))
        queue = spider.frontier
        spider.crawler.signals.send_catch_log(COUNTED, portals=outcome.portals, errors=0)
        queue.changed |= outcome.changed
        for key, before in queue.known_before.items():
            queue.known_before[key] = (before | outcome.known.get(key, set())) - queue.changed
            spider.count_known_of(key)
        for one in outcome.troubles:
            spider.trouble(one.site, one.cause, one.where)
            if one.trace:
                spider.own_error(f"{one.site}: {one.where}", one.cause, one.trace)
        for damaged in outcome.damaged:
            spider.damaged(damaged)
        if outcome.strangers:
            spider.counts[first].troubles[NOBODYS] += outcome.strangers
        for reading in outcome.held:
            self.joiner.holds(reading)
        if isinstance(part, Part):
            self.left.of_file[part.source] -= 1
            if not outcome.whole or outcome.held:
                self.left.spoilt.add(part.source)
            elif not self.left.of_file[part.source] and part.source not in self.left.spoilt:
                self.log.add(spider.sites, [part.source], WHOLE)
        read = sum(portal.counts.pages for portal in outcome.portals.values())
        return bool(read or outcome.held or any(not one.cause.startswith(Kind.UNREAD) for one in outcome.damaged))

    async def _join(self) -> None:
        """Commit the articles on several pages, whose pages may lie in several parts."""
        held = list(self.joiner.joined())
        if held:
            await asyncio.shield(self.spider.commit_all(held))
