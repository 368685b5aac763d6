"""How the files of articles of the past are found: in the archive that had the articles, when these are read."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.network.source import Answer, FileAsk, FileSearch, Source
from wardnews.errors import ArchiveError, Refused, StorageError
from wardnews.files import storage
from wardnews.files.media_types import media_type_of
from wardnews.locale import gettext_noop
from wardnews.middlewares.raw_pages import RawError, RawPages
from wardnews.reading.captured_files import beside_name, captured_files, read_beside, saved_beside
from wardnews.spiders.files.live import fault_of, folder_of, unwritten
from wardnews.spiders.network.client import ArchiveClient
from wardnews.store.files.kept import KeptFile
from wardnews.store.files.queue import FileQueue, FileTask, lacks

if TYPE_CHECKING:
    from wardnews.spiders.archive import ArchiveSpider

_MOST_MISSES = 5
"""After so many questions in a row without an answer an archive is left alone."""
_NOT_FOUND = 404
_NO_CAPTURE = gettext_noop("no capture")


def archived_files(spider: "ArchiveSpider", kinds: Mapping[str, Sequence[str]]) -> "ArchivedFiles | None":
    """Return what finds the files of a backfill; None where none are kept."""
    if not any(kinds.values()) or spider.only_plan:
        return None

    def may(key: str, url: str) -> bool:
        return spider.sites[key].may_hold_files(url) or (url.startswith("file:") and beside_name(url) is not None)

    queue = FileQueue(spider.frontier.frontier, kinds, may)
    spider.frontier.frontier.files = queue
    return ArchivedFiles(spider, queue)


class ArchivedFiles:
    """The files of the articles that an archive had; what it lacks is `missing`, until another archive has it."""

    def __init__(self, spider: "ArchiveSpider", queue: FileQueue) -> None:
        self.spider, self.queue = spider, queue
        self.folder = folder_of(spider.crawler.settings)
        self.source = spider.source

    def begin(self, site: str) -> None:
        """Take up the files of a portal that were missing, and delete what a killed run left of others."""
        self.queue.begin(site, partial(storage.forget, self.folder), archive=self.source)

    # --- archives on this disk ---

    async def from_path(self, path: Path, sites: Iterable[str]) -> None:
        """Find the files of some portals in a file or folder: captures of them, and what lies beside saved pages."""
        tasks = self._tasks(sites)
        if not tasks or self.spider.halted:
            return
        if not isinstance(path, Path):
            self.spider.logger.warning("%d files are left: those in buckets are not looked for", len(tasks))
            return
        had: set[int] = set()
        captures = captured_files(path, tasks)
        while not self.spider.halted and (one := await asyncio.to_thread(next, captures, None)):
            for task in tasks[one.url]:
                had |= {task.number} if await self._take(task, one) else set()
        beside = await asyncio.to_thread(saved_beside, path)
        for task in [task for same in tasks.values() for task in same if task.number not in had]:
            file = beside.get(beside_name(task.url) or "")
            one = await asyncio.to_thread(read_beside, file, task.url) if file else None
            if one and not self.spider.halted and await self._take(task, one):
                had.add(task.number)
        if self.spider.halted:
            return
        for task in [task for same in tasks.values() for task in same]:
            self._finish(task, found=task.number in had)

    def _tasks(self, sites: Iterable[str]) -> dict[str, list[FileTask]]:
        """Return the files of some portals that are to do, by their addresses."""
        tasks: dict[str, list[FileTask]] = {}
        for site in sites:
            for task in self.queue.wanted(site):
                tasks.setdefault(task.url, []).append(task)
        return tasks

    # --- archives on the network ---

    async def from_network(self, site: str, source: Source, client: ArchiveClient) -> None:
        """Ask an archive for the files of a portal, each as it was nearest in time to its article's capture."""
        misses = 0
        for task in self.queue.wanted(site):
            if misses == _MOST_MISSES or self.spider.halted or client.refusal:
                return
            try:
                found = await self._ask(task, source, client, misses)
            except RawError:  # it stops the run
                return
            except Refused as error:
                found = None
                self.spider.logger.info("%s: %s: %s", site, error, task.url)
            except ArchiveError as error:
                misses += 1
                self.spider.logger.warning("%s: file left to the next run: %s: %s", site, error, task.url)
                continue
            misses = 0
            if not self.spider.halted:
                self._finish(task, found=bool(found and await self._take(task, found)))

    async def _ask(self, task: FileTask, source: Source, client: ArchiveClient, misses: int) -> Capture | None:
        """Ask for the capture of a file; None where the archive has none."""
        site = self.spider.sites[task.site]
        asked = source.file(task.url, *self.queue.origin_of(task))
        if isinstance(asked, FileSearch):
            asked = await client.ask(site, asked.ask, asked.choose, search=True, misses=misses)
        if asked is None:
            return None
        return await client.ask(site, asked.ask, partial(self._read, task, asked), misses=misses)

    def _read(self, task: FileTask, asked: FileAsk, answer: Answer) -> Capture | None:
        """Read the file in an archive's answer, when its raw page is kept; None where the archive has none."""
        if answer.status == _NOT_FOUND:
            return None
        capture = asked.read(answer)
        if isinstance(capture, DamagedRecord):
            self.spider.logger.warning("%s: file not kept: %s: %s", task.site, capture.cause, task.url)
            return None
        if capture and (raw := self.spider.crawler.get_downloader_middleware(RawPages)):
            raw.keep(capture, asked.ask.url)
        return capture

    # --- what was found ---

    async def _take(self, task: FileTask, capture: Capture) -> bool:
        """Keep a capture; return whether it is what the article names."""
        file = BytesIO(capture.body)
        kind = media_type_of(file)
        if fault := fault_of(kind, task.kind):
            self.spider.counts[task.site].file_troubles[fault] += 1
            self.spider.logger.warning("%s: file not kept: %s: %s", task.site, fault, task.url)
            return False
        sha256 = hashlib.sha256(capture.body).hexdigest()
        try:
            self.queue.keeping(task, sha256)
            await asyncio.to_thread(storage.keep, self.folder, sha256, file)
        except (OSError, StorageError) as error:
            unwritten(self.spider, error)
            return False
        kept = KeptFile(sha256, len(capture.body), kind, storage.place_of(sha256))
        self.queue.captured(task, kept, capture.timestamp)
        return True

    def _finish(self, task: FileTask, *, found: bool) -> None:
        self.queue.finish(task, None if found else lacks(self.source))
        counts = self.spider.counts[task.site]
        counts.files += found
        counts.file_troubles[_NO_CAPTURE] += not found and task.cause != lacks(self.source)
