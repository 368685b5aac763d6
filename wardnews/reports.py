"""What happened: the count of each portal, the closing lines and the report, progress and exit status of a run."""

import json
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import SQLAlchemyError

from wardnews import text
from wardnews.exporters import write_lines
from wardnews.items import Article
from wardnews.pipelines import KNOWN, OUTSIDE
from wardnews.spiders.common import StoredSpider
from wardnews.store import Store

if TYPE_CHECKING:
    from rich.status import Status

_logger = logging.getLogger(__name__)
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
    LOCKED = 5


@dataclass
class Portal:
    """Hold the counts of one portal in one run."""

    pages: int = 0
    outside: int = 0
    failed: int = 0
    met: int = 0
    unchanged: int = 0
    listings: int = 0
    partial: int = 0
    left: str | None = None
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
    def known(self) -> int:
        """Count the known articles that were met and are as they were."""
        return max(0, self.met - sum(self.changes[change] for change in ("edited", "back", "gone")))

    @property
    def sickness(self) -> str | None:
        """Say what makes the portal sick, if anything does: nothing to read, or a listing that lists nothing."""
        if self.sick:
            return ", ".join(self.sick)
        if not (self.records or self.outside or self.known or self.unchanged):
            return "nothing could be read"
        return None if self.listings or self.partial else "no listing page among the sections"

    def summary(self) -> dict[str, Any]:
        """Give the counts as JSON has them; coverage as shares of the records."""
        return {
            "pages": self.pages,
            **{change: self.changes[change] for change in ("new", "edited", "gone", "back")},
            "known": self.known,
            "outside": self.outside,
            "failed": self.failed,
            "seconds": round(self.seconds, 1),
            "coverage": {name: round(share, 3) for name, share in self.coverage()} if self.records else {},
            "troubles": dict(self.troubles + self.dropped + self.sick),
            "sick": self.sickness,
            "left": self.left,
        }

    def coverage(self) -> Iterator[tuple[str, float]]:
        """Give the share of records that have something in a field, field by field."""
        for name in FIELDS:
            yield name, self.filled[name] / self.records if self.records else 0.0

    def lines(self, key: str) -> Iterator[str]:
        """Write the closing lines of the portal."""
        counts = (f"{self.changes[change]} {change}" for change in ("new", "edited"))
        gone = f"{self.changes['gone']} gone" + (f", {self.changes['back']} back" if self.changes["back"] else "")
        rest = f"{self.known} known, {gone}, {self.failed} failed, {self.seconds:.1f} s"
        yield f"{key}: {self.pages} pages, {', '.join(counts)}, {rest}"
        if self.records:
            yield "  coverage: " + ", ".join(f"{name} {share:.0%}" for name, share in self.coverage() if share)
            yield "  never there: " + (", ".join(name for name, share in self.coverage() if not share) or "none")
        for cause, count in (self.troubles + self.dropped + self.sick).most_common():
            yield f"  {cause}: {count} page{'s'[: count > 1]}"
        if self.outside:
            yield f"  {OUTSIDE}: {self.outside} articles"
        if self.left:
            yield f"  left to the next run: {self.left}"
        if self.sickness:
            yield f"  sick: {self.sickness}"


class _Screen(Console):
    """Show progress for as long as anybody looks; Rich would end the process, in the midst of the reactor's work."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


class RunReport:
    """Count what happens in a run, by portal; with WARDNEWS_PROGRESS also say so while it runs, on standard error.

    When all is over, write the run's feed and, beside it, its report. `feed`: where, None as long as it is not whole.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.folder = Path(crawler.settings["WARDNEWS_OUTPUT"])
        self.began = text.timestamp()
        self.feed: Path | None = None
        self.failure: str | None = None
        self.portals: dict[str, Portal] = {}
        self.errors = 0
        self.reason = "not started"
        self.console = _Screen(stderr=True, highlight=False, soft_wrap=True)
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
            (report.finish, signals.engine_stopped),
        ):
            crawler.signals.connect(handler, signal=signal)
        return report

    def opened(self, spider: Spider) -> None:
        """Start the counts, and the progress line where it is wanted."""
        self.portals = {key: Portal() for key in getattr(spider, "sites", {})}
        if isinstance(spider, StoredSpider):
            self.finish_killed(spider.store)
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
        elif reason != KNOWN:
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
                elif kind == "known":
                    portal.met = value
                elif kind == "pages":
                    portal.pages, portal.seconds = value, time.monotonic() - portal.started
                elif kind in ("failed", "outside", "listings", "partial", "unchanged"):
                    setattr(portal, kind, value)
        for key, walk in getattr(self.crawler.spider, "walks", {}).items():
            self.portals[key].left = walk.left

    # --- feed and report ---

    def finish(self) -> None:
        """End the visits, write the feed and the report, let go of the store."""
        spider = self.crawler.spider
        if not isinstance(spider, StoredSpider):
            return
        try:
            for key in spider.ledger.visits:
                spider.ledger.end(key, self.portals[key].summary(), sampled=spider.sample is not None)
            spider.ledger.close()
            feed = self.folder / f"{spider.run}.jsonl"
            records = write_lines(spider.store.feed(spider.run), feed)
            self.feed = feed
            self._write_report(spider.run, self._report(spider, records))
            spider.store.end_run(spider.run, now=text.timestamp(), reason=self.reason, feed=str(feed))
        except (OSError, SQLAlchemyError) as error:
            cause = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
            self.failure = f"the feed could not be completed: {cause}; the next run writes it"
            _logger.error(self.failure)  # noqa: TRY400 - no trace: it is the disk or the database
        finally:
            spider.store.close()

    def finish_killed(self, store: Store) -> None:
        """Write the feeds and reports of runs that were killed before they could."""
        for run in store.unfinished_runs():
            if run != self.crawler.spider.run:  # type: ignore[union-attr]
                feed = self.folder / f"{run}.jsonl"
                report = {"run": run, "reason": "killed", "status": ExitStatus.STOPPED, "feed": str(feed)}
                self._write_report(run, {**report, "records": write_lines(store.feed(run), feed)})
                store.end_run(run, now=text.timestamp(), reason="killed", feed=str(feed))
                store.unlock(f"run-{run}")

    def _report(self, spider: StoredSpider, records: int) -> dict[str, Any]:
        return {
            "run": spider.run,
            "began": self.began,
            "ended": text.timestamp(),
            "reason": self.reason,
            "status": int(self.status()),
            "feed": str(self.feed),
            "records": records,
            "errors": self.errors,
            "locked": spider.locked,
            "portals": {key: portal.summary() for key, portal in self.portals.items()},
        }

    def _write_report(self, run: str, report: dict[str, Any]) -> None:
        write_lines([json.dumps(report, ensure_ascii=False, indent=2)], self.folder / f"{run}.report.json")

    def status(self) -> ExitStatus:
        """Judge the run."""
        stats = self.crawler.stats.get_stats()
        failed = any(name.startswith("feedexport/failed") for name in stats)
        if self.errors or failed or not self.feed or self.reason == "not started":
            return ExitStatus.FAILED
        if self.reason != "finished":
            return ExitStatus.STOPPED
        if any(portal.sickness for portal in self.portals.values()):
            return ExitStatus.SICK
        return ExitStatus.LOCKED if getattr(self.crawler.spider, "locked", None) else ExitStatus.FINE

    def lines(self) -> Iterator[str]:
        """Write the closing lines of the run."""
        for key, portal in self.portals.items():
            yield from portal.lines(key)
        for key in getattr(self.crawler.spider, "locked", ()):
            yield f"{key}: left out, another run is at it"
        if self.failure:
            yield self.failure
        if self.errors:
            yield f"{self.errors} errors in wardnews itself: see the log"
        if self.reason != "finished":
            yield f"stopped early: {self.reason}"
