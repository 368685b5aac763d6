"""What happened in a run: its feed, its report, its closing lines and its exit status."""

import json
import logging
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from wardnews.errors import ExitStatus, LeaseLost
from wardnews.exporters.feed_export import UNWRITTEN
from wardnews.exporters.files import write_lines
from wardnews.items import Article, article_of
from wardnews.locale import Phrase, _, gettext_noop, number
from wardnews.locale.recognized import recognized
from wardnews.middlewares import back_off_of
from wardnews.middlewares.hosts import SPOOL
from wardnews.pipelines import KNOWN, OUTSIDE
from wardnews.reports import health
from wardnews.reports.completing import complete
from wardnews.reports.counts import PortalReport, closing_lines, left_out
from wardnews.reports.health import Past
from wardnews.reports.progress import Progress, Screen
from wardnews.reports.witnesses import offset_of, wrong_clock
from wardnews.spiders.archive import PLANNED, ArchiveSpider
from wardnews.spiders.common import COUNTED, StoredSpider
from wardnews.spiders.groups.taking import BEGUN, ENDED
from wardnews.spiders.portal import PortalSpider
from wardnews.storage import Output
from wardnews.store import queries
from wardnews.store.database import Store, trouble_of, whole_of
from wardnews.store.near_duplicates import assign
from wardnews.text.clock import VIETNAM, timestamp
from wardnews.text.strings import masked

_logger = logging.getLogger(__name__)
_LINE_EVERY = 60.0
_RENEWED_EVERY = 1.0
_GONE = gettext_noop("the store {store} was deleted or moved while the run was under way: what it read is not kept")
_SHUTDOWN = gettext_noop("shutdown")
"""The reason of a run that somebody stopped, as Scrapy has it."""
_UNKEPT = {"rawpages/failed", "files/failed"}
_PAST_VISITS, _NEWEST, _DAYS = 40, 150, 500


class RunReport:
    """The counts of a run, by portal; with WARDNEWS_PROGRESS they are shown while it runs, on standard error.

    When all is over, write the run's feed and, beside it, its report. `feed`: where, None as long as it is not whole.
    A run that is part of another leaves both to that.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.output = Output.at(str(crawler.settings["WARDNEWS_OUTPUT"]))
        self.began = timestamp()
        self.feed: str | None = None
        self.failure: str | None = None
        self.portals: dict[str, PortalReport] = {}
        self.ended: set[str] = set()
        self.offsets: dict[str, timedelta] = {}
        self.errors = 0
        self.spread = False
        self.is_part = crawler.settings.getbool("WARDNEWS_IS_PART")
        self._looked = 0.0
        self.reason = gettext_noop("not started")
        self.progress: Progress | None = None

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
            (report.visit_begun, BEGUN),
            (report.visit_ended, ENDED),
            (report.add, COUNTED),
            (report.closed, signals.spider_closed),
            (report.finish, signals.engine_stopped),
        ):
            crawler.signals.connect(handler, signal=signal)
        return report

    def opened(self, spider: Spider) -> None:
        """Start the counts, and the progress line where it is wanted."""
        if isinstance(spider, StoredSpider):
            self.portals = {key: PortalReport(counts) for key, counts in spider.counts.items()}
            self.finish_killed(spider.store)
        if self.crawler.settings.getbool("WARDNEWS_PROGRESS"):
            self.progress = Progress(spider, self.portals)
            self.progress.start()

    def visit_begun(self, site: str) -> None:
        """Begin the counts of a portal that is visited from now on."""
        self.portals[site] = PortalReport(self.crawler.spider.counts[site])  # type: ignore[union-attr]

    def visit_ended(self, site: str) -> None:
        """Judge a portal that was visited, and end the visit in the store."""
        spider = self.crawler.spider
        if isinstance(spider, PortalSpider):
            try:
                self._end_visit(spider, site, stopped=False)
            except (LeaseLost, SQLAlchemyError):
                spider.broken(Failure())  # type: ignore[no-untyped-call]

    def plan(self, site: str) -> None:
        """Show what an archive has of a portal, and what it costs, before it is read."""
        spider = self.crawler.spider
        shown = self.crawler.settings.getbool("WARDNEWS_PROGRESS")
        if isinstance(spider, ArchiveSpider) and (shown or spider.only_plan):
            for line in spider.plan_lines(site):
                Screen(stderr=True, highlight=False, soft_wrap=True).print(f"{site}: {line}", markup=False)

    def page(self, request: Request, response: Response) -> None:
        """Count a page, and take the first of each politeness group for a witness of the time."""
        self._check_store()
        group = str(request.meta.get("download_slot"))
        if group not in self.offsets and (offset := offset_of(response)) is not None:
            self.offsets[group] = offset
        portal = self.portals.get(request.meta.get("site", ""))
        if portal and SPOOL not in request.meta:
            portal.counts.page()

    def record(self, item: Article) -> None:
        """Count a record, and what it has."""
        self._check_store()
        self.portals.setdefault(item.site, PortalReport()).record(item)

    def add(self, portals: Mapping[str, PortalReport], errors: int) -> None:
        """Add what other processes counted of portals, and their errors in wardnews itself."""
        self.spread = True
        self.errors += errors
        for key, portal in portals.items():
            self.portals.setdefault(key, PortalReport()).add(portal)

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        """Pass on the records of a run whose processes shared articles, or died, and count them anew."""
        known = {key: portal.known for key, portal in self.portals.items()}
        for portal in self.portals.values():
            portal.forget_records()
        for line in lines:
            article = article_of(line)
            self.portals.setdefault(article.site, PortalReport()).record(article)
            yield line
        for key, count in known.items():
            self.portals[key].set_known(count)

    def drop(self, item: Article, exception: DropItem) -> None:
        """Count an article that a pipeline dropped, by its reason."""
        reason = str(exception).partition(":")[0]
        portal = self.portals.setdefault(item.site, PortalReport())
        if reason == OUTSIDE:
            portal.counts.outside += 1
        elif reason != KNOWN:
            portal.dropped[reason] += 1

    def error(self, failure: Failure) -> None:
        """Count a page or an article that broke our own code, but not one that the store failed on."""
        self.errors += not isinstance(failure.value, SQLAlchemyError | LeaseLost)

    def closed(self, reason: str) -> None:
        """Close the counts, and the progress line; Scrapy's stats, which are dumped next, show them too."""
        self.reason = reason
        for key, portal in self.portals.items():
            for name, count in portal.counts.totals():
                self.crawler.stats.set_value(f"wardnews/{key}/{name}", count)
        if self.progress:
            self.progress.stop()

    # --- feed and report ---

    def finish(self) -> None:
        """End the visits, write the feed and the report, let go of the store."""
        spider = self.crawler.spider
        if not isinstance(spider, StoredSpider):
            return
        try:
            if spider.is_cut:
                spider.frontier.reconnect()
            if spider.store_failed:  # how the visits ended needs room in a log that found none for a page
                with suppress(sqlite3.OperationalError):  # then writing that fails too, and says so
                    spider.store.checkpoint()
            self._end_all(spider)
            spider.frontier.close()
            spider.store.checkpoint()  # on a full disk the log's room is what is left for the rest
            if self.is_part:
                self.output.send()
                return
            spider.store.close_run(spider.run, timestamp())
            assign(spider.store)
            feed = self.output.folder / f"{spider.run}.jsonl"
            lines = queries.feed(spider.store, spider.run)
            records = write_lines(self._counted(lines) if self.spread else lines, feed)
            self.feed = self.output.name_of(feed)
            complete(spider.store, self.output, spider.run, self._report(spider, records))
            if spider.store.is_gone:
                self.failure = _GONE.format(store=masked(spider.store.url))
        except (OSError, SQLAlchemyError) as error:
            self.feed = None
            self._not_completed(Phrase("the feed"), error)
        finally:
            spider.store.close()

    def _end_all(self, spider: StoredSpider) -> None:
        """Judge the portals that the run was at when it ended, and end its visits; it lets go of all groups."""
        stopped = self.reason != "finished"
        if not isinstance(spider, PortalSpider):
            for key in self.portals:
                self._judge(spider, key, stopped=stopped)
            return
        for key in set(spider.frontier.visits) - self.ended:
            with suppress(LeaseLost):  # then it is another run's to end
                self._end_visit(spider, key, stopped=stopped)
        spider.groups.give_back_all()

    def _end_visit(self, spider: PortalSpider, key: str, *, stopped: bool) -> None:
        visit, portal = spider.schedule.visits[key], self.portals[key]
        pause = back_off_of(self.crawler).asked.get(visit.site.slot())
        portal.left, portal.left_alone = visit.left, pause if pause and not pause.is_over else None
        if spider.files:
            portal.files_left = spider.files.left(key)
        self._judge(spider, key, stopped=stopped)
        spider.frontier.end(key, portal.summary(), sampled=spider.sample is not None)
        self.ended.add(key)

    def _not_completed(self, what: Phrase, error: Exception) -> None:
        message = Phrase(
            "{what} could not be completed: {reason}; the next run writes it", what=what, reason=trouble_of(error)
        )
        self.failure = str(message)
        _logger.error(self.failure)  # no trace: it is the disk or the database

    def _judge(self, spider: StoredSpider, key: str, *, stopped: bool) -> None:
        """Judge a portal by its counts; a live one also by what the store knows of it."""
        store, portal = spider.store, self.portals[key]
        if not isinstance(spider, PortalSpider):
            portal.judge(self.began, [], stopped=stopped, readings=[], settled=None, days=None)
            return
        stopped |= spider.sites[key].slot() in back_off_of(self.crawler).earlier
        visits = (visit for visit in queries.last_visits(store, key, _PAST_VISITS) if visit.report)
        past = [Past(visit.began, json.loads(visit.report)) for visit in visits]
        settled = queries.first_visit_ended(store, key)
        readings = health.readings_of(queries.newest_records(store, key, settled, _NEWEST)) if settled else []
        now = datetime.now(VIETNAM).isoformat()
        silence_counts = not (spider.sites[key].closed or spider.until)
        days = next(queries.publication_days(store, [key], now, _DAYS)) if silence_counts else None
        portal.judge(self.began, past, stopped=stopped, readings=readings, settled=settled, days=days)

    def _check_store(self) -> None:
        """Stop the run where the file of its store was deleted or moved, which is seen once a second."""
        spider = self.crawler.spider
        if isinstance(spider, StoredSpider) and time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            if spider.store.is_gone:
                spider.store_failed = True
                spider.stop(_GONE.format(store=masked(spider.store.url)))
            elif self.is_part and spider.store.has_ended(whole_of(spider.run)):
                spider.stop(gettext_noop("whoever asked for it has ended"))

    def finish_killed(self, store: Store) -> None:
        """Write the feeds and reports of runs that were killed before they could."""
        for run in store.unfinished_runs():
            feed = self.output.folder / f"{run}.jsonl"
            killed = {"run": run, "reason": "killed", "status": ExitStatus.STOPPED}
            try:
                report = (store.report_of(run) or killed) | {"feed": self.output.name_of(feed)}
                store.close_run(run, timestamp())
                assign(store)
                report["records"] = write_lines(queries.feed(store, run), feed)
                complete(store, self.output, run, report)
            except (OSError, SQLAlchemyError) as error:
                self._not_completed(Phrase("the feed of the run {run}", run=run), error)
            store.locks.release(f"run-{run}")

    def _report(self, spider: StoredSpider, records: int) -> dict[str, Any]:
        return {
            "run": spider.run,
            "began": self.began,
            "ended": timestamp(),
            "reason": self.reason,
            "status": int(self.status()),
            "feed": self.feed,
            "records": records,
            "errors": self.errors,
            "locked": spider.locked,
            "clock": "; ".join(self.clock()) or None,
            "portals": {key: portal.summary() for key, portal in self.portals.items()},
        }

    def _feed_failed(self) -> bool:
        return any(name.startswith("feedexport/failed") for name in self.crawler.stats.get_stats())

    def status(self) -> ExitStatus:
        """Return the exit status of the run."""
        failed = self._feed_failed() or not _UNKEPT.isdisjoint(self.crawler.stats.get_stats())
        failed |= getattr(self.crawler.spider, "store_failed", False)
        if self.errors or failed or self.failure or not (self.feed or self.is_part) or self.reason == "not started":
            return ExitStatus.FAILED
        if self.reason != "finished":
            return ExitStatus.STOPPED
        if any(portal.is_unhealthy for portal in self.portals.values()):
            return ExitStatus.SICK
        locked, due = (getattr(self.crawler.spider, name, None) for name in ("locked", "only_due"))
        return ExitStatus.LOCKED if locked and not (due and self.portals) else ExitStatus.FINE

    def lines(self) -> Iterator[str]:
        """Return the closing lines of the run."""
        yield from closing_lines(self.portals, self.began, self.notes())

    def notes(self) -> Iterator[str]:
        """Return the closing lines that are about no portal's counts."""
        yield from left_out(getattr(self.crawler.spider, "locked", ()))
        yield from map(recognized, getattr(self.crawler.spider, "notes", ()))
        for found in self.clock():
            yield _("clock: {finding}").format(finding=recognized(found))
        if self.failure:
            yield recognized(self.failure)
        if unwritten := self.crawler.stats.get_value(UNWRITTEN):
            line = _("-o: not all could be written: {reason}; what is there is whole")
            yield line.format(reason=recognized(str(unwritten)))
        elif self._feed_failed():
            yield _("-o: could not be stored, see the log; the records are in the store and in the run's own feed")
        if self.errors:
            yield _("{count} errors in wardnews itself: see the log").format(count=number(self.errors))
        if self.reason != "finished":
            yield _("stopped early: {reason}").format(reason=recognized(self.reason))

    def clock(self) -> Iterator[str]:
        """Return what is wrong with the clock: by what the store has, by what servers say."""
        if found := getattr(getattr(self.crawler.spider, "frontier", None), "clock", None):
            yield found
        if found := wrong_clock(self.offsets.values()):
            yield found
