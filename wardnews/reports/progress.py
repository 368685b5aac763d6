"""How a run goes while it runs: a live line on a terminal, a line a minute in a pipe."""

import time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from scrapy import Spider
from scrapy.utils.asyncio import create_looping_call

from wardnews.archives.plan import in_words, seconds_left
from wardnews.locale import _, number
from wardnews.reports.counts import PortalReport
from wardnews.spiders.archive import ArchiveSpider
from wardnews.spiders.portal import PortalSpider
from wardnews.store import queries

if TYPE_CHECKING:
    from rich.status import Status

LINE_EVERY = 60.0
_RENEWED_EVERY = 1.0


class Screen(Console):
    """Standard error for as long as anybody reads it; Rich would end the process while the reactor runs."""

    def on_broken_pipe(self) -> None:
        """Write nothing any more."""
        self.quiet = True


class Progress:
    """The progress line of a run; `portals` are those of its report."""

    def __init__(self, spider: Spider, portals: dict[str, PortalReport]) -> None:
        self.spider = spider
        self.portals = portals
        self.screen = Screen(stderr=True, highlight=False, soft_wrap=True)
        self._started = time.monotonic()
        self._marks: list[tuple[float, int]] = []
        self._loop: Any = None
        self._status: Status | None = None

    def start(self) -> None:
        """Show the line, and renew it."""
        if self.screen.is_terminal:
            self._status = self.screen.status(self.line())
            self._status.start()
        self._loop = create_looping_call(self.show)
        self._loop.start(_RENEWED_EVERY if self._status else LINE_EVERY, now=False)

    def stop(self) -> None:
        """Take the line away."""
        if self._loop:
            self._loop.stop()
        if self._status:
            self._status.stop()

    def show(self) -> None:
        """Renew the live line of a terminal, or print a line into a pipe."""
        if self._status:
            self._status.update(self.line())
        else:
            self.screen.print(self.line())

    def line(self) -> str:
        """Return the progress line."""
        portals = self.portals.values()
        pages, failed = (sum(getattr(portal.counts, name) for portal in portals) for name in ("pages", "failed"))
        new, edited = (sum(portal.changes[change] for portal in portals) for change in ("new", "edited"))
        done, waiting = self._still_to_do()
        speed = pages / max(time.monotonic() - self._started, 0.1)
        chosen = len(getattr(self.spider, "sites", portals))
        line = _(
            "{done}/{all} portals, {pages} pages ({speed}/s), {new} new, {edited} edited, {failed} failed, "
            "{waiting} waiting"
        )
        counts = {"pages": pages, "new": new, "edited": edited, "failed": failed, "waiting": waiting}
        shown = {name: number(count) for name, count in counts.items()}
        return line.format(done=done, all=chosen, speed=number(speed, 1), **shown) + self._time_left()

    def _time_left(self) -> str:
        """Return how long a backfill still takes, by what was done in the last minutes, as soon as that is known."""
        if not isinstance(self.spider, ArchiveSpider):
            return ""
        left = sum(self.spider.frontier.left.values())
        self._marks.append((time.monotonic(), -left))
        seconds = seconds_left(self._marks, left)
        return _(", {time} left").format(time=in_words(seconds)) if seconds else ""

    def _still_to_do(self) -> tuple[int, int]:
        """Return the number of portals that are done, and of pages that are known and still to do."""
        spider = self.spider
        if isinstance(spider, ArchiveSpider):
            return sum(not left for left in spider.frontier.left.values()), sum(spider.frontier.left.values())
        if not isinstance(spider, PortalSpider):
            return 0, 0
        visits = spider.schedule.visits
        done = sum(visit.done for visit in visits.values())
        return done, queries.pages_to_do(spider.store, [key for key, visit in visits.items() if not visit.left])
