"""How a run keeps its leases: it renews them, and asks for leave before each request that it sends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from wardnews.errors import LeaseLost
from wardnews.middlewares import NotNow
from wardnews.middlewares.groups import STOPPED, downloader_of, group_of, rest
from wardnews.store.leases import TRUSTED, Leases

if TYPE_CHECKING:
    from wardnews.spiders.common import StoredSpider


class Leasing:
    """The leases of a spider's run; `patience`: how many times longer than a page an answer may take."""

    def __init__(self, spider: "StoredSpider", *, patience: float = 1) -> None:
        self.crawler = spider.crawler
        self.stop_for = spider.broken
        timeout = patience * self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self.leases = Leases(spider.store, spider.run, timeout)
        self._renewing = create_looping_call(self.renew)
        for handler, signal in ((self.opened, signals.spider_opened), (self.closed, signals.spider_closed)):
            self.crawler.signals.connect(handler, signal=signal)

    def opened(self) -> None:
        """Keep renewing what is leased."""
        self._renewing.start(TRUSTED, now=False)

    def closed(self) -> None:
        """Stop renewing."""
        self._renewing.stop()

    def renew(self) -> None:
        """Renew all leases."""
        self._is_done(self.leases.renew)

    def name_of(self, group: str) -> str:
        """Return the name of the lease of a download slot."""
        return group

    @contextmanager
    def asking(self, request: Request) -> Iterator[None]:
        """Note that a request is under way as long as the block lasts; raise NotNow where it must not be sent."""
        group = group_of(self.crawler, request)
        name, slot = self.name_of(group), downloader_of(self.crawler).slots[group]
        if not self._is_done(lambda: self.leases.ask(name, slot.delay)):
            raise NotNow("{reason}", reason=STOPPED)
        rest(slot)  # what delays a request on its way must not bring the next one closer to it
        try:
            yield
        finally:
            self.leases.answered(name)

    def leave_alone(self, group: str, seconds: float) -> None:
        """Write for all runs that whoever has a download slot asked to be left alone."""
        self._is_done(lambda: self.leases.leave_alone(self.name_of(group), seconds))

    def give_back(self, group: str) -> None:
        """Let go of the lease of a download slot, and leave what is to be known of its pace."""
        slot = downloader_of(self.crawler).slots.get(group)
        ready = slot.lastseen + slot.delay if slot else None
        self._is_done(lambda: self.leases.give_back(self.name_of(group), ready))

    def _is_done(self, act: Callable[[], None]) -> bool:
        """Do something with leases; return whether it was done, and stop the run where one is lost."""
        try:
            act()
        except (LeaseLost, SQLAlchemyError):
            self.stop_for(Failure())  # type: ignore[no-untyped-call]
            return False
        return True
