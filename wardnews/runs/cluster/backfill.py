"""A backfill from files whose parts are read by the workers of a cluster; they commit what they read themselves."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wardnews.archives.disk import Kind
from wardnews.archives.remote import path_of
from wardnews.errors import WardnewsError
from wardnews.reading.joining import Joiner
from wardnews.reading.parallel import NOBODYS, Part
from wardnews.runs.cluster import parts
from wardnews.runs.cluster.engine import Work, connected
from wardnews.runs.cluster.pieces import Cuts, Pieces
from wardnews.spiders.archive import ArchiveSpider
from wardnews.spiders.common import COUNTED
from wardnews.store.database import for_everyone
from wardnews.store.searches import WHOLE, FileLog

if TYPE_CHECKING:
    from distributed import Client


async def read_on(address: str, spider: ArchiveSpider) -> None:
    """Read the files of a spider's source on the cluster of a scheduler; stop the spider where that cannot go on."""
    if spider.files:
        spider.stop("images and attachments of archives are kept by one process: leave out --on, or --files")
        return
    try:
        async with connected(address) as client:
            await _Backfill(client, spider).run()
    except WardnewsError as error:
        spider.stop(str(error))


class _Backfill:
    """One run of a backfill on a cluster."""

    def __init__(self, client: "Client", spider: ArchiveSpider) -> None:
        self.spider = spider
        self.pieces = Pieces(client, spider.run, lambda: spider.halted)
        self.log = FileLog(spider.store, spider.frontier.frontier.connection)
        self.path = path_of(spider.source)
        self.job = parts.Job(
            for_everyone(spider.store.url), spider.run, spider.frontier.source, spider.sites, spider.every,
            spider.since, spider.until, spider.reread,
        )  # fmt: skip
        self.joiner = Joiner()
        self.left: dict[str, int] = {}
        """How many parts of each file are not read yet."""
        self.spoilt: set[str] = set()
        """The files of which something is to be read again."""
        self.waiting: set[str] = set()
        """The files of which articles on several pages wait for those of other parts."""

    async def run(self) -> None:
        """List the files, cut them, read the parts that are not read yet, and join what lies in several of them."""
        files, closed = await self.pieces.listed(self.path)
        known, read_before = self.spider.known_of(files, self.log)
        cuts = await self.pieces.cut([one for one in files if one.identity not in read_before], files)
        for damaged in (*closed, *cuts.damaged):
            self.spider.damaged(damaged)
        has_any = bool(cuts.damaged or known or read_before)
        async for work, outcome in self.pieces.done(self._works(cuts)):
            has_any = self._take(work.arguments[1], outcome) or has_any
        if not self.spider.halted:
            await self._join()
            if not has_any:
                self.spider.nothing_in(self.path)

    def _works(self, cuts: Cuts) -> Iterator[Work]:
        """Yield what is not read yet; a file whose parts were all read is one that was."""
        for file in cuts.fresh:
            read = set() if self.job.reread else self.log.parts_read(file.identity, self.job.sites)
            todo = [(part, needed) for part, needed in cuts.of_file(file) if _scope(part) not in read]
            self.left[file.identity] = len(todo)
            if read and not todo:
                self._note_read(file.identity)
            for part, needed in todo:
                name = f"{file.identity} {_scope(part)}"
                yield self.pieces.work(name, parts.read_part, self.job, part, needed)
        for at, (bundle, _) in enumerate(cuts.bundles()):
            yield self.pieces.work(f"files {at}", parts.read_part, self.job, bundle, {})

    def _take(self, part: Part | parts.Files, outcome: parts.Outcome) -> bool:
        """Count what came of a part; return whether it had anything."""
        spider, first = self.spider, next(iter(self.spider.sites))
        spider.crawler.signals.send_catch_log(COUNTED, portals=outcome.portals, errors=0)
        self._note_known(outcome)
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
        sources = [part.source] if isinstance(part, Part) else [one.identity for one in part.files]
        self.spoilt.update(() if outcome.whole else sources)
        self.waiting.update(sources if outcome.held else ())
        if isinstance(part, Part):
            self.left[part.source] -= 1
            self._note_read(part.source)
        read = sum(portal.counts.pages for portal in outcome.portals.values())
        return bool(read or outcome.held or any(not one.cause.startswith(Kind.UNREAD) for one in outcome.damaged))

    def _note_known(self, outcome: parts.Outcome) -> None:
        queue = self.spider.frontier
        queue.changed |= outcome.changed
        for key, before in queue.known_before.items():
            queue.known_before[key] = (before | outcome.known.get(key, set())) - queue.changed
            self.spider.count_known_of(key)

    def _note_read(self, source: str) -> None:
        """Write that a file was read to its end, when its last part is."""
        if not self.left.get(source) and source not in self.spoilt | self.waiting:
            self.log.add(self.spider.sites, [source], WHOLE)

    async def _join(self) -> None:
        """Commit the articles on several pages, whose pages may lie in several parts."""
        held = list(self.joiner.joined())
        if held:
            await asyncio.shield(self.spider.commit_all(held))
        waited, self.waiting = self.waiting, set()
        for source in waited:
            self._note_read(source)


def _scope(part: Part | parts.Files) -> str:
    return part.scope if isinstance(part, Part) else WHOLE
