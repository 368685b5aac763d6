"""How the images and attachments of articles are reached: behind all pages of their group, at its pace.

Which ones are still to be asked for stands in the store. Scrapy's FilesPipeline knows neither: it asks for the files of
an item at once, before the next page, holds them in memory, and remembers what it has by the address alone.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from wardnews.errors import StorageError, Undecodable, UsageError
from wardnews.files import storage
from wardnews.files.media_types import EMPTY, HTML, media_type_of
from wardnews.files.spool import Spool
from wardnews.locale import Phrase
from wardnews.middlewares import NotNow
from wardnews.middlewares.hosts import SPOOL
from wardnews.middlewares.raw_pages import RawError
from wardnews.sites import Site
from wardnews.sites.site import FILE_CHOICES, IMAGE
from wardnews.spiders.common import StoredSpider, cause_of, header_of
from wardnews.spiders.groups.scheduling import MOST_MISSES, Group, PortalVisit
from wardnews.storage import Output, is_url
from wardnews.store.files.kept import KeptFile
from wardnews.store.files.queue import FileQueue, FileTask
from wardnews.text.clock import timestamp

if TYPE_CHECKING:
    from wardnews.spiders.portal import PortalSpider

_NOT_MODIFIED, _TRY_AGAIN = 304, (408, 425, 429, *range(500, 600))
PATIENCE = 10
"""How many times as long as a page a file may take to arrive."""


class NotWanted(Exception):
    """Raise for bytes that are not kept; the message says why."""


@dataclass
class FileVisit:
    """How far the files of one portal have come in this run; `left`: why the rest is left to the next one."""

    misses: int = 0
    left: str | None = None
    named: Counter[str] = field(default_factory=Counter)


def kinds_of(settings: Mapping[str, Any], sites: Sequence[Site], asked: str | None) -> dict[str, Sequence[str]]:
    """Return which files of each portal are kept, by its key: as asked for, as its sites file or the setting says.

    Raises UsageError for a word that is none.
    """
    usual = settings["WARDNEWS_KEEP_FILES"] or "none"
    for name, said in (("--files ", asked or usual), ("WARDNEWS_KEEP_FILES=", usual)):
        if said not in FILE_CHOICES:
            raise UsageError(
                "{setting}{value}: expected one of {choices}",
                setting=name,
                value=said,
                choices=", ".join(FILE_CHOICES),
            )
    return {site.key: FILE_CHOICES[asked or site.files or usual] for site in sites}


def folder_of(settings: BaseSettings) -> str:
    """Return where files are kept: the setting WARDNEWS_FILES, else `files` below that for output."""
    return str(settings["WARDNEWS_FILES"] or f"{settings['WARDNEWS_OUTPUT']}/files")


def file_requests(spider: "PortalSpider", kinds: Mapping[str, Sequence[str]]) -> "FileRequests | None":
    """Return what asks for the files of a crawl, behind its pages; None where none are kept."""
    if not any(kinds.values()):
        return None
    queue = FileQueue(spider.frontier, kinds, lambda key, url: spider.sites[key].may_hold_files(url))
    requests = FileRequests(spider, queue)
    spider.frontier.files, spider.schedule.files = queue, requests.next
    return requests


class FileRequests:
    """The requests for the files of a crawl; `spent`: the bytes that came in this run."""

    def __init__(self, spider: "PortalSpider", queue: FileQueue) -> None:
        self.spider, self.queue = spider, queue
        settings = spider.crawler.settings
        self.folder = folder_of(settings)
        output = Output.at(str(settings["WARDNEWS_OUTPUT"])).folder
        self.spools = output if is_url(self.folder) else Path(self.folder)
        self.most = settings.getint("WARDNEWS_FILE_MAXSIZE")
        self.budget, self.spent = settings.getint("WARDNEWS_FILES_BUDGET"), 0
        self.timeout = PATIENCE * settings.getfloat("DOWNLOAD_TIMEOUT")
        self.visits = {key: FileVisit() for key in spider.sites}

    def begin(self, site: str) -> None:
        """Take up the files of a portal; what a killed run left of them without a row in the store is deleted."""
        if self.queue.kinds[site]:
            self.queue.begin(site, lambda sha256: storage.forget(self.folder, sha256))

    def next(self, group: Group) -> Iterator[Request]:
        """Return the request for the next file of a politeness group of which no page is left or under way."""
        for _ in range(len(group.visits)):
            visit = group.visits[0]
            group.visits.rotate(-1)
            if visit.left or not self.queue.kinds[visit.site.key] or self.leaves(visit):
                continue
            if task := self.queue.next_file(visit.site.key):
                group.under_way += 1
                yield self.request(visit, task)
                return

    def leaves(self, visit: PortalVisit) -> bool:
        """Whether the rest of a portal's files is left to the next run."""
        files = self.visits[visit.site.key]
        if self.spent >= self.budget:
            files.left = str(Phrase("{count} bytes of files in one run", count=format(self.budget, ",")))
        elif visit.is_late:
            files.left = str(Phrase("{count} seconds in one run", count=round(visit.budget.seconds)))
        return files.left is not None

    def left(self, site: str) -> tuple[int, str | None]:
        """Return how many files of a portal are left to the next run, and why."""
        return self.queue.left(site) if self.queue.kinds[site] else 0, self.visits[site].left

    def request(self, visit: PortalVisit, task: FileTask) -> Request:
        """Make the request for a file, in its portal's politeness group; on a condition where an answer is known."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        validators = {"If-None-Match": task.etag, "If-Modified-Since": task.last_modified}
        meta: dict[str, Any] = {
            "site": visit.site.key, "download_slot": visit.site.slot(), "dont_retry": True,
            SPOOL: Spool(self.spools), "download_maxsize": self.most, "download_timeout": self.timeout,
        }  # fmt: skip
        return Request(
            urldefrag(task.url)[0],
            callback=self.answered,
            errback=self.failed,
            headers=headers | {name: value for name, value in validators.items() if value},
            cb_kwargs={"visit": visit, "task": task},
            meta=meta,
            dont_filter=True,
        )

    async def answered(self, response: Response, visit: PortalVisit, task: FileTask) -> AsyncIterator[Request]:
        """Keep a file that came, then ask for the next page or file of its group."""
        spool: Spool = response.meta[SPOOL]
        self.visits[task.site].misses = 0
        self.spent += spool.length if response.body else 0
        task.etag, task.last_modified = (header_of(response, name) for name in ("ETag", "Last-Modified"))
        try:
            await self.keep(response, spool, task)
        except (NotWanted, Undecodable) as error:
            self.not_kept(task, str(error), retry=False)
        except (OSError, StorageError) as error:
            self.queue.put_back(task)
            unwritten(self.spider, error)
        finally:
            spool.close()
        for request in self.spider.groups.next(visit.site):
            yield request

    async def keep(self, response: Response, spool: Spool, task: FileTask) -> None:
        """Keep the bytes of an answer; raise NotWanted or Undecodable where they are not, OSError on failure."""
        if not response.body:
            raise NotWanted("empty file")
        encoding = (header_of(response, "Content-Encoding") or "").strip().lower()
        file = spool.unpacked(encoding, self.most)
        try:
            if spool.failure or file.failure:
                raise spool.failure or file.failure or OSError
            kind = media_type_of(file.file)
            if fault := fault_of(kind, task.kind):
                raise NotWanted(fault)
            self.queue.keeping(task, file.sha256)
            await asyncio.to_thread(storage.keep, self.folder, file.sha256, file.file)
            kept = KeptFile(file.sha256, file.length, kind, storage.place_of(file.sha256))
            self.count(task, self.queue.kept(task, kept, timestamp()))
            self.spider.counts[task.site].files += 1
        finally:
            file.close()

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Commit that a file could not be had, then ask for the next page or file of its group."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, task = request.cb_kwargs["visit"], request.cb_kwargs["task"]
        request.meta[SPOOL].close()
        self.not_had(task, failure.value)
        yield from self.spider.groups.next(visit.site)

    def not_had(self, task: FileTask, error: BaseException | None) -> None:
        """Commit what a failure means."""
        files = self.visits[task.site]
        status = error.response.status if isinstance(error, HttpError) else None
        if isinstance(error, RawError | NotNow):
            files.left = files.left or cause_of(error)
            self.queue.put_back(task)
        elif status == _NOT_MODIFIED and (task.etag or task.last_modified):
            files.misses = 0
            self.count(task, self.queue.unchanged(task))
            self.spider.counts[task.site].files_unchanged += 1
        else:
            retry = status in _TRY_AGAIN if status else not isinstance(error, IgnoreRequest) and not _is_large(error)
            files.misses += retry
            if files.misses >= MOST_MISSES:
                files.left = str(Phrase("{cause}, {count} times in a row", cause=cause_of(error), count=files.misses))
            self.not_kept(task, "file too large" if _is_large(error) else cause_of(error), retry=retry)

    def not_kept(self, task: FileTask, cause: str, *, retry: bool) -> None:
        """Commit that a file is not kept, and name it the first time."""
        is_new, changes = self.queue.failed(task, cause, retry=retry)
        self.count(task, changes)
        if is_new:
            self.spider.counts[task.site].file_troubles[cause] += 1
            self.spider.logger.warning("%s: file not kept: %s: %s", task.site, cause, task.url)

    def count(self, task: FileTask, changes: Sequence[str]) -> None:
        """Count the articles of which a file has changed."""
        self.spider.counts[task.site].file_edits += changes.count("edited")


def unwritten(spider: StoredSpider, error: OSError | StorageError) -> None:
    """Stop a run in order where files cannot be written: articles are safe, and the next run goes on."""
    spider.crawler.stats.inc_value("files/failed")
    spider.stop(f"files cannot be written: {getattr(error, 'strerror', None) or error}")


def fault_of(media_type: str, kind: str) -> str | None:
    """Return why bytes are not what an article names; None where they are."""
    if media_type == HTML:
        return "a web page in place of the file"
    if media_type == EMPTY:
        return "empty file"
    return f"no image: {media_type}" if kind == IMAGE and not media_type.startswith("image/") else None


def _is_large(error: BaseException | None) -> bool:
    return type(error).__name__ == "DownloadCancelledError"
