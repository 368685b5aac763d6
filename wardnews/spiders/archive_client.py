"""How an archive on the network is asked: one request at a time, at its own pace, again where an answer fails."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.settings import BaseSettings

from wardnews.archives.network.source import Answer, Ask
from wardnews.errors import ArchiveError, Refused
from wardnews.middlewares import NotNow
from wardnews.sites import Site
from wardnews.spiders.common import cause_of

if TYPE_CHECKING:
    from wardnews.spiders.archive import ArchiveSpider

_SLOTS = ("archive", "archive search")
_TRIES = 4
_OK, _NOT_FOUND, _TOO_MANY, _BROKEN = 300, 404, 429, 500
T = TypeVar("T")


class ArchiveClient:
    """Asks the archive of a spider.

    `refusal`: why captures are not asked for any more in this run, None as long as they are.
    """

    def __init__(self, spider: "ArchiveSpider") -> None:
        self.spider = spider
        settings = spider.crawler.settings
        # The first and the longest pause, in seconds, after an answer that is none.
        self._pauses = tuple(settings.getfloat(f"WARDNEWS_BACKOFF_{name}") for name in ("FIRST", "MOST"))
        self.refusal: str | None = None

    async def ask(
        self, site: Site, ask: Ask, read: Callable[[Answer], T], *, search: bool = False, misses: int = 0
    ) -> T:
        """Ask and read the answer, again where one of them fails; raise ArchiveError where that goes on.

        What waits for 429 and 503 is the back-off; after other failures it is this, as long. After `misses`, other
        questions that the archive had no answer for, it is asked once.
        """
        for number in range(1 if misses else _TRIES):
            try:
                return read(await self._answer(site, ask, search=search))
            except Refused:
                raise
            except ArchiveError as error:
                cause = str(error)
            await asyncio.sleep(min(self._pauses[0] * 2 ** (number + misses), self._pauses[1]))
        raise ArchiveError(cause)

    async def _answer(self, site: Site, ask: Ask, *, search: bool) -> Answer:
        """Ask once; raise ArchiveError where that gives no answer, Refused where it never will."""
        meta = {"download_slot": _SLOTS[search], "archive": True, "dont_retry": True, "dont_obey_robotstxt": True}
        try:
            request = Request(ask.url, headers=dict(ask.headers), meta=meta, dont_filter=True)
            response = await self.spider.crawler.engine.download_async(request)
        except IgnoreRequest as error:
            if isinstance(error, NotNow) and not search:
                self.refusal = cause_of(error)
            raise Refused(cause_of(error)) from error
        except Exception as error:
            raise ArchiveError(cause_of(error)) from error
        finally:
            self.spider.counts[site.key].page()
        if self.spider.halted:
            raise Refused("the run was stopped")
        if response.status < _OK or response.status == _NOT_FOUND:
            named = (b",".join(response.headers.getlist(name)) for name in ("Content-Type", "Content-Encoding"))
            content_type, encoding = (value.decode("latin-1") for value in named)
            return Answer(response.url, response.status, content_type, response.body, encoding)
        final = response.status < _BROKEN and response.status != _TOO_MANY
        raise (Refused if final else ArchiveError)(f"HTTP status {response.status}")


def set_pace(settings: BaseSettings) -> None:
    """Let an archive be asked one thing at a time, at its own pace."""
    slots = settings.getdict("DOWNLOAD_SLOTS")
    for slot, delay in zip(_SLOTS, ("WARDNEWS_ARCHIVE_DELAY", "WARDNEWS_ARCHIVE_SEARCH_DELAY"), strict=True):
        slots[slot] = {"concurrency": 1, "delay": settings.getfloat(delay)}
    settings.set("DOWNLOAD_SLOTS", slots, priority="spider")
