"""Runs that ask one archive take turns, request by request: together they keep the archive's pace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from wardnews.errors import Refused
from wardnews.middlewares import back_off_of
from wardnews.middlewares.groups import STOPPED, downloader_of
from wardnews.spiders.groups.leasing import Leasing
from wardnews.store.leases import Taken

if TYPE_CHECKING:
    from wardnews.spiders.archive import ArchiveSpider

_WAIT = 0.2
"""Seconds after which a run asks again whether it is its turn."""


class Turns(Leasing):
    """The turns of one run with the archives that it asks, one request at a time."""

    def __init__(self, spider: "ArchiveSpider") -> None:
        super().__init__(spider)
        self.spider = spider
        self._name = ""
        self._ready = 0.0
        self.opened()  # the spider was before

    def name_of(self, group: str) -> str:  # noqa: ARG002 - searches and captures of an archive are one lease
        """Return the name of the lease of the archive whose turn it is."""
        return self._name

    @asynccontextmanager
    async def turn(self, url: str, group: str) -> AsyncIterator[None]:
        """Wait for this run's turn with the archive of an address, which lasts as long as the block.

        Raises Refused where the run is stopped meanwhile.
        """
        name = f"archive {urlsplit(url).netloc}"
        await asyncio.sleep(self._ready - monotonic())  # it is others' turn
        while (taken := self._take(name, group)) is None:  # noqa: ASYNC110 - other processes signal nothing
            await asyncio.sleep(_WAIT)
        self._name = name
        asked = back_off_of(self.crawler).keep(group, taken.left_alone) if taken.left_alone else 0.0
        try:
            await asyncio.sleep(max(taken.wait, asked))
            yield
        finally:
            slot = downloader_of(self.crawler).slots.get(group)
            self._ready = slot.lastseen + slot.delay if slot else 0.0
            self.give_back(group)

    def _take(self, name: str, group: str) -> Taken | None:
        """Lease an archive; None where another run has it. Raises Refused where this run is stopped."""
        if self.spider.halted:
            raise Refused("{reason}", reason=STOPPED)
        try:
            return self.leases.take(name, self.crawler.settings.getdict("DOWNLOAD_SLOTS")[group]["delay"])
        except SQLAlchemyError as error:
            self.spider.broken(Failure())  # type: ignore[no-untyped-call]
            raise Refused("{reason}", reason=STOPPED) from error
