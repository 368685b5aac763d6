"""What happened: the count of each portal, the closing lines and the report, progress and exit status of a run."""

import json
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from wardnews.archives.plan import in_words, seconds_left
from wardnews.errors import ExitStatus
from wardnews.exporters import UNWRITTEN, write_lines
from wardnews.items import Article
from wardnews.pipelines import KNOWN, OUTSIDE
from wardnews.reports import health
from wardnews.reports.health import FIELDS, Finding, Past
from wardnews.spiders.archive import PLANNED, ArchiveSpider
from wardnews.spiders.common import StoredSpider
from wardnews.spiders.counts import PortalCounts
from wardnews.spiders.portal import PortalSpider
from wardnews.store import queries
from wardnews.store.database import Store, trouble_of
from wardnews.store.near_duplicates import assign
from wardnews.text.clock import VIETNAM, timestamp

if TYPE_CHECKING:
    from rich.status import Status

_logger = logging.getLogger(__name__)
_LINE_EVERY = 60.0
_RENEWED_EVERY = 1.0
_MOST_HEADERS = 5
_UNREAD = {"header_unread", "header_partly_read"}
_PAST_VISITS, _NEWEST, _DAYS = 40, 150, 500


@dataclass
class Portal:
    """Hold what became of one portal in one run, and what was found wrong with it; `counts` are its spider's."""

    counts: PortalCounts = field(default_factory=PortalCounts)
    left: str | None = None
    changes: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    headers: dict[str, None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def records(self) -> int:
        """Count the records of all changes."""
        return self.changes.total()

    @property
    def known(self) -> int:
        """Count the known articles that were met and are as they were."""
        return max(0, self.counts.known - sum(self.changes[change] for change in ("edited", "back", "gone")))

    @property
    def causes(self) -> Counter[str]:
        """Count the pages that gave trouble, and the articles that were dropped, by cause."""
        return self.counts.troubles + self.dropped

    @property
    def is_sick(self) -> bool:
        """Tell whether anything found wrong makes the portal sick."""
        return any(found.sick for found in self.findings)

    def judge(self, began: str, past: list[Past], *, stopped: bool, **known: Any) -> None:
        """Judge the visit that began then; of one that was stopped nothing is missing. `health.judge` takes `known`."""
        counts = {
            "read": self.records or self.counts.outside or self.known or self.counts.unchanged or stopped,
            "listings": self.counts.listings,
            "partial": self.counts.partial or stopped,
            "sick": self.counts.unhealthy,
            "causes": self.causes,
            "headers": list(self.headers),
            "layouts": self.counts.layouts,
        }
        self.findings = health.judge(counts, began, past, **known)

    def summary(self) -> dict[str, Any]:
        """Give what the report says of the portal, as JSON has it.

        Counts of pages and articles; `seconds` until the last page came; `coverage`: the share of the run's records
        that have something in a field; `layouts`: pages by layout; `causes`: pages by what was wrong with them;
        `headers`: header lines that were not read whole, five at most; `findings`: what is wrong with the portal
        (`name`, `what`, `since`, `sick`); `sick`: whether one of them makes it sick; `left`: why the rest of it is
        left to the next run.
        """
        return {
            "pages": self.counts.pages,
            **{change: self.changes[change] for change in ("new", "edited", "gone", "back")},
            "known": self.known,
            "outside": self.counts.outside,
            "failed": self.counts.failed,
            "seconds": round(self.counts.seconds, 1),
            "coverage": {name: round(share, 3) for name, share in self.coverage()} if self.records else {},
            "layouts": dict(self.counts.layouts),
            "causes": dict((self.causes + self.counts.unhealthy).most_common()),
            "headers": list(self.headers),
            "findings": [found._asdict() for found in self.findings],
            "sick": self.is_sick,
            "left": self.left,
        }

    def coverage(self) -> Iterator[tuple[str, float]]:
        """Give the share of records that have something in a field, field by field."""
        for name in FIELDS:
            yield name, self.filled[name] / self.records if self.records else 0.0

    def lines(self, key: str, began: str = "") -> Iterator[str]:
        """Write the closing lines of the portal; what was found wrong since before `began` has its day."""
        notes = [found for found in self.findings if not found.sick]
        silent = next((f"; silent since {found.since}" for found in notes if found.name == "silent"), "")
        yield f"{key}: {_counts(self)}, {self.counts.seconds:.1f} s{silent}"
        if self.records:
            yield f"  coverage: {self._coverage_line()}"
        for cause, count in self.causes.most_common():
            yield f"  {cause}: {count} page{'s'[: count > 1]}"
        if outside := self.counts.outside:
            yield f"  {OUTSIDE}: {outside} article{'s'[: outside > 1]}"
        if self.left:
            yield f"  left to the next run: {self.left}"
        for found in notes:
            if found.name != "silent":
                yield f"  note: {found.what}{_since(found, began)}"
        for found in self.findings:
            if found.sick:
                yield f"  sick: {found.what}{_since(found, began)}"

    def _coverage_line(self) -> str:
        """Write the coverage of each field, those of the same share together, the fullest first."""
        shares: dict[str, list[str]] = {}
        for name, share in sorted(self.coverage(), key=lambda one: -one[1]):
            shares.setdefault(f"{share:.0%}" if share else "never", []).append(name)
        return "; ".join(f"{share} {', '.join(names)}" for share, names in shares.items())


def _since(found: Finding, began: str) -> str:
    return f" (since {found.since[:10]})" if found.name != "silent" and found.since[:10] < began[:10] else ""


def _counts(portal: Portal) -> str:
    changes, number = portal.changes, portal.counts.pages
    back = f", {changes['back']} back" if changes["back"] else ""
    pages, new, edited = f"{number:,} page{'s'[: number != 1]}", changes["new"], changes["edited"]
    told = f"{pages}, {new:,} new, {edited:,} edited, {portal.known:,} known"
    return f"{told}, {changes['gone']:,} gone{back}, {portal.counts.failed:,} failed"


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
        self.began = timestamp()
        self.feed: Path | None = None
        self.failure: str | None = None
        self.portals: dict[str, Portal] = {}
        self.errors = 0
        self.store_failed = False
        self.reason = "not started"
        self.console = _Screen(stderr=True, highlight=False, soft_wrap=True)
        self._started = time.monotonic()
        self._marks: list[tuple[float, int]] = []
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
            (report.plan, PLANNED),
            (report.closed, signals.spider_closed),
            (report.finish, signals.engine_stopped),
        ):
            crawler.signals.connect(handler, signal=signal)
        return report

    def opened(self, spider: Spider) -> None:
        """Start the counts, and the progress line where it is wanted."""
        if isinstance(spider, StoredSpider):
            self.portals = {key: Portal(counts) for key, counts in spider.counts.items()}
            self.finish_killed(spider.store)
        if not self.crawler.settings.getbool("WARDNEWS_PROGRESS"):
            return
        if self.console.is_terminal:
            self._status = self.console.status(self.progress())
            self._status.start()
        self._line = create_looping_call(self.tell)
        self._line.start(_RENEWED_EVERY if self._status else _LINE_EVERY, now=False)

    def progress(self) -> str:
        """Write the progress line."""
        portals = self.portals.values()
        pages, failed = (sum(getattr(portal.counts, name) for portal in portals) for name in ("pages", "failed"))
        new, edited = (sum(portal.changes[change] for portal in portals) for change in ("new", "edited"))
        done, waiting = self._still_to_do()
        speed = pages / max(time.monotonic() - self._started, 0.1)
        told = f"{done}/{len(portals)} portals, {pages:,} pages ({speed:.1f}/s), {new:,} new, {edited:,} edited"
        return f"{told}, {failed:,} failed, {waiting:,} waiting{self._time_left()}"

    def _time_left(self) -> str:
        """Say how long a backfill still takes, by what was done in the last minutes, as soon as that can be told."""
        spider = self.crawler.spider
        if not isinstance(spider, ArchiveSpider):
            return ""
        left = sum(spider.frontier.left.values())
        self._marks.append((time.monotonic(), -left))
        seconds = seconds_left(self._marks, left)
        return f", {in_words(seconds)} left" if seconds else ""

    def plan(self, site: str) -> None:
        """Show what an archive has of a portal, and what it costs, before it is read."""
        spider = self.crawler.spider
        shown = self.crawler.settings.getbool("WARDNEWS_PROGRESS")
        if isinstance(spider, ArchiveSpider) and (shown or spider.only_plan):
            for line in spider.plan_lines(site):
                self.console.print(f"{site}: {line}", markup=False)

    def _still_to_do(self) -> tuple[int, int]:
        """Count the portals that are done, and the pages that are known and still to do."""
        spider = self.crawler.spider
        if isinstance(spider, ArchiveSpider):
            return sum(not left for left in spider.frontier.left.values()), sum(spider.frontier.left.values())
        if not isinstance(spider, PortalSpider):
            return 0, 0
        visits = spider.schedule.visits
        done = sum(visit.done for visit in visits.values())
        return done, queries.pages_to_do(spider.store, [key for key, visit in visits.items() if not visit.left])

    def tell(self) -> None:
        """Renew the live line of a terminal, or print a line into a pipe."""
        if self._status:
            self._status.update(self.progress())
        else:
            self.console.print(self.progress())

    def page(self, request: Request) -> None:
        """Count a page."""
        if portal := self.portals.get(request.meta.get("site", "")):
            portal.counts.page()

    def record(self, item: Article) -> None:
        """Count a record, and what it has."""
        portal = self.portals.setdefault(item.site, Portal())
        portal.changes[item.change] += 1
        portal.filled.update(name for name in FIELDS if getattr(item, name) not in (None, [], ""))
        if item.header and item.flags and len(portal.headers) < _MOST_HEADERS and not _UNREAD.isdisjoint(item.flags):
            portal.headers[item.header] = None

    def drop(self, item: Article, exception: DropItem) -> None:
        """Count an article that a pipeline dropped, by its reason."""
        reason = str(exception).partition(":")[0]
        portal = self.portals.setdefault(item.site, Portal())
        if reason == OUTSIDE:
            portal.counts.outside += 1
        elif reason != KNOWN:
            portal.dropped[reason] += 1

    def error(self, failure: Failure) -> None:
        """Count a page or an article that broke our own code, but not one that the store failed on."""
        if isinstance(failure.value, SQLAlchemyError):
            self.store_failed = True
        else:
            self.errors += 1

    def closed(self, reason: str) -> None:
        """Close the counts, and the progress line; Scrapy's stats, which are dumped next, show them too."""
        self.reason = reason
        for key, portal in self.portals.items():
            for name, number in portal.counts.totals():
                self.crawler.stats.set_value(f"wardnews/{key}/{name}", number)
        spider = self.crawler.spider
        for key, visit in spider.schedule.visits.items() if isinstance(spider, PortalSpider) else ():
            self.portals[key].left = visit.left
        if self._line:
            self._line.stop()
        if self._status:
            self._status.stop()

    # --- feed and report ---

    def finish(self) -> None:
        """End the visits, write the feed and the report, let go of the store."""
        spider = self.crawler.spider
        if not isinstance(spider, StoredSpider):
            return
        try:
            for key in self.portals:
                self._judge(spider, key)
            if isinstance(spider, PortalSpider):
                for key in spider.frontier.visits:
                    spider.frontier.end(key, self.portals[key].summary(), sampled=spider.sample is not None)
            spider.frontier.close()
            assign(spider.store)
            feed = self.folder / f"{spider.run}.jsonl"
            records = write_lines(queries.feed(spider.store, spider.run), feed)
            self.feed = feed
            self._write_report(spider.run, self._report(spider, records))
            spider.store.end_run(spider.run, now=timestamp(), reason=self.reason, feed=str(feed))
        except (OSError, SQLAlchemyError) as error:
            self._not_completed("the feed", error)
        finally:
            spider.store.close()

    def _not_completed(self, what: str, error: Exception) -> None:
        self.failure = f"{what} could not be completed: {trouble_of(error)}; the next run writes it"
        _logger.error(self.failure)  # no trace: it is the disk or the database

    def _judge(self, spider: StoredSpider, key: str) -> None:
        """Judge a portal by its counts; a live one also by what the store knows of it."""
        store, portal, stopped = spider.store, self.portals[key], self.reason != "finished"
        if not isinstance(spider, PortalSpider):
            portal.judge(self.began, [], stopped=stopped, readings=[], settled=None, days=None)
            return
        visits = (visit for visit in queries.last_visits(store, key, _PAST_VISITS) if visit.report)
        past = [Past(visit.began, json.loads(visit.report)) for visit in visits]
        settled = queries.first_visit_ended(store, key)
        readings = health.readings_of(queries.newest_records(store, key, settled, _NEWEST)) if settled else []
        now = datetime.now(VIETNAM).isoformat()
        days = None if spider.sites[key].closed or spider.until else queries.publication_days(store, key, now, _DAYS)
        portal.judge(self.began, past, stopped=stopped, readings=readings, settled=settled, days=days)

    def finish_killed(self, store: Store) -> None:
        """Write the feeds and reports of runs that were killed before they could."""
        for run in store.unfinished_runs():
            feed = self.folder / f"{run}.jsonl"
            report = {"run": run, "reason": "killed", "status": ExitStatus.STOPPED, "feed": str(feed)}
            try:
                assign(store)
                self._write_report(run, {**report, "records": write_lines(queries.feed(store, run), feed)})
                store.end_run(run, now=timestamp(), reason="killed", feed=str(feed))
            except (OSError, SQLAlchemyError) as error:
                self._not_completed(f"the feed of the run {run}", error)
            store.locks.release(f"run-{run}")

    def _report(self, spider: StoredSpider, records: int) -> dict[str, Any]:
        return {
            "run": spider.run,
            "began": self.began,
            "ended": timestamp(),
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

    def _feed_failed(self) -> bool:
        return any(name.startswith("feedexport/failed") for name in self.crawler.stats.get_stats())

    def status(self) -> ExitStatus:
        """Judge the run."""
        failed = self._feed_failed() or "rawpages/failed" in self.crawler.stats.get_stats()
        if self.errors or failed or self.failure or not self.feed or self.store_failed or self.reason == "not started":
            return ExitStatus.FAILED
        if self.reason != "finished":
            return ExitStatus.STOPPED
        if any(portal.is_sick for portal in self.portals.values()):
            return ExitStatus.SICK
        return ExitStatus.LOCKED if getattr(self.crawler.spider, "locked", None) else ExitStatus.FINE

    def lines(self) -> Iterator[str]:
        """Write the closing lines of the run."""
        portals = self.portals.items()
        for key, portal in sorted(portals, key=lambda one: (one[1].is_sick, bool(one[1].left), one[1].records > 0)):
            yield from portal.lines(key, self.began)
        for key in getattr(self.crawler.spider, "locked", ()):
            yield f"{key}: left out, another run is at it"
        if self.failure:
            yield self.failure
        if unwritten := self.crawler.stats.get_value(UNWRITTEN):
            yield f"-o: not all could be written: {unwritten}; what is there is whole"
        elif self._feed_failed():
            yield "-o: could not be stored, see the log; the records are in the store and in the run's own feed"
        if self.errors:
            yield f"{self.errors} errors in wardnews itself: see the log"
        if self.reason != "finished":
            yield f"stopped early: {self.reason}"
        if len(self.portals) > 1:
            yield self._total()

    def _total(self) -> str:
        """Write what all portals came to."""
        portals = self.portals.values()
        counted = ("pages", "outside", "failed", "known")
        total = Portal(PortalCounts(**{name: sum(getattr(one.counts, name) for one in portals) for name in counted}))
        for portal in portals:
            total.changes.update(portal.changes)
        sick = [key for key, portal in self.portals.items() if portal.is_sick]
        names = f": {', '.join(sick)}" if sick else ""
        return f"{len(self.portals)} portals: {_counts(total)}; {len(sick)} sick{names}"
