"""How a crawl comes by politeness groups: it takes one after the other, and gives each back when it is done.

A group is leased in the store as long as it is visited. The next one is taken when a page is done: runs that begin
together share the groups, and one that is alone soon has them all.
"""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from scrapy import Request, signals
from sqlalchemy.engine import Connection

from wardnews.locale import Phrase
from wardnews.middlewares import back_off_of
from wardnews.middlewares.groups import hold
from wardnews.sites import Site
from wardnews.spiders.files.live import PATIENCE
from wardnews.spiders.groups.leasing import Leasing
from wardnews.spiders.groups.scheduling import Group
from wardnews.store.leases import Taken
from wardnews.store.queries import is_due

if TYPE_CHECKING:
    from wardnews.spiders.portal import PortalSpider

BEGUN, ENDED = object(), object()
"""The signals that the visit to a portal (`site`) begins in this run, and that it is over."""
_AGAIN = 5.0
"""Seconds after which it is tried again to take the groups that other runs were at."""


class GroupTaking(Leasing):
    """The politeness groups of a crawl: those that are `waiting`, those that other runs are at, those that it leases.

    `elsewhere`: the portals that were due, and that another run has visited meanwhile.
    """

    def __init__(self, spider: "PortalSpider", *, keeps_files: bool) -> None:
        super().__init__(spider, patience=PATIENCE if keeps_files else 1)
        self.spider = spider
        self.waiting: deque[Group] = deque()
        self.busy: list[Group] = []
        self.elsewhere: set[str] = set()
        self._tried = monotonic()

    def opened(self) -> None:
        """Have all groups to take, keep renewing those that are taken, and go on after each article."""
        super().opened()
        # The run's report listens from before: it counts an article before the visit that ends with it is judged.
        for done in (signals.item_scraped, signals.item_dropped, signals.item_error):
            self.crawler.signals.connect(self.spider.item_done, signal=done)
        self.waiting.extend(self.spider.schedule.groups.values())

    def closed(self) -> None:
        """Stop renewing; name the portals that are left to other runs."""
        super().closed()
        self.spider.locked += [visit.site.key for group in self.busy for visit in group.visits]
        if self.elsewhere:
            note = Phrase("portals that other runs visited meanwhile: {count}", count=len(self.elsewhere))
            self.spider.notes.append(str(note))

    # --- groups ---

    def more(self) -> Iterator[Request]:
        """Take the next group that is free, and return its first requests; none where there is no such group."""
        if self.busy and monotonic() - self._tried > _AGAIN:
            self.retry()
        while self.waiting and not self.spider.stopping:
            group = self.waiting.popleft()
            taken = self._take(group)
            if taken and (requests := self._begin(group, taken)):
                yield from requests
                return

    def next(self, site: Site) -> Iterator[Request]:
        """Return the requests that follow once a page of a portal is done: of its group, and of a further one."""
        yield from self.spider.schedule.answered(site)
        self.done(self.spider.schedule.groups[site.slot()])
        yield from self.more()

    def retry(self) -> None:
        """Put the groups that other runs were at among those that are to be taken."""
        self._tried = monotonic()
        self.waiting.extend(self.busy)
        self.busy.clear()

    def rest(self) -> Iterator[Request]:
        """Return what is left to ask for when nothing is under way, and give back what is done."""
        requests = [one for group in self._open() for one in self.spider.schedule.next_requests(group)]
        if not requests:
            self.give_back_idle()
            self.retry()
            requests = list(self.more())
        yield from requests

    def done(self, group: Group) -> None:
        """End the visits to a group of which nothing is left to ask for, and give it back."""
        if group.is_open and not group.under_way and not self.spider.stopping:
            self._end(group)

    def give_back_idle(self) -> None:
        """End the visits to all such groups, and give them back."""
        for group in self._open():
            self.done(group)

    def _open(self) -> list[Group]:
        return [group for group in self.spider.schedule.groups.values() if group.is_open]

    def _take(self, group: Group) -> Taken | None:
        """Lease a group, unless another run is at it or no portal of it is to be visited any more."""
        taken = self.leases.take(group.slot, group.delay, lambda: self._is_wanted(group))
        if taken is None and group.visits:
            self.busy.append(group)
        return taken

    def _is_wanted(self, group: Group) -> bool:
        """Leave out the portals that another run has visited meanwhile; return whether any are left."""
        if self.spider.only_due:
            now = datetime.now(UTC)
            for visit in [visit for visit in group.visits if not is_due(self.spider.store, visit.site.key, now)]:
                group.visits.remove(visit)
                self.elsewhere.add(visit.site.key)
        return bool(group.visits)

    def _begin(self, group: Group, taken: Taken) -> list[Request]:
        """Begin the visits to the portals of a group; return the first requests, none where all is done already."""
        for visit in list(group.visits):
            key = visit.site.key
            if not self.spider.store.locks.take(f"site-{key}", shared=True):  # its articles are being written
                group.visits.remove(visit)
                self.spider.locked.append(key)
        group.is_open = True
        for visit in group.visits:
            visit.began = monotonic()
            self.spider.begin_visit(visit)
        asked = back_off_of(self.crawler).keep(group.slot, taken.left_alone) if taken.left_alone else 0.0
        requests = list(self.spider.schedule.next_requests(group))
        if requests:
            hold(self.crawler, requests[0], max(taken.wait, asked))
        else:
            self._end(group)
        return requests

    def _end(self, group: Group) -> None:
        """End the visits to the portals of a group, and give it back."""
        for visit in group.visits:
            self.crawler.signals.send_catch_log(ENDED, site=visit.site.key)
        self._let_go(group)

    def _let_go(self, group: Group) -> None:
        """Return a group to whoever comes."""
        group.is_open, locks = False, self.spider.store.locks
        for visit in group.visits:
            if locks.is_own(lock := f"site-{visit.site.key}"):
                locks.release(lock)
        self.give_back(group.slot)

    def give_back_all(self) -> None:
        """Let go of what is leased at the end of a run."""
        for group in self._open():
            self._let_go(group)

    def fence(self, connection: Connection, site: str) -> None:
        """Renew the lease of a portal's group in a transaction that writes for it; raise LeaseLost where it is lost."""
        self.leases.check(connection, self.spider.sites[site].slot())
