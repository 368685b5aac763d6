"""How a crawl visits many portals at once: which is next, and when a portal has had its share."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.settings import BaseSettings

from wardnews.locale import Phrase
from wardnews.sites import Site
from wardnews.store.frontier import Frontier
from wardnews.store.tasks import Task

MOST_MISSES = 5
"""How many pages in a row may fail before a portal is left to the next run."""


@dataclass(frozen=True)
class Budget:
    """The bounds of one portal in one run: pages, pages in a row that bring no article, seconds."""

    pages: int
    pages_without_article: int
    seconds: float


@dataclass
class PortalVisit:
    """How far the visit to one portal has come in this run.

    `articles`: how many were put to do. `read`: the ids of those that were read; `known`: the keys of known ones that
    came up. `misses`: pages that failed in a row. `without_article`: pages in a row that brought no article. `left`:
    why the rest is left to the next run; `without_articles`: why its articles are. `done`: whether nothing is left to
    ask for, as far as is known. `menu`: the sections that the home page names. `closed_pages`, `unclosed_pages`:
    pages of articles that end with `</html>`, or do not.
    """

    site: Site
    budget: Budget
    sample: int | None = None
    articles: int = 0
    asked_articles: int = 0
    pages: int = 0
    misses: int = 0
    without_article: int = 0
    left: str | None = None
    without_articles: str | None = None
    done: bool = False
    menu: set[str] | None = None
    closed_pages: int = 0
    unclosed_pages: int = 0
    read: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    began: float = 0.0

    @property
    def sample_reached(self) -> bool:
        """Whether enough articles for the sample are put to do."""
        return self.sample is not None and self.articles >= self.sample

    @property
    def sample_asked(self) -> bool:
        """Whether all articles of the sample are asked for."""
        return self.sample is not None and self.asked_articles >= self.sample

    @property
    def is_late(self) -> bool:
        """Whether the portal has had its time in this run."""
        return time.monotonic() - self.began >= self.budget.seconds

    def asked(self, *, article: bool) -> None:
        """Count a page that is asked for, and leave the rest where the portal has had its share."""
        self.pages += 1
        self.asked_articles += article
        self.without_article += 1
        if self.pages >= self.budget.pages:
            self.left = str(Phrase("{count} pages in one run", count=self.budget.pages))
        elif self.without_article >= self.budget.pages_without_article:
            many = self.budget.pages_without_article
            self.left = str(Phrase("{count} pages in a row without an article", count=many))
        elif self.is_late:
            self.left = str(Phrase("{count} seconds in one run", count=round(self.budget.seconds)))

    def missed(self, cause: str, weight: int = 1, *, article: bool = False) -> None:
        """Count a page that failed, and leave the rest where the portal does not answer.

        Where it is articles that fail only they are left: what is new shows on the lists.
        """
        self.misses += weight
        if self.misses < MOST_MISSES:
            return
        reason = cause
        if weight == 1:
            reason = str(Phrase("{cause}, {count} times in a row", cause=str(cause), count=self.misses))
        if article and self.without_articles is None:
            self.without_articles = reason
        else:
            self.left = self.without_articles or reason


@dataclass
class Group:
    """The portals of one politeness group, which are visited in turn, one request at a time.

    `delay`: seconds between requests. `is_open`: whether this run is at it.
    """

    slot: str
    concurrency: int
    delay: float
    visits: deque[PortalVisit] = field(default_factory=deque)
    under_way: int = 0
    is_open: bool = False


class Schedule:
    """The visits of a run in their politeness groups: each group has as many requests under way as it may have."""

    def __init__(
        self,
        sites: Iterable[Site],
        settings: BaseSettings,
        slots: dict[str, dict[str, Any]],
        frontier: Frontier,
        request: Callable[[PortalVisit, Task], Request],
        sample: int | None,
        stopping: Callable[[], bool],
    ) -> None:
        budget = Budget(
            settings.getint("WARDNEWS_PORTAL_PAGES"),
            settings.getint("WARDNEWS_PORTAL_PAGES_NO_ITEM"),
            settings.getfloat("WARDNEWS_PORTAL_SECONDS"),
        )
        self.frontier = frontier
        self.request = request
        self.stopping = stopping
        self.files: Callable[[Group], Iterator[Request]] | None = None
        """What asks for the files of a group, behind its pages."""
        self.visits = {site.key: PortalVisit(site, budget, sample) for site in sites}
        self.groups: dict[str, Group] = {}
        for visit in self.visits.values():
            slot = visit.site.slot()
            group = self.groups.setdefault(slot, Group(slot, slots[slot]["concurrency"], slots[slot]["delay"]))
            group.visits.append(visit)

    def next_requests(self, group: Group) -> Iterator[Request]:
        """Return the requests for the next pages of a politeness group, its portals in turn."""
        waiting = len(group.visits) if group.is_open else 0
        while waiting and group.under_way < group.concurrency:
            visit = group.visits[0]
            group.visits.rotate(-1)
            ended = self.stopping() or visit.left or visit.sample_asked
            only_lists = visit.without_articles is not None
            task = None if ended else self.frontier.next_task(visit.site.key, only_lists=only_lists)
            visit.done = task is None
            if task is None:
                visit.left = visit.left or visit.without_articles
                waiting -= 1
                continue
            waiting = len(group.visits)
            group.under_way += 1
            visit.asked(article=task.kind == "article")
            yield self.request(visit, task)
        if self.files and group.is_open and not group.under_way and not self.stopping():
            yield from self.files(group)

    def answered(self, site: Site) -> Iterator[Request]:
        """Return the requests that follow in its group once a page of a portal is done."""
        group = self.groups[site.slot()]
        group.under_way -= 1
        yield from self.next_requests(group)


def download_slots(settings: BaseSettings, sites: Iterable[Site]) -> dict[str, dict[str, Any]]:
    """Return the download slot of each politeness group: one request at a time, the longest delay of its portals."""
    slots = settings.getdict("DOWNLOAD_SLOTS")
    for site in sites:
        slot = slots.setdefault(site.slot(), {"concurrency": 1, "delay": 0.0})
        delay = settings.getfloat("DOWNLOAD_DELAY") if site.delay is None else site.delay
        slots[site.slot()] = slot | {"delay": max(slot["delay"], delay)}
    return slots
