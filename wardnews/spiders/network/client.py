"""How an archive on the network is asked: one request at a time, at its own pace, again where an answer fails."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings

from wardnews.archives.network.source import LARGEST_SEARCH, Answer, Ask, inside
from wardnews.errors import ArchiveError, Refused
from wardnews.locale import Phrase
from wardnews.middlewares import NotNow
from wardnews.sites import Site
from wardnews.spiders.common import cause_of
from wardnews.spiders.network.turns import Turns

if TYPE_CHECKING:
    from wardnews.spiders.archive import ArchiveSpider

_SLOTS = ("archive", "archive search")
_TRIES = 4
_OK, _TOO_MANY, _BROKEN = 300, 429, 500
_ANSWERS, _REDIRECTS = (404, 416), range(300, 400)
_MOST_MOVES = 3
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
        self.turns = spider.leasing = Turns(spider)

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
                cause = Phrase("{cause}", cause=error)
            await asyncio.sleep(min(self._pauses[0] * 2 ** (number + misses), self._pauses[1]))
        raise ArchiveError("{cause}", cause=cause)

    async def _answer(self, site: Site, ask: Ask, *, search: bool) -> Answer:
        """Ask once; raise ArchiveError where that gives no answer, Refused where it never will."""
        try:
            response = await self._response(site, ask, ask.url, search=search)
            for _ in range(_MOST_MOVES if ask.stays else 0):
                if not (moved := _moved(response)):
                    break
                response = await self._response(site, ask, moved, search=search)
        except Refused:
            raise
        except IgnoreRequest as error:
            if isinstance(error, NotNow) and not search:
                self.refusal = cause_of(error)
            raise Refused("{cause}", cause=cause_of(error)) from error
        except Exception as error:
            raise ArchiveError("{cause}", cause=cause_of(error)) from error
        if self.spider.halted:
            raise Refused("the run was stopped")
        answer = Answer(response.url, response.status, _headers(response), response.body)
        if answer.status < _OK or answer.status in _ANSWERS or answer.is_memento:
            return answer
        final = response.status < _BROKEN and response.status != _TOO_MANY
        raise (Refused if final else ArchiveError)("HTTP status {status}", status=response.status)

    async def _response(self, site: Site, ask: Ask, url: str, *, search: bool) -> Response:
        slot = _SLOTS[search]
        meta = {"download_slot": slot, "archive": True, "dont_retry": True, "dont_obey_robotstxt": True}
        meta |= {"download_maxsize": LARGEST_SEARCH} if search else {}
        meta |= {"dont_redirect": True} if ask.stays else {}
        request = Request(url, headers=dict(ask.headers), meta=meta, dont_filter=True)
        try:
            async with self.turns.turn(url, slot):
                return await self.spider.crawler.engine.download_async(request)
        finally:
            self.spider.counts[site.key].page()


def _moved(response: Response) -> str | None:
    """Return where a redirect leads inside of the archive; None for none."""
    location = response.headers.get("Location")
    if response.status not in _REDIRECTS or location is None:
        return None
    return inside(response.url, location.decode("latin-1"))


def _headers(response: Response) -> dict[str, str]:
    """Return the headers by their names in lower case; values of one name are joined by commas."""
    names = {name.decode("latin-1").lower() for name in response.headers}
    return {name: b",".join(response.headers.getlist(name)).decode("latin-1") for name in names}


def set_pace(settings: BaseSettings) -> None:
    """Let an archive be asked one thing at a time, at its own pace."""
    slots = settings.getdict("DOWNLOAD_SLOTS")
    for slot, delay in zip(_SLOTS, ("WARDNEWS_ARCHIVE_DELAY", "WARDNEWS_ARCHIVE_SEARCH_DELAY"), strict=True):
        slots[slot] = {"concurrency": 1, "delay": settings.getfloat(delay)}
    settings.set("DOWNLOAD_SLOTS", slots, priority="spider")
