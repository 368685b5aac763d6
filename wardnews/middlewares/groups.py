"""Politeness groups at work: Scrapy's download slots, slowed down, paused or emptied while the crawl goes on."""

from time import monotonic

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import call_later
from twisted.python.failure import Failure

from wardnews.errors import WardnewsError


class NotNow(WardnewsError, IgnoreRequest):
    """Raise for a request that this run may not make any more, and a later one may."""


STOPPED = "the run was stopped"
_STEP = 1.0


def downloader_of(crawler: Crawler) -> Downloader:
    """Return the downloader, whose slots the politeness groups are."""
    downloader: Downloader = crawler.engine.downloader
    return downloader


def group_of(crawler: Crawler, request: Request) -> str:
    """Name the politeness group of a request."""
    return downloader_of(crawler).get_slot_key(request)


def slow_down(crawler: Crawler, request: Request, delay: float) -> None:
    """Let at least `delay` seconds pass between the requests of a group, from now on to the end of the run."""
    downloader = downloader_of(crawler)
    group, slot = downloader._get_slot(request)  # noqa: SLF001 - the one way to a slot that need not be there yet
    slot.delay = max(slot.delay, delay)
    # Idle slots are collected after a minute, and made again from these settings.
    settings = downloader.per_slot_settings.get(group, {})
    downloader.per_slot_settings[group] = {**settings, "delay": slot.delay}
    rest(slot)


def rest(slot: Slot) -> None:
    """Count the delay of a group from now: when a request is sent, or an answer has ended."""
    slot.lastseen = max(slot.lastseen, monotonic())


def hold(crawler: Crawler, request: Request, seconds: float) -> None:
    """Let the first request of a group wait, as `pause` does."""
    if seconds > 0:
        _, slot = downloader_of(crawler)._get_slot(request)  # noqa: SLF001 - it need not be there yet
        pause(crawler, slot, seconds)


def pause(crawler: Crawler, slot: Slot, seconds: float) -> None:
    """Delay all requests of a group, those that wait in it too, for some seconds; never end a longer pause."""
    until = max(slot.lastseen + slot.delay, monotonic() + seconds)
    slot.lastseen = until - slot.delay  # keeps the slot from being collected, with its pause, before that
    if slot.latercall:
        slot.latercall.cancel()
    _wait(crawler, slot, until)


def _wait(crawler: Crawler, slot: Slot, until: float) -> None:
    """Wait for the end of a pause in short steps: a run that is stopped does not sit it out."""
    crawl = crawler.engine._slot  # noqa: SLF001 - a crawl that is closing tells nobody until the last request is done
    left = until - monotonic()
    if crawl is None or crawl.closing:
        turn_away(slot, STOPPED)
    if left > 0:
        slot.latercall = call_later(min(left, _STEP), _wait, crawler, slot, until)
    else:
        downloader_of(crawler)._latercall(slot)  # noqa: SLF001 - takes up the queue again


def turn_away(slot: Slot, reason: str) -> None:
    """Fail all requests that wait in a group with NotNow."""
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(Failure(NotNow("{reason}", reason=reason)))  # type: ignore[no-untyped-call]
