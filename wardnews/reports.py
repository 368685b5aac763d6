"""What happened: the count of each portal, the closing lines, the progress line and the exit status of a run."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import create_looping_call

from wardnews.items import Article
from wardnews.pipelines import OUTSIDE

if TYPE_CHECKING:
    from rich.status import Status

_LINE_EVERY = 60.0
_ALWAYS = {"schema", "id", "url", "site", "title", "text", "language", "layout", "via", "crawled_at", "first_seen"}
_OF_THE_RUN = {"version", "change", "content_hash", "flags", "place_basis"}
FIELDS = tuple(part.name for part in fields(Article) if part.name not in _ALWAYS | _OF_THE_RUN)
"""The fields whose coverage is told: those that a page may lack."""


class ExitStatus(IntEnum):
    """Name the exit statuses of the `wardnews` command."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    SICK = 3
    STOPPED = 4


@dataclass
class Portal:
    """Hold the counts of one portal in one run."""

    pages: int = 0
    outside: int = 0
    failed: int = 0
    known: int = 0
    listings: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    sick: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def records(self) -> int:
        """Count the records of all changes."""
        return self.changes.total()

    @property
    def sickness(self) -> str | None:
        """Say what makes the portal sick, if anything does: nothing to read, or a listing that lists nothing."""
        if self.sick:
            return ", ".join(self.sick)
        if not (self.records or self.outside or self.known):
            return "nothing could be read"
        return None if self.listings else "no listing page among the sections"

    def coverage(self) -> Iterator[tuple[str, float]]:
        """Give the share of records that have something in a field, field by field."""
        for name in FIELDS:
            yield name, self.filled[name] / self.records if self.records else 0.0

    def lines(self, key: str) -> Iterator[str]:
        """Write the closing lines of the portal."""
        counts = (f"{self.changes[change]} {change}" for change in ("new", "edited"))
        rest = f"{self.known} known, {self.changes['gone']} gone, {self.failed} failed, {self.seconds:.1f} s"
        yield f"{key}: {self.pages} pages, {', '.join(counts)}, {rest}"
        if self.records:
            yield "  coverage: " + ", ".join(f"{name} {share:.0%}" for name, share in self.coverage() if share)
            yield "  never there: " + (", ".join(name for name, share in self.coverage() if not share) or "none")
        for cause, count in (self.troubles + self.dropped + self.sick).most_common():
            yield f"  {cause}: {count} page{'s'[: count > 1]}"
        if self.outside:
            yield f"  {OUTSIDE}: {self.outside} articles"
        if self.sickness:
            yield f"  sick: {self.sickness}"


class RunReport:
    """Count what happens in a run, by portal; with WARDNEWS_PROGRESS also say so while it runs, on standard error."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.portals: dict[str, Portal] = {}
        self.errors = 0
        self.reason = "not started"
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._line: Any = None
        self._status: Status | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl's signals."""
        report = cls(crawler)
        for handler, signal in (
            (report.opened, signals.spider_opened),
            (report.page, signals.response_received),
            (report.record, signals.item_scraped),
            (report.drop, signals.item_dropped),
            (report.error, signals.item_error),
            (report.error, signals.spider_error),
            (report.closed, signals.spider_closed),
        ):
            crawler.signals.connect(handler, signal=signal)
        return report

    def opened(self, spider: Spider) -> None:
        """Start the counts, and the progress line where it is wanted."""
        self.portals = {key: Portal() for key in getattr(spider, "sites", {})}
        if not self.crawler.settings.getbool("WARDNEWS_PROGRESS"):
            return
        if self.console.is_terminal:
            self._status = self.console.status(self.progress())
            self._status.start()
        self._line = create_looping_call(self.tell)
        self._line.start(0.5 if self._status else _LINE_EVERY, now=False)

    def progress(self) -> str:
        """Write the progress line."""
        pages, records = (sum(getattr(p, name) for p in self.portals.values()) for name in ("pages", "records"))
        failed = sum(portal.failed for portal in self.portals.values())
        return f"{len(self.portals)} portals: {pages} pages, {records} articles, {failed} failed"

    def tell(self) -> None:
        """Renew the live line of a terminal, or print a line into a pipe."""
        self._collect()
        if self._status:
            self._status.update(self.progress())
        else:
            self.console.print(self.progress())

    def page(self, request: Request) -> None:
        """Count a page."""
        if portal := self.portals.get(request.meta.get("site", "")):
            portal.pages += 1
            portal.seconds = time.monotonic() - portal.started

    def record(self, item: Article) -> None:
        """Count a record, and what it has."""
        portal = self.portals.setdefault(item.site, Portal())
        portal.changes[item.change] += 1
        portal.filled.update(name for name in FIELDS if getattr(item, name) not in (None, [], ""))

    def drop(self, item: Article, exception: DropItem) -> None:
        """Count an article that a pipeline dropped, by its reason."""
        reason = str(exception).partition(":")[0]
        if reason == OUTSIDE:
            self.crawler.stats.inc_value(f"wardnews/{item.site}/outside")
        else:
            self.portals.setdefault(item.site, Portal()).dropped[reason] += 1

    def error(self) -> None:
        """Count a page or an article that broke our own code."""
        self.errors += 1

    def closed(self, reason: str) -> None:
        """Close the counts and the progress line."""
        self.reason = reason
        self._collect()
        if self._line:
            self._line.stop()
        if self._status:
            self._status.stop()

    def _collect(self) -> None:
        """Take in what the spider counted."""
        for name, value in self.crawler.stats.get_stats().items():
            _, _, rest = name.partition("wardnews/")
            key, _, what = rest.partition("/")
            if portal := self.portals.get(key):
                kind, _, cause = what.partition("/")
                if kind in ("troubles", "sick"):
                    getattr(portal, kind)[cause] = value
                elif kind in ("failed", "outside", "known", "listings"):
                    setattr(portal, kind, value)

    def status(self) -> ExitStatus:
        """Judge the run."""
        stats = self.crawler.stats.get_stats()
        fed = any(name.startswith("feedexport/success") for name in stats)
        failed = any(name.startswith("feedexport/failed") for name in stats)
        if self.errors or failed or not fed or self.reason == "not started":
            return ExitStatus.FAILED
        if self.reason != "finished":
            return ExitStatus.STOPPED
        return ExitStatus.SICK if any(portal.sickness for portal in self.portals.values()) else ExitStatus.FINE

    def lines(self) -> Iterator[str]:
        """Write the closing lines of the run."""
        for key, portal in self.portals.items():
            yield from portal.lines(key)
        if self.errors:
            yield f"{self.errors} errors in wardnews itself: see the log"
        if self.reason != "finished":
            yield f"stopped early: {self.reason}"
