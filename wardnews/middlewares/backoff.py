"""What we do when a portal asks to be left alone: wait as long as it says, or go."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from logging import getLogger
from typing import NamedTuple, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from wardnews.locale import Phrase
from wardnews.middlewares.groups import NotNow, downloader_of, group_of, pause, turn_away
from wardnews.text.timestamps import seconds_to_wait

_REFUSALS = frozenset((429, 503))
_DOUBLINGS = 32
logger = getLogger(__name__)


class Pause(NamedTuple):
    """For how long a portal asked to be left alone, in seconds, and since when (UTC)."""

    since: str
    seconds: float

    @classmethod
    def now(cls, seconds: float) -> Self:
        """Return a pause that begins now."""
        return cls(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", seconds)

    @property
    def is_over(self) -> bool:
        """Whether the time is over; one that begins in the future is of a clock that was wrong."""
        now, since = datetime.now(UTC), datetime.fromisoformat(self.since)
        return not since <= now < since + timedelta(seconds=self.seconds)


class BackOff:
    """Leave a politeness group alone after 429 and 503, for as long as `Retry-After` says.

    Without that WARDNEWS_BACKOFF_FIRST seconds, doubled with every refusal in a row up to WARDNEWS_BACKOFF_MOST. A
    group that asks for more than WARDNEWS_BACKOFF_MOST is left alone for the rest of the run. Answers to robots.txt do
    not pause it: a server's error there is a no already. Answers of archives (`archive` in the request's meta), which
    are not crawled, do. `asked` has what groups asked for; a spider that has `leave_alone` is told, so that all runs
    keep to it. `earlier` are those that asked another run.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.first = crawler.settings.getfloat("WARDNEWS_BACKOFF_FIRST")
        self.most = crawler.settings.getfloat("WARDNEWS_BACKOFF_MOST")
        self.refusals: Counter[str] = Counter()
        self.left_alone: dict[str, str] = {}
        self.asked: dict[str, Pause] = {}
        self.earlier: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to answers before the requests that wait behind them are sent, which no middleware can."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.answered, signal=signals.response_downloaded)
        return middleware

    def process_request(self, request: Request) -> None:
        """Raise NotNow for a request to a group that is left alone."""
        if self.left_alone and (reason := self.left_alone.get(group_of(self.crawler, request))):
            raise NotNow("{reason}", reason=reason)

    def keep(self, group: str, seconds: float) -> float:
        """Leave a group alone that asked another run for it; return for how many seconds its requests have to wait."""
        if seconds <= self.most:
            logger.info("%s asked to be left alone: pausing for %.0f s", group, seconds)
            return seconds
        self.asked[group] = Pause.now(seconds)
        self.earlier.add(group)
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        self.left_alone[group] = str(
            Phrase("asked to be left alone until {time}", time=until.strftime("%Y-%m-%dT%H:%MZ"))
        )
        return 0.0

    def _tell(self, group: str, seconds: float) -> None:
        """Hand on to the spider for how long a group is to be left alone."""
        if leave_alone := getattr(self.crawler.spider, "leave_alone", None):
            leave_alone(group, seconds)

    def answered(self, response: Response, request: Request) -> None:
        """Pause the group of a refusal, and all that waits in it."""
        group, archive = group_of(self.crawler, request), request.meta.get("archive")
        if response.status in _REFUSALS and not archive and (asked := retry_after(response)):
            self.asked[group] = Pause.now(asked)
            self._tell(group, asked)
        if request.meta.get("dont_obey_robotstxt") and not archive:
            return
        recorded = archive and "Memento-Datetime" in response.headers  # what the portal said once
        if response.status not in _REFUSALS or recorded:
            self.refusals.pop(group, None)
            return
        self.refusals[group] += 1
        slot = downloader_of(self.crawler).slots[group]
        seconds = retry_after(response) or self.first * 2 ** min(self.refusals[group] - 1, _DOUBLINGS)
        if seconds > self.most and retry_after(response):
            self.left_alone[group] = str(Phrase("asks to be left alone for {seconds} s", seconds=round(seconds)))
            logger.warning("%s %s: not asked again in this run", group, self.left_alone[group])
            turn_away(slot, self.left_alone[group])
            return
        seconds = min(seconds, self.most)
        self._tell(group, seconds)
        logger.info("%s answered %d: pausing for %.0f s", group, response.status, seconds)
        pause(self.crawler, slot, seconds)


def back_off_of(crawler: Crawler) -> BackOff:
    """Return the middleware at work in a crawl."""
    middleware = crawler.get_downloader_middleware(BackOff)
    if middleware is None:
        raise RuntimeError("a crawl without BackOff")
    return middleware


def retry_after(response: Response) -> float | None:
    """Return how many seconds a portal asks to be left alone for; None where it does not say."""
    return seconds_to_wait(_header(response, "Retry-After"), _header(response, "Date"))


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()
